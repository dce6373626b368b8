package mockserver

import (
	"testing"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Members and elements are found as a decoder finds them, and what is no JSON does no harm.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		`{"a":{"b":[1,"x]}",{"c":"\"}"}]},"d\u0061":null}`, `[[],{},"",1.5e3,true]`, `{"a":1`, `{"a"}`, `{:}`, `[,]`, `]`, `{"\`,
		`{"a":1,"b":}`, `"a":1`, `{}`, `[1,2`, `{"a":"x`, "", `{"a":]}`, `[}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = strictjson.Compact(text)
		ms, isObject := membersOf(text)
		es, isArray := elementsOf(text)
		_ = mergePatch(text, text)
		_ = editAt(text, []string{"a", "*"}, func([]byte) []byte { return nil })
		_ = valuesAt(text, []string{"*", "a"})
		v, err := strictjson.DecodeOrdered(text, wideOpen)
		if err != nil {
			return
		}
		o, wantObject := v.(strictjson.Object)
		a, wantArray := v.([]any)
		if isObject != wantObject || isArray != wantArray || len(ms) != len(o) || len(es) != len(a) {
			t.Fatalf("%s: %d members, %d elements", text, len(ms), len(es))
		}
		for i, m := range ms {
			want := string(strictjson.Append(nil, o[i].Value))
			if m.name != o[i].Name || !equalJSON(t, m.value, []byte(want)) {
				t.Fatalf("%s: member %q is %s", text, m.name, m.value)
			}
			if got := memberAt(text, m.name); string(got) != string(m.value) {
				t.Fatalf("%s: at %q is %s", text, m.name, got)
			}
		}
		for i, e := range es {
			if !equalJSON(t, e, strictjson.Append(nil, a[i])) {
				t.Fatalf("%s: element %d is %s", text, i, e)
			}
		}
		if isObject && !equalJSON(t, joinMembers(ms), text) || isArray && !equalJSON(t, joinElements(es), text) {
			t.Fatalf("%s: joined otherwise", text)
		}
	})
}

// A value that is replaced is replaced in its place, whatever stands around it.
func TestEditAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		path []string
		want string
	}{
		{`{"a":1,"b":{"c":[1,{"d":2}]},"e":3}`, []string{"b", "c", "*"}, `{"a":1,"b":{"c":["x","x"]},"e":3}`},
		{`{"a":1}`, []string{"b"}, `{"a":1}`},
		{`{"a":1}`, []string{"a", "b"}, `{"a":1}`},
		{`{"a":[]}`, []string{"a", "*"}, `{"a":[]}`},
		{`{"\u0061":1,"b":2}`, []string{"a"}, `{"\u0061":"x","b":2}`},
		{`{"a":1}`, nil, `"x"`},
	} {
		got := string(editAt([]byte(c.text), c.path, func([]byte) []byte { return []byte(`"x"`) }))
		if got != c.want {
			t.Errorf("%s at %v is %s, want %s", c.text, c.path, got, c.want)
		}
	}
}

// A patch of many members finds them as one of few does.
func TestMergeManyMembers(t *testing.T) {
	t.Parallel()
	target, patch, want := []member{}, []member{}, []member{}
	for i := range 100 {
		name := "m" + itoa(i)
		target = append(target, member{name, []byte("1")})
		switch {
		case i%3 == 0:
			patch = append(patch, member{name, []byte("null")})
		case i%3 == 1:
			patch = append(patch, member{name, []byte(`{"x":null,"y":2}`)})
			want = append(want, member{name, []byte(`{"y":2}`)})
		default:
			want = append(want, member{name, []byte("1")})
		}
	}
	patch = append(patch, member{"new", []byte("3")})
	want = append(want, member{"new", []byte("3")})
	if got := mergePatch(joinMembers(target), joinMembers(patch)); string(got) != string(joinMembers(want)) {
		t.Errorf("merged %s, want %s", got, joinMembers(want))
	}
}
