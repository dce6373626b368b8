package spec

import (
	"fmt"
	"slices"
)

// maxWays bounds how often one value may be held against schemas because of one: a schema that refers twice to one
// that refers twice, and so on, would take for ever.
const maxWays = 100_000

// findTangles notes the schemas that cannot be used because of it.
func (d *Document) findTangles() {
	d.tangled = map[schemaKey]bool{}
	t := tangles{ways: map[*Schema]int{}}
	d.Schemas(func(s *Schema) {
		if t.count(s) <= maxWays {
			return
		}
		d.tangled[schemaKey{s.at.file, s.at.ptr}] = true
		if len(d.tangled) == 1 { // the others are most often what refers to it
			f := documentFinding("schema", Must, s.Location, "a schema that can be checked in bounded time",
				fmt.Sprintf("one that a value goes through more than %d ways", maxWays), meansUnserved)
			d.Flaws = append(d.Flaws, f)
		}
	})
}

// tangles counts the ways a value goes through a schema. A circle counts once: it is another flaw.
type tangles struct{ ways map[*Schema]int }

func (t *tangles) count(s *Schema) int {
	if s == nil {
		return 0
	}
	if n, ok := t.ways[s]; ok {
		return n
	}
	t.ways[s] = 1
	n := 1
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*Schema{s.Not, s.If, s.Then, s.Else}) {
		n = min(n+t.count(part), maxWays+1)
	}
	t.ways[s] = n
	return n
}
