package mockserver

import (
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// show is a record as an answer's schema has it: whole, without what is writeOnly, where the schema is that of the
// resource; else the members that the schema names. levels are how deep related records are put in.
func (s *Server) show(in records, k key, text []byte, schema *spec.Schema, levels int) ([]byte, error) {
	r := k.resource
	whole := text
	if len(r.Relations) > 0 {
		var err error
		whole, err = unfold(in.current, r, text, levels, []key{{r, idOf(idAt(text, r.ID))}})
		if err != nil {
			return nil, err
		}
	}
	whole = s.views.strip(r.Schema, whole)
	if schema == r.Schema {
		return whole, nil
	}
	p := projection{s: s, in: in, r: r, src: fixtures.NewSource(s.set.seed, "view", r.Name, k.id), id: k.id}
	if out, ok := p.object(schema, whole, p.src, 0); ok {
		return out, nil
	}
	if holds(schema, whole) {
		return whole, nil
	}
	return nil, fmt.Errorf("the record %q of %s cannot be shown by the schema at %s", k.id, r.Name, schema.Location)
}

// views remembers which schemas have something to hide, which have something that is the server's to say, and which name
// less of a value than the record's own.
type views struct {
	hiding, reserving sync.Map // *spec.Schema -> bool
	narrowing         sync.Map // [2]*spec.Schema -> bool
}

// strip takes out what is writeOnly.
func (v *views) strip(schema *spec.Schema, text []byte) []byte {
	if !v.hides(schema) {
		return text
	}
	return stripped(schema, text, 0)
}

func (v *views) hides(s *spec.Schema) bool {
	return remembered(&v.hiding, s, func(s *spec.Schema) bool { return s.WriteOnly })
}

// reserves reports whether something in a schema is readOnly.
func (v *views) reserves(s *spec.Schema) bool {
	return remembered(&v.reserving, s, func(s *spec.Schema) bool { return s.ReadOnly })
}

// remembered reports whether a schema or anything in it is of a sort; it looks once.
func remembered(known *sync.Map, s *spec.Schema, is func(*spec.Schema) bool) bool {
	if found, ok := known.Load(s); ok {
		return found.(bool)
	}
	found := anySchema(s, map[*spec.Schema]bool{}, is)
	known.Store(s, found)
	return found
}

func anySchema(s *spec.Schema, met map[*spec.Schema]bool, is func(*spec.Schema) bool) bool {
	if s == nil || met[s] {
		return false
	}
	met[s] = true
	if is(s) {
		return true
	}
	return slices.ContainsFunc(partsOf(s), func(part *spec.Schema) bool { return anySchema(part, met, is) }) ||
		slices.ContainsFunc(s.Properties, func(p spec.Property) bool { return anySchema(p.Schema, met, is) })
}

// partsOf are the schemas that speak of the same value, and of an array's items.
func partsOf(s *spec.Schema) []*spec.Schema {
	out := slices.Concat(s.AllOf, s.AnyOf, s.OneOf)
	if s.Items != nil {
		out = append(out, s.Items)
	}
	return out
}

// propertiesOf are the properties that a schema names, those of a union's branches too; of one name the first.
func propertiesOf(s *spec.Schema) []spec.Property {
	if len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 {
		return s.Properties
	}
	var out []spec.Property
	met := map[*spec.Schema]bool{}
	var add func(*spec.Schema)
	add = func(s *spec.Schema) {
		if met[s] {
			return
		}
		met[s] = true
		for _, p := range s.Properties {
			if !slices.ContainsFunc(out, func(o spec.Property) bool { return o.Name == p.Name }) {
				out = append(out, p)
			}
		}
		for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
			add(part)
		}
	}
	add(s)
	return out
}

// maxShown bounds how deep records are taken apart.
const maxShown = 32

func stripped(s *spec.Schema, text []byte, depth int) []byte {
	if s == nil || depth > maxShown {
		return text
	}
	if ms, ok := membersOf(text); ok {
		props := propertiesOf(s)
		kept := ms[:0]
		for _, m := range ms {
			i := slices.IndexFunc(props, func(p spec.Property) bool { return p.Name == m.name })
			if i >= 0 && props[i].Schema.WriteOnly {
				continue
			}
			if i >= 0 {
				m.value = stripped(props[i].Schema, m.value, depth+1)
			}
			kept = append(kept, m)
		}
		return joinMembers(kept)
	}
	es, ok := elementsOf(text)
	if !ok {
		return text
	}
	items := itemsOf(s)
	for i := range es {
		es[i] = stripped(items, es[i], depth+1)
	}
	return joinElements(es)
}

// itemsOf is the schema of an array's items, nil where none says.
func itemsOf(s *spec.Schema) *spec.Schema {
	if s.Items != nil {
		return s.Items
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		if part.Items != nil {
			return part.Items
		}
	}
	return nil
}

// projection shows a record by another schema than its own.
type projection struct {
	s   *Server
	in  records
	r   *spec.Resource
	src fixtures.Source
	id  string
}

// object takes the members that a schema names from an object, each as its schema there allows, and makes those that it
// requires and the object lacks. Of a union each branch is tried. False when the result would break the schema.
func (p projection) object(schema *spec.Schema, text []byte, src fixtures.Source, depth int) ([]byte, bool) {
	ms, ok := membersOf(text)
	if !ok || depth > maxShown {
		return nil, false
	}
	for branch := range branchesFor(schema, text) {
		out, ok := p.members(schema, branch, ms, src, depth)
		if !ok {
			continue
		}
		if depth == 0 { // what neither schema names came from a client, who gets it back where that is allowed
			if all := joinMembers(append(out, p.unnamed(schema, ms)...)); holds(schema, all) {
				return all, true
			}
		}
		if text := joinMembers(out); holds(schema, text) {
			return text, true
		}
	}
	return nil, false
}

// branchesFor are the branches of a union, none where there is no union. A record is shown as what it is, before anything is
// made up to show it as something else: so those come first that hold it.
func branchesFor(schema *spec.Schema, text []byte) iter.Seq[[]*spec.Schema] {
	return func(yield func([]*spec.Schema) bool) {
		union := schema.OneOf
		if len(union) == 0 {
			union = schema.AnyOf
		}
		if len(union) == 0 {
			yield(nil)
			return
		}
		var others []*spec.Schema
		for _, b := range union {
			switch {
			case !holds(b, text):
				others = append(others, b)
			case !yield([]*spec.Schema{b}):
				return
			}
		}
		for _, b := range others {
			if !yield([]*spec.Schema{b}) {
				return
			}
		}
	}
}

// unnamed are the members that neither the record's schema names nor the other.
func (p projection) unnamed(schema *spec.Schema, ms []member) []member {
	shown := propertiesOf(schema)
	if len(shown) == 0 {
		return nil // all are shown as it is
	}
	props := append(propertiesOf(p.r.Schema), shown...)
	return slices.DeleteFunc(slices.Clone(ms), func(m member) bool {
		return slices.ContainsFunc(props, func(p spec.Property) bool { return p.Name == m.name })
	})
}

// members is the projection by a schema with one of its branches; false when something required cannot be made.
func (p projection) members(
	schema *spec.Schema, branch []*spec.Schema, ms []member, src fixtures.Source, depth int,
) ([]member, bool) {
	props, required := named(schema, branch)
	if len(props) == 0 {
		return ms, true
	}
	out := []member{}
	for _, prop := range props {
		if prop.Schema.WriteOnly {
			continue
		}
		if i := findMember(ms, prop.Name); i >= 0 {
			if v, ok := p.value(prop, ms[i].value, src, depth); ok {
				if depth == 0 {
					v = p.s.views.narrow(prop.Schema, propertyOf(p.r.Schema, prop.Name), v)
				}
				out = append(out, member{prop.Name, v})
				continue
			}
		}
		if !slices.Contains(required, prop.Name) {
			continue
		}
		v, err := p.s.generator.Named(prop.Schema, prop.Name, src.Sub(prop.Name))
		if err != nil {
			return nil, false
		}
		out = append(out, member{prop.Name, strictjson.Append(nil, v)})
	}
	return out, true
}

// named are the properties that a schema and its chosen branch name, and the names that they require.
func named(schema *spec.Schema, branch []*spec.Schema) (props []spec.Property, required []string) {
	met := map[*spec.Schema]bool{}
	var add func(*spec.Schema)
	add = func(s *spec.Schema) {
		if met[s] {
			return
		}
		met[s] = true
		required = append(required, s.Required...)
		for _, p := range s.Properties {
			if !slices.ContainsFunc(props, func(o spec.Property) bool { return o.Name == p.Name }) {
				props = append(props, p)
			}
		}
		for _, part := range s.AllOf {
			add(part)
		}
	}
	add(schema)
	for _, b := range branch {
		add(b)
	}
	return props, required
}

// value is a member as a property's schema has it: as it is, taken apart, or the record that its id names.
func (p projection) value(prop spec.Property, text []byte, src fixtures.Source, depth int) ([]byte, bool) {
	if holds(prop.Schema, text) {
		return text, true
	}
	if out, ok := p.object(prop.Schema, text, src.Sub(prop.Name), depth+1); ok {
		return out, true
	}
	if es, ok := elementsOf(text); ok && itemsOf(prop.Schema) != nil {
		inner := spec.Property{Name: prop.Name, Schema: itemsOf(prop.Schema)}
		for i := range es {
			if es[i], ok = p.value(inner, es[i], src.Sub(itoa(i)), depth+1); !ok {
				return nil, false
			}
		}
		out := joinElements(es)
		return out, holds(prop.Schema, out)
	}
	return p.related(prop, text, src, depth)
}

// related is what a reference refers to, as a property's schema has it.
func (p projection) related(prop spec.Property, text []byte, src fixtures.Source, depth int) ([]byte, bool) {
	for _, rel := range p.r.Relations {
		if depth > 0 || rel.Path[0] != prop.Name {
			continue
		}
		id := idOf(text)
		if id == "" { // an object where the schema wants its id
			short := idAt(text, rel.Target.ID)
			return short, short != nil && holds(prop.Schema, short)
		}
		record, err := p.in.current(key{rel.Target, id})
		if err != nil || record == nil {
			return nil, false
		}
		return p.object(prop.Schema, record, src.Sub(prop.Name), depth+1)
	}
	return nil, false
}
