package spec

import (
	"cmp"
	"slices"
	"strings"
)

// loops finds schemas that allOf, anyOf and oneOf, or members and items that must be there, lead back to themselves from
// without a way out: no value can be held
// against them, so none is valid. A union with another branch is one that has a way out.
type loops struct {
	out     map[*Schema]bool // those with a way out
	parents map[*Schema][]*Schema
	met     []*Schema // what is composed first, then what is composed of it
}

// composedBy are the schemas that a schema is composed of by a keyword; a reference beside other keywords is one in allOf.
func (s *Schema) composedBy(keyword string) []*Schema {
	return map[string][]*Schema{
		"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf, "required": s.holds(), "minItems": s.filledWith(),
	}[keyword]
}

var composing = []string{"allOf", "anyOf", "oneOf", "required", "minItems"}

// holds are the schemas of members that each value has: required by one that takes nothing but objects.
func (s *Schema) holds() []*Schema {
	if len(s.Types) != 1 || s.Types[0] != "object" {
		return nil
	}
	var out []*Schema
	for _, p := range s.Properties {
		if slices.Contains(s.Required, p.Name) && p.Schema != nil && !p.Schema.ReadOnly && !p.Schema.WriteOnly {
			out = append(out, p.Schema)
		}
	}
	return out
}

// filledWith is the schema of items that each value has: of one that takes nothing but lists, and none without an item.
func (s *Schema) filledWith() []*Schema {
	if len(s.Types) != 1 || s.Types[0] != "array" || s.MinItems == nil || *s.MinItems < 1 || s.Items == nil || len(s.PrefixItems) > 0 {
		return nil
	}
	return []*Schema{s.Items}
}

// meet notes a schema and what it is composed of.
func (p *loops) meet(s *Schema) {
	if s == nil {
		return
	}
	if _, known := p.parents[s]; known {
		return
	}
	p.parents[s] = nil
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, s.holds(), s.filledWith()) {
		p.meet(part)
		p.parents[part] = append(p.parents[part], s)
	}
	p.met = append(p.met, s)
}

// escapes reports whether a schema has a way out, by what is known of those that it is composed of.
func (p *loops) escapes(s *Schema) bool {
	stuck := func(part *Schema) bool { return !p.out[part] }
	escape := func(part *Schema) bool { return p.out[part] }
	return !slices.ContainsFunc(slices.Concat(s.AllOf, s.holds(), s.filledWith()), stuck) &&
		(len(s.AnyOf) == 0 || slices.ContainsFunc(s.AnyOf, escape)) &&
		(len(s.OneOf) == 0 || slices.ContainsFunc(s.OneOf, escape))
}

// solve finds those with a way out: first what is composed of nothing, then what has one by these.
func (p *loops) solve() {
	p.out = map[*Schema]bool{}
	queue, waits := slices.Clone(p.met), map[*Schema]bool{}
	for _, s := range queue {
		waits[s] = true
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if waits[s] = false; !p.escapes(s) {
			continue
		}
		p.out[s] = true
		for _, parent := range p.parents[s] {
			if !p.out[parent] && !waits[parent] {
				waits[parent] = true
				queue = append(queue, parent)
			}
		}
	}
}

// loops notes one schema of each circle without a way out, where loading has not found it.
func (l *linter) loops() {
	p := loops{parents: map[*Schema][]*Schema{}}
	for _, at := range l.composed {
		p.meet(l.doc.schema(at))
	}
	p.solve()
	seen := map[*Schema]bool{}
	for _, s := range p.met {
		if on := p.circle(s, seen); len(on) > 0 {
			l.loop(on)
		}
	}
}

// circle follows schemas without a way out, each to the first of the same that it is composed of, until one comes again:
// they lead there all of them. It is empty where a way that was gone before is met.
func (p *loops) circle(s *Schema, seen map[*Schema]bool) []*Schema {
	var way []*Schema
	step := map[*Schema]int{}
	for !p.out[s] {
		if i, again := step[s]; again {
			return way[i:]
		}
		if seen[s] {
			return nil
		}
		seen[s], step[s] = true, len(way)
		way = append(way, s)
		_, s = p.next(s)
	}
	return nil
}

// next is a schema without a way out that another is composed of, and the keyword that says so. One without a way out has one.
func (p *loops) next(s *Schema) (string, *Schema) {
	for _, keyword := range composing {
		parts := s.composedBy(keyword)
		i := slices.IndexFunc(parts, func(part *Schema) bool { return !p.out[part] })
		if i < 0 || (keyword == "anyOf" || keyword == "oneOf") && slices.ContainsFunc(parts, func(part *Schema) bool { return p.out[part] }) {
			continue
		}
		return keyword, parts[i]
	}
	return "", nil
}

// loop notes a circle, unless it is of allOf alone and loading has noted it.
func (l *linter) loop(circle []*Schema) {
	if slices.ContainsFunc(circle, func(s *Schema) bool { return l.doc.tangled[schemaKey{s.at.file, s.at.ptr}] }) {
		return
	}
	first := slices.MinFunc(circle, func(a, b *Schema) int {
		return cmp.Or(cmp.Compare(a.Location.Line, b.Location.Line), strings.Compare(a.at.ptr, b.at.ptr))
	})
	for _, keyword := range []string{"required", "minItems", "oneOf", "anyOf", "allOf"} {
		at := first.at.raw(keyword)
		if !at.exists() || !slices.ContainsFunc(first.composedBy(keyword), func(s *Schema) bool { return slices.Contains(circle, s) }) {
			continue
		}
		l.add(keyword, Must, at, "a schema other than this one", "the schema itself, by way of what stands here", "no value is allowed here")
		return
	}
	l.add("$ref", Must, first.at.raw("$ref"), "a schema other than this one", "the schema itself, by way of what stands here",
		"no value is allowed here")
}
