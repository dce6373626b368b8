package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// createChecks: what is made is there, under the id that the answer tells, and in the list once.
func (v *deriver) createChecks() {
	v.callChecks()
	op, res := v.op, v.op.Resource
	get := res.Find(spec.ActionGet)
	if _, shown := op.SuccessResponse(); declaresLocation(op) || shown != nil && shown.Envelope != nil {
		v.add(Check{Kind: Creates, Rule: "created-id", Level: spec.Should, Requests: 2, run: func(p *probe) {
			if _, a, _ := p.create(op); !p.r.places.tells(op, a) {
				p.find(spec.Finding{
					In: "body", Pointer: res.ID.Pointer(), Expected: "the id of the new record, or its Location",
					Actual: "neither",
				})
			}
		}}, "answers with the new id")
	}
	if declaresLocation(op) {
		v.add(Check{Kind: Creates, Rule: "created-location", Level: spec.Should, Requests: 3, run: v.locationLeads},
			"Location leads to the new record")
	}
	if get != nil {
		v.add(Check{Kind: Creates, Rule: "created", Level: spec.Should, Requests: 3, run: func(p *probe) {
			v.isFound(p, get)
		}}, "makes a record that %s finds with what was sent", get.ID)
	}
	if list := listOf(res, op); list != nil {
		v.add(Check{Kind: Creates, Rule: "listed", Level: spec.Should, Requests: 4, run: func(p *probe) {
			v.isListed(p, list)
		}}, "makes a record that %s lists once", list.ID)
	}
	v.add(Check{Kind: Creates, Rule: "created-apart", Level: spec.Should, Requests: 4, run: func(p *probe) {
		first, _, ok1 := p.create(op)
		second, _, ok2 := p.create(op)
		if ok1 && ok2 && first == second {
			p.find(spec.Finding{
				In: "body", Pointer: res.ID.Pointer(), Expected: "another id for another record",
				Actual: "the same id twice",
			})
		}
	}}, "makes another record each time")
}

// declaresLocation reports whether a success of a creation has the header by which it tells where the new record is.
func declaresLocation(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Responses, func(r *spec.Response) bool {
		return strings.HasPrefix(r.Status, "2") && slices.ContainsFunc(r.Headers, func(h *spec.Header) bool {
			return strings.EqualFold(h.Name, "Location")
		})
	})
}

// create makes a record of the operation's resource; false where the answer tells no id. What is no success is for other
// checks to say.
func (p *probe) create(op *spec.Operation) (recordKey, *Answer, bool) {
	req := p.valid(op)
	a := p.call("make a record", req)
	switch {
	case isSuccess(a.Status):
	case a.Status < 500 && !p.holds(op):
		p.skip("the document lets a body have what a record cannot")
	default:
		p.stopForWeather("%s answers %s%s", op.ID, statusLine(a.Status), p.whyNot(a))
	}
	key, ok := p.r.whichMade(p.ctx, req, a)
	p.lastSent = sentRecord(req)
	return key, a, ok
}

// locationLeads: where an answer has Location, a GET of it shows the record.
func (v *deriver) locationLeads(p *probe) {
	_, a, _ := p.create(v.op)
	at := a.Header.Get("Location")
	if at == "" {
		p.skip("the answer has no Location")
	}
	as := v.op.Resource.Find(spec.ActionGet) // whose credentials a GET takes
	if as == nil {
		as = v.op
	}
	base, err := url.Parse(p.r.client.baseOf(as))
	if err != nil {
		p.skip("the operation has no URL of its own: %v", err)
	}
	u, err := base.Parse(at)
	if err != nil || u.Host != base.Host || !strings.HasPrefix(u.EscapedPath(), base.EscapedPath()) {
		p.skip("Location leads to another server")
	}
	path := strings.TrimPrefix(u.EscapedPath(), base.EscapedPath())
	b := p.send("where Location leads", Request{Method: http.MethodGet, Path: path, Query: u.RawQuery, as: as})
	if isGone(b.Status) {
		p.find(spec.Finding{
			In: "header", Pointer: "/Location", Expected: "a URL at which the new record is", Actual: statusLine(b.Status),
		})
	}
}

// isFound: a record that was made is shown with what was sent.
func (v *deriver) isFound(p *probe, get *spec.Operation) {
	key, a, ok := p.create(v.op)
	if !ok {
		p.skip("the answer does not say which record was made")
	}
	if len(get.Owners) > 0 && len(v.op.Owners) == 0 {
		p.skip("%s asks below whom the new record is, and nothing says so", get.ID)
	}
	b := p.call("read the new record", p.r.places.itemRequest(get, key.id, "", nil))
	if !isSuccess(b.Status) {
		p.find(spec.Finding{In: "status", Expected: "the record that was made", Actual: statusLine(b.Status)})
		return
	}
	rec := recordIn(get, b)
	if rec == nil {
		p.skip("the answer carries no record")
	}
	if p.lastSent != nil && writtenSchema(v.op) != nil {
		p.sameAsSent(v.op, get, p.lastSent, rec, "created")
	}
	// What the answer to the creation said must be what is there.
	if first := recordIn(v.op, a); first != nil {
		for _, prop := range everyProperty(get.Resource.Schema) {
			was, shown := first[prop.Name]
			now, there := rec[prop.Name]
			if shown && there && relationOf(get.Resource, prop.Name) == nil && !isReadOnly(prop.Schema) && !sameValue(prop.Schema, was, now) {
				p.find(spec.Finding{
					In: "body", Pointer: strictjson.Pointer(prop.Name), Document: prop.Schema.Location,
					Expected: "the value that the creation answered with, " + p.show(was), Actual: p.show(now),
				})
			}
		}
	}
}

// listOf is the list in which records that an operation makes or ends stand: that of their collection, or of all records.
func listOf(res *spec.Resource, made *spec.Operation) *spec.Operation {
	for _, op := range res.Operations {
		if op.Action == spec.ActionList && (op.Shape() == made.Shape() || strings.HasPrefix(made.Shape(), op.Shape()+"/{")) {
			return op
		}
	}
	for _, op := range res.Operations {
		if op.Action == spec.ActionList && len(op.Owners) == 0 && len(op.List.Filters) == 0 && !requires(op) {
			return op
		}
	}
	return nil
}

// requires reports whether an operation has a required parameter besides those of its path.
func requires(op *spec.Operation) bool {
	for _, param := range op.Parameters {
		if param.Required && param.In != "path" {
			return true
		}
	}
	return false
}

// isListed: a record that was made is in the list once.
func (v *deriver) isListed(p *probe, list *spec.Operation) {
	key, _, ok := p.create(v.op)
	if !ok {
		p.skip("the answer does not say which record was made")
	}
	all := p.listAll(list, p.ownerOf(list, key))
	n := all.count(key.ownID())
	switch {
	case n == 1 || n == 0 && !all.whole:
	case n == 0 && choosesByDefault(list):
		p.skip("%s shows records with some value alone", list.ID)
	case n == 0:
		p.find(spec.Finding{
			In: "body", Pointer: strictjson.Pointer(list.List.Path...), Expected: "the new record among those listed",
			Actual: fmt.Sprintf("%d others", len(all.records)),
		})
	default:
		p.find(spec.Finding{
			In: "body", Pointer: strictjson.Pointer(list.List.Path...), Expected: "the new record once",
			Actual: fmt.Sprintf("%d times", n),
		})
	}
}

// choosesByDefault reports whether a list asks for values of a property where nobody asks for any, or for one always.
func choosesByDefault(list *spec.Operation) bool {
	return slices.ContainsFunc(list.List.Filters, choosesBy)
}

// choosesBy reports whether a list always has a value of a filter.
func choosesBy(f spec.Filter) bool {
	return f.Param.Required || f.Param.Schema != nil && f.Param.Schema.Default != nil
}

// ownerOf is the owner below which a list shows a record.
func (p *probe) ownerOf(list *spec.Operation, key recordKey) recordKey {
	if len(list.Owners) == 0 {
		return recordKey{}
	}
	at := p.r.places.owner(key)
	for at.resource != nil && at.resource != list.Owners[0].Resource {
		at = p.r.places.owner(at)
	}
	return at
}

// deleteChecks: what is deleted is gone, from its own place and from the list.
func (v *deriver) deleteChecks() {
	v.answersChecks()
	v.parameterChecks()
	op, res := v.op, v.op.Resource
	if op.ItemParam == "" || res.Part {
		return
	}
	v.unknownChecks()
	gone := func(p *probe) recordKey {
		key := p.fresh(res)
		a := p.send("delete the record", p.r.places.itemRequest(op, key.id, "", nil))
		if !isSuccess(a.Status) {
			p.stopForWeather("%s answers %s%s", op.ID, statusLine(a.Status), p.whyNot(a))
		}
		return key
	}
	if get := res.Find(spec.ActionGet); get != nil {
		v.add(Check{Kind: Deletes, Rule: "deleted", Level: spec.Should, Requests: 3, run: func(p *probe) {
			key := gone(p)
			a := p.send("read what was deleted", p.unasked(get, key))
			if isSuccess(a.Status) {
				p.find(spec.Finding{In: "status", Expected: "404, since it was deleted", Actual: statusLine(a.Status)})
			} else if !isGone(a.Status) {
				p.find(spec.Finding{
					Rule: "deleted-status", In: "status", Expected: "404 or 410 for what was deleted", Actual: statusLine(a.Status),
				})
			}
		}}, "deletes a record, so that %s has no success", get.ID)
	}
	if list := listOf(res, op); list != nil {
		v.add(Check{Kind: Deletes, Rule: "deleted-listed", Level: spec.Should, Requests: 4, run: func(p *probe) {
			key := gone(p)
			if n := p.listAll(list, p.ownerOf(list, key)).count(key.ownID()); n > 0 {
				p.find(spec.Finding{
					In: "body", Pointer: strictjson.Pointer(list.List.Path...), Expected: "a list without what was deleted",
					Actual: "it is still listed",
				})
			}
		}}, "deletes a record, so that %s does not list it", list.ID)
	}
	v.add(Check{Kind: Deletes, Rule: "deleted-twice", Level: spec.Should, Requests: 3, run: func(p *probe) {
		key := gone(p)
		a := p.send("delete it again", p.unasked(op, key))
		if isSuccess(a.Status) {
			p.find(spec.Finding{In: "status", Expected: "no success, since it is gone", Actual: statusLine(a.Status)})
		}
	}}, "has no success for what is deleted already")
	v.add(Check{Kind: Deletes, Rule: "deleted-others", Level: spec.Should, Requests: 5, run: func(p *probe) {
		other := p.fresh(res)
		gone(p)
		if get := res.Find(spec.ActionGet); get != nil {
			if a := p.send("read another record", p.r.places.itemRequest(get, other.id, "", nil)); isGone(a.Status) {
				p.find(spec.Finding{In: "status", Expected: "another record, which nobody deleted", Actual: statusLine(a.Status)})
			}
		}
	}}, "leaves other records alone")
}

// unasked is a request to a record whose answer is none that the document describes: the record should not be there.
func (p *probe) unasked(op *spec.Operation, key recordKey) Request {
	req := p.r.places.itemRequest(op, key.id, "", nil)
	req.Operation, req.record = nil, recordKey{}
	return req
}

// ownerChecks: a record below one owner is not below another.
func (v *deriver) ownerChecks() {
	op := v.op
	if len(op.Owners) == 0 || op.ItemParam == "" {
		return
	}
	v.add(Check{
		Kind: Isolates, Rule: "owner", Level: spec.Should, Requests: 2, Harmful: op.Action != spec.ActionGet,
		run: func(p *probe) {
			var key recordKey
			if op.Action == spec.ActionDelete {
				key = p.fresh(op.Resource)
			} else {
				key = recordKey{op.Resource, p.firstID(op)}
			}
			req := p.r.places.itemRequest(op, key.id, "", p.harmlessBody(op, key.id))
			wrong, other, ok := p.withOtherOwner(op, key)
			if !ok {
				p.skip("it takes two records of %s", op.Owners[0].Resource.Name)
			}
			req.Path, req.Operation, req.record = wrong, nil, recordKey{}
			a := p.belowAnother(op, req, p.r.places.under(op.Resource, other, key.ownID()))
			if isSuccess(a.Status) {
				p.find(spec.Finding{
					In: "path", Pointer: strictjson.Pointer(op.Owners[0].Param), Expected: "no success below an owner that is another's",
					Actual: statusLine(a.Status),
				})
			}
		},
	}, "has no success below another owner")
}

// belowAnother sends a request for a record below an owner that is not its own. What puts a record there may make one: it
// is written down and deleted as others are, unless something was there before.
func (p *probe) belowAnother(op *spec.Operation, req Request, there recordKey) *Answer {
	const note = "the record below another owner"
	get := op.Resource.Find(spec.ActionGet)
	if op.Action != spec.ActionReplace || get == nil {
		return p.send(note, req)
	}
	if a := p.send("look whether it is there", p.unasked(get, there)); isSuccess(a.Status) {
		return a
	}
	req.upserts, req.record = true, there
	a := p.send(note, req)
	if isSuccess(a.Status) {
		p.made = append(p.made, there)
	}
	return a
}

// withOtherOwner is the path of a record below an owner that is not its own, and that owner.
func (p *probe) withOtherOwner(op *spec.Operation, key recordKey) (string, recordKey, bool) {
	res := op.Owners[0].Resource
	ids := p.r.places.ids(op, key)
	for _, id := range p.r.target.IDs[res.Name] {
		other := recordKey{res, id}
		if other.ownID() == ids[op.Owners[0].Param] {
			continue
		}
		path := op.Path
		for name, own := range p.r.places.ids(op, key) {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(map[bool]string{
				true: other.ownID(), false: own,
			}[name == op.Owners[0].Param]))
		}
		return path, other, !strings.Contains(path, "{")
	}
	return "", recordKey{}, false
}
