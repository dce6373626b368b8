package spec

import (
	"slices"
	"strconv"
	"strings"
)

// part is what kind of object of OpenAPI stands in a place. Only in the places of the grammar is a $ref a reference:
// in an example, a default, an enum or an extension it is data.
type part uint8

const (
	partDocument part = iota
	partComponents
	partPathItem
	partOperation
	partParameter
	partHeader
	partBody
	partMedia
	partEncoding
	partResponse
	partSchema
	partExample
	partLink
	partCallback
	partSecurity
)

func (p part) String() string {
	return [...]string{
		"document", "components", "path item", "operation", "parameter", "header", "request body", "media type", "encoding",
		"response", "schema", "example", "link", "callback", "security scheme",
	}[p]
}

// shape is how parts stand under a key.
type shape uint8

const (
	one shape = iota
	list
	named // by any name; extensions are none
	free  // by any name, and extensions are names like others
)

// child is what stands under a key of a part.
type child struct {
	key   string // "*" stands for every key that is no extension
	part  part
	shape shape
}

// grammar is where the parts of a document stand.
var grammar = map[part][]child{
	partDocument: {{"paths", partPathItem, named}, {"webhooks", partPathItem, named}, {"components", partComponents, one}},
	partComponents: {
		{"schemas", partSchema, free},
		{"responses", partResponse, free},
		{"parameters", partParameter, free},
		{"examples", partExample, free},
		{"requestBodies", partBody, free},
		{"headers", partHeader, free},
		{"securitySchemes", partSecurity, free},
		{"links", partLink, free},
		{"callbacks", partCallback, free},
		{"pathItems", partPathItem, free},
		{"mediaTypes", partMedia, free},
	},
	partPathItem: append(oneEach(partOperation, methods...),
		child{"parameters", partParameter, list}, child{"additionalOperations", partOperation, named}),
	partOperation: {
		{"parameters", partParameter, list},
		{"requestBody", partBody, one},
		{"responses", partResponse, named},
		{"callbacks", partCallback, free},
	},
	partParameter: {{"schema", partSchema, one}, {"content", partMedia, free}, {"examples", partExample, free}},
	partHeader:    {{"schema", partSchema, one}, {"content", partMedia, free}, {"examples", partExample, free}},
	partBody:      {{"content", partMedia, free}},
	partMedia: {
		{"schema", partSchema, one},
		{"itemSchema", partSchema, one},
		{"examples", partExample, free},
		{"encoding", partEncoding, free},
		{"itemEncoding", partEncoding, one},
		{"prefixEncoding", partEncoding, list},
	},
	partEncoding: {{"headers", partHeader, free}},
	partResponse: {{"headers", partHeader, free}, {"content", partMedia, free}, {"links", partLink, free}},
	partSchema: slices.Concat(oneEach(partSchema, schemaKeys...), withShape(list, schemaListKeys),
		withShape(free, schemaMapKeys)),
	partCallback: {{"*", partPathItem, named}},
}

func oneEach(p part, keys ...string) []child {
	var out []child
	for _, k := range keys {
		out = append(out, child{k, p, one})
	}
	return out
}

func withShape(s shape, keys []string) []child {
	var out []child
	for _, k := range keys {
		out = append(out, child{k, partSchema, s})
	}
	return out
}

// reference is a $ref, or another text that names a place, as it stands in a part.
type reference struct {
	from   place // the object the reference stands in
	key    string
	part   part // what it must lead to
	target place
	why    string // there is no target
	// several says that the reference stands for a list or a map of such parts, which OpenAPI does not allow: a document
	// may be split so all the same, and what is meant is plain.
	several bool
}

// visitor looks at the parts of a document.
type visitor interface {
	visit(at place, p part)
	refer(r reference)
}

// walker visits every part that the document has or that its references lead to, each once, files first met first.
type walker struct {
	doc   *Document
	v     visitor
	seen  map[seenPart]bool
	queue []toMeet
}

type seenPart struct {
	n    *node
	part part
}

type toMeet struct {
	at   place
	part part
}

func (d *Document) walk(v visitor) {
	w := walker{doc: d, v: v, seen: map[seenPart]bool{}}
	w.meet(d.root(), partDocument)
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.meet(next.at, next.part)
	}
}

// meet visits a part and what stands in it; what it refers to comes later, so that references cost no stack.
func (w *walker) meet(at place, p part) {
	if !at.exists() || w.seen[seenPart{at.n, p}] {
		return
	}
	w.seen[seenPart{at.n, p}] = true
	if ref, is := at.n.reference(); is && p != partDocument && p != partComponents {
		w.follow(at, "$ref", ref, p)
		if p != partPathItem && (p != partSchema || w.doc.is30()) {
			return // what stands beside the reference means nothing
		}
	}
	w.v.visit(at, p)
	if at.n.kind != objectKind {
		return
	}
	for _, c := range grammar[p] {
		w.children(at, c)
	}
	if p == partSchema {
		w.schemaNames(at)
	}
}

func (w *walker) follow(from place, key, ref string, p part) {
	target, why := w.doc.follow(from.file, ref)
	w.v.refer(reference{from: from, key: key, part: p, target: target, why: why})
	if why == "" {
		w.queue = append(w.queue, toMeet{target, p})
	}
}

// several follows references that stand for a list or a map of parts, to where those stand.
func (w *walker) several(under place, c child) place {
	if c.shape == one || c.part == partSchema || c.key == "*" {
		return under
	}
	for range maxRefHops {
		ref, is := under.n.reference()
		if !is {
			return under
		}
		target, why := w.doc.follow(under.file, ref)
		w.v.refer(reference{from: under, key: "$ref", part: c.part, target: target, why: why, several: true})
		if why != "" {
			break
		}
		under = target
	}
	return place{doc: w.doc}
}

func (w *walker) children(at place, c child) {
	under := at
	if c.key != "*" {
		if at.n.get(c.key) == nil { // most are not there; no pointer is made for those
			return
		}
		if under = w.several(at.raw(c.key), c); !under.exists() {
			return
		}
	}
	switch {
	case c.shape == one:
		w.meet(under, c.part)
	case c.shape == list && under.n.kind == arrayKind:
		for i := range under.n.kids {
			w.meet(under.raw(strconv.Itoa(i)), c.part)
		}
	case c.shape != list && under.n.kind == objectKind:
		for _, name := range under.n.keys {
			if c.shape == free || !strings.HasPrefix(name, "x-") {
				w.meet(under.raw(name), c.part)
			}
		}
	}
}

// schemaNames follows what a schema names otherwise than by $ref.
func (w *walker) schemaNames(at place) {
	if ref := at.n.get("$dynamicRef").str(); ref != "" && !strings.HasPrefix(ref, "#") {
		w.follow(at, "$dynamicRef", ref, partSchema)
	}
	if at.n.get("discriminator") == nil {
		return
	}
	choice := at.raw("discriminator")
	mapping := choice.raw("mapping")
	for value := range mapping.n.members() {
		w.mapped(mapping, value)
	}
	if choice.n.get("defaultMapping").str() != "" {
		w.mapped(choice, "defaultMapping")
	}
}

// mapped follows what a discriminator calls a schema.
func (w *walker) mapped(from place, key string) {
	target, why := w.doc.mapped(from.file, from.n.get(key).str())
	w.v.refer(reference{from: from, key: key, part: partSchema, target: target, why: why})
	if why == "" {
		w.queue = append(w.queue, toMeet{target, partSchema})
	}
}

// mapped is the schema that a discriminator's mapping names: a component, or a reference like any other.
func (d *Document) mapped(file int, ref string) (place, string) {
	if !strings.ContainsAny(ref, "#/") {
		for _, f := range []int{file, 0} {
			at := place{d, f, "", d.files[f].tree}.get("components").get("schemas").raw(ref)
			if at.exists() {
				return at, ""
			}
		}
	}
	return d.follow(file, ref)
}
