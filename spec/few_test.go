package spec_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// waysAgree fails the test where dividing a value changes its verdict, or what is said of it while there is room to say
// all.
func waysAgree(t *testing.T, s *spec.Schema, name, text string) {
	t.Helper()
	v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	if err != nil {
		return
	}
	for _, dir := range []spec.Direction{spec.In, spec.Out} {
		whole, divided, err := s.Ways(v, dir, spec.MaxFindings)
		if err != nil {
			return
		}
		if len(whole) < spec.MaxFindings && !reflect.DeepEqual(whole, divided) {
			t.Errorf("%s: %s\n divided %v\n   whole %v", name, text, divided, whole)
		}
		if _, first, _ := s.Ways(v, dir, 1); (len(first) == 0) != (len(whole) == 0) {
			t.Errorf("%s: %s: the first error %v, of %v", name, text, first, whole)
		}
	}
}

var divided = []string{
	"{type: array, items: {type: array, items: {minimum: 2}, maxItems: 1}, uniqueItems: true}",
	"{type: object, allOf: [{type: object, required: [q]}, {additionalProperties: {type: integer}}]}",
	"{oneOf: [{items: {type: integer}}, {items: {type: string}}, {type: object, minProperties: 2}]}",
	"{anyOf: [{items: {type: integer}}, {type: object, properties: {a: {minimum: 5}}, additionalProperties: false}]}",
	"{items: {oneOf: [{type: integer}, {minimum: 1}]}, contains: {const: 1}}", "{if: {type: array}, then: {minItems: 2}}",
	"{prefixItems: [{type: integer}], items: {type: string}, unevaluatedProperties: false}", "{additionalProperties: false, minProperties: 2}",
	"{$ref: '#/components/schemas/T', properties: {t: {properties: {a: {maximum: 1}}}}}", "{properties: {a: false}, required: [x, y]}",
	"{$dynamicRef: '#it', $defs: {d: {$dynamicAnchor: it, type: array}}}", "{enum: [[1], {a: 1}], items: {type: string}}",
	"{properties: {a: {$ref: '#/components/schemas/L'}}}", "{not: {items: {type: integer}}, minItems: 9}",
}

// A value that is looked at part by part has the findings that it has as a whole.
func TestDividedAsWhole(t *testing.T) {
	t.Parallel()
	texts := append(lines(proofTexts), "[[1],[2],[3,4],[1]]", `{"t":{"a":2,"t":{"a":"x"}},"a":1}`, `[[["a"]],"a",1]`,
		`{"q":1,"r":"s","s":"t"}`, `[1,"a",{"a":1}]`, `{"a":{"a":1}}`)
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for _, schema := range slices.Concat(provable, divided) {
			d, err := loadTexts(withSchema(version, schema, treeSchema, loopSchema))
			if err != nil || d.Operations[0].Body == nil {
				continue
			}
			m := spec.Media(d.Operations[0].Body.Content)
			if m == nil || m.Schema == nil {
				continue
			}
			for _, text := range texts {
				waysAgree(t, m.Schema, version+" "+schema, text)
			}
		}
	}
}
