package contract

import (
	"fmt"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// effectChecks: an update updates what it carries, nothing else, and it lasts.
func (v *deriver) effectChecks() {
	props := v.settable()
	for _, prop := range props {
		v.updatesProperty(prop)
		v.lastsProperty(prop, props)
		v.takesFalsy(prop)
	}
	v.keepsID()
	v.twoTogether(props)
	v.repeats(props)
	v.arrays(props)
}

// updatesProperty: the member sent changes, the others stay.
func (v *deriver) updatesProperty(prop spec.Property) {
	op := v.op
	v.add(Check{
		Kind: Updates, Rule: "update", Document: prop.Schema.Location, Requests: 3,
		Level: v.levelAt(prop.Schema), run: func(p *probe) {
			id := p.firstID(op)
			before := p.read(op, id)
			for i := range 2 {
				val, ok := p.changeOf(prop, before[prop.Name], fmt.Sprint("update", i))
				if !ok {
					p.skip("there is only one value it can have")
				}
				a := p.update("change "+prop.Name, op, id, one(prop.Name, val))
				if !p.accepted(a, expected{
					rule: "properties", in: "body", pointer: strictjson.Pointer(prop.Name),
					what: "this value",
				}) {
					return
				}
				after := p.after(op, id, a)
				p.echoes(op, one(prop.Name, val), after, "")
				p.unchanged(op, before, after, "others", prop.Name)
				if after != nil {
					before = after
				}
			}
		},
	}, "body.%s is updated and the others stay", prop.Name)
}

// lastsProperty: the change is still there at the next look, and after another update.
func (v *deriver) lastsProperty(prop spec.Property, props []spec.Property) {
	op := v.op
	v.add(Check{
		Kind: Lasts, Rule: "lasts", Document: prop.Schema.Location, Requests: 6,
		Level: v.levelAt(prop.Schema), run: func(p *probe) {
			id := p.firstID(op)
			now := p.current(op, id)
			val, ok := p.changeOf(prop, now[prop.Name], "lasts")
			if !ok {
				p.skip("there is only one value it can have")
			}
			body := one(prop.Name, val)
			a := p.update("change "+prop.Name, op, id, body)
			if !p.accepted(a, expected{rule: "lasts", in: "body", pointer: strictjson.Pointer(prop.Name), what: "this value"}) {
				return
			}
			p.stillThere(prop, val, p.readAnew(op, id), "lasts", "at the next look, over another connection")
			a = p.update("the same update again", op, id, body)
			if p.accepted(a, expected{
				rule: "idempotent", in: "body", pointer: strictjson.Pointer(prop.Name),
				what: "the same value again",
			}) {
				p.stillThere(prop, val, p.after(op, id, a), "idempotent", "after the same update again")
			}
			for _, other := range props {
				if other.Name == prop.Name {
					continue
				}
				now := p.current(op, id)
				change, ok := p.changeOf(other, now[other.Name], "lasts other")
				again, okAgain := p.changeOf(prop, now[prop.Name], "lasts again")
				if !ok || !okAgain {
					continue
				}
				// Nothing may look at the record in between: a change that waits to be stored must not give way to the next.
				if !isSuccess(p.update("change "+prop.Name+" again", op, id, one(prop.Name, again)).Status) {
					return
				}
				val = again
				if isSuccess(p.update("change another property, "+other.Name, op, id, one(other.Name, change)).Status) {
					p.stillThere(prop, val, p.read(op, id), "undone", "after an update of "+other.Name)
				}
				return
			}
		},
	}, "body.%s lasts", prop.Name)
}

// stillThere demands that a property has the value that it was given.
func (p *probe) stillThere(prop spec.Property, sent any, got map[string]any, rule, when string) {
	if prop.Schema.WriteOnly || got == nil || sameValue(prop.Schema, sent, got[prop.Name]) {
		return
	}
	p.find(spec.Finding{
		Rule: rule, In: "body", Pointer: strictjson.Pointer(prop.Name), Document: prop.Schema.Location,
		Expected: "still " + spec.Clip(string(strictjson.Append(nil, sent))) + " " + when, Actual: p.shownOr(got, prop.Name),
	})
}

// takesFalsy: what is false in many languages is a value like any other.
func (v *deriver) takesFalsy(prop spec.Property) {
	var values []any
	for _, val := range []any{integerZero, "", false, []any{}, strictjson.Object{}} {
		if prop.Schema.Valid(strictjson.Plain(val), spec.In) && len(prop.Schema.Types) > 0 && showable(v.op, prop.Name, val) {
			values = append(values, val)
		}
	}
	if len(values) == 0 {
		return
	}
	op := v.op
	v.add(Check{
		Kind: Updates, Rule: "falsy", Document: prop.Schema.Location, Requests: 4 * len(values),
		Level: v.levelAt(prop.Schema), run: func(p *probe) {
			id := p.firstID(op)
			for i, val := range values {
				if change, ok := p.changeOf(prop, val, fmt.Sprint("before falsy", i)); ok {
					first := p.update("something else first", op, id, one(prop.Name, change))
					if !p.accepted(first, expected{
						rule: "falsy", in: "body", pointer: strictjson.Pointer(prop.Name), what: string(strictjson.Append(nil, change)),
					}) {
						return
					}
					if p.stillThere(prop, change, p.read(op, id), "lasts", "at the next look"); len(p.findings) > 0 {
						return // what does not last at all says nothing of empty values
					}
				}
				a := p.update("an empty or false value", op, id, one(prop.Name, val))
				if !p.accepted(a, expected{
					rule: "falsy", in: "body", pointer: strictjson.Pointer(prop.Name),
					what: string(strictjson.Append(nil, val)),
				}) {
					continue
				}
				p.stillThere(prop, val, p.after(op, id, a), "falsy", "in the answer")
				p.stillThere(prop, val, p.read(op, id), "falsy", "at the next look")
			}
		},
	}, "body.%s takes empty and false values", prop.Name)
}

// keepsID: the id in every answer is the one in the path.
func (v *deriver) keepsID() {
	op := v.op
	prop := op.Resource.IDSchema()
	if op.Resource.ID.None() {
		return
	}
	v.add(Check{Kind: Updates, Rule: "id", Document: prop.Location, Requests: 2, run: func(p *probe) {
		id := p.firstID(op)
		want := ownIDValue(op, id)
		for _, s := range v.settable() {
			val, ok := p.changeOf(s, nil, "id")
			if !ok {
				continue
			}
			got := recordIn(op, p.update("any update", op, id, one(s.Name, val)))
			shown, there := op.Resource.ID.Of(got)
			_, res := op.SuccessResponse()
			told := there || res != nil && res.Envelope != nil && op.Resource.ID.In(res.Envelope.Record) != nil
			if got != nil && told && !strictjson.Equal(want, shown) {
				f := spec.Finding{
					Rule: "id", In: "body", Pointer: op.Resource.ID.Pointer(),
					Expected: "the id in the path", Actual: p.shownID(op.Resource, got),
				}
				if !there {
					f.Level = spec.Should // an answer need not show it
				}
				p.find(f)
			}
			break
		}
	}}, "keeps the id")
	v.add(Check{Kind: Updates, Rule: "id", Document: prop.Location, Requests: 2, Harmful: true, run: func(p *probe) {
		id := p.firstID(op)
		other := unknownID(id, p.r.target.IDs[op.Resource.Name])
		a := p.update("an update that carries another id", op, id, idBody(op.Resource, fixtures.IDValue(op.Resource, other)))
		if !isSuccess(a.Status) {
			return // refused: as good
		}
		got := p.after(op, id, a)
		if shown, there := op.Resource.ID.Of(got); there && !strictjson.Equal(ownIDValue(op, id),
			shown) {
			p.find(spec.Finding{
				Rule: "id", In: "body", Pointer: op.Resource.ID.Pointer(),
				Expected: "the id in the path, or a refusal", Actual: p.shownID(op.Resource, got),
			})
		}
		p.read(op, id)
	}}, "does not let a body change the id")
}

var integerZero = fixtures.Zero

// twoTogether: two members sent together do what each does alone.
func (v *deriver) twoTogether(props []spec.Property) {
	op := v.op
	if len(props) < 2 {
		return
	}
	v.add(Check{
		Kind: Lasts, Rule: "together", Document: bodySchema(op).Location, Requests: 2 * len(props),
		run: func(p *probe) {
			id := p.firstID(op)
			for i := 0; i+1 < len(props); i++ {
				a, b := props[i], props[i+1]
				before := p.current(op, id)
				x, ok1 := p.changeOf(a, before[a.Name], "together")
				y, ok2 := p.changeOf(b, before[b.Name], "together")
				if !ok1 || !ok2 {
					continue
				}
				body := strictjson.Object{{Name: a.Name, Value: x}, {Name: b.Name, Value: y}}
				ans := p.update("two at once", op, id, body)
				if !p.accepted(ans, expected{rule: "together", in: "body", what: "two members at once"}) {
					continue
				}
				got := p.read(op, id)
				p.stillThere(a, x, got, "together", "together with "+b.Name)
				p.stillThere(b, y, got, "together", "together with "+a.Name)
				p.unchanged(op, before, got, "others", a.Name, b.Name)
			}
		},
	}, "takes two properties at once")
}

// repeats: the twentieth update works as the first.
func (v *deriver) repeats(props []spec.Property) {
	op := v.op
	if len(props) == 0 {
		return
	}
	v.add(Check{Kind: Manners, Rule: "repeat", Document: op.Location, Requests: 21, run: func(p *probe) {
		id := p.firstID(op)
		for i := range 20 {
			prop := props[i%len(props)]
			val, ok := p.changeOf(prop, p.current(op, id)[prop.Name], fmt.Sprint("repeat", i))
			if !ok {
				continue
			}
			a := p.update(fmt.Sprintf("update %d", i+1), op, id, one(prop.Name, val))
			if !p.accepted(a, expected{
				rule: "repeat", in: "body", pointer: strictjson.Pointer(prop.Name),
				what: fmt.Sprintf("update %d as it did the first", i+1),
			}) {
				return
			}
			p.stillThere(prop, val, p.after(op, id, a), "repeat", fmt.Sprintf("in update %d", i+1))
		}
	}}, "works the twentieth time as the first")
}

// arrays: a list is replaced, not added to.
func (v *deriver) arrays(props []spec.Property) {
	op := v.op
	for _, prop := range props {
		if !prop.Schema.Allows("array") || len(prop.Schema.Types) == 0 {
			continue
		}
		v.add(Check{
			Kind: Updates, Rule: "array", Document: prop.Schema.Location, Requests: 3,
			Level: v.levelAt(prop.Schema), run: func(p *probe) {
				id := p.firstID(op)
				for i := range 2 {
					val, ok := p.changeOf(prop, p.current(op, id)[prop.Name], fmt.Sprint("array", i))
					if !ok {
						p.skip("there is only one value it can have")
					}
					a := p.update("a list", op, id, one(prop.Name, val))
					if p.accepted(a, expected{rule: "array", in: "body", pointer: strictjson.Pointer(prop.Name), what: "this list"}) {
						p.stillThere(prop, val, p.after(op, id, a), "array", "in the answer")
					}
				}
			},
		}, "body.%s is replaced, not added to", prop.Name)
	}
	for _, prop := range props {
		if prop.Schema.Allows("object") && len(prop.Schema.Types) > 0 {
			v.listsInside(prop)
		}
	}
}

// listsInside: a list within an object is replaced too, whether objects are merged or replaced as a whole.
func (v *deriver) listsInside(prop spec.Property) {
	op := v.op
	body := func(items ...any) strictjson.Object { return one(prop.Name, one("list", items)) }
	if s := bodySchema(op); !s.Valid(strictjson.Plain(body("a")), spec.In) || !s.Valid(strictjson.Plain(body()),
		spec.In) {
		return
	}
	// A member of another naming cannot be taken away again.
	v.add(Check{
		Kind: Updates, Rule: "array", Document: prop.Schema.Location, Requests: 3, Level: spec.Should,
		Harmful: true, run: func(p *probe) {
			id := p.firstID(op)
			for _, list := range []strictjson.Object{body("a", "b"), body("c"), body()} {
				a := p.update("a list inside", op, id, list)
				if p.accepted(a, expected{rule: "array", in: "body", pointer: strictjson.Pointer(prop.Name), what: "this list"}) {
					val, _ := list.Get(prop.Name)
					p.stillThere(prop, val, p.after(op, id, a), "array", "in the answer")
				}
			}
		},
	}, "body.%s replaces lists inside", prop.Name)
}
