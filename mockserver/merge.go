package mockserver

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Records are kept as JSON text, so a number keeps its text and a member its place. The functions here work on the text
// of valid JSON without white space between its tokens.

// member is a name and the text of its value.
type member struct {
	name  string
	value []byte
}

// membersOf splits an object's text; false when it is no object.
func membersOf(text []byte) ([]member, bool) {
	if len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return nil, false
	}
	var out []member
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, false
		}
		m := member{name: name.String()}
		v, err := d.ReadValue()
		if err != nil {
			return nil, false
		}
		m.value = bytes.Clone(v)
		out = append(out, m)
	}
	return out, true
}

// elementsOf splits an array's text.
func elementsOf(text []byte) ([][]byte, bool) {
	if len(text) == 0 || text[0] != '[' {
		return nil, false
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	if _, err := d.ReadToken(); err != nil {
		return nil, false
	}
	var out [][]byte
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			return nil, false
		}
		out = append(out, bytes.Clone(v))
	}
	return out, true
}

func joinMembers(ms []member) []byte {
	out := []byte{'{'}
	for i, m := range ms {
		if i > 0 {
			out = append(out, ',')
		}
		out = strictjson.Append(out, m.name)
		out = append(out, ':')
		out = append(out, m.value...)
	}
	return append(out, '}')
}

func joinElements(es [][]byte) []byte {
	out := []byte{'['}
	out = append(out, bytes.Join(es, []byte{','})...)
	return append(out, ']')
}

func findMember(ms []member, name string) int {
	for i, m := range ms {
		if m.name == name {
			return i
		}
	}
	return -1
}

func isNull(text []byte) bool { return string(text) == "null" }

// mergePatch applies a merge patch to a target as RFC 7396 says: objects merge, null removes, anything else replaces.
// Members keep their order, new ones follow. A target that is absent is nil.
func mergePatch(target, patch []byte) []byte {
	changes, ok := membersOf(patch)
	if !ok {
		return patch
	}
	ms, _ := membersOf(target)
	for _, c := range changes {
		i := findMember(ms, c.name)
		switch {
		case isNull(c.value) && i >= 0:
			ms = append(ms[:i], ms[i+1:]...)
		case isNull(c.value):
		case i >= 0:
			ms[i].value = mergePatch(ms[i].value, c.value)
		default:
			ms = append(ms, member{c.name, mergePatch(nil, c.value)})
		}
	}
	return joinMembers(ms)
}

// memberAt is the text of a member of an object; nil when there is none.
func memberAt(text []byte, name string) []byte {
	ms, _ := membersOf(text)
	if i := findMember(ms, name); i >= 0 {
		return ms[i].value
	}
	return nil
}

// editAt replaces every value a path leads to by what edit makes of it; "*" stands for all elements of an array. What
// is not there is left alone.
func editAt(text []byte, path []string, edit func([]byte) []byte) []byte {
	if len(path) == 0 {
		return edit(text)
	}
	if path[0] == "*" {
		es, ok := elementsOf(text)
		if !ok {
			return text
		}
		for i := range es {
			es[i] = editAt(es[i], path[1:], edit)
		}
		return joinElements(es)
	}
	ms, ok := membersOf(text)
	i := findMember(ms, path[0])
	if !ok || i < 0 {
		return text
	}
	ms[i].value = editAt(ms[i].value, path[1:], edit)
	return joinMembers(ms)
}

// pathValue is one value that a path leads to, with its pointer.
type pathValue struct {
	pointer []string
	text    []byte
}

// valuesAt lists the values a path leads to, in document order.
func valuesAt(text []byte, path []string) []pathValue {
	var out []pathValue
	collectAt(text, path, nil, &out)
	return out
}

func collectAt(text []byte, path, pointer []string, out *[]pathValue) {
	if len(path) == 0 {
		*out = append(*out, pathValue{append([]string(nil), pointer...), text})
		return
	}
	if path[0] == "*" {
		es, _ := elementsOf(text)
		for i, e := range es {
			collectAt(e, path[1:], append(pointer, itoa(i)), out)
		}
		return
	}
	if v := memberAt(text, path[0]); v != nil {
		collectAt(v, path[1:], append(pointer, path[0]), out)
	}
}
