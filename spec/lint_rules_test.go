package spec_test

import (
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

const sound = `openapi: 3.1.0
info: {title: T, version: "1"}
servers: [{url: "https://{region}.example.com/v1", variables: {region: {default: eu, enum: [eu, us]}}}]
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}, example: a}]
    get: {operationId: get, responses: {"302": {description: elsewhere}}}
    put:
      operationId: put
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Thing"}, examples: {one: {value: {name: x}}, text: {value: '{"name":"x"}'}}}
          text/plain: {schema: {type: string}, example: {not: checked}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}
  /things/new: {get: {operationId: new, responses: {"200": {description: ok}}}}
components:
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 1, default: a, example: b}
        kind: {type: [string, "null"], enum: [a, b, null]}
      example: {name: x}
      allOf: [{required: [name]}]
`

// A sound document has no findings.
func TestLintOfASoundDocument(t *testing.T) {
	t.Parallel()
	if fs := spec.Lint(load(t, sound)); len(fs) > 0 {
		t.Error(fs)
	}
}

// Each rule finds what one change to a sound document makes wrong, at its place, and nothing else.
func TestLintRules(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ old, new, rule, pointer string }{
		"an example":                  {"example: {name: x}", "example: {name: xx}", "should maxLength", "/components/schemas/Thing/example/name"},
		"an example elsewhere":        {"one: {value: {name: x}}", "one: {value: {}}", "should required", "/paths/~1things~1{id}/put/requestBody/content/application~1json/examples/one/value/name"},
		"a parameter's example":       {"example: a}", "example: 5}", "should type", "/paths/~1things~1{id}/parameters/0/example"},
		"both":                        {"example: a}", "example: a, examples: {b: {value: b}}}", "should example", "/paths/~1things~1{id}/parameters/0/example"},
		"branches alike":              {"      allOf: [{required", "      oneOf: [{type: object, title: X}, {type: object}]\n      allOf: [{required", "must oneOf", "/components/schemas/Thing/oneOf"},
		"a branch within another":     {"kind: {type", "size: {oneOf: [{type: number}, {type: integer}]}\n        kind: {type", "should oneOf", "/components/schemas/Thing/properties/size/oneOf/1"},
		"a default":                   {"default: a,", "default: ab,", "should maxLength", "/components/schemas/Thing/properties/name/default"},
		"the same name":               {"operationId: new", "operationId: put", "must operationId", "/paths/~1things~1new/get/operationId"},
		"the same shape":              {"/things/new: {get: {operationId: new,", "/things/{x}: {get: {parameters: [{name: x, in: path, required: true, schema: {}}], operationId: new,", "must paths", "/paths/~1things~1{x}"},
		"shapes that overlap":         {"/things/new: {get: {operationId: new,", "/{x}/new: {get: {parameters: [{name: x, in: path, required: true, schema: {}}], operationId: new,", "should paths", "/paths/~1{x}~1new"},
		"a name unlike":               {"{name: id, in: path", "{name: ids, in: path", "must parameter", "/paths/~1things~1{id}/parameters/0"},
		"a parameter twice":           {"/things/new: {get: {operationId: new,", "/{x}/{x}/new: {get: {parameters: [{name: x, in: path, required: true, schema: {}}], operationId: new,", "must parameter", "/paths/~1{x}~1{x}~1new/get"},
		"required, not there":         {"required: [name]", "required: [name, naem]", "should required", "/components/schemas/Thing/required/1"},
		"required, not allowed":       {"required: [name]", "additionalProperties: false\n      required: [name, naem]", "must required", "/components/schemas/Thing/required/1"},
		"required, readOnly":          {"required: [name]", "required: [name, id]", "should readOnly", "/components/schemas/Thing/required/1"},
		"nullable":                    {"name: {type: string,", "name: {type: string, nullable: true,", "should nullable", "/components/schemas/Thing/properties/name/nullable"},
		"no room":                     {"minLength: 1, maxLength: 1, default: a, example: b", "minLength: 2, maxLength: 1", "must minLength", "/components/schemas/Thing/properties/name/minLength"},
		"an enum's value":             {"enum: [a, b, null]", "enum: [a, b, 5, null]", "should enum", "/components/schemas/Thing/properties/kind/enum/2"},
		"an enum's value twice":       {"enum: [a, b, null]", "enum: [a, b, a, null]", "should enum", "/components/schemas/Thing/properties/kind/enum/2"},
		"a pattern":                   {"minLength: 1,", `pattern: "[", minLength: 1,`, "must pattern", "/components/schemas/Thing/properties/name/pattern"},
		"a mapping":                   {"allOf: [{required: [name]}]", "discriminator: {propertyName: name, mapping: {x: Gone}}", "must mapping", "/components/schemas/Thing/discriminator/mapping/x"},
		"no discriminator":            {"allOf: [{required: [name]}]", "discriminator: {mapping: {x: Thing}}", "must discriminator", "/components/schemas/Thing/discriminator"},
		"a body of GET":               {"get: {operationId: get,", "get: {operationId: get, requestBody: {content: {text/plain: {}}},", "should requestBody", "/paths/~1things~1{id}/get/requestBody"},
		"no success":                  {`"302"`, `"404"`, "should responses", "/paths/~1things~1{id}/get"},
		"no media type":               {"text/plain:", "text:", "must mediaType", "/paths/~1things~1{id}/put/requestBody/content/text"},
		"no default":                  {"default: eu, ", "", "must server", "/servers/0/url"},
		"a default that is out":       {"default: eu, ", "default: ap, ", "must server", "/servers/0/variables/region/default"},
		"a misspelt keyword":          {"required: [name]", "requried: [name]", "should field", "/components/schemas/Thing/requried"}, //nolint:misspell // on purpose
		"a misspelt object":           {"properties:\n", "proprties:\n", "should field", "/components/schemas/Thing/proprties"},
		"a misspelt member":           {"responses: {\"302\": {description: elsewhere}}", "responses: {\"302\": {desciption: elsewhere}}", "should field", "/paths/~1things~1{id}/get/responses/302/desciption"},
		"no description":              {"{description: elsewhere}", "{}", "should description", "/paths/~1things~1{id}/get/responses/302"},
		"no title":                    {"info: {title: T, version: \"1\"}", "info: {version: \"1\"}", "must info", "/info"},
		"a body without content":      {"get: {operationId: get,", "post: {operationId: post, requestBody: {}, responses: {\"200\": {description: ok}}}\n    get: {operationId: get,", "should requestBody", "/paths/~1things~1{id}/post/requestBody"},
		"the same parameter":          {"schema: {type: string}, example: a}]", "schema: {type: string}, example: a}, {name: id, in: path, required: true, schema: {}}]", "must parameter", "/paths/~1things~1{id}/parameters/1"},
		"a header of another kind":    {"schema: {type: string}, example: a}]", "schema: {type: string}, example: a}, {name: accept, in: header, schema: {}}]", "should parameter", "/paths/~1things~1{id}/parameters/1"},
		"schema and content":          {"schema: {type: string}, example: a}]", "schema: {type: string}, content: {text/plain: {}}, example: a}]", "should parameter", "/paths/~1things~1{id}/parameters/0/content"},
		"two contents":                {"schema: {type: string}, example: a}]", "content: {text/plain: {}, text/csv: {}}}]", "should parameter", "/paths/~1things~1{id}/parameters/0/content"},
		"no schema":                   {"schema: {type: string}, example: a}]", "example: a}]", "must parameter", "/paths/~1things~1{id}/parameters/0"},
		"a header of no schema":       {"{description: elsewhere}", "{description: elsewhere, headers: {Location: {}}}", "should header", "/paths/~1things~1{id}/get/responses/302/headers/Location"},
		"not required":                {"in: path, required: true,", "in: path,", "must parameter", "/paths/~1things~1{id}/parameters/0"},
		"a path":                      {"/things/new:", "things/new:", "must path", "/paths/things~1new"},
		"no url":                      {"servers: [", "servers: [{description: none}, ", "must server", "/servers/0"},
		"no default of an operation":  {"get: {operationId: get,", "get: {operationId: get, servers: [{url: \"/{x}\"}],", "must server", "/paths/~1things~1{id}/get/servers/0/url"},
		"a flow without scopes":       {"components:", "components:\n  securitySchemes: {o: {type: oauth2, flows: {password: {tokenUrl: /t}}}}", "should security", "/components/securitySchemes/o/flows/password"},
		"types apart":                 {"allOf: [{required: [name]}]", "allOf: [{type: string}]", "must allOf", "/components/schemas/Thing/allOf"},
		"a part that is closed":       {"allOf: [{required: [name]}]", "allOf: [{properties: {id: {}, kind: {}}, additionalProperties: false}]", "must allOf", "/components/schemas/Thing/allOf"},
		"a part that is closed a bit": {"allOf: [{required: [name]}]", "allOf: [{properties: {name: {}, kind: {}}, additionalProperties: false}]", "should allOf", "/components/schemas/Thing/allOf"},
		"no multiple":                 {"kind: {type", "size: {type: number, exclusiveMinimum: 3, maximum: 5.5, multipleOf: 3}\n        kind: {type", "must multipleOf", "/components/schemas/Thing/properties/size/multipleOf"},
		"a record in itself":          {"kind: {type", "next: {type: object, required: [next], properties: {next: {$ref: \"#/components/schemas/Thing/properties/next\"}}}\n        kind: {type", "must required", "/components/schemas/Thing/properties/next/required"},
		"a list in itself":            {"kind: {type", "rows: {type: array, minItems: 1, items: {$ref: \"#/components/schemas/Thing/properties/rows\"}}\n        kind: {type", "must minItems", "/components/schemas/Thing/properties/rows/minItems"},
		"a list in a cookie":          {"schema: {type: string}, example: a}]", "schema: {type: string}, example: a}, {name: c, in: cookie, schema: {type: array, items: {}}}]", "should style", "/paths/~1things~1{id}/parameters/1"},
		"an encoding of no use":       {"get: {operationId: get,", "post: {operationId: post, requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {n: {type: integer}}}, encoding: {n: {style: deepObject}}}}}, responses: {\"200\": {description: ok}}}\n    get: {operationId: get,", "should style", "/paths/~1things~1{id}/post/requestBody/content/application~1x-www-form-urlencoded/encoding/n/style"},
		"a scheme that is not there":  {"get: {operationId: get,", "get: {operationId: get, security: [{key: []}],", "must security", "/paths/~1things~1{id}/get/security/0"},
		"a flow without a URL":        {"components:", "components:\n  securitySchemes: {o: {type: oauth2, flows: {password: {scopes: {}}}}}", "should security", "/components/securitySchemes/o/flows/password"},
		"a flow there is none of":     {"components:", "components:\n  securitySchemes: {o: {type: oauth2, flows: {authorisationCode: {}}}}", "should security", "/components/securitySchemes/o/flows/authorisationCode"},
		"a link to nowhere":           {"{description: elsewhere}", "{description: elsewhere, links: {l: {operationId: gone}}}", "should link", "/paths/~1things~1{id}/get/responses/302/links/l"},
		"a link with too much":        {"{description: elsewhere}", "{description: elsewhere, links: {l: {operationId: put, parameters: {idd: 1}}}}", "should link", "/paths/~1things~1{id}/get/responses/302/links/l"},
		"a link with no expression":   {"{description: elsewhere}", "{description: elsewhere, links: {l: {operationId: put, parameters: {path.id: $reponse.body#/id}}}}", "should link", "/paths/~1things~1{id}/get/responses/302/links/l"},
		"a callback of no expression": {"get: {operationId: get,", "get: {operationId: get, callbacks: {c: {\"{$request.bod#/u}\": {post: {responses: {\"200\": {description: ok}}}}}},", "should callback", "/paths/~1things~1{id}/get/callbacks/c/{$request.bod#~1u}"},
		"a callback that is open":     {"get: {operationId: get,", "get: {operationId: get, callbacks: {c: {\"http://a.test/{$url\": {post: {responses: {\"200\": {description: ok}}}}}},", "should callback", "/paths/~1things~1{id}/get/callbacks/c/http:~1~1a.test~1{$url"},
		"a tag twice":                 {"paths:\n", "tags: [{name: a}, {name: a}]\npaths:\n", "should tag", "/tags/1"},
		"a name with a space":         {"    Thing:\n", "    \"Other Thing\": {type: string}\n    Thing:\n", "should name", "/components/schemas/Other Thing"},
		"a schema of no use":          {"kind: {type:", "kind: {uniqueItems: maybe, type:", "must schema", "/components/schemas/Thing"},
	} {
		if !strings.Contains(sound, tt.old) {
			t.Fatalf("%s: no %q", name, tt.old)
		}
		d := load(t, strings.Replace(sound, tt.old, tt.new, 1))
		fs := spec.Lint(d)
		found := false
		for _, f := range fs {
			found = found || string(f.Level)+" "+f.Rule == tt.rule && f.Pointer == tt.pointer && f.Document.Line > 0 &&
				f.In == "document" && f.Hint != ""
		}
		if !found {
			t.Errorf("%s: no %s at %s in %v", name, tt.rule, tt.pointer, fs)
		}
		if _, rule, _ := strings.Cut(tt.rule, " "); !documented(t, rule) {
			t.Errorf("%s: docs/lint.md does not tell of %s", name, rule)
		}
	}
}

// documented reports whether the manual has a rule.
func documented(t *testing.T, rule string) bool {
	t.Helper()
	text, err := os.ReadFile("../docs/lint.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), "`"+rule+"`")
}
