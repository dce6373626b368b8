package mockserver

import (
	"cmp"
	"slices"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

// view is what a session makes of a resource, or of the records of it that belong to one owner: which of the dataset's
// are gone or changed, and which came since. Places count the dataset's records, before anything was changed.
type view struct {
	dataset          *fixtures.Dataset
	r                *spec.Resource
	child            bool
	owner            uint64   // where child
	count            uint64   // of the dataset
	deleted, changed []uint64 // places, in order
	made             []string // ids, the first one made first
	changes          int
}

// changesOf is viewOf with the changed records and their number; it looks at every change of the resource.
func (s *Server) changesOf(sess *session, r *spec.Resource, owner string) view {
	v := s.viewOf(sess, r, owner)
	for k, c := range sess.staying(r) {
		if place, here := v.placeOf(k.id); here && (!v.child || s.store.ownerIn(k, c) == owner) {
			v.changed = append(v.changed, place)
			v.changes++
		}
	}
	slices.Sort(v.changed)
	return v
}

// viewOf looks at what was changed in a session as far as lists show it: what was merely updated costs nothing. The records
// of owner, or all where it is "".
func (s *Server) viewOf(sess *session, r *spec.Resource, owner string) view {
	ds := s.store.dataset
	v := view{dataset: ds, r: r, count: ds.Count(r)}
	if owner != "" && r.Parent != nil {
		v.child = true
		index, ofDataset := ds.Index(r.Parent.Resource, owner)
		v.owner, v.count = index, 0
		if ofDataset {
			v.count = ds.Children(r, index)
		}
	}
	changes := sess.odd(r)
	var made []key
	if !v.child && r.Parent != nil {
		v.deleted = s.orphans(sess, r, changes)
	}
	in := seen{s.store, sess}
	for k, c := range changes {
		belongs := !v.child && !orphaned(in, k) || v.child && s.store.ownerIn(k, c) == owner
		place, here := v.placeOf(k.id)
		switch {
		case here && (c.deleted || !belongs):
			v.deleted = append(v.deleted, place)
		case here:
			v.changed = append(v.changed, place)
		case belongs && !c.deleted:
			made = append(made, k)
		default:
			continue
		}
		v.changes++
	}
	slices.Sort(v.deleted)
	slices.Sort(v.changed)
	slices.SortFunc(made, func(a, b key) int {
		return cmp.Or(cmp.Compare(changes[a].nth, changes[b].nth), cmp.Compare(a.id, b.id))
	})
	for _, k := range made {
		v.made = append(v.made, k.id)
	}
	return v
}

// placeOf is where a record of the dataset stands among those of the view, deleted ones too.
func (v view) placeOf(id string) (uint64, bool) {
	index, ok := v.dataset.Index(v.r, id)
	if !ok || !v.child {
		return index, ok
	}
	owner, ok := v.dataset.Owner(v.r, index)
	if !ok || v.count == 0 || owner != v.owner {
		return 0, false
	}
	return v.dataset.ChildNumber(v.r, index), true
}

// id is the id at a place of the dataset.
func (v view) id(place uint64) string {
	if v.child {
		place = v.dataset.Child(v.r, v.owner, place)
	}
	return v.dataset.ID(v.r, place)
}

// seeded is how many records of the dataset are still there.
func (v view) seeded() uint64 { return v.count - uint64(len(v.deleted)) }

func (v view) total() uint64 { return v.seeded() + uint64(len(v.made)) }

// place is how many records come before one, and after how many the next one comes: as many for one of the dataset that
// was deleted. False for an id that never was in the view.
func (v view) place(id string) (before, after uint64, ok bool) {
	if at, ok := v.placeOf(id); ok {
		gone, deleted := slices.BinarySearch(v.deleted, at)
		if before = at - uint64(gone); deleted {
			return before, before, true
		}
		return before, before + 1, true
	}
	i := slices.Index(v.made, id)
	before = v.seeded() + uint64(max(i, 0))
	return before, before + 1, i >= 0
}

// slice are the ids of a part, without looking at the records before it.
func (v view) slice(offset, limit uint64) []string {
	var out []string
	seeded := v.seeded()
	if offset < seeded {
		at, next := offset, 0
		for next < len(v.deleted) && v.deleted[next] <= at {
			at++
			next++
		}
		for ; uint64(len(out)) < limit && at < v.count; at++ {
			if next < len(v.deleted) && v.deleted[next] == at {
				next++
				continue
			}
			out = append(out, v.id(at))
		}
	}
	return append(out, page(v.made, max(offset, seeded)-seeded, limit-uint64(len(out)))...)
}

// maxOrphans bounds the records of the dataset that a list leaves out because those they belong to are gone.
const maxOrphans = 100_000

// orphans are the places of the dataset's records whose owners are gone; without those of the records given, of which more
// is known.
func (s *Server) orphans(sess *session, r *spec.Resource, known map[key]change) []uint64 {
	ds, parent := s.store.dataset, r.Parent.Resource
	var gone []uint64 // indexes of owners
	for k, c := range sess.odd(parent) {
		if index, ofDataset := ds.Index(parent, k.id); ofDataset && c.deleted {
			gone = append(gone, index)
		}
	}
	if parent.Parent != nil {
		gone = append(gone, s.orphans(sess, parent, nil)...)
		slices.Sort(gone)
		gone = slices.Compact(gone)
	}
	var out []uint64
	for _, owner := range gone {
		for n := range ds.Children(r, owner) {
			if len(out) == maxOrphans {
				return out
			}
			index := ds.Child(r, owner, n)
			if _, is := known[key{r, ds.ID(r, index)}]; !is || known == nil {
				out = append(out, index)
			}
		}
	}
	return out
}
