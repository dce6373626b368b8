package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// enough is how many records of a resource the checks work on.
const enough = 2

// pool is what was done to have records of a resource.
type pool struct {
	busy   bool
	why    string // there is none; "" when there is one
	spares []recordKey
	looked bool // for spares
}

// has reports whether there is a record of a resource to use, after one was looked for or made where none was given. The
// text says why there is none.
func (r *Runner) has(ctx context.Context, res *spec.Resource) string {
	if len(r.target.IDs[res.Name]) > 0 {
		return ""
	}
	st := r.pools[res]
	if st == nil {
		st = &pool{busy: true, why: "records of " + res.Name + " are below records of the same kind"}
		r.pools[res] = st
		st.why = r.provide(ctx, res)
		st.busy = false
	}
	if len(r.target.IDs[res.Name]) > 0 {
		return ""
	}
	return st.why
}

// provide makes records of a resource, else finds some: those that were found are somebody's.
func (r *Runner) provide(ctx context.Context, res *spec.Resource) string {
	var reasons []string
	if create := res.Find(spec.ActionCreate); create != nil {
		if why := r.mayMake(res); why != "" {
			reasons = append(reasons, why)
		} else {
			for range enough {
				key, why := r.make(ctx, res)
				if why != "" {
					reasons = append(reasons, why)
					break
				}
				r.use(key)
			}
		}
	}
	if len(r.target.IDs[res.Name]) > 0 {
		return ""
	}
	found, why := r.find(ctx, res)
	for _, key := range found {
		if left := r.takeFound(ctx, key); left != "" {
			reasons = append(reasons, left)
			continue
		}
		r.use(key)
	}
	if why != "" {
		reasons = append(reasons, why)
	}
	if len(reasons) == 0 {
		reasons = append(reasons, "the document has no way to find or make one")
	}
	return fmt.Sprintf("there is no record of %s to use (%s): pass one with --id %s", res.Name, strings.Join(reasons, "; "),
		idForm(res))
}

// idForm is how ids of a resource are passed: with those of their owners in front.
func idForm(res *spec.Resource) string {
	form, owners := res.Name+"=", itemOwners(res)
	for i := len(owners) - 1; i >= 0; i-- {
		form += strings.ToUpper(owners[i].Param) + "/"
	}
	return form + "ID"
}

// use lets checks work on a record.
func (r *Runner) use(key recordKey) {
	if r.target.IDs == nil {
		r.target.IDs = map[string][]string{}
	}
	name := key.resource.Name
	if !slices.Contains(r.target.IDs[name], key.id) {
		r.target.IDs[name] = append(r.target.IDs[name], key.id)
	}
}

// firstID is the record that checks of an operation work on.
func (p *probe) firstID(op *spec.Operation) string {
	if why := p.r.noneLeft(op.Resource); why != "" {
		p.skip("%s", why)
	}
	if why := p.r.has(p.ctx, op.Resource); why != "" {
		p.skip("%s", why)
	}
	return p.r.firstOf(op, op.Resource)
}

// firstOf is the first known record of a resource for an operation.
func (r *Runner) firstOf(op *spec.Operation, res *spec.Resource) string { return r.knownTo(op, res)[0] }

// knownTo are the known records of a resource whose ids an operation's path takes, all where it takes none: some documents
// name the same records by parameters of several kinds.
func (r *Runner) knownTo(op *spec.Operation, res *spec.Resource) []string {
	all := r.target.IDs[res.Name]
	taken := slices.DeleteFunc(slices.Clone(all), func(id string) bool {
		return unfit(op, r.places.ids(op, recordKey{res, id})) != ""
	})
	if len(taken) == 0 {
		return all
	}
	return taken
}

// mayMake says why records of a resource must not be made: what could not be ended again would stay. "" when they may.
func (r *Runner) mayMake(res *spec.Resource) string {
	switch {
	case r.set.NoRestore || r.set.Destructive:
		return ""
	case enderOf(res) == nil:
		return "one that is made would stay, for the document has no way to delete it; say --destructive to make some"
	case r.keeper != nil && r.lost[res] || !r.findsMade(res):
		return "one that is made would stay, for neither the answer nor a list says which it is; say --destructive to make some"
	}
	return ""
}

// findsMade reports whether the document has some way to tell which record was made: by the answer, by an id that is sent, or
// by a list.
func (r *Runner) findsMade(res *spec.Resource) bool {
	op := res.Find(spec.ActionCreate)
	if op == nil || tellsByDocument(op) || listOf(res, op) != nil {
		return true
	}
	m := bodyMedia(op)
	return m != nil && m.RecordSchema() != nil && res.ID.In(m.RecordSchema()) != nil
}

// enderOf is the operation that ends a record; nil for none.
func enderOf(res *spec.Resource) *spec.Operation {
	for _, op := range res.Operations {
		if op.Action == spec.ActionDelete && op.ItemParam != "" {
			return op
		}
	}
	return nil
}

// ownerFor is the record below which an operation lists or makes; zero where it stands at the root. The text says why
// there is none.
func (r *Runner) ownerFor(ctx context.Context, op *spec.Operation) (recordKey, string) {
	if len(op.Owners) == 0 {
		return recordKey{}, ""
	}
	res := op.Owners[0].Resource
	if why := r.has(ctx, res); why != "" {
		return recordKey{}, why
	}
	return recordKey{res, r.firstOf(op, res)}, ""
}

// making are the ways to make a record: as rich as can be first, then with what is required alone.
const makingTries = 3

// make makes a record for checks to work on. The text says why there is none.
func (r *Runner) make(ctx context.Context, res *spec.Resource) (recordKey, string) {
	op := res.Find(spec.ActionCreate)
	owner, why := r.ownerFor(ctx, op)
	if why != "" {
		return recordKey{}, why
	}
	for try := range makingTries {
		body, err := r.newBody(ctx, op, owner, fmt.Sprint("make", r.made(), "/", try), try > 0)
		if err != nil {
			return recordKey{}, fmt.Sprintf("no body can be made for %s: %v", op.ID, err)
		}
		req := r.places.request(op, owner, "", body.text).written(body)
		r.takeCensus(ctx, req)
		a, err := r.client.send(ctx, req)
		if err != nil {
			return recordKey{}, err.Error()
		}
		r.observe(req, a, Step{Request: req, URL: r.client.url(req), Answer: a, Note: "make a record to work on"})
		if !isSuccess(a.Status) {
			why = fmt.Sprintf("%s answers %s", op.ID, statusLine(a.Status))
			if a.Status == http.StatusConflict || a.Status >= 400 && a.Status < 500 && !isWeather(a.Status) {
				continue
			}
			break
		}
		key, ok := r.whichMade(ctx, req, a)
		if !ok {
			return recordKey{}, fmt.Sprintf("the answer to %s does not say which record it made, and no list shows it", op.ID)
		}
		return key, ""
	}
	return recordKey{}, why
}

// made counts the records that were asked for, so that each is another.
func (r *Runner) made() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.makings++
	return r.makings
}

// tells reports whether an answer says by itself which record was made.
func (pl *places) tells(op *spec.Operation, a *Answer) bool {
	_, ok := pl.madeBy(Request{Operation: op}, a)
	return ok
}

// madeBy is the record that a creation made: by the id in the answer, else by Location, else by the id that was sent.
func (pl *places) madeBy(req Request, a *Answer) (recordKey, bool) {
	op := req.Operation
	res := op.Resource
	id := recordID(res, recordIn(op, a))
	if at := a.Header.Get("Location"); id == "" && at != "" {
		id = lastSegment(at)
	}
	if id == "" {
		id = recordID(res, sentMembers(req))
	}
	if id == "" {
		return recordKey{}, false
	}
	return pl.under(res, req.below, id), true
}
