package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

func FuzzDecode(f *testing.F) {
	for _, fault := range faults {
		f.Add([]byte(fault.text))
	}
	accepted := []string{record, `[1.0,-0,1E400,"\u0061\ud83d\ude00",{"a":{"b":[]}}]`, ` "é" `, `{"a":1,"A":2}`}
	for _, text := range accepted {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		plain, err := strictjson.Decode(data, strictjson.Limits{})
		ordered, orderedErr := strictjson.DecodeOrdered(data, strictjson.Limits{})
		if (err == nil) != (orderedErr == nil) {
			t.Fatalf("Decode says %v, DecodeOrdered %v", err, orderedErr)
		}
		if err != nil {
			checkPlace(t, data, err)
			return
		}
		if !json.Valid(data) {
			t.Fatal("accepted what encoding/json refuses")
		}
		if !strictjson.Equal(plain, ordered) || !strictjson.Equal(ordered, plain) {
			t.Fatal("Decode and DecodeOrdered differ")
		}
		checkRoundTrip(t, data, plain, ordered)
	})
}

func checkPlace(t *testing.T, data []byte, err error) {
	t.Helper()
	var e *strictjson.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is a %T", err)
	}
	if e.Kind < strictjson.Malformed || e.Kind > strictjson.Empty || e.Reason == "" {
		t.Errorf("incomplete error %+v", e)
	}
	if len(e.Reason) > 300 {
		t.Errorf("the reason is %d bytes long", len(e.Reason))
	}
	if e.Offset < 0 || e.Offset > len(data) {
		t.Fatalf("offset %d in %d bytes", e.Offset, len(data))
	}
	lines := bytes.Split(data[:e.Offset], []byte("\n"))
	if line, column := len(lines), len(lines[len(lines)-1])+1; e.Line != line || e.Column != column {
		t.Errorf("offset %d is %d:%d, not %d:%d", e.Offset, line, column, e.Line, e.Column)
	}
}

func checkRoundTrip(t *testing.T, data []byte, plain, ordered any) {
	t.Helper()
	for _, v := range []any{plain, ordered} {
		again, err := strictjson.Decode(strictjson.Append(nil, v), strictjson.Limits{})
		if err != nil {
			t.Fatalf("own text is not accepted: %v", err)
		}
		if !strictjson.Equal(v, again) {
			t.Fatal("the value changed on its way through text")
		}
	}
	compact := strictjson.Compact(data)
	if bytes.IndexByte(data, '\\') < 0 { // escapes may be spelt in another way
		if text := strictjson.Append(nil, ordered); !bytes.Equal(compact, text) {
			t.Fatalf("Compact is %q, Append %q", compact, text)
		}
	}
	var want bytes.Buffer
	if err := json.Compact(&want, data); err != nil || !bytes.Equal(compact, want.Bytes()) {
		t.Fatalf("Compact is %q, that of encoding/json %q (%v)", compact, want.Bytes(), err)
	}
}
