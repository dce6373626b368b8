package spec

import (
	"encoding/base64"
	"maps"
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

// free are the names that a schema, with all that its allOf and its reference lead to, marks as not asked for.
func (t translation) free(at place, more []string) []string {
	names := map[string]bool{}
	for _, name := range more {
		names[name] = true
	}
	for part := range parts(at) {
		props := part.raw("properties")
		for name := range props.n.members() {
			p := props.raw(name)
			if p.n.get(t.dir.marker()).isTrue() || p.deref().n.get(t.dir.marker()).isTrue() {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// inPart are those of the names that a part of a schema requires and does not mark itself.
func (t translation) inPart(part place, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	asked := map[string]bool{}
	for p := range parts(part) {
		for _, name := range stringList(p.n.get("required")) {
			asked[name] = true
		}
	}
	own := t.free(part, nil)
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return !asked[name] || slices.Contains(own, name)
	})
}

// parts are a schema and all that its allOf and its reference lead to, each once.
func parts(at place) func(yield func(place) bool) {
	return func(yield func(place) bool) {
		seen := map[schemaKey]bool{}
		var walk func(at place) bool
		walk = func(at place) bool {
			key := schemaKey{at.file, at.ptr}
			if !at.exists() || at.n.kind != objectKind || seen[key] {
				return true
			}
			seen[key] = true
			ref := at.n.get("$ref").str()
			if ref != "" && !walk(at.doc.resolve(at.file, ref)) {
				return false
			}
			if ref != "" && at.doc.is30() {
				return true // siblings of a reference mean nothing in 3.0
			}
			if !yield(at) {
				return false
			}
			list := at.raw("allOf")
			for i := range listOf(list.n) {
				if !walk(list.raw(strconv.Itoa(i))) {
					return false
				}
			}
			return true
		}
		walk(at)
	}
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
