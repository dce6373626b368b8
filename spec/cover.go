package spec

import "slices"

// Where every value that one schema takes is surely taken by another, that other one covers it. It is told from the
// claims that the validator's schemas were turned into, so it holds for what is validated; what a claim does not
// understand is not covered. That one does not cover another proves nothing.

// maxCovering bounds the pairs of claims that are looked at for one answer.
const maxCovering = 10_000

// Covers reports whether every value that other takes in a direction is surely one that s takes.
func (s *Schema) Covers(other *Schema, dir Direction) bool {
	return newCovering(maxCovering).schemas(s, other, dir)
}

func newCovering(most int) *covering { return &covering{left: most, at: map[[2]*claim]int{}} }

func (c *covering) schemas(s, other *Schema, dir Direction) bool {
	if s == other {
		return true
	}
	if c.left <= 0 {
		return false
	}
	ours, theirs := s.claimsOf(dir), other.claimsOf(dir)
	if ours == nil || theirs == nil {
		return false
	}
	return !slices.ContainsFunc(ours, func(a *claim) bool {
		return !slices.ContainsFunc(theirs, func(b *claim) bool { return c.covers(a, b, 0) })
	})
}

// claimsOf are the claims that a schema makes together; nil where they are not known.
func (s *Schema) claimsOf(dir Direction) []*claim {
	if s.together == nil {
		if c := s.claim(dir); c != nil {
			return []*claim{c}
		}
		return nil
	}
	var out []*claim
	for _, part := range s.together {
		c := part.claim(dir)
		if c == nil {
			return nil
		}
		out = append(out, c)
	}
	return out
}

// covering compares claims.
type covering struct {
	left int
	// at tells how deep in a value the pairs that are being compared were met. One that is met again further in is taken
	// to hold: a value that shows it does not would have a smaller one inside that shows it too.
	at map[[2]*claim]int
}

func (c *covering) covers(a, b *claim, depth int) bool {
	a, b = a.final(), b.final()
	if a == nil || b == nil {
		return false
	}
	pair := [2]*claim{a, b}
	if a == b || b.types == 0 || a.anything() {
		return true
	}
	if at, met := c.at[pair]; met {
		return at < depth
	}
	if c.left--; c.left < 0 {
		return false
	}
	c.at[pair] = depth
	defer delete(c.at, pair)
	if slices.ContainsFunc(b.all, func(part *claim) bool { return c.covers(a, part, depth) }) || c.coversBranches(a, b, depth) {
		return true
	}
	return c.coversWhole(a, b, depth)
}

// anything reports whether a claim takes any value.
func (c *claim) anything() bool {
	return c.free() || c.additional != nil && c.additional.free() && c.items.free() && c.silent(c.additional) && len(c.all) == 0
}

// coversBranches reports whether a covers all branches of one of the other's unions.
func (c *covering) coversBranches(a, b *claim, depth int) bool {
	return slices.ContainsFunc(b.unions, func(u union) bool {
		return !slices.ContainsFunc(u.branches, func(branch *claim) bool { return !c.covers(a, branch, depth) })
	})
}

// coversWhole compares keyword by keyword what a demands with what b and its parts do.
func (c *covering) coversWhole(a, b *claim, depth int) bool {
	parts := b.flat(nil, 0)
	kinds := anyKind
	for _, p := range parts {
		kinds &= p.types
	}
	if kinds&^a.types != 0 || kinds&a.unproven != 0 {
		return false
	}
	for _, part := range a.all {
		if !c.covers(part, b, depth) {
			return false
		}
	}
	for _, u := range a.unions {
		if !c.unionCovers(u, b, kinds, depth) {
			return false
		}
	}
	return a.coversWords(parts, kinds) && a.coversTexts(parts, kinds) && a.coversNumbers(parts, kinds) &&
		(kinds&isArrayKind == 0 || c.coversLists(a, parts, depth)) &&
		(kinds&isObjectKind == 0 || c.coversObjects(a, parts, depth))
}

// flat are a claim and all it is composed of, which a value keeps together.
func (c *claim) flat(out []*claim, depth int) []*claim {
	if c = c.final(); c == nil || depth > maxRefs || slices.Contains(out, c) {
		return out
	}
	out = append(out, c)
	for _, part := range c.all {
		out = part.flat(out, depth+1)
	}
	return out
}

// unionCovers reports whether one branch covers a claim and, of a oneOf, the others take no value of its kinds; or the
// claim has the same union.
func (c *covering) unionCovers(u union, b *claim, kinds kindSet, depth int) bool {
	for i, branch := range u.branches {
		if !c.covers(branch, b, depth) {
			continue
		}
		others := slices.Delete(slices.Clone(u.branches), i, i+1)
		if !u.exactlyOne || !slices.ContainsFunc(others, func(o *claim) bool { return !o.refusesAll(kinds) }) {
			return true
		}
	}
	return slices.ContainsFunc(b.flat(nil, 0), func(p *claim) bool {
		return slices.ContainsFunc(p.unions, func(other union) bool {
			return other.exactlyOne == u.exactlyOne && slices.Equal(other.branches, u.branches)
		})
	})
}

// refusesAll reports whether values of all the kinds are surely refused.
func (c *claim) refusesAll(kinds kindSet) bool {
	for kind := kindSet(1); kind <= isObjectKind; kind <<= 1 {
		if kinds&kind != 0 && !c.refuses(kind, maxRefs) {
			return false
		}
	}
	return true
}
