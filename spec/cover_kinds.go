package spec

import (
	"slices"
)

// Below, a is compared with the parts of the claim it may cover, which a value keeps all together: it is enough that
// one of them demands as much as a does.

// enumerated is the first enumeration among the parts, nil where there is none.
func enumerated(parts []*claim) *enumeration {
	for _, p := range parts {
		if p.enum != nil {
			return p.enum
		}
	}
	return nil
}

// within reports whether one demands no less of what a limit bounds from one side; what is negative bounds nothing.
func within(parts []*claim, limit func(*claim) bool) bool { return slices.ContainsFunc(parts, limit) }

func (c *claim) coversWords(parts []*claim, kinds kindSet) bool {
	if c.enum == nil {
		return true
	}
	words := []string{"true", "false"}
	if kinds&isBoolKind == 0 {
		words = nil
	}
	if kinds&isNullKind != 0 {
		words = append(words, "null")
	}
	known := enumerated(parts)
	for _, w := range words {
		if (known == nil || slices.Contains(known.words, w)) && !slices.Contains(c.enum.words, w) {
			return false
		}
	}
	return true
}

func (c *claim) coversTexts(parts []*claim, kinds kindSet) bool {
	if kinds&isStringKind == 0 {
		return true
	}
	if known := enumerated(parts); known != nil {
		return !slices.ContainsFunc(known.texts, func(s string) bool { return !c.takesText(s) })
	}
	return c.enum == nil &&
		(c.format == "" || within(parts, func(p *claim) bool { return p.format == c.format })) &&
		(c.pattern == nil || within(parts, func(p *claim) bool {
			return p.pattern != nil && p.pattern.String() == c.pattern.String()
		})) &&
		within(parts, func(p *claim) bool { return p.minLength >= c.minLength }) &&
		(c.maxLength < 0 || within(parts, func(p *claim) bool { return p.maxLength >= 0 && p.maxLength <= c.maxLength }))
}

func (c *claim) coversNumbers(parts []*claim, kinds kindSet) bool {
	if kinds&isNumberKind == 0 {
		return true
	}
	if known := enumerated(parts); known != nil {
		for _, n := range known.numbers {
			d, end, ok := readFixed(n.String(), 0)
			if !ok || end != len(n) || !c.takesNumber(d, n.String()) {
				return false
			}
		}
		return true
	}
	if c.enum != nil || c.integer && !within(parts, func(p *claim) bool { return p.integer }) ||
		c.format != "" && !within(parts, func(p *claim) bool { return p.format == c.format }) {
		return false
	}
	for _, l := range c.limits {
		if !within(parts, func(p *claim) bool { return slices.ContainsFunc(p.limits, l.follows) }) {
			return false
		}
	}
	return true
}

// follows reports whether what keeps the other limit keeps this one.
func (l limit) follows(other limit) bool {
	switch {
	case l.rule == multiple || other.rule == multiple:
		return l.rule == other.rule && l.holds(other.bound)
	case (l.rule == atLeast || l.rule == above) != (other.rule == atLeast || other.rule == above):
		return false
	case l.rule == above && other.rule == above || l.rule == below && other.rule == below:
		return l.holds(other.bound) || l.bound == other.bound
	}
	return l.holds(other.bound)
}

func (c *covering) coversLists(a *claim, parts []*claim, depth int) bool {
	if enumerated(parts) != nil { // the lists among them are not known
		return false
	}
	fixed, most := len(a.prefix), -1
	for _, p := range parts {
		fixed = max(fixed, len(p.prefix))
		if p.maxItems >= 0 && (most < 0 || p.maxItems < most) {
			most = p.maxItems
		}
	}
	if a.enum != nil || !within(parts, func(p *claim) bool { return p.minItems >= a.minItems }) ||
		a.maxItems >= 0 && (most < 0 || most > a.maxItems) ||
		a.unique && (most < 0 || most > 1) && !within(parts, func(p *claim) bool { return p.unique }) {
		return false
	}
	for i := 0; i <= fixed && (most < 0 || i < most); i++ {
		if !within(parts, func(p *claim) bool { return c.covers(a.item(i), p.item(i), depth+1) }) {
			return false
		}
	}
	return true
}

// item is what the item at an index has to keep.
func (c *claim) item(i int) *claim {
	if i < len(c.prefix) {
		return c.prefix[i]
	}
	return c.items
}

func (c *covering) coversObjects(a *claim, parts []*claim, depth int) bool {
	if a.enum != nil || enumerated(parts) != nil {
		return false
	}
	names := map[string]bool{}
	required := 0
	for _, p := range append(slices.Clone(parts), a) {
		for name := range p.properties {
			names[name] = true
		}
	}
	for name := range names {
		must := within(parts, func(p *claim) bool { return p.asksFor(name) })
		if must {
			required++
		}
		if a.asksFor(name) && !must ||
			!within(parts, func(p *claim) bool { return c.covers(a.member(name), p.member(name), depth+1) }) {
			return false
		}
	}
	return (a.minProperties <= required || within(parts, func(p *claim) bool { return p.minProperties >= a.minProperties })) &&
		(a.maxProperties < 0 || within(parts, func(p *claim) bool {
			return p.maxProperties >= 0 && p.maxProperties <= a.maxProperties
		})) &&
		within(parts, func(p *claim) bool { return c.covers(a.additional, p.additional, depth+1) })
}

// member is what a member of that name has to keep.
func (c *claim) member(name string) *claim {
	if p, named := c.properties[name]; named {
		return p.claim
	}
	return c.additional
}

func (c *claim) asksFor(name string) bool {
	p, named := c.properties[name]
	return named && c.requires(p)
}
