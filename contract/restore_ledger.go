package contract

import (
	"slices"
	"sync"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// ledger remembers what was sent to the records that are held, so that afterwards our values can be told from somebody
// else's. It watches the client, so nothing is sent past it, and writes to the undo file first.
type ledger struct {
	mu   sync.Mutex
	undo *undoFile // nil where nothing is written
	held map[recordKey]*held
	ours []any // telling values that were sent

	places  *places
	made    []*made // in the order they were asked for
	pending []*made // asked for, and not answered yet
}

// held is a record that is put back.
type held struct {
	key    recordKey
	layout *layout
	taken  slots
	left   string             // why it is left alone; "" when it is used
	spoilt bool               // the proof changed it
	faulty []RestoredProperty // what failed the proof

	// Of the ledger:
	trails  map[string]*trail
	cleared bool     // a request was sent that may have removed any property
	blind   []string // properties that were set and cannot be read

	// While it is put back:
	open    map[string]RestoredProperty // what is not as it was
	back    map[string]bool             // what was put back
	refused map[string]string           // what was tried in vain, and how it went
	lost    string                      // why the record cannot be read or written at all
}

func (h *held) String() string { return h.key.resource.Name + " " + h.key.id }

// trail is what was sent to one slot.
type trail struct {
	known any // as the target last answered it
	// recent are values that we may have left there: the last one that came back as sent, and those sent since.
	recent []any
}

func (h *held) trail(slot string) *trail {
	if h.trails == nil {
		h.trails = map[string]*trail{}
	}
	t := h.trails[slot]
	if t == nil {
		t = &trail{known: h.taken[slot]}
		h.trails[slot] = t
	}
	return t
}

// before writes down what a request is about to set. The error is the undo file's: what is not written is not sent.
func (g *ledger) before(req Request) error {
	if makes(req) {
		return g.beforeMaking(req)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.held[req.record]
	if h == nil {
		return nil
	}
	sent, unclear := h.layout.sent(req)
	blind := h.layout.blind(req)
	if len(sent)+len(blind) == 0 && !unclear {
		return nil
	}
	line := undoSend{Resource: h.key.resource.Name, ID: h.key.id, Values: textOf(sent), Blind: blind, Unclear: unclear}
	if err := g.undo.append(undoLine{Send: &line}); err != nil {
		return err
	}
	h.blind = append(h.blind, blind...)
	g.noteSent(h, sent, unclear)
	return nil
}

func (g *ledger) noteSent(h *held, sent slots, unclear bool) {
	h.cleared = h.cleared || unclear
	for slot, v := range sent {
		t := h.trail(slot)
		t.recent = append(t.recent, v)
		if _, isObject := v.(map[string]any); isObject {
			t.recent = append(t.recent, merged(t.known, v))
		}
		if telling(v) {
			g.ours = append(g.ours, v)
		}
	}
}

// after keeps what the target made of what was sent; there is no answer where there was an error.
func (g *ledger) after(req Request, a *Answer, err error) {
	if makes(req) {
		g.afterMaking(req, a, err)
		return
	}
	if err != nil {
		return
	}
	g.afterEnding(req, a)
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.held[req.record]
	if h == nil || req.Operation == nil || !isSuccess(a.Status) {
		return
	}
	rec := recordIn(req.Operation, a)
	if rec == nil {
		return
	}
	sent, _ := h.layout.sent(req)
	got := h.layout.of(rec)
	line := undoAnswer{Resource: h.key.resource.Name, ID: h.key.id}
	made := slots{}
	for slot, v := range sent {
		now, shown := got[slot]
		t := h.trail(slot)
		switch {
		case sameValue(h.layout.schema(slot), v, now):
			line.Took = append(line.Took, slot)
			if !strictjson.Equal(v, now) {
				made[slot] = now
			}
		case shown && !h.layout.same(slot, t.known, now):
			made[slot] = now // a change, though not the one that was asked for
		}
	}
	g.noteAnswer(h, sent, line.Took, made)
	for slot, v := range got {
		if t := h.trails[slot]; t != nil {
			t.known = v
		}
	}
	if len(line.Took)+len(made) > 0 {
		slices.Sort(line.Took)
		line.Made = textOf(made)
		// The answer only sharpens what the line before says, so a failure to write it stops nothing.
		_ = g.undo.append(undoLine{Answer: &line})
	}
}

// noteAnswer forgets what a confirmed value replaced, and adds what the target made of a value.
func (g *ledger) noteAnswer(h *held, sent slots, took []string, made slots) {
	for _, slot := range took {
		t := h.trail(slot)
		v, known := sent[slot]
		if !known && len(t.recent) > 0 { // from an undo file: the last one sent
			v = t.recent[len(t.recent)-1]
		}
		t.recent = []any{v}
	}
	for slot, v := range made {
		t := h.trail(slot)
		t.recent, t.known = append(t.recent, v), v
		if telling(v) {
			g.ours = append(g.ours, v)
		}
	}
}

// isOurs reports whether a value of a slot is one that this run left there.
func (g *ledger) isOurs(h *held, slot string, now any) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	same := func(v any) bool { return h.layout.same(slot, v, now) }
	if now == nil && h.cleared || telling(now) && slices.ContainsFunc(g.ours, same) {
		return true
	}
	if t := h.trails[slot]; t != nil && slices.ContainsFunc(t.recent, same) {
		return true
	}
	if len(slotSegments(slot)) < 2 {
		return false
	}
	// A related record may have been changed through another record that shows it.
	for _, other := range g.held {
		if t := other.trails[slot]; other.layout == h.layout && t != nil && slices.ContainsFunc(t.recent, same) {
			return true
		}
	}
	return false
}

// touched are the slots that something was sent to.
func (g *ledger) touched(h *held) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []string
	for slot := range h.trails {
		out = append(out, slot)
	}
	slices.Sort(out)
	return out
}

// leave writes down that a record is left alone. changed: by the proof itself.
func (g *ledger) leave(h *held, changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	// A restore that does not know of it looks at the record and finds it as it was.
	_ = g.undo.append(undoLine{Leave: &undoLeave{h.key.resource.Name, h.key.id, h.left, changed}})
}
