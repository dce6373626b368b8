package contract

import (
	"context"
	"fmt"
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// find looks for records in a list: below the owners that checks work on, then below others that lists show, for nothing is
// below what was just made. The text says why there is none.
func (r *Runner) find(ctx context.Context, res *spec.Resource) ([]recordKey, string) {
	if res.Part {
		return r.findParts(ctx, res)
	}
	why := ""
	for _, others := range []bool{false, true} {
		for _, op := range listsOf(res) {
			owners, none := r.ownersFor(ctx, op)
			switch {
			case others && len(op.Owners) == 0:
				continue
			case others:
				owners = r.listed(ctx, op.Owners[0].Resource, []*spec.Resource{res})
			case none != "":
				why = none
				continue
			}
			for _, owner := range owners {
				out, none, err := r.findBelow(ctx, op, owner, enough)
				if err != nil {
					return nil, err.Error()
				}
				if len(out) > 0 {
					return out, ""
				}
				why = none
			}
		}
	}
	return nil, why
}

// findParts names the records of a part: the only one, or those of the records that checks work on. The text says why there is
// none.
func (r *Runner) findParts(ctx context.Context, res *spec.Resource) ([]recordKey, string) {
	if res.Of == nil {
		return []recordKey{{res, spec.OnlyID}}, ""
	}
	if why := r.has(ctx, res.Of); why != "" {
		return nil, why
	}
	var out []recordKey
	for _, id := range r.target.IDs[res.Of.Name] {
		if len(out) < enough {
			out = append(out, recordKey{res, id})
		}
	}
	return out, ""
}

// listsOf are the operations that list records of a resource.
func listsOf(res *spec.Resource) []*spec.Operation {
	var out []*spec.Operation
	for _, op := range res.Operations {
		if op.Action == spec.ActionList && op.List != nil {
			out = append(out, op)
		}
	}
	return out
}

// listed are a few records that lists show beside those that checks work on, below owners that lists show; it looks once.
// below are the resources for whose sake it looks: what is below its own kind is not looked for.
func (r *Runner) listed(ctx context.Context, res *spec.Resource, below []*spec.Resource) []recordKey {
	if slices.Contains(below, res) {
		return nil
	}
	if out, looked := r.others[res]; looked {
		return out
	}
	var out []recordKey
	for _, op := range listsOf(res) {
		owners := []recordKey{{}}
		if len(op.Owners) > 0 {
			owners = r.listed(ctx, op.Owners[0].Resource, append(slices.Clone(below), res))
		}
		for _, owner := range owners {
			found, _, err := r.findBelow(ctx, op, owner, maxOwners+enough)
			if err != nil {
				break
			}
			for _, key := range found {
				if len(out) < maxOwners && !r.known(key) && !slices.Contains(out, key) {
					out = append(out, key)
				}
			}
		}
	}
	r.others[res] = out
	return out
}

// ownersFor are the records below which an operation lists, a few of many; a zero one where it stands at the root. The
// text says why there is none.
func (r *Runner) ownersFor(ctx context.Context, op *spec.Operation) ([]recordKey, string) {
	first, why := r.ownerFor(ctx, op)
	if why != "" || first.resource == nil {
		return []recordKey{first}, why
	}
	var out []recordKey
	for _, id := range r.target.IDs[first.resource.Name] {
		if len(out) < maxOwners {
			out = append(out, recordKey{first.resource, id})
		}
	}
	return out, ""
}

// maxOwners is below how many records others are looked for.
const maxOwners = 3

// findBelow looks for some records in one list. The text says why there is none, the error that the target gave no answer.
func (r *Runner) findBelow(ctx context.Context, op *spec.Operation, owner recordKey, some int) ([]recordKey, string, error) {
	a, err := r.client.send(ctx, r.places.request(op, owner, "", nil))
	if err != nil {
		return nil, "", err
	}
	if !isSuccess(a.Status) {
		return nil, fmt.Sprintf("%s answers %s", op.ID, statusLine(a.Status)), nil
	}
	var out []recordKey
	lost := false
	for _, rec := range recordsIn(op, a) {
		id := recordID(op.Resource, rec)
		if id == "" || len(out) == some {
			continue
		}
		key, ok := r.belonging(ctx, op, owner, rec, id)
		if lost = lost || !ok; ok {
			out = append(out, key)
		}
	}
	if lost && len(out) == 0 {
		return nil, op.ID + " shows records and not whose they are", nil
	}
	return out, op.ID + " shows none", nil
}

// belonging is the key of a record that a list shows. Where the record's own path names an owner and the list's does not,
// it is the one that the record names, else the one below which the record is found; false where neither is known.
func (r *Runner) belonging(ctx context.Context, op *spec.Operation, owner recordKey, rec map[string]any, id string) (recordKey, bool) {
	res := op.Resource
	above := itemOwners(res)
	if len(above) == 0 || owner.resource == above[0].Resource {
		return r.places.under(res, owner, id), true
	}
	parent := above[0].Resource
	if res.Parent != nil && res.Parent.Resource == parent && len(above) == 1 {
		if at, _ := res.Parent.ID.Of(rec); idText(at) != "" {
			return r.places.under(res, recordKey{parent, idText(at)}, id), true
		}
	}
	get := res.Find(spec.ActionGet)
	if get == nil || r.has(ctx, parent) != "" {
		return recordKey{}, false
	}
	for _, known := range r.target.IDs[parent.Name][:min(maxOwners, len(r.target.IDs[parent.Name]))] {
		key := r.places.under(res, recordKey{parent, known}, id)
		a, err := r.client.send(ctx, r.places.itemRequest(get, key.id, "", nil))
		if err == nil && isSuccess(a.Status) {
			return key, true
		}
	}
	return recordKey{}, false
}

// recordsIn are the records that a list shows, as plain values.
func recordsIn(op *spec.Operation, a *Answer) []map[string]any {
	v, err := a.value()
	if err != nil || op.List == nil {
		return nil
	}
	for _, name := range op.List.Path {
		o, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = o[name]
	}
	list, _ := v.([]any)
	var out []map[string]any
	for _, item := range list {
		if rec, ok := item.(map[string]any); ok {
			out = append(out, rec)
		}
	}
	return out
}

func idText(v any) string {
	text, ok := scalarText(v)
	if _, isBool := v.(bool); !ok || isBool {
		return ""
	}
	return text
}
