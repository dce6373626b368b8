package mockserver

import (
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
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

// exampleRequest is a request that works, in the parts that a command line or a client takes.
type exampleRequest struct {
	target  string // path and query
	carried carried
	body    *exampleBody // nil for none
}

// example is a request to an operation, for records that are there, with credentials where it asks for some.
func (s *Server) example(op *spec.Operation) exampleRequest {
	path := op.EscapedPath()
	ids := s.pathIDs(op)
	var in carried
	if op.Query != "" {
		in.query = append(in.query, op.Query)
	}
	if p := op.Precondition(); p != nil && !p.Required {
		in.add(p.In, p.Name, s.conditionExample(p))
	}
	for _, p := range op.Parameters {
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", s.paramExample(p, ids[p.Name]))
		case p.Required && p.In == "header" && strings.EqualFold(p.Name, "If-Match"):
			in.add(p.In, p.Name, s.conditionExample(p))
		case p.Required && p == op.Mask():
			in.add(p.In, p.Name, s.paramExample(p, "*"))
		case p.Required:
			in.add(p.In, p.Name, s.paramExample(p, nil))
		}
	}
	if !s.set.noAuth {
		for _, c := range op.DemoCredentials() {
			text := c.Value
			if c.In != "header" {
				text = url.QueryEscape(c.Name) + "=" + url.QueryEscape(c.Value)
			}
			in.add(c.In, c.Name, text)
		}
	}
	out := exampleRequest{target: s.baseOf(op) + path, carried: in}
	if len(in.query) > 0 {
		query := strings.Join(in.query, "&")
		if op.List != nil {
			query = op.List.Begin(query)
		}
		out.target += "?" + query
	}
	s.addBody(op, &out)
	return out
}

func (s *Server) curl(op *spec.Operation, base string) string {
	e := s.example(op)
	line := "curl -X " + op.Method + " " + shellQuote(base+e.target)
	for _, h := range e.carried.headers {
		line += " -H " + shellQuote(h)
	}
	if len(e.carried.cookies) > 0 {
		line += " -b " + shellQuote(strings.Join(e.carried.cookies, "; "))
	}
	switch {
	case e.body == nil:
	case e.body.form != nil:
		for _, arg := range e.body.form {
			line += " -F " + shellQuote(arg)
		}
	default:
		line += " -H " + shellQuote("Content-Type: "+e.body.mediaType) + " -d " + shellQuote(e.body.text)
	}
	return line
}

// conditionExample is what a condition may be that any record keeps, else a made-up one.
func (s *Server) conditionExample(p *spec.Parameter) string {
	if p.Schema == nil || p.Schema.Valid("*", spec.In) {
		return "*"
	}
	return s.paramExample(p, nil)
}

// carried is what a request carries beside its path and its body.
type carried struct{ query, headers, cookies []string }

func (c *carried) add(in, name, text string) {
	switch in {
	case "header":
		c.headers = append(c.headers, name+": "+text)
	case "cookie":
		c.cookies = append(c.cookies, text)
	default:
		c.query = append(c.query, text)
	}
}

// pathIDs are ids for the path's parameters: of a record that is there, and of those it belongs to.
func (s *Server) pathIDs(op *spec.Operation) map[string]any {
	out := map[string]any{}
	above, owners := "", op.Owners
	if op.Resource == nil && op.Batch != nil {
		_, above = s.knownPlace(op.Batch.Resource)
		owners = op.Batch.Owners
	}
	if op.Resource != nil {
		var id string
		if id, above = s.knownPlace(op.Resource); op.ItemParam != "" {
			out[op.ItemParam] = fixtures.IDValue(op.Resource, id)
		}
	}
	for _, o := range owners {
		i, there := s.store.dataset.Index(o.Resource, above)
		if !there {
			i, above = 0, s.knownID(o.Resource)
		}
		out[o.Param] = fixtures.IDValue(o.Resource, above)
		if s.store.dataset.Count(o.Resource) > 0 {
			above = s.store.dataset.OwnerID(o.Resource, i)
		}
	}
	return out
}

// paramExample is a parameter as a request carries it: a given value where its style can carry that, else a made-up one
// that it can.
func (s *Server) paramExample(p *spec.Parameter, given any) string {
	const tries = 10
	if given != nil {
		if text, err := p.EncodeSaid(given); err == nil {
			return text
		}
	}
	for i := range tries {
		var v any = "1"
		if p.Schema != nil {
			var err error
			if v, err = s.generator.Value(p.Schema, s.source("curl", p.Name, itoa(i))); err != nil {
				break
			}
		}
		if text, err := p.Encode(v); err == nil {
			return text
		}
	}
	text, _ := p.Encode("1")
	return text
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

// seekTaken bounds how many ids of a resource are looked at for one that every parameter takes which names its records.
const seekTaken = 100

// KnownIDs are the first n ids of a resource's dataset. Where none of them is taken by every parameter that names its records,
// the last one is another that is, if there is one nearby.
func (s *Server) KnownIDs(r *spec.Resource, n uint64) []string {
	var out []string
	count := s.store.dataset.Count(r)
	for i := range min(n, count) {
		out = append(out, s.store.dataset.ID(r, i))
	}
	taken := func(id string) bool { return fixtures.TakenByAll(r, id) }
	if len(out) == 0 || slices.ContainsFunc(out, taken) {
		return out
	}
	for i := n; i < min(n+seekTaken, count); i++ {
		if id := s.store.dataset.ID(r, i); taken(id) {
			out[len(out)-1] = id
			break
		}
	}
	return out
}
