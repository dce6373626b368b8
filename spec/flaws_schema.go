package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	schemaTypes  = []string{"string", "number", "integer", "boolean", "array", "object", "null"}
	numberLimits = []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
	countLimits  = []string{
		"minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties",
	}
)

// schema notes keywords with values that they cannot have.
func (f *flawFinder) schema(at place) {
	for i, key := range at.n.keys {
		v := at.n.kids[i]
		switch {
		case v.kind == nullKind && isKeyword(key):
			if key != "const" && key != "type" {
				f.keyword(at, key, Should, "a value", "null", meansLeftAside)
			}
		case key == "type":
			f.types(at, v)
		case key == "pattern":
			f.pattern(at, v)
		case slices.Contains(numberLimits, key):
			f.limit(at, key, v)
		case slices.Contains(countLimits, key):
			f.count(at, key, v)
		case key == "required":
			f.required(at, v)
		case key == "enum":
			f.values(at, v)
		case key == "format" && v.kind != stringKind:
			f.keyword(at, key, Should, "the name of a format", show(v), meansLeftAside)
		case key == "nullable" && v.isTrue() && !f.doc.is30():
			f.keyword(at, key, Should, `"null" among the types`, "nullable, which OpenAPI 3.0 had",
				"it is left aside, so null is refused where the type does not name it")
		case slices.Contains(schemaMapKeys, key), slices.Contains(schemaListKeys, key):
			f.several(at, key, v)
		}
	}
}

func (f *flawFinder) count(at place, key string, v *node) {
	if n := intOf(v); n == nil || *n < 0 {
		f.keyword(at, key, Must, "a whole number, 0 or more", show(v), meansUnserved)
	}
}

func (f *flawFinder) values(at place, v *node) {
	switch {
	case v.kind != arrayKind:
		f.keyword(at, "enum", Must, "an array of values", show(v), meansUnserved)
	case len(v.kids) == 0:
		f.keyword(at, "enum", Should, "an array of values", "an empty one", "no value is allowed here")
	}
}

// several checks a keyword with schemas by name or in a list.
func (f *flawFinder) several(at place, key string, v *node) {
	switch byName := slices.Contains(schemaMapKeys, key); {
	case byName && v.kind != objectKind:
		f.keyword(at, key, Must, "an object of schemas", show(v), meansUnserved)
	case key == "allOf" && v.kind == arrayKind && len(v.kids) == 0:
		f.keyword(at, key, Should, "an array of schemas", "an empty one", "it asks for nothing")
	case !byName && (v.kind != arrayKind || len(v.kids) == 0):
		f.keyword(at, key, Must, "an array of schemas", show(v), meansUnserved)
	case key == "patternProperties":
		for _, expr := range v.keys {
			f.expression(at.raw(key).raw(expr), expr)
		}
	}
}

func isKeyword(key string) bool {
	return slices.Contains(plainKeys, key) || slices.Contains(schemaKeys, key) || slices.Contains(schemaListKeys, key) ||
		slices.Contains(schemaMapKeys, key)
}

func (f *flawFinder) keyword(at place, key string, level Level, expected, actual, means string) {
	f.add(key, level, at.raw(key), expected, actual, means)
}

// show is a value as a finding repeats it.
func show(n *node) string {
	switch n.kind {
	case arrayKind, objectKind:
		return fmt.Sprintf("%s of %d", n.kind, len(n.kids))
	case stringKind:
		return strconv.Quote(n.text)
	case nullKind:
		return "null"
	}
	return n.text
}

func (f *flawFinder) types(at place, v *node) {
	names := []*node{v}
	if v.kind == arrayKind {
		names = v.kids
	}
	for _, n := range names {
		switch {
		case n.kind == nullKind:
			f.keyword(at, "type", Should, `"null", in quotes`, "null", "it is read as if it were quoted")
		case n.kind != stringKind || !slices.Contains(schemaTypes, n.text):
			f.keyword(at, "type", Must, "one of "+strings.Join(schemaTypes, ", "), show(n), meansUnserved+nearestOf(n.text, schemaTypes))
		}
	}
	if len(names) == 0 {
		f.keyword(at, "type", Must, "a type", "an empty array", meansUnserved)
	}
}

func (f *flawFinder) pattern(at place, v *node) {
	if v.kind != stringKind {
		f.keyword(at, "pattern", Must, "a regular expression, in quotes", show(v), meansUnserved)
		return
	}
	f.expression(at.raw("pattern"), v.text)
}

func (f *flawFinder) expression(at place, expr string) {
	if _, err := compileRegexp(expr); err != nil {
		f.add("pattern", Must, at, "a regular expression (ECMA-262)", strconv.Quote(expr), meansUnserved)
	}
}

// limit checks a limit that is a number; the exclusive ones are booleans in OpenAPI 3.0 and numbers since.
func (f *flawFinder) limit(at place, key string, v *node) {
	exclusive := strings.HasPrefix(key, "exclusive")
	switch {
	case exclusive && v.kind == boolKind && !f.doc.is30():
		f.keyword(at, key, Should, "a number", v.text+", as OpenAPI 3.0 has it", "it is read as OpenAPI 3.0 does")
	case exclusive && v.kind == boolKind:
	case v.kind != numberKind:
		f.keyword(at, key, Must, "a number", show(v), meansUnserved)
	case exclusive && f.doc.is30():
		f.keyword(at, key, Should, "a boolean", v.text+", as OpenAPI 3.1 has it", "it is read as OpenAPI 3.1 does")
	case key == "multipleOf" && (strings.HasPrefix(v.text, "-") || isZero(v.text)):
		f.keyword(at, key, Must, "a number above 0", v.text, meansUnserved)
	}
}

// isZero reports whether the text of a number is nought.
func isZero(text string) bool {
	digits, _, _ := strings.Cut(strings.ToLower(text), "e")
	return strings.Trim(digits, "-0.") == ""
}

func (f *flawFinder) required(at place, v *node) {
	switch {
	case v.kind == boolKind:
		f.keyword(at, "required", Should, "an array of property names", v.text,
			"it is left aside; name the property in the required of the object")
	case v.kind != arrayKind || slices.ContainsFunc(v.kids, func(n *node) bool { return n.kind != stringKind }):
		f.keyword(at, "required", Must, "an array of property names", show(v), meansUnserved)
	}
}
