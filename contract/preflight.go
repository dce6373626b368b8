package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// Preflight asks once for every record that may be used, so that a target that is away, a wrong base path or missing
// credentials are said in one sentence and not as a thousand failures. The error is an *UnreachableError.
func (r *Runner) Preflight(ctx context.Context) error {
	for _, op := range r.readers() {
		for _, id := range r.target.IDs[op.Resource.Name] {
			if err := r.preflightOne(ctx, op, id); err != nil {
				return err
			}
		}
	}
	return nil
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

func (r *Runner) preflightOne(ctx context.Context, op *spec.Operation, id string) error {
	req, ok := r.places.lookRequest(op.Resource, id)
	if !ok {
		return nil // nothing can be asked without changing the record
	}
	op = req.Operation
	a, err := r.client.send(ctx, req)
	where := r.base.Redacted()
	var lost *transportError
	switch {
	case errors.As(err, &lost):
		return &UnreachableError{fmt.Sprintf("%s cannot be reached: %s", where, lost)}
	case err != nil:
		return &UnreachableError{err.Error()}
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
		return r.notThere(ctx, op, id, a.Status)
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
			op, body = o, []byte("{}") // an update that changes nothing
		}
	}
	if op == nil {
		return Request{}, false
	}
	return pl.itemRequest(op, id, "", body), true
}

// notThere tells a wrong base path from an unknown id.
func (r *Runner) notThere(ctx context.Context, op *spec.Operation, id string, status int) error {
	right := *r.base
	if r.doc.BasePath != "" && !strings.HasSuffix(r.base.Path, r.doc.BasePath) {
		right.Path += r.doc.BasePath
		c := newClient(&right, r.target, r.set)
		req, _ := r.places.lookRequest(op.Resource, id)
		if a, err := c.send(ctx, req); err == nil && a.Status != http.StatusNotFound {
			return &UnreachableError{fmt.Sprintf("%s answers %d to %s %s; did you mean --target %s?", r.base.Redacted(), status,
				op.Method, op.Path, right.Redacted())}
		}
	}
	return &UnreachableError{fmt.Sprintf("%s answers %s for %s of %s: pass ids of records that are there, --id %s=ID,ID, "+
		"and the base path in --target (the document's is %q)", r.base.Redacted(), statusLine(status), spec.Clip(id),
		op.Resource.Name, op.Resource.Name, r.doc.BasePath)}
}
