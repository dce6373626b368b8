package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// probe is one run of one check: it sends requests, keeps the steps and collects findings.
type probe struct {
	ctx      context.Context
	r        *Runner
	check    *Check
	steps    []Step
	dropped  int
	findings []spec.Finding
	at       []int // of each finding, the step it is about; -1 where that was left out
	skipped  string
	weather  string
	made     []recordKey    // that the check made and deletes in the end
	lastSent map[string]any // to make a record, by the last creation
}

// maxSteps is how many steps an outcome keeps, and maxFindings how many findings of one check are told.
const (
	maxSteps    = 24
	maxFindings = 20
)

// skip ends the check: it cannot be tried here.
func (p *probe) skip(format string, args ...any) {
	p.skipped = fmt.Sprintf(format, args...)
	panic(errStop)
}

// stopForWeather ends the check: what happened says nothing about the contract.
func (p *probe) stopForWeather(format string, args ...any) {
	p.weather = fmt.Sprintf(format, args...)
	panic(errStop)
}

// find adds a finding. What it leaves open is taken from the check.
func (p *probe) find(f spec.Finding) {
	if f.Rule == "" {
		f.Rule = p.check.Rule
	}
	if f.Level == "" {
		f.Level = p.check.Level
	}
	if f.Operation == "" {
		f.Operation = p.check.Operation
	}
	if f.Document == (spec.Location{}) {
		f.Document = p.check.Document
	}
	if len(p.findings) < maxFindings {
		p.findings = append(p.findings, f)
		p.at = append(p.at, len(p.steps)-1)
	}
}

// send makes a request. An answer that is weather ends the check; a connection that ends without an answer while the
// target answers others is a finding.
func (p *probe) send(note string, req Request) *Answer {
	if why := p.r.harms(req); why != "" {
		p.skip("%s", why)
	}
	if req.unfit != "" {
		p.skip("%s", req.unfit)
	}
	if why := unsendable(req); why != "" {
		p.skip("%s", why)
	}
	if other := p.r.another(req); other != "" {
		p.skip("this request is for %s, which has the same path and method", other)
	}
	a, err := p.r.client.send(p.ctx, req)
	step := Step{Request: req, URL: p.r.client.url(req), Answer: a, Note: note}
	if err != nil {
		step.Err = err.Error()
	}
	p.keepStep(step)
	if err != nil {
		p.failedToSend(err)
	}
	p.r.observe(req, a, step)
	refused := a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
	if isWeather(a.Status) && !(req.bare && refused) {
		p.stopForWeather("the target answered %d %s", a.Status, http.StatusText(a.Status))
	}
	return a
}

// another names the operation that a request is for where it is another one than meant: some documents have several of
// one path and method.
func (r *Runner) another(req Request) string {
	op := req.Operation
	if op == nil || !op.Shared() {
		return ""
	}
	got := r.doc.ForPath(req.Method, req.Path, &spec.RequestMessage{RawQuery: req.Query, Header: req.Header})
	if got == nil || got == op {
		return ""
	}
	return got.ID
}

// keepStep keeps what was sent, the latest of many.
func (p *probe) keepStep(step Step) {
	if len(p.steps) == maxSteps {
		// The first step shows how it began; of the others the latest matter.
		p.steps = append(p.steps[:1], p.steps[2:]...)
		p.dropped++
		for i, at := range p.at {
			switch {
			case at == 1:
				p.at[i] = -1
			case at > 1:
				p.at[i]--
			}
		}
	}
	p.steps = append(p.steps, step)
}

func (p *probe) failedToSend(err error) {
	var lost *transportError
	if !errors.As(err, &lost) || p.ctx.Err() != nil || errors.Is(err, errBudgetTime) {
		p.stopForWeather("%s", err)
	}
	if !p.r.alive(p.ctx) {
		p.stopForWeather("the target cannot be reached: %s", lost)
	}
	p.find(spec.Finding{
		Rule: "connection", Level: spec.Must, In: "connection", Expected: "an answer",
		Actual: lost.Error(), Hint: "other requests are answered, so the target gives up on this kind of request",
	})
	panic(errStop)
}

// tellAfter asks once more and then tells what was met along the way, whether the asking went well or not. Within a budget
// it asks only where nothing was met.
func (p *probe) tellAfter(ask func(*probe), op *spec.Operation, kinds ...string) {
	defer func() { p.tell(p.r.metAlong(op, kinds...)) }()
	if budgeted := p.r.set.MaxRequests > 0 || p.r.set.MaxTotal > 0; budgeted && p.r.judgedAny(op) {
		return
	}
	ask(p)
}

// update sends changes to a record and keeps what is known of the record up to date. Where the operation replaces the
// whole record, the changes are sent within the record as it is.
func (p *probe) update(note string, op *spec.Operation, id string, body any) *Answer {
	return p.updateQuery(note, op, id, "", body)
}

func (p *probe) updateQuery(note string, op *spec.Operation, id, query string, body any) *Answer {
	if changes, ok := body.(strictjson.Object); ok {
		if op.Action == spec.ActionReplace {
			body = p.whole(op, id, changes)
		} else if bodySchema(op) != nil {
			body = p.complete(op, id, changes)
		}
	}
	return p.sendBody(note, op, id, query, body)
}

// ask makes an operation's request that changes nothing, with a query.
func (p *probe) ask(note string, op *spec.Operation, id, query string) *Answer {
	if op.Body == nil {
		return p.sendBody(note, op, id, query, noBody{})
	}
	return p.updateQuery(note, op, id, query, strictjson.Object{})
}

// whole is the record as it is, without what only the server writes and what no body may say as the record shows it,
// with changes. It ends the check where that is no body.
func (p *probe) whole(op *spec.Operation, id string, changes strictjson.Object) strictjson.Object {
	out, now, s := strictjson.Object{}, p.current(op, id), bodySchema(op)
	kind, unfit := kindFor(s, now, changes), false
	for _, prop := range kind.AllProperties() {
		v, there := now[prop.Name]
		if !there || isReadOnly(prop.Schema) {
			continue
		}
		for i, rel := range op.Resource.Relations {
			if rel.IDAllowed && len(rel.Path) > 0 && rel.Path[0] == prop.Name {
				v = folded(&op.Resource.Relations[i], rel.Path[1:], v)
			}
		}
		rel := relationOf(op.Resource, prop.Name)
		if refers := isReference(rel) && rel.IDAllowed && v != nil; !refers && !sendable(prop.Schema, v) {
			unfit = true
			continue
		}
		out = append(out, strictjson.Member{Name: prop.Name, Value: v})
	}
	for _, m := range changes {
		out = out.With(m.Name, m.Value)
	}
	out = named(op, id, withUndescribed(kind, out, now))
	out = p.withUnseen(op, kind, out)
	if s.Valid(strictjson.Plain(out), spec.In) {
		return out
	}
	if told := withReadOnly(kind, out, now); s.Valid(strictjson.Plain(told), spec.In) {
		return told
	}
	if unfit {
		p.skip("the document does not allow a body with the members that it requires as the record shows them")
	}
	return out
}

// withUnseen is a body with what its kind requires and no record shows.
func (p *probe) withUnseen(op *spec.Operation, kind *spec.Schema, body strictjson.Object) strictjson.Object {
	for _, name := range requiredOf(kind) {
		_, sent := body.Get(name)
		if prop := kind.Property(name); !sent && prop != nil && op.Resource.Schema.KindProperty(name) == nil {
			if v, err := p.r.gen.Value(prop, fixtures.NewSource(p.r.set.Seed, "whole", op.ID, name)); err == nil {
				body = body.With(name, v)
			}
		}
	}
	return body
}

// withReadOnly is a body with the readOnly members of its record: by one of them alone, some documents tell kinds of bodies
// apart.
func withReadOnly(kind *spec.Schema, body strictjson.Object, now map[string]any) strictjson.Object {
	for _, prop := range kind.AllProperties() {
		v, there := now[prop.Name]
		if _, sent := body.Get(prop.Name); there && !sent && isReadOnly(prop.Schema) {
			body = body.With(prop.Name, v)
		}
	}
	return body
}

// sendable reports whether a body may say a value of a record as the record shows it: some documents show an object where
// bodies have its id.
func sendable(s *spec.Schema, v any) bool { return s.Valid(v, spec.In) }

// sendBody sends a body as it is.
func (p *probe) sendBody(note string, op *spec.Operation, id, query string, body any) *Answer {
	var text []byte
	if _, none := body.(noBody); !none {
		text = bodyText(op, body)
	}
	a := p.send(note, p.r.places.itemRequest(op, id, query, text))
	if query == "" { // what a parameter leaves out or adds is no change
		p.learn(op, id, a)
	}
	return a
}

// learn keeps what an answer says of a record.
func (p *probe) learn(op *spec.Operation, id string, a *Answer) {
	rec := p.r.recordFor(recordKey{op.Resource, id})
	rec.last = nil
	if isSuccess(a.Status) && (showsAll(op) || readerOf(op) == nil) {
		rec.last = recordIn(op, a)
	}
}

// noBody sends no body at all; nil is the body null.
type noBody struct{}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// current is the record as it was last seen, read where that is not known.
func (p *probe) current(op *spec.Operation, id string) map[string]any {
	if last := p.r.recordFor(recordKey{op.Resource, id}).last; last != nil {
		return last
	}
	return p.read(op, id)
}

// recordFor is what is known of a record.
func (r *Runner) recordFor(k recordKey) *record {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.records[k]
	if rec == nil {
		rec = &record{}
		r.records[k] = rec
	}
	return rec
}

// alive reports whether the target answers a plain request at all.
func (r *Runner) alive(ctx context.Context) bool {
	for _, o := range r.doc.Operations {
		if o.Resource == nil || len(r.target.IDs[o.Resource.Name]) == 0 {
			continue
		}
		if req, ok := r.places.lookRequest(o.Resource, r.target.IDs[o.Resource.Name][0]); ok {
			_, err := r.client.send(ctx, req)
			return err == nil
		}
	}
	_, err := r.client.send(ctx, Request{Method: http.MethodGet, Path: "/"})
	return err == nil
}

// show is a value as a finding may show it: those read from a target off loopback are masked.
func (p *probe) show(v any) string {
	if v == nil {
		return "null"
	}
	if !p.r.Loopback() && !p.r.set.ShowValues {
		return masked(v)
	}
	return spec.Clip(string(strictjson.Append(nil, v)))
}

// masked says what kind of value it is and how long, and nothing else.
func masked(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("(text of %d characters, masked)", len([]rune(v)))
	case map[string]any:
		return fmt.Sprintf("(object of %d members, masked)", len(v))
	case []any:
		return fmt.Sprintf("(array of %d items, masked)", len(v))
	case bool:
		return "(boolean, masked)"
	}
	return "(number, masked)"
}
