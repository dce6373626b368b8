package mockserver

import (
	"html"
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
	var candidates []any
	if len(m.Schema.AllProperties()) == 0 {
		candidates = append(candidates, problem)
	}
	if made := s.madeError(m.Schema); made != nil {
		candidates = append(candidates, tell(m.Schema, made, problem), made)
	}
	for _, v := range candidates {
		if m.Schema.Valid(strictjson.Plain(v), spec.Out) {
			return declared{m.Type, strictjson.Append(nil, v)}, true
		}
	}
	return declared{}, false
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
		room := s != nil && roomFor(m.Name) != ""
		says = says || room
		if s != nil {
			m.Value = saying(s, m.Value)
		}
		inner, isObject := m.Value.(strictjson.Object)
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

// roomFor is what of a problem document a member is for, by its name; "" for nothing.
func roomFor(name string) string {
	name = strings.ToLower(name)
	switch {
	case slices.Contains([]string{"type", "title", "status", "detail", "errors"}, name):
		return name
	case slices.Contains([]string{"message", "msg", "error_description", "description", "reason", "error"}, name):
		return "detail"
	case strings.HasSuffix(name, "code"):
		return "code"
	}
	return ""
}

// saysAlone is the title of an error that has no other text for the reason: it has to tell all.
func saysAlone(o strictjson.Object) string {
	title := ""
	for _, m := range o {
		switch roomFor(m.Name) {
		case "title":
			title = m.Name
		case "detail", "errors":
			return ""
		}
	}
	return title
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

// tell puts the reason into a made-up error: members named as in a problem document get its values, texts that by their
// name say what went wrong get the detail, codes the status.
func tell(schema *spec.Schema, v any, problem strictjson.Object) any {
	o, ok := v.(strictjson.Object)
	if !ok {
		return v
	}
	detail, _ := problem.Get("detail")
	status, _ := problem.Get("status")
	reason, _ := problem.Get("type")
	_, code, _ := strings.Cut(reason.(string), "#")
	o = slices.Clone(o)
	alone := saysAlone(o)
	for i, m := range o {
		s := schema.Property(m.Name)
		if s == nil {
			continue
		}
		var to []any // the first that the schema takes
		same, isProblem := problem.Get(m.Name)
		switch room := roomFor(m.Name); {
		case m.Name == alone:
			to = []any{detail}
		case room == "errors":
			faults, _ := problem.Get("errors")
			to = errorForms(faults)
		case isProblem:
			to = []any{same}
		case room == "detail":
			to = []any{detail}
		case room == "code" && s.Allows("string"):
			to = []any{code}
		case room == "code":
			to = []any{status}
		}
		fit := slices.IndexFunc(to, func(v any) bool { return s.Valid(strictjson.Plain(v), spec.Out) })
		switch {
		case fit >= 0:
			o = o.With(m.Name, to[fit])
		case s.Allows("object"):
			o[i].Value = tell(s, m.Value, problem)
		}
	}
	return o
}

// errorForms are the forms that errors are told in: findings, texts by the name of what they are about, in lists or alone,
// and texts.
func errorForms(errors any) []any {
	findings, _ := errors.([]any)
	lists, alone, texts := strictjson.Object{}, strictjson.Object{}, []any{}
	for _, f := range findings {
		finding, _ := f.(strictjson.Object)
		word := func(name string) string {
			v, _ := finding.Get(name)
			text, _ := v.(string)
			return text
		}
		name := word("in")
		if pointer := word("pointer"); pointer != "" {
			name = pointer[strings.LastIndexByte(pointer, '/')+1:]
		}
		text := "want " + word("expected") + ", got " + word("actual")
		if hint := word("hint"); hint != "" {
			text += "; " + hint
		}
		var before []any
		if had, there := lists.Get(name); there {
			before, _ = had.([]any)
		} else {
			alone = append(alone, strictjson.Member{Name: name, Value: text})
		}
		lists = lists.With(name, append(slices.Clip(before), text))
		texts = append(texts, name+": "+text)
	}
	return []any{errors, lists, alone, texts}
}
