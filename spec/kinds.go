package spec

import (
	"maps"
	"slices"
	"sync"
)

// kindList are the kinds of a schema's values, found when first asked for.
type kindList struct {
	once sync.Once
	all  []*Schema
}

// maxKinds bounds the kinds of one schema: unions beside unions multiply.
const maxKinds = 64

// Kinds are the kinds of objects that a schema with unions allows: one schema for every branch of objects, each with what
// stands beside the union, and for every heir of a base. AllProperties of a kind has what this kind alone has. There are
// none where there is no choice.
func (s *Schema) Kinds() []*Schema {
	if len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 && s.Discriminator == nil {
		return nil
	}
	s.kinds.once.Do(func() {
		if d := s.at.doc; d != nil && d.tangled[schemaKey{s.at.file, s.at.ptr}] {
			return // it is usable for nothing, and has more choices than could be counted
		}
		sets := s.choices(map[*Schema]bool{})
		if len(sets) < 2 {
			return
		}
		for _, set := range sets {
			s.kinds.all = append(s.kinds.all, Together(set...))
		}
	})
	return s.kinds.all
}

// Kind is the first kind by which a value is valid; the schema itself where it has no kinds, or none of them fits.
func (s *Schema) Kind(v any, dir Direction) *Schema {
	for _, k := range s.Kinds() {
		if k.Valid(v, dir) {
			return k
		}
	}
	return s
}

// KindProperty is the subschema of a property that not every kind has: that of all kinds, else of the first that has it;
// nil for none.
func (s *Schema) KindProperty(name string) *Schema {
	if p := s.Property(name); p != nil {
		return p
	}
	for _, k := range s.Kinds() {
		if p := k.Property(name); p != nil {
			return p
		}
	}
	return nil
}

// choices are the sets of schemas that a value of one kind has to keep, this one the first of each. What is being looked
// into further up adds no choice, nor does what there are too many ways through: nothing can be held against it anyhow.
func (s *Schema) choices(above map[*Schema]bool) [][]*Schema {
	sets := [][]*Schema{{s}}
	if above[s] || s.at.doc != nil && s.at.doc.tangled[schemaKey{s.at.file, s.at.ptr}] {
		return sets
	}
	above[s] = true
	defer delete(above, s)
	for _, part := range s.AllOf {
		sets = times(sets, part.choices(above))
	}
	for _, union := range [][]*Schema{s.OneOf, s.AnyOf} {
		var branches [][]*Schema
		for _, b := range union {
			if !b.Never && !b.onlyNull() && b.Allows("object") {
				branches = append(branches, b.choices(above)...)
			}
		}
		sets = times(sets, branches)
	}
	if d := s.Discriminator; d != nil && len(above) == 1 {
		var heirs [][]*Schema
		for _, word := range slices.Sorted(maps.Keys(d.Heirs)) {
			heirs = append(heirs, []*Schema{d.Heirs[word]})
		}
		sets = times(sets, heirs)
	}
	return sets
}

// times puts each of some sets together with each of others; those that would be too many are left out.
func times(sets, more [][]*Schema) [][]*Schema {
	if len(more) == 0 {
		return sets
	}
	var out [][]*Schema
	for _, a := range sets {
		for _, b := range more {
			if len(out) < maxKinds {
				out = append(out, slices.Concat(a, b))
			}
		}
	}
	return out
}

// IDSchema is the schema of the property that holds a record's id: where the kinds of records have ids of other schemas,
// one that is valid for each.
func (r *Resource) IDSchema() *Schema {
	r.idOnce.Do(func() {
		if r.Part && r.ID.None() {
			r.id = r.placeID()
			return
		}
		if r.id = r.ID.InEvery(r.Schema); r.id == nil {
			r.id = r.Schema.everyKinds(r.ID.name)
		}
	})
	return r.id
}

// placeID is the schema of what names a part that does not say whose it is.
func (r *Resource) placeID() *Schema {
	if r.Of != nil {
		return r.Of.IDSchema()
	}
	return &Schema{Types: []string{"string"}, Location: r.Schema.Location}
}

// everyKinds is a schema of ids that those of every kind can have, nil where there may be none: no type is common to all,
// or two ask for texts of another form.
func (s *Schema) everyKinds(property string) *Schema {
	var all []*Schema
	formats, patterns := map[string]bool{}, map[string]bool{}
	for _, k := range s.Kinds() {
		p := k.Property(property)
		if p == nil || !isScalarID(p) || len(all) > 0 && !sameKind(all[0], p) {
			return nil
		}
		all = append(all, p)
		if p.Format != "" {
			formats[p.Format] = true
		}
		if p.Pattern != "" {
			patterns[p.Pattern] = true
		}
	}
	if len(all) == 0 || len(formats)+len(patterns) > 1 {
		return nil
	}
	out := Together(all...)
	if len(all) > 1 && out != all[0] { // what the parts say, said once more for those who ask what an id is
		out.Types = commonTypes(all)
	}
	return out
}

// commonTypes are the types that all schemas allow, nil for any.
func commonTypes(all []*Schema) []string {
	var out []string
	for _, s := range all {
		switch {
		case len(s.Types) == 0:
		case out == nil:
			out = slices.Clone(s.Types)
		default:
			out = slices.DeleteFunc(out, func(t string) bool { return !s.Allows(t) })
		}
	}
	return out
}
