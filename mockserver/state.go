package mockserver

import (
	"bytes"
	"encoding/json"
	"fmt"

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
	}
	return out, len(changes)
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
	if f := otherID(at, memberAt(c.text, at.resource.IDProperty)); f != nil {
		return []spec.Finding{*f}, nil
	}
	return s.checkWhole(read, at, c.text)
}
