package spec_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// generics has the generic list of the OpenAPI 3.1.1 specification, by relative $ids, and a schema named by a path.
const generics = `openapi: 3.1.1
info: {title: Generics, version: "1"}
paths:
  /numbers:
    post:
      operationId: numbers
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Numbers'}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: /schemas/point}}}}}
components:
  schemas:
    List:
      $id: fully_generic_list
      type: array
      items: {$dynamicRef: '#item'}
      $defs: {any: {$dynamicAnchor: item}}
    Numbers:
      $id: list_of_numbers
      $ref: fully_generic_list
      $defs: {numbers: {$dynamicAnchor: item, type: number}}
    Point: {$id: /schemas/point, type: object, required: [x], properties: {x: {type: number}}}
`

// A schema is found by the name that it gives itself, relative to its file or not.
func TestSchemasByTheirIDs(t *testing.T) {
	t.Parallel()
	d := load(t, generics)
	if len(d.Flaws) > 0 {
		t.Fatal(d.Flaws)
	}
	o := d.Operation("numbers")
	verdicts(t, o.Body.Content[0].Schema, spec.In, `[] [1,2.5]`, `[1,"2"] {}`)
	verdicts(t, o.Responses[0].Content[0].Schema, spec.Out, `{"x":1}`, `{} {"x":"1"}`)

	tree := loadFile(t, filepath.Join(writeTree(t, map[string]string{
		"api.yaml": `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {$ref: left/a.yaml}}}}, responses: {"204": {description: ok}}}}
  /b: {post: {operationId: b, requestBody: {content: {application/json: {schema: {$ref: right/b.yaml}}}}, responses: {"204": {description: ok}}}}
`,
		"left/a.yaml":     "{properties: {v: {$ref: word.yaml}}, $defs: {word: {$id: word.yaml, type: string}}}\n",
		"right/b.yaml":    "{properties: {v: {$ref: word.yaml}}}\n",
		"right/word.yaml": "{type: integer}\n",
	}), "api.yaml"))
	if len(tree.Flaws) > 0 {
		t.Fatal(tree.Flaws)
	}
	verdicts(t, tree.Operation("a").Body.Content[0].Schema, spec.In, `{"v":"x"}`, `{"v":1}`)
	verdicts(t, tree.Operation("b").Body.Content[0].Schema, spec.In, `{"v":1}`, `{"v":"x"}`)
}
