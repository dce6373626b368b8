package spec

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// methods that a path item can have, in the order operations are listed.
var methods = []string{"get", "head", "post", "put", "patch", "delete", "options", "trace", "query"}

func (d *Document) build() {
	root := d.root()
	info := root.get("info")
	d.Title, d.Release = info.str("title"), info.raw("version").n.scalarText()
	d.buildServers(root.get("servers"))
	d.buildSchemes()
	paths := root.get("paths")
	for _, key := range listOfKeys(paths.n) {
		if strings.HasPrefix(key, "/") { // else an extension, or a flaw that is noted
			d.buildPath(key, paths.raw(key))
		}
	}
	d.buildWebhooks(root.get("webhooks"))
	d.resolveLinks()
	d.findTangles()
	d.findPasswords()
	d.inferResources()
	d.router.build(d.Operations, d.brokenPaths)
}

// Playable is nil for a document that has something to play. The error says why there is nothing, and the way out.
func (d *Document) Playable() error {
	switch {
	case len(d.Operations)+len(d.Webhooks) > 0:
		return nil
	case len(d.brokenPaths) > 0:
		return fmt.Errorf("%s: there is nothing to serve: none of its paths can be read; %s",
			d.Name(), d.brokenPaths[0].why.String())
	}
	return fmt.Errorf("%s: there is nothing to serve: the document has no operation under paths and no webhook; "+
		"pass the document that refers to this one", d.Name())
}

func (n *node) scalarText() string {
	if n == nil || n.kind == objectKind || n.kind == arrayKind {
		return ""
	}
	return n.text
}

// buildPath makes the operations of a path. A fragment in a path's key is never sent and a query is no part of the path,
// so neither is part of the template; the query tells the operation's requests from others.
func (d *Document) buildPath(key string, raw place) {
	template, query := splitKey(key)
	item := pathItem{raw, raw.deref()}
	broken := d.unreadItem(item)
	if len(broken) > 0 {
		d.brokenPaths = append(d.brokenPaths, brokenPath{template, broken[0]})
	}
	shared := d.buildParameters(item.get("parameters"), nil)
	for method, at := range item.operations() {
		o := &Operation{
			ID:       at.str("operationId"),
			Method:   method,
			Path:     template,
			Query:    query,
			Summary:  at.str("summary"),
			Location: at.location(),
			doc:      d,
			broken:   slices.Clone(broken),
		}
		if o.ID == "" || d.Operation(o.ID) != nil {
			o.ID = o.Method + " " + key
		}
		d.fillOperation(o, item, at, shared)
		if !d.hasTwin(o) {
			d.Operations = append(d.Operations, o)
		}
	}
}

// splitKey is the path of a path's key and the query behind it.
func splitKey(key string) (template, query string) {
	template, _, _ = strings.Cut(key, "#")
	template, query, _ = strings.Cut(template, "?")
	return template, query
}

// pathItem is what stands under a path: what is written there, and what a $ref in it leads to.
type pathItem struct{ own, target place }

// get is a member of either; where both have it, which OpenAPI leaves open, what is written there counts.
func (i pathItem) get(key string) place {
	if at := i.own.get(key); at.exists() {
		return at
	}
	return i.target.get(key)
}

// raw is get for what is not an object or leads nowhere.
func (i pathItem) raw(key string) place {
	if at := i.own.raw(key); at.exists() {
		return at
	}
	return i.target.raw(key)
}

// operations are those of a path item by method: the ones that have a place of their own, then others. An operation
// that cannot be read is there too.
func (i pathItem) operations() iter.Seq2[string, place] {
	return func(yield func(string, place) bool) {
		for _, method := range methods {
			if at := i.raw(method); at.exists() && !yield(strings.ToUpper(method), readable(at)) {
				return
			}
		}
		more := i.get("additionalOperations")
		for _, method := range listOfKeys(more.n) {
			if !yield(method, readable(more.raw(method))) {
				return
			}
		}
	}
}

// readable is where a reference leads, or the reference itself where that is nowhere.
func readable(raw place) place {
	if at := raw.deref(); at.exists() {
		return at
	}
	return raw
}

// brokenPath is a path of which not all is known, because its reference leads nowhere or it is no object.
type brokenPath struct {
	template string
	why      Finding
}

// unreadItem says why what a path has is not known, or not all of it; nothing where it is.
func (d *Document) unreadItem(item pathItem) []Finding {
	if item.own.n.kind == objectKind && item.target.exists() && item.target.n.kind == objectKind {
		return nil
	}
	return []Finding{d.unread("", item.own)}
}

// unread is the finding for what should be an object and is none, or leads nowhere.
func (d *Document) unread(operation string, raw place) Finding {
	if fs := d.unresolved(operation, raw); len(fs) > 0 {
		return fs[0]
	}
	f := documentFinding("type", Must, raw.location(), "an object", raw.deref().n.kind.String(),
		"mend it; until then it cannot be served")
	f.Operation = operation
	return f
}

// hasTwin reports whether an operation before this one gets every request that it could get, which only keys with
// fragments or queries can bring about.
func (d *Document) hasTwin(o *Operation) bool {
	return slices.ContainsFunc(d.Operations, func(p *Operation) bool {
		return p.Path == o.Path && p.Method == o.Method && p.Query == o.Query && sameDemands(p, o)
	})
}

func (d *Document) fillOperation(o *Operation, item pathItem, at place, shared []*Parameter) {
	if _, lost := at.n.reference(); lost || at.n.kind != objectKind {
		o.broken = append(o.broken, d.unread(o.ID, at))
	}
	o.BasePaths = d.serversOf(item, at)
	o.Callbacks = d.buildCallbacks(at.get("callbacks"))
	for t := range at.get("tags").items() {
		o.Tags = append(o.Tags, t.n.str())
	}
	o.Parameters = imply(sendable(d.buildParameters(at.get("parameters"), shared), o.Path), o)
	o.Body = d.buildBody(at.get("requestBody"))
	o.Responses = d.buildResponses(o.ID, at.get("responses"))
	o.broken = append(o.broken, d.unresolved(o.ID, at.raw("requestBody"))...)
	for _, list := range []place{item.get("parameters"), at.get("parameters")} {
		for i := range listOf(list.n) {
			o.broken = append(o.broken, d.unresolved(o.ID, list.raw(strconv.Itoa(i)))...)
		}
	}
	o.Security = d.securityOf(at)
	o.Success = d.successHint(at)
	o.Action = updateHint(at)
	for _, p := range o.Parameters {
		if p.unfolds {
			o.Unfold = p
		}
	}
}

// buildParameters adds an operation's parameters to those of its path, replacing by name and place.
func (d *Document) buildParameters(list place, shared []*Parameter) []*Parameter {
	out := slices.Clone(shared)
	for at := range list.items() {
		p := d.buildParameter(at)
		if p.ignored() {
			continue
		}
		i := slices.IndexFunc(out, func(o *Parameter) bool { return o.Name == p.Name && o.In == p.In })
		if i >= 0 {
			out[i] = p
		} else {
			out = append(out, p)
		}
	}
	return out
}

// sendable requires no parameter of the path that its template does not have: no request could be right.
func sendable(params []*Parameter, path string) []*Parameter {
	inTemplate := templateNames(path)
	for i, p := range params {
		if p.In == "path" && p.Required && !slices.Contains(inTemplate, p.Name) {
			optional := *p
			optional.Required = false
			params[i] = &optional
		}
	}
	return params
}

// imply adds the parameters that the template has and nobody declares: any text will do for them.
func imply(params []*Parameter, o *Operation) []*Parameter {
	for _, name := range templateNames(o.Path) {
		if !slices.ContainsFunc(params, func(p *Parameter) bool { return p.In == "path" && p.Name == name }) {
			params = append(slices.Clip(params), &Parameter{
				Name: name, In: "path", Required: true, Style: styleSimple, Location: o.Location, implied: true, wants: wants(nil),
			})
		}
	}
	return params
}

func (d *Document) buildBody(at place) *Body {
	if !at.exists() {
		return nil
	}
	return &Body{Required: at.isTrue("required"), Content: d.buildContent(at.get("content")), Location: at.location()}
}

func (d *Document) buildContent(at place) []*MediaType {
	var out []*MediaType
	for key, m := range at.members() {
		mt := &MediaType{Type: key, Location: m.location()}
		if s := m.raw("schema"); s.exists() {
			mt.Schema = d.schema(s)
		} else if !m.exists() {
			mt.Schema = d.unusable(at.raw(key))
		}
		mt.Encoding = d.buildEncoding(m.get("encoding"), mt.Schema)
		if m.exists() && m.n.kind == objectKind {
			d.buildSequence(mt, m)
		}
		if e := m.raw("example"); e.exists() {
			mt.Examples = append(mt.Examples, Example{"example", e.n.value(), e.location()})
		}
		for name, e := range m.get("examples").members() {
			if ex, ok := exampleOf(name, e, IsJSON(key)); ok {
				mt.Examples = append(mt.Examples, ex)
			}
		}
		out = append(out, mt)
	}
	return out
}

// exampleOf is an example of the document: its value, since OpenAPI 3.2 its dataValue, or what its serializedValue holds.
// One that is somewhere else (externalValue) is not fetched.
func exampleOf(name string, e place, inJSON bool) (Example, bool) {
	for _, key := range []string{"value", "dataValue"} {
		if v := e.raw(key); v.exists() {
			return Example{name, v.n.value(), v.location()}, true
		}
	}
	v := e.raw("serializedValue")
	if v.n == nil || v.n.kind != stringKind {
		return Example{}, false
	}
	out := Example{name, v.n.text, v.location()}
	if inJSON {
		value, err := strictjson.DecodeOrdered([]byte(v.n.text), strictjson.Limits{})
		if err != nil {
			return Example{}, false
		}
		out.Value = value
	}
	return out, true
}

func (d *Document) buildResponses(operation string, at place) []*Response {
	var out []*Response
	for status, r := range at.members() {
		if strings.HasPrefix(status, "x-") {
			continue
		}
		res := &Response{
			Status:      status,
			Description: r.str("description"),
			Content:     d.buildContent(r.get("content")),
			Location:    r.location(),
			broken:      d.unresolved(operation, at.raw(status)),
			Links:       d.buildLinks(r.get("links")),
		}
		res.Headers = d.buildHeaders(r.get("headers"))
		out = append(out, res)
	}
	return out
}

// unresolved is the finding for a reference that leads nowhere: what should stand there cannot be checked, so nothing
// that depends on it is let through. Loading has noted the flaw.
func (d *Document) unresolved(operation string, raw place) []Finding {
	if !raw.exists() || raw.deref().exists() {
		return nil
	}
	f := documentFinding("$ref", Must, raw.raw("$ref").location(), "a reference to something in the document",
		raw.n.get("$ref").str(), "correct the reference; until then what depends on it cannot be served")
	f.Operation = operation
	return []Finding{f}
}

func statusText(status int) string { return strconv.Itoa(status) }

// statusRange is the range that a status falls into, as a document names it.
func statusRange(status int) string {
	ranges := [...]string{"", "1XX", "2XX", "3XX", "4XX", "5XX"}
	if class := status / 100; class > 0 && class < len(ranges) {
		return ranges[class]
	}
	return statusText(status)
}

func statusNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 100 && n <= 599
}

// plainMap is an object node as a map, for small hint objects.
func plainMap(n *node) map[string]any {
	v, _ := strictjson.Plain(n.value()).(map[string]any)
	return v
}
