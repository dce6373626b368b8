package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// Operations under other base paths than the document's, and a path that looks as one of a file.
const bases = `
openapi: 3.0.3
info: {title: Bases, version: "1"}
servers: [{url: "https://api.example.com/v2"}]
paths:
  /plain:
    get: {operationId: plain, responses: {"200": {description: ok}}}
  /newer:
    servers: [{url: "https://api.example.com/v3"}]
    get: {operationId: newer, responses: {"200": {description: ok}}}
  /root/{what}:
    get:
      operationId: root
      servers: [{url: /}]
      parameters: [{name: what, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}}
  /things:
    servers: [{url: "https://api.example.com/v3"}]
    post:
      operationId: addThing
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "201":
          description: ok
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
  /things/{id}:
    servers: [{url: "https://api.example.com/v3"}]
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}, "404": {description: none}}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string}, name: {type: string}}}
`

func TestOperationsUnderOtherBasePathsAreAskedThere(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, bases)
	noFailure(t, res)
	if res.Count(contract.Passed) < 20 {
		t.Errorf("%d checks passed", res.Count(contract.Passed))
	}
	led := false
	for _, o := range res.Outcomes {
		led = led || o.Check.Operation == "addThing" && o.Check.Rule == "created-location" && o.Status == contract.Passed
		for _, f := range o.Findings {
			t.Errorf("%s: %v", o.Check.Name, f)
		}
	}
	if !led {
		t.Error("no Location was followed")
	}
}
