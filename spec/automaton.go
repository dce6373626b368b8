package spec

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// Patterns are mostly short, and matched against short texts again and again. The standard library searches such a text
// for every way to match; an automaton that has all of them in its states takes one step a byte.

// automaton tells of texts in ASCII whether they match a pattern.
type automaton struct {
	classes [asciiBytes]uint8 // of bytes that no part of the pattern tells apart
	width   int               // how many classes there are
	next    []uint8           // the state after a state (its place is times width) and a class
	ends    []bool            // by state: the text may end here
	start   uint8
}

const asciiBytes = 0x80

// Two states that no text leaves: nothing that follows can match, and nothing need follow.
const (
	hopeless uint8 = iota
	matched
	firstState
)

// What an automaton may be made of: beyond that, matching is left to the standard library.
const (
	maxInstructions = 600
	maxStates       = 250
	maxVisits       = 200_000 // of instructions, on the way to all states: some two milliseconds
)

// newAutomaton is the automaton of a pattern; nil where there is none that is small enough, or the pattern looks at what
// stands around a place, like \b.
func newAutomaton(expr string) *automaton {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > maxInstructions {
		return nil
	}
	m := automatonMaker{prog: prog, states: map[string]uint8{}, seen: make([]int, len(prog.Inst))}
	m.classify()
	if !m.make() {
		return nil
	}
	return &m.made
}

// match reports whether a text matches; known is false for a text that is not ASCII.
func (a *automaton) match(text string) (matches, known bool) {
	at := a.start
	for i := range len(text) {
		b := text[i]
		if b >= asciiBytes {
			return false, false
		}
		at = a.next[int(at)*a.width+int(a.classes[b])]
	}
	return a.ends[at], true
}

// automatonMaker makes an automaton of a compiled pattern: each of its states is a set of the pattern's instructions.
type automatonMaker struct {
	prog    *syntax.Prog
	made    automaton
	sample  []byte // one byte of each class
	states  map[string]uint8
	sets    [][]uint32 // by state: the instructions that wait for a byte, in their order
	seen    []int      // by instruction: the closure that met it last
	closure int
	visits  int
}

// classify finds which bytes the pattern does not tell apart.
func (m *automatonMaker) classify() {
	known := map[string]uint8{}
	for b := range asciiBytes {
		var takes []byte
		for i := range m.prog.Inst {
			if inst := &m.prog.Inst[i]; waits(inst) && takesByte(inst, byte(b)) {
				takes = binary.AppendUvarint(takes, uint64(i))
			}
		}
		class, met := known[string(takes)]
		if !met {
			class = uint8(len(known))
			known[string(takes)] = class
			m.sample = append(m.sample, byte(b))
		}
		m.made.classes[b] = class
	}
	m.made.width = len(known)
}

func waits(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	default:
		return false
	}
}

func takesByte(inst *syntax.Inst, b byte) bool {
	switch inst.Op {
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return b != '\n'
	default:
		return inst.MatchRune(rune(b))
	}
}

// make finds all states and where they lead; false where there are too many, or an instruction is not understood.
func (m *automatonMaker) make() bool {
	for range firstState {
		m.sets = append(m.sets, nil)
		m.made.ends = append(m.made.ends, len(m.sets)-1 == int(matched))
	}
	start, ok := m.state([]uint32{uint32(m.prog.Start)}, true)
	if !ok {
		return false
	}
	m.made.start = start
	for at := 0; at < len(m.sets); at++ {
		for class := range m.made.width {
			next := uint8(at)
			if next >= firstState {
				if next, ok = m.step(m.sets[at], m.sample[class]); !ok {
					return false
				}
			}
			m.made.next = append(m.made.next, next)
		}
	}
	return true
}

// step is the state after a byte. A match may begin behind every byte.
func (m *automatonMaker) step(set []uint32, b byte) (uint8, bool) {
	after := make([]uint32, 0, len(set)+1)
	for _, pc := range set {
		if inst := &m.prog.Inst[pc]; takesByte(inst, b) {
			after = append(after, inst.Out)
		}
	}
	return m.state(append(after, uint32(m.prog.Start)), false)
}

// state is that of instructions, and all that follow them without a byte; begin says that no byte came yet.
func (m *automatonMaker) state(pcs []uint32, begin bool) (uint8, bool) {
	inside, ok := m.close(pcs, begin, false)
	if !ok {
		return 0, false
	}
	if inside.matched {
		return matched, true
	}
	atEnd, ok := m.close(pcs, begin, true)
	if !ok {
		return 0, false
	}
	key := []byte{0}
	if atEnd.matched {
		key[0] = 1
	}
	slices.Sort(inside.waiting)
	for _, pc := range inside.waiting {
		key = binary.AppendUvarint(key, uint64(pc))
	}
	if len(key) == 1 && !atEnd.matched {
		return hopeless, true
	}
	if n, known := m.states[string(key)]; known {
		return n, true
	}
	if len(m.sets) == maxStates {
		return 0, false
	}
	n := uint8(len(m.sets))
	m.states[string(key)] = n
	m.sets = append(m.sets, inside.waiting)
	m.made.ends = append(m.made.ends, atEnd.matched)
	return n, true
}

// reached is what instructions lead to without a byte.
type reached struct {
	waiting []uint32 // for a byte
	matched bool
}

// close follows instructions as far as no byte is needed, where the text has begun or may have ended; false where one
// looks at more than that, or there have been too many.
func (m *automatonMaker) close(pcs []uint32, begin, end bool) (out reached, ok bool) {
	m.closure++
	todo := slices.Clone(pcs)
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if m.seen[pc] == m.closure {
			continue
		}
		m.seen[pc] = m.closure
		if m.visits++; m.visits > maxVisits {
			return reached{}, false
		}
		inst := &m.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			todo = append(todo, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			todo = append(todo, inst.Out)
		case syntax.InstMatch:
			out.matched = true
		case syntax.InstFail:
		case syntax.InstEmptyWidth:
			demands := syntax.EmptyOp(inst.Arg)
			if demands&^(syntax.EmptyBeginText|syntax.EmptyEndText) != 0 {
				return reached{}, false
			}
			if (begin || demands&syntax.EmptyBeginText == 0) && (end || demands&syntax.EmptyEndText == 0) {
				todo = append(todo, inst.Out)
			}
		default: // waits for a byte
			out.waiting = append(out.waiting, pc)
		}
	}
	return out, true
}
