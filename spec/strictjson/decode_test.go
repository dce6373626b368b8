package strictjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want any
	}{
		{`null`, nil},
		{` true `, true},
		{"\n\tfalse\r\n", false},
		{`""`, ""},
		{`"a\u0000\/\"\\\n\u00e9\ud83d\ude00"`, "a\x00/\"\\\né😀"},
		{"\"\ufffd\ufeff\u2028\"", "\ufffd\ufeff\u2028"},
		{`0`, json.Number("0")},
		{`9`, json.Number("9")},
		{`-0`, json.Number("-0")},
		{`1.0`, json.Number("1.0")},
		{`1E400`, json.Number("1E400")},
		{`1e-400`, json.Number("1e-400")},
		{`1e+0000400`, json.Number("1e+0000400")},
		{`12345678901234567890`, json.Number("12345678901234567890")},
		{`0.1000000000000000055511151231257827`, json.Number("0.1000000000000000055511151231257827")},
		{strings.Repeat("7", 1000), json.Number(strings.Repeat("7", 1000))},
		{`[]`, []any{}},
		{`{}`, map[string]any{}},
		{`[1, [2, []], {"a": {}}]`, []any{
			json.Number("1"), []any{json.Number("2"), []any{}}, map[string]any{"a": map[string]any{}},
		}},
		{`{"b":1,"a":[null,"x"],"":true}`, map[string]any{"b": json.Number("1"), "a": []any{nil, "x"}, "": true}},
	}
	for _, tt := range tests {
		t.Run(tt.text[:min(len(tt.text), 40)], func(t *testing.T) {
			t.Parallel()
			// A long text takes another way through the decoder than a short one.
			for _, text := range []string{tt.text, tt.text + strings.Repeat(" ", 5000)} {
				got, err := strictjson.Decode([]byte(text), strictjson.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("Decode (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestDecodeOrdered(t *testing.T) {
	t.Parallel()
	got, err := strictjson.DecodeOrdered([]byte(`[{"b":1,"a":{"d":2,"c":{}}}]`), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{strictjson.Object{
		{"b", json.Number("1")},
		{"a", strictjson.Object{{"d", json.Number("2")}, {"c", strictjson.Object{}}}},
	}}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("DecodeOrdered (-want +got):\n%s", diff)
	}
}

func TestDecodeKeepsNoInput(t *testing.T) {
	t.Parallel()
	data := []byte(`{"name":"value","n":123}`)
	got, err := strictjson.Decode(data, strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if diff := cmp.Diff(map[string]any{"name": "value", "n": json.Number("123")}, got); diff != "" {
		t.Errorf("after the input was overwritten (-want +got):\n%s", diff)
	}
}

func TestDecodeLimits(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	items := func(n int) string { return "[" + strings.Repeat("0,", n-1) + "0]" }
	tests := []struct {
		name, text string
		lim        strictjson.Limits
		want       strictjson.Kind // 0: accepted
	}{
		{"default depth", nested(100), strictjson.Limits{}, 0},
		{"beyond default depth", nested(101), strictjson.Limits{}, strictjson.TooDeep},
		{"own depth", nested(3), strictjson.Limits{Depth: 3}, 0},
		{"beyond own depth", nested(4), strictjson.Limits{Depth: 3}, strictjson.TooDeep},
		{"negative is default", nested(100), strictjson.Limits{Depth: -1, Elements: -1}, 0},
		{"largest depth", nested(9_999), strictjson.Limits{Depth: 1 << 30}, 0},
		{"beyond largest depth", nested(10_000), strictjson.Limits{Depth: 1 << 30}, strictjson.TooDeep},
		{"never closed", strings.Repeat("[", 1<<20), strictjson.Limits{}, strictjson.TooDeep},
		{"default elements", items(20_000), strictjson.Limits{}, 0},
		{"beyond default elements", items(20_001), strictjson.Limits{}, strictjson.TooMany},
		{"items and members add up", `{"a":[1,2],"b":3}`, strictjson.Limits{Elements: 4}, 0},
		{"items and members exceed", `{"a":[1,2],"b":3}`, strictjson.Limits{Elements: 3}, strictjson.TooMany},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := strictjson.Decode([]byte(tt.text), tt.lim)
			if got := kindOf(err); got != tt.want {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
		})
	}
}

// kindOf is the kind of an error, 0 for nil; any other error is a mistake of Decode and no kind at all.
func kindOf(err error) strictjson.Kind {
	if err == nil {
		return 0
	}
	var e *strictjson.Error
	if !errors.As(err, &e) {
		return 255
	}
	return e.Kind
}

// A failed text must leave nothing behind in the pooled reader.
func TestDecodeAfterFaults(t *testing.T) {
	t.Parallel()
	bads := []string{
		`{"x":[1,2,{"y":1`, `[[[{"a":1,"a":2}]]]`, `[1,2,1e999]`, `"` + strings.Repeat("\\u0061", 20_000),
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				for _, bad := range bads {
					if _, err := strictjson.Decode([]byte(bad), strictjson.Limits{}); err == nil {
						t.Errorf("accepted %.20s", bad)
					}
				}
				got, err := strictjson.DecodeOrdered([]byte(`{"a":[true]}`), strictjson.Limits{})
				if want := (strictjson.Object{{"a", []any{true}}}); err != nil || !cmp.Equal(any(want), got) {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestDuplicateAmongMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 15, 16, 17, 18, 200} {
		var b strings.Builder
		for i := range n - 1 {
			b.WriteString(`"n` + strings.Repeat("x", i) + `":0,`)
		}
		distinct, twice := "{"+b.String()+`"last":0}`, "{"+b.String()+`"\u006e":0}`
		for name, decode := range decoders {
			if _, err := decode([]byte(distinct), strictjson.Limits{}); err != nil {
				t.Errorf("%s, %d members: %v", name, n, err)
			}
			_, err := decode([]byte(twice), strictjson.Limits{})
			var e *strictjson.Error
			if !errors.As(err, &e) || e.Kind != strictjson.Duplicate || e.Pointer != "/n" {
				t.Errorf("%s, %d members: got %v, want a duplicate at /n", name, n, err)
			}
		}
	}
}

var decoders = map[string]func([]byte, strictjson.Limits) (any, error){
	"Decode":        strictjson.Decode,
	"DecodeOrdered": strictjson.DecodeOrdered,
}
