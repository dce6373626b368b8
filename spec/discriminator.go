package spec

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Discriminator is the OpenAPI discriminator: which property chooses the branch.
type Discriminator struct {
	Property string
	Mapping  map[string]*Schema
	// Heirs are, where there is no union, the schemas built on this one by allOf, by the word for each.
	Heirs map[string]*Schema
}

func (d *Document) discriminator(at place) *Discriminator {
	out := &Discriminator{Property: at.n.get("propertyName").str(), Mapping: map[string]*Schema{}}
	for value, ref := range at.n.get("mapping").members() {
		if p, why := d.mapped(at.file, ref.str()); why == "" {
			out.Mapping[value] = d.schemaLocked(p)
		}
	}
	return out
}

func (d *Document) heirSchemas(base place) map[string]*Schema {
	out := map[string]*Schema{}
	for word, heir := range d.heirs(base) {
		out[word] = d.schemaLocked(heir)
	}
	return out
}

// discriminator makes the named property choose the branch: any of the branches' conditions must lead to it.
func (t translation) discriminator(at place, out map[string]any) {
	if isBase(at) {
		t.inherited(at, out)
		return
	}
	property := at.n.get("discriminator").get("propertyName").str()
	branches := at.n.get("oneOf")
	if branches == nil {
		branches = at.n.get("anyOf")
	}
	if property == "" || len(listOf(branches)) == 0 {
		return
	}
	conditions, _ := out["allOf"].([]any)
	names := t.branchNames(at, branches)
	for value, target := range names {
		named := map[string]any{property: map[string]any{"const": value}}
		is := map[string]any{"properties": named, "required": []any{property}}
		conditions = append(conditions, map[string]any{"if": is, "then": map[string]any{"$ref": target}})
	}
	fallback := at.n.get("discriminator").get("defaultMapping").str()
	if fallback != "" {
		conditions = append(conditions, t.otherwise(at, property, fallback, slices.Sorted(maps.Keys(names))))
	}
	if len(conditions) > 0 {
		out["allOf"] = conditions
	}
	if fallback == "" {
		out["required"] = appendMissing(out["required"], property)
	}
}

// otherwise makes a value whose property has none of the names, or is not there, lead to the schema that defaultMapping
// names (OpenAPI 3.2).
func (t translation) otherwise(at place, property, fallback string, names []string) any {
	then := nowhere + url.PathEscape(fallback)
	if to, why := t.doc.mapped(at.file, fallback); why == "" {
		then = schemaURL(to, t.dir, false)
	}
	known := make([]any, 0, len(names))
	for _, name := range names {
		known = append(known, name)
	}
	if len(known) == 0 {
		return map[string]any{"$ref": then}
	}
	is := map[string]any{"properties": map[string]any{property: map[string]any{"enum": known}}, "required": []any{property}}
	return map[string]any{"if": is, "else": map[string]any{"$ref": then}}
}

// branchNames are the values a discriminator gives the branches, with the branch's URL: mapped, or by schema name.
func (t translation) branchNames(at place, branches *node) map[string]string {
	out := map[string]string{}
	for _, b := range branches.kids {
		if ref := b.get("$ref").str(); ref != "" && schemaName(ref) != "" {
			out[schemaName(ref)] = t.ref(at, ref) // of the fallback too: a value may say its name
		}
	}
	mapped := map[string]string{}
	for value, target := range at.n.get("discriminator").get("mapping").members() {
		u := nowhere + url.PathEscape(target.str())
		if to, why := t.doc.mapped(at.file, target.str()); why == "" {
			u = schemaURL(to, t.dir, false)
		}
		mapped[value] = u
		maps.DeleteFunc(out, func(_, other string) bool { return other == u })
	}
	maps.Copy(out, mapped)
	return out
}

// schemaName is what a reference calls a schema: the component's name, or that of a file without its ending.
func schemaName(ref string) string {
	name, fragment, _ := strings.Cut(ref, "#")
	if parent, last := path.Split(unescapeFragment(fragment)); parent == "/components/schemas/" {
		return strictjson.Segments("/" + last)[0]
	}
	if fragment != "" || name == "" {
		return ""
	}
	base := path.Base(name)
	return strings.TrimSuffix(base, path.Ext(base))
}

func appendMissing(list any, name string) []any {
	names, _ := list.([]any)
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}

// A schema with a discriminator and no union is the base of others, its heirs, which are built on it by allOf: the word
// in the discriminator's property says which of them a value is, and the value must be valid for that one too. In the
// allOf of an heir the base is read bare, or it would ask for the heir again.

const bareSuffix = "?bare"

// isBase reports whether a schema is one that others are built on.
func isBase(at place) bool {
	return at.n.get("discriminator").get("propertyName").str() != "" && at.n.get("oneOf") == nil && at.n.get("anyOf") == nil
}

// heirs are the schemas that the words of a base's discriminator stand for: those of its mapping, and the components
// built on it, which go by their names. What is not built on the base but leads back to it is none.
func (d *Document) heirs(base place) map[string]place {
	d.inheritance.mu.Lock()
	defer d.inheritance.mu.Unlock()
	if known, ok := d.inheritance.heirs[base.n]; ok {
		return known
	}
	if d.inheritance.heirs == nil {
		d.inheritance.heirs, d.inheritance.bases = map[*node]map[string]place{}, map[*node][]place{}
	}
	out := d.findHeirs(base)
	d.inheritance.heirs[base.n] = out
	return out
}

// inheritance is what was found out about bases, which is asked for again and again: the heirs of each, and what the allOf
// of a schema names.
type inheritance struct {
	mu    sync.Mutex
	heirs map[*node]map[string]place
	bases map[*node][]place
}

func (d *Document) basesOf(at place) []place {
	if known, ok := d.inheritance.bases[at.n]; ok {
		return known
	}
	out := slices.Collect(at.raw("allOf").items())
	d.inheritance.bases[at.n] = out
	return out
}

func (d *Document) findHeirs(base place) map[string]place {
	out, mapped := map[string]place{}, map[string]bool{}
	add := func(word string, heir place) {
		if heir.exists() && !heir.is(base) && !leadsBack(heir, base, map[string]bool{}) {
			out[word] = heir
		}
	}
	for word, ref := range base.n.get("discriminator").get("mapping").members() {
		if to, why := d.mapped(base.file, ref.str()); why == "" {
			heir := to.schemaTarget()
			mapped[heir.ptr] = true
			add(word, heir)
		}
	}
	file := place{d, base.file, "", d.files[base.file].tree}
	for name, c := range file.get("components").get("schemas").members() {
		if _, taken := out[name]; !taken && !mapped[c.ptr] && buildsOn(c, base, maxInherited) {
			add(name, c)
		}
	}
	return out
}

func (p place) is(other place) bool { return p.file == other.file && p.ptr == other.ptr }

// maxInherited is how many schemas may stand between an heir and its base.
const maxInherited = 8

// buildsOn reports whether the allOf of a schema names the base, or a schema that builds on it.
func buildsOn(at, base place, deep int) bool {
	if at.n.get("allOf") == nil {
		return false
	}
	for _, part := range at.doc.basesOf(at) {
		if part.is(base) || deep > 0 && buildsOn(part, base, deep-1) {
			return true
		}
	}
	return false
}

// isNamed reports whether a schema is a component, or a file of its own.
func (p place) isNamed() bool {
	name, ok := strings.CutPrefix(p.ptr, "/components/schemas/")
	return p.ptr == "" || ok && !strings.Contains(name, "/")
}

// leadsBack reports whether a value that is checked against a schema is checked against the base too, other than by the
// allOf of a named schema.
func leadsBack(at, base place, seen map[string]bool) bool {
	key := strconv.Itoa(at.file) + at.ptr
	if !at.exists() || seen[key] {
		return false
	}
	seen[key] = true
	var next []place
	for part := range at.raw("allOf").items() {
		if part.is(base) && at.isNamed() {
			continue
		}
		next = append(next, part)
	}
	for _, k := range []string{"$ref", "not", "if", "then", "else"} {
		if k == "$ref" && at.n.get(k) != nil {
			next = append(next, at.deref())
		} else if k != "$ref" {
			next = append(next, at.get(k))
		}
	}
	for _, k := range []string{"anyOf", "oneOf"} {
		next = slices.AppendSeq(next, at.raw(k).items())
	}
	for _, s := range at.raw("dependentSchemas").members() {
		next = append(next, s)
	}
	return slices.ContainsFunc(next, func(p place) bool { return p.is(base) || leadsBack(p, base, seen) })
}

// bare is the URL of a base in the allOf of a named schema, false for any other part of an allOf.
func (t translation) bare(at, part place) (string, bool) {
	if part.n.get("$ref").str() == "" || !t.doc.is30() && len(part.n.keys) > 1 || !at.isNamed() {
		return "", false
	}
	base := part.deref()
	if !base.exists() || !isBase(base) {
		return "", false
	}
	return schemaURL(base, t.dir, false) + bareSuffix, true
}

// inherited makes the word of a base's discriminator lead to the heir.
func (t translation) inherited(at place, out map[string]any) {
	if at.is(t.bareBase) || t.nullable(at) && at.n.get("type") == nil {
		return
	}
	heirs := t.doc.heirs(at)
	property := at.n.get("discriminator").get("propertyName").str()
	conditions, _ := out["allOf"].([]any)
	for _, word := range slices.Sorted(maps.Keys(heirs)) {
		named := map[string]any{property: map[string]any{"const": word}}
		is := map[string]any{"properties": named, "required": []any{property}}
		then := map[string]any{"$ref": schemaURL(heirs[word], t.dir, false)}
		conditions = append(conditions, map[string]any{"if": is, "then": then})
	}
	if fallback := at.n.get("discriminator").get("defaultMapping").str(); fallback != "" {
		to, why := t.doc.mapped(at.file, fallback)
		if why != "" || !to.schemaTarget().is(at) && !leadsBack(to.schemaTarget(), at, map[string]bool{}) {
			conditions = append(conditions, t.otherwise(at, property, fallback, slices.Sorted(maps.Keys(heirs))))
		}
	}
	if len(conditions) > 0 {
		out["allOf"] = conditions
	}
}
