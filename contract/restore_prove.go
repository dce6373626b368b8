package contract

import (
	"context"
	"fmt"
	"maps"

	"github.com/understudy-dev/understudy/spec"
)

// firstLook takes a record's values, or says why it is left alone.
func (b *restorer) firstLook(ctx context.Context, h *held) (slots, string) {
	l := h.layout
	switch {
	case l.reader == nil:
		return nil, "the document has no way to read it without changing it"
	case l.writer.Action == spec.ActionReplace && len(l.secret) > 0:
		return nil, "an update replaces it whole, and " + joinNames(l.secret) + " cannot be read"
	}
	rec, err := b.read(ctx, h)
	if err != nil {
		return nil, err.Error()
	}
	taken := l.of(rec)
	var absent []string
	for _, p := range everyProperty(l.body) {
		slot := slotName(p.Name)
		if taken[slot] == nil && !l.serverOnly(p.Name) && l.writer.Action == spec.ActionMerge && !l.mayBeNull(slot) {
			absent = append(absent, p.Name)
		}
	}
	if len(absent) > 0 {
		b.note(fmt.Sprintf("%s: without a value now: %s; a check may set one, and an absent value cannot be made "+
			"absent again", h, joinNames(absent)))
	}
	return taken, ""
}

// proveAll proves each record restorable before any is changed.
func (b *restorer) proveAll(ctx context.Context) {
	for _, h := range b.held {
		if h.left == "" && ctx.Err() == nil {
			b.prove(ctx, h)
		}
	}
}

// prove sends a record's values back as they are, and looks whether it then is as it was.
func (b *restorer) prove(ctx context.Context, h *held) {
	values := b.provable(h)
	if len(values) == 0 {
		return
	}
	why := b.write(ctx, h, values)
	if why != "" && h.layout.writer.Action == spec.ActionMerge && ctx.Err() == nil && !b.away {
		why = b.proveSingly(ctx, h, values, why)
	}
	rec, err := b.read(ctx, h)
	if err != nil {
		b.leaveAlone(h, "after its own values were sent back, "+err.Error(), true)
		return
	}
	now := h.layout.of(rec)
	changed := b.differing(h, now)
	for _, slot := range changed {
		h.faulty = append(h.faulty, b.property(h, slot, now, "it is not the same after its own value was sent back"))
	}
	switch {
	case len(changed) > 0:
		b.leaveAlone(h, "not the same after its own values were sent back: "+joinNames(changed), true)
	case why != "":
		b.leaveAlone(h, why, false)
	}
}

// provable are the values that are sent back: those that the document lets an update set, relations by id only. Null is
// sent only where the document has it.
func (b *restorer) provable(h *held) slots {
	out := maps.Clone(h.taken)
	maps.DeleteFunc(out, func(slot string, v any) bool {
		if h.layout.writer.Action == spec.ActionReplace {
			return len(slotSegments(slot)) > 1
		}
		return len(slotSegments(slot)) > 1 || !h.layout.declared(slot) || v == nil && !h.layout.mayBeNull(slot)
	})
	return out
}

// proveSingly finds the properties that are refused; "" when each alone is taken, so that each can be put back alone.
func (b *restorer) proveSingly(ctx context.Context, h *held, values slots, all string) string {
	var refused []string
	for _, slot := range h.layout.sorted(values) {
		if why := b.write(ctx, h, slots{slot: values[slot]}); why != "" {
			refused = append(refused, slot)
			h.faulty = append(h.faulty, b.property(h, slot, h.taken, "its own value is not taken back: "+why))
		}
	}
	if len(refused) == 0 {
		return ""
	}
	return fmt.Sprintf("its own values are not taken back (%s): %s", all, joinNames(refused))
}

func (b *restorer) leaveAlone(h *held, why string, changed bool) {
	h.left, h.spoilt = why, changed
	b.ledger.leave(h, changed)
}

// property describes a slot that is not as it was, or cannot be put back.
func (b *restorer) property(h *held, slot string, now slots, reason string) RestoredProperty {
	return RestoredProperty{Property: slot, Reason: reason, Was: b.show(h.taken, slot), Now: b.show(now, slot)}
}
