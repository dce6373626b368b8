package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// stateHeader says what the states of this server belong to.
func (s *Server) stateHeader() control.StateHeader {
	return control.StateHeader{
		Understudy: "state", Version: 1, Seed: s.set.seed,
		Document: control.StateDocument{Title: s.doc.Title, Hash: s.doc.Hash},
	}
}

// exportSession is what a session differs from the dataset by, and in how many records.
func exportSession(one *session) (control.SessionState, int) {
	made, changes := one.snapshot()
	out := control.SessionState{Made: made, Changes: control.Changes{}}
	for k, c := range changes {
		records := out.Changes[k.resource.Name]
		if records == nil {
			records = map[string]json.RawMessage{}
			out.Changes[k.resource.Name] = records
		}
		records[k.id] = json.RawMessage("null")
		if !c.deleted {
			records[k.id] = c.text
		}
		if c.owner != "" {
			if out.Owners == nil {
				out.Owners = map[string]map[string]string{}
			}
			if out.Owners[k.resource.Name] == nil {
				out.Owners[k.resource.Name] = map[string]string{}
			}
			out.Owners[k.resource.Name][k.id] = c.owner
		}
	}
	out.Order = orderOf(changes)
	return out, len(changes)
}

// orderOf lists the records that were made, the first one first, for each resource where that is not the order of their
// ids; nil where there is none.
func orderOf(changes map[key]change) map[string][]string {
	var made []key
	for k, c := range changes {
		if c.nth > 0 {
			made = append(made, k)
		}
	}
	if made == nil {
		return nil
	}
	slices.SortFunc(made, func(a, b key) int { return cmp.Compare(changes[a].nth, changes[b].nth) })
	out := map[string][]string{}
	for _, k := range made {
		out[k.resource.Name] = append(out[k.resource.Name], k.id)
	}
	maps.DeleteFunc(out, func(_ string, ids []string) bool { return slices.IsSorted(ids) })
	return out
}

// placeChanges tells changes that were read who owns them and which was made first. A state without an order, as older
// files are, has its made records by their ids.
func (s *Server) placeChanges(text []byte, changes map[key]change, read []key) {
	nth := uint64(0)
	place := func(k key) {
		c, there := changes[k]
		if !there || c.deleted || c.nth > 0 {
			return
		}
		if _, ofDataset := s.store.dataset.Index(k.resource, k.id); !ofDataset {
			nth++
			c.nth = nth
			changes[k] = c
		}
	}
	orders, _ := membersOf(memberAt(text, "order"))
	for _, m := range orders {
		ids, _ := elementsOf(m.value)
		for _, id := range ids {
			place(key{s.doc.Resource(m.name), idOf(id)})
		}
	}
	slices.SortFunc(read, func(a, b key) int { return strings.Compare(a.id, b.id) })
	for _, k := range read {
		place(k)
	}
	owners, _ := membersOf(memberAt(text, "owners"))
	for _, m := range owners {
		owned, _ := membersOf(m.value)
		for _, o := range owned {
			k := key{s.doc.Resource(m.name), o.name}
			if c, there := changes[k]; there {
				c.owner = idOf(o.value)
				changes[k] = c
			}
		}
	}
}

// foreignState says in which way a state, which keeps its schema, belongs to another server. The hint is the way out.
func (s *Server) foreignState(text []byte) []spec.Finding {
	var fs []spec.Finding
	document := memberAt(text, "document")
	if hash := idOf(memberAt(document, "hash")); hash != s.doc.Hash {
		fs = append(fs, spec.Finding{
			Rule: "foreign", Level: spec.Must, Pointer: "/document/hash",
			Expected: fmt.Sprintf("%q, the hash of %s and its overlays", s.doc.Hash, s.doc.Name()),
			Actual:   spec.Clip(fmt.Sprintf("%q, of %q", hash, idOf(memberAt(document, "title")))),
			Hint:     "serve the document the state was made with, or use another state",
		})
	}
	seed := uintOf(json.Number(memberAt(text, "seed")))
	if seed != s.set.seed {
		fs = append(fs, spec.Finding{
			Rule: "foreign", Level: spec.Must, Pointer: "/seed", Expected: fmt.Sprintf("%d, the seed here", s.set.seed),
			Actual: fmt.Sprint(seed), Hint: fmt.Sprintf("start the server with --seed %d, or use another state", seed),
		})
	}
	return fs
}

// readSession reads a session's state, which keeps its schema, and holds every record against its own. The error is of
// a schema that cannot be used.
func (s *Server) readSession(text []byte) (made uint64, changes map[key]change, fs []spec.Finding, err error) {
	made = uintOf(json.Number(memberAt(text, "made")))
	changes = map[key]change{}
	var order []key
	resources, _ := membersOf(memberAt(text, "changes"))
	for _, m := range resources {
		r := s.doc.Resource(m.name)
		if r == nil {
			fs = append(fs, s.noResource("", strictjson.Pointer("changes", m.name), m.name))
			continue
		}
		records, _ := membersOf(m.value)
		for _, rec := range records {
			at := key{r, rec.name}
			order = append(order, at)
			changes[at] = change{text: bytes.Clone(rec.value)} // the whole text may be large
			if isNull(rec.value) {
				changes[at] = change{deleted: true}
			}
		}
	}
	more, err := s.checkChanges(changes, order)
	s.placeChanges(text, changes, order)
	fs = append(fs, more...)
	return made, changes, fs[:min(len(fs), spec.MaxFindings)], err
}

// checkChanges holds every changed record against its schema; references are looked up among the changes first.
func (s *Server) checkChanges(changes map[key]change, order []key) ([]spec.Finding, error) {
	read := func(k key) ([]byte, error) {
		if c, changed := changes[k]; changed {
			return c.text, nil
		}
		return s.store.original(k)
	}
	var out []spec.Finding
	for _, at := range order {
		if len(out) >= spec.MaxFindings {
			break
		}
		fs, err := s.checkChange(read, at, changes[at])
		if err != nil {
			return nil, err
		}
		for _, f := range fs {
			f.Pointer = strictjson.Pointer("changes", at.resource.Name, at.id) + f.Pointer
			out = append(out, f)
		}
	}
	return out, nil
}

func (s *Server) checkChange(read reader, at key, c change) ([]spec.Finding, error) {
	if f := badKey(at); f != nil {
		f.Pointer = ""
		return []spec.Finding{*f}, nil
	}
	if c.deleted {
		return nil, nil
	}
	if f := otherID(at, idAt(c.text, at.resource.ID)); f != nil {
		return []spec.Finding{*f}, nil
	}
	return s.checkWhole(read, at, c.text)
}
