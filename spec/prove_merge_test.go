package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// mergeable are schemas of objects, for records and for the patches merged into them.
var mergeable = []string{
	"{}", "{type: object}", "{type: object, properties: {a: {type: integer}, b: {type: string}}, required: [a]}",
	"{type: object, properties: {b: {type: string}, a: {type: integer}}}",
	"{properties: {a: {type: integer, minimum: 2}}}", "{properties: {a: {type: integer}}, additionalProperties: false}",
	"{properties: {a: {type: integer}}, additionalProperties: {type: string}}", "{additionalProperties: {type: integer}}",
	"{properties: {a: {type: integer}}, maxProperties: 2}", "{properties: {a: {type: integer}}, minProperties: 1}",
	"{properties: {o: {type: object, properties: {x: {type: integer}, y: {type: string}}, required: [x]}}}",
	"{properties: {o: {type: object, properties: {x: {type: integer}}, maxProperties: 1}}}",
	"{properties: {o: {type: object, additionalProperties: false, properties: {x: {type: integer}}}}}",
	"{properties: {o: {oneOf: [{required: [x]}, {required: [y]}]}}}", "{properties: {o: {not: {required: [x, y]}}}}",
	"{properties: {o: {}}}", "{properties: {o: {type: [object, 'null']}}}", "{properties: {a: {type: [integer, 'null']}}}",
	"{allOf: [{properties: {a: {type: integer}}}, {properties: {a: {minimum: 2}}}]}",
	"{allOf: [{properties: {a: {type: integer}}}], properties: {a: {minimum: 2}}}",
	"{anyOf: [{required: [a]}, {required: [b]}]}", "{not: {required: [a, b]}}", "{dependentRequired: {a: [b]}}",
	"{patternProperties: {'^a': {type: integer}}}", "{unevaluatedProperties: false, properties: {a: {type: integer}}}",
	"{properties: {a: {enum: [1, 2]}}}", "{properties: {a: {enum: [2, 1]}}}", "{properties: {a: {const: 1}}}",
	"{properties: {b: {pattern: '^x'}}}", "{properties: {b: {pattern: '^x', type: string}}}", "{properties: {b: {format: uuid}}}",
	"{properties: {l: {type: array, items: {type: integer}, maxItems: 2}}}", "{properties: {l: {items: {type: integer}}}}",
	"{properties: {l: {prefixItems: [{type: string}]}}}", "{properties: {a: {readOnly: true, type: integer}}, required: [a]}",
	"{$ref: '#/components/schemas/T'}", "{allOf: [{$ref: '#/components/schemas/T'}]}",
	"{properties: {t: {$ref: '#/components/schemas/T'}}}", "{additionalProperties: {$ref: '#/components/schemas/T'}}",
}

var mergeTexts = strings.Split(`{}|{"a":1}|{"a":2}|{"a":"s"}|{"a":null}|{"b":"x"}|{"b":"y"}|{"b":2}|{"a":1,"b":"x"}|{"a":3,"c":1}|{"c":"s"}
{"o":{"x":1}}|{"o":{"y":"s"}}|{"o":{"x":1,"y":"s"}}|{"o":{"x":null}}|{"o":{}}|{"o":null}|{"o":5}|{"o":{"x":{"z":null}}}|{"o":{"z":1}}
{"l":[1]}|{"l":[1,2,3]}|{"l":["s"]}|{"l":[null]}|{"l":[{"x":null}]}|{"t":{"a":1}}|{"t":{"t":{"a":2}}}|{"t":{"a":"s"}}|{"t":{"a":3,"t":{"a":1}}}
{"a":5,"t":{"a":6}}|{"ab":1}|{"ab":"s"}|{"b":"123e4567-e89b-12d3-a456-426614174000"}|{"a":1.0}|{"\u0061":1}|{"\u0061":"s"}`, "|")

// merged is RFC 7396 for plain values.
func merged(target, patch any) any {
	members, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	out := map[string]any{}
	if old, isObject := target.(map[string]any); isObject {
		for name, v := range old {
			out[name] = v
		}
	}
	for name, v := range members {
		if v == nil {
			delete(out, name)
		} else {
			out[name] = merged(out[name], v)
		}
	}
	return out
}

// sureOf asks for every member of a patch; with a null in it nothing is sure.
func sureOf(m *spec.Merge, patch any) bool {
	members, isObject := patch.(map[string]any)
	if m == nil || !isObject {
		return false
	}
	for name, v := range members {
		if v == nil || !m.Sure([]byte(name), strictjson.Append(nil, v)) {
			return false
		}
	}
	return true
}

// A patch of which all is sure leaves every record valid that was: for every pair of schemas, records and patches.
func TestSureMergesStayValid(t *testing.T) {
	t.Parallel()
	var texts []any
	for _, line := range mergeTexts {
		for _, text := range strings.Split(line, "\n") {
			v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
			if err != nil {
				t.Fatal(text, err)
			}
			texts = append(texts, v)
		}
	}
	sure := 0
	for _, into := range mergeable {
		for _, of := range mergeable {
			d := load(t, withSchema("3.1.0", "{properties: {into: "+into+", of: "+of+"}}", treeSchema))
			pair := bodySchema(t, d)
			record, patch := pair.Property("into"), pair.Property("of")
			m := record.Merge(patch)
			for _, p := range texts {
				if !sureOf(m, p) || !valid(patch, p, spec.In) {
					continue
				}
				for _, r := range texts {
					if !valid(record, r, spec.Out) {
						continue
					}
					sure++
					if out := merged(r, p); !valid(record, out, spec.Out) {
						t.Errorf("%s merged into %s by %s and %s: %s is not valid", strictjson.Append(nil, p),
							strictjson.Append(nil, r), of, into, strictjson.Append(nil, out))
					}
				}
			}
		}
	}
	t.Logf("%d sure merges", sure)
	if sure < 5000 {
		t.Errorf("only %d sure merges", sure)
	}
}

func valid(s *spec.Schema, v any, dir spec.Direction) bool {
	fs, err := s.CheckUnproved(v, dir)
	return err == nil && len(fs) == 0
}

// Of the embedded document every update is sure that takes nothing away: its requests and records have one schema.
func TestSureMergesOfOneSchema(t *testing.T) {
	t.Parallel()
	for _, r := range embedded(t).Resources {
		m := r.Schema.Merge(r.Schema)
		for _, p := range r.Schema.Properties {
			if m == nil || !m.Sure([]byte(p.Name), []byte(`"text"`)) {
				t.Errorf("%s: %s is not sure", r.Name, p.Name)
			}
		}
	}
}

// A known part is not read again; all else is, and the part counts only where its own schema is asked for.
func TestKnownParts(t *testing.T) {
	t.Parallel()
	d := load(t, withSchema("3.1.0", "{properties: {t: {$ref: '#/components/schemas/T'}, u: {type: object}}, required: [t]}", treeSchema))
	s := bodySchema(t, d)
	for _, c := range []struct {
		text, part string
		want       bool
	}{
		{`{"t":{"a":1},"u":{}}`, `{"a":1}`, true},
		{`{"t":{"a":1},"u":7}`, `{"a":1}`, false},
		{`{"t":KNOWN}`, `KNOWN`, true}, // which shows that it is not read
		{`{"u":KNOWN,"t":{"a":1}}`, `KNOWN`, false},
		{`{"u":{},"x":KNOWN}`, `KNOWN`, false},
		{`{"t":KNOWN,}`, `KNOWN`, false},
		{`{"t":KNOWN`, `KNOWN`, false},
	} {
		at := strings.Index(c.text, c.part)
		known := []spec.Known{{Schema: s.Property("t"), From: at, To: at + len(c.part)}}
		if got := s.ProvesAround(known, []byte(c.text)); got != c.want {
			t.Errorf("%s: proved %v, want %v", c.text, got, c.want)
		}
	}
}
