package mockserver

import (
	"bytes"
	"sync"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

func joinMembers(ms []member) []byte {
	size := 2
	for _, m := range ms {
		size += len(m.name) + len(m.value) + 4
	}
	out := append(make([]byte, 0, size), '{')
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
	if len(patch) == 0 || patch[0] != '{' {
		return patch
	}
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	*scratch = appendMerged((*scratch)[:0], target, patch)
	merged := bytes.Clone(*scratch) // which takes no more room than it needs, for it is kept
	if cap(*scratch) > maxScratch {
		*scratch = nil
	}
	return merged
}

// scratches are buffers to merge in, each of maxScratch bytes at most.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

const maxScratch = 64 << 10

// patchMember is a member of a patch, with its name in quotes; used when the target has it.
type patchMember struct {
	name, value   []byte
	escaped, used bool // of the name
}

func appendMerged(dst, target, patch []byte) []byte {
	ps, ok := scanMembers(patch)
	if !ok {
		return append(dst, patch...)
	}
	var few [24]patchMember // on the stack, enough for most patches
	changes := few[:0]
	for ps.next() {
		changes = append(changes, patchMember{name: ps.name, value: ps.value(), escaped: hasEscape(ps.name)})
	}
	index := indexOf(changes)
	dst = append(dst, '{')
	begun := len(dst)
	ts, _ := scanMembers(target)
	for ts.text = objectText(target); ts.next(); {
		c := index.find(ts.name)
		if c != nil {
			if c.used = true; isNull(c.value) {
				continue
			}
		}
		dst = appendName(dst, begun, ts.name)
		if c == nil {
			dst = append(dst, ts.text[ts.from:ts.to]...)
		} else {
			dst = appendMerged(dst, ts.value(), c.value)
		}
	}
	for i := range changes {
		if c := &changes[i]; !c.used && !isNull(c.value) {
			dst = appendMerged(appendName(dst, begun, c.name), nil, c.value)
		}
	}
	return append(dst, '}')
}

// objectText is a text that is an object, else nothing.
func objectText(text []byte) []byte {
	if len(text) == 0 || text[0] != '{' {
		return nil
	}
	return text
}

func appendName(dst []byte, begun int, quoted []byte) []byte {
	if len(dst) > begun {
		dst = append(dst, ',')
	}
	if hasEscape(quoted) { // spelt in one way only, whoever sent it
		dst = strictjson.Append(dst, unquote(quoted))
	} else {
		dst = append(dst, quoted...)
	}
	return append(dst, ':')
}

func hasEscape(quoted []byte) bool { return bytes.IndexByte(quoted, '\\') >= 0 }

// patchIndex finds the members of a patch by name.
type patchIndex struct {
	changes []patchMember
	escaped bool           // one of the names is
	next    int            // where a member is likely to be: patches often have the order of their records
	byName  map[string]int // of many
}

func indexOf(changes []patchMember) patchIndex {
	const few = 24 // up to which looking at each is quicker than a map
	x := patchIndex{changes: changes}
	if len(changes) > few {
		x.byName = make(map[string]int, len(changes))
		for i, c := range changes {
			x.byName[unquote(c.name)] = i
		}
		return x
	}
	for i := range changes {
		x.escaped = x.escaped || changes[i].escaped
	}
	return x
}

func (x *patchIndex) find(quoted []byte) *patchMember {
	if x.byName != nil {
		if i, ok := x.byName[unquote(quoted)]; ok {
			return &x.changes[i]
		}
		return nil
	}
	for i := range x.changes {
		if i += x.next; i >= len(x.changes) {
			i -= len(x.changes)
		}
		if bytes.Equal(x.changes[i].name, quoted) {
			x.next = i + 1
			return &x.changes[i]
		}
	}
	if x.escaped || hasEscape(quoted) {
		for i := range x.changes {
			if c := &x.changes[i]; (c.escaped || hasEscape(quoted)) && unquote(c.name) == unquote(quoted) {
				return c
			}
		}
	}
	return nil
}

// editAt replaces every value a path leads to by what edit makes of it; "*" stands for all elements of an array. What
// is not there is left alone, and so is a text in which nothing changes.
func editAt(text []byte, path []string, edit func([]byte) []byte) []byte {
	if len(path) == 0 {
		return edit(text)
	}
	if path[0] == "*" {
		return editElements(text, path[1:], edit)
	}
	s, ok := scanMembers(text)
	if !ok || !s.find(path[0]) {
		return text
	}
	old := s.value()
	value := editAt(old, path[1:], edit)
	if same(old, value) {
		return text
	}
	out := make([]byte, 0, len(text)-len(old)+len(value))
	out = append(out, text[:s.from]...)
	out = append(out, value...)
	return append(out, text[s.to:]...)
}

func editElements(text []byte, path []string, edit func([]byte) []byte) []byte {
	es, ok := elementsOf(text)
	if !ok {
		return text
	}
	changed := false
	for i, e := range es {
		es[i] = editAt(e, path, edit)
		changed = changed || !same(e, es[i])
	}
	if !changed {
		return text
	}
	return joinElements(es)
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
