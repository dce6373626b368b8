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

// refuseChecks: whatever the document forbids is refused, and a refusal changes nothing.
func (v *deriver) refuseChecks() {
	s := bodySchema(v.op)
	if s == nil {
		return
	}
	v.broken = v.cases.brokenOf(s)
	for _, g := range v.groups(v.broken, v.isSettable(), refuseWords) {
		v.refuseGroup(g, Refuses)
	}
}

// refuseGroup sends each broken value together with a valid change, and looks afterwards whether anything stuck.
func (v *deriver) refuseGroup(g *group, kind Kind) {
	c := Check{
		Kind: kind, Rule: g.cases[0].Rule, Level: v.refusalLevel(g), Document: g.schema.Location,
		Requests: len(g.cases) + 2,
	}
	for _, tc := range g.cases {
		// Null removes a member where a server takes it, and a removed member cannot be put back.
		if val, _ := strictjson.Resolve(tc.Value, tc.Pointer); val == nil {
			c.Harmful = true
		}
	}
	// What is inside a related record is not put back with this one.
	c.Harmful = c.Harmful || kind == Relates && strings.Contains(g.cases[0].Pointer[1:], "/")
	c.run = func(p *probe) { v.tryBroken(p, g) }
	v.add(c, "%s", g.name("refuses"))
}

func (v *deriver) tryBroken(p *probe, g *group) {
	op, id := v.op, p.firstID(v.op)
	before := p.read(op, id)
	for _, tc := range g.cases {
		body := p.withChange(v, tc, before)
		if bodySchema(op).Valid(strictjson.Plain(body), spec.In) {
			continue // beside the change it is no longer broken
		}
		a := p.sendBody(tc.Name, op, id, "", body)
		e := expected{rule: tc.Rule, in: "body", pointer: tc.Pointer, document: v.ruleLocation(tc), what: caseWords(tc)}
		if !p.refused(op, id, a, e, before) {
			p.putBackReference(op, id, g.property, before)
			before = p.current(op, id)
		}
	}
	p.nothingStuck(op, id, before)
}

// putBackReference links a record again after a broken reference was taken.
func (p *probe) putBackReference(op *spec.Operation, id, property string, before map[string]any) {
	rel := relationOf(op.Resource, property)
	if rel == nil {
		return
	}
	if known := referenceID(rel, before[property]); known != "" {
		p.update("put the reference back", op, id, one(property, fixtures.IDValue(rel.Target, known)))
	}
}

// refusalLevel is should for inference and good practice; formats are asserted as the settings say.
func (v *deriver) refusalLevel(g *group) spec.Level {
	if g.should || v.doc.Inferred(g.schema) {
		return spec.Should
	}
	return spec.Must
}

// withChange adds a valid change of another property to a broken body, so that a server which applies half of it
// shows.
func (p *probe) withChange(v *deriver, tc fixtures.Case, now map[string]any) any {
	o, ok := tc.Value.(strictjson.Object)
	if !ok {
		return tc.Value
	}
	// The id and references of the record itself, so that nothing but the breach is wrong.
	if relationOf(v.op.Resource, firstSegment(tc.Pointer)) == nil {
		o, _ = p.ownRecords(v.op, p.firstID(v.op), o).(strictjson.Object)
	}
	for _, prop := range v.settable() {
		if _, sent := o.Get(prop.Name); sent || prop.Name == firstSegment(tc.Pointer) || !prop.Schema.Allows("string") {
			continue
		}
		if val, ok := p.changeOf(prop, now[prop.Name], "beside"); ok {
			return o.With(prop.Name, val)
		}
	}
	return o
}

// taken is the finding for a request that was not refused although the document forbids it.
func (p *probe) taken(a *Answer, e expected) spec.Finding {
	if e.level == "" {
		e.level = p.check.Level
	}
	if e.rule == "format" && e.level == spec.Should {
		e.level = p.r.set.Formats
	}
	return spec.Finding{
		Rule: e.rule, Level: e.level, In: e.in, Pointer: p.sentAt(e), Document: e.document,
		Expected: "a refusal (4xx), since the document forbids " + e.what, Actual: statusLine(a.Status),
	}
}

// refused demands a refusal; it returns whether there was one.
func (p *probe) refused(op *spec.Operation, id string, a *Answer, e expected, before map[string]any) bool {
	f := p.taken(a, e)
	switch {
	case a.Status == http.StatusNotFound && id != "":
		p.weather = "the target answered 404 for a record that is there, which refuses nothing"
		return true
	case a.Status >= 400 && a.Status < 500:
		return true
	case a.Status == http.StatusInternalServerError:
		f.Rule, f.Level = "server-error", spec.Must
		p.find(f)
		return false
	case isSuccess(a.Status) && saysFailure(op, a):
		after := p.read(op, id)
		if len(differences(op, before, after)) == 0 {
			f.Level = spec.Should
			f.Hint = "the answer says that it failed and nothing changed, but its status says success"
		}
		p.find(f)
		return false
	}
	p.find(f)
	return false
}

// saysFailure reports whether a success says of itself that it is none, by what the hints have a success say. A
// value of
// another type says nothing: that is a wrong answer, not a failed update.
func saysFailure(op *spec.Operation, a *Answer) bool {
	v, err := a.value()
	o, ok := v.(map[string]any)
	if err != nil || !ok || len(op.Success) == 0 {
		return false
	}
	for name, want := range op.Success {
		if got, there := o[name]; there && sameType(want, got) && !strictjson.Equal(want, got) {
			return true
		}
	}
	return false
}

func sameType(a, b any) bool { return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b) }

// nothingStuck demands that refused requests changed nothing.
func (p *probe) nothingStuck(op *spec.Operation, id string, before map[string]any) {
	after := p.read(op, id)
	for _, d := range differences(op, before, after) {
		p.find(spec.Finding{
			Rule: "refusal-changed", Level: spec.Must, In: "body", Pointer: strictjson.Pointer(d.property),
			Document: bodySchema(op).KindProperty(d.property).Location,
			Expected: "the value it had before the refused requests, " + p.show(d.before), Actual: p.shownOr(after, d.property),
			Hint: "a request that is refused must change nothing, valid parts included",
		})
	}
}

// rawBody is a body that is wrong as a whole.
type rawBody struct {
	name, text string
	rule       string
	mediaType  string // "" for the right one, "-" for none
}

// bodyRefusals: bodies that are no JSON, or of another media type.
func (v *deriver) bodyRefusals() {
	if bodySchema(v.op) == nil {
		return
	}
	v.unwrappedRefusal()
	good := v.smallBody()
	// An empty object has no name to spoil.
	changed := func(all []rawBody) []rawBody {
		return slices.DeleteFunc(all, func(b rawBody) bool { return b.text == good })
	}
	v.addRaw("refuses malformed JSON", spec.Must, changed([]rawBody{
		{name: "a body that ends too early", text: good[:len(good)-1], rule: "json-malformed"},
		{name: "a comma too many", text: strings.TrimSuffix(good, "}") + ",}", rule: "json-malformed"},
		{name: "single quotes", text: strings.ReplaceAll(good, `"`, `'`), rule: "json-malformed"},
		{name: "no JSON at all", text: "<xml/>", rule: "json-malformed"},
	}))
	v.addRaw("refuses text after the JSON", spec.Must, []rawBody{
		{name: "a letter after the value", text: good + "x", rule: "json-trailing"},
		{name: "another value after the value", text: good + good, rule: "json-trailing"},
	})
	v.addRaw("refuses a member that is there twice", spec.Should, []rawBody{
		{name: "a member twice", text: strings.TrimSuffix(good, "}") + "," + good[1:], rule: "json-duplicate"},
	})
	v.addRaw("refuses bytes that are no UTF-8", spec.Should, changed([]rawBody{
		{name: "bytes that are no UTF-8", text: strings.Replace(good, `{"`, "{\"\xff", 1), rule: "json-encoding"},
	}))
	var others []rawBody
	for _, b := range []rawBody{
		{name: "text/plain", mediaType: "text/plain"},
		{name: "a form", mediaType: "application/x-www-form-urlencoded"},
		{name: "no Content-Type", mediaType: "-"},
	} {
		if !takes(v.op, b.mediaType) {
			b.text, b.rule = good, "contentType"
			others = append(others, b)
		}
	}
	if len(others) > 0 {
		v.addRaw("refuses other media types", spec.Should, others)
	}
}

// takes reports whether a body may be of a media type.
func takes(op *spec.Operation, mediaType string) bool {
	return slices.ContainsFunc(op.Body.Content, func(m *spec.MediaType) bool {
		before, _, star := strings.Cut(m.Type, "*")
		return m.Type == mediaType || star && strings.HasPrefix(mediaType, before)
	})
}

// smallBody is a valid body with one member.
func (v *deriver) smallBody() string {
	for _, prop := range v.settable() {
		if val, err := v.gen.Value(prop.Schema, fixtures.NewSource(0, "raw", prop.Name)); err == nil {
			return string(bodyText(v.op, one(prop.Name, val)))
		}
	}
	return string(bodyText(v.op, strictjson.Object{}))
}

func (v *deriver) addRaw(name string, level spec.Level, bodies []rawBody) {
	if len(bodies) == 0 {
		return
	}
	op := v.op
	c := Check{Kind: Refuses, Rule: bodies[0].rule, Level: level, Document: op.Body.Location, Requests: len(bodies) + 2}
	c.run = func(p *probe) {
		id := p.firstID(op)
		before := p.current(op, id)
		for _, b := range bodies {
			req := p.r.places.itemRequest(op, id, "", []byte(b.text))
			switch b.mediaType {
			case "":
			case "-":
				req.Header = http.Header{"Content-Type": nil}
			default:
				req.Header.Set("Content-Type", b.mediaType)
			}
			a := p.send(b.name, req)
			p.learn(op, id, a)
			e := expected{rule: b.rule, in: "body", what: b.name, level: level, document: op.Body.Location}
			if !p.refused(op, id, a, e, before) {
				before = p.read(op, id) // what was taken is no refusal that must change nothing
			}
		}
		p.nothingStuck(op, id, before)
	}
	v.add(c, "%s", name)
}
