package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// valid is a request that the document allows, made anew each time: to an update one that changes nothing, or any where
// nothing shows the record, to a creation one for a new record, to a deletion one for a record that was made for it. It ends
// the check where there is none.
func (p *probe) valid(op *spec.Operation) Request {
	switch op.Action {
	case spec.ActionGet:
		return p.r.places.itemRequest(op, p.firstID(op), "", nil)
	case spec.ActionMerge, spec.ActionReplace:
		id := p.firstID(op)
		if bodySchema(op) != nil && readable(op) {
			return p.r.places.itemRequest(op, id, "", bodyText(op, p.emptyUpdate(op, id)))
		}
		return p.withBody(op, recordKey{op.Resource, id})
	case spec.ActionDelete:
		switch {
		case op.Resource.Part:
			p.skip("no operation makes again what this deletion ends")
		case op.ItemParam == "":
			p.skip("the path of this deletion names no record")
		}
		return p.r.places.itemRequest(op, p.fresh(op.Resource).id, "", nil)
	}
	return p.withBody(op, p.owner(op))
}

// withBody is a request with a body that the document allows, where it has one.
func (p *probe) withBody(op *spec.Operation, key recordKey) Request {
	salt := fmt.Sprint(p.check.Name, "/", p.r.made())
	body, err := p.r.newBody(p.ctx, op, key, salt, false)
	if err != nil {
		p.skip("no body can be made for %s: %v", op.ID, err)
	}
	if kept, ok := p.removable(op, key, body.value); ok && !strictjson.Equal(kept, body.value) {
		if req, err := p.r.places.saying(op, key, kept); err == nil {
			return req
		}
	}
	return p.r.places.request(op, key, "", body.text).written(body)
}

// written gives a request the content type that its body was written in, and keeps what it says.
func (r Request) written(body written) Request {
	r.value = body.value
	return r.typed(body.contentType)
}

func (r Request) typed(contentType string) Request {
	if contentType != "" && !strings.Contains(contentType, "*") {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// owner is the record below which an operation lists or makes; zero at the root.
func (p *probe) owner(op *spec.Operation) recordKey {
	key, why := p.r.ownerFor(p.ctx, op)
	if why != "" {
		p.skip("%s", why)
	}
	return key
}

// concerned is the record that a body sent to an operation is about: the one that it updates, else the owner of what it makes.
func (p *probe) concerned(op *spec.Operation) recordKey {
	if isUpdate(op) {
		return recordKey{op.Resource, p.firstID(op)}
	}
	return p.owner(op)
}

func isUpdate(op *spec.Operation) bool {
	return op.Action == spec.ActionMerge || op.Action == spec.ActionReplace
}

// readable reports whether something shows the record of an update without changing it: a GET, or the update without
// members.
func readable(op *spec.Operation) bool {
	if readerOf(op) != nil {
		return true
	}
	_, res := op.SuccessResponse()
	return res != nil && res.Envelope != nil && bodySchema(op).Valid(map[string]any{}, spec.In)
}

// ofItself is a body of an update that names the record it is sent to, and no other.
func ofItself(op *spec.Operation, key recordKey, o strictjson.Object) strictjson.Object {
	if !isUpdate(op) || key.resource != op.Resource {
		return o
	}
	return named(op, key.id, withOwnID(op, o, key.id))
}

// fresh is a record for this check alone: made for it, or one that nobody needs where none can be made. It ends the check
// where there is none.
func (p *probe) fresh(res *spec.Resource) recordKey {
	if res.Find(spec.ActionCreate) == nil {
		key, why := p.r.spare(p.ctx, res)
		if why != "" {
			p.skip("%s", why)
		}
		return key
	}
	p.mayMake(res)
	key, why := p.r.make(p.ctx, res)
	if why != "" {
		p.skip("no record of %s can be made: %s", res.Name, why)
	}
	p.made = append(p.made, key)
	return key
}

func (p *probe) mayMake(res *spec.Resource) {
	if why := p.r.mayMake(res); why != "" {
		p.skip("%s", why)
	}
}

// call sends a request to an operation. Records that it makes are deleted when the check ends.
func (p *probe) call(note string, req Request) *Answer {
	if makes(req) {
		p.mayMake(req.Operation.Resource)
		p.r.takeCensus(p.ctx, req)
	}
	a := p.send(note, req)
	if req.Operation == nil || req.Operation.Resource == nil {
		return a
	}
	switch req.Operation.Action {
	case spec.ActionCreate:
		if !isSuccess(a.Status) {
			break
		}
		if key, ok := p.r.whichMade(p.ctx, req, a); ok {
			p.made = append(p.made, key)
		}
	case spec.ActionMerge, spec.ActionReplace:
		if req.record.id != "" && req.Query == req.Operation.Query {
			p.learn(req.Operation, req.record.id, a)
		}
	}
	return a
}

// discard deletes what the check made. What cannot be deleted is for putting back to say.
func (p *probe) discard() {
	for _, key := range slices.Backward(p.made) {
		op := enderOf(key.resource)
		if op == nil || p.ctx.Err() != nil {
			continue
		}
		if a, err := p.r.client.send(p.ctx, p.r.places.itemRequest(op, key.id, "", nil)); err != nil || a.Status >= 500 {
			return
		}
	}
}

// emptyUpdate is the smallest body that changes nothing.
func (p *probe) emptyUpdate(op *spec.Operation, id string) any {
	if op.Action == spec.ActionReplace {
		return p.whole(op, id, nil)
	}
	return p.complete(op, id, strictjson.Object{})
}

// complete gives changes what their body must have besides: the id where the path names none, and required members as
// they are.
func (p *probe) complete(op *spec.Operation, id string, changes strictjson.Object) strictjson.Object {
	s := bodySchema(op)
	changes = named(op, id, changes)
	if s.Valid(strictjson.Plain(changes), spec.In) {
		return changes
	}
	now := p.current(op, id)
	out := completed(s, changes, now)
	kind := kindFor(s, now, changes)
	for _, name := range requiredOf(kind) { // what the record does not show
		if prop := kind.Property(name); prop != nil && !s.Valid(strictjson.Plain(out), spec.In) {
			if _, sent := out.Get(name); sent {
				continue
			}
			if v, err := p.r.gen.Value(prop, fixtures.NewSource(p.r.set.Seed, "complete", op.ID, name)); err == nil {
				out = out.With(name, v)
			}
		}
	}
	if !s.Valid(strictjson.Plain(out), spec.In) {
		p.skip("the document does not allow this change with the other members as they are")
	}
	return out
}

// named gives a body the id of its record where the path names none, be it readOnly or not: nothing else says which record
// is meant.
func named(op *spec.Operation, id string, body strictjson.Object) strictjson.Object {
	if op.ItemParam != "" || op.Resource.Part {
		return body
	}
	if _, there := op.Resource.ID.Of(body); there {
		return body
	}
	return op.Resource.ID.With(body, ownIDValue(op, id))
}

// setParameter gives a request a value of a parameter, in its style; false where there is no way to write it.
func setParameter(req *Request, param *spec.Parameter, v any) bool {
	text, err := param.Encode(v)
	return err == nil && setText(req, param, text)
}

// setText gives a request a parameter as it stands on the wire.
func setText(req *Request, param *spec.Parameter, text string) bool {
	dropParameter(req, param)
	switch param.In {
	case "query":
		req.Query = joined(req.Query, text, "&")
	case "header":
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) || strings.TrimSpace(text) != text {
			return false
		}
		req.Header.Set(param.Name, text)
	case "cookie":
		req.Header.Set("Cookie", joined(req.Header.Get("Cookie"), text, "; "))
	default:
		return false
	}
	return true
}

func joined(before, text, between string) string {
	if before == "" || text == "" {
		return before + text
	}
	return before + between + text
}

// dropParameter takes a parameter out of a request.
func dropParameter(req *Request, param *spec.Parameter) {
	mine := func(name string) bool {
		plain, err := url.QueryUnescape(strings.TrimSpace(name))
		return err == nil && (plain == param.Name || strings.HasPrefix(plain, param.Name+"[") || param.Spreads(plain))
	}
	without := func(text, between string) string {
		return strings.Join(slices.DeleteFunc(strings.Split(text, between), func(pair string) bool {
			name, _, _ := strings.Cut(pair, "=")
			return mine(name)
		}), between)
	}
	switch param.In {
	case "query":
		req.Query = without(req.Query, "&")
	case "header":
		req.Header.Del(param.Name)
		if strings.EqualFold(param.Name, "User-Agent") {
			req.Header.Set("User-Agent", "") // else net/http sends its own
		}
	case "cookie":
		if have := without(req.Header.Get("Cookie"), "; "); have != "" {
			req.Header.Set("Cookie", have)
		} else {
			req.Header.Del("Cookie")
		}
	}
}

// vague reports whether what an operation does is not known well enough to demand a success for every valid input: a
// documented refusal is then an answer too.
func vague(op *spec.Operation) bool {
	return op.Resource == nil || isUpdate(op) && bodySchema(op) == nil
}

// acceptedCall demands a success for what the document allows. Of an operation that is vague a documented refusal will
// do. It returns whether there was a success.
func (p *probe) acceptedCall(op *spec.Operation, a *Answer, e expected) bool {
	switch {
	case isSuccess(a.Status) || a.Status >= 300 && a.Status < 400:
		return isSuccess(a.Status)
	case a.Status == http.StatusConflict:
		p.skip("the target answered 409: what was sent clashes with a record that is there")
	case a.Status == http.StatusNotFound && strings.Contains(op.Path, "{"):
		p.skip("the target answered 404: what the path names is not there")
	case a.Status == http.StatusPreconditionFailed && isConditional(op):
		p.skip("the target answered 412: the condition that was sent does not hold")
	case a.Status < 500 && (op.Action == spec.ActionCreate || isUpdate(op)) && !p.holds(op):
		// The document contradicts itself here: the body is allowed, and the record that it makes, or changes, is not.
		p.skipped = "the document lets a body have what a record cannot"
		return false
	case a.Status < 500 && vague(op):
		if op.Response(a.Status) == nil {
			p.find(spec.Finding{
				Rule: "status", Level: spec.Should, In: "status", Document: op.Location,
				Expected: "a success, or a refusal that the document has, for " + e.what, Actual: statusLine(a.Status),
			})
		}
		return false
	}
	return p.accepted(a, e)
}

// isConditional reports whether an operation has a parameter for a condition on the state of a record.
func isConditional(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Parameters, func(q *spec.Parameter) bool {
		return q.In == "header" && strings.HasPrefix(strings.ToLower(q.Name), "if-")
	})
}

// holds reports whether a record can have what the last request sent to make one.
func (p *probe) holds(op *spec.Operation) bool {
	last := p.steps[len(p.steps)-1].Request
	v := last.value
	if sent, err := strictjson.DecodeOrdered(last.Body, answerLimits); err == nil {
		v = sent
		if m := bodyMedia(op); m != nil {
			v, _ = m.Extract(sent)
		}
	}
	return v == nil || allShowable(op, v)
}

// whyNot is what a target says for itself in a problem document, for a reason.
func (p *probe) whyNot(a *Answer) string {
	v, err := a.value()
	o, ok := v.(map[string]any)
	if text, isText := o["detail"].(string); err == nil && ok && isText && p.r.Loopback() {
		return ": " + spec.Clip(text)
	}
	return ""
}

// notDone ends the check: the target has the operation and says that it does not do what it is for, so nothing is known of
// what it would do.
func (p *probe) notDone(a *Answer) {
	p.stopForWeather("the target says that it does not do this (501 Not Implemented)%s", p.whyNot(a))
}

// refusedCall demands a refusal of what the document forbids.
func (p *probe) refusedCall(op *spec.Operation, a *Answer, e expected) {
	f := p.taken(a, e)
	switch {
	case a.Status == http.StatusNotFound && strings.Contains(op.Path, "{"):
		p.skip("the target answered 404: what the path names is not there, which refuses nothing")
	case a.Status >= 400 && a.Status < 500:
		return
	case a.Status == http.StatusNotImplemented:
		p.notDone(a)
	case isSuccess(a.Status) && saysFailure(op, a):
		f.Level = spec.Should
		f.Hint = "the answer says that it failed, but its status says success"
	case a.Status == http.StatusInternalServerError:
		f.Rule, f.Level = "server-error", spec.Must
	}
	p.find(f)
}
