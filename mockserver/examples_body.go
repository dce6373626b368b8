package mockserver

import (
	"context"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// maxRehearsed is how often a body is mended before it is shown as it is.
const maxRehearsed = 12

// addBody gives a request a short body that the mock takes: for an update one member, the shortest made-up value of those
// that can be changed; else the whole. What the mock refuses in a rehearsal is mended or left out.
func (s *Server) addBody(op *spec.Operation, to *exampleRequest) {
	var m *spec.MediaType
	if op.Body != nil {
		m = spec.Media(op.Body.Content)
	}
	if m == nil || m.Schema == nil {
		return
	}
	schema := m.RecordSchema()
	if m.IsPatch() && op.Resource != nil {
		schema = op.Resource.Schema
	}
	v, err := fixtures.NewGenerator(s.set.now, spec.In).Value(schema, s.source("curl", op.ID))
	if err != nil {
		return
	}
	if m.IsPatch() && op.Resource != nil {
		to.body = pasted(m, patchOf(op, v))
		return
	}
	o, isObject := v.(strictjson.Object)
	row := false // of a list of records, of which one is enough to show
	if list, isList := v.([]any); isList && len(list) > 0 && op.Batch != nil && schema.Rows() != nil {
		o, isObject = list[0].(strictjson.Object)
		row, schema = isObject, schema.Rows()
	}
	if op.Action == spec.ActionMerge && isObject && len(schema.Required) == 0 {
		o = shortestChange(op, schema, o)
	}
	if !isObject {
		if body := pasted(m, m.Enclose(v)); body != nil {
			to.body = body
		}
		return
	}
	s.addRehearsed(op, to, sentPart{m, schema, row}, o)
}

// addRehearsed gives a request a body with a record, which is mended until the mock takes it.
func (s *Server) addRehearsed(op *spec.Operation, to *exampleRequest, at sentPart, o strictjson.Object) {
	for range maxRehearsed {
		var v any = s.withOwnID(op, o)
		if at.row {
			v = []any{o}
		}
		var next strictjson.Object
		if body := pasted(at.media, at.media.Enclose(v)); body != nil {
			to.body = body
			fs := s.rehearse(op, *to)
			if len(fs) == 0 {
				return
			}
			next = s.mended(op, at, o, fs)
		} else if next = onlyRequired(at.schema, o); len(next) == len(o) {
			next = barest(at.schema, o)
		}
		if strictjson.Equal(next, o) {
			return
		}
		o = next
	}
}

// exampleBody is a body as it is sent, and, of a form, its parts as curl takes them.
type exampleBody struct {
	text, mediaType string
	form            []string
}

// pasted is a body as a command line takes it; nil where it has no room for it.
func pasted(m *spec.MediaType, v any) *exampleBody {
	text, mediaType, err := m.Encode(v)
	if err != nil || len(text) > maxPasted {
		return nil
	}
	out := &exampleBody{text: string(text), mediaType: mediaType}
	if spec.IsForm(m.Type) {
		if out.form = formArguments(m.Parts(v)); out.form == nil {
			return nil
		}
	} else if strings.ContainsAny(out.text, "\r\x00") {
		return nil
	}
	return out
}

// formArguments are parts as curl's -F takes them; nothing where a command line has no room for one of them.
func formArguments(parts []spec.Part) []string {
	quote := func(text string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"` }
	var out []string
	for _, p := range parts {
		if len(p.Content) > maxPasted || strings.ContainsAny(p.Content, "\r\x00") || !utf8.ValidString(p.Content) {
			return nil
		}
		arg := p.Name + "=" + quote(p.Content)
		if _, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition")); err == nil && params["filename"] != "" {
			arg += ";filename=" + quote(params["filename"])
		}
		if t := p.Header.Get("Content-Type"); t != "" {
			arg += ";type=" + t
		}
		for _, name := range slices.Sorted(maps.Keys(p.Header)) {
			if name != "Content-Type" && name != "Content-Disposition" {
				arg += ";headers=" + quote(name+": "+p.Header.Get(name))
			}
		}
		out = append(out, arg)
	}
	return out
}

// rehearse is what a request would be refused for, in a session that nobody sees and without a trace in the journal.
func (s *Server) rehearse(op *spec.Operation, e exampleRequest) []spec.Finding {
	r, err := http.NewRequestWithContext(context.Background(), op.Method, "http://127.0.0.1"+e.target, strings.NewReader(e.body.text))
	if err != nil {
		return nil
	}
	r.Header.Set("Content-Type", e.body.mediaType)
	for _, h := range e.carried.headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	if len(e.carried.cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.carried.cookies, "; "))
	}
	x := &exchange{r: r, start: s.set.clock(), whole: r.URL.EscapedPath(), path: r.URL.EscapedPath()}
	x.session = newSession(defaultSession, &budget{limit: usage{s.bounds.Changes, s.bounds.Memory}, reclaim: func() {}})
	if refused := s.route(x); refused != nil {
		return refused.findings
	}
	if refused := s.authenticate(x); refused != nil {
		return refused.findings
	}
	req, refused := s.check(x)
	if refused != nil {
		return refused.findings
	}
	if a := s.act(x, req); a.status >= http.StatusBadRequest {
		return a.findings
	}
	return nil
}

// sentPart is where in a body the record stands: where its media type says, as the first of a list where row says so.
type sentPart struct {
	media  *spec.MediaType
	schema *spec.Schema
	row    bool
}

// mended is the record in a body without what was refused: a relation becomes the id of a record that is there, something else is left
// out, with what it stands in where that cannot do without it.
func (s *Server) mended(op *spec.Operation, at sentPart, o strictjson.Object, fs []spec.Finding) strictjson.Object {
	schema, within, r := at.schema, strictjson.Pointer(at.media.RecordPath()...), op.Resource
	if at.row {
		within += "/0"
	}
	if r == nil && op.Batch != nil {
		r = op.Batch.Resource
	}
	replace := func(path []string, v any, keep bool) bool {
		next := edited(o, path, func() (any, bool) { return v, keep })
		if !fits(schema, next) || strictjson.Equal(next, o) {
			return false
		}
		o = next
		return true
	}
	for _, f := range fs {
		pointer, inRecord := strings.CutPrefix(at.media.RecordPointer(f.Pointer), within)
		if f.In != "body" || pointer == "" || !inRecord {
			continue
		}
		path := strictjson.Segments(pointer)
		if target := targetOf(r, path); target != nil && replace(path, fixtures.IDValue(target, s.knownID(target)), true) {
			continue
		}
		for n := len(path); n > 0; n-- {
			if replace(path[:n], nil, false) {
				break
			}
		}
	}
	return o
}

func fits(schema *spec.Schema, o strictjson.Object) bool {
	return schema.Valid(strictjson.Plain(o), spec.In)
}

// relationOf is the relation whose value stands at a path of a record; nil for none.
func relationOf(r *spec.Resource, path []string) *spec.Relation {
	if r == nil {
		return nil
	}
	for i, rel := range r.Relations {
		if slices.EqualFunc(rel.Path, path, func(a, b string) bool { return a == b || a == "*" }) {
			return &r.Relations[i]
		}
	}
	return nil
}

// targetOf is the resource one of whose records stands at a path of a record, as an id or as the object that it is shown as; nil
// for none.
func targetOf(r *spec.Resource, path []string) *spec.Resource {
	if rel := relationOf(r, path); rel != nil {
		return rel.Target
	}
	if r == nil || len(path) > 1 {
		return nil
	}
	shown := r.Schema.KindProperty(path[0])
	if shown == nil {
		return nil
	}
	target, _ := r.Referred(shown, path[0])
	return target
}

// edited is an object with another value at a path, or none.
func edited(o strictjson.Object, path []string, to func() (any, bool)) strictjson.Object {
	out := strictjson.Object{}
	for _, m := range o {
		if m.Name == path[0] {
			v, keep := editedValue(m.Value, path[1:], to)
			if !keep {
				continue
			}
			m.Value = v
		}
		out = append(out, m)
	}
	return out
}

func editedValue(v any, path []string, to func() (any, bool)) (any, bool) {
	if len(path) == 0 {
		return to()
	}
	switch v := v.(type) {
	case strictjson.Object:
		return edited(v, path, to), true
	case []any:
		var out []any
		for i, item := range v {
			if itoa(i) == path[0] {
				next, keep := editedValue(item, path[1:], to)
				if !keep {
					continue
				}
				item = next
			}
			out = append(out, item)
		}
		return out, true
	}
	return v, true
}

// maxPasted is how long a body may be that is shown on a command line: systems take arguments of 128 KiB and less, and
// nobody reads as much.
const maxPasted = 8 << 10

// onlyRequired is a body without what is not required, where the schema can do without; else the whole.
func onlyRequired(schema *spec.Schema, o strictjson.Object) strictjson.Object {
	required := requiredOf(schema)
	out := strictjson.Object{}
	for _, m := range o {
		if slices.Contains(required, m.Name) {
			out = append(out, m)
		}
	}
	if schema.Valid(strictjson.Plain(out), spec.In) {
		return out
	}
	return o
}

// barest is a body without what is not required anywhere in it, where the schema can do without; else the whole.
func barest(schema *spec.Schema, o strictjson.Object) strictjson.Object {
	out, _ := barestValue(schema, o, 0).(strictjson.Object)
	if fits(schema, out) {
		return out
	}
	return o
}

func barestValue(schema *spec.Schema, v any, depth int) any {
	switch v := v.(type) {
	case strictjson.Object:
		required := requiredOf(schema)
		out := strictjson.Object{}
		for _, m := range v {
			p := schema.Property(m.Name)
			if !slices.Contains(required, m.Name) && (p != nil || depth == 0) {
				continue
			}
			if p != nil {
				m.Value = barestValue(p, m.Value, depth+1)
			}
			out = append(out, m)
		}
		return out
	case []any:
		items := itemsOf(schema)
		if items == nil || len(v) == 0 {
			return v
		}
		kept := v[:1]
		if schema.MinItems != nil {
			kept = v[:min(len(v), max(1, *schema.MinItems))]
		}
		out := make([]any, len(kept))
		for i := range kept {
			out[i] = barestValue(items, kept[i], depth+1)
		}
		return out
	}
	return v
}

// withOwnID gives a body for a record the id of the one that is there: it stays, and without a parameter for it the body
// must have it.
func (s *Server) withOwnID(op *spec.Operation, body strictjson.Object) strictjson.Object {
	r := op.Resource
	if r == nil || r.Part || op.Action != spec.ActionMerge && op.Action != spec.ActionReplace {
		return body
	}
	if _, there := r.ID.Of(body); there || op.ItemParam == "" {
		return r.ID.With(body, fixtures.IDValue(r, s.knownID(r)))
	}
	return body
}

func shortestChange(op *spec.Operation, schema *spec.Schema, o strictjson.Object) strictjson.Object {
	best := strictjson.Object{}
	size := 1 << 30
	for _, member := range o {
		p := schema.Property(member.Name)
		_, isText := member.Value.(string)
		if op.Resource.ID.Holds(member.Name) || p == nil || p.ReadOnly || p.Relation != "" || p.Format != "" ||
			p.Pattern != "" || !isText && len(p.Enum) == 0 && p.Minimum == "" {
			continue
		}
		one := strictjson.Object{member}
		if n := len(strictjson.Append(nil, one)); n < size {
			best, size = one, n
		}
	}
	return best
}
