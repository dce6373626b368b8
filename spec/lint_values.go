package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (l *linter) header(at place) {
	if !at.raw("schema").exists() && !at.raw("content").exists() {
		l.add("header", Should, at, "a schema or content", "neither", "every value is taken")
	}
	var own []string
	for _, key := range []string{"name", "in"} {
		if at.raw(key).exists() {
			own = append(own, key)
		}
	}
	if len(own) > 0 {
		l.add("header", Should, at.raw(own[0]), "a header, which is called as its key", strings.Join(own, " and "), meansLeftAside)
	}
	l.valued(at, "header")
}

// valued notes what a parameter or a header says of its value in two ways.
func (l *linter) valued(at place, rule string) {
	content := at.raw("content")
	l.contentTypes(at)
	switch {
	case content.exists() && at.raw("schema").exists():
		l.add(rule, Should, content, "a schema or content", "both", "the schema counts")
	case content.n == nil || content.n.kind != objectKind:
	case len(content.n.keys) == 0:
		l.add(rule, Should, content, "one media type", "none", "every value is taken")
	case len(content.n.keys) > 1:
		l.add(rule, Should, content, "one media type", strconv.Itoa(len(content.n.keys)), "the first counts")
	}
}

func (l *linter) body(at place) {
	l.contentTypes(at)
	if !at.raw("content").exists() {
		l.add("requestBody", Should, at, "the member content", "nothing", "no body is described")
	}
}

// isMediaRange reports whether content may be called so: by a media type or a range of them, with parameters or without
// (RFC 9110, 8.3.1).
func isMediaRange(key string) bool {
	bare, _, _ := strings.Cut(key, ";")
	kind, subtype, both := strings.Cut(strings.TrimSpace(bare), "/")
	return both && isToken(kind) && isToken(subtype)
}

// contentTypes notes keys under content that are no media types.
func (l *linter) contentTypes(at place) {
	content := at.get("content")
	for _, key := range listOfKeys(content.n) {
		if !isMediaRange(key) && !strings.HasPrefix(key, "x-") {
			l.add("mediaType", Must, content.raw(key), "a media type such as application/json", strconv.Quote(key), "nothing has this media type")
		}
	}
}

// headerNames notes headers that no message can have, and those that are described twice: their names have no case.
func (l *linter) headerNames(at place) {
	headers := at.get("headers")
	first := map[string]string{}
	for _, name := range listOfKeys(headers.n) {
		lower := strings.ToLower(name)
		before, twice := first[lower]
		switch {
		case !isToken(name):
			l.add("header", Must, headers.raw(name), "the name of a header (RFC 9110, 5.1)", strconv.Quote(name), "no message can have it")
		case twice:
			l.add("header", Must, headers.raw(name), "each header once", name+" beside "+before,
				"names of headers have no case, so what has one has the other")
		}
		first[lower] = name
	}
}

// encoded notes encodings of properties that a schema does not have.
func (l *linter) encoded(at place) {
	encodings := at.get("encoding")
	if len(listOfKeys(encodings.n)) == 0 || !at.raw("schema").exists() {
		return
	}
	s := l.doc.schema(at.raw("schema"))
	var known []string
	for _, p := range everyProperty(s, map[*Schema]bool{}) {
		known = append(known, p.Name)
		if e := encodings.get(p.Name); e.exists() && e.n.get("style") != nil {
			l.suitedTo(e, p.Schema)
		}
	}
	if len(known) == 0 || s.hasOthers(map[*Schema]bool{}) {
		return
	}
	for _, name := range encodings.n.keys {
		if !slices.Contains(known, name) && !strings.HasPrefix(name, "x-") {
			l.add("encoding", Should, encodings.raw(name), "the name of a property of the schema", name, meansLeftAside+nearestOf(name, known))
		}
	}
}

// hasOthers reports whether a schema, or one that it is composed of, describes properties that it does not name, or leads
// nowhere.
func (s *Schema) hasOthers(seen map[*Schema]bool) bool {
	if s == nil || seen[s] {
		return false
	}
	seen[s] = true
	if !s.at.exists() || s.AdditionalProperties != nil && !s.AdditionalProperties.Never || len(s.PatternProperties) > 0 ||
		len(s.DependentSchemas) > 0 || s.UnevaluatedProperties != nil && !s.UnevaluatedProperties.Never {
		return true
	}
	return slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*Schema{s.If, s.Then, s.Else}), func(part *Schema) bool {
		return part.hasOthers(seen)
	})
}

func (l *linter) encoding(at place) {
	for _, key := range []string{"encoding", "prefixEncoding", "itemEncoding"} {
		if at.raw(key).exists() {
			l.add("encoding", Should, at.raw(key), "parts that have no parts", "an encoding within an encoding",
				"what is inside such a part is not looked at")
		}
	}
}

// stylesFor are what the styles are for that are not for every value.
var stylesFor = map[string]struct {
	kinds kinds
	what  string
}{
	styleDeep:  {objectType, "an object"},
	styleSpace: {objectType | arrayType, "an array or an object"},
	stylePipe:  {objectType | arrayType, "an array or an object"},
}

// suited notes a style that OpenAPI does not define for what the schema describes; once a style, for where one parameter has
// it, most often many have.
func (l *linter) suited(at place) {
	if !at.raw("schema").exists() {
		return
	}
	switch at.n.get("in").str() {
	case "query":
		l.suitedTo(at, l.doc.schema(at.raw("schema")))
	case "cookie":
		l.cookie(at)
	}
}

// suitedTo notes a style at a place that is none for the values of a schema.
func (l *linter) suitedTo(at place, s *Schema) {
	style := at.n.get("style").str()
	use, some := stylesFor[style]
	if !some {
		return
	}
	want := allowed(s)
	if want == 0 || want&use.kinds != 0 {
		return
	}
	given, means := "a value that is neither", "it is written as form has it"
	if style == styleDeep {
		given, means = "one that is none", "OpenAPI does not say how it is written"
		if want&arrayType != 0 {
			given, means = "an array", "OpenAPI does not say how it is written; here as name[]=ITEM, once an item"
		}
	}
	l.addAlike("style", at.raw("style"), style+" for "+use.what, given, means)
}

// cookie notes lists and objects in cookies that are written one by one, as form is where nothing else is said: its "&" is
// part of a cookie's value (OpenAPI 3.1.1, appendix D).
func (l *linter) cookie(at place) {
	explode := at.n.get("explode")
	if at.n.get("style").str() == styleCookie || explode != nil && !explode.isTrue() {
		return
	}
	want := allowed(l.doc.schema(at.raw("schema")))
	if want == 0 || want&scalarTypes != 0 {
		return
	}
	l.add("style", Should, at, "explode: false for a list or an object in a cookie", "explode: true, or nothing, which means it",
		"OpenAPI does not say how it is written; here as several cookies")
}

// allowed are the types that a schema leaves room for, whatever its other keywords speak of.
func allowed(s *Schema) kinds {
	var out kinds
	for _, f := range alternatives(s) {
		room := anyType
		for _, part := range f {
			room &= part.ownKinds()
		}
		out |= room
	}
	return out
}

// repeat is a finding that is told once, with the number of others like it.
type repeat struct {
	flaw int // in out
	more int
}

// addAlike is add for what should be otherwise, told for the first place only where it is there in several.
func (l *linter) addAlike(rule string, at place, expected, actual, means string) {
	key := rule + expected + actual
	if a := l.repeats[key]; a != nil {
		a.more++
		return
	}
	if len(l.out) < maxFlaws {
		l.repeats[key] = &repeat{flaw: len(l.out)}
		l.add(rule, Should, at, expected, actual, means)
	}
}

func (l *linter) countAlike() {
	for _, a := range l.repeats {
		if a.more > 0 {
			l.out[a.flaw].Hint += fmt.Sprintf("; there are %d more of this", a.more)
		}
	}
}

// kinds notes members that are no objects or arrays of parts, where the parts of others stand.
func (l *linter) kinds(at place, p part) {
	if p == partSchema { // loading has looked at these
		return
	}
	if ref := at.n.get("$ref"); ref != nil && ref.kind != stringKind && p != partDocument && p != partComponents {
		l.add("$ref", Must, at.raw("$ref"), "a reference to "+article(p.String())+", in quotes", show(ref), meansLeftAside)
	}
	for _, c := range grammar[p] {
		v := at.n.get(c.key)
		if v == nil || c.shape == one {
			continue
		}
		want, kind := "an object", objectKind
		if c.shape == list {
			want, kind = "an array", arrayKind
		}
		level := Must
		if v.kind == nullKind || c.part == partExample {
			level = Should
		}
		if v.kind != kind {
			l.add("type", level, at.raw(c.key), want+" of "+c.key, show(v), meansLeftAside)
		}
	}
}
