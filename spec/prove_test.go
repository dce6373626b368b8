package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// provable are schemas of every keyword that proofs understand, and of those they must leave to the validator.
var provable = []string{
	"{}", "true", "false", "{type: string}", "{type: [string, 'null']}", "{type: integer}", "{type: number}",
	"{type: [integer, string]}", "{type: boolean}", "{type: 'null'}", "{type: object}", "{type: array}",
	"{type: array, items: {type: integer}, minItems: 1, maxItems: 3, uniqueItems: true}",
	"{prefixItems: [{type: string}, {type: integer}], items: false}",
	"{type: object, properties: {a: {type: integer}, b: {type: string}}, required: [a, c]}",
	"{properties: {a: {type: integer}}, additionalProperties: false}",
	"{properties: {a: {type: integer}}, additionalProperties: {type: string}, minProperties: 1, maxProperties: 3}",
	"{additionalProperties: {type: integer}}", "{propertyNames: {maxLength: 1}}", "{patternProperties: {'^a': {type: integer}}}",
	"{dependentRequired: {a: [b]}}", "{dependentSchemas: {a: {required: [b]}}}",
	"{unevaluatedProperties: false, properties: {a: {}}}", "{required: [a], additionalProperties: {type: integer}}",
	"{enum: [a, 1, null, true, {a: 1}]}", "{const: 1.0}", "{const: ab}", "{const: null}", "{enum: []}", "{const: [1]}",
	"{minimum: 0, maximum: 5, multipleOf: 0.1}", "{exclusiveMinimum: 0, exclusiveMaximum: 5}", "{multipleOf: 3}",
	"{minimum: -1.5}", "{maximum: 99999999999999999999}", "{multipleOf: 0.0000000001}", "{multipleOf: 1e-9}",
	"{type: integer, format: int32}", "{format: int64}", "{format: date-time}", "{format: iri}", "{format: idn-email}",
	"{format: uuid}", "{format: unheard-of}", "{format: regex}", "{type: string, format: byte}",
	"{minLength: 2, maxLength: 3}", "{pattern: '^a+$'}", "{pattern: '^(?!b)a'}",
	"{allOf: [{type: object}, {properties: {a: {type: integer}}}]}", "{anyOf: [{type: string}, {minimum: 3}]}",
	"{oneOf: [{type: string}, {type: object}]}", "{oneOf: [{type: integer}, {type: number}]}",
	"{oneOf: [{minimum: 1}, {maximum: 3}]}", "{not: {type: string}}", "{if: {type: string}, then: {minLength: 2}}",
	"{contains: {type: integer}}", "{$ref: '#/components/schemas/T'}", "{anyOf: [{$ref: '#/components/schemas/T'}, {type: string}]}",
	"{oneOf: [{$ref: '#/components/schemas/T'}, {type: string}]}", "{properties: {a: {readOnly: true}}, required: [a]}",
	"{properties: {a: {writeOnly: true, type: integer}}, required: [a]}", "{allOf: [{$ref: '#/components/schemas/L'}]}",
	"{allOf: [{$ref: '#/components/schemas/T'}, {$ref: '#/components/schemas/T'}]}",
	"{oneOf: [{$ref: '#/components/schemas/T'}, {type: string}], discriminator: {propertyName: k}}",
	"{oneOf: [{properties: {k: {const: T}, a: {type: integer}}}, {properties: {k: {enum: [U, V, 1]}, b: {type: string}}, required: [b]}]}",
	"{oneOf: [{type: object, properties: {k: {enum: [T, U]}}}, {properties: {k: {enum: [U, V]}}}, {type: string}]}",
	"{oneOf: [{allOf: [{properties: {k: {enum: [T, U]}}}, {properties: {k: {enum: [U, V]}}}]}, {properties: {k: {const: T}}, required: [a]}]}",
	"{oneOf: [{properties: {k: {const: T}}}, {properties: {a: {}}}]}",
	"{allOf: [{if: {properties: {k: {const: T}}, required: [k]}, then: {required: [a]}}, {properties: {a: {type: integer}}}]}",
	"{allOf: [{if: {properties: {k: {enum: [T, U]}}, required: [k]}, then: {required: [a]}, else: {properties: {b: {type: integer}}}}]}",
	"{allOf: [{if: {properties: {k: {const: T}}}, then: {required: [a]}}]}",
	"{allOf: [{if: {properties: {k: {enum: [T, 1]}}, required: [k]}, then: false}]}",
	"{allOf: [{if: {properties: {k: {const: T, maxLength: 0}}, required: [k]}, then: false}]}",
	"{allOf: [{if: {properties: {k: {const: T}}, required: [k], maxProperties: 1}, then: false}]}",
	"{allOf: [{if: {properties: {k: {const: T}}, required: [k]}, then: false, minProperties: 2}]}",
	"{allOf: [{$ref: '#/components/schemas/T', if: {properties: {k: {const: T}}, required: [k]}, then: true}]}",
}

const (
	treeSchema = "T: {type: object, properties: {a: {type: integer}, t: {$ref: '#/components/schemas/T'}}, required: [a]}"
	loopSchema = "L: {$ref: '#/components/schemas/L'}"
)

// proofTexts are texts of every kind, right and wrong in the ways that readers of JSON get wrong.
var proofTexts = strings.Split(`null|true|false|tru|nul|0|-0|1|1.0|1.50|-1.5|2.55|4.5|4.50|5|5.1|-0.1|01|1.|.5|-|+1|1e0|1E+2|3e-400
99999999999|2147483648|9223372036854775807|9223372036854775808|123456789012345678|1234567890123456789|0.000000001|0.0000000001
0.1234567891|"a"|"ab"|"aa"|"b"|""|"äöü"|"a\u0061"|"\ud800"|"\ud83d\ude00"|"\n"|"\x"|"a`+"\n"+`b"|"a`+"\x80"+`"|"abc
"2024-03-12T10:00:00Z"|"2024-02-30T10:00:00Z"|"http://example.com/ü"|"not an iri"|"jörg@müller.test"|"YQ=="|"^[a"|"^[a]$"
"123e4567-e89b-12d3-a456-426614174000"|[]|[1]|[1,2]|[1,1]|[1,2,3,4]|["a",1]|["a",1,2]|["a","b"]|[1,]|[,1]|[1 2]|[1|[[[[1]]]]
{}|{"a":1}|{"a":"x"}|{"a":1,"c":2}|{"a":1,"b":"x","c":null}|{"a":1,"a":1}|{"x":1,"x":2}|{"x":1,"y":2}|{"a":1,"x":"s"}
{"a":1,"\u0061":2}|{"x":1,"\u0078":2}|{"a":1,}|{,"a":1}|{"a" 1}|{"a":}|{"a":1|{a:1}|{1:1}|{"a":1}x| {"a" : 1 } |{"a":1}{}
{"t":{"a":1},"a":2}|{"t":{"a":"x"},"a":2}|{"t":{"t":{"t":{"a":1},"a":1},"a":1},"a":1}|{"k":"T","a":1}|{"k":"T","a":"x"}|{"k":"U"}|{"k":"U","b":"x"}|{"k":"V","b":1}|{ "a" : [ {"k":"V"} ] , "k" : "T" }|{"k":"U","k":"T"}
{"k":1,"b":"x"}|{"k":"W"}|{"k":"\u0054"}|{"\u006b":"U","k":"T"}|{"a":"k\"","k":"T"}|{"a":tru,"k":"T"}|{"k":"T"|{"a":[}],"k":"T"}|{"ä":1}|{"`+"\xff"+
	`":1}|`+"\ufeff{}"+`|| |"a"  "b"|{"a":1.0}|{"a":1.5}|{"a":{"b":{"c":[1,2,{"d":null}]}}}|[{"a":1,"a":2}]`, "|")

func lines(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, strings.Split(text, "\n")...)
	}
	return out
}

// isValid is what the whole way says: decoded, and no finding.
func isValid(s *spec.Schema, text string, dir spec.Direction, lim strictjson.Limits) bool {
	v, err := strictjson.Decode([]byte(text), lim)
	if err != nil {
		return false
	}
	fs, err := s.CheckUnproved(v, dir)
	return err == nil && len(fs) == 0
}

// What Check accepts of a scalar without the validator is what the validator accepts.
func scalarAgrees(t *testing.T, s *spec.Schema, name, text string) {
	t.Helper()
	v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	if err != nil {
		return
	}
	for _, dir := range []spec.Direction{spec.In, spec.Out} {
		quick, err1 := s.Check(v, dir)
		whole, err2 := s.CheckUnproved(v, dir)
		if len(quick) != len(whole) || (err1 == nil) != (err2 == nil) {
			t.Errorf("%s: %s: %v, want %v", name, text, quick, whole)
		}
	}
}

func provedIsValid(t *testing.T, s *spec.Schema, name, text string) (proved int) {
	t.Helper()
	for _, dir := range []spec.Direction{spec.In, spec.Out} {
		if !s.Proves([]byte(text), dir, strictjson.Limits{}) {
			continue
		}
		proved++
		if !isValid(s, text, dir, strictjson.Limits{}) {
			t.Errorf("%s: %s is proved, and is not valid in direction %d", name, text, dir)
		}
	}
	return proved
}

// What is proved is valid, for every pair of a schema and a text.
func TestProvesOnlyWhatIsValid(t *testing.T) {
	t.Parallel()
	texts := lines(proofTexts)
	proved := 0
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for _, schema := range provable {
			d, err := loadTexts(withSchema(version, schema, treeSchema, loopSchema))
			if err != nil || d.Operations[0].Body == nil {
				continue
			}
			m := spec.Media(d.Operations[0].Body.Content)
			if m == nil || m.Schema == nil {
				continue
			}
			for _, text := range texts {
				proved += provedIsValid(t, m.Schema, version+" "+schema, text)
				scalarAgrees(t, m.Schema, version+" "+schema, text)
			}
		}
	}
	t.Logf("%d proofs", proved)
	if proved < 2000 {
		t.Errorf("only %d proofs", proved)
	}
}

// Of what is generated, what is proved is valid; and of a plain document every valid message is proved.
func TestProvesGenerated(t *testing.T) {
	t.Parallel()
	published, _ := spec.Embedded()
	whole := map[string]bool{published.Name: true}
	docs := map[string]*spec.Document{published.Name: embedded(t)}
	for _, pattern := range []string{"testdata/*.yaml", "../../shared/corpus/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil && len(data) < 200_000 {
				if d, err := spec.Load(spec.Source{Name: filepath.Base(path), Data: data}); err == nil {
					docs[filepath.Base(path)] = d
				}
			}
		}
	}
	for name, d := range docs {
		valid, proved := 0, 0
		for _, o := range d.Operations {
			if o.Body == nil || spec.Media(o.Body.Content) == nil || spec.Media(o.Body.Content).Schema == nil {
				continue
			}
			s := spec.Media(o.Body.Content).Schema
			for _, c := range append(in.ValidCases(s), in.BrokenCases(s)...) {
				text := string(strictjson.Append(nil, c.Value))
				n := provedIsValid(t, s, name+" "+o.ID, text)
				waysAgree(t, s, name+" "+o.ID, text)
				if isValid(s, text, spec.In, strictjson.Limits{}) {
					valid++
					proved += min(n, 1)
					if n == 0 && whole[name] && !strings.Contains(c.Name, "exponent") {
						t.Errorf("%s: %s is not proved: %s", o.ID, c.Label(), spec.Clip(text))
					}
				}
			}
		}
		t.Logf("%s: %d of %d valid bodies are proved", name, proved, valid)
	}
}

// The limits of a text hold for proofs too.
func TestProofsKeepLimits(t *testing.T) {
	t.Parallel()
	s := bodySchema(t, load(t, withSchema("3.1.0", "{}")))
	for _, c := range []struct {
		text string
		lim  strictjson.Limits
	}{
		{"[[[]]]", strictjson.Limits{Depth: 2}},
		{`{"a":{"a":{}}}`, strictjson.Limits{Depth: 2}},
		{"[1,2,3]", strictjson.Limits{Elements: 2}},
		{`{"a":1,"b":2}`, strictjson.Limits{Elements: 1}},
		{strings.Repeat("[", 101) + strings.Repeat("]", 101), strictjson.Limits{}},
		{"[" + strings.Repeat("1,", strictjson.DefaultElements) + "1]", strictjson.Limits{}},
	} {
		if isValid(s, c.text, spec.In, c.lim) || s.Proves([]byte(c.text), spec.In, c.lim) {
			t.Errorf("%s: accepted beyond its limits", spec.Clip(c.text))
		}
		if !s.Proves([]byte(c.text), spec.In, strictjson.Limits{Depth: 200, Elements: 1 << 20}) {
			t.Errorf("%s: not proved within its limits", spec.Clip(c.text))
		}
	}
}

func FuzzProves(f *testing.F) {
	var schemas []*spec.Schema
	for _, text := range provable {
		d, err := loadTexts(withSchema("3.1.0", text, treeSchema, loopSchema))
		if err != nil {
			continue
		}
		if m := spec.Media(d.Operations[0].Body.Content); m != nil && m.Schema != nil {
			schemas = append(schemas, m.Schema)
		}
	}
	for _, line := range proofTexts {
		for _, text := range strings.Split(line, "\n") {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, s := range schemas {
			provedIsValid(t, s, s.Location.String(), string(text))
		}
	})
}
