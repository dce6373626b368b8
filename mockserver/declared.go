package mockserver

import (
	"html"
	"iter"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// declared is an error answer in the form that the document gives it.
type declared struct {
	mediaType string
	body      []byte
}

// declaredError is the document's own answer for a refusal, filled with the reason: for its status, and where the
// request is invalid for 400 too, then for the range and default. False when the document declares none that can carry
// the reason.
func (s *Server) declaredError(op *spec.Operation, row Problem, fs []spec.Finding) (int, declared, bool) {
	statuses := []int{row.Status}
	if row.Status == 422 {
		statuses = append(statuses, 400)
	}
	for _, exact := range []bool{true, false} {
		for _, status := range statuses {
			res := op.Response(status)
			if res == nil || exact != (res.Status == itoa(status)) || !exact && status != row.Status {
				continue
			}
			if d, ok := s.fillError(res, status, row, fs); ok {
				return status, d, true
			}
		}
	}
	return 0, declared{}, false
}

// fillError makes a body for a declared error answer.
func (s *Server) fillError(res *spec.Response, status int, row Problem, fs []spec.Finding) (declared, bool) {
	// Errors are not negotiated: JSON where the document has it, else text.
	m, _ := spec.Negotiate(res.Content, nil, func(*spec.MediaType) bool { return true })
	if m == nil {
		return declared{}, false
	}
	if !spec.IsJSON(m.Type) {
		return s.fillText(m, detailOf(row, fs))
	}
	problem := problemObject(row, status, detailOf(row, fs), fs)
	if m.Schema == nil {
		return declared{m.Type, strictjson.Append(nil, problem)}, true
	}
	t := teller{server: s, row: row, status: status, problem: problem, findings: fs, about: s.situation(row, status, fs)}
	for v := range t.candidates(res, m) {
		if m.Schema.Valid(strictjson.Plain(v), spec.Out) {
			return declared{m.Type, strictjson.Append(nil, v)}, true
		}
	}
	return declared{}, false
}

// candidates are bodies that may tell the reason, the best first: a problem document where any object will do, the
// document's own example for the status, made-up errors without what would mislead, and with it.
func (t teller) candidates(res *spec.Response, m *spec.MediaType) iter.Seq[any] {
	return func(yield func(any) bool) {
		if len(m.Schema.AllProperties()) == 0 && !yield(t.problem) {
			return
		}
		if example := t.about.exampleOf(res, m); example != nil {
			own := t
			own.exampled = true
			if !yield(own.tell(m.Schema, example)) {
				return
			}
		}
		made := t.server.madeError(m.Schema)
		if made == nil || !yield(t.tell(m.Schema, made)) {
			return
		}
		t.whole = true
		_ = yield(t.tell(m.Schema, made)) && yield(made)
	}
}

// exampleOf is the document's own example of an error, where it has one for the very status: of several the one whose name
// tells the situation best. It is without what neither is required nor says anything; nil where there is none that keeps
// its schema.
func (s *situation) exampleOf(res *spec.Response, m *spec.MediaType) any {
	if res.Status != itoa(s.status) || len(m.Examples) == 0 {
		return nil
	}
	if known, ok := s.examples.Load(m); ok {
		return known
	}
	var best any
	var most fitness
	for _, e := range m.Examples {
		v := m.ExampleValue(e)
		f := s.fitness(e.Name)
		if best != nil && (f.tier < most.tier || f.tier == most.tier && f.score <= most.score) || !m.Schema.Valid(strictjson.Plain(v), spec.Out) {
			continue
		}
		if short := saying(m.Schema, v); m.Schema.Valid(strictjson.Plain(short), spec.Out) {
			v = short
		}
		best, most = v, f
	}
	s.examples.Store(m, best)
	return best
}

// madeError is the made-up body of an error, made once: without what neither is required nor can say the reason, where
// the schema can do without. Nil where the schema cannot be met.
func (s *Server) madeError(schema *spec.Schema) any {
	if made, ok := s.madeErrors.Load(schema); ok {
		return made
	}
	made, err := s.generator.Value(schema, s.source("error", schema.Location.Pointer))
	if err != nil {
		return nil
	}
	if short := saying(schema, made); schema.Valid(strictjson.Plain(short), spec.Out) {
		made = short
	}
	s.madeErrors.Store(schema, made)
	return made
}

// saying is an error without the members that are not required and have no room for the reason.
func saying(schema *spec.Schema, v any) any {
	o, ok := v.(strictjson.Object)
	if !ok {
		return v
	}
	required := requiredOf(schema)
	out, elsewhere := strictjson.Object{}, strictjson.Object{}
	says := false
	for _, m := range o {
		s := schema.Property(m.Name)
		if s != nil {
			m.Value = saying(s, m.Value)
		}
		inner, isObject := m.Value.(strictjson.Object)
		room := s != nil && (roomFor(m.Name) != noRoom || isObject && isPlace(inner))
		says = says || room
		switch {
		case room || slices.Contains(required, m.Name):
			out = append(out, m)
		case s != nil && isObject && len(inner) > 0:
			elsewhere = append(elsewhere, m)
		}
	}
	if !says { // the reason can only be said further inside
		out = append(out, elsewhere...)
	}
	return out
}

// isPlace reports whether an object only says where something is wrong.
func isPlace(o strictjson.Object) bool {
	return len(o) > 0 && !slices.ContainsFunc(o, func(m strictjson.Member) bool { return roomFor(m.Name) != placeRoom })
}

// fillText is the reason as plain text, where the document declares text that may be any.
func (s *Server) fillText(m *spec.MediaType, detail string) (declared, bool) {
	if !strings.HasPrefix(m.Type, "text/") || m.Schema != nil && !m.Schema.Valid(detail, spec.Out) {
		return declared{}, false
	}
	if strings.HasPrefix(m.Type, "text/html") {
		detail = html.EscapeString(detail) // it repeats what was sent
	}
	return declared{m.Type, []byte(detail)}, true
}
