package mockserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// update is one change of a record, or its making, with what it changes of the records it refers to.
type update struct {
	server  *Server
	x       *exchange
	session *session
	op      *spec.Operation
	sub     subject
	body    []byte          // compact text of the record that was sent
	at      []string        // of the record in the body as it was sent
	form    *spec.Schema    // of the record in the body
	media   *spec.MediaType // of the body; nil for none
	keeps   *spec.Schema    // that the record was found to keep; nil for none
	patch   patchDocument
	in      records // as the update sees them
	kind    kind
	levels  int
	// given says that whoever makes the record has chosen its id, born that there was none.
	given, born bool
	// made are the ids of records that the update makes, by their place in the body: planning again draws no others.
	made map[string]string
	tx   tx // of the attempt that is made
	few  struct {
		keys  [1]key
		steps [1]step
	} // room for what most updates need
}

// kind is how a text becomes a record.
type kind int

const (
	merging   kind = iota // into the record
	replacing             // the record, but for what is the server's to say
	patching              // the whole record, changed by a JSON Patch
	making                // a record that is not there
)

// step is one record that an update writes: by merging a patch in, or by making it.
type step struct {
	key     key
	patch   []byte
	kind    kind
	pointer []string // of the patch in the body
	asSent  bool     // the patch has no member that the body has not
}

// maxLinked bounds the records that one update may touch.
const maxLinked = 256

// maxRetries bounds how often an update starts again because a link it follows was changed meanwhile.
const maxRetries = 100

// run applies the update and makes the answer, or changes nothing. Between the two the records concerned are locked, so
// of two updates at the same time none is lost.
func (u *update) run() answer {
	keys := u.sub.keys(u.few.keys[:0])
	for range maxRetries {
		a, more := u.attempt(keys)
		if len(more) == 0 {
			return a
		}
		keys = append(keys, more...)
	}
	return u.server.problem(u.op, reasonBusy, nil)
}

// attempt is run with the records of these keys locked; without an answer it says which more are needed.
func (u *update) attempt(keys []key) (a answer, more []key) {
	t := &u.tx
	t.begin(u.server.store, u.session, keys)
	defer t.rollback()
	steps, problem := u.plan(t)
	if problem != nil {
		return *problem, nil
	}
	for _, s := range steps {
		if !t.holds(s.key) {
			more = append(more, s.key)
		}
	}
	if len(more) > 0 {
		return a, more
	}
	return u.finish(t, steps), nil
}

// finish writes the steps, checks the answer and only then lets the changes be seen.
func (u *update) finish(t *tx, steps []step) answer {
	for _, s := range steps {
		if problem := u.write(t, s); problem != nil {
			return *problem
		}
	}
	a := u.server.recordAnswer(u.x, t, u.sub.key, u.levels, u.born)
	if a.status >= 400 {
		return a
	}
	if !t.commit() {
		return u.server.problem(u.op, reasonStateFull, nil)
	}
	return a
}

// plan finds every record the update writes: itself first, then those its relations carry as objects.
func (u *update) plan(t *tx) ([]step, *answer) {
	u.in = t
	if a := u.server.missing(u.op, t, u.sub); a != nil {
		return nil, a
	}
	record, err := t.current(u.sub.key)
	if err != nil {
		return nil, new(u.server.unservable(u.op, err))
	}
	if a := u.meet(t, record); a != nil {
		return nil, a
	}
	if u.kind == making {
		record = nil
	} else if a := u.server.condition(u.x, t, u.sub.key, record, u.levels); a != nil {
		return nil, a
	}
	sent, a := u.sent(t, record)
	if a != nil {
		return nil, a
	}
	p := planner{u: u, tx: t}
	p.steps = append(u.few.steps[:0], step{key: u.sub.key, kind: u.kind, pointer: u.at})
	if u.born {
		p.steps[0].kind = making
	}
	p.steps[0].patch = p.relations(u.sub.key.resource, record, sent, u.at)
	p.steps[0].asSent = same(p.steps[0].patch, sent)
	switch {
	case p.err != nil:
		return nil, new(u.server.unservable(u.op, p.err))
	case len(p.findings) > 0:
		spec.SortFindings(p.findings)
		return nil, new(u.refuse(spec.Invalid, p.findings))
	}
	return p.steps, nil
}

// meet decides what to do about a record that is there, or not: a creation wants none, anything else wants one, unless
// it may make it.
func (u *update) meet(t *tx, record []byte) *answer {
	k := u.sub.key
	u.born = record == nil
	if u.kind != making {
		if record == nil && !(u.op.Creates() && u.kind == replacing && fixtures.FitsID(k.resource, k.id)) {
			f := u.server.lacking(u.op, t, k, u.sub.item)
			if f.In == "body" {
				f.Pointer = strictjson.Pointer(u.at...) + f.Pointer
			}
			return new(u.refuse(reasonNoRecord, []spec.Finding{f}))
		}
		return nil
	}
	u.born = true
	switch {
	case record != nil && u.given:
		return new(u.alreadyThere(k))
	case record != nil || k.id == "":
		id, ok := t.fresh(k.resource)
		if !ok {
			return new(u.server.problem(u.op, reasonStateFull, []spec.Finding{{
				Rule: "id", Level: spec.Must, Operation: u.op.ID, In: "document", Document: k.resource.Schema.Location,
				Expected: "room for one more record", Actual: "all ids that the document allows are taken",
				Hint: "serve fewer records (--count)",
			}}))
		}
		u.sub.key.id = id
	}
	return nil
}

// sent is what the request says of the record, without what is not for it to say.
func (u *update) sent(t *tx, record []byte) ([]byte, *answer) {
	r, body := u.sub.key.resource, u.body
	if u.kind == patching {
		changed, a := u.applyPatch(record)
		if a != nil {
			return nil, a
		}
		body = changed
	}
	if !u.born {
		if f := u.otherID(r, body, u.sub.key.id, u.at); f != nil {
			return nil, new(u.refuse(spec.Invalid, []spec.Finding{*f}))
		}
	}
	if f := u.server.contradiction(u.op, t, u.sub, body); f != nil {
		f.Pointer = strictjson.Pointer(u.at...) + f.Pointer
		return nil, new(u.refuse(spec.Invalid, []spec.Finding{*f}))
	}
	return u.admit(body), nil
}

// otherID is the finding for a body that carries another id than its record has.
func (u *update) otherID(r *spec.Resource, body []byte, id string, at []string) *spec.Finding {
	sent := idAt(body, r.ID)
	if sent == nil || quotes(sent, id) || canonicalID(r, sent) == id {
		return nil
	}
	return &spec.Finding{
		Rule: "id", Level: spec.Must, Operation: u.op.ID, In: "body",
		Pointer:  strictjson.Pointer(append(slices.Clone(at), r.ID.Path()...)...),
		Document: r.IDSchema().Location,
		Expected: fmt.Sprintf("%q, the id in the path", id),
		Actual:   spec.Clip(string(sent)),
		Hint:     "the id of a record stays; leave it out or send the same",
	}
}

// quotes reports whether a JSON text is plainly that string.
func quotes(text []byte, s string) bool {
	return len(text) == len(s)+2 && text[0] == '"' && string(text[1:len(text)-1]) == s && !hasEscape(text)
}

// canonicalID is the id that a JSON text holds, as the resource's ids are written: 7.0 and 7 are the same number.
func canonicalID(r *spec.Resource, text []byte) string {
	id := idOf(text)
	if _, isNumber := fixtures.IDValue(r, id).(json.Number); !isNumber || wholeNumber.MatchString(id) || len(id) > 400 {
		return id
	}
	f, err := strconv.ParseFloat(id, 64)
	if err != nil || math.Abs(f) > 1e300 {
		return id
	}
	if n, ok := new(big.Rat).SetString(id); ok && n.IsInt() {
		return n.Num().String()
	}
	return id
}

// idOf is the id that a JSON text holds: a string, or a number's text; "" for anything else.
func idOf(text []byte) string {
	if n := len(text); n >= 2 && text[0] == '"' && text[n-1] == '"' && bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : n-1])
	}
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
			if p.err != nil || isNull(text) || unchanged(old, text) {
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

// unchanged reports whether a record has the very reference already. One to a record that is gone may stay.
func unchanged(old []pathValue, text []byte) bool {
	return text[0] != '{' && slices.ContainsFunc(old, func(v pathValue) bool { return bytes.Equal(v.text, text) })
}

// reference is the text of the id that a reference links.
func (p *planner) reference(rel spec.Relation, text []byte, linked string, pointer []string) []byte {
	if text[0] != '{' {
		p.mustExist(rel, text, pointer)
		return text
	}
	id := idOf(idAt(text, rel.Target.ID))
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
	id, ok := t.fresh(r)
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
	if p.tx.exists(key{rel.Target, id}) {
		return
	}
	hint := "link a record that is there, or send an object to make one"
	if first, _ := p.u.server.placeIn(p.tx, rel.Target); first != "" {
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
