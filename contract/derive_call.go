package contract

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// callChecks are those of an operation that updates no record: it is sent what the document allows and what it forbids.
func (v *deriver) callChecks() {
	v.answersChecks()
	v.bodyCases()
	v.parameterChecks()
}

// answersChecks: what the document allows is answered as it says.
func (v *deriver) answersChecks() {
	op := v.op
	v.answerChecks()
	v.add(Check{Kind: Accepts, Rule: "request", Requests: 2, run: func(p *probe) {
		req := p.valid(op)
		a := p.call("a request that the document allows", req)
		p.acceptedCall(op, a, expected{rule: "request", in: "body", what: "this request"})
	}}, "accepts a valid request")
}

// maxBodyCases bounds the bodies that are tried for one place and rule of an operation that updates no record: each may
// make a record.
const maxBodyCases = 6

// bodyCases: bodies that the document allows are taken, bodies that it forbids are refused.
func (v *deriver) bodyCases() {
	op, s := v.op, writtenSchema(v.op)
	if s == nil {
		return
	}
	free := func(name string) bool {
		if op.Resource == nil {
			return true
		}
		return name == "" || !op.Resource.ID.Is(name) && v.relation(name) == nil && !op.Resource.OwnerID().Is(name)
	}
	for _, g := range v.groups(v.besidesIDs(v.cases.validOf(s)), free, acceptWords) {
		v.acceptBodies(g, s)
	}
	for _, g := range v.groups(v.besidesIDs(v.cases.brokenOf(s)), free, refuseWords) {
		v.refuseBodies(g, s)
	}
	v.wholeRefusals()
	v.otherTypes()
}

// besidesIDs are cases without those of an id that stands in a member of the record, its own or its owner's.
func (v *deriver) besidesIDs(cases []fixtures.Case) []fixtures.Case {
	res := v.op.Resource
	if res == nil {
		return cases
	}
	return slices.DeleteFunc(slices.Clone(cases), func(c fixtures.Case) bool {
		return c.Pointer != "" && (c.Pointer == res.ID.Pointer() || c.Pointer == res.OwnerID().Pointer())
	})
}

// ownerProperty reports whether a property of the record names its owner, or holds what does.
func (v *deriver) ownerProperty(name string) bool { return v.op.Resource.OwnerID().Holds(name) }

func (v *deriver) acceptBodies(g *group, s *spec.Schema) {
	op, level := v.op, v.levelAt(g.schema)
	if g.should {
		level = spec.Should
	}
	cases := slices.DeleteFunc(slices.Clone(g.cases), func(tc fixtures.Case) bool { return long(tc) > 0 || !canSay(op, tc.Value) })
	if len(cases) == 0 {
		return
	}
	cases = spread(cases, maxBodyCases)
	c := Check{Kind: Accepts, Rule: cases[0].Rule, Level: level, Document: g.schema.Location, Requests: 2 * len(cases)}
	c.run = func(p *probe) {
		for _, tc := range cases {
			req, ok := p.caseRequest(op, tc, s)
			if !ok {
				continue
			}
			a := p.call(tc.Name, req)
			e := expected{
				rule: tc.Rule, in: "body", pointer: tc.Pointer, level: level, document: v.ruleLocation(tc), what: caseWords(tc),
			}
			if p.acceptedCall(op, a, e) && op.Action == spec.ActionCreate {
				p.shows(op, req, a)
			}
		}
	}
	v.add(c, "%s", g.name("accepts"))
}

// caseRequest is a request with the body of a case, whose references are records that are there.
func (p *probe) caseRequest(op *spec.Operation, tc fixtures.Case, s *spec.Schema) (Request, bool) {
	key, body := p.concerned(op), tc.Value
	switch v := body.(type) {
	case strictjson.Object:
		body = p.r.settled(p.ctx, op, key, v, false)
	case []any:
		body = p.r.keyedRows(op, s, v)
	}
	if !s.Valid(strictjson.Plain(body), spec.In) {
		return Request{}, false
	}
	if kept, all := p.removable(op, key, body); !all || !strictjson.Equal(kept, body) || !canSay(op, body) {
		return Request{}, false
	}
	req, err := p.r.places.saying(op, key, body)
	return req, err == nil
}

// spread picks at most n cases, evenly.
func spread(cases []fixtures.Case, n int) []fixtures.Case {
	if len(cases) <= n {
		return cases
	}
	out := make([]fixtures.Case, 0, n)
	for i := range n {
		out = append(out, cases[i*(len(cases)-1)/(n-1)])
	}
	return out
}

func (v *deriver) refuseBodies(g *group, s *spec.Schema) {
	op := v.op
	cases := spread(slices.DeleteFunc(slices.Clone(g.cases), func(tc fixtures.Case) bool { return !saysBroken(op, tc.Value) }), maxBodyCases)
	if len(cases) == 0 {
		return
	}
	c := Check{
		Kind: Refuses, Rule: cases[0].Rule, Level: v.writtenLevel(g), Document: g.schema.Location, Requests: len(cases) + 1,
	}
	c.run = func(p *probe) {
		for _, tc := range cases {
			key, body := p.concerned(op), tc.Value
			if o, ok := body.(strictjson.Object); ok {
				body = ofItself(op, key, p.r.settledAround(op, o, firstSegment(tc.Pointer)))
			}
			if s.Valid(strictjson.Plain(body), spec.In) || !saysBroken(op, body) {
				continue
			}
			req, err := p.r.places.saying(op, key, body)
			if err != nil && !errors.Is(err, spec.ErrNotCarried) {
				continue
			}
			p.refusedCall(op, p.call(tc.Name, req), expected{
				rule: tc.Rule, in: "body", pointer: tc.Pointer, document: v.ruleLocation(tc), what: caseWords(tc),
			})
		}
	}
	v.add(c, "%s", g.name("refuses"))
}

// unwrappedRefusal: a body without the member that carries the record, where the document requires that.
func (v *deriver) unwrappedRefusal() {
	op, path := v.op, recordPath(v.op)
	if !spec.IsJSON(bodyType(op)) {
		return
	}
	if m := bodyMedia(op); m.Envelope != nil && m.Envelope.List != nil {
		path = m.Envelope.List.Path
	}
	if len(path) == 0 || bodyMedia(op).Schema.Valid(map[string]any{}, spec.In) {
		return
	}
	at := bodyMedia(op).Schema.KeywordLocation("required")
	v.add(Check{
		Kind: Refuses, Rule: "required", Document: at, Requests: 2, Harmful: op.Action == spec.ActionReplace, run: func(p *probe) {
			req := p.valid(op)
			req.Body = []byte("{}")
			p.refusedCall(op, p.call("a body without the record", req), expected{
				rule: "required", in: "body", document: at, what: "a body without " + strictjson.Pointer(path...),
			})
		},
	}, "refuses a body without %s", strings.Join(path, "."))
}

// shows demands that an answer to a creation shows what was sent: should, for what a creation does is inferred.
func (p *probe) shows(op *spec.Operation, req Request, a *Answer) {
	rec := recordIn(op, a)
	if rec == nil {
		return
	}
	if o := sentRecord(req); o != nil {
		p.sameAsSent(op, op, o, rec, "echo")
	}
}

// saidChecks: what an update sends in a form, or by other names than the record's, is there. That it is of the record at all is
// inferred, so it is good practice.
func (v *deriver) saidChecks() {
	op, m := v.op, bodyMedia(v.op)
	if !isUpdate(op) || m == nil || writtenSchema(op) == nil || spec.IsJSON(bodyType(op)) && !m.Renames() {
		return
	}
	how := "in a form"
	if !spec.IsJSON(bodyType(op)) && !isForm(m) {
		how = "as " + m.Type
	}
	v.add(Check{Kind: Updates, Rule: "echo", Level: spec.Should, Requests: 2, run: func(p *probe) {
		id := p.firstID(op)
		req := p.withBody(op, recordKey{op.Resource, id})
		a := p.call("an update with all members", req)
		if !p.acceptedCall(op, a, expected{rule: "request", in: "body", what: "this request"}) {
			return
		}
		if rec := p.after(op, id, a); rec != nil {
			p.sameAsSent(op, op, sentRecord(req), rec, "echo")
		}
	}}, "shows what was sent under other names or %s", how)
}

// sameAsSent demands that a record has what was sent to make it, or to change it.
func (p *probe) sameAsSent(op, shows *spec.Operation, sent, rec map[string]any, rule string) {
	for _, prop := range everyProperty(writtenSchema(op)) {
		val, was := sent[prop.Name]
		shown := op.Resource.Schema.KindProperty(prop.Name)
		if !was || op.Resource.ID.Is(prop.Name) || prop.Schema.WriteOnly || shown == nil || shown.WriteOnly ||
			isReadOnly(shown) || isReadOnly(prop.Schema) || relationOf(op.Resource, prop.Name) != nil ||
			!showable(op, prop.Name, val) || !showable(shows, prop.Name, val) {
			continue
		}
		if !sameValue(prop.Schema, val, rec[prop.Name]) {
			p.find(spec.Finding{
				Rule: rule, Level: spec.Should, In: "body", Pointer: strictjson.Pointer(prop.Name), Document: prop.Schema.Location,
				Expected: "the value that was sent, " + spec.Clip(string(strictjson.Append(nil, val))),
				Actual:   p.shownOr(rec, prop.Name),
			})
		}
	}
}

// isGone reports whether a status says that there is no record.
func isGone(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }
