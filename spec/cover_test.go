package spec_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// coverPair are two schemas A and B of a document of a version.
func coverPair(t *testing.T, version, a, b, more string) (ours, theirs *spec.Schema) {
	t.Helper()
	d, err := spec.Load(spec.Source{Name: "api.yaml", Data: fmt.Appendf(nil, `openapi: %s
info: {title: T, version: "1"}
paths: {}
components:
  schemas:
    A: %s
    B: %s
    %s
`, version, a, b, more)})
	if err != nil {
		t.Fatal(err)
	}
	return d.SchemaAt("/components/schemas/A"), d.SchemaAt("/components/schemas/B")
}

// What a schema surely takes of another: each pair holds, and not the other way round unless both do.
func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b       string
		both, none bool
	}{
		{a: "{}", b: "{type: string}"},
		{a: "{type: string}", b: "{allOf: [false]}"},
		{a: "{type: [string, 'null']}", b: "{type: string}"},
		{a: "{type: number}", b: "{type: integer}"},
		{a: "{type: string}", b: "{type: string, title: B, description: the same}", both: true},
		{a: "{type: string}", b: "{type: integer}", none: true},
		{a: "{type: string}", b: "{enum: [x, y]}", none: true}, // lists and objects among them are not known
		{a: "{type: string}", b: "{type: string, enum: [x, y]}"},
		{a: "{type: string, maxLength: 1}", b: "{type: string, enum: [x, y]}"},
		{a: "{type: string, maxLength: 1}", b: "{type: string, enum: [x, yz]}", none: true},
		{a: "{type: string, enum: [x, y, z]}", b: "{type: string, enum: [z, x]}"},
		{a: "{type: integer, enum: [1, 2]}", b: "{type: integer, const: 2}"},
		{a: "{type: boolean}", b: "{type: boolean, const: true}"},
		{a: "{type: boolean, enum: [true, false]}", b: "{type: boolean}", both: true},
		{a: "{type: string, maxLength: 5}", b: "{type: string, maxLength: 4, minLength: 1}"},
		{a: "{type: string, format: date}", b: "{type: string, format: date, maxLength: 12}"},
		{a: "{type: string, format: date}", b: "{type: string, format: uuid}", none: true},
		{a: "{type: string, pattern: '^a'}", b: "{type: string, pattern: '^a', maxLength: 9}"},
		{a: "{type: integer, minimum: 1}", b: "{type: integer, exclusiveMinimum: 1}"},
		{a: "{type: integer, exclusiveMinimum: 1}", b: "{type: integer, exclusiveMinimum: 1, maximum: 5}"},
		{a: "{type: number, multipleOf: 0.5}", b: "{type: number, multipleOf: 1.5}"},
		{a: "{type: number, minimum: 1}", b: "{type: number, maximum: 5}", none: true},
		{a: "{type: array}", b: "{type: array, items: {type: string}}"},
		{a: "{type: array, items: {type: string}, minItems: 1}", b: "{type: array, items: {type: string, maxLength: 3}, minItems: 2}"},
		{a: "{type: array, maxItems: 3}", b: "{type: array, maxItems: 2, uniqueItems: true}"},
		{a: "{type: array, prefixItems: [{type: string}]}", b: "{type: array, items: {type: string}}"},
		{a: "{type: array, uniqueItems: true}", b: "{type: array, maxItems: 1}"},
		{a: "{type: array, contains: {type: string}}", b: "{type: array, minItems: 1, items: {type: string}}", none: true},
		{a: "{type: object, properties: {a: {type: string}}}", b: "{type: object, properties: {a: {type: string}, b: {type: integer}}}"},
		{a: "{type: object, properties: {a: {type: string}}}", b: "{type: object, properties: {b: {type: integer}}}", none: true},
		{a: "{type: object, required: [a]}", b: "{type: object, required: [a, b]}"},
		{a: "{type: object, properties: {a: {type: string}}}", b: "{type: object, additionalProperties: false}"},
		{a: "{type: object, additionalProperties: false, properties: {a: {}}}", b: "{type: object, additionalProperties: false}"},
		{a: "{type: object, additionalProperties: {type: string}}", b: "{type: object, properties: {a: {type: string}}, additionalProperties: {type: string, maxLength: 4}}"},
		{a: "{type: object, minProperties: 2}", b: "{type: object, required: [a, b, c]}"},
		{a: "{type: object, maxProperties: 2}", b: "{type: object, maxProperties: 1}"},
		{a: "{type: object, patternProperties: {'^x': {type: string}}}", b: "{type: object, additionalProperties: {type: string}}", none: true},
		{a: "{type: object, required: [a]}", b: "{allOf: [{type: object}, {required: [a], properties: {a: {type: string}}}]}"},
		{a: "{allOf: [{type: object}, {required: [a]}]}", b: "{type: object, required: [a]}", both: true},
		{a: "{anyOf: [{type: string}, {type: integer}]}", b: "{type: integer, minimum: 4}"},
		{a: "{type: [string, integer]}", b: "{anyOf: [{type: string}, {type: integer}]}"}, // which branch covers both is not known
		{a: "{oneOf: [{type: string}, {type: integer}]}", b: "{type: string, maxLength: 3}"},
		{a: "{oneOf: [{type: string}, {type: string, maxLength: 9}]}", b: "{type: string, maxLength: 3}", none: true},
		{a: "{not: {type: string}}", b: "{type: integer}", none: true},
		{a: "{type: integer}", b: "{type: integer, not: {const: 3}}", none: true},
		{
			a: "{type: object, properties: {next: {$ref: '#/components/schemas/A'}}}",
			b: "{type: object, required: [n], properties: {n: {type: integer}, next: {$ref: '#/components/schemas/B'}}}",
		},
		{
			a: "{type: object, properties: {next: {$ref: '#/components/schemas/A'}}}",
			b: "{type: object, properties: {next: {$ref: '#/components/schemas/B'}}}", both: true,
		},
	} {
		a, b := coverPair(t, "3.1.0", tt.a, tt.b, "")
		if got := a.Covers(b, spec.In); got == tt.none {
			t.Errorf("%s covers %s: %v", tt.a, tt.b, got)
		}
		if got := b.Covers(a, spec.In); got != tt.both {
			t.Errorf("%s covers %s: %v", tt.b, tt.a, got)
		}
	}
}

// What is not asked of a message of one direction is not counted on there.
func TestCoversByDirection(t *testing.T) {
	t.Parallel()
	a, b := coverPair(t, "3.0.3", "{type: object, required: [id]}",
		"{type: object, required: [id], properties: {id: {type: string, readOnly: true}}}", "")
	if !a.Covers(b, spec.Out) || a.Covers(b, spec.In) {
		t.Errorf("of answers %v, of requests %v", a.Covers(b, spec.Out), a.Covers(b, spec.In))
	}
}

// Of a oneOf, the branches are told of which another takes all.
func TestShadowed(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string][]int{
		"{oneOf: [{$ref: '#/components/schemas/C'}, {$ref: '#/components/schemas/C'}]}":                {1, 0},
		"{oneOf: [{$ref: '#/components/schemas/C'}, {type: object, properties: {c: {type: string}}}]}": {1, 0},
		"{oneOf: [{$ref: '#/components/schemas/C'}, {type: object}, {type: string}]}":                  {1, -1, -1},
		"{oneOf: [{type: string}, {type: integer}]}":                                                   {-1, -1},
	} {
		a, _ := coverPair(t, "3.1.0", schema, "{}", "C: {type: object, properties: {c: {type: string}}}")
		if got := a.Shadowed(spec.Out); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", schema, got, want)
		}
	}
}
