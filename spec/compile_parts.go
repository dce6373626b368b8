package spec

import "slices"

// prepare compiles what a schema refers to before the schema itself, the innermost first. The library looks through all
// the schemas that one call compiles for each of them, so many calls for few are faster than one for many. What cannot be
// compiled is left to the call for the schema, which says why.
func (c *compiler) prepare(s *Schema, dir Direction) {
	if c.prepared[dir] == nil {
		c.prepared[dir] = map[*Schema]bool{}
	}
	for _, part := range s.parts() {
		if c.prepareIn(part, dir) != nil {
			return
		}
	}
}

func (c *compiler) prepareIn(s *Schema, dir Direction) error {
	if c.prepared[dir][s] {
		return nil
	}
	c.prepared[dir][s] = true
	for _, part := range s.parts() {
		if err := c.prepareIn(part, dir); err != nil {
			return err
		}
	}
	if s.at.n == nil || !s.at.isNamed() { // compiled with what it stands in
		return nil
	}
	_, err := c.js.Compile(schemaURL(s.at, dir, false))
	return err
}

// parts are the schemas that a schema names, in the order of the keywords' kinds.
func (s *Schema) parts() []*Schema {
	out := slices.Concat(s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems)
	for _, one := range []*Schema{
		s.Items, s.Contains, s.UnevaluatedItems, s.PropertyNames, s.AdditionalProperties, s.UnevaluatedProperties, s.Not, s.If, s.Then, s.Else,
	} {
		if one != nil {
			out = append(out, one)
		}
	}
	for _, named := range [][]Property{s.Properties, s.PatternProperties, s.DependentSchemas} {
		for _, p := range named {
			out = append(out, p.Schema)
		}
	}
	return out
}
