package mockserver

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// update is one change of a record with what it changes of the records it refers to.
type update struct {
	server  *Server
	x       *exchange
	session *session
	op      *spec.Operation
	key     key
	body    []byte // compact text
	replace bool
	levels  int
	// made are the ids of records that the update makes, by their place in the body: planning again draws no others.
	made map[string]string
}

// step is one record that an update writes: by merging a patch in, or by making it.
type step struct {
	key     key
	patch   []byte
	replace bool
	pointer []string // of the patch in the body
}

// maxLinked bounds the records that one update may touch.
const maxLinked = 256

// maxRetries bounds how often an update starts again because a link it follows was changed meanwhile.
const maxRetries = 100

// run applies the update and makes the answer, or changes nothing. Between the two the records concerned are locked, so
// of two updates at the same time none is lost.
func (u *update) run() answer {
	keys := []key{u.key}
	for range maxRetries {
		t := u.server.store.begin(u.session, keys)
		steps, problem := u.plan(t)
		if problem != nil {
			t.rollback()
			return *problem
		}
		var needed []key
		for _, s := range steps {
			needed = append(needed, s.key)
		}
		if !t.holds(needed) {
			t.rollback()
			keys = append(keys, needed...)
			continue
		}
		return u.finish(t, steps)
	}
	return u.server.problem(u.op, reasonBusy, nil)
}

// finish writes the steps, checks the answer and only then lets the changes be seen.
func (u *update) finish(t *tx, steps []step) answer {
	for _, s := range steps {
		if problem := u.write(t, s); problem != nil {
			t.rollback()
			return *problem
		}
	}
	record, err := t.current(u.key)
	if err != nil {
		t.rollback()
		return u.server.unservable(u.op, err)
	}
	a := u.server.recordAnswer(u.x, t.current, u.key.resource, record, u.levels)
	if a.status >= 400 {
		t.rollback()
		return a
	}
	if !t.commit() {
		return u.server.problem(u.op, reasonStateFull, nil)
	}
	return a
}

// plan finds every record the update writes: itself first, then those its relations carry as objects.
func (u *update) plan(t *tx) ([]step, *answer) {
	record, err := t.current(u.key)
	if err != nil {
		return nil, new(u.server.unservable(u.op, err))
	}
	if record == nil {
		return nil, new(u.server.noRecord(u.op, u.key))
	}
	if f := u.otherID(u.key.resource, u.body, u.key.id, nil); f != nil {
		return nil, new(u.server.problem(u.op, spec.Invalid, []spec.Finding{*f}))
	}
	p := planner{u: u, tx: t}
	p.steps = []step{{key: u.key, replace: u.replace}}
	p.steps[0].patch = p.relations(u.key.resource, record, u.body, nil)
	switch {
	case p.err != nil:
		return nil, new(u.server.unservable(u.op, p.err))
	case len(p.findings) > 0:
		spec.SortFindings(p.findings)
		return nil, new(u.server.problem(u.op, spec.Invalid, p.findings))
	}
	return p.steps, nil
}

// otherID is the finding for a body that carries another id than its record has.
func (u *update) otherID(r *spec.Resource, body []byte, id string, at []string) *spec.Finding {
	sent := memberAt(body, r.IDProperty)
	if sent == nil || idOf(sent) == id {
		return nil
	}
	return &spec.Finding{
		Rule: "id", Level: spec.Must, Operation: u.op.ID, In: "body",
		Pointer:  strictjson.Pointer(append(slices.Clone(at), r.IDProperty)...),
		Document: r.Schema.Property(r.IDProperty).Location,
		Expected: fmt.Sprintf("%q, the id in the path", id),
		Actual:   spec.Clip(string(sent)),
		Hint:     "the id of a record stays; leave it out or send the same",
	}
}

// idOf is the id that a JSON text holds: a string, or a number's text; "" for anything else.
func idOf(text []byte) string {
	v, err := strictjson.Decode(text, strictjson.Limits{})
	if err != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// planner walks the relations of a body.
type planner struct {
	u        *update
	tx       *tx
	steps    []step
	findings []spec.Finding
	err      error
}

// relations turns every reference in a body into the id it links, and plans an update for each that came as an object.
// It returns the body with ids in the references' places.
func (p *planner) relations(r *spec.Resource, record, body []byte, at []string) []byte {
	for _, rel := range r.Relations {
		values := valuesAt(body, rel.Path)
		old := valuesAt(record, rel.Path)
		n := -1
		body = editAt(body, rel.Path, func(text []byte) []byte {
			n++
			if p.err != nil || isNull(text) {
				return text
			}
			pointer := append(slices.Clone(at), values[n].pointer...)
			linked := ""
			// Only a lone reference has a record it is already linked to; items of an array are matched by their ids.
			if len(old) == 1 && !slices.Contains(rel.Path, "*") {
				linked = idOf(old[0].text)
			}
			return p.reference(rel, text, linked, pointer)
		})
	}
	return body
}

// reference is the text of the id that a reference links.
func (p *planner) reference(rel spec.Relation, text []byte, linked string, pointer []string) []byte {
	if text[0] != '{' {
		p.mustExist(rel, text, pointer)
		return text
	}
	id := idOf(memberAt(text, rel.Target.IDProperty))
	if id == "" {
		id = linked
	}
	if len(p.steps) >= maxLinked {
		p.find(rel, pointer, fmt.Sprintf("at most %d related records in one update", maxLinked), "more", "")
		return text
	}
	k := key{rel.Target, id}
	var current []byte
	if id != "" {
		if current, p.err = p.tx.current(k); p.err != nil {
			return text
		}
	}
	if id == "" {
		var ok bool
		if k.id, ok = p.u.fresh(p.tx, rel.Target, strictjson.Pointer(pointer...)); !ok {
			p.find(rel, pointer, "room for one more record", "none", "")
			return text
		}
	}
	at := len(p.steps)
	p.steps = append(p.steps, step{key: k, pointer: pointer})
	p.steps[at].patch = p.relations(rel.Target, current, text, pointer)
	return strictjson.Append(nil, fixtures.IDValue(rel.Target, k.id))
}

func (u *update) fresh(t *tx, r *spec.Resource, pointer string) (string, bool) {
	if id, drawn := u.made[pointer]; drawn {
		return id, true
	}
	id, ok := t.store.fresh(t.session, r)
	if ok {
		if u.made == nil {
			u.made = map[string]string{}
		}
		u.made[pointer] = id
	}
	return id, ok
}

// mustExist refuses a link to a record that is not there.
func (p *planner) mustExist(rel spec.Relation, text []byte, pointer []string) {
	id := idOf(text)
	record, err := p.tx.current(key{rel.Target, id})
	if err != nil {
		p.err = err
		return
	}
	if record != nil {
		return
	}
	hint := "link a record that is there, or send an object to make one"
	if first := p.u.server.knownID(rel.Target); first != "" {
		hint = fmt.Sprintf("%q is there; an object instead of an id makes a new one", first)
	}
	p.find(rel, pointer, "the id of one of "+rel.Target.Name, spec.Clip(string(text)), hint)
}

func (p *planner) find(rel spec.Relation, pointer []string, expected, actual, hint string) {
	p.findings = append(p.findings, spec.Finding{
		Rule: "relation", Level: spec.Should, Operation: p.u.op.ID, In: "body",
		Pointer: strictjson.Pointer(pointer...), Document: rel.Location,
		Expected: expected, Actual: actual, Hint: hint,
	})
}

// apply makes the record's new text: the patch merged in, or put in its place. A record has its id from the start.
func (s step) apply(record []byte) []byte {
	r := s.key.resource
	id := member{r.IDProperty, strictjson.Append(nil, fixtures.IDValue(r, s.key.id))}
	switch {
	case s.replace && memberAt(s.patch, r.IDProperty) != nil:
		return s.patch
	case s.replace:
		ms, _ := membersOf(s.patch)
		return joinMembers(append([]member{id}, ms...))
	case record == nil:
		record = joinMembers([]member{id})
	}
	return mergePatch(record, s.patch)
}

// write merges one step into its record and holds the result against the record's schema.
func (u *update) write(t *tx, s step) *answer {
	record, err := t.current(s.key)
	if err != nil {
		return new(u.server.unservable(u.op, err))
	}
	r := s.key.resource
	merged := s.apply(record)
	fs, err := u.server.checkRecord(t.current, r, merged)
	if err != nil {
		return new(u.server.unservable(u.op, err))
	}
	if len(fs) > 0 {
		for i := range fs {
			fs[i].In, fs[i].Operation = "body", u.op.ID
			fs[i].Pointer = strictjson.Pointer(s.pointer...) + fs[i].Pointer
		}
		return new(u.server.problem(u.op, reasonMerged, fs))
	}
	t.write(s.key, merged)
	return nil
}

func itoa(i int) string { return strconv.Itoa(i) }
