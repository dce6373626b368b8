package contract

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Derive makes the checks of a document, in the order they run: kind by kind, operations in document order, what may
// harm a record last.
func Derive(d *spec.Document, gen *fixtures.Generator) []*Check {
	// Making the cases of a large document takes its time, and operations have nothing to do with one another.
	each := make([][]*Check, len(d.Operations))
	var wg sync.WaitGroup
	var next atomic.Int64
	cases := &caseShelf{gen: gen}
	for range min(runtime.GOMAXPROCS(0), len(d.Operations)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(d.Operations); i = int(next.Add(1)) - 1 {
				v := deriver{doc: d, gen: gen, cases: cases, op: d.Operations[i], names: map[string]bool{}}
				v.derive()
				each[i] = v.checks
				// The checks hold on to the deriver, and few of the cases are theirs.
				v.checks, v.cases, v.broken, v.names = nil, nil, nil, nil
			}
		})
	}
	wg.Wait()
	all := slices.Concat(each...)
	all = append(all, targetChecks(d)...)
	order := func(c *Check) int {
		n := slices.Index(Kinds(), c.Kind)
		switch {
		case c.Harmful:
			n += 100
		case c.late:
			n += 200
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b *Check) int { return order(a) - order(b) })
	return all
}

// caseShelf makes the cases of each schema once: in large documents many operations take the same bodies. Whoever takes
// cases from it changes nothing of them.
type caseShelf struct {
	gen           *fixtures.Generator
	valid, broken sync.Map // *spec.Schema -> func() []fixtures.Case
}

func (c *caseShelf) validOf(s *spec.Schema) []fixtures.Case {
	return shelved(&c.valid, s, c.gen.ValidCases)
}

func (c *caseShelf) brokenOf(s *spec.Schema) []fixtures.Case {
	return shelved(&c.broken, s, c.gen.BrokenCases)
}

func shelved(shelf *sync.Map, s *spec.Schema, produce func(*spec.Schema) []fixtures.Case) []fixtures.Case {
	made, _ := shelf.LoadOrStore(s, sync.OnceValue(func() []fixtures.Case { return produce(s) }))
	return slices.Clip(made.(func() []fixtures.Case)())
}

// deriver makes the checks of one operation.
type deriver struct {
	doc    *spec.Document
	gen    *fixtures.Generator
	op     *spec.Operation
	checks []*Check
	cases  *caseShelf
	names  map[string]bool // of checks
	// broken are the broken cases of the body, which several groups of checks draw on.
	broken []fixtures.Case
}

// add makes a check named after the operation.
func (v *deriver) add(c Check, format string, args ...any) {
	c.Name = oneLine(v.op.ID + " " + fmt.Sprintf(format, args...))
	c.Operation = v.op.ID
	c.blind = v.op.Resource == nil && changesState(v.op)
	if c.Level == "" {
		c.Level = spec.Must
	}
	if c.Document == (spec.Location{}) {
		c.Document = v.op.Location
	}
	// Several groups can share a name; the later ones are numbered.
	n := 1
	for v.names[numbered(c.Name, n)] {
		n++
	}
	c.Name = numbered(c.Name, n)
	v.names[c.Name] = true
	v.checks = append(v.checks, &c)
}

// oneLine is a name with what would break its line escaped.
func oneLine(name string) string {
	if !strings.ContainsFunc(name, unicode.IsControl) {
		return name
	}
	quoted := strconv.Quote(name)
	return quoted[1 : len(quoted)-1]
}

func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s (%d)", name, n)
}

// derive makes the checks of the operation: at least one, which says why it could not be tried where it cannot.
func (v *deriver) derive() {
	switch op := v.op; {
	case op.Action == spec.ActionMerge && v.visible(), op.Action == spec.ActionReplace && v.visible() && readerOf(op) != nil:
		v.updateChecks()
		v.ownerChecks()
	case op.Action == spec.ActionGet:
		v.answersChecks()
		v.parameterChecks()
		v.unknownChecks()
		v.ownerChecks()
	case op.Action == spec.ActionList:
		v.listChecks()
	case op.Action == spec.ActionCreate:
		v.createChecks()
	case op.Action == spec.ActionDelete:
		v.deleteChecks()
		v.ownerChecks()
	default:
		v.callChecks()
		v.saidChecks()
	}
	v.linkChecks()
	v.secureChecks()
}

// visible reports whether what an update does can be seen: it has a JSON body, and its answer or a GET shows the record.
func (v *deriver) visible() bool {
	s := bodySchema(v.op)
	if s == nil || len(everyProperty(s)) == 0 {
		return false
	}
	_, res := v.op.SuccessResponse()
	return readerOf(v.op) != nil || res != nil && res.Envelope != nil
}

func (v *deriver) updateChecks() {
	v.answerChecks()
	v.acceptChecks()
	v.effectChecks()
	v.refuseChecks()
	v.bodyRefusals()
	v.parameterChecks()
	v.isolationChecks()
	v.unknownChecks()
	v.relationChecks()
	v.mannerChecks()
	v.saidChecks()
}

// readerOf is the operation that shows a record without changing it: a GET, of the same path where there is one; nil for
// none. A GET whose success has no body, or another than the record, shows nothing of it.
func readerOf(op *spec.Operation) *spec.Operation {
	if op.Resource == nil {
		return nil
	}
	var reader *spec.Operation
	for _, o := range op.Resource.Operations {
		if _, res := o.SuccessResponse(); o.Action != spec.ActionGet || res == nil || res.Envelope == nil {
			continue
		}
		if o.Path == op.Path {
			return o
		}
		if reader == nil {
			reader = o
		}
	}
	return reader
}

// settable are the properties of the body that an update surely sets: not the id, not what only the server writes, no
// relations, whose values must be records that are there, and not what only likeness tells to be a property of the record.
func (v *deriver) settable() []spec.Property {
	s := bodySchema(v.op)
	if s == nil {
		return nil
	}
	var out []spec.Property
	props := s.AllProperties()
	if v.op.Resource.Schema.Kinds() == nil { // a record has what any kind of body sets
		props = everyProperty(s)
	}
	for _, p := range props {
		if v.op.Resource.ID.Holds(p.Name) || calledOtherwise(v.op, p.Name) || isReadOnly(p.Schema) || p.Schema.Never ||
			v.relation(p.Name) != nil || v.ownerProperty(p.Name) {
			continue
		}
		// What the record does not show by that name cannot be looked for.
		if shown := v.op.Resource.Schema.Property(p.Name); shown == nil || isReadOnly(shown) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// said is the place of a case in a record as the body names it.
func (v *deriver) said(pointer string) string {
	m := bodyMedia(v.op)
	if m == nil {
		return pointer
	}
	above := strictjson.Pointer(m.RecordPath()...)
	return strings.TrimPrefix(m.SentPointer(above+pointer), above)
}

// relation is the relation that a property of the record is, nil when it is none.
func (v *deriver) relation(property string) *spec.Relation {
	return relationOf(v.op.Resource, property)
}

func relationOf(r *spec.Resource, property string) *spec.Relation {
	if r == nil {
		return nil
	}
	for i, rel := range r.Relations {
		if len(rel.Path) > 0 && rel.Path[0] == property {
			return &r.Relations[i]
		}
	}
	return nil
}

// levelAt is should for what an overlay marks as inferred.
func (v *deriver) levelAt(s *spec.Schema) spec.Level {
	if v.doc.Inferred(s) {
		return spec.Should
	}
	return spec.Must
}

// group is cases of one place and kind of rule: one check.
type group struct {
	property string // first segment of the pointer, "" for the body itself
	place    string // "body.size", "body.address.lines[]"
	what     string // "boundaries", "format iri"
	schema   *spec.Schema
	should   bool
	cases    []fixtures.Case
}

// groups puts cases of properties that are asked for, and of the body itself, together by place and kind of rule.
func (v *deriver) groups(cases []fixtures.Case, wanted func(property string) bool, words map[string]string) []*group {
	type place struct {
		place, what string
		should      bool
	}
	var out []*group
	byPlace := map[place]*group{}
	for _, c := range cases {
		property := firstSegment(c.Pointer)
		if !wanted(property) {
			continue
		}
		g := group{
			property: property, place: placeName(v.said(c.Pointer)), what: groupWords(c, words), schema: c.Schema,
			should: c.Should,
		}
		at := place{g.place, g.what, g.should}
		if byPlace[at] == nil {
			byPlace[at] = &g
			out = append(out, &g)
		}
		byPlace[at].cases = append(byPlace[at].cases, c)
	}
	return out
}

// isSettable reports whether a case is about the body itself or about a property that an update can set.
func (v *deriver) isSettable() func(string) bool {
	settable := v.settable()
	return func(name string) bool {
		return name == "" || slices.ContainsFunc(settable, func(p spec.Property) bool { return p.Name == name })
	}
}

// name is what a check of the group is called, below its operation.
func (g *group) name(verb string) string {
	name := g.place + " " + verb + " " + g.what
	if g.should {
		name += " (good practice)"
	}
	return name
}

// acceptWords and refuseWords are what cases of a rule are called in a check's name; a rule that is not here is called
// by its own name.
var (
	acceptWords = map[string]string{
		"minimum": "boundaries", "maximum": "boundaries", "exclusiveMinimum": "boundaries", "exclusiveMaximum": "boundaries",
		"multipleOf": "boundaries", "number": "other spellings of a number",
		"minLength": "sizes", "maxLength": "sizes", "minItems": "sizes", "maxItems": "sizes", "items": "sizes",
		"minProperties": "sizes", "maxProperties": "sizes",
		"anyOf": "every branch", "oneOf": "every branch", "enum": "each of its values", "const": "its value",
		"format": "every kind of ", "pattern": "every form of its pattern", "text": "every kind of text",
		"type": "values of its type", "properties": "members", "required": "what is required alone",
		"additionalProperties": "members of other names", "uniqueItems": "equal items", "examples": "its examples",
	}
	refuseWords = map[string]string{
		"minimum": "what is beyond boundaries", "maximum": "what is beyond boundaries",
		"exclusiveMinimum": "what is beyond boundaries", "exclusiveMaximum": "what is beyond boundaries",
		"multipleOf": "what is off its step",
		"minLength":  "sizes beyond its limits", "maxLength": "sizes beyond its limits",
		"minItems": "sizes beyond its limits",
		"maxItems": "sizes beyond its limits", "minProperties": "sizes beyond its limits",
		"maxProperties": "sizes beyond its limits",
		"anyOf":         "what no branch takes", "oneOf": "what not exactly one branch takes", "enum": "unlisted values",
		"const":  "other values",
		"format": "what is no ", "pattern": "what its pattern does not match", "type": "other types",
		"required": "that something required is missing", "additionalProperties": "members that are not allowed",
		"uniqueItems": "equal items",
	}
)

func groupWords(c fixtures.Case, words map[string]string) string {
	what, ok := words[c.Rule]
	val, _ := strictjson.Resolve(c.Value, c.Pointer)
	switch {
	case val == nil && (c.Rule == "type" || c.Rule == "anyOf" || c.Rule == "oneOf"):
		return "null"
	case !ok:
		return c.Rule
	case c.Rule == "format":
		return what + c.Schema.Format
	case c.Rule == "properties" && c.Label() == "alone":
		return "a value alone"
	}
	return what
}

func firstSegment(pointer string) string {
	if pointer == "" {
		return ""
	}
	first, _, _ := strings.Cut(pointer[1:], "/")
	return strictjson.Unescape(first)
}

// placeName writes a pointer as people do: body.emails[].
func placeName(pointer string) string {
	out := "body"
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case part == "":
		case strings.Trim(part, "0123456789") == "":
			out += "[]"
		default:
			out += "." + strictjson.Unescape(part)
		}
	}
	return out
}

// changeOf makes a valid value for a property that differs from what it is now; false when there is no other.
func (p *probe) changeOf(prop spec.Property, now any, salt string) (any, bool) {
	for i := range 8 {
		src := fixtures.NewSource(p.r.set.Seed, "change", p.check.Operation, prop.Name, salt, fmt.Sprint(i))
		v, err := p.r.gen.Value(prop.Schema, src)
		op := p.r.doc.Operation(p.check.Operation)
		if err == nil && !sameValue(prop.Schema, v, now) && (op == nil || showable(op, prop.Name, v) && p.kindTakes(op, prop.Name, v)) {
			return v, true
		}
	}
	return nil, false
}

// one is a body with one member.
func one(name string, v any) strictjson.Object {
	return strictjson.Object{{Name: name, Value: v}}
}
