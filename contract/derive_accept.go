package contract

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// answerChecks report what every success met along the way must keep.
func (v *deriver) answerChecks() {
	op := v.op
	location := op.Location
	if _, res := op.SuccessResponse(); res != nil {
		location = res.Location
	}
	ask := func(p *probe) {
		if bodySchema(op) != nil && isUpdate(op) && readerOf(op) == nil && readable(op) {
			p.readQuery(op, p.firstID(op), "")
			return
		}
		p.call("a request that the document allows", p.valid(op))
	}
	v.add(Check{Kind: Answers, Rule: "response", Document: location, late: true, Requests: 1, run: func(p *probe) {
		p.tellAfter(ask, op, metAnswer)
	}}, "answers as documented")
	v.add(Check{
		Kind: Answers, Rule: "status", Level: spec.Should, Document: location, late: true, Requests: 1,
		run: func(p *probe) {
			p.tellAfter(ask, op, metDrift)
		},
	}, "answers with documented statuses")
	v.add(Check{
		Kind: Answers, Rule: "undeclared", Level: spec.Should, Document: location, late: true, Requests: 1,
		run: func(p *probe) {
			p.tellAfter(ask, op, metUndeclared)
		},
	}, "answers with documented members alone")
}

// accepted demands a success for what the document allows; it returns whether there was one.
func (p *probe) accepted(a *Answer, c expected) bool {
	if isSuccess(a.Status) {
		p.claimsSuccess(a)
		return true
	}
	if a.Status == http.StatusNotFound {
		p.stopForWeather("the target answered 404 for a record that was there before")
	}
	if a.Status == http.StatusNotImplemented {
		p.find(spec.Finding{
			Rule: "status", Level: spec.Should, In: "status", Expected: "what the document says that the operation does",
			Actual: statusLine(a.Status),
		})
		p.notDone(a)
	}
	if a.Status == http.StatusInsufficientStorage {
		p.skip("the target says that it has no room for this (507 Insufficient Storage)")
	}
	if a.Status == http.StatusInternalServerError {
		c.rule = "server-error"
	}
	if a.Status < http.StatusInternalServerError && p.sentUndeclared(a) {
		p.skip("the document does not allow this body with the other members as the record shows them")
	}
	p.find(spec.Finding{
		Rule: c.rule, Level: c.level, In: c.in, Pointer: p.sentAt(c), Document: c.document,
		Expected: "a success, since the document allows " + c.what, Actual: statusLine(a.Status),
	})
	return false
}

// sentUndeclared reports whether the request of an answer has a JSON body that the document does not allow: where only some
// values can stand beside each other, a change of one may be none that the others go with.
func (p *probe) sentUndeclared(a *Answer) bool {
	for _, step := range slices.Backward(p.steps) {
		if step.Answer != a {
			continue
		}
		op := step.Request.operation()
		if op == nil || step.Request.Body == nil || !spec.IsJSON(step.Request.Header.Get("Content-Type")) {
			return false
		}
		m := bodyMedia(op)
		if m == nil || m.Schema == nil {
			return false
		}
		v, err := strictjson.Decode(step.Request.Body, answerLimits)
		return err == nil && !m.Schema.Valid(v, spec.In)
	}
	return false
}

// expected is what a request tests, for the finding it may lead to.
type expected struct {
	rule, in, pointer, what string
	level                   spec.Level
	document                spec.Location
}

// sentAt is the place of what a request tests in the body as it was sent.
func (p *probe) sentAt(e expected) string {
	if e.in != "body" || e.pointer == "" {
		return e.pointer
	}
	op := p.r.doc.Operation(p.check.Operation)
	at := strictjson.Pointer(recordPath(op)...) + e.pointer
	if op == nil || bodyMedia(op) == nil {
		return at
	}
	return bodyMedia(op).SentPointer(at)
}

// acceptChecks: whatever the document allows is taken and comes back as sent.
func (v *deriver) acceptChecks() {
	op, s := v.op, bodySchema(v.op)
	if s == nil || op.Action == spec.ActionReplace || s.Valid(map[string]any{}, spec.In) {
		v.add(Check{Kind: Accepts, Rule: "empty", Requests: 2, run: func(p *probe) {
			var before map[string]any
			for range 2 {
				a := p.update("an update without members", op, p.firstID(op), strictjson.Object{})
				if !p.accepted(a, expected{rule: "empty", in: "body", what: "an update without members"}) {
					return
				}
				now := p.after(op, p.firstID(op), a)
				p.unchanged(op, before, now, "empty")
				before = now
			}
		}}, "accepts an empty update")
	}
	if op.Body != nil && !op.Body.Required && (op.ItemParam != "" || op.Resource.Part) { // else the body has to name the record
		v.add(Check{
			Kind: Accepts, Rule: "required", Level: spec.Should, Document: op.Body.Location, Requests: 1,
			run: func(p *probe) {
				a := p.update("an update without a body", op, p.firstID(op), noBody{})
				p.accepted(a, expected{rule: "required", in: "body", what: "no body, as it is not marked required"})
			},
		}, "accepts no body")
	}
	if s == nil {
		return
	}
	for _, g := range v.groups(v.cases.validOf(s), v.isSettable(), acceptWords) {
		v.acceptGroup(g)
	}
	v.acceptWhole(s)
	if op.Resource.ID.In(s) == nil {
		return
	}
	v.add(Check{Kind: Accepts, Rule: "id", Requests: 1, run: func(p *probe) {
		id := p.firstID(op)
		if own := strictjson.Plain(p.complete(op, id, idBody(op.Resource, ownIDValue(op, id)))); !s.Valid(own, spec.In) {
			p.skip("the document does not allow this id in a body")
		}
		a := p.update("an update that carries the record's own id", op, id,
			idBody(op.Resource, ownIDValue(op, id)))
		p.accepted(a, expected{
			rule: "id", in: "body", pointer: op.Resource.ID.Pointer(),
			what: "the record's own id",
		})
	}}, "accepts the record's own id")
}

// acceptGroup sends each case alone.
func (v *deriver) acceptGroup(g *group) {
	op := v.op
	level := v.levelAt(g.schema)
	if g.should {
		level = spec.Should
	}
	var bodies []fixtures.Case
	for _, tc := range g.cases {
		if holdsNull(strictjson.Plain(tc.Value)) && g.property != "" {
			continue // null removes; that is checked apart
		}
		if g.property == "" {
			// Whole bodies are tried apart where they are empty, have all properties or are published.
			o, ok := tc.Value.(strictjson.Object)
			if !ok || len(o) == 0 || tc.Rule == "examples" || tc.Label() == "all at once" {
				continue
			}
		}
		bodies = append(bodies, tc)
	}
	if len(bodies) == 0 {
		return
	}
	// The longest goes first, so that the next one takes its place and later answers do not carry it.
	slices.SortStableFunc(bodies, func(a, b fixtures.Case) int { return long(b) - long(a) })
	c := Check{Kind: Accepts, Rule: bodies[0].Rule, Level: level, Document: g.schema.Location, Requests: len(bodies)}
	// A member that the document does not name cannot be taken away again.
	c.Harmful = g.property == "" && g.should
	c.run = func(p *probe) {
		for _, tc := range bodies {
			id, body, ok := p.kindred(op, tc.Value)
			if !ok || !allShowable(op, body) || !p.fitsMerged(op, id, body) {
				continue
			}
			a := p.update(tc.Name, op, id, body)
			e := expected{
				rule: tc.Rule, in: "body", pointer: tc.Pointer, level: level, document: v.ruleLocation(tc),
				what: caseWords(tc),
			}
			if p.accepted(a, e) {
				p.echoes(op, body, p.after(op, id, a), level)
			}
		}
	}
	v.add(c, "%s", g.name("accepts"))
}

// fitsMerged reports whether the record can have what becomes of it where the objects of an update are merged into those
// that are there: the members of both can be too many.
func (p *probe) fitsMerged(op *spec.Operation, id string, body any) bool {
	o, _ := body.(strictjson.Object)
	if op.Action != spec.ActionMerge {
		return true
	}
	for _, m := range o {
		shown := op.Resource.Schema.Property(m.Name)
		change, isObject := strictjson.Plain(m.Value).(map[string]any)
		if !isObject || shown == nil {
			continue
		}
		now := p.current(op, id)[m.Name]
		if _, isObject := now.(map[string]any); isObject && shown.Valid(now, spec.Out) && !shown.Valid(merged(now, change), spec.Out) {
			return false
		}
	}
	return true
}

// long is the length of a case's text where that is worth a thought.
func long(c fixtures.Case) int {
	v, _ := strictjson.Resolve(c.Value, c.Pointer)
	if text, ok := v.(string); ok && len(text) > 4<<10 {
		return len(text)
	}
	return 0
}

// ownRecords is a body that names the record it is sent to, where it names one, and no other record: references are left
// out where they can be, else they stay as they are.
func (p *probe) ownRecords(op *spec.Operation, id string, body any) any {
	o, ok := body.(strictjson.Object)
	if !ok {
		return body
	}
	out := strictjson.Object{}
	for _, m := range o {
		rel := relationOf(op.Resource, m.Name)
		switch {
		case rel != nil && !slices.Contains(bodySchema(op).Required, m.Name):
			continue
		case rel != nil:
			if now := referenceID(rel, p.current(op, id)[m.Name]); now != "" {
				m.Value = fixtures.IDValue(rel.Target, now)
			}
		}
		out = append(out, m)
	}
	return withOwnID(op, out, id)
}

func holdsNull(v any) bool {
	o, ok := v.(map[string]any)
	if !ok {
		return v == nil
	}
	for _, m := range o {
		if m == nil {
			return true
		}
	}
	return false
}

// caseWords names a case and shows its value: both are ours, so nothing is masked.
func caseWords(c fixtures.Case) string {
	v, _ := strictjson.Resolve(c.Value, c.Pointer)
	return fmt.Sprintf("%s (%s)", spec.Clip(string(strictjson.Append(nil, v))), c.Label())
}

// ruleLocation is the keyword in the document that a case is about.
func (v *deriver) ruleLocation(c fixtures.Case) spec.Location {
	return c.Schema.KeywordLocation(c.Rule)
}

// echoes demands that an answer shows each member as it was sent.
func (p *probe) echoes(op *spec.Operation, sent any, got map[string]any, level spec.Level) {
	o, ok := sent.(strictjson.Object)
	s := bodySchema(op)
	if !ok || s == nil {
		return
	}
	if got == nil {
		p.withoutRecord(op, level)
		return
	}
	for _, m := range o {
		prop := s.KindProperty(m.Name)
		_, there := got[m.Name]
		shown := op.Resource.Schema.KindProperty(m.Name)
		if prop == nil || prop.WriteOnly || shown == nil || shown.WriteOnly || !showable(op, m.Name, m.Value) ||
			serverSays(s, m.Name) || serverSays(op.Resource.Schema, m.Name) || !there && op.Resource.ID.Holds(m.Name) {
			continue // that an answer shows the id is for a check of its own
		}
		if !sameValue(prop, m.Value, got[m.Name]) {
			p.find(spec.Finding{
				Rule: "echo", Level: level, In: "body", Pointer: strictjson.Pointer(m.Name), Document: prop.Location,
				Expected: "the value that was sent, " + spec.Clip(string(strictjson.Append(nil, m.Value))),
				Actual:   p.shownOr(got, m.Name), Hint: "an update answers with the record as it now is",
			})
		}
	}
}

// showable reports whether a record can have a value of a property just as a body has it: many documents have a body say
// in one form what the record shows in another.
func showable(op *spec.Operation, name string, v any) bool {
	if op.Resource == nil || isReference(relationOf(op.Resource, name)) {
		return true
	}
	records := []*spec.Schema{op.Resource.Schema}
	read := isUpdate(op) && readerOf(op) != nil && !showsAll(op) // what an update did
	if _, res := op.SuccessResponse(); !read && res != nil && res.Envelope != nil {
		records = append(records, res.Envelope.Record)
	}
	return !slices.ContainsFunc(records, func(record *spec.Schema) bool {
		return !canHave(record, name, strictjson.Plain(v), spec.Out)
	})
}

// allShowable reports whether a record can have every member of a body that it shows at all.
func allShowable(op *spec.Operation, body any) bool {
	o, _ := body.(strictjson.Object)
	if !ofOneKind(op.Resource.Schema, o) {
		return false
	}
	for _, m := range o {
		if shown := op.Resource.Schema.KindProperty(m.Name); shown != nil && !isReadOnly(shown) && !showable(op, m.Name, m.Value) {
			return false
		}
	}
	return true
}

// withoutRecord tells of a success that carries no record, where the document says that it does.
func (p *probe) withoutRecord(op *spec.Operation, level spec.Level) {
	_, res := op.SuccessResponse()
	if res == nil || res.Envelope == nil {
		return
	}
	where := "the body"
	if len(res.Envelope.Path) > 0 {
		where = strictjson.Pointer(res.Envelope.Path...)
	}
	p.find(spec.Finding{
		Rule: "record", Level: level, In: "body", Pointer: strictjson.Pointer(res.Envelope.Path...), Document: res.Location,
		Expected: "the record as it now is, in " + where, Actual: "no record",
		Hint: "what an update sent must come back, and there is no other place for it",
	})
}

// shownOr is a member for a finding, or that there is none.
func (p *probe) shownOr(rec map[string]any, name string) string {
	v, ok := rec[name]
	if !ok {
		return "nothing"
	}
	return p.show(v)
}

// unchanged demands that nothing the body can set has changed, apart from what is named.
func (p *probe) unchanged(op *spec.Operation, before, after map[string]any, rule string, except ...string) {
	if before == nil || after == nil {
		return
	}
	for _, d := range differences(op, before, after, except...) {
		s := bodySchema(op).KindProperty(d.property)
		p.find(spec.Finding{
			Rule: rule, In: "body", Pointer: strictjson.Pointer(d.property), Document: s.Location,
			Expected: "the value it had, " + p.show(d.before), Actual: p.shownOr(after, d.property),
		})
	}
}
