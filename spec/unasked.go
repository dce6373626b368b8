package spec

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// A property is not asked of messages of one direction where readOnly or writeOnly says so, wherever in the schema that
// is: what one part of an allOf marks, another may require. So the names go along into the parts, and a part that is
// referred to is then a schema of its own for the compiler.

const freePrefix = "free="

// marker is the keyword that takes properties out of messages of a direction.
func (dir Direction) marker() string {
	if dir == Out {
		return "writeOnly"
	}
	return "readOnly"
}

// unasked are names that schemas, with all that their allOf and their reference lead to, mark as not asked for and require.
type unasked struct {
	marked   [2]map[*node][]string
	required map[*node][]string
}

// free are the names that a schema, with all that its allOf and its reference lead to, marks as not asked for.
func (t translation) free(at place, more []string) []string {
	if !t.doc.directional {
		return more
	}
	known := &t.doc.compiler.unasked.marked[t.dir]
	if *known == nil {
		*known = map[*node][]string{}
	}
	return allNames([][]string{more, t.together(at, *known, func(part place) []string {
		var names []string
		props := part.raw("properties")
		for name := range props.n.members() {
			p := props.raw(name)
			if p.n.get(t.dir.marker()).isTrue() || p.deref().n.get(t.dir.marker()).isTrue() {
				names = append(names, name)
			}
		}
		return names
	})})
}

// inPart are those of the names that a part of a schema requires and does not mark itself.
func (t translation) inPart(part place, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	known := &t.doc.compiler.unasked.required
	if *known == nil {
		*known = map[*node][]string{}
	}
	asked := t.together(part, *known, func(p place) []string { return stringList(p.n.get("required")) })
	own := t.free(part, nil)
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, is := slices.BinarySearch(asked, name)
		_, marked := slices.BinarySearch(own, name)
		return !is || marked
	})
}

// together are the names that a schema and all that its allOf and its reference lead to have, in order; known keeps them
// for the next time.
func (t translation) together(at place, known map[*node][]string, names func(place) []string) []string {
	if !at.exists() || at.n.kind != objectKind || t.doc.tangled[schemaKey{at.file, at.ptr}] {
		return nil
	}
	if out, ok := known[at.n]; ok {
		return out
	}
	known[at.n] = nil // of a circle of references
	var all [][]string
	ref, is := at.n.reference()
	if is {
		all = append(all, t.together(t.doc.resolve(at.file, ref), known, names))
	}
	if !is || !t.doc.is30() { // siblings of a reference mean nothing in 3.0
		all = append(all, slices.Sorted(slices.Values(names(at))))
		list := at.raw("allOf")
		for i := range listOf(list.n) {
			all = append(all, t.together(list.raw(strconv.Itoa(i)), known, names))
		}
	}
	known[at.n] = allNames(all)
	return known[at.n]
}

// allNames are the names in any of the lists, each once and in order. The lists are in order too.
func allNames(lists [][]string) []string {
	var out []string
	for _, l := range lists {
		switch {
		case len(l) == 0:
		case out == nil:
			out = slices.Compact(slices.Clip(l))
		default:
			out = append(slices.Clip(out), l...)
			slices.Sort(out)
			out = slices.Compact(out)
		}
	}
	return out
}

// withFree adds names that are not asked for to a schema's URL.
func withFree(u string, names []string) string {
	if len(names) == 0 {
		return u
	}
	encoded := make([]string, 0, len(names))
	for _, n := range names {
		encoded = append(encoded, base64.RawURLEncoding.EncodeToString([]byte(n)))
	}
	separator := "?"
	if strings.Contains(u, "?") {
		separator = "&"
	}
	return u + separator + freePrefix + strings.Join(encoded, ".")
}

// reading is how a schema's URL says that it is to be read.
type reading struct {
	bare, nonNull bool
	free          []string
}

func readingOf(u string) reading {
	var r reading
	_, query, _ := strings.Cut(u, "?")
	for _, word := range strings.Split(query, "&") {
		names, isFree := strings.CutPrefix(word, freePrefix)
		switch {
		case word == "bare":
			r.bare = true
		case word == "nonnull":
			r.nonNull = true
		case isFree:
			for _, n := range strings.Split(names, ".") {
				if name, err := base64.RawURLEncoding.DecodeString(n); err == nil {
					r.free = append(r.free, string(name))
				}
			}
		}
	}
	return r
}
