package spec

import (
	"fmt"
	"slices"
)

const (
	// maxWays bounds how often one value may be held against schemas because of one: a schema that refers twice to one
	// that refers twice, and so on, would take for ever.
	maxWays = 100_000
	// maxAllOf bounds the schemas that a schema is made of by allOf, one of another: all of them are looked through for
	// each.
	maxAllOf = 500
)

// findTangles notes the schemas that cannot be used because of it.
func (d *Document) findTangles() {
	d.tangled = map[schemaKey]bool{}
	ways := tangles{seen: map[*Schema]int{}, most: maxWays, of: func(s *Schema) []*Schema {
		return slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*Schema{s.Not, s.If, s.Then, s.Else})
	}}
	allOf := tangles{seen: map[*Schema]int{}, most: maxAllOf, circles: map[*Schema]bool{}, of: func(s *Schema) []*Schema { return s.AllOf }}
	told := map[string]bool{}
	d.Schemas(func(s *Schema) {
		rule, want := "schema", "a schema that can be checked in bounded time"
		var is string
		switch {
		case ways.count(s) > maxWays:
			is = fmt.Sprintf("one that a value goes through more than %d ways", maxWays)
		case allOf.count(s) > maxAllOf:
			is = fmt.Sprintf("one of more than %d others by allOf", maxAllOf)
		case allOf.circles[s]:
			rule, want, is = "allOf", "other schemas", "the schema itself, by way of what stands here"
		default:
			return
		}
		d.tangled[schemaKey{s.at.file, s.at.ptr}] = true
		if !told[rule] { // the others are most often what refers to it
			told[rule] = true
			d.Flaws = append(d.Flaws, documentFinding(rule, Must, s.Location, want, is, meansUnserved))
		}
	})
}

// tangles counts the ways a value goes through a schema, up to a bound. A circle counts once.
type tangles struct {
	of      func(*Schema) []*Schema
	most    int
	seen    map[*Schema]int
	circles map[*Schema]bool // one schema of each circle at least; nil where nobody asks
}

const unclosed = -1 // of a schema whose ways are being counted

func (t *tangles) count(s *Schema) int {
	if s == nil {
		return 0
	}
	switch n, ok := t.seen[s]; {
	case n == unclosed:
		if t.circles != nil {
			t.circles[s] = true
		}
		return 1
	case ok:
		return n
	}
	t.seen[s] = unclosed
	n := 1
	for _, part := range t.of(s) {
		n = min(n+t.count(part), t.most+1)
	}
	t.seen[s] = n
	return n
}
