package contract

import (
	"context"
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// spare is a record that a check may end where none can be made: of a target to throw away, one that was given or is listed
// beside those that checks work on. The text says why there is none.
func (r *Runner) spare(ctx context.Context, res *spec.Resource) (recordKey, string) {
	const none = "it takes a record to delete, and the document has no way to make one"
	if !r.set.NoRestore {
		return recordKey{}, none + "; with --no-restore, one that is there is deleted"
	}
	if why := r.has(ctx, res); why != "" {
		return recordKey{}, why
	}
	if ids := r.target.IDs[res.Name]; len(ids) > enough {
		r.target.IDs[res.Name] = ids[:len(ids)-1]
		return recordKey{res, ids[len(ids)-1]}, ""
	}
	st := r.pools[res]
	if st == nil {
		st = &pool{}
		r.pools[res] = st
	}
	if !st.looked {
		st.looked, st.spares = true, r.findSpares(ctx, res)
	}
	if len(st.spares) == 0 {
		return recordKey{}, none + ", and no list shows one that is not in use"
	}
	last := len(st.spares) - 1
	key := st.spares[last]
	st.spares = st.spares[:last]
	return key, ""
}

// findSpares are the records that lists show beside those that checks work on.
func (r *Runner) findSpares(ctx context.Context, res *spec.Resource) []recordKey {
	var out []recordKey
	for _, op := range listsOf(res) {
		owners, _ := r.ownersFor(ctx, op)
		if len(op.Owners) > 0 {
			owners = append(owners, r.listed(ctx, op.Owners[0].Resource, []*spec.Resource{res})...)
		}
		for _, owner := range owners {
			found, _, err := r.findBelow(ctx, op, owner, spares)
			if err != nil {
				return out
			}
			for _, key := range found {
				if !r.known(key) && !slices.Contains(out, key) {
					out = append(out, key)
				}
			}
		}
	}
	return out
}

// spares is how many records of one list are taken for checks that end one.
const spares = 30
