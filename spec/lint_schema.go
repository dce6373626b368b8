package spec

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// schema notes what of a schema contradicts itself.
func (l *linter) schema(at place) {
	l.limits(at)
	l.steps(at)
	l.names(at)
	l.enum(at)
	l.shadowed(at)
	l.together(at)
	if d := at.raw("discriminator"); d.exists() && d.n.get("propertyName").str() == "" {
		l.add("discriminator", Must, d, "the member propertyName", "nothing", meansLeftAside)
	}
	if at.n.get("example") == nil && at.n.get("examples") == nil && at.n.get("default") == nil {
		return
	}
	s := l.doc.schema(at)
	l.examples(s, s.at.file, s.Examples, "example")
	if s.Default != nil {
		given := Example{Value: *s.Default, Location: s.KeywordLocation("default")}
		l.examples(s, s.at.file, []Example{given}, "default")
	}
}

// maxCompared is how many branches of a oneOf are compared with one another, maxComparedDepth how deep in a document one
// may stand, as each is compiled with all that is within it; maxCoveringAll bounds the comparisons of a whole document.
const (
	maxCompared      = 40
	maxComparedDepth = 24
	maxCoveringAll   = 100_000
)

// shadowed notes a oneOf of which no branch takes a value alone, and branches that never do. It is so only where it is so
// of requests and of answers.
func (l *linter) shadowed(at place) {
	if n := len(listOf(at.n.get("oneOf"))); n < 2 || n > maxCompared || l.covering <= 0 || strings.Count(at.ptr, "/") > maxComparedDepth {
		return
	}
	s := l.doc.schema(at)
	c := newCovering(min(maxCovering, l.covering))
	most := c.left
	in := c.shadowed(s, In)
	out := in
	if l.doc.directional {
		out = c.shadowed(s, Out)
	}
	l.covering -= most - c.left
	if why := takesNone(in); why != "" && takesNone(out) != "" {
		l.add("oneOf", Must, at.raw("oneOf"), "a schema that takes something the others do not", why, "no value is allowed here")
		return
	}
	for i, j := range in {
		if j >= 0 && out[i] >= 0 {
			l.add("oneOf", Should, at.raw("oneOf").raw(strconv.Itoa(i)), "a schema that takes something the others do not",
				fmt.Sprintf("oneOf/%d takes all that it takes", j), "no value is valid by it, as two schemas take each")
		}
	}
}

// pairsOfLimits leave no room when the first is above the second.
var pairsOfLimits = [][2]string{
	{"minLength", "maxLength"},
	{"minItems", "maxItems"},
	{"minProperties", "maxProperties"},
	{"minContains", "maxContains"},
	{"minimum", "maximum"},
	{"exclusiveMinimum", "exclusiveMaximum"},
	{"exclusiveMinimum", "maximum"},
	{"minimum", "exclusiveMaximum"},
}

func (l *linter) limits(at place) {
	for _, pair := range pairsOfLimits {
		low, high := rational(at.n.get(pair[0])), rational(at.n.get(pair[1]))
		if low == nil || high == nil {
			continue
		}
		strict := strings.HasPrefix(pair[0]+pair[1], "exclusive") || strings.HasPrefix(pair[1], "exclusive")
		if c := low.Cmp(high); c > 0 || c == 0 && strict {
			l.add(pair[0], Must, at.raw(pair[0]), "less than "+pair[1]+", "+at.n.get(pair[1]).text, at.n.get(pair[0]).text,
				"no value is allowed here")
		}
	}
}

// steps notes limits between which no multiple lies.
func (l *linter) steps(at place) {
	step := rational(at.n.get("multipleOf"))
	low, strictLow := bound(at, "minimum", "exclusiveMinimum")
	high, strictHigh := bound(at, "maximum", "exclusiveMaximum")
	if step == nil || step.Sign() <= 0 || low == nil || high == nil || low.Cmp(high) > 0 {
		return
	}
	n := new(big.Int).Div(new(big.Rat).Quo(low, step).Num(), new(big.Rat).Quo(low, step).Denom()) // the floor
	next := new(big.Rat).Mul(new(big.Rat).SetInt(n), step)
	for c := next.Cmp(low); c < 0 || c == 0 && strictLow; c = next.Cmp(low) {
		next.Add(next, step)
	}
	if c := next.Cmp(high); c > 0 || c == 0 && strictHigh {
		l.add("multipleOf", Must, at.raw("multipleOf"), "a step of which a multiple lies within the limits", at.n.get("multipleOf").text,
			"no number is allowed here")
	}
}

// bound is a limit of numbers and whether it is none of them itself; nil for none. Where a schema has both forms the
// limit is not known.
func bound(at place, limit, exclusive string) (*big.Rat, bool) {
	plain, strict := at.n.get(limit), at.n.get(exclusive)
	switch {
	case strict == nil:
		return rational(plain), false
	case strict.kind == boolKind:
		return rational(plain), strict.isTrue()
	case plain == nil:
		return rational(strict), true
	}
	return nil, false
}

// rational is a number of the document, nil where there is none or one too long to compare.
func rational(n *node) *big.Rat {
	if n == nil || n.kind != numberKind || len(n.text) > 64 || strings.ContainsAny(n.text, "eE") {
		return nil
	}
	r, _ := new(big.Rat).SetString(n.text)
	return r
}

// names notes required properties that are not there. What the parts of a union or of allOf require may stand beside
// them, so they are not asked.
func (l *linter) names(at place) {
	if len(listOfKeys(at.n.get("properties"))) == 0 || at.n.get("required") == nil || partOfAnother(at.ptr) {
		return
	}
	s := l.doc.schema(at)
	closed := s.AdditionalProperties != nil && s.AdditionalProperties.Never && len(s.PatternProperties) == 0
	var known []string
	for _, p := range everyProperty(s, map[*Schema]bool{}) {
		known = append(known, p.Name)
	}
	for i, name := range s.Required {
		level, means := Should, "the schema says nothing of it"
		if closed {
			level, means = Must, "no value is allowed here"
		}
		if !slices.Contains(known, name) {
			item := at.raw("required").raw(strconv.Itoa(i))
			l.add("required", level, item, "the name of a property", name, means+nearestOf(name, known))
		}
	}
}

// partOfAnother reports whether a schema stands where others say more of the same value.
func partOfAnother(ptr string) bool {
	segs := strictjson.Segments(ptr)
	n := len(segs)
	return n > 1 && slices.Contains(schemaListKeys, segs[n-2]) ||
		n > 0 && slices.Contains([]string{"not", "if", "then", "else"}, segs[n-1]) ||
		n > 1 && segs[n-2] == "dependentSchemas"
}

// everyProperty are the properties of a schema and of every schema it is composed of.
func everyProperty(s *Schema, seen map[*Schema]bool) []Property {
	if s == nil || seen[s] {
		return nil
	}
	seen[s] = true
	out := slices.Clone(s.Properties)
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*Schema{s.If, s.Then, s.Else}) {
		out = append(out, everyProperty(part, seen)...)
	}
	return out
}

// enum notes values that the type refuses, and those that are there twice.
func (l *linter) enum(at place) {
	types := l.typesOf(at)
	seen := map[string]bool{}
	for i, v := range listOf(at.n.get("enum")) {
		item := at.raw("enum").raw(strconv.Itoa(i))
		if len(types) > 0 && !slices.ContainsFunc(types, v.is) {
			l.add("enum", Should, item, "a value of type "+strings.Join(types, " or "), show(v), "the type refuses it")
		}
		text := string(strictjson.Append(nil, strictjson.Plain(v.value())))
		if seen[text] {
			l.add("enum", Should, item, "each value once", "twice: "+text, "it does no harm")
		}
		seen[text] = true
	}
}

// typesOf are the types of a schema, none where one of them is no type.
func (l *linter) typesOf(at place) []string {
	if at.n.get("type") == nil {
		return nil
	}
	types := typeNames(at.n.get("type"))
	if slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(schemaTypes, t) }) {
		return nil
	}
	if at.n.get("nullable").isTrue() {
		types = append(types, "null")
	}
	return types
}

// is reports whether a value has a type of JSON Schema.
func (n *node) is(jsonType string) bool {
	switch n.kind {
	case nullKind:
		return jsonType == "null"
	case boolKind:
		return jsonType == "boolean"
	case numberKind:
		r := rational(n)
		return jsonType == "number" || jsonType == "integer" && (r == nil || r.IsInt())
	case stringKind:
		return jsonType == "string"
	case arrayKind:
		return jsonType == "array"
	case objectKind:
		return jsonType == "object"
	}
	return false
}

// request notes properties that a request must have by one keyword and must not have by another.
func (l *linter) request(s *Schema) {
	if s == nil || l.requests[s] {
		return
	}
	l.requests[s] = true
	for i, name := range s.Required {
		if l.answers[s] {
			break // OpenAPI 3.0, Schema Object: required then takes effect on the response only
		}
		if p := s.Property(name); p != nil && p.ReadOnly {
			l.add("readOnly", Should, s.at.raw("required").raw(strconv.Itoa(i)), "properties that a request may have",
				name+", which is readOnly", "requests are not asked for it; answers are")
		}
	}
	for _, sub := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems, []*Schema{s.Items, s.AdditionalProperties}) {
		l.request(sub)
	}
	for _, p := range s.Properties {
		l.request(p.Schema)
	}
}
