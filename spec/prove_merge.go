package spec

import (
	"bytes"
	"slices"
	"unsafe"
)

// What was proved once need not be proved again: a record that keeps its schema, inside the answer that shows it; and
// the members of a merge patch that keep the schema of the request, inside the record that they are merged into, where
// the record's schema demands no more of them. Both are told from the schemas alone.

// Known is a part of a text that is known to be JSON within the limits, and to keep a schema in a direction. Several are
// given in the order of the text.
type Known struct {
	Schema   *Schema
	From, To int // offsets in the text; equal ones for nothing
	claim    *claim
}

// knowing finds the claims that parts keep.
func knowing(parts []Known, dir Direction) []Known {
	for i := range parts {
		k := &parts[i]
		if k.claim = nil; k.Schema != nil && k.From < k.To && k.Schema.together == nil {
			k.claim = k.Schema.claim(dir).final()
		}
	}
	return parts
}

// skip is the end of the known part that begins at an offset and keeps a claim; 0 where none does.
func (p *proof) skip(c *claim, at int) int {
	i, found := slices.BinarySearchFunc(p.known, at, func(k Known, at int) int { return k.From - at })
	if !found || p.known[i].claim == nil || p.known[i].claim != c {
		return 0
	}
	return p.known[i].To
}

// final is the claim that a reference leads to; nil for none.
func (c *claim) final() *claim {
	for refs := 0; c != nil && c.same != nil; refs++ {
		if refs == maxRefs {
			return nil
		}
		c = c.same
	}
	return c
}

// Merge tells what of a merge patch (RFC 7396) that keeps one schema needs no second look when it is merged into a
// value that keeps another.
type Merge struct {
	into, of *claim
	known    lookup[surety] // of the names that the claims name
}

// surety is what is known of a member before it is seen.
type surety struct {
	sure    bool // its value is valid where it is put in the place of another
	objects bool // and an object where it is merged into one
}

// merging is a pair of schemas.
type merging struct{ into, of *Schema }

// Merge is what is known of patches that keep a schema and come in, merged into values that keep the receiver and go
// out; nil where nothing is.
func (s *Schema) Merge(of *Schema) *Merge {
	if of == nil || s.together != nil || of.together != nil || of.calling != nil {
		return nil
	}
	c := s.at.doc.compiler
	if m, ok := c.merges.Load(merging{s, of}); ok {
		return m.(*Merge)
	}
	m := &Merge{into: s.claim(Out).final(), of: of.claim(In).final()}
	if m.into == nil || m.of == nil || !m.into.open(map[*claim]bool{}) {
		m = nil
	}
	if m != nil {
		known := map[string]surety{}
		m.into.eachName(nil, func(name string) { known[name] = m.surety(name) })
		m.known = newLookup(known)
	}
	made, _ := c.merges.LoadOrStore(merging{s, of}, m)
	return made.(*Merge)
}

// Sure reports whether a value keeps its place valid: the patch kept its schema with it, and it is not null. False
// proves nothing.
func (m *Merge) Sure(name, value []byte) bool {
	// The name is read and not kept, and nobody changes it meanwhile.
	is, named := m.known.find(unsafe.String(unsafe.SliceData(name), len(name))) //nolint:gosec // as above
	if !named {
		is = new(m.surety(string(name)))
	}
	if len(value) > 0 && value[0] == '{' {
		return is.objects && !bytes.Contains(value, []byte("null")) // which would take something away
	}
	return is.sure
}

func (m *Merge) surety(name string) surety {
	given := m.of.demands(name, nil)
	is := surety{true, true}
	for _, wanted := range m.into.demands(name, nil) {
		wanted = wanted.final()
		is.sure = is.sure && wanted != nil && (wanted.free() || slices.ContainsFunc(given, func(c *claim) bool {
			return c.alike(wanted, map[[2]*claim]bool{})
		}))
		is.objects = is.objects && is.sure && wanted.closed(map[*claim]bool{})
	}
	return is
}

// demands are the claims on a member.
func (c *claim) demands(name string, met []*claim) []*claim {
	if c = c.final(); c == nil || slices.Contains(met, c) {
		return nil
	}
	out := []*claim{c.additional}
	if p, named := c.properties[name]; named {
		out[0] = p.claim
	}
	for _, part := range c.all {
		out = append(out, part.demands(name, append(met, c))...)
	}
	return out
}

// eachName visits the names of the properties of a claim and its parts.
func (c *claim) eachName(met []*claim, visit func(string)) {
	if c = c.final(); c == nil || slices.Contains(met, c) {
		return
	}
	for name := range c.properties {
		visit(name)
	}
	for _, part := range c.all {
		part.eachName(append(met, c), visit)
	}
}

// open reports whether an object stays one that keeps the claim when members are put into it, or in the place of others,
// that keep what is demanded of them.
func (c *claim) open(met map[*claim]bool) bool {
	if c = c.final(); c == nil {
		return false
	}
	if met[c] || c.types&isObjectKind == 0 {
		return true
	}
	met[c] = true
	return c.unproven&isObjectKind == 0 && len(c.unions) == 0 && c.enum == nil && c.maxProperties < 0 &&
		!slices.ContainsFunc(c.all, func(part *claim) bool { return !part.open(met) })
}

// closed reports whether an object that keeps the claim, merged into another that does, surely makes a third: all are
// open, however deep.
func (c *claim) closed(met map[*claim]bool) bool {
	if c = c.final(); c == nil {
		return false
	}
	if met[c] || c.types&isObjectKind == 0 {
		return true
	}
	met[c] = true
	if !c.open(map[*claim]bool{}) || !c.additional.closed(met) {
		return false
	}
	for _, p := range c.properties {
		if !p.claim.closed(met) {
			return false
		}
	}
	return !slices.ContainsFunc(c.all, func(part *claim) bool { return !part.closed(met) })
}

// free reports whether every value keeps the claim.
func (c *claim) free() bool { return c.additional == c && c.silent(c) && len(c.all) == 0 }

// alike reports whether a claim is the same as another, or surely demands the same.
func (c *claim) alike(o *claim, met map[[2]*claim]bool) bool {
	c, o = c.final(), o.final()
	pair := [2]*claim{c, o}
	if c == o || met[pair] {
		return c != nil
	}
	if c == nil || o == nil || c.unproven != 0 || o.unproven != 0 {
		return false
	}
	met[pair] = true
	return c.saysOfScalars(o) && c.saysOfObjects(o, met) && c.saysOfArrays(o, met) && eachAlike(c.all, o.all, met) &&
		slices.EqualFunc(c.unions, o.unions, func(a, b union) bool {
			return a.exactlyOne == b.exactlyOne && eachAlike(a.branches, b.branches, met)
		})
}

func eachAlike(cs, os []*claim, met map[[2]*claim]bool) bool {
	return slices.EqualFunc(cs, os, func(a, b *claim) bool { return a.alike(b, met) })
}

func (c *claim) saysOfScalars(o *claim) bool {
	if (c.pattern == nil) != (o.pattern == nil) || c.pattern != nil && c.pattern.String() != o.pattern.String() {
		return false
	}
	if (c.enum == nil) != (o.enum == nil) || c.enum != nil && !(slices.Equal(c.enum.words, o.enum.words) &&
		slices.Equal(c.enum.texts, o.enum.texts) && slices.Equal(c.enum.numbers, o.enum.numbers)) {
		return false
	}
	return c.types == o.types && c.format == o.format && c.minLength == o.minLength && c.maxLength == o.maxLength &&
		c.integer == o.integer && slices.Equal(c.limits, o.limits)
}

func (c *claim) saysOfObjects(o *claim, met map[[2]*claim]bool) bool {
	if c.minProperties != o.minProperties || c.maxProperties != o.maxProperties ||
		len(c.properties) != len(o.properties) || !c.additional.alike(o.additional, met) {
		return false
	}
	for name, p := range c.properties {
		q, both := o.properties[name]
		if !both || c.requires(p) != o.requires(q) || !p.claim.alike(q.claim, met) {
			return false
		}
	}
	return true
}

func (c *claim) requires(p property) bool { return c.required[p.index/64]&(1<<(p.index%64)) != 0 }

func (c *claim) saysOfArrays(o *claim, met map[[2]*claim]bool) bool {
	return c.minItems == o.minItems && c.maxItems == o.maxItems && c.unique == o.unique &&
		eachAlike(c.prefix, o.prefix, met) && c.items.alike(o.items, met)
}
