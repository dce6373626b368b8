package mockserver

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// TakeOver makes a server that nobody has used yet go on where another one is, of the same seed and another version of
// the document: with its sessions, its journal and what it knows of its state file. Changed records that the document
// no longer allows are left behind; lost says which and why.
//
// Requests that the other server is still answering change nothing here.
func (s *Server) TakeOver(from *Server) (kept int, lost []spec.Finding) {
	loaded := map[string]*session{}
	for _, old := range from.sessions.list() {
		made, changes := old.snapshot()
		fit, unfit := s.fitting(changes)
		for _, f := range unfit {
			f.Pointer = strictjson.Pointer("sessions", old.name) + f.Pointer
			lost = append(lost, f)
		}
		one := newSession(old.name, &s.sessions.budget)
		one.lastUsed.Store(old.lastUsed.Load())
		s.placeAnew(fit)
		one.load(made, fit)
		loaded[old.name] = one
		kept += len(fit)
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
	return kept, lost
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

// fitting are the changes that this server's document allows. One that goes may be what another refers to, so they are
// looked at until nothing goes.
func (s *Server) fitting(changes map[key]change) (fit map[key]change, lost []spec.Finding) {
	fit = map[key]change{}
	lose := func(k key, f spec.Finding) {
		f.Pointer = strictjson.Pointer("changes", k.resource.Name, k.id) + f.Pointer
		lost = append(lost, f)
	}
	for _, k := range sortedKeys(changes) {
		if r := s.doc.Resource(k.resource.Name); r != nil {
			fit[key{r, k.id}] = changes[k]
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
				lose(k, fs[0])
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
