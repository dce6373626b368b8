package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/helpers"

	"github.com/understudy-dev/understudy/spec/format"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Direction is the way a message goes: readOnly properties are not required of a request, nor writeOnly ones of a
// response.
type Direction int

// The directions.
const (
	In  Direction = iota // a request
	Out                  // a response
)

// compiled is a schema's validator, made when it is first needed.
type compiled struct {
	once   sync.Once
	schema *jsonschema.Schema
	err    error
}

// compiler makes validators with the compiler that libopenapi-validator configures.
//
// libopenapi-validator itself would render a schema with all it refers to inlined, which takes minutes on large
// documents, drops the boolean schema false and rounds numbers. Here every referenced schema is a resource of its own,
// translated to JSON Schema 2020-12 when a reference first asks for it, so each is compiled once, recursion needs no
// care and an error's URL is a place in the document. Nothing but the document can be loaded.
type compiler struct {
	doc *Document
	mu  sync.Mutex
	js  *jsonschema.Compiler
	// dynamic says that a dynamic reference was met.
	dynamic atomic.Bool
	// claims of what js has compiled, as far as they were asked for.
	claims claims
	merges sync.Map // merging -> *Merge
	// prepared are the schemas that were looked at because of others.
	prepared [2]map[*Schema]bool
	cuts     cuts
	unasked  unasked
}

func newCompiler(d *Document) *compiler {
	opts := []config.Option{config.WithFormatAssertions(), config.WithRegexEngine(compileRegexp)}
	for _, name := range format.Names() {
		opts = append(opts, config.WithCustomFormat(name, checkFormat(name)))
	}
	c := &compiler{doc: d, js: helpers.NewCompilerWithOptions(config.NewValidationOptions(opts...))}
	c.js.UseLoader(c)
	return c
}

func checkFormat(name string) func(any) error {
	return func(v any) error {
		switch v := v.(type) {
		case string:
			return format.Check(name, v)
		case json.Number:
			return format.CheckNumber(name, v)
		}
		return nil
	}
}

// validator compiles a schema for one direction, once.
func (s *Schema) validator(dir Direction) (*jsonschema.Schema, error) {
	if !s.at.doc.directional {
		dir = In
	}
	slot := &s.compiled[dir]
	slot.once.Do(func() {
		if s.at.n == nil {
			slot.err = fmt.Errorf("%s: the reference leads to nothing in the document", s.Location)
			return
		}
		c := s.at.doc.compiler
		c.mu.Lock()
		defer c.mu.Unlock()
		c.cuts.find(s.at)
		c.prepare(s, dir)
		slot.schema, slot.err = c.js.Compile(schemaURL(s.at, dir, false))
		if slot.err != nil {
			slot.err = fmt.Errorf("%s: schema cannot be used: %s", s.Location, tidyCompileError(slot.err))
		}
	})
	return slot.schema, slot.err
}

// tidyCompileError keeps the library's inner URLs out of what a user reads.
func tidyCompileError(err error) string {
	var load *jsonschema.LoadURLError
	if errors.As(err, &load) {
		err = load.Err
	}
	words := strings.Fields(err.Error())
	for i, w := range words {
		if at := strings.Index(w, urlPrefix); at >= 0 {
			_, ptr, _, _ := parseSchemaURL(strings.Trim(w[at:], `"':,`))
			words[i] = "#" + ptr
		}
	}
	text := strings.Join(words, " ")
	if i := strings.LastIndex(text, " - at '"); i >= 0 { // the innermost cause is the one that helps
		text = text[i+len(" - "):]
	}
	return ClipReason(text)
}

// Load is called by the compiler for a URL it has not seen.
func (c *compiler) Load(u string) (any, error) {
	if u == nowhere+"tangled" {
		return nil, errors.New("it cannot be checked in bounded time: a value goes through it in too many ways, or without end")
	}
	if ref, lost := strings.CutPrefix(u, nowhere); lost {
		return nil, fmt.Errorf("the reference %q leads to nothing in the document", Clip(unescapeFragment(ref)))
	}
	file, ptr, dir, ok := parseSchemaURL(u)
	if !ok || file >= len(c.doc.files) {
		return nil, fmt.Errorf("%s is not part of the document and is not fetched", Clip(u))
	}
	at := place{c.doc, file, ptr, c.doc.files[file].tree.at(ptr)}
	if !at.exists() {
		return nil, fmt.Errorf("there is nothing at #%s", ptr)
	}
	r := readingOf(u)
	t := translation{doc: c.doc, dir: dir, unasked: r.free}
	if r.bare {
		t.bareBase = at
	}
	return t.schema(at, r.nonNull), nil
}

// translation turns a schema of either OpenAPI dialect into JSON Schema 2020-12. Subschemas keep their pointers.
// Annotations, extensions and hints are left out; what is data (enum, const) is never taken for a schema.
type translation struct {
	doc      *Document
	dir      Direction
	bareBase place    // a base that is read without its heirs
	unasked  []string // names that the next schema need not have, whatever it requires
}

var (
	schemaKeys = []string{
		"additionalProperties", "items", "contains", "not", "if", "then", "else", "propertyNames",
		"unevaluatedItems", "unevaluatedProperties",
	}
	schemaListKeys = []string{"allOf", "anyOf", "oneOf", "prefixItems"}
	schemaMapKeys  = []string{"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
	plainKeys      = []string{
		"type", "enum", "const", "format", "pattern", "multipleOf", "minimum", "maximum", "exclusiveMinimum",
		"exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minContains",
		"maxContains", "minProperties", "maxProperties", "required", "dependentRequired", "$anchor",
		"$dynamicAnchor", "$dynamicRef",
	}
)

func (t translation) schema(at place, nonNull bool) any {
	if at.n.kind == boolKind {
		return at.n.text == "true"
	}
	if at.n.kind != objectKind {
		return at.n.value() // not a schema: the compiler says so
	}
	if t.doc.tangled[schemaKey{at.file, at.ptr}] {
		return map[string]any{"$ref": nowhere + "tangled"}
	}
	given := t.unasked
	t.unasked = nil
	out := map[string]any{}
	free := given
	if ref, is := at.n.reference(); is {
		if !t.doc.is30() {
			free = t.free(at, given)
		}
		out["$ref"] = withFree(t.ref(at, ref), t.inPart(t.doc.resolve(at.file, ref), free))
		if t.doc.is30() {
			return out // siblings of a reference mean nothing in 3.0
		}
	}
	if t.nullable(at) && !nonNull && at.n.get("type") == nil {
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "null"},
			map[string]any{"$ref": withFree(schemaURL(at, t.dir, true), given)},
		}}
	}
	if at.n.get("required") != nil || at.n.get("allOf") != nil {
		free = t.free(at, given)
	}
	t.plain(at, out)
	t.nested(at, out, free)
	if t.doc.is30() {
		t.dialect30(at, out)
	}
	booleanLimits(out)
	t.required(out, free)
	t.discriminator(at, out)
	return out
}

// inner is a schema within another: itself, or a reference to it where it is compiled apart.
func (t translation) inner(at place) any {
	if t.doc.compiler.cuts.at[at.n] {
		return map[string]any{"$ref": withFree(schemaURL(at, t.dir, false), t.unasked)}
	}
	return t.schema(at, false)
}

func (t translation) nullable(at place) bool { return t.doc.is30() && at.n.get("nullable").isTrue() }

func (t translation) plain(at place, out map[string]any) {
	for _, k := range plainKeys {
		if v := at.n.get(k); v.says(k) {
			out[k] = strictjson.Plain(v.value())
		}
	}
	if at.n.get("type") != nil {
		out["type"] = typeValue(at.n.get("type"))
	}
	// A dynamic reference that leaves the schema is none we follow.
	if r, ok := out["$dynamicRef"].(string); ok && !strings.HasPrefix(r, "#") {
		out["$ref"] = t.ref(at, r)
		delete(out, "$dynamicRef")
	} else if ok {
		t.doc.compiler.dynamic.Store(true)
	}
}

func (t translation) nested(at place, out map[string]any, free []string) {
	for _, k := range schemaKeys {
		if c := at.raw(k); c.n.says(k) {
			out[k] = t.inner(c)
		}
	}
	for _, k := range schemaListKeys {
		list := at.raw(k)
		if !list.n.says(k) || k == "allOf" && list.n.kind == arrayKind && len(list.n.kids) == 0 {
			continue // an empty allOf asks for nothing, against the letter of JSON Schema
		}
		if list.n.kind != arrayKind {
			out[k] = []any{} // no schemas: the compiler says so, which it does not of other values
			continue
		}
		subs := make([]any, 0, len(list.n.kids))
		for i := range list.n.kids {
			part := list.raw(strconv.Itoa(i))
			var unasked []string
			if k == "allOf" {
				unasked = t.inPart(part, free)
				if base, ok := t.bare(at, part); ok {
					subs = append(subs, map[string]any{"$ref": withFree(base, unasked)})
					continue
				}
			}
			inPart := t
			inPart.unasked = unasked
			subs = append(subs, inPart.inner(part))
		}
		out[k] = subs
	}
	for _, k := range schemaMapKeys {
		named := at.raw(k)
		if !named.n.says(k) {
			continue
		}
		if named.n.kind != objectKind {
			out[k] = strictjson.Plain(named.n.value())
			continue
		}
		subs := make(map[string]any, len(named.n.keys))
		for _, name := range named.n.keys {
			subs[name] = t.inner(named.raw(name))
		}
		out[k] = subs
	}
}

// says reports whether the value of a keyword says something: null does only where it is a value, a boolean required is
// of another draft, and a format has a name. Loading has noted the flaw.
func (n *node) says(keyword string) bool {
	switch {
	case n == nil:
		return false
	case keyword == "const":
		return true
	case keyword == "required":
		return n.kind != nullKind && n.kind != boolKind
	case keyword == "format":
		return n.kind == stringKind
	}
	return n.kind != nullKind
}

// typeValue is the value of type, with null in quotes where they were forgotten.
func typeValue(n *node) any {
	if n.kind == arrayKind {
		out := make([]any, 0, len(n.kids))
		for _, k := range n.kids {
			out = append(out, typeValue(k))
		}
		return out
	}
	if n.kind == nullKind {
		return "null"
	}
	return strictjson.Plain(n.value())
}

// ref is the compiler's URL of what a reference points to; a reference to nowhere stays one, so that compiling fails.
func (t translation) ref(at place, ref string) string {
	target := t.doc.resolve(at.file, ref)
	if !target.exists() {
		return nowhere + url.PathEscape(ref)
	}
	return schemaURL(target, t.dir, false)
}

// dialect30 rewrites what OpenAPI 3.0 says differently of null.
func (t translation) dialect30(at place, out map[string]any) {
	if types, ok := out["type"].(string); ok && t.nullable(at) {
		out["type"] = []any{types, "null"}
		if enum, ok := out["enum"].([]any); ok {
			out["enum"] = append(enum, nil)
		}
	}
}

// booleanLimits rewrites the exclusive limits of OpenAPI 3.0, which newer documents still use by mistake.
func booleanLimits(out map[string]any) {
	for exclusive, limit := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		strict, ok := out[exclusive].(bool)
		if !ok {
			continue
		}
		delete(out, exclusive)
		if v, has := out[limit]; strict && has {
			out[exclusive] = v
			delete(out, limit)
		}
	}
}

// required drops the names that the direction does not ask for, and those that are there twice.
func (t translation) required(out map[string]any, free []string) {
	names, ok := out["required"].([]any)
	if !ok {
		return
	}
	kept, met := make([]any, 0, len(names)), make(map[string]bool, len(names))
	for _, n := range names {
		name, isText := n.(string)
		if isText && (met[name] || slices.Contains(free, name)) {
			continue
		}
		met[name] = isText
		kept = append(kept, n)
	}
	out["required"] = kept
}
