package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// isolationChecks: records are their own, and two updates at once are both there.
func (v *deriver) isolationChecks() {
	op, props := v.op, v.settable()
	if len(props) == 0 {
		return
	}
	v.add(Check{Kind: Isolates, Rule: "isolation", Document: op.Location, Requests: 6, run: func(p *probe) {
		v.leavesAlone(p, props)
	}}, "leaves other records alone")
	if len(props) < 2 || op.Action != spec.ActionMerge {
		return // of two whole records, the later one is right
	}
	v.add(Check{
		Kind: Isolates, Rule: "concurrency", Level: spec.Should, Document: op.Location, Requests: 24,
		run: func(p *probe) {
			v.atOnce(p, props[0], props[1])
		},
	}, "keeps both of two updates at once")
}

// leavesAlone changes every property of one record and looks at another of its kind, and at one of each other kind.
func (v *deriver) leavesAlone(p *probe, props []spec.Property) {
	op := v.op
	p.firstID(op) // there may be none
	ids := p.r.knownTo(op, op.Resource)
	type other struct {
		op     *spec.Operation
		id     string
		before map[string]any
	}
	var others []other
	if len(ids) > 1 {
		others = append(others, other{op: op, id: ids[1]})
	}
	for _, o := range p.r.doc.Operations {
		if o.Resource != nil && o.Resource != op.Resource && o.Action == spec.ActionMerge && bodySchema(o) != nil {
			others = append(others, other{op: o, id: p.firstID(o)})
		}
	}
	if len(others) == 0 {
		p.skip("it takes two records: pass another with --id %s=ID,ID", op.Resource.Name)
	}
	for i, o := range others {
		others[i].before = p.read(o.op, o.id)
	}
	for i, prop := range props {
		if val, ok := p.changeOf(prop, others[0].before[prop.Name], fmt.Sprint("isolation", i)); ok {
			p.update("change "+prop.Name+" of another record", op, ids[0], one(prop.Name, val))
		}
	}
	for _, o := range others {
		p.unchanged(o.op, o.before, p.read(o.op, o.id), "isolation")
	}
}

// atOnce sends two updates of different properties at the same time and looks for both.
func (v *deriver) atOnce(p *probe, a, b spec.Property) {
	id := p.firstID(v.op)
	for i := range 6 {
		now := p.current(v.op, id)
		x, ok1 := p.changeOf(a, now[a.Name], fmt.Sprint("once", i))
		y, ok2 := p.changeOf(b, now[b.Name], fmt.Sprint("once", i))
		if !ok1 || !ok2 {
			p.skip("there is only one value it can have")
		}
		if !p.bothAtOnce(v.op, id, one(a.Name, x), one(b.Name, y)) {
			continue // one of the two was turned away: nothing to say of both
		}
		got := p.read(v.op, id)
		p.stillThere(a, x, got, "concurrency", "after two updates at once")
		p.stillThere(b, y, got, "concurrency", "after two updates at once")
	}
}

// bothAtOnce sends two updates at the same time; it returns whether both were taken.
func (p *probe) bothAtOnce(op *spec.Operation, id string, bodies ...strictjson.Object) bool {
	var wg sync.WaitGroup
	steps := make([]Step, len(bodies))
	for i, body := range bodies {
		wg.Go(func() {
			req := p.r.places.itemRequest(op, id, "", bodyText(op, body))
			a, err := p.r.client.send(p.ctx, req)
			steps[i] = Step{Request: req, URL: p.r.client.url(req), Answer: a, Note: "two updates at once"}
			if err != nil {
				steps[i].Err = err.Error()
			}
		})
	}
	wg.Wait()
	p.r.recordFor(recordKey{op.Resource, id}).last = nil
	both := true
	for _, step := range steps {
		p.keepStep(step)
		if step.Answer != nil {
			p.r.observe(step.Request, step.Answer, step)
		}
		both = both && step.Answer != nil && isSuccess(step.Answer.Status)
	}
	return both
}

// unknownID is an id of the same shape as a known one that no known record has.
func unknownID(known string, all []string) string {
	if known != "" && strings.Trim(known, "0123456789") == "" {
		return "999999937" // ids that are counted are smaller, and 32 bits have room for it
	}
	for _, swap := range []string{"z9", "q7", "x3", "k1"} {
		b := []byte(known)
		for i := len(b) - 1; i >= 0 && i >= len(b)-8; i-- {
			switch c := b[i]; {
			case c >= '0' && c <= '9':
				b[i] = swap[1]
			case c >= 'a' && c <= 'f' && strings.Count(known, "-") == 4:
				b[i] = 'e' // keeps a UUID one
			case c >= 'a' && c <= 'z':
				b[i] = swap[0]
			}
		}
		if !slices.Contains(all, string(b)) {
			return string(b)
		}
	}
	return known + "0"
}

// unknownKey is the key of a record that should not be there: of known owners, where there are any.
func (p *probe) unknownKey(op *spec.Operation) string {
	known := p.firstID(op)
	own := recordKey{op.Resource, known}.ownID()
	var all []string
	for _, id := range p.r.target.IDs[op.Resource.Name] {
		all = append(all, recordKey{op.Resource, id}.ownID())
	}
	other := unknownID(own, all)
	param := op.Resource.IDParam
	for _, own := range op.Parameters { // what takes it, which may differ
		if own.In == "path" && own.Name == op.ItemParam && own.Schema != nil {
			param = own
		}
	}
	if param != nil && param.Schema != nil && !canName(param, other) {
		if own != "" && strings.Trim(own, "0123456789") == "" {
			p.skip("the document allows few ids, so none is known to be free")
		}
		for i := range 20 {
			v, err := p.r.gen.Value(param.Schema, fixtures.NewSource(p.r.set.Seed, "unknown id", fmt.Sprint(i)))
			if id := idText(v); err == nil && id != "" && !slices.Contains(all, id) {
				other = id
				break
			}
		}
	}
	return strings.TrimSuffix(known, own) + other
}

// harmlessBody is a body that an operation allows for a record of that id, the emptiest there is; nil for none.
func (p *probe) harmlessBody(op *spec.Operation, id string) []byte {
	s := bodySchema(op)
	switch {
	case s == nil:
		return nil
	case op.Action == spec.ActionReplace:
		return bodyText(op, withOwnID(op, p.whole(op, p.firstID(op), nil), id))
	case !s.Valid(map[string]any{}, spec.In):
		if v, err := p.r.gen.Value(s, fixtures.NewSource(p.r.set.Seed, "harmless", op.ID)); err == nil {
			v = p.ownRecords(op, id, v)
			if o, isObject := v.(strictjson.Object); isObject {
				v = named(op, id, o)
			}
			return bodyText(op, v)
		}
	}
	return bodyText(op, named(op, id, strictjson.Object{}))
}

// askUnknown sends a request for an id that no record should have. Where that makes one it is deleted again, so it is not
// sent to an id that somebody's record has after all.
func (p *probe) askUnknown(op *spec.Operation) *Answer {
	key := recordKey{op.Resource, p.unknownKey(op)}
	req := p.r.places.itemRequest(op, key.id, "", p.harmlessBody(op, key.id))
	get := op.Resource.Find(spec.ActionGet)
	req.Operation = nil // no answer to this is one that the document has
	req.upserts = op.Action == spec.ActionReplace || op.Action == spec.ActionMerge && (get != nil || enderOf(op.Resource) != nil)
	if req.upserts && get != nil && p.r.puttingBack() {
		if a := p.send("look whether a record has that id", p.unasked(get, key)); isSuccess(a.Status) {
			p.skip("the target has a record of the id %s, which was drawn to be free", spec.Clip(key.id))
		}
	}
	a := p.send("an id that no record should have", req)
	if req.upserts && isSuccess(a.Status) {
		p.made = append(p.made, key)
	}
	return a
}

// refusesUnknown reports whether a refusal does as well as a 404: the document has it, and no 404.
func refusesUnknown(op *spec.Operation, status int) bool {
	return status >= 400 && status < 500 && declares(op, status) && !declares(op, http.StatusNotFound)
}

// declares reports whether an operation has an answer of exactly that status.
func declares(op *spec.Operation, status int) bool {
	text := strconv.Itoa(status)
	return slices.ContainsFunc(op.Responses, func(r *spec.Response) bool { return r.Status == text })
}

// unknownChecks: an id that is not there has no success, at best a 404.
func (v *deriver) unknownChecks() {
	op := v.op
	if op.ItemParam == "" && op.Resource.Part {
		return // its place is the only one
	}
	location := op.Location
	for _, p := range op.Parameters {
		if p.In == "path" && p.Name == op.ItemParam {
			location = p.Location
		}
	}
	if op.Creates() {
		return // the document says that a success makes the record
	}
	level := spec.Must
	if op.Method == http.MethodPut {
		level = spec.Should // RFC 9110, 9.3.4: PUT may make what is not there
	}
	v.add(Check{
		Kind: Unknown, Rule: "unknown-id", Level: level, Document: location, Requests: 1,
		Harmful: op.Body != nil, run: func(p *probe) {
			if a := p.askUnknown(op); isSuccess(a.Status) {
				p.find(spec.Finding{
					In: "path", Pointer: strictjson.Pointer(op.ItemParam),
					Expected: "no success for an id that is not there",
					Actual:   statusLine(a.Status),
				})
			} else if a.Status == http.StatusInternalServerError {
				p.find(spec.Finding{
					Rule: "server-error", In: "path", Pointer: strictjson.Pointer(op.ItemParam),
					Expected: "404", Actual: statusLine(a.Status),
				})
			}
		},
	}, "has no success for an unknown id")
	v.add(Check{
		Kind: Unknown, Rule: "unknown-id-status", Level: spec.Should, Document: location, Requests: 1,
		Harmful: op.Body != nil, run: func(p *probe) {
			if a := p.askUnknown(op); !isSuccess(a.Status) && !isGone(a.Status) && !refusesUnknown(op, a.Status) {
				p.find(spec.Finding{
					In: "path", Pointer: strictjson.Pointer(op.ItemParam), Expected: "404 Not Found",
					Actual: statusLine(a.Status),
				})
			}
		},
	}, "answers 404 for an unknown id")
}

// mannerChecks report what hints say of a success, for each success met along the way.
func (v *deriver) mannerChecks() {
	op := v.op
	if len(op.Success) == 0 {
		return
	}
	v.add(Check{
		Kind: Manners, Rule: "success", Level: spec.Should, Document: op.Location, Requests: 1, late: true,
		run: func(p *probe) {
			p.tellAfter(func(p *probe) {
				if a := p.ask("a request that changes nothing", op, p.firstID(op), ""); isSuccess(a.Status) {
					p.claimsSuccess(a)
				}
			}, op, metSuccess)
		},
	}, "says so of a success")
}

// unknownPath is a path that the document does not have; false where its templates take what is tried.
func unknownPath(d *spec.Document) (string, bool) {
	const segment = "/understudy-no-such-path"
	for n := 1; n <= 8; n++ {
		path := strings.Repeat(segment, n)
		if _, known := d.Route(path); !known {
			return path, true
		}
	}
	return "", false
}

// targetChecks are about the target as a whole.
func targetChecks(d *spec.Document) []*Check {
	late := func(name, rule string, level spec.Level, kind string) *Check {
		return &Check{
			Name: name, Kind: Manners, Rule: rule, Level: level, late: true, Document: d.Operations[0].Location,
			run: func(p *probe) { p.tell(p.r.metAlong(nil, kind)) },
		}
	}
	out := []*Check{
		late("never answers 500", "server-error", spec.Must, metError),
		late("shows nothing of its inside in errors", "stack-trace", spec.Should, metLeak),
		late("answers in time", "time", spec.Should, metSlow),
	}
	if path, ok := unknownPath(d); ok {
		out = append(out, &Check{
			Name: "answers 404 for an unknown path", Kind: Unknown, Rule: "unknown-path", Level: spec.Should, Requests: 1,
			Document: d.Operations[0].Location, run: func(p *probe) {
				a := p.send("a path that the document does not have", Request{Method: http.MethodGet, Path: path})
				if a.Status != http.StatusNotFound {
					p.find(spec.Finding{In: "path", Expected: "404 Not Found", Actual: statusLine(a.Status)})
				}
			},
		})
	}
	seen := map[string]bool{}
	for _, op := range d.Operations {
		if seen[op.Path] {
			continue
		}
		seen[op.Path] = true
		out = append(out, methodChecks(d, op)...)
	}
	return out
}
