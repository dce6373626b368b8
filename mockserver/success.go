package mockserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// successOf is the declared success of an operation: 201 for what makes a record, where it is declared, and another for
// what does not. A document that declares none gets 204.
func successOf(op *spec.Operation, made bool) (int, *spec.Response) {
	status, res := op.SuccessResponse()
	if res == nil {
		return http.StatusNoContent, nil
	}
	if (status == http.StatusCreated) == made {
		return status, res
	}
	for _, r := range op.Responses {
		switch {
		case made && r.Status == "201":
			return http.StatusCreated, r
		case !made && r.Status != "201" && len(r.Status) == 3 && r.Status[0] == '2' && !strings.EqualFold(r.Status, "2XX"):
			return int(r.Status[0]-'0')*100 + int(r.Status[1]-'0')*10 + int(r.Status[2]-'0'), r
		}
	}
	return status, res
}

// recordAnswer is the success of an operation that answers with a record, checked against the document before it leaves.
func (s *Server) recordAnswer(x *exchange, in records, k key, levels int, made bool) answer {
	text, err := in.current(k)
	if err != nil {
		return s.unservable(x.op, err)
	}
	status, res := successOf(x.op, made)
	out := result{status: status, res: res}
	if made && declares(res, "Location") {
		out.header = http.Header{}
		s.locate(out.header, x, res, in, k)
	}
	if res != nil && len(res.Headers) > 0 {
		tag(&out, in, k, text, levels)
	}
	m := x.media(res)
	switch {
	case m == nil:
		return s.finish(x, out)
	case res.Envelope == nil && made && x.op.Batch != nil && x.op.Batch.List != nil:
		return s.batchAnswer(x, in, subject{key: key{resource: k.resource}}, []key{k}, levels)
	case res.Envelope == nil:
		return s.acknowledge(x, k, out)
	}
	if res.Envelope.List != nil {
		g := listOfOne(s, x, res.Envelope)
		g.in, g.sub, g.levels, g.ids = in, subject{key: key{resource: k.resource}}, levels, []string{k.id}
		if out.text, out.known, err = g.text(m.Schema); err != nil {
			return s.unservable(x.op, err)
		}
		return s.finish(x, out)
	}
	shown, err := s.show(in, k, text, res.Envelope.Record, levels)
	at := 0
	if err == nil {
		out.text, at, err = s.envelop(x.op, m, res.Envelope, shown)
	}
	if err != nil {
		return s.unservable(x.op, err)
	}
	if same(shown, text) && k.resource.StandsAlone() {
		x.known[0] = spec.Known{Schema: k.resource.Schema, From: at, To: at + len(shown)}
		out.known = x.known[:]
	}
	return s.finish(x, out)
}

// wrapper is what stands around the record in an operation's answers: the same in each, so it is made once.
type wrapper struct{ before, after []byte }

// wrapping names a wrapper.
type wrapping struct {
	op     *spec.Operation
	schema *spec.Schema
}

// envelop wraps a record as the answer's schema has it: along the envelope's path, beside it what a success says
// (x-understudy-success) and what the schema requires. It tells where in the text the record stands.
func (s *Server) envelop(op *spec.Operation, m *spec.MediaType, e *spec.Envelope, record []byte) (text []byte, at int, err error) {
	if e == nil || len(e.Path) == 0 {
		return record, 0, nil
	}
	var w wrapper
	if made, ok := s.wrappers.Load(wrapping{op, m.Schema}); ok {
		w = made.(wrapper)
	} else {
		if w, err = s.wrapper(op, m.Schema, e.Path, 0); err != nil {
			return nil, 0, err
		}
		s.wrappers.Store(wrapping{op, m.Schema}, w)
	}
	text = make([]byte, 0, len(w.before)+len(record)+len(w.after))
	text = append(append(append(text, w.before...), record...), w.after...)
	return text, len(w.before), nil
}

// wrapper makes an answer around the member that a path leads to, and takes it apart there. The first names of the path lead
// to the schema; what a success says stands in the answer itself alone.
func (s *Server) wrapper(op *spec.Operation, schema *spec.Schema, path []string, depth int) (wrapper, error) {
	var before, after []member
	side := &before
	for _, p := range schema.AllProperties() {
		said, isSaid := op.Success[p.Name]
		switch {
		case p.Name == path[depth]:
			side = &after
		case isSaid && depth == 0:
			*side = append(*side, member{p.Name, strictjson.Append(nil, said)})
		case slices.Contains(requiredOf(schema), p.Name):
			where := append(append([]string{op.ID}, path[:depth]...), p.Name)
			v, err := s.generator.Named(p.Schema, p.Name, s.source(where...))
			if err != nil {
				return wrapper{}, err
			}
			*side = append(*side, member{p.Name, strictjson.Append(nil, v)})
		}
	}
	const place = "0" // of the record
	whole := joinMembers(append(append(before, member{path[depth], []byte(place)}), after...))
	rest := len(joinMembers(after)) - 1 // with the brace that ends both
	if len(after) > 0 {
		rest++ // and the comma before
	}
	at := len(whole) - rest - len(place)
	w := wrapper{slices.Clip(whole[:at]), slices.Clone(whole[at+len(place):])}
	inside := schema.Property(path[depth])
	if depth+1 == len(path) || inside == nil {
		return w, nil
	}
	inner, err := s.wrapper(op, inside, path, depth+1)
	if err != nil {
		return wrapper{}, err
	}
	return wrapper{slices.Concat(w.before, inner.before), slices.Concat(inner.after, w.after)}, nil
}

// yes are the flat names of members that say that something was done.
var yes = []string{"deleted", "success", "successful", "ok", "acknowledged", "removed", "done"}

// acknowledge is a success that shows no record: an example that keeps its schema, else made-up values, with the id of
// the record, and members that say whether it was done saying so.
func (s *Server) acknowledge(x *exchange, k key, out result) answer {
	m := x.media(out.res)
	text, err := s.steadyValue(x, m, out.res)
	if err != nil {
		return s.unservable(x.op, err)
	}
	ms, isObject := membersOf(text)
	if isObject && m.Schema != nil {
		id := strictjson.Append(nil, fixtures.IDValue(k.resource, k.id))
		for _, p := range m.Schema.AllProperties() {
			said, isSaid := x.op.Success[p.Name]
			switch {
			case isSaid:
				ms = setMember(ms, p.Name, strictjson.Append(nil, said))
			case k.resource.ID.Is(p.Name) && holds(p.Schema, id):
				ms = setMember(ms, p.Name, id)
			case slices.Contains(yes, flatName(p.Name)) && slices.Contains(p.Schema.Types, "boolean"):
				ms = setMember(ms, p.Name, []byte("true"))
			}
		}
		text = joinMembers(ms)
	}
	out.text = text
	return s.finish(x, out)
}

// flatName is a name without case and separators.
func flatName(name string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(name))
}

func setMember(ms []member, name string, value []byte) []member {
	if i := findMember(ms, name); i >= 0 {
		ms[i].value = value
		return ms
	}
	return append(ms, member{name, value})
}

// holds reports whether a schema takes a JSON text.
func holds(schema *spec.Schema, text []byte) bool {
	if schema.Proves(text, spec.Out, wideOpen) {
		return true
	}
	v, err := strictjson.Decode(text, wideOpen)
	return err == nil && schema.Valid(v, spec.Out)
}

func declares(res *spec.Response, header string) bool { return declaredHeader(res, header) != nil }

func declaredHeader(res *spec.Response, name string) *spec.Header {
	if res == nil {
		return nil
	}
	for _, h := range res.Headers {
		if strings.EqualFold(h.Name, name) {
			return h
		}
	}
	return nil
}

// locate says where a record that was made is found: its whole URL, or the path where the header's schema takes no
// other. Nothing is said where the document has no path for a record.
func (s *Server) locate(h http.Header, x *exchange, res *spec.Response, in records, k key) {
	path := s.itemURL(x, in, k)
	if path == "" {
		return
	}
	d := declaredHeader(res, "Location")
	for _, v := range []string{s.originOf(x.r) + path, path} {
		if d.Schema == nil || d.Schema.Valid(v, spec.Out) {
			h.Set("Location", v)
			return
		}
	}
}

// itemURL is the path of a record: below that of the request where the document has it there, else wherever it is
// shown; "" where no path names it.
func (s *Server) itemURL(x *exchange, in records, k key) string {
	best, score := "", 0
	for _, o := range k.resource.Operations {
		if o.ItemParam == "" {
			continue
		}
		n := 1
		if o.Action == spec.ActionGet {
			n += 2
		}
		if o.Shape() == x.op.Shape() || strings.HasPrefix(o.Shape(), x.op.Shape()+"/") {
			n += 4
		}
		if n <= score {
			continue
		}
		path, _ := itemPath(in, o, k)
		for name, text := range x.params { // what else the path has, as it was called
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
		}
		if !strings.ContainsAny(path, "{}") {
			best, score = x.prefix()+s.baseOf(o)+path, n
		}
	}
	return best
}

// itemPath fills an operation's path in with the ids of a record and its owners; false where something else is to be
// filled in.
func itemPath(in records, o *spec.Operation, k key) (string, bool) {
	path := strings.Replace(o.EscapedPath(), "{"+o.ItemParam+"}", url.PathEscape(k.id), 1)
	at := k
	for _, owner := range o.Owners {
		id := in.owner(at)
		if id == "" {
			return path, false
		}
		path = strings.Replace(path, "{"+owner.Param+"}", url.PathEscape(id), 1)
		at = key{owner.Resource, id}
	}
	return path, !strings.ContainsAny(path, "{}")
}
