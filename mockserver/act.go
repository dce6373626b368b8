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
	k := key{op.Resource, req.PathParam(op.ItemParam)}
	read := func(k key) ([]byte, error) { return s.store.current(x.session, k) }
	switch op.Action {
	case spec.ActionMerge, spec.ActionReplace:
		body := []byte("{}")
		if req.MediaType != nil {
			body = req.JSONText()
		}
		u := &update{
			server: s, x: x, session: x.session, op: op, key: k, body: body, levels: levelsOf(req),
			replace: op.Action == spec.ActionReplace,
		}
		return u.run()
	case spec.ActionGet:
		text, err := read(k)
		switch {
		case err != nil:
			return s.unservable(op, err)
		case text == nil:
			return s.noRecord(op, k)
		}
		return s.recordAnswer(x, read, k.resource, text, levelsOf(req))
	}
	// An operation that acts on no resource answers with an example of the document, else with made-up values.
	return s.forced(x, preference{})
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
		schema := s.doc.SchemaAt(at)
		if schema == nil {
			continue
		}
		v, err := s.generator.Value(schema, s.source("advice", at))
		if err != nil {
			continue
		}
		fs[i].Hint = "for example " + spec.Clip(string(strictjson.Append(nil, v)))
	}
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
	if !bodiless {
		h.Set("Content-Length", itoa(len(a.body)))
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
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
		fmt.Fprintf(&b, "%s %s%s  %s\n", op.Method, s.baseOf(op), op.Path, op.Summary)
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
