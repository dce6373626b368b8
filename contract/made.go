package contract

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// made is a record that this run made, or asked for without learning whether it was made.
type made struct {
	number int // of the request, for the undo file
	op     *spec.Operation
	below  recordKey // the owner, zero where there is none
	sent   slots     // members of the body that tell the record from others
	key    recordKey // zero while the answer has not told it
	unsure bool      // an update of an id that should not be there made it, if anything did
	failed bool      // the target refused
	gone   bool      // it was deleted
}

func (m *made) String() string {
	if m.key.id == "" {
		return m.op.Resource.Name + " (made by " + m.op.ID + ")"
	}
	return m.key.resource.Name + " " + m.key.id
}

func lastSegment(location string) string {
	if u, err := url.Parse(location); err == nil {
		location = u.EscapedPath()
	}
	location = strings.TrimSuffix(location, "/")
	id, err := url.PathUnescape(location[strings.LastIndexByte(location, '/')+1:])
	if err != nil {
		return ""
	}
	return id
}

// makes reports whether a request may make a record.
func makes(req Request) bool { return makerOf(req) != nil }

// makerOf is the operation by which a request may make a record; nil where it makes none.
func makerOf(req Request) *spec.Operation {
	switch {
	case req.upserts:
		return req.as
	case req.Operation != nil && req.Operation.Resource != nil && req.Operation.Action == spec.ActionCreate:
		return req.Operation
	}
	return nil
}

// sentSlots are the members of the record in a request by which it is told from others.
func sentSlots(req Request) slots {
	out := slots{}
	for name, v := range sentMembers(req) {
		if text, ok := scalarText(v); ok && len(text) <= 200 {
			out[name] = v
		}
	}
	return out
}

// beforeMaking writes down that a record is about to be made, with what finds it again.
func (g *ledger) beforeMaking(req Request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	m := &made{number: len(g.made) + 1, op: makerOf(req), below: req.below, sent: sentSlots(req)}
	if req.upserts {
		m.key, m.unsure = req.record, true
	}
	line := undoMaking{Number: m.number, Operation: m.op.ID, ID: m.key.id, Values: textOf(m.sent)}
	if m.below.resource != nil {
		line.Owner = &undoKey{m.below.resource.Name, m.below.id}
	}
	if err := g.undo.append(undoLine{Making: &line}); err != nil {
		return err
	}
	g.made = append(g.made, m)
	g.pending = append(g.pending, m)
	return nil
}

// afterMaking keeps which record was made; with an error nobody knows whether there is one.
func (g *ledger) afterMaking(req Request, a *Answer, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.pending, func(m *made) bool {
		return m.op == makerOf(req) && m.below == req.below && (!req.upserts || m.key == req.record)
	})
	if i < 0 {
		return
	}
	m := g.pending[i]
	g.pending = slices.Delete(g.pending, i, i+1)
	line := undoMade{Number: m.number}
	switch {
	case neverArrived(err), err == nil && !isSuccess(a.Status) && (a.Status < 500 || a.Status == http.StatusNotImplemented):
		m.failed, line.Refused = true, true
	case err != nil || !isSuccess(a.Status):
		return
	case req.upserts:
		m.unsure, line.ID = false, m.key.id
	default:
		key, ok := g.places.madeBy(req, a)
		if !ok {
			return
		}
		m.key, line.ID = key, key.id
	}
	// What is not written is looked for by a restore.
	_ = g.undo.append(undoLine{Made: &line})
}

// afterEnding forgets a record of ours that was deleted.
func (g *ledger) afterEnding(req Request, a *Answer) {
	if req.Operation == nil || req.Operation.Action != spec.ActionDelete || !isSuccess(a.Status) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.made {
		if m.key == req.record {
			m.gone = true
		}
	}
}

// open is how many records were made, or may have been, and are not known to be gone.
func (g *ledger) open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, m := range g.made {
		if !m.failed && !m.gone {
			n++
		}
	}
	return n
}

// isMade reports whether a record was made by this run.
func (g *ledger) isMade(key recordKey) bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.ContainsFunc(g.made, func(m *made) bool { return m.key == key })
}

// endMade deletes the records that were made, the last first, and says what became of each. Those that are gone
// already, or were never made, are not spoken of.
func (b *restorer) endMade(ctx context.Context) []RestoredRecord {
	var out []RestoredRecord
	for _, m := range slices.Backward(b.ledger.made) {
		if m.failed || m.gone {
			continue
		}
		rec := RestoredRecord{Resource: m.op.Resource.Name, ID: m.key.id}
		rec.Status, rec.Reason = b.end(ctx, m)
		if rec.Status != "" {
			out = append(out, rec)
		}
	}
	return out
}

// end deletes one record. The status is empty where there is none after all.
func (b *restorer) end(ctx context.Context, m *made) (RecordStatus, string) {
	if m.key.id == "" {
		key, why := b.search(ctx, m)
		if key.id == "" {
			return map[bool]RecordStatus{true: "", false: Left}[why == ""], why
		}
		m.key = key
	}
	op := enderOf(m.key.resource)
	if op == nil {
		return b.cannotEnd(ctx, m)
	}
	a, err := b.send(ctx, b.places.itemRequest(op, m.key.id, "", nil))
	switch {
	case err != nil:
		return Left, m.said() + " and could not be deleted: " + err.Error()
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		m.gone = true
		return "", ""
	case !isSuccess(a.Status):
		return Left, m.said() + " and could not be deleted: the target answers " + statusLine(a.Status)
	}
	m.gone = true
	return Deleted, ""
}

// cannotEnd says what there is to say of a record that the document has no way to delete.
func (b *restorer) cannotEnd(ctx context.Context, m *made) (RecordStatus, string) {
	if get := m.key.resource.Find(spec.ActionGet); get != nil && m.unsure {
		a, err := b.send(ctx, b.places.itemRequest(get, m.key.id, "", nil))
		if err == nil && isGone(a.Status) {
			m.gone = true
			return "", ""
		}
	}
	return Left, m.said() + ", and the document has no way to delete it"
}

// said is how sure it is that there is a record.
func (m *made) said() string {
	if m.unsure {
		return "it may have been made"
	}
	return "it was made"
}

// search looks in the lists of a resource for the one record that has what was sent to make it.
func (b *restorer) search(ctx context.Context, m *made) (recordKey, string) {
	unsure := fmt.Sprintf("%s was sent and its answer told no id, so a record may have been made", m.op.ID)
	for try := range searchTries {
		found, none := b.listedLike(ctx, m)
		switch len(found) {
		case 0:
			if none && try > 0 {
				return recordKey{}, ""
			}
			// The request may still be under way, where its answer was not waited for.
			if sleepContext(ctx, firstPatience<<try) != nil {
				return recordKey{}, unsure
			}
		case 1:
			return b.places.under(m.op.Resource, m.below, found[0]), ""
		default:
			return recordKey{}, unsure + fmt.Sprintf("; %d records have what was sent", len(found))
		}
	}
	return recordKey{}, unsure
}

// searchTries is how often a record is looked for that may have been made.
const searchTries = 2

// listedLike are the ids of records in lists that have what was sent to make one, and were not there before. none says that
// a list shows all there are, and each was there before or was made by a request whose answer told it.
func (b *restorer) listedLike(ctx context.Context, m *made) (found []string, none bool) {
	for _, op := range m.op.Resource.Operations {
		if op.Action != spec.ActionList || op.List == nil || len(op.Owners) > 0 && m.below.resource != op.Owners[0].Resource {
			continue
		}
		k := censusKey{list: op}
		if len(op.Owners) > 0 {
			k.owner = m.below
		}
		before, counted := b.places.censusOf(k)
		all, whole := b.places.lists(k, m.sent, func(req Request) (*Answer, error) { return b.send(ctx, req) })
		strangers := 0
		for _, rec := range all {
			id := recordID(m.op.Resource, rec)
			if id == "" || before[id] || b.ledger.isMade(b.places.under(m.op.Resource, m.below, id)) {
				continue
			}
			if strangers++; m.like(rec) {
				found = append(found, id)
			}
		}
		if len(found) > 0 {
			return found, false
		}
		none = none || counted && whole && strangers == 0
	}
	return nil, none
}

// like reports whether a record has every member that was sent and that it shows.
func (m *made) like(rec map[string]any) bool {
	shown := 0
	for name, v := range m.sent {
		got, there := rec[name]
		if !there {
			continue
		}
		if !strictjson.Equal(v, got) {
			return false
		}
		if telling(v) {
			shown++
		}
	}
	return shown > 0
}
