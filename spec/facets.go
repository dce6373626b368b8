package spec

import (
	"encoding/json"
	"slices"
)

// facets are schemas that describe one value together: a schema with what its allOf, and one branch of each of its
// unions, add to it. A value written without types (a query, a form, XML) is read with one of them at a time.
type facets []*Schema

const (
	maxAlternatives = 32  // ways to read one value that are tried
	maxComposed     = 400 // schemas that are looked at for it
)

// alternatives are the facets that schemas holding together leave, in document order: one for every choice of branches.
func alternatives(all ...*Schema) []facets {
	out := []facets{nil}
	left := maxComposed
	for _, s := range all {
		if s != nil {
			out = product(out, s.branches(&left, 0))
		}
	}
	return out
}

// branches are bounded in depth, where schemas refer to themselves, and in number.
func (s *Schema) branches(left *int, depth int) []facets {
	const deepest = 16
	out := []facets{{s}}
	if *left--; *left < 0 || depth > deepest {
		return out
	}
	for _, part := range s.AllOf {
		out = product(out, part.branches(left, depth+1))
	}
	for _, union := range [][]*Schema{s.AnyOf, s.OneOf, s.conditional()} {
		var choices []facets
		for _, b := range union {
			if len(choices) < maxAlternatives {
				choices = append(choices, b.branches(left, depth+1)...)
			}
		}
		if len(choices) > 0 {
			out = product(out, choices)
		}
	}
	return out
}

func (s *Schema) conditional() []*Schema {
	var out []*Schema
	for _, b := range []*Schema{s.Then, s.Else} {
		if b != nil {
			out = append(out, b)
		}
	}
	return out
}

func product(a, b []facets) []facets {
	if len(b) == 1 {
		for i := range a {
			a[i] = append(slices.Clip(a[i]), b[0]...)
		}
		return a
	}
	out := make([]facets, 0, min(len(a)*len(b), maxAlternatives))
	for _, x := range a {
		for _, y := range b {
			if len(out) == maxAlternatives {
				return out
			}
			out = append(out, append(slices.Clip(x), y...))
		}
	}
	return out
}

// kinds is a set of JSON types.
type kinds uint8

const (
	nullType kinds = 1 << iota
	booleanType
	numberType
	stringType
	arrayType
	objectType

	scalarTypes = nullType | booleanType | numberType | stringType
	anyType     = scalarTypes | arrayType | objectType
)

func (k kinds) has(some kinds) bool { return k&some != 0 }

// kinds are the types that the schemas leave room for; where they name none, what their other keywords speak of.
func (f facets) kinds() kinds {
	out := anyType
	for _, s := range f {
		out &= s.ownKinds()
	}
	if out == anyType {
		return f.impliedKinds()
	}
	return out
}

func (f facets) impliedKinds() kinds {
	for _, s := range f {
		switch {
		case len(s.Properties) > 0 || s.AdditionalProperties != nil || len(s.Required) > 0:
			return objectType | scalarTypes
		case s.Items != nil || len(s.PrefixItems) > 0:
			return arrayType | scalarTypes
		}
	}
	return scalarTypes
}

func (s *Schema) ownKinds() kinds {
	out := anyType
	if len(s.Types) > 0 {
		out = 0
		for _, t := range s.Types {
			out |= kindNames[t]
		}
	}
	if len(s.Enum) > 0 {
		var of kinds
		for _, v := range s.Enum {
			of |= kindOf(v)
		}
		out &= of
	}
	if s.Const != nil {
		out &= kindOf(*s.Const)
	}
	return out
}

var kindNames = map[string]kinds{
	"null": nullType, "boolean": booleanType, "number": numberType, "integer": numberType, "string": stringType,
	"array": arrayType, "object": objectType,
}

func kindOf(v any) kinds {
	switch v.(type) {
	case nil:
		return nullType
	case bool:
		return booleanType
	case json.Number, int, int64, uint64:
		return numberType
	case string:
		return stringType
	case []any:
		return arrayType
	}
	return objectType
}

// accept reports whether a value keeps all of the schemas.
func (f facets) accept(v any, dir Direction) bool {
	for _, s := range f {
		if !s.Valid(v, dir) {
			return false
		}
	}
	return true
}

// item are the schemas of an array's item.
func (f facets) item(i int) facets {
	var out facets
	for _, s := range f {
		switch {
		case i < len(s.PrefixItems):
			out = append(out, s.PrefixItems[i])
		case s.Items != nil:
			out = append(out, s.Items)
		}
	}
	return out
}

// member are the schemas of an object's member.
func (f facets) member(name string) facets {
	var out facets
	for _, s := range f {
		if p := s.ownProperty(name); p != nil {
			out = append(out, p)
		} else if s.AdditionalProperties != nil && len(s.PatternProperties) == 0 {
			out = append(out, s.AdditionalProperties)
		}
	}
	return out
}

// names reports whether one of the schemas has a property of that name.
func (f facets) names(name string) bool {
	return slices.ContainsFunc(f, func(s *Schema) bool { return s.ownProperty(name) != nil })
}

func (s *Schema) ownProperty(name string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Name == name {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// wants is the kinds of any alternative of a schema together; anyType where there is no schema.
func wants(s *Schema) kinds {
	if s == nil {
		return anyType
	}
	var out kinds
	for _, f := range alternatives(s) {
		out |= f.kinds()
	}
	return out
}

// plainScalar reports whether a schema is read from a text by its own type keyword alone, the most frequent case.
func (s *Schema) plainScalar() bool {
	return len(s.Types) > 0 && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 && s.Then == nil && s.Else == nil &&
		!slices.Contains(s.Types, "array") && !slices.Contains(s.Types, "object")
}
