package mockserver

import (
	"sync"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// bodyText is the record in the body as compact JSON; without a body, what the query says of the record; "{}" where nothing does.
func bodyText(req *spec.Request) []byte {
	op := req.Operation
	switch {
	case req.MediaType != nil:
		return recordText(req.MediaType, req.JSONText())
	case op.Body != nil || op.Resource == nil:
		return []byte("{}")
	}
	var ms []member
	for _, f := range op.Changes(op.Resource) {
		if v, sent := req.Param(f.Param); sent {
			ms = append(ms, member{f.Value.Name(), strictjson.Append(nil, v)})
		}
	}
	return joinMembers(ms)
}

// recordText is the record in a body, with the record's names; one that a body may leave out, or send null for, says nothing.
func recordText(m *spec.MediaType, body []byte) []byte {
	if body = memberIn(body, m.RecordPath()); body == nil || isNull(body) {
		return []byte("{}")
	}
	return calledText(m, body)
}

// calledText is a record that was sent with the record's names.
func calledText(m *spec.MediaType, body []byte) []byte {
	if !m.Renames() {
		return body
	}
	ms, isObject := membersOf(body)
	if !isObject {
		return body
	}
	var out []member
	for _, sent := range ms {
		out = setMember(out, m.RecordName(sent.name), sent.value)
	}
	return joinMembers(out)
}

// update is the update that a request asks for, as far as every one is told alike.
func (s *Server) update(x *exchange, req *spec.Request) *update {
	u := updates.Get().(*update)
	op := req.Operation
	*u = update{
		server: s, x: x, session: x.session, op: op, sub: subjectOf(x, req), body: bodyText(req), form: op.BodyRecord(),
		keeps: req.Keeps(), levels: levelsOf(req), media: req.MediaType,
	}
	return u
}

// updates are those that have ended: a quarter of what an update would take anew.
var updates = sync.Pool{New: func() any { return new(update) }}

// end gives the update back. Nothing that outlives it may point into it.
func (u *update) end() {
	*u = update{}
	updates.Put(u)
}

// change is the update, or the making of a record, that a request asks for.
func (s *Server) change(x *exchange, req *spec.Request) answer {
	op := req.Operation
	u := s.update(x, req)
	defer u.end()
	if op.Batch != nil && (op.Action == spec.ActionCreate && u.body[0] == '[' || carriesList(req.MediaType)) {
		return s.batch(x, req)
	}
	if req.MediaType != nil {
		u.at = req.MediaType.RecordPath()
		if f := severalRows(op, req); f != nil {
			return s.problem(op, spec.Invalid, []spec.Finding{*f})
		}
	}
	r := op.Resource
	switch {
	case op.Action == spec.ActionCreate:
		u.create()
	case req.MediaType != nil && (req.MediaType.IsPatch() || spec.IsJSONPatch(field(x.r.Header, "Content-Type"))):
		u.kind = patching
		var bad []spec.Finding
		if u.patch, bad = s.readPatch(op, req.Value()); len(bad) > 0 {
			return s.problem(op, spec.Invalid, bad)
		}
	case op.Action == spec.ActionReplace:
		u.kind = replacing
	}
	if op.ItemParam == "" && op.Action != spec.ActionCreate && !r.Part {
		if a := u.named(); a != nil {
			return *a
		}
	}
	if a := u.mask(req); a != nil {
		return *a
	}
	return u.run()
}

// named takes the record to be the one whose id the body has; the answer is for a body without one.
func (u *update) named() *answer {
	r := u.sub.key.resource
	if u.sub.key.id = canonicalID(r, idAt(u.body, r.ID)); u.sub.key.id == "" {
		return new(u.unnamed())
	}
	return nil
}

// create makes the update one of a record that is not there yet. An id that the body's schema lets the client choose is
// taken; any other is the server's to find.
func (u *update) create() {
	r := u.sub.key.resource
	u.kind = making
	u.sub.key.id = ""
	ms, isObject := membersOf(u.body)
	if !isObject {
		u.body = []byte("{}")
		return
	}
	sent := idAt(u.body, r.ID)
	if sent == nil {
		return
	}
	schema := bodyID(u.form, r.ID)
	id := canonicalID(r, sent)
	free := schema != nil && !isReadOnly(schema) && !isReadOnly(r.IDSchema())
	if free && id != "" && fixtures.FitsID(r, id) {
		u.given, u.sub.key.id = true, id
	}
	u.body = joinMembers(withoutID(ms, r.ID))
}

// alreadyThere is the answer for a record that is to be made under an id that one has.
func (u *update) alreadyThere(k key) answer {
	return u.refuse(reasonExists, []spec.Finding{{
		Rule: "id", Level: spec.Must, Operation: u.op.ID, In: "body",
		Pointer:  strictjson.Pointer(u.at...) + k.resource.ID.Pointer(),
		Document: k.resource.IDSchema().Location, Expected: "an id that no record has",
		Actual: spec.Clip(string(strictjson.Append(nil, k.id))),
		Hint:   "leave it out where the document allows, and the server finds one",
	}})
}

// refuse is the answer for a body that cannot be taken: its findings name places in the body as it was sent.
func (u *update) refuse(why spec.Reason, fs []spec.Finding) answer {
	for i, f := range fs {
		if u.media != nil && f.In == "body" {
			fs[i].Pointer = u.media.SentPointer(f.Pointer)
		}
	}
	return u.server.problem(u.op, why, fs)
}

// unnamed is the answer for an update that has to name its record in the body, and does not.
func (u *update) unnamed() answer {
	r := u.sub.key.resource
	f := spec.Finding{
		Rule: "required", Level: spec.Must, Operation: u.op.ID, In: "body",
		Pointer:  strictjson.Pointer(u.at...) + r.ID.Pointer(),
		Document: r.IDSchema().Location, Expected: "the id of one of " + r.Name, Actual: "nothing",
		Hint: "the path names no record, so the body has to",
	}
	if sent := idAt(u.body, r.ID); sent != nil {
		f.Actual = spec.Clip(string(sent))
	}
	if known, _ := u.server.placeIn(seen{u.server.store, u.session}, r); known != "" {
		f.Hint += "; " + string(strictjson.Append(nil, fixtures.IDValue(r, known))) + " is there"
	}
	return u.refuse(spec.Invalid, []spec.Finding{f})
}
