package spec

import (
	"slices"
	"sync"

	"github.com/pb33f/jsonschema/v6"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// told tells which branch of a oneOf an object is of, by the text of a member that each branch has words of its own for.
// Every other branch surely refuses an object with that text, whatever else is in it.
type told struct {
	once   sync.Once
	member string            // "" where none tells
	words  map[string]*claim // the only branch that a word leaves, nil where there are several
}

// of is the branch that an object's text tells; nil where it tells none.
func (t *told) of(branches []*claim, p *proof, at int) *claim {
	t.once.Do(func() { t.find(branches) })
	if t.member == "" {
		return nil
	}
	word, ok := p.word(at, t.member)
	if !ok {
		return nil
	}
	return t.words[word]
}

// find looks for the member whose words leave one branch most often.
func (t *told) find(branches []*claim) {
	var names []string
	for _, b := range branches {
		b.eachName(nil, func(name string) { names = append(names, name) })
	}
	slices.Sort(names)
	best := 0
	for _, name := range slices.Compact(names) {
		words := wordsFor(branches, name)
		n := 0
		for _, b := range words {
			if b != nil {
				n++
			}
		}
		if n > best {
			best, t.member, t.words = n, name, words
		}
	}
}

// wordsFor are the texts that a member of that name can have, each with the only branch that takes it; none where a branch
// takes others too.
func wordsFor(branches []*claim, name string) map[string]*claim {
	out := map[string]*claim{}
	for _, b := range branches {
		if b.refuses(isObjectKind, maxRefs) {
			continue
		}
		texts, few := b.textsOf(name)
		if !few {
			return nil
		}
		for _, text := range texts {
			if _, met := out[text]; met {
				out[text] = nil
			} else {
				out[text] = b
			}
		}
	}
	return out
}

// textsOf are the only texts that a claim lets a member have; false where they are not few.
func (c *claim) textsOf(name string) (texts []string, few bool) {
	for _, d := range c.demands(name, nil) {
		if d = d.final(); d == nil || d.enum == nil {
			continue
		}
		if !few {
			texts, few = slices.Clone(d.enum.texts), true
			continue
		}
		texts = slices.DeleteFunc(texts, func(text string) bool { return !slices.Contains(d.enum.texts, text) })
	}
	return texts, few
}

// condition is what an object must keep whose member has one of some words, and what it must keep else: a discriminator's
// choice of a schema, compiled. nil for nothing.
type condition struct {
	member    string
	words     []string
	then, els *claim
}

// conditionOf is what a schema says that is nothing but an if about the words of one member, which has to be there.
func (cs claims) conditionOf(s *jsonschema.Schema, free *claim) *condition {
	if s.If == nil || s.If.If != nil || s.DraftVersion < 2020 {
		return nil
	}
	rest := *s
	rest.If, rest.Then, rest.Else = nil, nil, nil
	if c := cs.apart(&rest); c.unproven != 0 || !c.silent(free) || len(c.all) > 0 {
		return nil
	}
	member, words := cs.wordsAskedFor(s.If, free)
	if words == nil {
		return nil
	}
	out := &condition{member: member, words: words}
	if s.Then != nil {
		out.then = cs.of(s.Then)
	}
	if s.Else != nil {
		out.els = cs.of(s.Else)
	}
	return out
}

// wordsAskedFor are the words that a schema asks of one member, which has to be there, where it asks for nothing else.
func (cs claims) wordsAskedFor(s *jsonschema.Schema, free *claim) (member string, words []string) {
	c := *cs.of(s)
	if len(c.properties) != 1 || len(s.Required) != 1 {
		return "", nil
	}
	p, named := c.properties[s.Required[0]]
	if c.properties = nil; !named || c.unproven != 0 || !c.silent(free) || len(c.all) > 0 {
		return "", nil
	}
	word := *p.claim
	if word.enum == nil || len(word.enum.words)+len(word.enum.numbers) > 0 || len(word.all) > 0 {
		return "", nil
	}
	words = word.enum.texts
	word.enum, word.unproven = nil, word.unproven&^(isArrayKind|isObjectKind)
	if word.unproven != 0 || !word.silent(free) {
		return "", nil
	}
	return s.Required[0], words
}

// apart is the claim of a schema that is no part of a document.
func (cs claims) apart(s *jsonschema.Schema) *claim {
	c := cs.of(s)
	delete(cs, s)
	return c
}

// meets proves that the object at an offset keeps what a condition leads to. One without a word is not proved.
func (p *proof) meets(c *condition, at, depth int) bool {
	word, ok := p.word(at, c.member)
	if !ok {
		return false
	}
	next := c.els
	if slices.Contains(c.words, word) {
		next = c.then
	}
	if next == nil {
		return true
	}
	_, ok = p.value(next, at, depth)
	return ok
}

// word is the text of a member of the object that begins at an offset; false where it has none. What it passes over is not
// proved.
func (p *proof) word(at int, member string) (text string, ok bool) {
	from := at
	defer func() { p.steps -= (at - from) / bytesAStep }()
	for at = p.blank(at + 1); at < len(p.text); at = p.blank(at + 1) {
		name, value, ok := p.name(at)
		if !ok || p.kindAt(value) == 0 {
			return "", false
		}
		if name == member {
			if p.text[value] != '"' {
				return "", false
			}
			text, _, ok = p.quoted(value)
			return text, ok
		}
		if at = p.blank(strictjson.ValueEnd(p.text, value)); at >= len(p.text) || p.text[at] != ',' {
			return "", false
		}
	}
	return "", false
}

// bytesAStep is how many bytes may be passed over for a step of a proof.
const bytesAStep = 16
