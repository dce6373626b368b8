package spec_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// flawed is a document whose first line is line 1 and whose one schema stands on line 8.
func flawed(version, schema string) string {
	return `openapi: ` + version + `
info: {title: T, version: "1"}
paths:
  /s:
    post:
      operationId: s
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/S"}}}}
      responses: {"200": {description: ok}}
  /fine: {get: {responses: {"200": {description: ok}}}}
components:
  schemas:
    S: ` + schema + "\n"
}

// A schema with a flaw is named with its place, and what it means holds: the operation answers 501, or goes on without
// the keyword. Whatever happens, the rest is served.
func TestFlawsOfSchemas(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		version, schema string
		rule, pointer   string // below the schema
		level           spec.Level
		good, bad       string // bodies; without any, the operation answers 501
	}{
		"an unknown type":              {"3.1.0", `{type: strin}`, "type", "/type", spec.Must, "", ""},
		"a type of Swagger":            {"3.0.3", `{type: file}`, "type", "/type", spec.Must, "", ""},
		"null without quotes":          {"3.1.0", `{type: [string, null]}`, "type", "/type", spec.Should, `null "a"`, `1`},
		"a pattern that is none":       {"3.0.3", `{pattern: "(["}`, "pattern", "/pattern", spec.Must, "", ""},
		"a pattern that is a number":   {"3.0.3", `{pattern: 5}`, "pattern", "/pattern", spec.Must, "", ""},
		"a property's pattern":         {"3.1.0", `{patternProperties: {"(": {}}}`, "pattern", "/patternProperties/(", spec.Must, "", ""},
		"a limit in quotes":            {"3.0.3", `{maximum: "5"}`, "maximum", "/maximum", spec.Must, "", ""},
		"no step":                      {"3.0.3", `{multipleOf: 0}`, "multipleOf", "/multipleOf", spec.Must, "", ""},
		"a negative count":             {"3.0.3", `{minLength: -1}`, "minLength", "/minLength", spec.Must, "", ""},
		"a broken count":               {"3.0.3", `{minItems: 1.5}`, "minItems", "/minItems", spec.Must, "", ""},
		"a boolean limit in 3.1":       {"3.1.0", `{minimum: 1, exclusiveMinimum: true}`, "exclusiveMinimum", "/exclusiveMinimum", spec.Should, `2`, `1`},
		"a number limit in 3.0":        {"3.0.3", `{exclusiveMinimum: 1}`, "exclusiveMinimum", "/exclusiveMinimum", spec.Should, `2`, `1`},
		"nullable in 3.1":              {"3.1.0", `{type: string, nullable: true}`, "nullable", "/nullable", spec.Should, `"a"`, `null`},
		"required of a property":       {"3.0.3", `{type: string, required: true}`, "required", "/required", spec.Should, `"a"`, `1`},
		"required that is no list":     {"3.0.3", `{required: a}`, "required", "/required", spec.Must, "", ""},
		"required numbers":             {"3.0.3", `{required: [1]}`, "required", "/required", spec.Must, "", ""},
		"an enum that is none":         {"3.0.3", `{enum: a}`, "enum", "/enum", spec.Must, "", ""},
		"an empty enum":                {"3.0.3", `{enum: []}`, "enum", "/enum", spec.Should, ``, `1`},
		"a format without a name":      {"3.0.3", `{type: string, format: 5}`, "format", "/format", spec.Should, `"a"`, `5`},
		"an empty keyword":             {"3.0.3", "\n      type: object\n      properties:", "properties", "/properties", spec.Should, `{}`, `1`},
		"properties that are a list":   {"3.0.3", `{properties: [a]}`, "properties", "/properties", spec.Must, "", ""},
		"items that are a list":        {"3.0.3", `{items: [{type: string}]}`, "type", "/items", spec.Must, "", ""},
		"a union that is no list":      {"3.0.3", `{anyOf: {type: string}}`, "anyOf", "/anyOf", spec.Must, "", ""},
		"an empty union":               {"3.1.0", `{anyOf: []}`, "anyOf", "/anyOf", spec.Must, "", ""},
		"a property that is no schema": {"3.1.0", `{properties: {a: string}}`, "type", "/properties/a", spec.Must, "", ""},
		"a mapping to nowhere": {
			"3.0.3", `{oneOf: [{}], discriminator: {propertyName: a, mapping: {b: Gone}}}`, "mapping",
			"/discriminator/mapping/b", spec.Must, "", "",
		},
		"a reference to nowhere": {"3.1.0", `{items: {$ref: "#/components/schemas/Gone"}}`, "$ref", "/items/$ref", spec.Must, "", ""},
		"a circle":               {"3.1.0", `{$ref: "#/components/schemas/S"}`, "$ref", "/$ref", spec.Must, "", ""},
		"a key that is there twice": {
			"3.1.0", `{type: string, maxLength: 2, maxLength: 1}`, "key", "/maxLength", spec.Must, `"a"`, `"ab"`,
		},
		"a key twice, no harm": {"3.1.0", `{type: string, type: string}`, "key", "/type", spec.Should, `"a"`, `1`},
	} {
		d := load(t, flawed(tt.version, tt.schema))
		if !hasFlaw(d.Flaws, tt.rule, "/components/schemas/S"+tt.pointer, tt.level) {
			t.Errorf("%s: flaws %v", name, d.Flaws)
		}
		o := d.Operation("s")
		_, r := o.CheckRequest(message(`"x"`))
		if unserved := tt.good+tt.bad == ""; unserved != (r != nil && r.Reason == spec.NotServed) {
			t.Errorf("%s: %v", name, r)
		} else if !unserved {
			verdicts(t, o.Body.Content[0].Schema, spec.In, tt.good, tt.bad)
		}
		if _, r := d.Operations[1].CheckRequest(message("")); r != nil {
			t.Errorf("%s: the rest is not served: %v", name, r)
		}
	}
}

func hasFlaw(fs []spec.Finding, rule, pointer string, level spec.Level) bool {
	for _, f := range fs {
		if f.Rule == rule && f.Document.Pointer == pointer && f.Level == level {
			return f.Document.Line > 0 && f.Hint != "" && f.Expected != "" && f.Actual != ""
		}
	}
	return false
}

const wild = `openapi: 3.0.3
paths:
  /a#one:
    get: {operationId: same, responses: {200: {description: ok}}}
  /a#two:
    get: {operationId: same, responses: {"2000": {description: odd}}}
    post: {operationId: same}
  b: {get: {responses: {"200": {description: ok}}}}
  /c/{id}:
    get:
      parameters:
        - {name: id, in: path, schema: {type: string}}
        - {name: q, in: body, schema: {type: string}}
        - {in: query, schema: {type: string}}
        - {name: r, in: query}
      responses:
        "200": {description: ok, headers: {X-A: {$ref: "#/components/headers/Gone"}}}
        "201": {description: ok, content: {application/json: {$ref: "#/components/mediaTypes/Gone"}}}
    put: true
`

// What is wrong elsewhere in a document is named too, and the rest served.
func TestFlawsOfDocuments(t *testing.T) {
	t.Parallel()
	d := load(t, wild)
	for _, want := range []string{
		"info must ", "path must /paths/~1a#one", "key should /paths/~1a#one/get/responses/200", "path must /paths/b",
		"status must /paths/~1a#two/get/responses/2000", "responses must /paths/~1a#two/post",
		"parameter must /paths/~1c~1{id}/get/parameters/0", "parameter must /paths/~1c~1{id}/get/parameters/1",
		"parameter must /paths/~1c~1{id}/get/parameters/2", "parameter must /paths/~1c~1{id}/get/parameters/3",
		"$ref must /paths/~1c~1{id}/get/responses/200/headers/X-A/$ref", "type must /paths/~1c~1{id}/put",
		"$ref must /paths/~1c~1{id}/get/responses/201/content/application~1json/$ref",
	} {
		w := strings.SplitN(want, " ", 3)
		if !hasFlaw(d.Flaws, w[0], w[2], spec.Level(w[1])) {
			t.Errorf("no %s in %v", want, d.Flaws)
		}
	}
	var got []string
	for _, o := range d.Operations {
		got = append(got, fmt.Sprintf("%s %s %s", o.ID, o.Method, o.Path))
	}
	if s := strings.Join(got, ", "); s != "same GET /a, POST /a#two POST /a, GET /c/{id} GET /c/{id}, PUT /c/{id} PUT /c/{id}" {
		t.Errorf("operations: %s", s)
	}
	h := http.Header{"Content-Type": {"application/json"}, "X-A": {"1"}}
	for _, status := range []int{200, 201} {
		if fs := d.Operations[2].CheckResponse(status, h, []byte("1"), strictjson.Limits{}); len(fs) == 0 || fs[0].Level != spec.Must {
			t.Errorf("%d: what cannot be checked is let through: %v", status, fs)
		}
	}
}

// Flaws inside an operation say which it is.
func TestFlawsNameTheirOperation(t *testing.T) {
	t.Parallel()
	for _, f := range load(t, wild).Flaws {
		if inside := strings.HasPrefix(f.Document.Pointer, "/paths/~1c~1{id}/get/"); inside != (f.Operation == "GET /c/{id}") {
			t.Errorf("%q: %v", f.Operation, f)
		}
	}
}

// A document of webhooks alone is one that has nothing to answer.
func TestWebhooksAlone(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
webhooks: {changed: {post: {responses: {"200": {description: ok}}}}}
`)
	if len(d.Operations) > 0 {
		t.Errorf("%+v", d.Operations)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	const rest = "\ninfo: {title: T, version: \"1\"}\npaths: {/a: {get: {responses: {\"200\": {description: ok}}}}}\n"
	for version, want := range map[string]string{
		"3.0.0": "", "3.1.1": "", "3.2.0": "", "3.1": "", "3.7.0": "flaw", "2.0": "error", "4.0.0": "error", "x": "error",
		"30": "error", "{}": "error", "": "error",
	} {
		d, err := loadTexts("openapi: " + version + rest)
		switch {
		case (err != nil) != (want == "error"):
			t.Errorf("%q: %v", version, err)
		case err == nil && (len(d.Flaws) > 0) != (want == "flaw"):
			t.Errorf("%q: %v", version, d.Flaws)
		}
	}
}

// Where a document holds data, a $ref is data like any other.
func TestReferencesInDataAreData(t *testing.T) {
	t.Parallel()
	const data = `{$ref: "http://192.0.2.1/never.yaml#/fetched"}`
	d := load(t, strings.ReplaceAll(`openapi: 3.1.0
info: {title: T, version: "1", x-info: DATA}
x-root: DATA
paths:
  /s:
    post:
      operationId: s
      x-op: {a: [DATA]}
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/S"}
            example: DATA
            examples: {one: {value: DATA}}
      responses: {"200": {description: ok}}
components:
  schemas:
    S:
      type: object
      enum: [DATA, {}]
      default: DATA
      example: DATA
      examples: [DATA]
      x-more: DATA
      properties:
        $ref: {type: string}
        example: {const: DATA}
  examples: {E: {value: DATA}}
`, "DATA", data))
	if len(d.Flaws) > 0 {
		t.Fatal(d.Flaws)
	}
	o := d.Operation("s")
	if _, r := o.CheckRequest(message(`{"$ref":"http://192.0.2.1/never.yaml#/fetched"}`)); r != nil {
		t.Error(r)
	}
	if _, r := o.CheckRequest(message(`{"$ref":"other"}`)); r == nil || r.Findings[0].Rule != "enum" {
		t.Errorf("%v", r)
	}
	for _, e := range o.Body.Content[0].Examples {
		if v, _ := strictjson.Plain(e.Value).(map[string]any); v["$ref"] == nil {
			t.Errorf("example %s: %v", e.Name, e.Value)
		}
	}
}
