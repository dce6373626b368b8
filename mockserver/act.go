package mockserver

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

var errPanic = errors.New("the mock itself failed here; please report it with the request")

// act does what the operation does to its resource.
func (s *Server) act(x *exchange, req *spec.Request) answer {
	op := req.Operation
	if op.Resource == nil && op.Batch != nil {
		return s.batch(x, req)
	}
	if op.Resource == nil || op.Action == spec.ActionNone {
		return s.perform(x, req)
	}
	if err := s.recordsFault(op.Resource, op.Owners); err != nil {
		return s.unservable(op, err)
	}
	switch op.Action {
	case spec.ActionMerge, spec.ActionReplace, spec.ActionCreate:
		return s.change(x, req)
	case spec.ActionDelete:
		return s.remove(x, req)
	case spec.ActionList:
		return s.list(x, req)
	}
	return s.get(x, req)
}

// recordsFault is why a resource, or one that owns it, has no records; nil where they can be made.
func (s *Server) recordsFault(r *spec.Resource, owners []spec.Owner) error {
	if err := s.store.dataset.Err(r); err != nil {
		return err
	}
	return s.ownersFault(owners)
}

func (s *Server) ownersFault(owners []spec.Owner) error {
	for _, o := range owners {
		if err := s.store.dataset.Err(o.Resource); err != nil {
			return err
		}
	}
	return nil
}

// get shows one record.
func (s *Server) get(x *exchange, req *spec.Request) answer {
	sub, in := subjectOf(x, req), seen{s.store, x.session}
	if a := s.missing(x.op, in, sub); a != nil {
		return *a
	}
	if !in.exists(sub.key) {
		return s.noRecord(x.op, in, sub.key, sub.item)
	}
	if len(x.r.Header["If-None-Match"])+len(x.r.Header["If-Match"]) > 0 {
		text, err := in.current(sub.key)
		if err != nil {
			return s.unservable(x.op, err)
		}
		if a := s.condition(x, in, sub.key, text, levelsOf(req)); a != nil {
			return *a
		}
	}
	return s.recordAnswer(x, in, sub.key, levelsOf(req), false)
}

// perform answers for an operation that acts on no resource: with an example of the document that keeps its schema, else
// with made-up values, the same for an equal request.
func (s *Server) perform(x *exchange, req *spec.Request) answer {
	if len(x.op.Owners) > 0 {
		return s.deed(x, req)
	}
	status, res := successOf(x.op, false)
	out := result{status: status, res: res}
	m := x.media(res)
	if m == nil {
		return s.finish(x, out)
	}
	var err error
	if out.text, err = s.steadyValue(x, m, res); err != nil {
		return s.unservable(x.op, err)
	}
	return s.finish(x, out)
}

// deed answers with the record that something is done to, as it is: what the deed changes the document does not say.
func (s *Server) deed(x *exchange, req *spec.Request) answer {
	sub, in := subjectOf(x, req), seen{s.store, x.session}
	if err := s.ownersFault(x.op.Owners); err != nil {
		return s.unservable(x.op, err)
	}
	if a := s.missing(x.op, in, sub); a != nil {
		return *a
	}
	return s.recordAnswer(x, in, sub.owners[0], levelsOf(req), false)
}

// source is the stream for values that depend on nothing but the seed and where they stand.
func (s *Server) source(parts ...string) fixtures.Source {
	return fixtures.NewSource(s.set.seed, append([]string{"answer"}, parts...)...)
}

// adviseOn adds a value that would do to findings that have no hint yet.
func (s *Server) adviseOn(fs []spec.Finding) {
	for i, f := range fs {
		if f.Hint != "" || f.Document.Pointer == "" {
			continue
		}
		at, _, found := cutLast(f.Document.Pointer, "/"+f.Rule)
		if !found {
			continue
		}
		fs[i].Hint = s.advice(spec.Location{File: f.Document.File, Pointer: at})
	}
}

// advice is a hint for what breaks the schema at a place, made once; "" where none can be given.
func (s *Server) advice(at spec.Location) string {
	if known, ok := s.advices.Load(at); ok {
		return known.(string)
	}
	hint := ""
	if schema := s.doc.SchemaIn(at); schema != nil {
		if v, err := s.generator.Value(schema, s.source("advice", at.Pointer)); err == nil {
			hint = "for example " + spec.Clip(string(strictjson.Append(nil, v)))
		}
	}
	s.advices.Store(at, hint)
	return hint
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func titleCase(method string) string {
	return method[:1] + strings.ToLower(method[1:])
}

func acceptList(b *spec.Body) string {
	var out []string
	for _, m := range b.Content {
		out = append(out, m.Type)
	}
	return strings.Join(out, ", ")
}

// writeAnswer sends an answer. A HEAD gets the header only.
func (s *Server) writeAnswer(w http.ResponseWriter, r *http.Request, a answer) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	bodiless := a.status == http.StatusNoContent || a.status == http.StatusNotModified
	const short = 1 << 10 // the length of such a body net/http says itself, for less
	if !bodiless && (len(a.body) > short || r.Method == http.MethodHead) {
		h["Content-Length"] = []string{itoa(len(a.body))}
	}
	if len(h["Cache-Control"]) == 0 {
		h["Cache-Control"] = s.noStore
	}
	w.WriteHeader(a.status)
	if !bodiless && r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // a client that is gone needs no answer
	}
}

// plainRefusal is a problem document outside the table, for the control API.
func (s *Server) plainRefusal(reason spec.Reason, status int, detail string) answer {
	row := Problem{Reason: reason, Status: status, Title: http.StatusText(status)}
	return answer{
		status: status, header: http.Header{"Content-Type": {problemType}}, reason: reason,
		body: problemBody(row, status, detail, nil),
	}
}

// helpPage is what GET / answers: where things are.
func (s *Server) helpPage(r *http.Request) answer {
	base := s.originOf(r)
	var b strings.Builder
	fmt.Fprintf(&b, "Understudy plays %s %s at %s%s\n\n", s.doc.Title, s.doc.Release, base, s.basePath)
	for i, op := range s.doc.Operations {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%s %s%s  %s", op.Method, s.baseOf(op), op.Path, op.Summary), " ") + "\n")
		if i < FewExamples {
			b.WriteString(s.curl(op, base) + "\n\n")
		}
	}
	if len(s.doc.Operations) > FewExamples {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "Control API: %s%s/\n", base, controlPrefix)
	return answer{
		status: http.StatusOK, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: []byte(b.String()),
	}
}
