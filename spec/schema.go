package spec

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Schema is one schema of the document as plain values. A schema that is nothing but a $ref is the schema it refers
// to, so equal pointers mean equal schemas. Fields are nil or empty where the document says nothing.
type Schema struct {
	// Never is the boolean schema false; the boolean schema true is the zero Schema.
	Never bool

	Title, Description string
	Types              []string // "null" included where the value may be null
	Enum               []any    // values as strictjson.DecodeOrdered gives them; nil where there is no enum
	Const              *any
	Default            *any
	Examples           []Example

	Format, Pattern                    string
	MinLength, MaxLength               *int
	Minimum, Maximum                   json.Number
	ExclusiveMinimum, ExclusiveMaximum json.Number
	MultipleOf                         json.Number

	Items                    *Schema
	PrefixItems              []*Schema
	Contains                 *Schema
	MinContains, MaxContains *int
	UnevaluatedItems         *Schema
	MinItems, MaxItems       *int
	UniqueItems              bool

	Properties                   []Property
	Required                     []string
	PatternProperties            []Property // Name is the pattern
	PropertyNames                *Schema
	AdditionalProperties         *Schema // nil: anything
	MinProperties, MaxProperties *int
	DependentRequired            map[string][]string
	DependentSchemas             []Property
	UnevaluatedProperties        *Schema

	AllOf, AnyOf, OneOf []*Schema
	Not, If, Then, Else *Schema
	Discriminator       *Discriminator

	ReadOnly, WriteOnly, Deprecated bool

	// XML is how values look in XML, nil where the document does not say.
	XML *XML
	// ContentMediaType and ContentEncoding describe what a string holds.
	ContentMediaType, ContentEncoding string

	// Relation names the resource that values refer to (x-understudy-relation), Faker says what they look like
	// (x-understudy-faker): both as written, objects as strictjson.Object.
	Relation string
	Faker    any
	Location Location

	at       place
	together []*Schema   // of a schema made by Together
	calling  *calling    // of a schema that has other names than the body whose values it judges; else nil
	members  members     // of AllProperties
	kinds    kindList    // of Kinds
	compiled [2]compiled // by Direction
	claims   [2]claiming // by Direction
}

// Property is a named subschema.
type Property struct {
	Name   string
	Schema *Schema
}

// schemaCache builds every schema once, when it is first asked for.
type schemaCache struct {
	mu sync.Mutex
	m  map[schemaKey]*Schema
}

type schemaKey struct {
	file int
	ptr  string
}

func (c *schemaCache) init() { c.m = map[schemaKey]*Schema{} }

// schema is the Schema at a place. Subschemas are built with it; a cycle closes on the same pointer.
func (d *Document) schema(at place) *Schema {
	d.schemas.mu.Lock()
	defer d.schemas.mu.Unlock()
	return d.schemaLocked(at)
}

func (d *Document) schemaLocked(at place) *Schema {
	from := at
	at = at.schemaTarget()
	if !at.exists() {
		return &Schema{at: at, Location: from.location()} // usable for nothing: see validator
	}
	key := schemaKey{at.file, at.ptr}
	if s := d.schemas.m[key]; s != nil {
		return s
	}
	s := &Schema{at: at, Location: at.location()}
	d.schemas.m[key] = s
	switch at.n.kind {
	case boolKind:
		s.Never = at.n.text == "false"
	case objectKind:
		d.fillAnnotations(s, at)
		d.fillScalars(s, at)
		d.fillArrays(s, at)
		d.fillObjects(s, at)
		d.fillCombined(s, at)
	}
	return s
}

// unusable stands for the schema of something that a reference leads nowhere for: nothing can be checked by it, so
// nothing is let through.
func (d *Document) unusable(raw place) *Schema {
	return &Schema{at: place{doc: d}, Location: raw.raw("$ref").location()}
}

func (d *Document) is30() bool { return strings.HasPrefix(d.Version, "3.0") }

func (d *Document) fillAnnotations(s *Schema, at place) {
	n := at.n
	s.Title, s.Description = n.get("title").str(), n.get("description").str()
	s.ReadOnly, s.WriteOnly = n.get("readOnly").isTrue(), n.get("writeOnly").isTrue()
	s.Deprecated = n.get("deprecated").isTrue()
	if n.get("xml") != nil {
		s.XML = buildXML(at.get("xml"))
	}
	s.ContentMediaType, s.ContentEncoding = n.get("contentMediaType").str(), n.get("contentEncoding").str()
	s.Relation = n.get(hintRelation).str()
	if f := n.get(hintFaker); f != nil {
		s.Faker = f.value()
	}
	if v := n.get("default"); v != nil {
		s.Default = new(v.value())
	}
	if n.get("example") != nil {
		e := at.raw("example")
		s.Examples = append(s.Examples, Example{"example", e.n.value(), e.location()})
	}
	if n.get("examples").isList() {
		list := at.raw("examples")
		for i := range list.n.kids {
			e := list.raw(strconv.Itoa(i))
			name := "example"
			if len(list.n.kids) > 1 {
				name += strconv.Itoa(i + 1)
			}
			s.Examples = append(s.Examples, Example{name, e.n.value(), e.location()})
		}
	}
}

func (d *Document) fillScalars(s *Schema, at place) {
	n := at.n
	if t := n.get("type"); t != nil {
		s.Types = typeNames(t)
	}
	if d.is30() && n.get("nullable").isTrue() && len(s.Types) > 0 {
		s.Types = append(s.Types, "null")
	}
	if n.get("enum").isList() {
		s.Enum = []any{} // an empty list allows nothing
	}
	for _, e := range listOf(n.get("enum")) {
		s.Enum = append(s.Enum, e.value())
	}
	if c := n.get("const"); c != nil {
		s.Const = new(c.value())
	}
	s.Format, s.Pattern = n.get("format").str(), n.get("pattern").str()
	s.MinLength, s.MaxLength = intOf(n.get("minLength")), intOf(n.get("maxLength"))
	s.Minimum, s.ExclusiveMinimum = bounds(n, "minimum", "exclusiveMinimum")
	s.Maximum, s.ExclusiveMaximum = bounds(n, "maximum", "exclusiveMaximum")
	s.MultipleOf = number(n.get("multipleOf"))
}

// bounds reads a limit in both dialects: exclusiveMinimum is a boolean in 3.0 and a number since 3.1.
func bounds(n *node, name, exclusive string) (inclusive, strict json.Number) {
	inclusive, strict = number(n.get(name)), number(n.get(exclusive))
	if n.get(exclusive).isTrue() {
		return "", inclusive
	}
	return inclusive, strict
}

func (d *Document) fillArrays(s *Schema, at place) {
	s.Items = d.sub(at, "items")
	s.PrefixItems = d.subs(at, "prefixItems")
	s.Contains = d.sub(at, "contains")
	s.MinContains, s.MaxContains = intOf(at.n.get("minContains")), intOf(at.n.get("maxContains"))
	s.UnevaluatedItems = d.sub(at, "unevaluatedItems")
	s.MinItems, s.MaxItems = intOf(at.n.get("minItems")), intOf(at.n.get("maxItems"))
	s.UniqueItems = at.n.get("uniqueItems").isTrue()
}

func (d *Document) fillObjects(s *Schema, at place) {
	s.Properties = d.named(at, "properties")
	s.PatternProperties = d.named(at, "patternProperties")
	s.PropertyNames = d.sub(at, "propertyNames")
	s.DependentSchemas = d.named(at, "dependentSchemas")
	s.UnevaluatedProperties = d.sub(at, "unevaluatedProperties")
	s.AdditionalProperties = d.sub(at, "additionalProperties")
	s.MinProperties, s.MaxProperties = intOf(at.n.get("minProperties")), intOf(at.n.get("maxProperties"))
	s.Required = stringList(at.n.get("required"))
	for name, list := range at.n.get("dependentRequired").members() {
		if s.DependentRequired == nil {
			s.DependentRequired = map[string][]string{}
		}
		s.DependentRequired[name] = stringList(list)
	}
}

func (d *Document) fillCombined(s *Schema, at place) {
	if ref, is := at.n.reference(); is {
		s.AllOf = append(s.AllOf, d.schemaLocked(d.resolve(at.file, ref)))
	}
	s.AllOf = append(s.AllOf, d.subs(at, "allOf")...)
	s.AnyOf, s.OneOf = d.subs(at, "anyOf"), d.subs(at, "oneOf")
	s.Not, s.If, s.Then, s.Else = d.sub(at, "not"), d.sub(at, "if"), d.sub(at, "then"), d.sub(at, "else")
	if at.n.get("discriminator") != nil {
		disc := at.raw("discriminator")
		s.Discriminator = d.discriminator(disc)
		if isBase(at) {
			s.Discriminator.Heirs = d.heirSchemas(at)
		}
	}
}

func (d *Document) sub(at place, key string) *Schema {
	n := at.n.get(key)
	if n == nil || n.kind != objectKind && n.kind != boolKind {
		return nil
	}
	return d.schemaLocked(at.raw(key))
}

func (d *Document) subs(at place, key string) []*Schema {
	if at.n.get(key) == nil {
		return nil
	}
	list := at.raw(key)
	var out []*Schema
	for i := range listOf(list.n) {
		out = append(out, d.schemaLocked(list.raw(strconv.Itoa(i))))
	}
	return out
}

func (d *Document) named(at place, key string) []Property {
	if at.n.get(key) == nil {
		return nil
	}
	list := at.raw(key)
	var out []Property
	for name := range list.n.members() {
		out = append(out, Property{name, d.schemaLocked(list.raw(name))})
	}
	return out
}

// Component is the name of the component schema this is, "" for an inline one.
func (s *Schema) Component() string {
	name, ok := strings.CutPrefix(s.at.ptr, "/components/schemas/")
	if !ok || strings.Contains(name, "/") {
		return ""
	}
	return strictjson.Segments("/" + name)[0]
}

// Allows reports whether the type keyword leaves room for a JSON type; a schema without one does.
func (s *Schema) Allows(jsonType string) bool {
	return len(s.Types) == 0 || slices.Contains(s.Types, jsonType) ||
		jsonType == "integer" && slices.Contains(s.Types, "number")
}

func (n *node) isList() bool { return n != nil && n.kind == arrayKind }

func listOf(n *node) []*node {
	if !n.isList() {
		return nil
	}
	return n.kids
}

func stringList(n *node) []string {
	if s := n.str(); s != "" {
		return []string{s}
	}
	var out []string
	for _, k := range listOf(n) {
		if s := k.str(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// typeNames reads the types of a schema; null that is not in quotes is read as if it were.
func typeNames(n *node) []string {
	if n.kind == nullKind {
		return []string{"null"}
	}
	if s := n.str(); s != "" {
		return []string{s}
	}
	var out []string
	for _, k := range listOf(n) {
		out = append(out, typeNames(k)...)
	}
	return out
}

func intOf(n *node) *int {
	if n == nil || n.kind != numberKind {
		return nil
	}
	if i, ok := smallInt(n.text); ok {
		return &i
	}
	return nil
}

// smallInt reads a count: 3, 3.0; not what does not fit 32 bits.
func smallInt(text string) (int, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != float64(int32(f)) {
		return 0, false
	}
	return int(f), true
}

func number(n *node) json.Number {
	if n == nil || n.kind != numberKind {
		return ""
	}
	return json.Number(n.text)
}

// SchemaAt is the schema at a JSON pointer of the document's first file, nil when there is nothing.
func (d *Document) SchemaAt(pointer string) *Schema {
	at := place{d, 0, pointer, d.files[0].tree.at(pointer)}
	if !at.exists() || at.n.kind != objectKind {
		return nil
	}
	return d.schema(at)
}

// SchemaIn is the schema at a place that a finding names, nil when there is none. Places in overlays are those in the
// document's first file that they changed.
func (d *Document) SchemaIn(l Location) *Schema {
	i := max(0, slices.IndexFunc(d.files, func(f file) bool { return f.name == l.File }))
	at := place{d, i, l.Pointer, d.files[i].tree.at(l.Pointer)}
	if !at.exists() || at.n.kind != objectKind {
		return nil
	}
	return d.schema(at)
}

// KeywordLocation is the place of one of the schema's keywords, or of the schema where it does not have it.
func (s *Schema) KeywordLocation(keyword string) Location {
	if at := s.at.raw(keyword); at.exists() {
		return at.location()
	}
	return s.Location
}

// Inferred reports whether a schema stands at or below a node that an overlay marks x-understudy-inferred.
func (d *Document) Inferred(s *Schema) bool { return d.inferred(s.at.file, s.at.ptr) }
