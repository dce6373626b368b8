package mockserver

import (
	"strings"
	"testing"
)

// Bodies that take more than the record has a place for, in other forms than it shows.
const placeless = `
openapi: 3.0.3
info: {title: Letters, version: "1"}
paths:
  /letters:
    post:
      operationId: createLetter
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Sent"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}, "422": {description: no}}
  /letters/{letterId}:
    get:
      operationId: getLetter
      parameters: [{name: letterId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}, "404": {description: none}}
components:
  schemas:
    Who: {type: object, required: [name], properties: {name: {type: string}}}
    Sent:
      type: object
      properties:
        to: {oneOf: [{type: string}, {type: array, items: {type: string}}]}
        from: {oneOf: [{$ref: "#/components/schemas/Who"}, {type: array, items: {$ref: "#/components/schemas/Who"}}]}
    Letter:
      type: object
      additionalProperties: false
      properties:
        letterId: {type: string}
        to: {type: array, items: {type: string}}
        from: {type: array, items: {$ref: "#/components/schemas/Who"}}
`

func TestOneValueForAListAndMembersWithoutAPlace(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, placeless))
	made := s.send("POST", "/letters", `{"to":"ann","from":{"name":"bob"},"colour":"red","a/b":1}`).want(201)
	made.wantAt("/to", `["ann"]`, "/from", `[{"name":"bob"}]`, "/colour", "absent", "/a~1b", "absent")
	if got := s.send("GET", "/__understudy/requests?limit=1", "").want(200); !strings.Contains(string(got.body), `"rule":"ignored"`) {
		t.Errorf("nothing is said of what was left out: %s", got.body)
	}
	s.send("POST", "/letters", `{"to":7}`).want(422)
}
