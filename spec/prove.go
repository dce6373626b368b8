package spec

import (
	"encoding/json"
	"slices"
	"sync"
	"unsafe"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Most messages are valid, and of those nobody asks why. Proves answers just that, in one pass over the text: without
// making a value of it, without an error to explain, and so for a fraction of what Decode and Check cost. It works on the
// schema that the validator was compiled to, and it knows only the keywords that most schemas are made of. Whatever it
// does not know, and whatever is not plainly valid, it leaves to Decode and Check, which alone refuse.

// Proves reports whether a text is surely JSON that strictjson.Decode accepts within the limits, and surely valid. False
// proves nothing: the text may be valid all the same.
func (s *Schema) Proves(text []byte, dir Direction, lim strictjson.Limits) bool {
	_, ok := s.prove(text, dir, lim, nil)
	return ok
}

// prove is Proves, with parts that were proved already; unnamed reports an object with members that the schema, or a part
// of it, does not name.
func (s *Schema) prove(text []byte, dir Direction, lim strictjson.Limits, known []Known) (unnamed, ok bool) {
	if s.together != nil {
		for _, part := range s.together {
			more, ok := part.prove(text, dir, lim, known)
			if !ok {
				return false, false
			}
			unnamed = unnamed || more
		}
		return unnamed, true
	}
	if s.calling != nil {
		return false, false
	}
	root := s.claim(dir)
	if root == nil || len(text) == 0 {
		return false, false
	}
	p := proof{
		// The text is read and not kept, and nobody changes it meanwhile.
		text: unsafe.String(unsafe.SliceData(text), len(text)), //nolint:gosec // as above
		// Each part of the text may be read several times, once a branch, but not without end.
		steps: 64 + 8*len(text), depth: strictjson.DefaultDepth, elements: strictjson.DefaultElements,
		known: knowing(known, dir),
	}
	if lim.Depth > 0 {
		p.depth = min(lim.Depth, deepest)
	}
	if lim.Elements > 0 {
		p.elements = lim.Elements
	}
	end, ok := p.value(root, p.blank(0), 0)
	return p.unnamed, ok && p.blank(end) == len(text)
}

// deepest is the nesting that jsontext takes at most.
const deepest = 9_999

// provesScalar is Proves for a string or a number that was read already.
func (s *Schema) provesScalar(v any, dir Direction) bool {
	kind := isStringKind
	switch v.(type) {
	case string:
	case json.Number:
		kind = isNumberKind
	default:
		return false
	}
	c := s.claim(dir)
	for refs := 0; c != nil && c.same != nil && refs < maxRefs; refs++ {
		c = c.same
	}
	if c == nil || c.same != nil || c.types&kind == 0 || c.unproven&kind != 0 || len(c.all)+len(c.unions) > 0 {
		return false
	}
	if text, isText := v.(string); isText {
		return c.takesText(text)
	}
	text := string(v.(json.Number))
	d, end, ok := readFixed(text, 0)
	return ok && end == len(text) && c.takesNumber(d, text)
}

// claiming is what a schema claims of a text, made when it is first needed.
type claiming struct {
	once  sync.Once
	claim *claim
}

// claim is what the compiled schema demands, in a form made for proving; nil where the schema cannot be compiled.
func (s *Schema) claim(dir Direction) *claim {
	if !s.at.doc.directional {
		dir = In
	}
	slot := &s.claims[dir]
	slot.once.Do(func() {
		js, err := s.validator(dir)
		if err != nil {
			return
		}
		c := s.at.doc.compiler
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.claims == nil {
			c.claims = claims{}
		}
		slot.claim = c.claims.of(js)
	})
	return slot.claim
}

// proof is one pass over one text.
type proof struct {
	text     string
	steps    int // values still read
	depth    int // deepest nesting
	elements int // items and members still read
	unnamed  bool
	unquoted []byte
	known    []Known
}

// kindSet is a set of JSON types.
type kindSet uint8

const (
	isNullKind kindSet = 1 << iota
	isBoolKind
	isNumberKind
	isStringKind
	isArrayKind
	isObjectKind

	anyKind kindSet = 1<<iota - 1
)

// kindAt is the kind of the value that begins at an offset; 0 where none does.
func (p *proof) kindAt(at int) kindSet {
	if at >= len(p.text) {
		return 0
	}
	switch c := p.text[at]; c {
	case '"':
		return isStringKind
	case '{':
		return isObjectKind
	case '[':
		return isArrayKind
	case 't', 'f':
		return isBoolKind
	case 'n':
		return isNullKind
	default:
		if c == '-' || '0' <= c && c <= '9' {
			return isNumberKind
		}
	}
	return 0
}

// blank is the offset of what follows the white space at an offset.
func (p *proof) blank(at int) int {
	for at < len(p.text) {
		switch p.text[at] {
		case ' ', '\t', '\r', '\n':
			at++
		default:
			return at
		}
	}
	return at
}

// value proves the value that begins at an offset, and returns where it ends.
func (p *proof) value(c *claim, at, depth int) (end int, ok bool) {
	for c.same != nil && p.steps > 0 {
		c = c.same
		p.steps--
	}
	if len(p.known) > 0 {
		if end := p.skip(c, at); end > 0 {
			return end, true
		}
	}
	kind := p.kindAt(at)
	if p.steps--; p.steps < 0 || kind == 0 || c.types&kind == 0 || c.unproven&kind != 0 {
		return 0, false
	}
	if !p.branches(c, kind, at, depth) {
		return 0, false
	}
	switch kind {
	case isObjectKind:
		return p.object(c, at, depth+1)
	case isArrayKind:
		return p.array(c, at, depth+1)
	case isStringKind:
		return p.str(c, at)
	case isNumberKind:
		return p.number(c, at)
	default:
		return p.literal(c, at)
	}
}

// branches proves what the schema is composed of.
func (p *proof) branches(c *claim, kind kindSet, at, depth int) bool {
	for _, part := range c.all {
		if part.when != nil && kind == isObjectKind {
			if !p.meets(part.when, at, depth) {
				return false
			}
			continue
		}
		if _, ok := p.value(part, at, depth); !ok {
			return false
		}
	}
	for _, u := range c.unions {
		if !p.union(u, kind, at, depth) {
			return false
		}
	}
	return true
}

// union proves an anyOf by any branch, and a oneOf by the only branch that takes values of this kind, or objects with the
// word that this one has.
func (p *proof) union(u union, kind kindSet, at, depth int) bool {
	var only *claim
	for _, b := range u.branches {
		if b.refuses(kind, maxRefs) {
			continue
		}
		if u.exactlyOne {
			if only != nil { // which of the two, or both, a word may tell
				if only = nil; kind == isObjectKind {
					only = u.told.of(u.branches, p, at)
				}
				break
			}
			only = b
		} else if _, ok := p.value(b, at, depth); ok {
			return true
		}
	}
	if only == nil {
		return false
	}
	_, ok := p.value(only, at, depth)
	return ok
}

// maxRefs is how many references are followed to see that a schema does not take a kind.
const maxRefs = 8

// refuses reports whether every value of a kind is surely invalid.
func (c *claim) refuses(kind kindSet, refs int) bool {
	if c.same != nil {
		return refs > 0 && c.same.refuses(kind, refs-1)
	}
	return c.types&kind == 0 || refs > 0 && slices.ContainsFunc(c.all, func(part *claim) bool {
		return part.refuses(kind, refs-1)
	})
}

func (p *proof) literal(c *claim, at int) (end int, ok bool) {
	for _, word := range [...]string{"null", "true", "false"} {
		if len(p.text)-at >= len(word) && p.text[at:at+len(word)] == word {
			return at + len(word), c.enum == nil || slices.Contains(c.enum.words, word)
		}
	}
	return 0, false
}
