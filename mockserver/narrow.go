package mockserver

import (
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// narrow is a value of a record, whose own schema is given, as an answer's schema names it: without the members inside that
// the record's schema names and the answer's does not. What neither names came from a client and stays.
func (v *views) narrow(schema, own *spec.Schema, text []byte) []byte {
	if own == nil || !v.narrows(schema, own) {
		return text
	}
	if out := narrowed(schema, own, text, 0); len(out) != len(text) && holds(schema, out) {
		return out
	}
	return text
}

// narrows reports whether a schema names less than another of the same value, at any depth; it looks once.
func (v *views) narrows(schema, own *spec.Schema) bool {
	k := [2]*spec.Schema{schema, own}
	if found, ok := v.narrowing.Load(k); ok {
		return found.(bool)
	}
	found := namesLess(schema, own, map[[2]*spec.Schema]bool{})
	v.narrowing.Store(k, found)
	return found
}

func namesLess(schema, own *spec.Schema, met map[[2]*spec.Schema]bool) bool {
	k := [2]*spec.Schema{schema, own}
	if schema == own || schema == nil || own == nil || met[k] {
		return false
	}
	met[k] = true
	shown := propertiesOf(schema)
	if len(shown) > 0 && !open(schema) {
		for _, p := range propertiesOf(own) {
			i := slices.IndexFunc(shown, func(s spec.Property) bool { return s.Name == p.Name })
			if i < 0 || namesLess(shown[i].Schema, p.Schema, met) {
				return true
			}
		}
	}
	return namesLess(itemsOf(schema), itemsOf(own), met)
}

// open reports whether a schema says that there may be further members.
func open(s *spec.Schema) bool {
	return s.AdditionalProperties != nil || len(s.PatternProperties) > 0 || slices.ContainsFunc(s.AllOf, open)
}

func narrowed(schema, own *spec.Schema, text []byte, depth int) []byte {
	if schema == own || schema == nil || own == nil || depth > maxShown {
		return text
	}
	if ms, ok := membersOf(text); ok {
		shown := propertiesOf(schema)
		if len(shown) == 0 || open(schema) {
			return text
		}
		kept := ms[:0]
		for _, m := range ms {
			before := propertyOf(own, m.name)
			i := slices.IndexFunc(shown, func(p spec.Property) bool { return p.Name == m.name })
			if i < 0 && before != nil && !requires(schema, m.name) {
				continue
			}
			if i >= 0 {
				m.value = narrowed(shown[i].Schema, before, m.value, depth+1)
			}
			kept = append(kept, m)
		}
		return joinMembers(kept)
	}
	es, ok := elementsOf(text)
	if !ok {
		return text
	}
	for i := range es {
		es[i] = narrowed(itemsOf(schema), itemsOf(own), es[i], depth+1)
	}
	return joinElements(es)
}

// requires reports whether a schema demands a member, though it may not say what it looks like.
func requires(s *spec.Schema, name string) bool {
	return slices.Contains(s.Required, name) || slices.ContainsFunc(s.AllOf, func(part *spec.Schema) bool { return requires(part, name) })
}

// propertyOf is what a schema, or a branch of its union, says of a member; nil for nothing.
func propertyOf(s *spec.Schema, name string) *spec.Schema {
	for _, p := range propertiesOf(s) {
		if p.Name == name {
			return p.Schema
		}
	}
	return nil
}
