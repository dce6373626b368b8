package mockserver

import (
	"iter"
	"net/url"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// CurlExample is an operation with a command line that works when pasted.
type CurlExample struct {
	Operation *spec.Operation
	Curl      string
}

// Examples are command lines for every operation, in document order, with ids of records that are there. base is
// scheme and host. Each is made when it is asked for: in a large document all of them take seconds.
func (s *Server) Examples(base string) iter.Seq[CurlExample] {
	return func(yield func(CurlExample) bool) {
		for _, op := range s.doc.Operations {
			if !yield(CurlExample{op, s.curl(op, base)}) {
				return
			}
		}
	}
}

// FewExamples is how many examples are enough for somebody who begins.
const FewExamples = 12

func (s *Server) curl(op *spec.Operation, base string) string {
	path := op.Path
	var query url.Values
	for _, p := range op.Parameters {
		switch {
		case p.In == "path" && op.Resource != nil && p.Name == op.ItemParam:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(s.knownID(op.Resource)))
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(s.paramExample(p)))
		case p.In == "query" && p.Required:
			if query == nil {
				query = url.Values{}
			}
			query.Set(p.Name, s.paramExample(p))
		}
	}
	target := base + s.baseOf(op) + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	line := "curl -X " + op.Method + " " + shellQuote(target)
	if body, mediaType, ok := s.bodyExample(op); ok {
		line += " -H " + shellQuote("Content-Type: "+mediaType) + " -d " + shellQuote(body)
	}
	return line
}

func (s *Server) paramExample(p *spec.Parameter) string {
	if p.Schema == nil {
		return "1"
	}
	v, err := s.generator.Value(p.Schema, s.source("curl", p.Name))
	if err != nil {
		return "1"
	}
	if text, ok := v.(string); ok {
		return text
	}
	return string(strictjson.Append(nil, v))
}

// bodyExample is a short body: for an update one member, the shortest made-up value of those that can be changed; else
// the whole.
func (s *Server) bodyExample(op *spec.Operation) (body, mediaType string, ok bool) {
	if op.Body == nil {
		return "", "", false
	}
	m := spec.Media(op.Body.Content)
	if m == nil || m.Schema == nil || !spec.IsJSON(m.Type) {
		return "", "", false
	}
	gen := fixtures.NewGenerator(s.set.now, spec.In)
	v, err := gen.Value(m.Schema, s.source("curl", op.ID))
	if err != nil {
		return "", "", false
	}
	o, isObject := v.(strictjson.Object)
	if op.Action == spec.ActionMerge && isObject && len(m.Schema.Required) == 0 {
		v = shortestChange(op, m.Schema, o)
	}
	return string(strictjson.Append(nil, v)), m.Type, true
}

func shortestChange(op *spec.Operation, schema *spec.Schema, o strictjson.Object) strictjson.Object {
	best := strictjson.Object{}
	size := 1 << 30
	for _, member := range o {
		p := schema.Property(member.Name)
		_, isText := member.Value.(string)
		if member.Name == op.Resource.IDProperty || p == nil || p.ReadOnly || p.Relation != "" || p.Format != "" ||
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

// shellQuote quotes a word for a POSIX shell, where it needs to be.
func shellQuote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@%", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// KnownIDs are the first n ids of a resource's dataset.
func (s *Server) KnownIDs(r *spec.Resource, n uint64) []string {
	var out []string
	for i := range min(n, s.store.dataset.Count(r)) {
		out = append(out, s.store.dataset.ID(r, i))
	}
	return out
}
