package spec_test

import (
	"slices"
	"strings"
)

// difference is a kind of message that we and libopenapi-validator judge differently.
type difference struct {
	name, reason string
	accept       bool // whether we accept it
	of           func(x *exchange) bool
}

// listed is the name of the difference that a message is an example of; "" when there is none.
func listed(x *exchange, ours bool) string {
	for _, d := range differences() {
		if d.accept == ours && d.of(x) {
			return d.name
		}
	}
	return ""
}

func differences() []difference {
	return slices.Concat(numberDifferences(), formatDifferences(), parameterDifferences(), messageDifferences())
}

func named(names ...string) func(x *exchange) bool {
	return func(x *exchange) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(x.name, n) })
	}
}

func holding(texts ...string) func(x *exchange) bool {
	return func(x *exchange) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(x.body, t) })
	}
}

func formatted(names ...string) func(x *exchange) bool {
	return func(x *exchange) bool { return x.rule == "format" && slices.Contains(names, x.format) }
}

func inParameter(of func(x *exchange) bool) func(x *exchange) bool {
	return func(x *exchange) bool { return (x.kind == "query" || x.kind == "path") && of(x) }
}

func numberDifferences() []difference {
	return []difference{
		{
			name:   "numbers between two binary floats",
			reason: "it rounds numbers to binary floats before it compares them",
			of:     named("by less than a float shows", "large: just above the maximum", "one less than the least int64"),
		},
		{
			name:   "numbers beyond 2^53",
			reason: "rounded, the greatest int64 is none and a constant is not itself",
			accept: true,
			of:     holding("9223372036854775807", "9007199254740993"),
		},
		{
			name:   "numbers beyond a double",
			reason: "it cannot decode them; JSON has no such limit, ours is an exponent of 400",
			accept: true,
			of:     named("beyond a double"),
		},
		{
			name:   "integers of more than 64 bits in a parameter",
			reason: "it parses them into an int64",
			accept: true,
			of:     inParameter(named("99999999999999999999999999")),
		},
	}
}

func formatDifferences() []difference {
	return []difference{
		{
			name:   "formats it does not know",
			reason: "it asserts no idn-email, idn-hostname nor byte",
			of:     formatted("idn-email", "idn-hostname", "byte"),
		},
		{
			name:   "what is no URI or IRI",
			reason: "it takes what Go's url.Parse takes: spaces, brackets, quotes, bidi controls, any letter in a URI",
			of:     formatted("uri", "iri", "uri-reference", "iri-reference"),
		},
		{
			name:   "a sign among the digits of a date-time",
			reason: "it reads numbers with strconv, which takes +1",
			of:     named("a sign among the digits"),
		},
		{
			name:   "an e-mail address without a name",
			reason: "it looks only for what stands before the last @, not whether anything does",
			of:     named("mail: no name", "mail no name"),
		},
		{
			name:   "operators in a URI template",
			reason: "it takes RFC 6570's level 1 alone",
			accept: true,
			of:     holding(`"uriTemplate":"`),
		},
		{
			name:   "spaces in a URI template",
			reason: "it looks at the braces alone",
			of:     formatted("uri-template"),
		},
		{
			name:   "look-ahead in a regular expression",
			reason: "it takes Go's expressions, not ECMAScript's",
			accept: true,
			of:     named("regex: look-ahead"),
		},
	}
}

func parameterDifferences() []difference {
	return []difference{
		{
			name:   "numbers as Go spells them",
			reason: "it takes 01 and +1, which are no JSON numbers",
			of:     inParameter(named(`odd text "01"`, `odd text "+1"`)),
		},
		{
			name:   "booleans as Go spells them",
			reason: "it takes 1, 0, t and TRUE",
			of: inParameter(func(x *exchange) bool {
				return slices.Contains(x.schema.Types, "boolean")
			}),
		},
		{
			name:   "a parameter repeated",
			reason: "it checks each value by itself, and lets a parameter of one value come twice",
			of:     inParameter(named("repeated")),
		},
		{
			name:   "percent signs that encode nothing",
			reason: "net/url drops such a parameter silently",
			of:     inParameter(named("undecodable")),
		},
		{
			name:   "too many items in a repeated parameter",
			reason: "it counts the items of each repetition by itself",
			of:     inParameter(arrays),
		},
		{
			name:   "enough items in a repeated parameter",
			reason: "it counts the items of each repetition by itself, and splits them at commas",
			accept: true,
			of:     inParameter(arrays),
		},
		{
			name:   "unions and constants in a query",
			reason: "it never checks a parameter whose schema has no type",
			of:     inParameter(func(x *exchange) bool { return len(x.schema.Types) == 0 }),
		},
		{
			name:   "null in a query",
			reason: "it takes type [integer, null] for integer",
			accept: true,
			of:     inParameter(func(x *exchange) bool { return slices.Contains(x.schema.Types, "null") }),
		},
	}
}

func arrays(x *exchange) bool { return slices.Contains(x.schema.Types, "array") }

func messageDifferences() []difference {
	return []difference{
		{
			name:   "the word of another branch",
			reason: "its discriminators do not choose the branch",
			of:     named("the word of another branch"),
		},
		{
			name:   "empty path segments",
			reason: "its router collapses slashes, and the path parameters are empty then",
			of:     named("a double slash"),
		},
		{
			name:   "letters of a path percent-encoded",
			reason: "RFC 3986 calls %65 and e the same; it does not decode the fixed part of a path",
			accept: true,
			of:     named("an encoded letter"),
		},
		{
			name:   "a body without a media type",
			reason: "where the body is optional it reads none without Content-Type",
			of: func(x *exchange) bool {
				return x.kind == "request" && x.contentType == "" && !x.noBody
			},
		},
		{
			name:   "another charset",
			reason: "it ignores the parameter; JSON is UTF-8",
			of:     named("charset=utf-16"),
		},
		{
			name:   "deep nesting",
			reason: "ours is bounded at 100 levels, its at 10,000",
			of:     named("nested 500 deep"),
		},
		{
			name:   "JSON that readers disagree about",
			reason: "encoding/json takes the last of two equal names, and U+FFFD for what is no Unicode",
			of:     named("a duplicate name", "not UTF-8", "half a surrogate pair"),
		},
		{
			name:   "no answer where one is declared",
			reason: "it checks no answer that is empty or null",
			of: func(x *exchange) bool {
				return x.kind == "response" && (x.body == "" || x.body == "null")
			},
		},
		{
			name:   "the boolean schema false",
			reason: "it drops it from properties",
			of: func(x *exchange) bool {
				return x.rule == "false"
			},
		},
	}
}

// listedInFuzz reports whether libopenapi-validator is known to refuse such a body wrongly.
func listedInFuzz(body, why string) bool {
	// Numbers that are no doubles, anywhere, or that as doubles leave the range.
	return strings.Contains(why, "decode") || strings.ContainsAny(body, "eE") && strings.Contains(body, "rating")
}
