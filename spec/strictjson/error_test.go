package strictjson_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

type fault struct {
	text string
	want strictjson.Error
	says string // part of the reason
}

func at(kind strictjson.Kind, pointer string, offset, line, column int) strictjson.Error {
	return strictjson.Error{Kind: kind, Pointer: pointer, Offset: offset, Line: line, Column: column}
}

var faults = []fault{
	{"", at(strictjson.Empty, "", 0, 1, 1), "no JSON value"},
	{" \n\t", at(strictjson.Empty, "", 3, 2, 2), "no JSON value"},

	{"\xef\xbb\xbf{}", at(strictjson.BOM, "", 0, 1, 1), "byte order mark"},
	{"\xef\xbb\xbf", at(strictjson.BOM, "", 0, 1, 1), "byte order mark"},
	{"\xff\xfe{\x00}\x00", at(strictjson.BOM, "", 0, 1, 1), "byte order mark"},
	{"\xfe\xff\x00{\x00}", at(strictjson.BOM, "", 0, 1, 1), "byte order mark"},

	{"{}\n x", at(strictjson.Trailing, "", 4, 2, 2), "after the end"},
	{"1 2", at(strictjson.Trailing, "", 2, 1, 3), "after the end"},
	{"nullx", at(strictjson.Trailing, "", 4, 1, 5), "after the end"},
	{"[]]", at(strictjson.Trailing, "", 2, 1, 3), "after the end"},
	{"[]\x00", at(strictjson.Trailing, "", 2, 1, 3), "after the end"},
	{"[],", at(strictjson.Trailing, "", 2, 1, 3), "after the end"},

	{`{"a":1,"a":2}`, at(strictjson.Duplicate, "/a", 7, 1, 8), `already has a member "a"`},
	{`{"a":1,"\u0061":2}`, at(strictjson.Duplicate, "/a", 7, 1, 8), `already has a member "a"`},
	{"[{\"x/~\":\n{\"b\":1,\n\"b\":2}}]", at(strictjson.Duplicate, "/0/x~1~0/b", 17, 3, 1), `member "b"`},
	{`{"":1,"":2}`, at(strictjson.Duplicate, "/", 6, 1, 7), `member ""`},
	{`{"a":1,"a":`, at(strictjson.Duplicate, "/a", 7, 1, 8), `member "a"`},

	{"[\"a\xff\"]", at(strictjson.Encoding, "/0", 3, 1, 4), "0xff"},
	{"[\"\xc3\"]", at(strictjson.Encoding, "/0", 2, 1, 3), "0xc3"},
	{"\"\xed\xa0\x80\"", at(strictjson.Encoding, "", 1, 1, 2), "0xed"},
	{"\"\xc0\x80\"", at(strictjson.Encoding, "", 1, 1, 2), "0xc0"},
	{"{\"\xff\":1}", at(strictjson.Encoding, "", 2, 1, 3), "0xff"},
	{"[\xff]", at(strictjson.Encoding, "/0", 1, 1, 2), "0xff"},
	{`{"a":"\ud800"}`, at(strictjson.Encoding, "/a", 6, 1, 7), `\ud800 is one half`},
	{`["\ud800\u0041"]`, at(strictjson.Encoding, "/0", 2, 1, 3), `\ud800 is one half`},
	{`["\uDE00\uD83D"]`, at(strictjson.Encoding, "/0", 2, 1, 3), `\uDE00 is one half`},
	{`["\u00e9\uD83D\uDE00","\uD83Dabcdef"]`, at(strictjson.Encoding, "/1", 23, 1, 24), `\uD83D is one half`},

	{`{"n":1e401}`, at(strictjson.Number, "/n", 5, 1, 6), "exponent"},
	{`1e401`, at(strictjson.Number, "", 0, 1, 1), "exponent"},
	{`[0,-1E-401]`, at(strictjson.Number, "/1", 3, 1, 4), "exponent"},
	{`[0e1000000001]`, at(strictjson.Number, "/0", 1, 1, 2), "exponent"},
	{`[1e+99999999999999999999999999]`, at(strictjson.Number, "/0", 1, 1, 2), "exponent"},
	{"[" + strings.Repeat("9", 1001) + "]", at(strictjson.Number, "/0", 1, 1, 2), "1000 digits"},
	{"0." + strings.Repeat("0", 1000), at(strictjson.Number, "", 0, 1, 1), "1000 digits"},
	{"1e" + strings.Repeat("0", 1000) + "1", at(strictjson.Number, "", 0, 1, 1), "1000 digits"},

	{"[", at(strictjson.Malformed, "", 1, 1, 2), "ends before"},
	{`{"a":`, at(strictjson.Malformed, "/a", 5, 1, 6), "ends before"},
	{`{"a"`, at(strictjson.Malformed, "/a", 4, 1, 5), "ends before"},
	{`["a`, at(strictjson.Malformed, "/0", 3, 1, 4), "ends before"},
	{`["\ud8`, at(strictjson.Malformed, "/0", 2, 1, 3), "ends before"},
	{`[tru`, at(strictjson.Malformed, "/0", 4, 1, 5), "ends before"},
	{`1e`, at(strictjson.Malformed, "", 0, 1, 1), "ends before"},
	{`[1,]`, at(strictjson.Malformed, "", 2, 1, 3), "comma must not stand before"},
	{"{\"a\":1,\n}", at(strictjson.Malformed, "", 6, 1, 7), "comma must not stand before"},
	{`[1,,2]`, at(strictjson.Malformed, "/1", 3, 1, 4), "value must stand before this comma"},
	{`[1 2]`, at(strictjson.Malformed, "", 3, 1, 4), "expecting ',' or ']'"},
	{`[1}`, at(strictjson.Malformed, "", 2, 1, 3), "expecting ',' or ']'"},
	{`{"a" 1}`, at(strictjson.Malformed, "/a", 5, 1, 6), "expecting ':'"},
	{`{"a":}`, at(strictjson.Malformed, "/a", 5, 1, 6), "value of this member is missing"},
	{`{a:1}`, at(strictjson.Malformed, "", 1, 1, 2), "name in double quotes must stand here"},
	{`{"x":1, y:2}`, at(strictjson.Malformed, "", 8, 1, 9), "name in double quotes must stand here"},
	{`{1:2}`, at(strictjson.Malformed, "", 1, 1, 2), "must be a string in double quotes"},
	{`{[{}]:2}`, at(strictjson.Malformed, "", 1, 1, 2), "must be a string in double quotes"},
	{`{'a':1}`, at(strictjson.Malformed, "", 1, 1, 2), "double quotes, not in single"},
	{`[1, // one`, at(strictjson.Malformed, "/1", 4, 1, 5), "no comments"},
	{"[\"a\nb\"]", at(strictjson.Malformed, "/0", 3, 1, 4), "control character"},
	{"[\"\x00\"]", at(strictjson.Malformed, "/0", 2, 1, 3), "control character"},
	{`["\x41"]`, at(strictjson.Malformed, "/0", 2, 1, 3), "escape is unknown"},
	{`["\u12G4"]`, at(strictjson.Malformed, "/0", 2, 1, 3), "escape is unknown"},
	{`[01]`, at(strictjson.Malformed, "", 2, 1, 3), "begin with a zero"},
	{`[-]`, at(strictjson.Malformed, "/0", 2, 1, 3), "number is not complete"},
	{`[1.]`, at(strictjson.Malformed, "/0", 3, 1, 4), "number is not complete"},
	{`[+1]`, at(strictjson.Malformed, "/0", 1, 1, 2), "digit or a minus"},
	{`[.5]`, at(strictjson.Malformed, "/0", 1, 1, 2), "digit or a minus"},
	{`[NaN]`, at(strictjson.Malformed, "/0", 1, 1, 2), "no such number"},
	{`[-Infinity]`, at(strictjson.Malformed, "/0", 2, 1, 3), "no such number"},
	{`[True]`, at(strictjson.Malformed, "/0", 1, 1, 2), "in lower case"},
	{`undefined`, at(strictjson.Malformed, "", 0, 1, 1), "in lower case"},
	{`[nulx]`, at(strictjson.Malformed, "/0", 4, 1, 5), "literal null"},
	{`}`, at(strictjson.Malformed, "", 0, 1, 1), "'}'"},
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, f := range faults {
		t.Run(f.text[:min(len(f.text), 40)], func(t *testing.T) {
			t.Parallel()
			for name, decode := range decoders {
				v, err := decode([]byte(f.text), strictjson.Limits{})
				checkFault(t, name, f, v, err)
			}
		})
	}
}

func checkFault(t *testing.T, name string, f fault, v any, err error) {
	t.Helper()
	var got *strictjson.Error
	if !errors.As(err, &got) || v != nil {
		t.Fatalf("%s = %v, %v, want %v", name, v, err, f.want.Kind)
	}
	if !strings.Contains(got.Reason, f.says) {
		t.Errorf("%s: reason %q does not say %q", name, got.Reason, f.says)
	}
	place := *got
	place.Reason = ""
	if diff := cmp.Diff(f.want, place); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestFaultsOfLimits(t *testing.T) {
	t.Parallel()
	lim := strictjson.Limits{Depth: 2, Elements: 4}
	for _, f := range []fault{
		{`[[[]]]`, at(strictjson.TooDeep, "/0/0", 2, 1, 3), "deeper than 2 levels"},
		{"{\"a\":\n[0, {\"b\":1}]}", at(strictjson.TooDeep, "/a/1", 10, 2, 5), "deeper than 2 levels"},
		{`[1,2,3,4 , 5]`, at(strictjson.TooMany, "/4", 11, 1, 12), "more array items"},
		{`{"a":[1,2,3],"b":{}}`, at(strictjson.TooMany, "/b", 13, 1, 14), "more array items"},
		{`[1,2,3,[ [`, at(strictjson.TooMany, "/3/0", 9, 1, 10), "more array items"},
		{`[1,2,3,4 x`, at(strictjson.Malformed, "", 9, 1, 10), "expecting ',' or ']'"},
		{`[1,2,3,4`, at(strictjson.Malformed, "", 8, 1, 9), "ends before"},
	} {
		for name, decode := range decoders {
			v, err := decode([]byte(f.text), lim)
			checkFault(t, name+" "+f.text, f, v, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 10_000)
	tests := []struct{ text, want string }{
		{`[1,]`, `line 1, column 3: a comma must not stand before a closing bracket`},
		{"{\"a\":1,\n \"a\":2}", `line 2, column 2, at "/a": the object already has a member "a"`},
		{`{"` + long + `":1,"` + long + `":2}`, `line 1, column 20007, at "/` + long[:98] + `"...: ` +
			`the object already has a member "` + long[:40] + `"...`},
	}
	for _, tt := range tests {
		_, err := strictjson.Decode([]byte(tt.text), strictjson.Limits{})
		if err == nil || err.Error() != tt.want {
			t.Errorf("%.20s:\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

func TestKindString(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := strictjson.Malformed; k <= strictjson.Empty; k++ {
		name := k.String()
		if name == "" || strings.HasPrefix(name, "kind(") || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		seen[name] = true
	}
	for _, k := range []strictjson.Kind{0, strictjson.Empty + 1} {
		if !strings.HasPrefix(k.String(), "kind(") {
			t.Errorf("kind %d is called %q", k, k)
		}
	}
}
