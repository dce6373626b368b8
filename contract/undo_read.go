package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// undoScript is an undo file that was read.
type undoScript struct {
	header undoHeader
	lines  []undoLine
	cut    bool // the last line has no end: the process ended while it wrote it, before it sent anything
}

// dropLastLine cuts off what follows the last newline.
func dropLastLine(f *os.File) error {
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1))
}

// readUndo reads an undo file. The error is a *UsageError that names the line.
func readUndo(path string) (*undoScript, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("undo file %s cannot be read: %v", path, cause(err))
	}
	s := &undoScript{}
	for n := 1; len(text) > 0; n++ {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		text = rest
		if !whole && n > 1 {
			s.cut = true
			break
		}
		if err := s.readLine(n, line); err != nil {
			return nil, usage("%s:%d: %v", path, n, err)
		}
	}
	if s.header.Understudy == "" {
		return nil, usage("%s:1: this is no undo file: it is empty", path)
	}
	return s, nil
}

func (s *undoScript) readLine(n int, line []byte) error {
	if n == 1 {
		// The kind comes first: of another file it is the only thing worth saying.
		var kind struct {
			Understudy string `json:"understudy"`
			Version    int    `json:"version"`
		}
		if json.Unmarshal(line, &kind) != nil || kind.Understudy != undoKind {
			return errors.New("this is no undo file")
		}
		if kind.Version != undoVersion {
			return fmt.Errorf("this undo file is of version %d, and only version %d is known here", kind.Version, undoVersion)
		}
		if err := decodeStrictly(line, &s.header); err != nil {
			return err
		}
		u, err := url.Parse(s.header.Target)
		if err != nil || u.Host == "" {
			return errors.New("the target is no URL")
		}
		return nil
	}
	var l undoLine
	if err := decodeStrictly(line, &l); err != nil {
		return err
	}
	s.lines = append(s.lines, l)
	return nil
}

func decodeStrictly(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("the line is damaged: %w", err)
	}
	if d.More() {
		return errors.New("the line is damaged: there is text after its value")
	}
	return nil
}

// valuesOf reads values by slot.
func valuesOf(text map[string]json.RawMessage) (slots, error) {
	out := slots{}
	for slot, raw := range text {
		v, err := strictjson.Decode(raw, answerLimits)
		if err != nil {
			return nil, fmt.Errorf("the value of %q is damaged: %w", slot, err)
		}
		out[slot] = v
	}
	return out, nil
}

// checkSlots refuses names that the document gives no meaning.
func (l *layout) checkSlots(values slots) error {
	for slot := range values {
		if names := slotSegments(slot); len(names) > 2 || len(names) == 2 && lone(l.resource, names[0]) == nil {
			return fmt.Errorf("the document has no related record under %q: was the file written with another document?", slot)
		}
	}
	return nil
}

// fill gives a restorer the records of an undo file and what was sent to them. The error is a *UsageError.
func (s *undoScript) fill(b *restorer, path string) error {
	for _, rec := range s.header.Records {
		if err := s.hold(b, rec); err != nil {
			return usage("%s:1: %v", path, err)
		}
	}
	for i, l := range s.lines {
		if err := s.replay(b, l); err != nil {
			return usage("%s:%d: %v", path, i+2, err)
		}
	}
	return nil
}

// replay tells the ledger what a line says.
func (s *undoScript) replay(b *restorer, l undoLine) error {
	find := func(resource, id string) (*held, error) {
		if h := b.ledger.held[recordKey{b.doc.Resource(resource), id}]; h != nil {
			return h, nil
		}
		return nil, fmt.Errorf("line 1 has no record %q of %q", id, resource)
	}
	switch {
	case l.Send != nil:
		h, err := find(l.Send.Resource, l.Send.ID)
		if err != nil {
			return err
		}
		values, err := valuesOf(l.Send.Values)
		if err == nil {
			err = h.layout.checkSlots(values)
		}
		if err != nil {
			return err
		}
		h.blind = append(h.blind, l.Send.Blind...)
		b.ledger.noteSent(h, values, l.Send.Unclear)
	case l.Answer != nil:
		h, err := find(l.Answer.Resource, l.Answer.ID)
		if err != nil {
			return err
		}
		made, err := valuesOf(l.Answer.Made)
		if err == nil {
			err = h.layout.checkSlots(made)
		}
		if err != nil {
			return err
		}
		b.ledger.noteAnswer(h, nil, l.Answer.Took, made)
	case l.Leave != nil:
		h, err := find(l.Leave.Resource, l.Leave.ID)
		if err != nil {
			return err
		}
		h.left, h.spoilt = l.Leave.Reason, l.Leave.Changed
	case l.Take != nil:
		return s.hold(b, *l.Take)
	case l.Making != nil, l.Made != nil:
		return replayMaking(b, l)
	default:
		return errors.New("the line is damaged: it says nothing")
	}
	return nil
}

// hold gives a restorer a record as it was.
func (s *undoScript) hold(b *restorer, rec undoRecord) error {
	res := b.doc.Resource(rec.Resource)
	if res == nil {
		return fmt.Errorf("the document has no resource %q: was the file written with another document?", rec.Resource)
	}
	h := &held{key: recordKey{res, rec.ID}, layout: layoutOf(res)}
	if h.layout.writer == nil || h.layout.reader == nil {
		return fmt.Errorf("the document has no way to read and update %s: was the file written with another document?", rec.Resource)
	}
	var err error
	if h.taken, err = valuesOf(rec.Values); err == nil {
		err = h.layout.checkSlots(h.taken)
	}
	if err != nil {
		return err
	}
	b.hold(h)
	return nil
}

// replayMaking tells the ledger of a record that was made, or may have been.
func replayMaking(b *restorer, l undoLine) error {
	if l.Making != nil {
		op := b.doc.Operation(l.Making.Operation)
		if op == nil || op.Resource == nil {
			return fmt.Errorf("the document has no operation %q: was the file written with another document?", l.Making.Operation)
		}
		m := &made{number: l.Making.Number, op: op}
		if l.Making.ID != "" {
			m.key, m.unsure = recordKey{op.Resource, l.Making.ID}, true
		}
		if o := l.Making.Owner; o != nil {
			m.below = recordKey{b.doc.Resource(o.Resource), o.ID}
		}
		var err error
		m.sent, err = valuesOf(l.Making.Values)
		b.ledger.made = append(b.ledger.made, m)
		return err
	}
	for _, m := range b.ledger.made {
		if m.number != l.Made.Number {
			continue
		}
		m.failed = l.Made.Refused
		if l.Made.ID != "" {
			m.key, m.unsure = recordKey{m.op.Resource, l.Made.ID}, false
		}
		return nil
	}
	return fmt.Errorf("no line before tells of the making number %d", l.Made.Number)
}
