package contract

import (
	"fmt"
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
	op, s := v.op, bodySchema(v.op)
	if s == nil {
		return
	}
	free := func(name string) bool {
		if op.Resource == nil {
			return true
		}
		return name == "" || name != op.Resource.IDProperty && v.relation(name) == nil && !v.ownerProperty(name)
	}
	for _, g := range v.groups(v.cases.validOf(s), free, acceptWords) {
		v.acceptBodies(g, s)
	}
	for _, g := range v.groups(v.cases.brokenOf(s), free, refuseWords) {
		v.refuseBodies(g, s)
	}
	v.wholeRefusals()
}

// ownerProperty reports whether a property of the record names its owner.
func (v *deriver) ownerProperty(name string) bool {
	parent := v.op.Resource.Parent
	return parent != nil && parent.Property == name
}

func (v *deriver) acceptBodies(g *group, s *spec.Schema) {
	op, level := v.op, v.levelAt(g.schema)
	if g.should {
		level = spec.Should
	}
	cases := slices.DeleteFunc(slices.Clone(g.cases), func(tc fixtures.Case) bool { return long(tc) > 0 })
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
	key, body := p.owner(op), tc.Value
	if o, ok := body.(strictjson.Object); ok {
		body = p.r.settled(p.ctx, op, key, o, false)
	}
	if !s.Valid(strictjson.Plain(body), spec.In) {
		return Request{}, false
	}
	return p.r.places.request(op, key, "", strictjson.Append(nil, body)), true
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
	cases := spread(g.cases, maxBodyCases)
	c := Check{
		Kind: Refuses, Rule: cases[0].Rule, Level: v.refusalLevel(g), Document: g.schema.Location, Requests: len(cases) + 1,
	}
	c.run = func(p *probe) {
		for _, tc := range cases {
			key, body := p.owner(op), tc.Value
			if o, ok := body.(strictjson.Object); ok {
				body = p.r.settledAround(op, o, firstSegment(tc.Pointer))
			}
			if s.Valid(strictjson.Plain(body), spec.In) {
				continue
			}
			a := p.call(tc.Name, p.r.places.request(op, key, "", strictjson.Append(nil, body)))
			p.refusedCall(op, a, expected{
				rule: tc.Rule, in: "body", pointer: tc.Pointer, document: v.ruleLocation(tc), what: caseWords(tc),
			})
		}
	}
	v.add(c, "%s", g.name("refuses"))
}

// wholeRefusals: bodies that are no JSON.
func (v *deriver) wholeRefusals() {
	op := v.op
	v.add(Check{
		Kind: Refuses, Rule: "json-malformed", Document: op.Body.Location, Requests: 3, run: func(p *probe) {
			for _, change := range []struct {
				name string
				of   func(string) string
			}{
				{"a body that ends too early", func(good string) string { return good[:len(good)-1] }},
				{"no JSON at all", func(string) string { return "<xml/>" }},
			} {
				req := p.valid(op)
				if len(req.Body) < 2 || len(change.of(string(req.Body))) == 0 {
					continue
				}
				req.Body = []byte(change.of(string(req.Body)))
				p.refusedCall(op, p.call(change.name, req), expected{rule: "json-malformed", in: "body", what: change.name})
			}
		},
	}, "refuses malformed JSON")
	if !op.Body.Required {
		return
	}
	v.add(Check{
		Kind: Refuses, Rule: "required", Document: op.Body.Location, Requests: 1, run: func(p *probe) {
			req := p.valid(op)
			req.Body = nil
			req.Header.Del("Content-Type")
			p.refusedCall(op, p.call("no body", req), expected{rule: "required", in: "body", what: "leaving the body out"})
		},
	}, "refuses no body")
}

// parameterChecks: what the parameters allow and forbid.
func (v *deriver) parameterChecks() {
	for _, param := range v.op.Parameters {
		if param.Schema == nil || ignoredHeader(param) || param.In == "path" {
			continue
		}
		v.acceptParameter(param)
		v.refuseParameter(param)
		if param.Required {
			v.missingParameter(param)
		}
	}
}

// ignoredHeader reports whether a header parameter means nothing by OpenAPI's own words.
func ignoredHeader(p *spec.Parameter) bool {
	return p.In == "header" && slices.ContainsFunc([]string{"Accept", "Content-Type", "Authorization"}, func(name string) bool {
		return strings.EqualFold(name, p.Name)
	})
}

// parameterLevel is must where it is known what a parameter means, so that every value it allows has a meaning.
func (v *deriver) parameterLevel(param *spec.Parameter) spec.Level {
	op := v.op
	if l := op.List; l != nil {
		known := slices.Contains([]*spec.Parameter{l.Limit, l.Offset, l.Page, op.Unfold}, param) ||
			slices.ContainsFunc(l.Filters, func(f spec.Filter) bool { return f.Param == param })
		if known || len(param.Schema.Enum) > 0 {
			return spec.Must
		}
		return spec.Should
	}
	if param.UnfoldDefault > 0 || param == op.Unfold || len(param.Schema.Enum) > 0 || paramIsInteger(param) {
		return spec.Must
	}
	return spec.Should
}

// opaque reports whether values of a parameter come from earlier answers, so that none can be made up.
func (v *deriver) opaque(param *spec.Parameter) bool {
	l := v.op.List
	return l != nil && (param == l.Cursor || param == l.Before || param == l.Sort && len(param.Schema.Enum) == 0)
}

func (v *deriver) acceptParameter(param *spec.Parameter) {
	op := v.op
	if v.opaque(param) {
		return
	}
	usual, unusual := paramValues(v.gen, param)
	if op.Action == spec.ActionMerge || op.Action == spec.ActionReplace {
		// A value that the record cannot have is no change of it.
		for _, f := range op.Changes(op.Resource) {
			if f.Param == param {
				never := func(val any) bool { return !f.Property.Schema.Valid(strictjson.Plain(val), spec.In) }
				usual, unusual = slices.DeleteFunc(usual, never), slices.DeleteFunc(unusual, never)
			}
		}
	}
	e := func(text string) expected {
		return expected{
			rule: "parameter", in: param.In, pointer: strictjson.Pointer(param.Name), document: param.Location,
			what: fmt.Sprintf("%s=%s", param.Name, spec.Clip(text)),
		}
	}
	send := func(p *probe, values []any) {
		for _, val := range values {
			req := p.valid(op)
			if setParameter(&req, param, val) {
				p.acceptedCall(op, p.call(param.Name+"="+plainText(val), req), e(plainText(val)))
			}
		}
	}
	if len(usual) > 0 || !param.Required {
		v.add(Check{
			Kind: Accepts, Rule: "parameter", Document: param.Location, Requests: len(usual) + 1, Level: v.parameterLevel(param),
			run: func(p *probe) {
				send(p, usual)
				if !param.Required {
					what := e("")
					what.what = "leaving it out"
					p.acceptedCall(op, p.call("without the parameter", p.valid(op)), what)
				}
			},
		}, "%s.%s accepts its values", param.In, param.Name)
	}
	if len(unusual) > 0 {
		v.add(Check{
			Kind: Accepts, Rule: "parameter", Level: spec.Should, Document: param.Location, Requests: len(unusual),
			run: func(p *probe) { send(p, unusual) },
		}, "%s.%s accepts unusual values", param.In, param.Name)
	}
}

// maxParamValues bounds the values of one parameter that are tried.
const maxParamValues = 12

// paramValues are values of a parameter: usual ones, and those only good practice expects a server to take.
func paramValues(gen *fixtures.Generator, param *spec.Parameter) (usual, unusual []any) {
	if param.UnfoldDefault > 0 || paramIsInteger(param) && param.Schema.Minimum == "" && param.Schema.Maximum == "" {
		for _, text := range []string{"0", "1", "2"} {
			if n, ok := readNumber(param, text); ok {
				usual = append(usual, n)
			}
		}
		for _, text := range []string{"1000000", "-1"} {
			if n, ok := readNumber(param, text); ok {
				unusual = append(unusual, n)
			}
		}
		return usual, unusual
	}
	for _, c := range gen.ValidCases(param.Schema) {
		text, err := param.Encode(c.Value)
		if err != nil || len(text) > 200 || text == "" || c.Value == nil {
			continue
		}
		if c.Rule == "number" {
			continue // other spellings of a number are JSON's, and here it is a text
		}
		if c.Should {
			unusual = append(unusual, c.Value)
		} else if len(usual) < maxParamValues {
			usual = append(usual, c.Value)
		}
	}
	return usual, unusual[:min(len(unusual), maxParamValues)]
}

func readNumber(p *spec.Parameter, text string) (any, bool) {
	v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	return v, err == nil && p.Schema.Valid(v, spec.In)
}

func paramIsInteger(p *spec.Parameter) bool {
	return len(p.Schema.Types) == 1 && p.Schema.Types[0] == "integer"
}

func validText(p *spec.Parameter, text string) bool {
	_, ok := readNumber(p, text)
	return ok
}

// brokenTexts are texts that no reading of a parameter allows.
func (v *deriver) brokenTexts(param *spec.Parameter) []string {
	var texts []string
	refused := func(text string) bool {
		if text == "" || len(text) > 200 || slices.Contains(texts, text) || slices.Contains(param.Schema.Types, "array") {
			return false
		}
		if param.Schema.Allows("boolean") && (text == "true" || text == "false") || param.Schema.Allows("null") && text == "null" {
			return false
		}
		// One text may be a list of one.
		return !param.Schema.Valid(text, spec.In) && !validText(param, text) && !param.Schema.Valid([]any{text}, spec.In)
	}
	if paramIsInteger(param) {
		for _, text := range []string{"abc", "1.5", "true", "1,2", "NaN", "0x1"} {
			if refused(text) {
				texts = append(texts, text)
			}
		}
	}
	for _, c := range v.cases.brokenOf(param.Schema) {
		// Read as text again, a broken number may be a valid string.
		if text, ok := scalarText(c.Value); ok && refused(text) && len(texts) < maxParamValues {
			texts = append(texts, text)
		}
	}
	return texts
}

// refuseParameter: values that the parameter's schema forbids.
func (v *deriver) refuseParameter(param *spec.Parameter) {
	op, texts := v.op, v.brokenTexts(param)
	if len(texts) == 0 || param.In == "cookie" {
		return
	}
	v.add(Check{
		Kind: Refuses, Rule: "parameter", Document: param.Location, Requests: len(texts), Level: v.levelAt(param.Schema),
		run: func(p *probe) {
			for _, text := range texts {
				req := p.valid(op)
				if !setRaw(&req, param, text) {
					continue
				}
				p.refusedCall(op, p.call(param.Name+"="+text, req), expected{
					rule: "parameter", in: param.In, pointer: strictjson.Pointer(param.Name), document: param.Location,
					what: fmt.Sprintf("%s=%s", param.Name, text),
				})
			}
		},
	}, "%s.%s refuses other values", param.In, param.Name)
}

// missingParameter: a required parameter that is not there.
func (v *deriver) missingParameter(param *spec.Parameter) {
	op := v.op
	v.add(Check{
		Kind: Refuses, Rule: "parameter", Document: param.Location, Requests: 1, Level: v.levelAt(param.Schema),
		run: func(p *probe) {
			req := p.valid(op)
			dropParameter(&req, param)
			p.refusedCall(op, p.call("without "+param.Name, req), expected{
				rule: "parameter", in: param.In, pointer: strictjson.Pointer(param.Name), document: param.Location,
				what: "leaving it out",
			})
		},
	}, "%s.%s refuses that it is missing", param.In, param.Name)
}

// shows demands that an answer to a creation shows what was sent: should, for what a creation does is inferred.
func (p *probe) shows(op *spec.Operation, req Request, a *Answer) {
	rec := recordIn(op, a)
	if rec == nil {
		return
	}
	sent, err := strictjson.Decode(req.Body, answerLimits)
	if o, ok := sent.(map[string]any); err == nil && ok {
		p.sameAsSent(op, op, o, rec, "echo")
	}
}

// sameAsSent demands that a record has what was sent to make it.
func (p *probe) sameAsSent(op, shows *spec.Operation, sent, rec map[string]any, rule string) {
	s := bodySchema(op)
	for _, prop := range everyProperty(s) {
		val, was := sent[prop.Name]
		shown := op.Resource.Schema.KindProperty(prop.Name)
		if !was || prop.Name == op.Resource.IDProperty || prop.Schema.WriteOnly || shown == nil || shown.WriteOnly ||
			shown.ReadOnly || prop.Schema.ReadOnly || relationOf(op.Resource, prop.Name) != nil ||
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
