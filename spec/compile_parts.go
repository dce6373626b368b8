package spec

import (
	"maps"
	"slices"
)

// prepare compiles what a schema refers to before the schema itself, the innermost first. The library looks through all
// the schemas that one call compiles for each of them, so many calls for few are faster than one for many. What cannot be
// compiled is left to the call for the schema, which says why.
func (c *compiler) prepare(s *Schema, dir Direction) {
	if c.prepared[dir] == nil {
		c.prepared[dir] = map[*Schema]bool{}
	}
	for _, part := range s.leadsTo() {
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
	if s.at.n != nil && s.at.isNamed() {
		c.cuts.find(s.at)
	}
	for _, part := range s.leadsTo() {
		if err := c.prepareIn(part, dir); err != nil {
			return err
		}
	}
	if s.at.n == nil || !s.at.isNamed() && !c.cuts.at[s.at.n] { // compiled with what it stands in
		return nil
	}
	_, err := c.js.Compile(schemaURL(s.at, dir, false))
	return err
}

// leadsTo are the schemas that checking a value against a schema leads to.
func (s *Schema) leadsTo() []*Schema {
	out := s.parts()
	if s.Discriminator != nil {
		for _, word := range slices.Sorted(maps.Keys(s.Discriminator.Heirs)) {
			out = append(out, s.Discriminator.Heirs[word])
		}
	}
	return out
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

// cuts are the schemas within large ones that are compiled apart, for the same reason.
type cuts struct {
	at    map[*node]bool
	found map[*node]bool // schemas that were looked through
}

const (
	largeSchema = 2000 // schemas within one another, from which on it is cut
	cutSchema   = 64   // that are worth a call of their own
)

// find decides where a schema is cut. One with dynamic anchors is not, which are looked for in the whole of it.
func (c *cuts) find(at place) {
	if c.found[at.n] || c.at[at.n] {
		return
	}
	if c.found == nil {
		c.at, c.found = map[*node]bool{}, map[*node]bool{}
	}
	c.found[at.n] = true
	if countSchemas(at.n, nil) < largeSchema || at.n.mentions("$dynamicAnchor", "$dynamicRef") {
		return
	}
	countSchemas(at.n, func(n *node, within int) bool {
		if within < cutSchema || n == at.n {
			return false
		}
		c.at[n] = true
		return true
	})
}

// countSchemas counts a schema and those written in it. Where cut says so, a schema counts as one.
func countSchemas(n *node, cut func(n *node, within int) bool) int {
	if n == nil || n.kind != objectKind {
		return 1
	}
	total := 1
	for i, key := range n.keys {
		kid := n.kids[i]
		switch {
		case slices.Contains(schemaKeys, key):
			total += countSchemas(kid, cut)
		case slices.Contains(schemaListKeys, key), slices.Contains(schemaMapKeys, key):
			for _, k := range kid.kids {
				total += countSchemas(k, cut)
			}
		}
	}
	if cut != nil && cut(n, total) {
		return 1
	}
	return total
}
