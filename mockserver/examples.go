package mockserver

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

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

// exampleRequest is a request that works, in the parts that a command line or a client takes.
type exampleRequest struct {
	target  string // path and query
	carried carried
	// The body, where there is one.
	body, mediaType string
	hasBody         bool
	form            []string // the parts of a form with files, as curl takes them; then there is no body
}

// example is a request to an operation, for records that are there, with credentials where it asks for some.
func (s *Server) example(op *spec.Operation) exampleRequest {
	path := op.Path
	ids := s.pathIDs(op)
	var in carried
	if op.Query != "" {
		in.query = append(in.query, op.Query)
	}
	for _, p := range op.Parameters {
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", s.paramExample(p, ids[p.Name]))
		case p.Required && p.In == "header" && strings.EqualFold(p.Name, "If-Match") && takesAny(p):
			in.add(p.In, p.Name, "*")
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
	m, v := s.bodyExample(op)
	switch {
	case m == nil:
	case spec.IsForm(m.Type):
		out.form = formArguments(m.Parts(v))
	default:
		out.body, out.mediaType, out.hasBody = pasted(m, v)
	}
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
	for _, arg := range e.form {
		line += " -F " + shellQuote(arg)
	}
	if e.hasBody {
		line += " -H " + shellQuote("Content-Type: "+e.mediaType) + " -d " + shellQuote(e.body)
	}
	return line
}

// takesAny reports whether a condition may be *, which any record keeps.
func takesAny(p *spec.Parameter) bool { return p.Schema == nil || p.Schema.Valid("*", spec.In) }

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
	above := ""
	if op.Resource != nil {
		var id string
		if id, above = s.knownPlace(op.Resource); op.ItemParam != "" {
			out[op.ItemParam] = fixtures.IDValue(op.Resource, id)
		}
	}
	for _, o := range op.Owners {
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
		for _, v := range []any{given, fmt.Sprint(given)} { // a record's number may be a text in the path
			if text, err := p.Encode(v); err == nil {
				return text
			}
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

// bodyExample is a short body: for an update one member, the shortest made-up value of those that can be changed; else
// the whole, or what of it is required where that is long. The media type is nil without a body.
func (s *Server) bodyExample(op *spec.Operation) (m *spec.MediaType, value any) {
	if op.Body == nil {
		return nil, nil
	}
	m = spec.Media(op.Body.Content)
	if m == nil || m.Schema == nil {
		return nil, nil
	}
	gen := fixtures.NewGenerator(s.set.now, spec.In)
	v, err := gen.Value(m.Schema, s.source("curl", op.ID))
	if err != nil {
		return nil, nil
	}
	o, isObject := v.(strictjson.Object)
	if op.Action == spec.ActionMerge && isObject && len(m.Schema.Required) == 0 {
		o = shortestChange(op, m.Schema, o)
	}
	if isObject {
		v = s.withOwnID(op, o)
	}
	if text, _, err := m.Encode(v); isObject && err == nil && len(text) > maxPasted {
		v = s.withOwnID(op, onlyRequired(m.Schema, o))
	}
	return m, v
}

// pasted is a body as a command line takes it; false where it has no room for it.
func pasted(m *spec.MediaType, v any) (body, mediaType string, ok bool) {
	text, mediaType, err := m.Encode(v)
	if err != nil || len(text) > maxPasted || bytes.ContainsAny(text, "\r\x00") {
		return "", "", false
	}
	return string(text), mediaType, true
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

// withOwnID gives a body for a record the id of the one that is there: it stays, and without a parameter for it the body
// must have it.
func (s *Server) withOwnID(op *spec.Operation, body strictjson.Object) strictjson.Object {
	r := op.Resource
	if r == nil || op.Action != spec.ActionMerge && op.Action != spec.ActionReplace {
		return body
	}
	if _, there := body.Get(r.IDProperty); there || op.ItemParam == "" {
		return body.With(r.IDProperty, fixtures.IDValue(r, s.knownID(r)))
	}
	return body
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
