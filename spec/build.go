package spec

import (
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// methods that a path item can have, in the order operations are listed.
var methods = []string{"get", "head", "post", "put", "patch", "delete", "options", "trace", "query"}

func (d *Document) build() error {
	root := d.root()
	info := root.get("info")
	d.Title, d.Release = info.str("title"), info.raw("version").n.scalarText()
	d.buildServers(root.get("servers"))
	d.buildSchemes()
	paths := root.get("paths")
	for key, item := range paths.members() {
		if strings.HasPrefix(key, "/") { // else an extension, or a flaw that is noted
			d.buildPath(key, item)
		}
	}
	if len(d.Operations) == 0 && len(listOfKeys(root.get("webhooks").n)) == 0 {
		return errors.New("there is nothing to serve: the document has no operation under paths")
	}
	d.buildWebhooks(root.get("webhooks"))
	d.resolveLinks()
	d.findTangles()
	d.findPasswords()
	d.inferResources()
	d.router.build(d.Operations)
	return nil
}

func (n *node) scalarText() string {
	if n == nil || n.kind == objectKind || n.kind == arrayKind {
		return ""
	}
	return n.text
}

// buildPath makes the operations of a path. What stands behind # or ? in a path's key is never sent or not part of the
// path, so it is left out of it.
func (d *Document) buildPath(key string, item place) {
	template := key
	if i := strings.IndexAny(key, "#?"); i >= 0 {
		template = key[:i]
	}
	shared := d.buildParameters(item.get("parameters"), nil)
	for method, at := range operationsOf(item) {
		if at.n.kind != objectKind || d.hasOperation(method, template) {
			continue
		}
		o := &Operation{
			ID:       at.str("operationId"),
			Method:   method,
			Path:     template,
			Summary:  at.str("summary"),
			Location: at.location(),
			doc:      d,
		}
		if o.ID == "" || d.Operation(o.ID) != nil {
			o.ID = o.Method + " " + key
		}
		d.fillOperation(o, item, at, shared)
		d.Operations = append(d.Operations, o)
	}
}

// operationsOf are the operations of a path item by method: the ones that have a place of their own, then others.
func operationsOf(item place) iter.Seq2[string, place] {
	return func(yield func(string, place) bool) {
		for _, method := range methods {
			if at := item.get(method); at.exists() && !yield(strings.ToUpper(method), at) {
				return
			}
		}
		for method, at := range item.get("additionalOperations").members() {
			if at.exists() && !yield(method, at) {
				return
			}
		}
	}
}

// hasOperation reports whether a path is there already, which only keys with fragments or queries can bring about.
func (d *Document) hasOperation(method, template string) bool {
	return slices.ContainsFunc(d.Operations, func(o *Operation) bool { return o.Path == template && o.Method == method })
}

func (d *Document) fillOperation(o *Operation, item, at place, shared []*Parameter) {
	o.BasePaths = d.serversOf(item, at)
	o.Callbacks = d.buildCallbacks(at.get("callbacks"))
	for t := range at.get("tags").items() {
		o.Tags = append(o.Tags, t.n.str())
	}
	o.Parameters = d.buildParameters(at.get("parameters"), shared)
	o.Body = d.buildBody(at.get("requestBody"))
	o.Responses = d.buildResponses(o.ID, at.get("responses"))
	o.broken = d.unresolved(o.ID, at.raw("requestBody"))
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
		if e := m.raw("example"); e.exists() {
			mt.Examples = append(mt.Examples, Example{"example", e.n.value(), e.location()})
		}
		for name, e := range m.get("examples").members() {
			if v := e.raw("value"); v.exists() {
				mt.Examples = append(mt.Examples, Example{name, v.n.value(), v.location()})
			}
		}
		out = append(out, mt)
	}
	return out
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

func statusNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 100 && n <= 599
}

// plainMap is an object node as a map, for small hint objects.
func plainMap(n *node) map[string]any {
	v, _ := strictjson.Plain(n.value()).(map[string]any)
	return v
}
