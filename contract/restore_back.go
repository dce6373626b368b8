package contract

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// maxRounds is how often all records are gone through: a second round shows that what was put back stayed, also while
// others were put back.
const maxRounds = 3

// putAllBack puts every record back and says what became of each.
func (b *restorer) putAllBack(ctx context.Context) *Restoration {
	b.away, b.keeping = false, true
	for range maxRounds {
		busy := false
		for _, h := range b.held {
			if h.left == "" || h.spoilt {
				busy = b.putBack(ctx, h) || busy
			}
		}
		if !busy {
			break
		}
	}
	out := &Restoration{Notes: b.notes, Records: []RestoredRecord{}}
	for _, h := range b.held {
		out.Records = append(out.Records, b.restored(h))
	}
	out.Records = append(out.Records, b.endMade(ctx)...)
	b.finish(out)
	return out
}

// finish removes the undo file when nothing needs it any more.
func (b *restorer) finish(out *Restoration) {
	undo := b.ledger.undo
	if undo == nil {
		return
	}
	if !out.Complete() {
		undo.close()
		out.UndoFile = undo.path
		return
	}
	if err := undo.remove(); err != nil {
		out.Notes = append(out.Notes, fmt.Sprintf("everything is as it was, but undo file %s could not be removed: %v",
			undo.path, cause(err)))
	}
}

// putBack reads a record and puts back what is ours and differs. It returns whether there was anything to do.
func (b *restorer) putBack(ctx context.Context, h *held) bool {
	now, ok := b.look(ctx, h)
	if !ok {
		return false
	}
	h.open = map[string]RestoredProperty{}
	mine := b.ownChanges(h, now)
	if len(mine) == 0 {
		return false
	}
	if now, ok = b.allAtOnce(ctx, h, now, mine); !ok {
		return true
	}
	if h.layout.writer.Action == spec.ActionMerge {
		for _, slot := range mine {
			if now, ok = b.alone(ctx, h, now, slot); !ok {
				return true
			}
		}
	}
	for _, slot := range mine {
		if h.layout.same(slot, h.taken[slot], now[slot]) {
			h.backAgain(slot)
			continue
		}
		h.open[slot] = b.property(h, slot, now, b.whyOpen(h, slot))
	}
	return true
}

func (h *held) backAgain(slot string) {
	if h.back == nil {
		h.back = map[string]bool{}
	}
	h.back[slot] = true
	delete(h.refused, slot)
}

// look reads the record again.
func (b *restorer) look(ctx context.Context, h *held) (slots, bool) {
	rec, err := b.read(ctx, h)
	if err != nil {
		h.lost = err.Error()
		return nil, false
	}
	h.lost = ""
	return h.layout.of(rec), true
}

// ownChanges are the slots to put back. Those that somebody else changed, and those for which there is no way, are kept
// as open.
func (b *restorer) ownChanges(h *held, now slots) []string {
	var out []string
	for _, slot := range b.differing(h, now) {
		switch {
		case !b.set.Overwrite && !b.ledger.isOurs(h, slot, now[slot]):
			p := b.property(h, slot, now, "its value is neither the one that was taken nor one that was sent: somebody else "+
				"changed it meanwhile, so it is left")
			p.Conflict = true
			h.open[slot] = p
		case h.taken[slot] == nil && !b.removable(h, slot):
			h.open[slot] = b.property(h, slot, now, absentReason)
		default:
			out = append(out, slot)
		}
	}
	return out
}

const absentReason = "it had no value before, and an absent value cannot be made absent again"

// removable reports whether there is a way back to no value: leaving it out of a whole record, null where the document
// has it, or null where the target itself served it.
func (b *restorer) removable(h *held, slot string) bool {
	_, served := h.taken[slot]
	return h.layout.writer.Action == spec.ActionReplace || served || h.layout.mayBeNull(slot)
}

func (b *restorer) whyOpen(h *held, slot string) string {
	if why := h.refused[slot]; why != "" {
		return "it could not be put back: " + why
	}
	return "the target took its old value and has another afterwards"
}

// allAtOnce puts everything back with one update and reads again.
func (b *restorer) allAtOnce(ctx context.Context, h *held, now slots, mine []string) (slots, bool) {
	values := slots{}
	if h.layout.writer.Action == spec.ActionReplace {
		// The whole record is sent, with what somebody else changed as it is now.
		maps.Copy(values, now)
		maps.DeleteFunc(values, func(slot string, _ any) bool { return len(slotSegments(slot)) > 1 })
	}
	for _, slot := range mine {
		v, had := h.taken[slot]
		if !had && h.layout.writer.Action == spec.ActionReplace {
			delete(values, slot)
			continue
		}
		if h.refused[slot] == "" {
			values[slot] = v
		}
	}
	if len(values) == 0 {
		return now, true
	}
	why := b.write(ctx, h, values)
	now, ok := b.look(ctx, h)
	if ok && why != "" && h.layout.writer.Action == spec.ActionReplace {
		for _, slot := range mine {
			h.refuse(slot, why)
		}
	}
	return now, ok
}

func (h *held) refuse(slot, why string) {
	if h.refused == nil {
		h.refused = map[string]string{}
	}
	h.refused[slot] = why
}

// alone puts one slot back that the update of all did not: as it was; where that leaves members in an object that were
// not there, with null for them; and as it was once more, for a target that keeps such nulls.
func (b *restorer) alone(ctx context.Context, h *held, now slots, slot string) (slots, bool) {
	if h.layout.same(slot, h.taken[slot], now[slot]) || h.refused[slot] != "" {
		return now, true
	}
	was := h.taken[slot]
	tries := []any{was}
	if _, isObject := was.(map[string]any); isObject {
		tries = []any{was, nil, was}
	}
	why := ""
	for i, v := range tries {
		if i == 1 {
			v = unmerge(now[slot], was)
		}
		why = b.write(ctx, h, slots{slot: v})
		var ok bool
		if now, ok = b.look(ctx, h); !ok {
			return now, false
		}
		if h.layout.same(slot, was, now[slot]) {
			return now, true
		}
	}
	if why == "" {
		why = "the target took its old value and has another afterwards"
	}
	h.refuse(slot, why)
	return now, true
}

// restored sums up what became of a record.
func (b *restorer) restored(h *held) RestoredRecord {
	out := RestoredRecord{Resource: h.key.resource.Name, ID: h.key.id}
	for _, slot := range h.layout.sorted(slotsNamed(h.open)) {
		out.Properties = append(out.Properties, h.open[slot])
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(h.blind))) {
		out.Properties = append(out.Properties, RestoredProperty{
			Property: name,
			Reason:   "it was set and cannot be read, so what it was is not known",
		})
	}
	out.PutBack = slices.DeleteFunc(slices.Sorted(maps.Keys(h.back)), func(slot string) bool {
		_, open := h.open[slot]
		return open
	})
	switch {
	case h.left != "" && (!h.spoilt || h.lost == "" && len(out.Properties) == 0):
		out.Status, out.Reason, out.Properties = LeftAlone, h.left, h.faulty
	case h.lost != "":
		out.Status, out.Reason = NotBack, h.lost
	case len(out.Properties) > 0 && len(out.PutBack) > 0:
		out.Status = Partly
	case len(out.Properties) > 0:
		out.Status = NotBack
	case len(out.PutBack) > 0:
		out.Status = Restored
	default:
		out.Status = Untouched
	}
	return out
}

func slotsNamed[T any](m map[string]T) slots {
	out := slots{}
	for name := range m {
		out[name] = nil
	}
	return out
}
