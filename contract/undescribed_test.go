package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// undescribed has records that require a member which no property describes, made by a form that does not name it.
const undescribed = `openapi: 3.1.0
info: {title: Kilns, version: "1"}
paths:
  /kilns:
    get: {operationId: kilns, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Kiln"}}}}}}}
    post:
      operationId: addKiln
      requestBody:
        required: true
        content: {multipart/form-data: {schema: {type: object, required: [Title], properties: {Title: {type: string}, photo: {type: string, format: byte}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Kiln"}}}}}
  /kilns/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {operationId: kiln, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Kiln"}}}}}}
    put:
      operationId: changeKiln
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Kiln"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Kiln"}}}}}
    delete: {operationId: endKiln, responses: {"204": {description: ok}}}
components:
  schemas:
    Kiln:
      type: object
      required: [id, maker]
      properties:
        id: {type: string, format: uuid}
        Title: {type: string}
        heat: {type: integer}
`

// TestRequiredButDescribedNowhere: such a member is in every record, stays in it, and is in the bodies that must have it.
func TestRequiredButDescribedNowhere(t *testing.T) {
	t.Parallel()
	d := docOf(t, undescribed)
	r, err := contract.NewRunner(d, contract.Target{URL: deploy(t, d).srv.URL}, contract.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
}
