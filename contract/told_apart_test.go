package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// Bodies of several kinds that only a readOnly member tells apart, one that nothing tells apart, and one with an object of which
// a member is writeOnly.
const toldApart = `
openapi: 3.0.3
info: {title: Ways, version: "1"}
paths:
  /ways/{way_id}:
    parameters: [{name: way_id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getWay
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Way"}}}}, "404": {description: none}}
    put:
      operationId: putWay
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Way"}
            examples: {one: {value: {kind: mail, address: north, short: true}}, two: {value: {kind: phone, address: south, code: 3}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Way"}}}}, "422": {description: no}}
  /runs/{run_id}:
    parameters: [{name: run_id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getRun
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Run"}}}}, "404": {description: none}}
    put:
      operationId: putRun
      requestBody:
        required: true
        content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/Short"}, {$ref: "#/components/schemas/Long"}]}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Run"}}}}, "422": {description: no}}
  /boats/{boat_id}:
    parameters: [{name: boat_id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getBoat
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}, "404": {description: none}}
    patch:
      operationId: patchBoat
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}, "422": {description: no}}
components:
  schemas:
    Base: {type: object, required: [address], properties: {id: {type: integer, readOnly: true}, kind: {type: string, readOnly: true}, address: {type: string}}}
    Mail: {allOf: [{$ref: "#/components/schemas/Base"}, {properties: {kind: {enum: [mail]}, short: {type: boolean}}}]}
    Phone: {allOf: [{$ref: "#/components/schemas/Base"}, {properties: {kind: {enum: [phone]}, code: {type: integer}}}]}
    Way: {oneOf: [{$ref: "#/components/schemas/Mail"}, {$ref: "#/components/schemas/Phone"}]}
    Short: {type: object, required: [name], properties: {name: {type: string}}}
    Long: {type: object, required: [name], properties: {name: {type: string}, note: {type: string}}}
    Hull: {type: object, properties: {name: {type: string}, secret: {type: string, writeOnly: true}, seen: {type: string, readOnly: true}}}
    Run: {type: object, properties: {id: {type: integer}, name: {type: string}, note: {type: string}}}
    Boat: {type: object, properties: {id: {type: integer}, hull: {$ref: "#/components/schemas/Hull"}}}
`

func TestBodiesOfKindsThatAReadOnlyMemberTellsApart(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, toldApart)
	noFailure(t, res)
	for _, o := range res.Outcomes {
		switch o.Check.Name {
		case "putWay accepts an empty update", "putWay accepts the published examples":
			if o.Status != contract.Passed {
				t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
			}
		}
	}
}
