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

// linkChecks: what a success says leads, by a link of the document, to a request that is answered.
func (v *deriver) linkChecks() {
	for _, res := range v.op.Responses {
		if !strings.HasPrefix(res.Status, "2") && res.Status != "default" {
			continue
		}
		for _, l := range res.Links {
			if l.Operation != nil {
				v.linkCheck(res, l)
			}
		}
	}
}

func (v *deriver) linkCheck(res *spec.Response, l *spec.Link) {
	kind := Relates
	if v.op.Action == spec.ActionCreate {
		kind = Creates
	}
	v.add(Check{
		Kind: kind, Rule: "link-follows", Level: spec.Should, Document: l.Location, Requests: 3,
		// What an action does to what it is sent to is not known.
		Harmful: l.Operation.Resource == nil && l.Operation.Method != http.MethodGet,
		run: func(p *probe) {
			first := p.linkFrom(v.op, l)
			a := p.call("a request whose answer has the link", first)
			if !isSuccess(a.Status) || v.op.Response(a.Status) != res {
				p.skip("%s answers %s, which has no such link%s", v.op.ID, statusLine(a.Status), p.whyNot(a))
			}
			x := p.exchange(first, a)
			p.follows(l, p.call("where the link leads", p.linkedRequest(l, x, first)))
		},
	}, "link %s leads to %s", l.Name, l.Operation.ID)
}

// linkFrom is the request whose answer has a link: on a record of the check's own, where the link ends it.
func (p *probe) linkFrom(op *spec.Operation, l *spec.Link) Request {
	if l.Operation.Action == spec.ActionDelete && op.Resource == l.Operation.Resource && op.Action == spec.ActionGet {
		return p.r.places.itemRequest(op, p.fresh(op.Resource).id, "", nil)
	}
	return p.valid(op)
}

// follows demands an answer that the document has and that is a success.
func (p *probe) follows(l *spec.Link, a *Answer) {
	f := spec.Finding{
		In: "status", Expected: "a success of " + l.Operation.ID + ", since the link " + l.Name + " leads there", Actual: statusLine(a.Status),
	}
	switch {
	case a.Status == http.StatusNotImplemented:
		p.notDone(a)
	case a.Status == http.StatusConflict:
		p.skip("the target answered 409: what was sent clashes with a record that is there")
	case a.Status >= 400:
		f.Hint = "each value that the link takes from an answer must be one that the linked operation knows"
		p.find(f)
	case l.Operation.Response(a.Status) == nil:
		f.Expected = "a status that the document has for " + l.Operation.ID
		p.find(f)
	}
}

// exchange is a request and its answer, as the expressions of links see them.
func (p *probe) exchange(req Request, a *Answer) *spec.Exchange {
	x := &spec.Exchange{
		URL: p.r.client.url(req), Method: req.Method, Status: a.Status, Path: map[string]string{},
		Header: req.Header, AnswerHeader: a.Header,
	}
	x.Query, _ = url.ParseQuery(req.Query)
	if m, ok := p.r.doc.Route(req.Path); ok {
		x.Path = m.Params
	}
	if v, err := strictjson.Decode(req.Body, answerLimits); err == nil {
		x.Body, x.HasBody = v, true
	}
	if v, err := a.value(); err == nil {
		x.AnswerBody, x.HasAnswerBody = v, true
	}
	return x
}

// linkValue is a value that a link gives: what its expression leads to, or the value itself.
func (p *probe) linkValue(l *spec.Link, x *spec.Exchange, v any) any {
	text, isText := v.(string)
	if !isText {
		return v
	}
	var err error
	switch {
	case strings.HasPrefix(text, "$"):
		v, err = x.Evaluate(text)
	case strings.Contains(text, "{$"):
		v, err = x.Expand(text)
	}
	if err != nil {
		p.skip("the link %s cannot be followed: %v", l.Name, err)
	}
	if v == nil {
		p.skip("the link %s cannot be followed: %s is null", l.Name, text)
	}
	return v
}

// linked are the parameters of a link's operation, as the link gives them.
type linked struct {
	values map[*spec.Parameter]any
	// texts are the values of the path, decoded, by name.
	texts map[string]string
	path  string
}

// linkedRequest is the request that a link leads to. It ends the check where the link does not say enough, or where the
// request would change a record that the check may not change.
func (p *probe) linkedRequest(l *spec.Link, x *spec.Exchange, first Request) Request {
	if l.Server != "" && !slices.Contains(p.r.doc.Servers, l.Server) {
		p.skip("the link %s leads to another server, %s, which is not the target", l.Name, l.Server)
	}
	op, given := l.Operation, p.linkedParameters(l, x)
	key := given.key(op)
	p.mayFollow(op, key)
	body, contentType := p.linkedBody(l, x, key)
	req := p.r.places.request(op, key, "", body).typed(contentType)
	req.Path, req.unfit = given.path, ""
	if req.record.id == "" && req.below.resource == nil {
		req.below = first.below
	}
	for _, param := range op.Parameters {
		val, ok := given.values[param]
		if !ok || param.In == "path" {
			continue
		}
		if text := encoded(param, val); text == "" || !setText(&req, param, text) {
			p.skip("the link %s cannot be followed: %s cannot carry its value", l.Name, param.Name)
		}
	}
	return req
}

// linkedParameters evaluates the parameters of a link. Those of the path that it does not give are as in the request
// before.
func (p *probe) linkedParameters(l *spec.Link, x *spec.Exchange) linked {
	op := l.Operation
	out := linked{values: map[*spec.Parameter]any{}, texts: map[string]string{}, path: op.Path}
	for _, lp := range l.Parameters {
		param := parameterNamed(op, lp.Name)
		if param == nil {
			p.skip("the link %s gives %s, which %s does not have", l.Name, lp.Name, op.ID)
		}
		out.values[param] = p.linkValue(l, x, lp.Value)
	}
	for _, param := range op.Parameters {
		if param.In != "path" {
			continue
		}
		val, ok := out.values[param]
		if !ok {
			if val, ok = x.Path[param.Name], x.Path[param.Name] != ""; !ok {
				p.skip("the link %s does not say %s of %s", l.Name, param.Name, op.ID)
			}
		}
		text := encoded(param, val)
		if text == "" {
			p.skip("the link %s cannot be followed: no path can have its %s", l.Name, param.Name)
		}
		out.texts[param.Name] = idText(val)
		out.path = strings.ReplaceAll(out.path, "{"+param.Name+"}", text)
	}
	return out
}

// encoded is a value as a parameter carries it, whether the document has it a text here and a number there; "" for none.
func encoded(param *spec.Parameter, v any) string {
	text, _ := param.EncodeSaid(v)
	return text
}

// parameterNamed is the parameter that a link means by "name" or "in.name"; nil for none.
func parameterNamed(op *spec.Operation, name string) *spec.Parameter {
	for _, param := range op.Parameters {
		if param.In+"."+param.Name == name {
			return param
		}
	}
	for _, param := range op.Parameters {
		if param.Name == name {
			return param
		}
	}
	return nil
}

// key is the record that a request with these values acts on; of a list or a creation, the owner of what it acts on.
func (k linked) key(op *spec.Operation) recordKey {
	key, owners := recordKey{op.Resource, k.texts[op.ItemParam]}, op.Owners
	if op.ItemParam == "" {
		if len(owners) == 0 {
			return recordKey{}
		}
		key, owners = recordKey{owners[0].Resource, k.texts[owners[0].Param]}, owners[1:]
	}
	for _, o := range owners[:min(len(owners), len(itemOwners(key.resource)))] {
		key.id = url.PathEscape(k.texts[o.Param]) + "/" + key.id
	}
	return key
}

// mayFollow ends the check where a link leads to a change of a record that the check may not change.
func (p *probe) mayFollow(op *spec.Operation, key recordKey) {
	ours := slices.Contains(p.made, key)
	switch op.Action {
	case spec.ActionDelete:
		if !ours {
			p.skip("the link leads to a deletion of a record that was not made for it")
		}
	case spec.ActionMerge, spec.ActionReplace:
		if !ours && !p.r.known(key) {
			p.skip("the link leads to an update of a record that is not among those that may be used")
		}
	}
}

// linkedBody is the body that a link gives, else one that the document allows; nil where there is none.
func (p *probe) linkedBody(l *spec.Link, x *spec.Exchange, key recordKey) ([]byte, string) {
	op := l.Operation
	if l.Body != nil {
		val := p.linkValue(l, x, *l.Body)
		if m := bodyMedia(op); m != nil {
			if body, contentType, err := encodeBody(m, val); err == nil {
				return body, contentType
			}
		}
		p.skip("the link %s gives a body that %s cannot be sent", l.Name, op.ID)
	}
	if isUpdate(op) && bodySchema(op) != nil && readable(op) {
		return bodyText(op, p.emptyUpdate(op, key.id)), ""
	}
	body, err := p.r.newBody(p.ctx, op, key, fmt.Sprint(p.check.Name, "/", p.r.made()), false)
	if err != nil {
		p.skip("no body can be made for %s: %v", op.ID, err)
	}
	return body.text, body.contentType
}
