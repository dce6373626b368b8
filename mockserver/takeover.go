package mockserver

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Takeover is what became of the changes when one server went on where another one was.
type Takeover struct {
	Kept int // changes, those that came back among them
	Back int // of them, that an earlier document had no room for
	// Aside says which changes the document has no room for, and why. They come back when a later one has.
	Aside []spec.Finding
}

// TakeOver makes a server that nobody has used yet go on where another one is, of the same seed and another version of
// the document: with its sessions, its journal and what it knows of its state file. Changed records that the document
// does not allow are set aside, and come back with a document that does, unless the record was changed since or its
// session reset.
//
// Requests that the other server is still answering change nothing here.
func (s *Server) TakeOver(from *Server) Takeover {
	var out Takeover
	loaded := map[string]*session{}
	for _, old := range from.sessions.list() {
		made, changes := old.snapshot()
		waiting := addWaiting(changes, old.setAside())
		one := newSession(old.name, &s.sessions.budget)
		one.lastUsed.Store(old.lastUsed.Load())
		fit, unfit := s.fitting(changes)
		one.aside = map[key]change{}
		for _, u := range unfit {
			one.aside[unbound(u.key)] = changes[u.key]
			if !waiting[u.key] {
				u.why.Pointer = strictjson.Pointer("sessions", old.name) + u.why.Pointer
				out.Aside = append(out.Aside, u.why)
			}
		}
		for k := range waiting {
			if _, still := one.aside[unbound(k)]; !still {
				out.Back++
			}
		}
		s.placeAnew(fit)
		one.load(made, fit)
		loaded[old.name] = one
		out.Kept += len(fit)
		s.sessions.budget.charge(one.used())
	}
	s.sessions.replace(loaded)
	s.journal = from.journal
	from.stateFile.mu.Lock()
	defer from.stateFile.mu.Unlock()
	s.stateFile.path, s.stateFile.there, s.stateFile.sum = from.stateFile.path, from.stateFile.there, from.stateFile.sum
	if origin := from.origin.Load(); origin != nil {
		s.origin.Store(origin)
	}
	return out
}

// unbound is a key that holds on to no document: its resource is a name, which is all that is asked of one set aside.
func unbound(k key) key {
	if k.resource.Schema == nil {
		return k
	}
	return key{&spec.Resource{Name: k.resource.Name}, k.id}
}

// addWaiting adds changes that were set aside to those of a session, but for records that were changed since.
func addWaiting(changes, aside map[key]change) (waiting map[key]bool) {
	waiting = map[key]bool{}
	if len(aside) == 0 {
		return waiting
	}
	type record struct{ resource, id string } // whichever document its resource is of
	known := map[record]bool{}
	for k := range changes {
		known[record{k.resource.Name, k.id}] = true
	}
	for k, c := range aside {
		if !known[record{k.resource.Name, k.id}] {
			changes[k], waiting[k] = c, true
		}
	}
	return waiting
}

// placeAnew tells changes where lists show their records: what the other server's dataset had, this one's may not.
func (s *Server) placeAnew(changes map[key]change) {
	last := uint64(0)
	for _, c := range changes {
		last = max(last, c.nth)
	}
	for _, k := range sortedKeys(changes) {
		c := changes[k]
		c.stays = false
		if _, ofDataset := s.store.dataset.Index(k.resource, k.id); !ofDataset && !c.deleted && c.nth == 0 {
			last++
			c.nth = last
		}
		changes[k] = c
	}
}

// unfit is a change that a document does not allow, by the key it came with.
type unfit struct {
	key key
	why spec.Finding
}

// fitting are the changes that this server's document allows. One that goes may be what another refers to, so they are
// looked at until nothing goes.
func (s *Server) fitting(changes map[key]change) (fit map[key]change, lost []unfit) {
	fit = map[key]change{}
	came := map[key]key{}
	lose := func(k key, f spec.Finding) {
		f.Pointer = strictjson.Pointer("changes", k.resource.Name, k.id) + f.Pointer
		lost = append(lost, unfit{k, f})
	}
	for _, k := range sortedKeys(changes) {
		if r := s.doc.Resource(k.resource.Name); r != nil {
			fit[key{r, k.id}], came[key{r, k.id}] = changes[k], k
			continue
		}
		lose(k, spec.Finding{
			Rule: "resource", Level: spec.Must, In: "body", Expected: "a resource of the document", Actual: spec.Clip(k.resource.Name),
		})
	}
	read := func(k key) ([]byte, error) {
		if c, changed := fit[k]; changed {
			return c.text, nil
		}
		return s.store.original(k)
	}
	for before := len(fit) + 1; before > len(fit); {
		before = len(fit)
		for _, k := range sortedKeys(fit) {
			fs, err := s.checkChange(read, k, fit[k])
			if err != nil {
				fs = []spec.Finding{{
					Rule: "schema", Level: spec.Must, In: "body", Expected: "a schema that can be used", Actual: spec.ClipReason(err.Error()),
				}}
			}
			if len(fs) > 0 {
				delete(fit, k)
				lose(came[k], fs[0])
			}
		}
	}
	return fit, lost
}

func sortedKeys(changes map[key]change) []key {
	return slices.SortedFunc(maps.Keys(changes), func(a, b key) int {
		return cmp.Or(strings.Compare(a.resource.Name, b.resource.Name), strings.Compare(a.id, b.id))
	})
}
