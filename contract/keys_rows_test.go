package contract_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// crews has records whose ids are the client's to say, made one by one and in lists.
const crews = `openapi: 3.1.0
info: {title: Crews, version: "1"}
paths:
  /crews:
    post:
      operationId: addCrew
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Crew"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Crew"}}}}}
  /crews/addMany:
    post:
      operationId: addCrews
      requestBody: {required: true, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Crew"}}}}}
      responses: {"200": {description: made, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Crew"}}}}}}
  /crews/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get: {operationId: crew, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Crew"}}}}}}
  /boats:
    post:
      operationId: addBoat
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}}
  /boats/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {operationId: boat, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}}}
components:
  schemas:
    Crew: {type: object, required: [name], properties: {name: {type: string}, size: {type: integer, minimum: 1, maximum: 9}}}
    Boat: {type: object, required: [id], properties: {id: {type: integer}, sail: {type: string}}}
`

// TestIDsOfTheirOwn: no record that is made has the id of another, be it one of a list or numbered.
func TestIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	made := 0
	for _, o := range verifyMock(t, crews).Outcomes {
		if strings.Contains(o.Reason, "409") || o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
		if strings.Contains(o.Check.Name, " body") && o.Status == contract.Passed {
			made++
		}
	}
	if made < 12 {
		t.Errorf("%d checks made something", made)
	}
}
