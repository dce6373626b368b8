package mockserver

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

func TestMergePatchVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../shared/vectors/merge-patch-vectors.json")
	if err != nil {
		t.Skip("the merge-patch vectors are not beside this checkout:", err)
	}
	var vectors []struct {
		Source                  string
		Original, Patch, Result json.RawMessage
		AgreesWithRfcPseudocode bool
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 28 {
		t.Errorf("%d vectors, want 28", len(vectors))
	}
	for _, v := range vectors {
		got := mergePatch(strictjson.Compact(v.Original), strictjson.Compact(v.Patch))
		if !equalJSON(t, got, v.Result) {
			t.Errorf("%s: %s patched with %s is %s, want %s", v.Source, v.Original, v.Patch, got, v.Result)
		}
	}
}

func equalJSON(t testing.TB, a, b []byte) bool {
	t.Helper()
	x, err := strictjson.Decode(a, wideOpen)
	if err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	y, err := strictjson.Decode(b, wideOpen)
	if err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return strictjson.Equal(x, y)
}

func TestMergePatchKeepsText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, patch, want string }{
		{`{"a":1.0,"b":2}`, `{"c":12345678901234567890}`, `{"a":1.0,"b":2,"c":12345678901234567890}`},
		{`{"b":1,"a":2}`, `{"a":3.10}`, `{"b":1,"a":3.10}`},
		{`{"a":{"x":1,"y":2}}`, `{"a":{"x":null,"z":{"q":null}}}`, `{"a":{"y":2,"z":{}}}`},
		{`{"a":[1,2]}`, `{"a":[null]}`, `{"a":[null]}`},
		{`{"é\"":1}`, `{"é\"":2}`, `{"é\"":2}`},
		{`{}`, `{}`, `{}`},
	} {
		if got := string(mergePatch([]byte(c.target), []byte(c.patch))); got != c.want {
			t.Errorf("%s patched with %s is %s, want %s", c.target, c.patch, got, c.want)
		}
	}
}

// mergeReference is the pseudo code of RFC 7396 on decoded values.
func mergeReference(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(t, name)
		} else {
			t[name] = mergeReference(t[name], v)
		}
	}
	return t
}

func FuzzMergePatch(f *testing.F) {
	f.Add(`{"a":{"b":1}}`, `{"a":{"b":null,"c":[{}]}}`)
	f.Add(`[1]`, `{"a":1}`)
	f.Add(`{"":1,"\u0000":2}`, `{"":null}`)
	f.Fuzz(func(t *testing.T, target, patch string) {
		a, err1 := strictjson.Decode([]byte(target), strictjson.Limits{})
		b, err2 := strictjson.Decode([]byte(patch), strictjson.Limits{})
		if err1 != nil || err2 != nil {
			return
		}
		got := mergePatch(strictjson.Compact([]byte(target)), strictjson.Compact([]byte(patch)))
		v, err := strictjson.Decode(got, wideOpen)
		if err != nil {
			t.Fatalf("%v: %s", err, got)
		}
		if want := mergeReference(a, b); !strictjson.Equal(v, want) {
			t.Fatalf("%s patched with %s is %s", target, patch, got)
		}
	})
}
