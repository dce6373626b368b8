package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Preflight asks once for every record that may be used, and for something harmless where there are none yet, so that a
// target that is away, a wrong base path or missing credentials are said in one sentence and not as a thousand failures.
// The error is an *UnreachableError.
func (r *Runner) Preflight(ctx context.Context) error {
	asked := false
	for _, op := range r.readers() {
		for _, id := range r.target.IDs[op.Resource.Name] {
			req, ok := r.places.lookRequest(op.Resource, id)
			if !ok {
				continue // nothing can be asked without changing the record
			}
			asked = true
			if err := r.preflightOne(ctx, req, id); err != nil {
				return err
			}
		}
	}
	if asked {
		return nil
	}
	return r.greet(ctx)
}

// greet asks for collections, else for the target's URL, before anything is made: any answer shows that somebody is
// there, and 404 to all of them that the base path is wrong.
func (r *Runner) greet(ctx context.Context) error {
	asks := r.collections()
	missing := 0
	for _, req := range asks {
		a, err := r.client.send(ctx, req)
		if err != nil && (neverArrived(err) || ctx.Err() != nil) {
			return r.away(err)
		}
		if err != nil {
			break // it may be this request alone that has no answer
		}
		if a.Status != http.StatusNotFound {
			return nil
		}
		missing++
	}
	if missing == 0 {
		if _, err := r.client.send(ctx, Request{Method: http.MethodGet, Path: "/"}); err != nil {
			return r.away(err)
		}
		return nil
	}
	if err := r.elsewhere(ctx, asks[0], http.StatusNotFound); err != nil {
		return err
	}
	if missing < 2 {
		return nil // the target may lack this one alone
	}
	return &UnreachableError{fmt.Sprintf("%s answers 404 Not Found to GET %s and to every other collection that was asked for: "+
		"pass the base path in --target (the document's is %q)", r.base.Redacted(), asks[0].Operation.Path, r.doc.BasePath)}
}

// collections are a few requests that change nothing and need no record: for lists, else for whatever has no parameter
// in its path.
func (r *Runner) collections() []Request {
	var lists, others []Request
	for _, op := range r.doc.Operations {
		if op.Method != http.MethodGet || strings.Contains(op.Path, "{") || declares(op, http.StatusNotFound) {
			continue
		}
		_, res := op.SuccessResponse()
		switch {
		case op.Action == spec.ActionList:
			lists = append(lists, r.places.request(op, recordKey{}, "", nil))
		case res != nil && slices.ContainsFunc(res.Content, func(m *spec.MediaType) bool { return spec.IsJSON(m.Type) }):
			others = append(others, r.places.request(op, recordKey{}, "", nil))
		}
	}
	const few = 5
	all := slices.Concat(lists, others)
	return all[:min(few, len(all))]
}

// away says that the target cannot be reached.
func (r *Runner) away(err error) error {
	var lost *transportError
	switch where := r.base.Redacted(); {
	case errors.Is(err, errBudgetTime):
		return &UnreachableError{fmt.Sprintf("%s gave no answer: %s", where, err)}
	case errors.As(err, &lost):
		return &UnreachableError{fmt.Sprintf("%s cannot be reached: %s", where, lost)}
	}
	return &UnreachableError{err.Error()}
}

// readers are one operation a resource by which its records can be seen.
func (r *Runner) readers() []*spec.Operation {
	var out []*spec.Operation
	seen := map[*spec.Resource]bool{}
	for _, c := range r.checks {
		op := r.doc.Operation(c.Operation)
		if op == nil || op.Resource == nil || seen[op.Resource] || op.Action != spec.ActionMerge && op.Action != spec.ActionReplace {
			continue
		}
		seen[op.Resource] = true
		out = append(out, op)
	}
	return out
}

func (r *Runner) preflightOne(ctx context.Context, req Request, id string) error {
	op := req.Operation
	a, err := r.client.send(ctx, req)
	where := r.base.Redacted()
	switch {
	case err != nil:
		return r.away(err)
	case isSuccess(a.Status):
		if rec := recordIn(op, a); rec != nil {
			r.recordFor(recordKey{op.Resource, id}).last = rec
		}
		return nil
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return &UnreachableError{fmt.Sprintf("%s answers %s: pass what it wants with --header, such as --header "+
			"'Authorization: Bearer ...'", where, statusLine(a.Status))}
	case isWeather(a.Status):
		return &UnreachableError{fmt.Sprintf("%s answers %s, so nothing can be learned now", where, statusLine(a.Status))}
	case a.Status == http.StatusNotFound || a.Status == http.StatusMethodNotAllowed:
		return r.notThere(ctx, req, id, a.Status)
	}
	return nil // a refusal of an empty update is for a check to judge
}

// lookRequest asks for a record and changes nothing; false when the document has no way to.
func (pl *places) lookRequest(res *spec.Resource, id string) (Request, bool) {
	var body []byte
	var op *spec.Operation
	for _, o := range res.Operations {
		switch {
		case o.Action == spec.ActionGet:
			return pl.itemRequest(o, id, "", nil), true
		case o.Action == spec.ActionMerge && op == nil:
			op, body = o, bodyText(o, strictjson.Object{}) // an update that changes nothing
		}
	}
	if op == nil {
		return Request{}, false
	}
	return pl.itemRequest(op, id, "", body), true
}

// notThere tells a wrong base path from an unknown id.
func (r *Runner) notThere(ctx context.Context, req Request, id string, status int) error {
	if err := r.elsewhere(ctx, req, status); err != nil {
		return err
	}
	res := req.Operation.Resource.Name
	return &UnreachableError{fmt.Sprintf("%s answers %s for %s of %s: pass ids of records that are there, --id %s=ID,ID, "+
		"and the base path in --target (the document's is %q)", r.base.Redacted(), statusLine(status), spec.Clip(id), res, res,
		r.doc.BasePath)}
}

// elsewhere asks the same below the document's base path, where the target's URL lacks it, and says so where that is
// there; nil where it is not.
func (r *Runner) elsewhere(ctx context.Context, req Request, status int) error {
	if r.doc.BasePath == "" || strings.HasSuffix(r.base.Path, r.doc.BasePath) {
		return nil
	}
	right := *r.base
	right.Path += r.doc.BasePath
	a, err := newClient(&right, r.target, r.set).send(ctx, req)
	if err != nil || a.Status == http.StatusNotFound {
		return nil //nolint:nilerr // then it is not there either
	}
	return &UnreachableError{fmt.Sprintf("%s answers %d to %s %s; did you mean --target %s?", r.base.Redacted(), status,
		req.Method, req.Operation.Path, right.Redacted())}
}
