package spec

import (
	"fmt"
	"slices"
)

// maxOtherParams bounds how many readings of an id one resource has: each is tried when ids are made.
const maxOtherParams = 8

// findOtherParams finds for each resource the path parameters, besides the one of its item path, that name its records, on
// other methods and on paths below, by schemas of their own: a text here and a UUID or a whole number there.
func (d *Document) findOtherParams() {
	asked := map[*Resource][]string{}
	note := func(o *Operation, r *Resource, name string) {
		p := o.pathParam(name)
		if p.Schema == nil || r.IDParam == nil || p == r.IDParam || len(r.OtherParams) == maxOtherParams {
			return
		}
		if asked[r] == nil {
			asked[r] = []string{asks(&Schema{Types: []string{"string"}}), asks(&Schema{}), asks(r.IDParam.Schema)}
		}
		if key := asks(p.Schema); !slices.Contains(asked[r], key) {
			asked[r] = append(asked[r], key)
			r.OtherParams = append(r.OtherParams, p)
		}
	}
	for _, o := range d.Operations {
		if o.Resource != nil && o.ItemParam != "" {
			named := o.Resource
			if named.Of != nil {
				named = named.Of // a part's parameter names what it is a part of
			}
			note(o, named, o.ItemParam)
		}
		for _, owner := range o.Owners {
			note(o, owner.Resource, owner.Param)
		}
	}
}

// asks says what a schema asks of an id, alike for schemas that ask for the same.
func asks(s *Schema) string {
	if s == nil {
		return asks(&Schema{})
	}
	if len(s.AllOf)+len(s.AnyOf)+len(s.OneOf)+len(s.Enum) > 0 || s.Not != nil || s.Const != nil || s.Never {
		return fmt.Sprintf("%p", s)
	}
	length := func(n *int) int {
		if n == nil {
			return -1
		}
		return *n
	}
	return fmt.Sprint(s.Types, s.Format, s.Pattern, length(s.MinLength), length(s.MaxLength), s.Minimum, s.Maximum,
		s.ExclusiveMinimum, s.ExclusiveMaximum, s.MultipleOf)
}
