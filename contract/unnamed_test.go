package contract_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// A PUT whose path names no record, of which the body names one by a readOnly id.
const unnamedUpdate = `
openapi: 3.0.3
info: {title: Unnamed, version: "1"}
paths:
  /kite:
    post:
      operationId: addKite
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Kite"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Kite"}}}}}
    put:
      operationId: putKite
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Kite"}}}}
      responses: {"200": {description: ok}, "404": {description: none}, "422": {description: no}}
  /kite/{kiteId}:
    get:
      operationId: getKite
      parameters: [{name: kiteId, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Kite"}}}}, "404": {description: none}}
components:
  schemas:
    Kite:
      type: object
      required: [name]
      properties: {id: {type: integer, readOnly: true}, name: {type: string}, tags: {type: array, items: {type: string}}}
`

func TestReadOnlyIDNamesTheRecordWhereThePathDoesNot(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, unnamedUpdate)
	noFailure(t, res)
	updated := 0
	for _, o := range res.Outcomes {
		if o.Check.Operation == "putKite" && o.Status == contract.Passed {
			updated++
		}
	}
	if updated < 10 {
		t.Errorf("%d checks of putKite passed", updated)
	}
}

// TestUnknownIDWhereThePathNamesNone: also a PATCH at the collection names the record that is not there, in its body.
func TestUnknownIDWhereThePathNamesNone(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, o := range verifyMock(t, strings.Replace(unnamedUpdate, "    put:\n      operationId: putKite", "    patch:\n      operationId: patchKite", 1)).Outcomes {
		if o.Check.Kind != contract.Unknown || o.Check.Operation != "patchKite" {
			continue
		}
		if asked++; o.Status != contract.Passed {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want twice", asked)
	}
}
