package mockserver

import (
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// route finds the operation.
func (s *Server) route(x *exchange) *answer {
	m, ok := s.match(x.path)
	if !ok {
		return new(s.noPath(x))
	}
	x.params, x.escaped = m.Params, m.Escaped
	if x.op = m.Operation(x.r.Method); x.op != nil {
		if x.op.Shared() {
			return s.choose(x, m)
		}
		return nil
	}
	if len(m.Broken) > 0 {
		return new(s.problem(nil, spec.NotServed, m.Broken))
	}
	if x.r.Method == http.MethodOptions {
		return &answer{status: http.StatusNoContent, header: http.Header{"Allow": {m.Allow()}}}
	}
	a := s.problem(nil, spec.MethodNotAllowed, []spec.Finding{{
		Rule: "method", Level: spec.Must, In: "method", Expected: m.Allow(), Actual: spec.Clip(x.r.Method),
		Document: m.Operations[0].Location,
	}})
	a.header.Set("Allow", m.Allow())
	return &a
}

// choose finds the operation among several of one path and method.
func (s *Server) choose(x *exchange, m spec.Match) *answer {
	var other []spec.Finding
	x.op, other = m.Choose(x.r.Method, s.message(x))
	if x.op == nil {
		return new(s.problem(nil, spec.NoSuchPath, other))
	}
	return nil
}

// match finds the operations of a path, under whichever base path of theirs it stands.
func (s *Server) match(path string) (spec.Match, bool) {
	for _, base := range s.basePaths {
		rest, under := strings.CutPrefix(path, base)
		if !under {
			continue
		}
		m, ok := s.doc.Route(rest)
		if !ok {
			continue
		}
		if s.set.basePath == nil && !allUnder(m.Operations, base) {
			m.Operations = slices.DeleteFunc(slices.Clone(m.Operations), func(o *spec.Operation) bool { return !o.ServedUnder(base) })
		}
		if len(m.Operations)+len(m.Broken) > 0 {
			return m, true
		}
	}
	return spec.Match{}, false
}

func allUnder(ops []*spec.Operation, base string) bool {
	return !slices.ContainsFunc(ops, func(o *spec.Operation) bool { return !o.ServedUnder(base) })
}

// baseOf is the base path that an operation is served under: the first of its own.
func (s *Server) baseOf(o *spec.Operation) string {
	if s.set.basePath != nil || len(o.BasePaths) == 0 {
		return s.basePath
	}
	return o.BasePaths[0]
}

// noPath is the 404 for a URL that the document does not have; it names the right one where that can be told.
func (s *Server) noPath(x *exchange) answer {
	f := spec.Finding{
		Rule: "path", Level: spec.Must, In: "path", Actual: spec.Clip(toUTF8(x.path)),
		Expected: "a path of the document, under " + s.basePath + "/",
	}
	if right := s.rightPath(x.path); right != "" {
		f.Hint = "did you mean " + s.originOf(x.r) + x.prefix() + right + "?"
	}
	return s.problem(nil, spec.NoSuchPath, []spec.Finding{f})
}

func (x *exchange) prefix() string {
	if strings.HasPrefix(x.whole, "/~") {
		return "/~" + x.session.name
	}
	return ""
}

// rightPath guesses what a path was meant to be: the same below the base path, without doubled or trailing slashes, or
// the nearest template.
func (s *Server) rightPath(path string) string {
	clean := path
	for strings.Contains(clean, "//") {
		clean = strings.ReplaceAll(clean, "//", "/")
	}
	clean = strings.TrimSuffix(clean, "/")
	below := strings.TrimPrefix(clean, s.basePath)
	for _, wrong := range append([]string{""}, s.basePaths...) {
		rest, ok := strings.CutPrefix(clean, wrong)
		if !ok {
			continue
		}
		for _, right := range s.basePaths {
			for _, end := range []string{"", "/"} {
				if _, ok := s.match(right + rest + end); ok {
					return right + rest + end
				}
			}
		}
	}
	if near := s.doc.NearestPath(toUTF8(below)); near != "" {
		return s.basePath + near
	}
	return ""
}

func (s *Server) originOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Server) servesRoot() bool {
	if s.basePath != "" {
		return false
	}
	_, ok := s.doc.Route("/")
	return ok
}
