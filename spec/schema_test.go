package spec_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

func TestRatings(t *testing.T) {
	t.Parallel()
	rating := embedded(t).Operation("updateCall").Body.Content[0].Schema.Property("rating")
	for i := range 51 {
		n := fmt.Sprintf("%d.%d", i/10, i%10)
		verdicts(t, rating, spec.In, fmt.Sprintf("%s %s0 %de-1 %d.%dE+0", n, n, i, i/10, i%10), "")
	}
	verdicts(t, rating, spec.In, "0 -0 -0.0 5 5.0 50e-1 0.5e1",
		`2.55 5.1 -0.1 5.0000000000000001 2.2999999999999998 1e-400 0.30000000000000004 6 1e300 "4.5" null true [] {}`)
}

func TestNumbersAreExact(t *testing.T) {
	t.Parallel()
	s := bodySchema(t, load(t, withSchema("3.1.0", "{maximum: 9007199254740992}")))
	verdicts(t, s, spec.In, "9007199254740992 -1e400", "9007199254740993 9007199254740992.1 1e400")
	for _, version := range []string{"3.0.3", "3.1.0"} {
		s = bodySchema(t, load(t, withSchema(version, "{type: integer, enum: [9007199254740993]}")))
		verdicts(t, s, spec.In, "9007199254740993 9007199254740993.0", "9007199254740992 9007199254740994")
	}
	s = bodySchema(t, load(t, withSchema("3.1.0", "{const: 9007199254740993}")))
	verdicts(t, s, spec.In, "9007199254740993", "9007199254740992")
	s = bodySchema(t, load(t, withSchema("3.1.0", "{type: integer, format: int64}")))
	verdicts(t, s, spec.In, "9223372036854775807 -9223372036854775808 1.0 1e3",
		"9223372036854775808 -9223372036854775809 1.5 1e30")
	s = bodySchema(t, load(t, withSchema("3.1.0", "{exclusiveMinimum: 0, exclusiveMaximum: 0.3}")))
	verdicts(t, s, spec.In, "0.1 1e-400 0.2999999999999999999", "0 -0 0.3 0.30 3e-1")
}

func TestDialect30(t *testing.T) {
	t.Parallel()
	for schema, tt := range map[string]struct{ good, bad string }{
		"{type: string, nullable: true}":                                  {`"" null`, "1"},
		"{type: string, nullable: false}":                                 {`""`, "null"},
		"{type: string, nullable: true, enum: [a]}":                       {`"a" null`, `"b"`},
		"{type: string, nullable: true, enum: [a, null]}":                 {`"a" null`, `"b"`},
		"{nullable: true, allOf: [{$ref: \"#/components/schemas/O\"}]}":   {`{} null`, "1 []"},
		"{nullable: true, enum: [1]}":                                     {`1 null`, "2"},
		"{type: number, minimum: 1, exclusiveMinimum: true}":              {"1.1", "1 0"},
		"{type: number, minimum: 1, exclusiveMinimum: false}":             {"1 2", "0"},
		"{type: number, maximum: 1, exclusiveMaximum: true}":              {"0.9", "1 2"},
		"{type: number, exclusiveMaximum: true}":                          {"1", `""`},
		"{type: array, items: {type: integer, nullable: true}}":           {"[1,null] []", `["x"] null`},
		"{$ref: \"#/components/schemas/O\", nullable: true}":              {"{}", "null"}, // siblings mean nothing
		"{type: object, required: [a, a], properties: {a: {}}}":           {`{"a":1}`, `{}`},
		"{type: object, properties: {a: {nullable: true, type: number}}}": {`{"a":null} {"a":1}`, `{"a":""}`},
	} {
		s := bodySchema(t, load(t, withSchema("3.0.3", schema, "O: {type: object}")))
		t.Log(schema)
		verdicts(t, s, spec.In, tt.good, tt.bad)
	}
	// In 3.1 nullable is no keyword, and type lists null.
	s := bodySchema(t, load(t, withSchema("3.1.0", "{type: string, nullable: true}")))
	verdicts(t, s, spec.In, `""`, "null")
	s = bodySchema(t, load(t, withSchema("3.1.0", "{type: [string, \"null\"], minLength: 1}")))
	verdicts(t, s, spec.In, `"x" null`, `"" 1`)
	s = bodySchema(t, load(t, withSchema("3.1.0", "{type: number, minimum: 1, exclusiveMinimum: true}")))
	verdicts(t, s, spec.In, "1.1", "1")
}

func TestBooleanSchemas(t *testing.T) {
	t.Parallel()
	for schema, tt := range map[string]struct{ good, bad string }{
		"false":                                        {"", `{} null 1 "" []`},
		"true":                                         {`{} null 1 "" []`, ""},
		"{properties: {a: false}}":                     {`{} {"b":1}`, `{"a":1} {"a":null}`},
		"{allOf: [false]}":                             {"", "{} 1"},
		"{anyOf: [false, {type: integer}]}":            {"1", `"x" {}`},
		"{oneOf: [false, {type: integer}]}":            {"1", `"x"`},
		"{not: true}":                                  {"", "{} 1 null"},
		"{not: false}":                                 {"{} 1 null", ""},
		"{prefixItems: [false]}":                       {"[] {}", "[1]"},
		"{items: false}":                               {"[]", "[1]"},
		"{patternProperties: {\"^x\": false}}":         {`{"a":1}`, `{"xa":1}`},
		"{dependentSchemas: {a: false}}":               {`{"b":1}`, `{"a":1}`},
		"{contains: false}":                            {"{} 1", "[] [1]"},
		"{propertyNames: false}":                       {"{}", `{"a":1}`},
		"{prefixItems: [{}], unevaluatedItems: false}": {"[1]", "[1,2]"},
		"{properties: {a: {}}, unevaluatedProperties: false}": {`{"a":1}`, `{"b":1}`},
		"{properties: {a: {}}, additionalProperties: false}":  {`{"a":1}`, `{"b":1}`},
		"{if: {type: integer}, then: false}":                  {`"x"`, "1"},
		"{if: false, then: false, else: {type: integer}}":     {"1", `"x"`},
		"{properties: {\"\": {type: integer}}}":               {`{"":1}`, `{"":"x"}`},
	} {
		t.Log(schema)
		s := bodySchema(t, load(t, withSchema("3.1.0", schema)))
		verdicts(t, s, spec.In, tt.good, tt.bad)
	}
}

func TestDirections(t *testing.T) {
	t.Parallel()
	s := bodySchema(t, load(t, withSchema("3.1.0", `{type: object, required: [id, name, secret], properties: {
      id: {type: string, readOnly: true}, name: {type: string}, secret: {$ref: "#/components/schemas/W"}}}`,
		"W: {type: string, writeOnly: true}")))
	verdicts(t, s, spec.In, `{"name":"a","secret":"s"} {"id":"1","name":"a","secret":"s"}`,
		`{"name":"a"} {"secret":"s"} {"id":1,"name":"a","secret":"s"}`)
	verdicts(t, s, spec.Out, `{"id":"1","name":"a"} {"id":"1","name":"a","secret":"s"}`,
		`{"name":"a"} {"id":"1"} {"id":"1","name":"a","secret":1}`)
}

func TestDiscriminator(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for keyword, extra := range map[string]string{"oneOf": "", "anyOf": ""} {
			s := bodySchema(t, load(t, withSchema(version, "{"+keyword+`: [{$ref: "#/components/schemas/Cat"},
      {$ref: "#/components/schemas/Dog"}], 
      discriminator: {propertyName: kind, mapping: {cat: "#/components/schemas/Cat"}}}`,
				"Cat: {type: object, required: [lives], properties: {lives: {type: integer}}}",
				"Dog: {type: object, required: [bark], properties: {bark: {type: string}}}"+extra)))
			verdicts(t, s, spec.In, `{"kind":"cat","lives":9} {"kind":"Dog","bark":"wuff"}`,
				`{"lives":9} {"kind":"cat","lives":"x"} {"kind":"Dog","lives":9} {"kind":"cat","bark":"wuff"} {"kind":"Dog"} 1 {}`)
			if d := s.Discriminator; d == nil || d.Property != "kind" || d.Mapping["cat"] != append(s.OneOf, s.AnyOf...)[0] {
				t.Errorf("%s: %+v", keyword, d)
			}
		}
	}
}

// Reading and checking recursive schemas ends, and costs no more than the value is long.
func TestRecursion(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		s := bodySchema(t, load(t, withSchema(version, `{type: object, required: [v], properties: {
      v: {type: integer}, next: {$ref: "#/components/schemas/S"},
      all: {type: array, items: {$ref: "#/components/schemas/S"}},
      other: {$ref: "#/components/schemas/Other"}}}`,
			`Other: {oneOf: [{type: string}, {$ref: "#/components/schemas/S"}]}`)))
		verdicts(t, s, spec.In,
			`{"v":1} {"v":1,"next":{"v":2,"next":{"v":3}}} {"v":1,"all":[{"v":1},{"v":2,"all":[]}]} {"v":1,"other":{"v":1}}`,
			`{"v":1,"next":{"next":{"v":3}}} {"v":1,"all":[{"v":1},{"v":"x"}]} {"v":1,"other":{"v":"x"}} {"v":1,"other":1}`)
		if s.Property("next") != s {
			t.Error("the cycle does not close")
		}
		deep := strings.Repeat(`{"v":1,"next":`, 90) + `{"v":"x"}` + strings.Repeat("}", 90)
		start := time.Now()
		fs, err := s.Check(decode(t, deep), spec.In)
		if err != nil || len(fs) != 1 || fs[0].Pointer != strings.Repeat("/next", 90)+"/v" {
			t.Errorf("%v, %v", fs, err)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("took %v", took)
		}
	}
}

func TestFormatsAreAsserted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ good, bad string }{
		"iri": {
			`"https://müller.example/straße?q=ü#ä" "http://user@h:80/" "urn:a:b"`,
			`"http://a/b\u0020c" "http://a/\u202e" "/path" "http://a/<b>" ""`,
		},
		"idn-email": {`"jörg@müller.example" "用户@例子.test" "a@b"`, `"a@" "@b" "nope" "" "a\u0020b@c.d"`},
		"date-time": {
			`"2024-03-12T10:00:00Z" "2024-02-29t00:00:00.5z" "2016-12-31T23:59:60Z"`,
			`"2023-02-30T00:00:00Z" "2024-03-12T12:00:+1Z" "2024-03-12T10:00:00" "2016-12-31T12:59:60Z"`,
		},
		"uuid":    {`"123e4567-e89b-12d3-a456-426614174000"`, `"123e4567"`},
		"made-up": {`"" "anything"`, ""},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			s := bodySchema(t, load(t, withSchema(version, "{type: string, format: "+name+"}")))
			verdicts(t, s, spec.In, tt.good, tt.bad)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for pattern, tt := range map[string]struct{ good, bad string }{
		`^a+$`:                {`"aa"`, `"" "ba" "a\n"`},
		`b`:                   {`"abc"`, `"ac"`},
		`^(?=.*[0-9]).{3,}$`:  {`"ab1"`, `"abc" "1"`},
		`^\p{L}+$`:            {`"Łódź"`, `"a1"`},
		`^\u0041$`:            {`"A"`, `"B"`},
		`^(?!foo)[a-z]+$`:     {`"bar"`, `"foot"`},
		`^[\w.]+@[\w.]+\.\w$`: {`"a@b.c"`, `"a@b"`},
	} {
		s := bodySchema(t, load(t, withSchema("3.1.0", "{type: string, pattern: '"+pattern+"'}")))
		verdicts(t, s, spec.In, tt.good, tt.bad)
	}
	// Backtracking without end is a refusal in time, not a hang.
	s := bodySchema(t, load(t, withSchema("3.1.0", `{type: string, pattern: '^(?=a)(a+)+$'}`)))
	start := time.Now()
	verdicts(t, s, spec.In, "", `"`+strings.Repeat("a", 5000)+`!"`)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// A schema that cannot be compiled lets nothing through, and says where it stands.
func TestUnusableSchemas(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`{type: string, pattern: "("}`: "pattern",
		`{type: strin}`:                "type",
		`{minLength: -1}`:              "minLength",
		`{properties: {a: 5}}`:         "properties",
	} {
		d := load(t, withSchema("3.1.0", schema))
		_, r := d.Operations[0].CheckRequest(message(`{}`))
		if r == nil || r.Reason != spec.NotServed {
			t.Errorf("%s: %v", schema, r)
			continue
		}
		if f := r.Findings[0]; !strings.Contains(f.Actual, want) || f.Document.File != "api.yaml" || f.Document.Line != 11 {
			t.Errorf("%s: %s", schema, f)
		}
	}
}
