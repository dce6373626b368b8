package spec

// maxSeen is how many properties of an object can be told apart; maxUnnamed how many members beside them.
const (
	maxSeen    = 256
	maxUnnamed = 16
)

// seen remembers which members of an object came.
type seen struct {
	named   [maxSeen / 64]uint64
	unnamed [maxUnnamed]string
	count   int // of unnamed
}

// first takes note of a property, and reports false when it was there before.
func (s *seen) first(index int) bool {
	word, bit := index/64, uint64(1)<<(index%64)
	if s.named[word]&bit != 0 {
		return false
	}
	s.named[word] |= bit
	return true
}

// firstUnnamed does the same for a member that is no property. It gives up on too many.
func (s *seen) firstUnnamed(name string) bool {
	for _, n := range s.unnamed[:s.count] {
		if n == name {
			return false
		}
	}
	if s.count == maxUnnamed {
		return false
	}
	s.unnamed[s.count] = name
	s.count++
	return true
}

func (s *seen) hasAll(required [maxSeen / 64]uint64) bool {
	for i, want := range required {
		if s.named[i]&want != want {
			return false
		}
	}
	return true
}

// object proves an object: its syntax, that no name comes twice, and what the schema demands of it.
func (p *proof) object(c *claim, at, depth int) (end int, ok bool) {
	if depth > p.depth {
		return 0, false
	}
	var members seen
	at = p.blank(at + 1)
	n := 0
	for at < len(p.text) && p.text[at] != '}' {
		if n > 0 {
			if p.text[at] != ',' {
				return 0, false
			}
			at = p.blank(at + 1)
		}
		n++
		name, value, ok := p.name(at)
		if p.elements--; !ok || p.elements < 0 {
			return 0, false
		}
		claim := c.additional
		if prop, named := c.named.find(name); named {
			claim = prop.claim
			ok = members.first(prop.index)
			p.unnamed = p.unnamed || prop.unnamed && depth == 1
		} else {
			p.unnamed = p.unnamed || depth == 1
			ok = members.firstUnnamed(name)
		}
		if !ok {
			return 0, false
		}
		if at, ok = p.value(claim, value, depth); !ok {
			return 0, false
		}
		at = p.blank(at)
	}
	ok = at < len(p.text) && n >= c.minProperties && (c.maxProperties < 0 || n <= c.maxProperties) && members.hasAll(c.required)
	return at + 1, ok
}

// array proves an array: its syntax and its items.
func (p *proof) array(c *claim, at, depth int) (end int, ok bool) {
	if depth > p.depth {
		return 0, false
	}
	at = p.blank(at + 1)
	n := 0
	for at < len(p.text) && p.text[at] != ']' {
		if n > 0 {
			if p.text[at] != ',' {
				return 0, false
			}
			at = p.blank(at + 1)
		}
		if p.elements--; p.elements < 0 {
			return 0, false
		}
		claim := c.items
		if n < len(c.prefix) {
			claim = c.prefix[n]
		}
		n++
		if at, ok = p.value(claim, at, depth); !ok {
			return 0, false
		}
		at = p.blank(at)
	}
	ok = at < len(p.text) && n >= c.minItems && (c.maxItems < 0 || n <= c.maxItems) && (!c.unique || n < 2)
	return at + 1, ok
}
