package contract

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// canSay reports whether bodies of an operation can say a value, of the record where they carry one, so that it is read
// as something that the document allows. JSON says everything; no bytes are no body to most servers.
func canSay(op *spec.Operation, v any) bool {
	if spec.IsJSON(bodyType(op)) {
		return true
	}
	m := bodyMedia(op)
	text, contentType, err := encodeBody(m, m.Enclose(v))
	return err == nil && len(text) > 0 && m.Takes(text, contentType)
}

// saysBroken reports whether a broken value is broken still when it is read from a body of the operation: a number in
// the place of a text is a text in a form.
func saysBroken(op *spec.Operation, v any) bool {
	if spec.IsJSON(bodyType(op)) {
		return true
	}
	m := bodyMedia(op)
	text, contentType, err := encodeBody(m, m.Enclose(v))
	return (err == nil || errors.Is(err, spec.ErrNotCarried)) && (len(text) > 0 || op.Body.Required) && !m.Takes(text, contentType)
}

// writtenLevel is refusalLevel, and should for what OpenAPI has no way to write: null, and a text or an object in the place
// of another kind of value, outside JSON.
func (v *deriver) writtenLevel(g *group) spec.Level {
	if spec.IsJSON(bodyType(v.op)) || !slices.Contains([]string{"type", "anyOf", "oneOf"}, g.cases[0].Rule) {
		return v.refusalLevel(g)
	}
	isNull := func(c fixtures.Case) bool {
		val, _ := strictjson.Resolve(c.Value, c.Pointer)
		return val == nil
	}
	if g.schema.Allows("object") || g.schema.Allows("array") || slices.ContainsFunc(g.cases, isNull) {
		return spec.Should
	}
	return v.refusalLevel(g)
}

// saying is a request whose body says a value, of the record where bodies carry one. With an error that wraps
// spec.ErrNotCarried it says the nearest that there is.
func (pl *places) saying(op *spec.Operation, key recordKey, v any) (Request, error) {
	if spec.IsJSON(bodyType(op)) {
		return pl.request(op, key, "", bodyText(op, v)), nil
	}
	m := bodyMedia(op)
	text, contentType, err := encodeBody(m, m.Enclose(v))
	if text == nil {
		text = []byte{} // nil is no body
	}
	return pl.request(op, key, "", text).written(written{text, contentType, v}), err
}

// removable is a body of an update without the members that the record does not have now and that could not be taken
// away from it again, since only JSON says null: of a record that has to be put back. False where the body needs them.
func (p *probe) removable(op *spec.Operation, key recordKey, body any) (any, bool) {
	o, isObject := body.(strictjson.Object)
	if !isObject || !isUpdate(op) || spec.IsJSON(bodyType(op)) || !p.r.puttingBack() || p.r.keeper.ledger.held[key] == nil {
		return body, true
	}
	now, out := p.current(op, key.id), o
	for _, m := range o {
		if now[m.Name] == nil {
			out = withoutMember(out, m.Name)
		}
	}
	return out, len(out) > 0 && writtenSchema(op).Valid(strictjson.Plain(out), spec.In)
}

// spoiled is a change that leaves nothing of a body's notation.
type spoiled struct {
	name string
	of   func(body []byte) []byte
}

// wholeRefusals: bodies that are nothing in the notation of their media type, and none at all.
func (v *deriver) wholeRefusals() {
	op := v.op
	notation, rule, level := "", "", spec.Must
	var changes []spoiled
	always := func(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }
	switch m := bodyMedia(op); {
	case spec.IsJSON(bodyType(op)):
		notation, rule = "JSON", "json-malformed"
		changes = []spoiled{
			{"a body that ends too early", cutShort}, {"no JSON at all", always("<xml/>")},
		}
	case m.IsXML():
		notation, rule = "XML", "xml-malformed"
		changes = []spoiled{
			{"a body that ends too early", func(b []byte) []byte { return b[:bytes.LastIndexByte(b, '<')+1] }},
			{"no XML at all", always(`{"a":1}`)},
		}
	case strings.HasPrefix(m.Type, "multipart/"):
		notation, rule, level = "multipart", "multipart-malformed", spec.Should
		changes = []spoiled{{"no part at all", always("a=1")}}
	}
	if rule != "" {
		v.add(Check{Kind: Refuses, Rule: rule, Level: level, Document: op.Body.Location, Requests: 3, run: func(p *probe) {
			for _, change := range changes {
				req := p.valid(op)
				if len(req.Body) == 0 {
					continue
				}
				req.Body = change.of(req.Body)
				p.refusedCall(op, p.call(change.name, req), expected{rule: rule, level: level, in: "body", what: change.name})
			}
		}}, "refuses malformed %s", notation)
	}
	v.unwrappedRefusal()
	if !op.Body.Required || emptySays(op) {
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

// emptySays reports whether a body of no bytes says something that the document allows: a form without members, or an
// empty text.
func emptySays(op *spec.Operation) bool {
	return !spec.IsJSON(bodyType(op)) && bodyMedia(op).Takes(nil, bodyType(op))
}

// cutShort is a JSON text that ends too early. A number of fewer digits is a number still, so it gets an exponent without
// any.
func cutShort(text []byte) []byte {
	short := text[:len(text)-1]
	if _, err := strictjson.Decode(short, strictjson.Limits{}); err == nil || len(short) == 0 {
		return append(bytes.Clone(text), 'e')
	}
	return short
}

// otherTypes: bodies of media types that the document does not have.
func (v *deriver) otherTypes() {
	op := v.op
	var types []string
	for _, t := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json"} {
		if !takes(op, t) {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return
	}
	v.add(Check{
		Kind: Refuses, Rule: "contentType", Level: spec.Should, Document: op.Body.Location, Requests: len(types), run: func(p *probe) {
			for _, t := range types {
				req := p.valid(op)
				req.Header.Set("Content-Type", t)
				p.refusedCall(op, p.call(t, req), expected{rule: "contentType", level: spec.Should, in: "body", what: "a body of type " + t})
			}
		},
	}, "refuses other media types")
}
