package contract_test

import "testing"

// A list of operations is a JSON Patch though its media type be plain JSON: no check sends made-up ones.
const patchedByJSON = `
openapi: 3.1.0
info: {title: Patched, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getThing
      responses: {"200": &ok {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}, "404": {description: none}}
    patch:
      operationId: patchThing
      requestBody:
        content:
          application/json:
            schema:
              type: array
              items: {type: object, required: [op, path], properties: {op: {enum: [add, replace, remove]}, path: {type: string}, value: {}}}
      responses: {"200": *ok, "404": {description: none}, "409": {description: no}, "422": {description: no}}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string}, name: {type: string}}}
`

func TestJSONPatchDescribedAsJSON(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, patchedByJSON)
	noFailure(t, res)
	for _, o := range res.Outcomes {
		for _, f := range o.Findings {
			t.Errorf("%s: %v", o.Check.Name, f)
		}
	}
}
