package spec

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/jsonschema/v6/kind"

	"github.com/understudy-dev/understudy/spec/format"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// describe says in plain words what the broken keyword wants and how to mend the value. schema is the node the keyword
// stands in; limits are told as the document writes them.
func describe(k jsonschema.ErrorKind, keyword string, value any, schema *node) (expected, hint string) {
	want := schema.get(keyword)
	switch k := k.(type) {
	case *kind.Type:
		return article(strings.Join(k.Want, " or ")), typeHint(k.Want, value)
	case *kind.Enum:
		return "one of " + quoteList(k.Want), nearestEnum(k.Want, value)
	case *kind.Const:
		return "exactly " + Clip(string(strictjson.Append(nil, k.Want))), ""
	case *kind.Format:
		return formatHelp(k)
	case *kind.Pattern:
		return "text that matches " + k.Want, ""
	case *kind.Required:
		return "a value", "this member is required; send it"
	case *kind.DependentRequired:
		return fmt.Sprintf("a value, since %q is there", k.Prop), ""
	case *kind.AdditionalProperties:
		return "no such member", "the document allows only the members it names here"
	case *kind.FalseSchema:
		return "nothing here", "the document allows no value in this place"
	case *kind.MultipleOf:
		return "a multiple of " + textOf(want, k.Want), nearestMultiples(k)
	case *kind.OneOf, *kind.AnyOf:
		return unionHelp(k, schema.get(keyword))
	case *kind.RefCycle:
		return "a schema that says something", "the document's references lead in a circle here"
	case *kind.Not:
		return "a value that the schema under not refuses", ""
	}
	if e, h := describeLimit(k, want); e != "" {
		return e, h
	}
	return keyword + " to hold", ""
}

func describeLimit(k jsonschema.ErrorKind, want *node) (expected, hint string) {
	switch k := k.(type) {
	case *kind.Minimum:
		return textOf(want, k.Want) + " or more", ""
	case *kind.Maximum:
		return textOf(want, k.Want) + " or less", ""
	case *kind.ExclusiveMinimum:
		return "more than " + textOf(want, k.Want), ""
	case *kind.ExclusiveMaximum:
		return "less than " + textOf(want, k.Want), ""
	case *kind.MinLength:
		return fmt.Sprintf("%d characters or more", k.Want), fmt.Sprintf("it has %d", k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("%d characters or fewer", k.Want), fmt.Sprintf("it has %d", k.Got)
	case *kind.MinItems:
		return fmt.Sprintf("%d items or more", k.Want), fmt.Sprintf("it has %d", k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("%d items or fewer", k.Want), fmt.Sprintf("it has %d", k.Got)
	case *kind.MinProperties:
		return fmt.Sprintf("%d members or more", k.Want), fmt.Sprintf("it has %d", k.Got)
	case *kind.MaxProperties:
		return fmt.Sprintf("%d members or fewer", k.Want), fmt.Sprintf("it has %d", k.Got)
	case *kind.UniqueItems:
		return "items that all differ", fmt.Sprintf("items %d and %d are equal", k.Duplicates[0], k.Duplicates[1])
	case *kind.Contains, *kind.MinContains:
		return "an item that matches the schema under contains", ""
	case *kind.PropertyNames:
		return "member names that match the schema under propertyNames", fmt.Sprintf("%q does not", Clip(k.Property))
	}
	return "", ""
}

func article(noun string) string {
	switch {
	case noun == "null":
		return noun
	case strings.ContainsAny(noun[:1], "aeiou"):
		return "an " + noun
	}
	return "a " + noun
}

func typeHint(want []string, value any) string {
	if len(want) != 1 {
		return ""
	}
	s, isText := value.(string)
	switch {
	case isText && (want[0] == "number" || want[0] == "integer") && validNumber(s):
		return "leave the quotes out: " + s
	case isText && want[0] == "boolean" && (s == "true" || s == "false"):
		return "leave the quotes out: " + s
	case want[0] == "string" && value != nil:
		if n, ok := value.(json.Number); ok {
			return fmt.Sprintf("put it in quotes: %q", Clip(n.String()))
		}
	case value == nil:
		return "null is not allowed here; to leave the value as it is, leave the member out"
	}
	return ""
}

func nearestEnum(want []any, value any) string {
	s, ok := value.(string)
	if !ok {
		return ""
	}
	var names []string
	for _, w := range want {
		if t, ok := w.(string); ok {
			names = append(names, t)
		}
	}
	if n := Nearest(s, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}

func formatHelp(k *kind.Format) (expected, hint string) {
	expected = "format " + k.Want
	if ex := format.Example(k.Want); ex != "" {
		expected += ", such as " + ex
	}
	if k.Err != nil {
		hint = Clip(k.Err.Error())
	}
	return expected, hint
}

// unionHelp lists what the branches take, by the types or the schemas' names.
func unionHelp(k jsonschema.ErrorKind, branches *node) (expected, hint string) {
	if one, ok := k.(*kind.OneOf); ok && len(one.Subschemas) > 0 {
		return "a value that exactly one schema under oneOf takes", fmt.Sprintf("schemas %d and %d both take it",
			one.Subschemas[0], one.Subschemas[1])
	}
	var takes []string
	for _, b := range listOf(branches) {
		take := ""
		switch {
		case b.get("$ref").str() != "":
			segs := strictjson.Segments(b.get("$ref").str())
			take = article(segs[len(segs)-1])
		case len(stringList(b.get("type"))) > 0:
			take = article(strings.Join(stringList(b.get("type")), " or "))
		}
		if take != "" && !slices.Contains(takes, take) {
			takes = append(takes, take)
		}
	}
	switch n := len(takes); {
	case n == 0:
		return "a value that a schema of the union takes", ""
	case n == 1 && len(branches.kids) > 1:
		return fmt.Sprintf("%s that one of the %d schemas of the union takes", takes[0], len(branches.kids)), ""
	case n > maxTakes:
		takes = append(takes[:maxTakes], fmt.Sprintf("what %d more schemas take", n-maxTakes))
	}
	return strings.Join(takes, " or "), ""
}

// maxTakes is how many branches of a union are told.
const maxTakes = 8

func textOf(want *node, r *big.Rat) string {
	if want != nil && want.kind == numberKind {
		return want.text
	}
	return decimal(r)
}

// nearestMultiples names the neighbours of a number that is off the step.
func nearestMultiples(k *kind.MultipleOf) string {
	if k.Want.Sign() <= 0 || k.Got.Num().BitLen() > 128 || k.Got.Denom().BitLen() > 128 {
		return ""
	}
	q := new(big.Rat).Quo(k.Got, k.Want)
	floor := new(big.Int).Div(q.Num(), q.Denom())
	below := new(big.Rat).Mul(new(big.Rat).SetInt(floor), k.Want)
	above := new(big.Rat).Add(below, k.Want)
	return fmt.Sprintf("the nearest are %s and %s", decimal(below), decimal(above))
}

// decimal writes a number shortly and exactly where it has a finite decimal form.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	if n, exact := r.FloatPrec(); exact {
		return r.FloatString(n)
	}
	return r.FloatString(6)
}
