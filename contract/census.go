package contract

import (
	"context"
	"slices"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Some creations answer with nothing that says which record they made. It is found as the one that a list shows afterwards
// and did not show before.

// censusKey is a list of an operation, below an owner.
type censusKey struct {
	list  *spec.Operation
	owner recordKey
}

// tellsByDocument reports whether the document has a success of a creation say which record it made.
func tellsByDocument(op *spec.Operation) bool {
	_, res := op.SuccessResponse()
	return declaresLocation(op) || res != nil && res.Envelope != nil
}

// listFor is the list that shows the records that an operation makes below an owner; false where there is none.
func listFor(op *spec.Operation, below recordKey) (censusKey, bool) {
	list := listOf(op.Resource, op)
	switch {
	case list == nil || list.List == nil:
		return censusKey{}, false
	case len(list.Owners) == 0:
		return censusKey{list: list}, true
	case below.resource != list.Owners[0].Resource:
		return censusKey{}, false
	}
	return censusKey{list, below}, true
}

// censusPages bounds how many pages of a list are looked through for a record that was made.
const censusPages = 20

// lists asks for all pages of a list, as large as the document allows, of records like one that was sent where the list is
// of records with some value alone; false where there may be more, or no answer came.
func (pl *places) lists(k censusKey, sent slots, send func(Request) (*Answer, error)) ([]map[string]any, bool) {
	next := pager{op: k.list, size: pageSize(k.list)}
	var out []map[string]any
	for range censusPages {
		req := pl.request(k.list, k.owner, "", nil)
		for _, f := range k.list.List.Filters {
			v, there := f.Value.Of(sent)
			if there && choosesBy(f) && !setParameter(&req, f.Param, v) {
				setParameter(&req, f.Param, []any{v})
			}
		}
		next.set(&req)
		a, err := send(req)
		if err != nil || !isSuccess(a.Status) {
			return out, false
		}
		page := recordsIn(k.list, a)
		out = append(out, page...)
		if !next.after(page, a) {
			total, told := factNumber(k.list, a, spec.TotalRole)
			return out, !next.lost && !next.cut(page, a) && (next.turns() || !told || total <= len(out))
		}
	}
	return out, false
}

// takeCensus learns which records a list shows before the first is made, where answers may not tell that.
func (r *Runner) takeCensus(ctx context.Context, req Request) {
	op := makerOf(req)
	if op == nil || req.upserts || tellsByDocument(op) && !r.untold[op] && r.keeper == nil {
		return // where records are put back, an answer may be lost
	}
	k, ok := listFor(op, req.below)
	if _, taken := r.places.censusOf(k); !ok || taken {
		return
	}
	all, whole := r.places.lists(k, nil, func(req Request) (*Answer, error) { return r.client.send(ctx, req) })
	if !whole {
		return // what is new cannot be told from what was not seen
	}
	ids := map[string]bool{}
	for _, rec := range all {
		ids[recordID(op.Resource, rec)] = true
	}
	r.places.setCensus(k, ids)
}

// whichMade is the record that a creation made: as the answer tells it, else as a list shows it.
func (r *Runner) whichMade(ctx context.Context, req Request, a *Answer) (recordKey, bool) {
	if a.made.id != "" {
		return a.made, true
	}
	key, ok := r.places.madeBy(req, a)
	if !ok && isSuccess(a.Status) {
		r.untold[req.Operation] = true
		key, ok = r.discover(ctx, req)
		if !ok {
			r.lost[req.Operation.Resource] = true
		}
	}
	a.made = key
	return key, ok
}

// discover is the one record that a list shows now, did not show before, and that is not other than what was sent.
func (r *Runner) discover(ctx context.Context, req Request) (recordKey, bool) {
	op := req.Operation
	k, ok := listFor(op, req.below)
	before, taken := r.places.censusOf(k)
	if !ok || !taken {
		return recordKey{}, false
	}
	all, _ := r.places.lists(k, sentSlots(req), func(req Request) (*Answer, error) { return r.client.send(ctx, req) })
	sent := sentSlots(req)
	var found []string
	for _, rec := range all {
		id := recordID(op.Resource, rec)
		if id != "" && !before[id] && !sent.differ(rec) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		return recordKey{}, false
	}
	r.places.addCensus(k, found[0])
	key := r.places.under(op.Resource, req.below, found[0])
	if r.keeper != nil {
		r.keeper.ledger.identify(req, key)
	}
	return key, true
}

// differ reports whether a record shows another value than was sent.
func (s slots) differ(rec map[string]any) bool {
	for name, v := range s {
		if got, there := rec[name]; there && !strictjson.Equal(v, got) {
			return true
		}
	}
	return false
}

// identify keeps which record the last creation of a request's kind made, whose answer did not tell it.
func (g *ledger) identify(req Request, key recordKey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range slices.Backward(g.made) {
		if m.op == req.Operation && m.below == req.below && m.key.id == "" && !m.failed {
			m.key = key
			_ = g.undo.append(undoLine{Made: &undoMade{Number: m.number, ID: key.id}})
			return
		}
	}
}

func (pl *places) censusOf(k censusKey) (map[string]bool, bool) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	ids, ok := pl.census[k]
	return ids, ok
}

func (pl *places) setCensus(k censusKey, ids map[string]bool) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	pl.census[k] = ids
}

func (pl *places) addCensus(k censusKey, id string) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	pl.census[k][id] = true
}
