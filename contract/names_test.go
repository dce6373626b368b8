package contract_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
)

// severalNames has records that are named by a text to read one, by a whole number to change or delete one and to look below.
const severalNames = `openapi: 3.1.0
info: {title: Lamps, version: "1"}
paths:
  /lamps:
    get: {operationId: lamps, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Lamp"}}}}}}}
    post:
      operationId: makeLamp
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}}}
  /lamps/{id}:
    get:
      operationId: lamp
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}}}
    patch:
      operationId: changeLamp
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {watts: {type: integer, minimum: 1, maximum: 90}, lit: {type: boolean}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}}}
    delete:
      operationId: endLamp
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses: {"204": {description: ok}}
components:
  schemas:
    Lamp:
      type: object
      example: {id: lamp_x7w2k9ab, watts: 40, lit: true}
      properties: {id: {type: string, readOnly: true}, watts: {type: integer, minimum: 1, maximum: 90}, lit: {type: boolean}}
`

// TestRecordsOfSeveralNames: the mock has records that every parameter can name, and checks use those that the path takes.
func TestRecordsOfSeveralNames(t *testing.T) {
	t.Parallel()
	d := docOf(t, severalNames)
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	t.Cleanup(srv.Close)
	known := mock.KnownIDs(d.Resource("lamps"), 2)
	if known[0] != "lamp_x7w2k9ab" || strings.Trim(known[1], "0123456789") != "" {
		t.Errorf("known are %v, want the published one and a number", known)
	}
	target := contract.Target{URL: srv.URL, IDs: map[string][]string{"lamps": mock.KnownIDs(d.Resource("lamps"), 3)}}
	r, err := contract.NewRunner(d, target, contract.Settings{NoRestore: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
}
