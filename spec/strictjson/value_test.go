package strictjson_test

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		v    any
		want string
	}{
		{nil, `null`},
		{true, `true`},
		{"<&>\u2028é😀\x7f/", "\"<&>\u2028é😀\x7f/\""},
		{"\x00\b\f\n\r\t\x1f\"\\", `"\u0000\b\f\n\r\t\u001f\"\\"`},
		{"a\xffb", "\"a\ufffdb\""},
		{json.Number("1.50E+3"), `1.50E+3`},
		{-7, `-7`},
		{int64(math.MinInt64), `-9223372036854775808`},
		{uint64(math.MaxUint64), `18446744073709551615`},
		{json.RawMessage(` { "a" : 1 } `), ` { "a" : 1 } `},
		{jsontext.Value(`[1, 2]`), `[1, 2]`},
		{[]any(nil), `[]`},
		{map[string]any(nil), `{}`},
		{strictjson.Object(nil), `{}`},
		{
			map[string]any{"b": 1, "a": []any{nil, "x"}, "é": false, "": true},
			`{"":true,"a":[null,"x"],"b":1,"é":false}`,
		},
		{strictjson.Object{{"b", 1}, {"a\"", map[string]any{}}}, `{"b":1,"a\"":{}}`},
	}
	for _, tt := range tests {
		if got := string(strictjson.Append([]byte("dst:"), tt.v)); got != "dst:"+tt.want {
			t.Errorf("Append(%#v)\n got %s\nwant dst:%s", tt.v, got, tt.want)
		}
	}
}

func TestAppendRefusesOtherTypes(t *testing.T) {
	t.Parallel()
	for _, v := range []any{1.5, []string{"a"}, struct{}{}, []any{int32(1)}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Append(%#v) did not panic", v)
				}
			}()
			strictjson.Append(nil, v)
		}()
	}
}

func TestCompact(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{
			" {\n\t\"b \\\" c\" : [ 1.0 , -0 , 1E+2 ] ,\r\n \"a\\\\\" : \" \\u0041 \" } ",
			`{"b \" c":[1.0,-0,1E+2],"a\\":" \u0041 "}`,
		},
		{` null `, `null`},
		{`"a b"`, `"a b"`},
		{` "open \`, `"open \`}, // not JSON, but no reason to panic
		{``, ``},
	}
	for _, tt := range tests {
		data := []byte(tt.text)
		if got := string(strictjson.Compact(data)); got != tt.want {
			t.Errorf("Compact(%q)\n got %s\nwant %s", tt.text, got, tt.want)
		}
		if string(data) != tt.text {
			t.Errorf("Compact changed %q into %q", tt.text, data)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		record,
		string(largeText()),
		` [ 1.0, -0, 1E400, 12345678901234567890, 0.1e-7, "é", "\u2028", "\\", ` +
			`{ "z": 1, "a": {}, "m": [ ] }, null, true ] `,
	} {
		text = strings.ReplaceAll(text, `\u2028`, "\u2028")
		v, err := strictjson.DecodeOrdered([]byte(text), strictjson.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		want, got := string(strictjson.Compact([]byte(text))), string(strictjson.Append(nil, v))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round trip (-want +got):\n%s", diff)
		}
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	o := strictjson.Object{{"a", 1}, {"b", nil}}
	if v, ok := o.Get("b"); v != nil || !ok {
		t.Errorf("Get(b) = %v, %v", v, ok)
	}
	if v, ok := o.Get("c"); v != nil || ok {
		t.Errorf("Get(c) = %v, %v", v, ok)
	}
	replaced, appended := o.With("a", 2), o.With("c", 3)
	other := o.With("d", 4)
	for _, c := range []struct{ got, want strictjson.Object }{
		{o, strictjson.Object{{"a", 1}, {"b", nil}}},
		{replaced, strictjson.Object{{"a", 2}, {"b", nil}}},
		{appended, strictjson.Object{{"a", 1}, {"b", nil}, {"c", 3}}},
		{other, strictjson.Object{{"a", 1}, {"b", nil}, {"d", 4}}},
		{strictjson.Object(nil).With("x", 1), strictjson.Object{{"x", 1}}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	inner := []any{strictjson.Object{{"c", "x"}}}
	v := map[string]any{"a": strictjson.Object{{"b", inner}}, "n": json.Number("1")}
	want := map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": "x"}}}, "n": json.Number("1")}
	if diff := cmp.Diff(any(want), strictjson.Plain(v)); diff != "" {
		t.Errorf("Plain (-want +got):\n%s", diff)
	}
	if _, ok := inner[0].(strictjson.Object); !ok {
		t.Error("Plain changed its argument")
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	wide := func(first, step int) (o strictjson.Object) {
		for i := range 100 {
			o = append(o, strictjson.Member{Name: strconv.Itoa((first + i*step) % 101), Value: i})
		}
		return o
	}
	tests := []struct {
		name string
		a, b any
		want bool
	}{
		{"null", nil, nil, true},
		{"null and false", nil, false, false},
		{"null and no object", nil, map[string]any(nil), false},
		{"booleans", true, true, true},
		{"number and string", json.Number("1"), "1", false},
		{"string and number", "1", json.Number("1"), false},
		{"strings", "é", "e\u0301", false},
		{"numbers", json.Number("1.0"), json.Number("1"), true},
		{"int and number", 1, json.Number("10e-1"), true},
		{"int64 and uint64", int64(5), uint64(5), true},
		{"arrays", []any{1, "a"}, []any{json.Number("1"), "a"}, true},
		{"arrays in another order", []any{1, 2}, []any{2, 1}, false},
		{"array and prefix", []any{1, 2}, []any{1}, false},
		{"nil array and empty one", []any(nil), []any{}, true},
		{"array and object", []any{}, map[string]any{}, false},
		{"objects", strictjson.Object{{"a", 1}, {"b", 2}}, strictjson.Object{{"a", 1}, {"b", 2}}, true},
		{
			"objects in another order",
			strictjson.Object{{"a", 1}, {"b", 2}},
			strictjson.Object{{"b", 2}, {"a", 1}},
			true,
		},
		{
			"objects with other values",
			strictjson.Object{{"a", 1}, {"b", 2}},
			strictjson.Object{{"a", 2}, {"b", 1}},
			false,
		},
		{"objects with other names", strictjson.Object{{"a", 1}}, strictjson.Object{{"b", 1}}, false},
		{"object and more", strictjson.Object{{"a", 1}}, strictjson.Object{{"a", 1}, {"b", 1}}, false},
		{"object and map", strictjson.Object{{"a", nil}}, map[string]any{"a": nil}, true},
		{"object and map without it", strictjson.Object{{"a", nil}}, map[string]any{"b": nil}, false},
		{"maps", map[string]any{"a": []any{1}}, map[string]any{"a": []any{1}}, true},
		{"maps with other names", map[string]any{"a": nil}, map[string]any{"b": nil}, false},
		{"map and more", map[string]any{"a": nil}, map[string]any{"a": nil, "b": nil}, false},
		{
			"mixed at depth",
			[]any{strictjson.Object{{"a", map[string]any{"x": 1}}}},
			[]any{map[string]any{"a": strictjson.Object{{"x", json.Number("1e0")}}}},
			true,
		},
		{"wide objects", wide(0, 1), wide(0, 1), true},
		{"wide objects differ", wide(0, 1), wide(1, 1), false},
		{"wide object and its map", wide(3, 7), strictjson.Plain(wide(3, 7)), true},
		{"other types", 1.5, 1.5, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := strictjson.Equal(tt.a, tt.b); got != tt.want {
				t.Errorf("Equal(a, b) = %v", got)
			}
			if got := strictjson.Equal(tt.b, tt.a); got != tt.want {
				t.Errorf("Equal(b, a) = %v", got)
			}
		})
	}
}

func TestEqualNumber(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 500)
	tests := []struct {
		a, b json.Number
		want bool
	}{
		{"1", "1.0", true},
		{"1", "10e-1", true},
		{"1", "0.1E+1", true},
		{"1", "0.0000001e7", true},
		{"-1.50", "-15e-1", true},
		{"1", "-1", false},
		{"0", "-0", true},
		{"0", "0.000e99999999999999999999999", true},
		{"0", "-0.0E-5", true},
		{"100", "1e2", true},
		{"100", "1e3", false},
		{"100", "10", false},
		{"0.1", "0.01", false},
		{"5.0000000000000001", "5", false},
		{"9007199254740993", "9007199254740992", false},
		{"9007199254740993", "9007199254740993.0", true},
		{"12345678901234567890", "1.234567890123456789e19", true},
		{"0.1", "0.1000000000000000055511151231257827", false},
		{json.Number("1" + zeros), "1e500", true},
		{json.Number("0." + zeros + "1"), "1e-501", true},
		{"1e400", "10e399", true},
		{"1e1000000000", "10e999999999", true},
		{"1e1000000000", "1e1000000001", false},
		{"1e-1000000000", "0", false},
		{"1e99999999999999999999999999", "10e99999999999999999999999998", false}, // too large to compare
		{"1e99999999999999999999999999", "1e99999999999999999999999999", true},
		{"1e00000000000000000000000000002", "100", true},
		{"abc", "abc", true},
		{"abc", "1", false},
		{"+1", "1", false},
		{"1_0", "10", false},
		{"", "0", false},
		{"01", "1", false},
		{"1.", "1", false},
		{".5", "0.5", false},
		{"1e", "1", false},
		{"1e+", "1", false},
		{"0x10", "16", false},
		{"Infinity", "1e400", false},
	}
	for _, tt := range tests {
		if got := strictjson.EqualNumber(tt.a, tt.b); got != tt.want {
			t.Errorf("EqualNumber(%.40s, %.40s) = %v", tt.a, tt.b, got)
		}
		if got := strictjson.EqualNumber(tt.b, tt.a); got != tt.want {
			t.Errorf("EqualNumber(%.40s, %.40s) = %v", tt.b, tt.a, got)
		}
	}
}

func TestPointer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		segments []string
		want     string
	}{
		{nil, ""},
		{[]string{""}, "/"},
		{[]string{"a", "0", "b c"}, "/a/0/b c"},
		{[]string{"a/b", "m~n", "~1"}, "/a~1b/m~0n/~01"},
	}
	for _, tt := range tests {
		if got := strictjson.Pointer(tt.segments...); got != tt.want {
			t.Errorf("Pointer(%q) = %q, want %q", tt.segments, got, tt.want)
		}
		if got := strictjson.Segments(tt.want); !slices.Equal(got, tt.segments) {
			t.Errorf("Segments(%q) = %q, want %q", tt.want, got, tt.segments)
		}
	}
}

// The document and the first twelve pointers are those of RFC 6901, section 5.
func TestResolve(t *testing.T) {
	t.Parallel()
	const text = `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,` +
		`"k\"l":6," ":7,"m~n":8,"~1":9}`
	tests := []struct {
		pointer string
		want    string // as JSON, "" when there is none
	}{
		{"", text},
		{"/foo", `["bar","baz"]`},
		{"/foo/0", `"bar"`},
		{"/", "0"},
		{"/a~1b", "1"},
		{"/c%d", "2"},
		{"/e^f", "3"},
		{"/g|h", "4"},
		{`/i\j`, "5"},
		{`/k"l`, "6"},
		{"/ ", "7"},
		{"/m~0n", "8"},
		{"/~01", "9"},
		{"foo", ""},
		{"/bar", ""},
		{"/foo/2", ""},
		{"/foo/-", ""},
		{"/foo/-1", ""},
		{"/foo/-0", ""},
		{"/foo/+1", ""},
		{"/foo/01", ""},
		{"/foo/", ""},
		{"/foo/99999999999999999999", ""},
		{"/foo/0/x", ""},
		{"/m~n", ""},
		{"/m~", ""},
		{"//", ""},
	}
	for name, decode := range decoders {
		v, err := decode([]byte(text), strictjson.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range tests {
			got, ok := strictjson.Resolve(v, tt.pointer)
			if ok != (tt.want != "") {
				t.Errorf("%s: Resolve(%q) = %v, %v", name, tt.pointer, got, ok)
				continue
			}
			if ok && !strictjson.Equal(got, mustDecode(t, tt.want)) {
				t.Errorf("%s: Resolve(%q) = %v, want %s", name, tt.pointer, got, tt.want)
			}
		}
	}
}

func mustDecode(t *testing.T, text string) any {
	t.Helper()
	v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
