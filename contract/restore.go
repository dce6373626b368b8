package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// Restoration is what became of the records that were used.
type Restoration struct {
	Records []RestoredRecord `json:"records"`
	// Notes are side effects that nothing can undo, and what else is to be known.
	Notes []string `json:"notes,omitempty"`
	// UndoFile names the file by which the rest can be put back; "" when it is gone, because everything is as it was.
	UndoFile string `json:"undoFile,omitempty"`
}

// RecordStatus is how a record was left. The zero value is none of them, so nothing counts as put back by accident.
type RecordStatus string

// The statuses of a record.
const (
	Untouched RecordStatus = "untouched"  // it is as it was, and nothing had to be put back
	Restored  RecordStatus = "restored"   // it is as it was, because it was put back
	Partly    RecordStatus = "partly"     // some properties were put back, others not
	NotBack   RecordStatus = "failed"     // nothing of it could be put back
	LeftAlone RecordStatus = "left alone" // it failed the proof that it can be put back, so no check used it
	Deleted   RecordStatus = "deleted"    // the run made it, and deleted it again
	Left      RecordStatus = "left"       // the run made it, or may have, and it is still there
)

// RestoredRecord is what became of one record.
type RestoredRecord struct {
	Resource string       `json:"resource"`
	ID       string       `json:"id"`
	Status   RecordStatus `json:"status"`
	// Reason is why it was left alone, or failed as a whole.
	Reason string `json:"reason,omitempty"`
	// Properties are those that are not as they were and, of a record left alone, those that failed the proof.
	Properties []RestoredProperty `json:"properties,omitempty"`
	// PutBack names the properties that were put back.
	PutBack []string `json:"putBack,omitempty"`
}

// RestoredProperty is a property that is not as it was.
type RestoredProperty struct {
	// Property is its name; "owner/name" is a member of the related record under owner.
	Property string `json:"property"`
	Reason   string `json:"reason"`
	// Conflict: the value there now is neither the one taken nor one that was sent, so it is left.
	Conflict bool `json:"conflict,omitempty"`
	// Was and Now are the values, masked off loopback.
	Was string `json:"was,omitempty"`
	Now string `json:"now,omitempty"`
}

// Complete reports whether every record is as it was found. Records that were left alone are; a value that somebody
// else changed is not, since only people can tell whether it should stay. Where nothing was taken, nothing is missing.
func (r *Restoration) Complete() bool {
	if r == nil {
		return true
	}
	return !slices.ContainsFunc(r.Records, func(rec RestoredRecord) bool {
		return !slices.Contains([]RecordStatus{Untouched, Restored, LeftAlone, Deleted}, rec.Status)
	})
}

// String is one sentence a property or record that is not as it was, a line each; "" when there is none.
func (r *Restoration) String() string {
	if r == nil {
		return ""
	}
	var lines []string
	for _, rec := range r.Records {
		name := rec.Resource + " " + spec.Clip(rec.ID)
		if rec.Reason != "" {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", name, rec.Status, rec.Reason))
		}
		for _, p := range rec.Properties {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", name, p.Property, p.Reason))
		}
	}
	return strings.Join(lines, "\n")
}

// Take reads every record that may be used, writes the undo file, and proves each record restorable: its values are
// sent back as they are and read again. A record that fails the proof is left alone: its id is no longer used. It comes
// after Preflight and does nothing with NoRestore.
//
// The error is a *UsageError (the undo file is there already or cannot be written) or an *UnreachableError (no record
// can be used, or the context ended). PutBack must follow whatever the error.
func (r *Runner) Take(ctx context.Context, undoPath string) error {
	if r.set.NoRestore {
		return nil
	}
	b := newRestorer(r.doc, r.client, r.set, r.places)
	for _, res := range r.usedResources() {
		l := layoutOf(res)
		if l.writer == nil {
			continue
		}
		b.note(l.sideEffects()...)
		for _, id := range slices.Compact(slices.Sorted(slices.Values(r.target.IDs[res.Name]))) {
			h := &held{key: recordKey{res, id}, layout: l}
			h.taken, h.left = b.firstLook(ctx, h)
			b.hold(h)
		}
	}
	if err := ctx.Err(); err != nil {
		return &UnreachableError{"the run was ended before the first change: " + err.Error()}
	}
	undo, err := createUndo(undoPath, b.undoHeader(r.base))
	if err != nil {
		return err
	}
	b.ledger.undo, r.keeper, r.client.watch = undo, b, b.ledger
	b.proveAll(ctx)
	r.leaveOut(b)
	switch {
	case ctx.Err() != nil:
		return &UnreachableError{"the run was ended before the first change: " + ctx.Err().Error()}
	case len(b.held) > 0 && !slices.ContainsFunc(b.held, func(h *held) bool { return h.left == "" }):
		return &UnreachableError{"no record can be used, for none could be put back afterwards: " + b.whyLeft(nil)}
	}
	return nil
}

// Warnings are what is to be said before the first check: side effects that nothing can undo, and records that are left
// alone. There are none before Take.
func (r *Runner) Warnings() []string {
	if r.keeper == nil {
		return nil
	}
	out := slices.Clone(r.keeper.notes)
	for _, h := range r.keeper.held {
		if h.left != "" {
			out = append(out, fmt.Sprintf("%s is left alone: %s", h, h.left))
		}
	}
	return out
}

// PutBack puts every record back that Take took, reads it again, and removes the undo file when all is as it was. It
// works although the context has ended, for so long as the number of records needs. It returns nil when nothing was
// taken.
func (r *Runner) PutBack(ctx context.Context) *Restoration {
	b := r.keeper
	if b == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.bound())
	defer cancel()
	b.client = r.client.unbounded()
	return b.putAllBack(ctx)
}

// Remaining says what PutBack has to do and for how long it may take; "" when there is nothing.
func (r *Runner) Remaining() string {
	b := r.keeper
	if b == nil {
		return ""
	}
	made := b.ledger.open()
	if made+len(b.held) == 0 {
		return ""
	}
	return fmt.Sprintf("putting records back (%d) and deleting those that were made (%d), for at most %s", len(b.held), made, b.bound())
}

// bound is how long putting back may take: what a slow target needs, and what the rate makes of it.
func (b *restorer) bound() time.Duration {
	records := len(b.held) + b.ledger.open()
	d := time.Minute + time.Duration(records)*10*time.Second
	if b.set.Rate > 0 {
		d += time.Duration(float64(20*records) / b.set.Rate * float64(time.Second))
	}
	return d
}

// usedResources are those that the selected checks may change records of.
func (r *Runner) usedResources() []*spec.Resource {
	var out []*spec.Resource
	for _, res := range r.doc.Resources {
		used := func(c *Check) bool {
			op := r.doc.Operation(c.Operation)
			return op != nil && op.Resource == res
		}
		if slices.ContainsFunc(r.checks, used) {
			out = append(out, res)
		}
	}
	return out
}

// leaveOut takes the records that failed the proof out of those that checks use.
func (r *Runner) leaveOut(b *restorer) {
	ids := map[string][]string{}
	for name, list := range r.target.IDs {
		ids[name] = slices.DeleteFunc(slices.Clone(list), func(id string) bool {
			h := b.ledger.held[recordKey{r.doc.Resource(name), id}]
			return h != nil && h.left != ""
		})
	}
	r.target.IDs = ids
}

// noneLeft is why no record of a resource may be used; "" when some may.
func (r *Runner) noneLeft(res *spec.Resource) string {
	if r.keeper == nil || res == nil || len(r.target.IDs[res.Name]) > 0 || r.keeper.whyLeft(res) == "" {
		return ""
	}
	return "no record of " + res.Name + " can be put back afterwards: " + r.keeper.whyLeft(res)
}

// puttingBack reports whether nothing may be changed that cannot be put back.
func (r *Runner) puttingBack() bool { return r.keeper != nil && !r.set.Destructive }

// known reports whether a record is one that checks may use.
func (r *Runner) known(key recordKey) bool {
	return key.resource != nil && slices.Contains(r.target.IDs[key.resource.Name], key.id)
}

// takeFound takes a record that was found in a list, as Take does those that were given, and says why it is left alone.
func (r *Runner) takeFound(ctx context.Context, key recordKey) string {
	b, l := r.keeper, layoutOf(key.resource)
	if b == nil || l.writer == nil {
		return ""
	}
	h := &held{key: key, layout: l}
	if h.taken, h.left = b.firstLook(ctx, h); h.left != "" {
		b.hold(h)
		return h.left
	}
	if err := b.ledger.undo.append(undoLine{Take: &undoRecord{key.resource.Name, key.id, textOf(h.taken)}}); err != nil {
		return err.Error()
	}
	b.hold(h)
	b.prove(ctx, h)
	return h.left
}

// carries is the resource whose records an operation is sent although it acts on none, one or a list of them; nil where it
// is sent none.
func (r *Runner) carries(op *spec.Operation) *spec.Resource {
	if op == nil || op.Resource != nil || !changesState(op) {
		return nil
	}
	m := bodyMedia(op)
	if m == nil || m.Schema == nil {
		return nil
	}
	for _, res := range r.doc.Resources {
		bodies := []*spec.Schema{res.Schema}
		for _, o := range res.Operations {
			if b := bodyMedia(o); b != nil {
				bodies = append(bodies, b.RecordSchema())
			}
		}
		for _, s := range bodies {
			if s != nil && (s == m.Schema || s == m.Schema.Items) {
				return res
			}
		}
	}
	return nil
}

// changesState reports whether a method may change something (RFC 9110, 9.2.1).
func changesState(op *spec.Operation) bool {
	return !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, "QUERY"}, op.Method)
}

// harms says why a request must not be sent: it would set what cannot be read, and so not be put back. "" when it may.
func (r *Runner) harms(req Request) string {
	if !r.puttingBack() {
		return ""
	}
	if op := req.Operation; op != nil && op.Action == spec.ActionDelete && r.known(req.record) && !r.keeper.ledger.isMade(req.record) {
		return "the record is somebody's, and nothing brings it back when it is deleted; say --destructive to delete it"
	}
	if res := r.carries(req.Operation); res != nil {
		return "it carries records of " + res.Name + " and nothing says what becomes of them, so nothing could be put back; say --destructive " +
			"to send it"
	}
	h := r.keeper.ledger.held[req.record]
	if h == nil {
		if op := req.Operation; op != nil && isUpdate(op) && layoutOf(op.Resource).writer == nil && r.known(req.record) &&
			!r.keeper.ledger.isMade(req.record) {
			return "the record is somebody's, and the document has no update by which its values could be put back; say --destructive " +
				"to change it"
		}
		return ""
	}
	if names := h.layout.blind(req); len(names) > 0 {
		return joinNames(names) + " cannot be read, so it could not be put back; say --destructive to set it"
	}
	return ""
}
