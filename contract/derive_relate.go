package contract

import (
	"net/http"
	"slices"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// relationChecks: ids or objects as the unfolding parameter asks, references that must be there.
func (v *deriver) relationChecks() {
	for i := range v.op.Resource.Relations {
		rel := &v.op.Resource.Relations[i]
		if len(rel.Path) != 1 {
			continue
		}
		if v.op.Unfold != nil {
			v.unfoldChecks(rel)
		}
		v.referenceChecks(rel)
		v.objectChecks(rel)
	}
	related := func(name string) bool { return v.relation(name) != nil && len(v.relation(name).Path) == 1 }
	for _, g := range v.groups(v.broken, related, refuseWords) {
		v.refuseGroup(g, Relates)
	}
}

// objectChecks: a related record, sent as the object that it is, is taken and stays the same.
func (v *deriver) objectChecks(rel *spec.Relation) {
	op, name := v.op, rel.Path[0]
	if op.Unfold == nil || !rel.ObjectAllowed {
		return
	}
	v.add(Check{
		Kind: Relates, Rule: "link-object", Level: spec.Should, Document: rel.Location, Requests: 3,
		run: func(p *probe) {
			id := p.firstID(op)
			full := recordIn(op, p.ask("ask for the related record", op, id, queryOf(op.Unfold, "1")))
			object, ok := full[name].(map[string]any)
			if !ok || referenceID(rel, object) == "" || !bodySchema(op).Valid(map[string]any{name: object}, spec.In) {
				p.skip("the record refers to none, or shows no object that may be sent back")
			}
			a := p.update("the related record as it is", op, id, one(name, object))
			if !p.accepted(a, expected{
				rule: "link-object", in: "body", pointer: strictjson.Pointer(name),
				what: "the related record as an object",
			}) {
				return
			}
			again := recordIn(op, p.ask("ask for the related record again", op, id, queryOf(op.Unfold, "1")))
			if !strictjson.Equal(strictjson.Plain(again[name]), strictjson.Plain(object)) {
				p.find(spec.Finding{
					In: "body", Pointer: strictjson.Pointer(name),
					Expected: "the related record as it was sent, " + p.show(object),
					Actual:   p.shownOr(again, name),
				})
			}
		},
	}, "body.%s takes an object", name)
}

func (v *deriver) unfoldChecks(rel *spec.Relation) {
	op, name := v.op, rel.Path[0]
	level := v.levelAt(rel.Schema)
	c := Check{Kind: Relates, Rule: "unfold", Level: spec.Should, Document: op.Unfold.Location, Requests: 4}
	c.run = func(p *probe) {
		id := p.firstID(op)
		flat := p.unfolded(op, id, "0")
		if flat[name] == nil {
			p.skip("the record refers to none")
		}
		f := spec.Finding{In: "body", Pointer: strictjson.Pointer(name)}
		if _, isObject := flat[name].(map[string]any); isObject && rel.IDAllowed {
			f.Expected, f.Actual = "an id, with "+op.Unfold.Name+"=0", p.show(flat[name])
			p.find(f)
		}
		full := p.unfolded(op, id, "1")
		object, isObject := full[name].(map[string]any)
		if !isObject && rel.ObjectAllowed {
			f.Expected, f.Actual = "the related object, with "+op.Unfold.Name+"=1", p.show(full[name])
			p.find(f)
		}
		if isObject {
			p.relatedIsValid(rel, object, level)
		}
		if a, b := references(rel, flat[name]), references(rel, full[name]); !slices.Equal(a, b) {
			f.Rule, f.Expected, f.Actual = "unfold-id", "the same related record at every depth", "another"
			p.find(f)
		}
		p.unchanged(op, flat, full, "unfold-changed")
	}
	v.add(c, "query.%s unfolds %s", op.Unfold.Name, name)
}

// unfolded is the record with that many levels of related ones.
func (p *probe) unfolded(op *spec.Operation, id, levels string) map[string]any {
	a := p.ask("ask with "+op.Unfold.Name+"="+levels, op, id, queryOf(op.Unfold, levels))
	if rec := recordIn(op, a); rec != nil && isSuccess(a.Status) {
		return rec
	}
	p.stopForWeather("the answer to a request for related records carries no record")
	return nil
}

// relatedIsValid holds an unfolded record against its own schema.
func (p *probe) relatedIsValid(rel *spec.Relation, object map[string]any, level spec.Level) {
	fs, err := rel.Target.Schema.Check(object, spec.Out)
	if err != nil {
		return
	}
	for _, f := range fs {
		f.In, f.Pointer = "body", strictjson.Pointer(rel.Path...)+f.Pointer
		if level == spec.Should {
			f.Level = spec.Should
		}
		if v, there := strictjson.Resolve(map[string]any{rel.Path[0]: any(object)}, f.Pointer); there {
			f.Actual = p.show(v)
		}
		p.find(f)
	}
}

func (v *deriver) referenceChecks(rel *spec.Relation) {
	op, name := v.op, rel.Path[0]
	v.add(Check{
		Kind: Relates, Rule: "relation", Level: spec.Should, Document: rel.Location, Requests: 3,
		run: func(p *probe) {
			id := p.firstID(op)
			before := p.read(op, id)
			known := referenceID(rel, before[name])
			if known == "" {
				p.skip("the record refers to none, so no id of a related record is known")
			}
			a := p.update("a reference to no record", op, id, one(name, fixtures.IDValue(rel.Target, unknownID(known, nil))))
			if isSuccess(a.Status) {
				p.find(spec.Finding{
					In: "body", Pointer: strictjson.Pointer(name),
					Expected: "a refusal of a reference to no record",
					Actual:   statusLine(a.Status),
				})
				p.update("put the reference back", op, id, one(name, fixtures.IDValue(rel.Target, known)))
			} else if a.Status == http.StatusInternalServerError {
				p.find(spec.Finding{
					Rule: "server-error", Level: spec.Must, In: "body", Pointer: strictjson.Pointer(name),
					Expected: "a refusal", Actual: statusLine(a.Status),
				})
			}
			p.unchanged(op, before, p.read(op, id), "relation-changed")
		},
	}, "body.%s refuses an unknown reference", name)
	v.add(Check{
		Kind: Relates, Rule: "link", Level: spec.Should, Document: rel.Location, Requests: 3,
		run: func(p *probe) {
			id := p.firstID(op)
			known := referenceID(rel, p.read(op, id)[name])
			if known == "" {
				p.skip("the record refers to none, so no id of a related record is known")
			}
			a := p.update("the reference it has, as an id", op, id, one(name, fixtures.IDValue(rel.Target, known)))
			if p.accepted(a, expected{
				rule: "link", in: "body", pointer: strictjson.Pointer(name),
				what: "the id of the related record",
			}) {
				if got := referenceID(rel, recordIn(op, a)[name]); got != known {
					p.find(spec.Finding{
						In: "body", Pointer: strictjson.Pointer(name), Expected: "the related record that was linked",
						Actual: "another",
					})
				}
			}
		},
	}, "body.%s takes an id", name)
}
