package contract

import (
	"fmt"
	"slices"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// acceptWhole sends every property at once, and the published examples that are valid.
func (v *deriver) acceptWhole(s *spec.Schema) {
	op := v.op
	v.add(Check{
		Kind: Accepts, Rule: "properties", Document: s.Location, Requests: 2 + len(v.settable()),
		run: func(p *probe) {
			for i := range 2 {
				body := v.takenAlone(p, fmt.Sprint("all", i))
				a := p.update("all properties at once", op, p.firstID(op), body)
				if p.accepted(a, expected{rule: "properties", in: "body", what: "all of these at once"}) {
					p.echoes(op, body, p.after(op, p.firstID(op), a), spec.Must)
				}
			}
		},
	}, "accepts all properties at once")
	examples := v.publishedBodies(s)
	if len(examples) == 0 {
		return
	}
	v.add(Check{Kind: Accepts, Rule: "examples", Document: s.Location, Requests: len(examples), run: func(p *probe) {
		sent := false
		for _, e := range examples {
			id, body, ok := p.fittingRecord(op, e.Value)
			if !ok {
				continue
			}
			sent = true
			a := p.update("the published example", op, id, body)
			if p.accepted(a, expected{rule: "examples", in: "body", document: e.Location, what: "its own example"}) {
				p.echoes(op, body, p.after(op, id, a), spec.Must)
			}
		}
		if !sent {
			p.skip("the published examples are of another kind than the records that are known")
		}
	}}, "accepts the published examples")
}

// takenAlone is a body of every property with a value that the target takes when it is sent alone: what it does
// not take is for other checks to say.
func (v *deriver) takenAlone(p *probe, salt string) strictjson.Object {
	body, id := strictjson.Object{}, p.firstID(v.op)
	for _, prop := range v.settable() {
		val, ok := p.changeOf(prop, nil, salt)
		if !ok {
			continue
		}
		a := p.update("one property alone", v.op, id, one(prop.Name, val))
		rec := recordIn(v.op, a)
		if isSuccess(a.Status) && (rec == nil || prop.Schema.WriteOnly || sameValue(prop.Schema, val, rec[prop.Name])) {
			body = append(body, strictjson.Member{Name: prop.Name, Value: val})
		}
	}
	return body
}

// publishedBodies are the different examples of the body that keep its schema.
func (v *deriver) publishedBodies(s *spec.Schema) []spec.Example {
	examples := append([]spec.Example(nil), s.Examples...)
	for _, m := range v.op.Body.Content {
		for _, e := range m.Examples {
			if record, ok := m.Extract(e.Value); ok {
				e.Value = record
				examples = append(examples, e)
			}
		}
	}
	var out []spec.Example
	for _, e := range examples {
		again := func(o spec.Example) bool { return strictjson.Equal(o.Value, e.Value) }
		o, ok := e.Value.(strictjson.Object)
		// What the record cannot show is no change of it, whatever its example says.
		if ok && len(o) > 0 && s.Valid(strictjson.Plain(o), spec.In) && allShowable(v.op, o) && !slices.ContainsFunc(out, again) {
			out = append(out, e)
		}
	}
	return out
}
