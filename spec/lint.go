package spec

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Lint finds what is wrong with a document itself: what loading noted, schemas that cannot be used, values that break
// their own schema, and what contradicts itself. Findings have In "document" and the place of the fault as their
// pointer; they are in the order of the text.
func Lint(d *Document) []Finding {
	l := linter{
		flawFinder: flawFinder{doc: d}, requests: map[*Schema]bool{}, answers: map[*Schema]bool{}, misspelled: map[misspelling]string{},
		mediaNames: map[*node]string{}, repeats: map[string]*repeat{}, covering: maxCoveringAll,
	}
	if d.is30() {
		l.findAnswers()
	}
	d.walk(&l)
	l.operationIDs()
	l.paths()
	l.loops()
	l.stateless()
	l.otherForms()
	for _, o := range d.Operations {
		l.operationOf(o)
	}
	l.countAlike()
	d.nameOperations(l.out)
	out := slices.Concat(d.Flaws, l.out)
	for i := range out {
		out[i].In = "document"
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(d.fileOrder(a.Document.File), d.fileOrder(b.Document.File)), cmp.Compare(a.Document.Line, b.Document.Line),
			strings.Compare(a.Document.Pointer, b.Document.Pointer), strings.Compare(a.Rule, b.Rule),
		)
	})
	return slices.CompactFunc(out, func(a, b Finding) bool { return a == b })
}

func (d *Document) fileOrder(name string) int { return slices.Index(d.sources, name) }

// linter visits the parts of a document; what it notes does not keep the document from being served.
type linter struct {
	flawFinder

	requests map[*Schema]bool // schemas of request bodies that were looked at
	answers  map[*Schema]bool // schemas of answers, where a property that only they have may be required

	misspelled map[misspelling]string
	mediaNames map[*node]string // of media types that references lead to
	composed   []place
	repeats    map[string]*repeat
	covering   int // pairs of claims that may still be compared
}

// findAnswers collects the schemas of answers and what stands in them.
func (l *linter) findAnswers() {
	var reach func(s *Schema)
	reach = func(s *Schema) {
		if s == nil || l.answers[s] {
			return
		}
		l.answers[s] = true
		for _, sub := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems, []*Schema{s.Items, s.AdditionalProperties}) {
			reach(sub)
		}
		for _, p := range s.Properties {
			reach(p.Schema)
		}
	}
	for _, o := range l.doc.Operations {
		for _, r := range o.Responses {
			for _, m := range r.Content {
				reach(m.Schema)
			}
		}
	}
}

// refer notes what media types are called that stand elsewhere. Loading has noted references that lead nowhere.
func (l *linter) refer(r reference) {
	if r.part == partMedia && r.why == "" && !r.several {
		l.mediaNames[r.target.n] = lastSegment(r.from.ptr)
	}
}

// mediaType is what the media type at a place is called: by the key, also where that one refers to it.
func (l *linter) mediaType(at place) string {
	if name, elsewhere := l.mediaNames[at.n]; elsewhere {
		return name
	}
	return lastSegment(at.ptr)
}

// lastSegment is the last name of a pointer, "" where the pointer has none.
func lastSegment(ptr string) string {
	segs := strictjson.Segments(ptr)
	if len(segs) == 0 {
		return ""
	}
	return segs[len(segs)-1]
}

func (l *linter) visit(at place, p part) {
	if at.n.kind != objectKind {
		return
	}
	l.fields(at, p)
	l.versions(at, p)
	l.kinds(at, p)
	l.object(at, p)
	switch p {
	case partSchema:
		l.schema(at)
		if slices.ContainsFunc(composing, func(key string) bool { return at.n.get(key) != nil }) || at.n.get("$ref") != nil ||
			at.n.get("required") != nil || at.n.get("minItems") != nil {
			l.composed = append(l.composed, at)
		}
	case partParameter, partHeader:
		if s := at.raw("schema"); s.exists() {
			l.values(at, l.doc.schema(s))
		}
	case partMedia:
		mediaType := l.mediaType(at)
		if s := at.raw("schema"); s.exists() && (IsJSON(mediaType) || !strings.Contains(mediaType, "/")) {
			l.values(at, l.doc.schema(s)) // those of other media types are texts
		}
	case partDocument, partComponents, partPathItem, partOperation, partBody, partEncoding, partResponse, partExample, partLink,
		partCallback, partSecurity:
	}
}

// values holds the example and the examples beside a schema against it.
func (l *linter) values(at place, s *Schema) {
	if at.raw("example").exists() && at.raw("examples").exists() {
		l.add("example", Should, at.raw("example"), "example or examples", "both", "only one of them is meant")
	}
	var all []Example
	if e := at.raw("example"); e.exists() {
		all = append(all, Example{"example", e.n.value(), e.location()})
	}
	for name, e := range at.get("examples").members() {
		if ex, ok := exampleOf(name, e, true); ok {
			all = append(all, ex)
		}
	}
	l.examples(s, at.file, all, "example")
}

// examples holds values of the document against the schema they are given for. One that is right for either direction
// is right.
func (l *linter) examples(s *Schema, file int, examples []Example, what string) {
	for _, e := range examples {
		v := strictjson.Plain(e.Value)
		fs, err := s.Check(v, Out)
		if err != nil {
			return // it is told where the schema is used
		}
		if len(fs) == 0 || s.Valid(v, In) || l.textual(s, v) {
			continue
		}
		for _, f := range fs {
			f.Hint = fmt.Sprintf("this %s breaks its own schema (%s)", what, f.Document)
			f.Level = Should
			f.Document = l.doc.locate(file, e.Location.Pointer+f.Pointer)
			f.Pointer = f.Document.Pointer
			if len(l.out) < maxFlaws {
				l.out = append(l.out, f)
			}
		}
	}
}

// textual reports whether a value is the text of one that the schema takes, as examples of JSON are often given.
func (l *linter) textual(s *Schema, v any) bool {
	text, ok := v.(string)
	if !ok {
		return false
	}
	inner, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	return err == nil && s.Valid(inner, Out)
}

// explained reports whether something was found of a schema, or within it, that keeps it from being used: the library's own
// words for that would say it again, and less clearly.
func (l *linter) explained(at Location) bool {
	holds := func(flaw Location) bool {
		return flaw.File == at.File && (flaw.Pointer == at.Pointer || isBelow(flaw.Pointer, at.Pointer))
	}
	return slices.ContainsFunc(l.doc.counted, holds) || slices.ContainsFunc(l.doc.Flaws, func(f Finding) bool {
		return f.Level == Must && holds(f.Document)
	})
}

// operationOf looks at what an operation says as a whole.
func (l *linter) operationOf(o *Operation) {
	l.pathParameters(o)
	l.links(o)
	for _, m := range o.media() {
		if m.Schema == nil {
			continue
		}
		if err := m.Schema.Usable(Out); err != nil && !l.explained(m.Schema.Location) {
			l.at("schema", Must, m.Schema.Location, "a schema that can be used", err.Error(), meansUnserved)
		}
	}
	if o.Body != nil {
		for _, m := range o.Body.Content {
			l.request(m.Schema)
		}
		if o.Method == http.MethodGet || o.Method == http.MethodHead {
			l.at("requestBody", Should, o.Body.Location, "no body, which has no meaning for "+o.Method, "one",
				"many clients and servers drop it (RFC 9110, 9.3.1)")
		}
	}
	if len(o.Responses) > 0 && !slices.ContainsFunc(o.Responses, (*Response).good) {
		l.at("responses", Should, o.Location, "an answer that is a success", "none", "what a success looks like is not said")
	}
}

// good reports whether an answer is a success or sends to one.
func (r *Response) good() bool {
	return r.Status == "default" || strings.HasPrefix(r.Status, "2") || strings.HasPrefix(r.Status, "3")
}

// at is add for a place that only its location is known of.
func (l *linter) at(rule string, level Level, at Location, expected, actual, means string) {
	if len(l.out) < maxFlaws {
		l.out = append(l.out, documentFinding(rule, level, at, expected, actual, means))
	}
}

// media lists the bodies of an operation, in both directions.
func (o *Operation) media() []*MediaType {
	var out []*MediaType
	if o.Body != nil {
		out = append(out, o.Body.Content...)
	}
	for _, r := range o.Responses {
		out = append(out, r.Content...)
	}
	return out
}
