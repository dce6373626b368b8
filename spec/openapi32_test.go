package spec_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// What OpenAPI 3.2 brought.
const openapi32 = `openapi: 3.2.0
$self: https://example.com/api/api.yaml
info: {title: T, version: "1", summary: Short}
servers: [{url: /v1, name: main}]
tags: [{name: a, summary: A, parent: b, kind: nav}, {name: b, kind: nav}]
paths:
  /things:
    query:
      operationId: find
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"200": {summary: found, content: {application/jsonl: {$ref: "#/components/mediaTypes/Lines"}}}}
    get:
      operationId: search
      parameters:
        - name: selector
          in: querystring
          content: {application/x-www-form-urlencoded: {schema: {type: object, required: [a], properties: {a: {type: integer}}}}}
      responses: {"200": {content: {application/json: {schema: {$ref: "https://example.com/api/api.yaml#/components/schemas/Cat"}}}}}
    additionalOperations:
      LINK: {operationId: link, security: [{device: [read]}], responses: {"204": {}}}
  /pets:
    post:
      operationId: addPet
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Pet"}
            examples:
              data: {dataValue: {kind: cat, lives: 9}, serializedValue: '{"kind": "cat", "lives": 9}'}
              text: {serializedValue: '{"kind":"other","x":1}'}
      responses: {"200": {description: ok}}
  /parts:
    post:
      operationId: parts
      requestBody:
        content:
          multipart/mixed:
            schema: {type: array, prefixItems: [{type: object, required: [a]}, {type: string}], items: {type: integer}}
            prefixEncoding: [{contentType: application/json}, {contentType: text/plain, headers: {X-Kind: {required: true, schema: {enum: [k]}}}}]
            itemEncoding: {contentType: application/json}
      responses: {"204": {}}
components:
  mediaTypes: {Lines: {itemSchema: {$ref: "#/components/schemas/Cat"}}}
  securitySchemes:
    device:
      type: oauth2
      deprecated: true
      oauth2MetadataUrl: https://example.com/meta
      flows: {deviceAuthorization: {deviceAuthorizationUrl: https://example.com/d, tokenUrl: https://example.com/t, scopes: {read: r}}}
  schemas:
    Pet:
      type: object
      properties: {kind: {type: string}}
      discriminator: {propertyName: kind, mapping: {cat: "#/components/schemas/Cat"}, defaultMapping: Other}
      oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Other"}]
    Cat: {type: object, required: [lives], properties: {kind: {type: string}, lives: {type: integer}}}
    Other: {type: object, required: [x], properties: {kind: {type: string}, x: {type: integer}}}
    Base:
      type: object
      properties: {kind: {type: string}}
      discriminator: {propertyName: kind, defaultMapping: Heir}
    Heir: {allOf: [{$ref: "#/components/schemas/Base"}, {required: [y]}]}
    Cousin: {allOf: [{$ref: "#/components/schemas/Base"}, {required: [z]}]}
    Doc: {type: object, xml: {nodeType: element}, properties: {a: {type: string, xml: {nodeType: attribute}}, list: {type: array, items: {}, xml: {nodeType: none}}}}
`

func TestOpenAPI32(t *testing.T) {
	t.Parallel()
	d := load(t, openapi32)
	if fs := spec.Lint(d); len(fs) > 0 {
		t.Error(fs)
	}
	for _, id := range []string{"find", "search", "link", "addPet", "parts"} {
		if d.Operation(id) == nil {
			t.Errorf("no operation %s", id)
		}
	}
	if o := d.Operation("find"); o.Method != "QUERY" || o.Responses[0].Content[0].Schema.Items == nil {
		t.Errorf("%+v", o)
	}
	examples := d.Operation("addPet").Body.Content[0].Examples
	if len(examples) != 2 || !d.Operation("addPet").Body.Content[0].Schema.Valid(strictjson.Plain(examples[1].Value), spec.In) {
		t.Errorf("%+v", examples)
	}
}

// A value whose word is none of those of a discriminator, or that has none, is of the schema under defaultMapping.
func TestDefaultMapping(t *testing.T) {
	t.Parallel()
	pet := strings.Replace(openapi32, "requestBody: {content: {application/json: {schema: {type: object}}}}",
		"requestBody: {content: {application/json: {schema: {$ref: \"#/components/schemas/Base\"}}}}", 1)
	d := load(t, pet)
	verdicts(t, d.Operation("addPet").Body.Content[0].Schema, spec.In,
		`{"kind":"cat","lives":9} {"kind":"dog","x":9} {"x":9}`, `{"kind":"cat","x":9} {"kind":"dog","lives":9} {"lives":9} {}`)
	verdicts(t, d.Operation("find").Body.Content[0].Schema, spec.In,
		`{"kind":"Cousin","z":1} {"kind":"Heir","y":1} {"y":1}`, `{"kind":"Cousin","y":1} {"kind":"else"} {}`)
}

// The parts of a multipart body are described one by one, by their place.
func TestEncodingsByPlace(t *testing.T) {
	t.Parallel()
	o := load(t, openapi32).Operation("parts")
	body := func(parts ...string) string {
		return "--b\r\n" + strings.Join(parts, "\r\n--b\r\n") + "\r\n--b--\r\n"
	}
	const text = "Content-Type: text/plain\r\nX-Kind: k\r\n\r\n"
	for name, tt := range map[string]struct {
		body string
		rule string
	}{
		"right":            {body("Content-Type: application/json\r\n\r\n{\"a\":1}", text+"x", "\r\n5"), ""},
		"a missing header": {body("Content-Type: application/json\r\n\r\n{\"a\":1}", "Content-Type: text/plain\r\n\r\nx"), "required"},
		"another type":     {body("Content-Type: text/csv\r\n\r\na"), "contentType"},
		"another value":    {body("Content-Type: application/json\r\n\r\n{}"), "required"},
		"a wrong item":     {body("Content-Type: application/json\r\n\r\n{\"a\":1}", text+"x", "Content-Type: application/json\r\n\r\n\"y\""), "type"},
	} {
		m := message(tt.body)
		m.Header.Set("Content-Type", "multipart/mixed; boundary=b")
		_, r := o.CheckRequest(m)
		got := ""
		if r != nil {
			got = r.Findings[0].Rule
		}
		if got != tt.rule {
			t.Errorf("%s: %v", name, r)
		}
	}
	list := []any{map[string]any{"a": json.Number("1")}, "x", json.Number("5")}
	parts := o.Body.Content[0].Parts(list)
	if len(parts) != 3 || parts[1].Header.Get("X-Kind") != "k" || parts[2].Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", parts)
	}
}

// What of OpenAPI 3.2 is not followed is told.
func TestLintOfOpenAPI32(t *testing.T) {
	t.Parallel()
	for old, tt := range map[string]struct{ new, want string }{
		"nodeType: attribute":                               {"nodeType: atribute", "xml /components/schemas/Doc/properties/a/xml/nodeType"}, //nolint:misspell // on purpose
		"nodeType: element":                                 {"nodeType: none", "xml /components/schemas/Doc/xml/nodeType"},
		"itemEncoding: {":                                   {"itemEncoding: {itemEncoding: {}, ", "encoding /paths/~1parts/post/requestBody/content/multipart~1mixed/itemEncoding/itemEncoding"},
		"defaultMapping: Heir":                              {"defaultMapping: Gone", "mapping /components/schemas/Base/discriminator/defaultMapping"},
		"dataValue: {kind: cat, lives: 9}":                  {"value: {kind: cat, lives: 9}", "example /paths/~1pets/post/requestBody/content/application~1json/examples/data/serializedValue"},
		"{serializedValue: '{\"kind\":\"other\",\"x\":1}'}": {"{externalValue: http://192.0.2.1/e}", "example /paths/~1pets/post/requestBody/content/application~1json/examples/text/externalValue"},
		`text: {serializedValue: '{"kind":"other","x":1}'`:  {`text: {serializedValue: '{"kind":"other"}'`, "required /paths/~1pets/post/requestBody/content/application~1json/examples/text/serializedValue/x"},
		"          in: querystring\n          content:":     {"          in: querystring\n          schema: {}\n          x-content:", "parameter /paths/~1things/get/parameters/0"},
	} {
		if !strings.Contains(openapi32, old) {
			t.Fatalf("no %q", old)
		}
		fs := spec.Lint(load(t, strings.Replace(openapi32, old, tt.new, 1)))
		if !slices.ContainsFunc(fs, func(f spec.Finding) bool { return f.Rule+" "+f.Pointer == tt.want }) {
			t.Errorf("%s: %v", tt.new, fs)
		}
	}
}
