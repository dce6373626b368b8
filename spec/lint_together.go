package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// together notes what the parts of an allOf, and what stands beside it, leave no value for: types that have nothing in
// common, and a part that is closed to what another requires. What a part contradicts within itself is told there.
func (l *linter) together(at place) {
	if at.n.get("allOf") == nil {
		return
	}
	s := l.doc.schema(at)
	parts := s.holding()
	if why := typesApart(s, parts); why != "" {
		l.add("allOf", Must, at.raw("allOf"), "parts that have a type in common", why, "no value is allowed here")
		return
	}
	for _, part := range parts {
		if l.closed(at, s, part, parts) {
			return
		}
	}
}

// maxHolding bounds the parts of one schema that are looked at together.
const maxHolding = 64

// holding are the schemas that each value of a schema keeps: itself and the parts of its allOf, theirs too.
func (s *Schema) holding() []*Schema {
	out := []*Schema{s}
	for i := 0; i < len(out) && len(out) < maxHolding; i++ {
		for _, part := range out[i].AllOf {
			if !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}

// typesApart says which types parts have that have nothing in common; "" where they have, or a part has none itself.
func typesApart(s *Schema, parts []*Schema) string {
	all := anyType
	var said []string
	for _, part := range parts {
		of := part.ownKinds()
		if all &= of; len(part.Types) > 0 && !slices.Contains(said, typesOf(part)) {
			said = append(said, typesOf(part))
		}
	}
	if all != 0 || len(said) < 2 {
		return ""
	}
	for _, part := range s.AllOf {
		if inner := part.holding(); len(inner) > 1 && typesApart(part, inner) != "" {
			return ""
		}
	}
	return strings.Join(said, " and ")
}

func typesOf(s *Schema) string { return strings.Join(s.Types, " or ") }

// closed notes what a part that allows no other members than its own keeps the others from: all values where they require
// one, for which it is true, else the members that they describe.
func (l *linter) closed(at place, s, part *Schema, parts []*Schema) bool {
	if part.AdditionalProperties == nil || !part.AdditionalProperties.Never || len(part.PatternProperties) > 0 {
		return false
	}
	has := func(name string) bool {
		return slices.ContainsFunc(part.Properties, func(p Property) bool { return p.Name == name })
	}
	var never []string
	for _, other := range parts {
		if other == part {
			continue
		}
		for _, name := range other.Required {
			if p := s.Property(name); !has(name) && (p == nil || !p.ReadOnly && !p.WriteOnly) {
				l.add("allOf", Must, at.raw("allOf"), fmt.Sprintf("room for %q, which %s requires", name, s.calls(other)),
					s.calls(part)+" with additionalProperties: false and without it",
					"no value is allowed here; unevaluatedProperties: false beside allOf closes all of it together")
				return true
			}
		}
		for _, p := range other.Properties {
			if !has(p.Name) && !p.Schema.Never && !slices.Contains(never, p.Name) {
				never = append(never, p.Name)
			}
		}
	}
	if len(never) > 0 && part != s {
		l.add("allOf", Should, at.raw("allOf"), "members that every part allows", fmt.Sprintf("%s, which %s forbids by "+
			"additionalProperties: false", Clip(strings.Join(never, ", ")), s.calls(part)),
			"no value can have them; unevaluatedProperties: false beside allOf closes all of it together")
	}
	return false
}

// calls is what a schema's reader calls a part of it.
func (s *Schema) calls(part *Schema) string {
	if part == s {
		return "the schema itself"
	}
	if name := part.Component(); name != "" {
		return name
	}
	if rest, within := strings.CutPrefix(part.at.ptr, s.at.ptr+"/"); within && part.at.file == s.at.file {
		return strictjson.Unescape(rest)
	}
	return part.Location.String()
}
