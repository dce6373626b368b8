package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

// kennel has records of two kinds, told apart by a discriminator, and an answer that may be null.
const kennel = `openapi: 3.1.0
info: {title: Kennel, version: "1"}
paths:
  /pets:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}}}
    post: &write
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
  /pets/{petId}:
    parameters: [{name: petId, in: path, required: true, schema: {type: string, minLength: 1}}]
    get: {responses: {"200": &pet {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}
    patch: {requestBody: {required: true, content: {application/merge-patch+json: {schema: {type: object}}}}, responses: {"200": *pet}}
    delete: {responses: {"204": {description: gone}}}
  /bowls:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Bowl'}}}}}}}
  /bowls/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {anyOf: [{$ref: '#/components/schemas/Bowl'}, {type: "null"}]}}}}}}
components:
  schemas:
    Base: {type: object, required: [id, name], properties: {id: {type: string, readOnly: true}, name: {type: string, minLength: 1}}}
    Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}}}
    Cat: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [kind], properties: {kind: {const: cat}, lives: {type: integer, maximum: 9}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [kind, barks], properties: {kind: {const: dog}, barks: {type: boolean}}}]}
    Bowl: {type: object, properties: {id: {type: string}, size: {type: integer}}}
`

func TestRecordsOfAUnionHaveState(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, kennel))
	id := s.send(http.MethodPost, "/pets", `{"kind":"dog","name":"Rex","barks":true}`).want(201).text("/id")
	at := "/pets/" + id
	s.send(http.MethodGet, at, "").want(200).wantAt("/kind", `"dog"`, "/name", `"Rex"`, "/barks", "true")
	s.send(http.MethodPatch, at, `{"name":"Max"}`, "Content-Type", "application/merge-patch+json").want(200).wantAt("/name", `"Max"`, "/barks", "true")
	s.send(http.MethodPatch, at, `{"barks":null}`, "Content-Type", "application/merge-patch+json").want(422)
	if r := s.send(http.MethodGet, "/pets", "").want(200); !strings.Contains(string(r.body), `"id":"`+id+`"`) {
		t.Errorf("%s is not listed: %s", id, r.body)
	}
	s.send(http.MethodDelete, at, "").want(204)
	s.send(http.MethodGet, at, "").want(404)
	s.send(http.MethodPatch, at, `{"name":"Max"}`, "Content-Type", "application/merge-patch+json").want(404)
	s.send(http.MethodGet, "/pets/nobody", "").want(404)
}

func TestAnAnswerOfNullOrARecordShowsTheRecord(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, kennel))
	id := s.id("bowls", 0)
	s.send(http.MethodGet, "/bowls/"+id, "").want(200).wantAt("/id", `"`+id+`"`)
	s.send(http.MethodGet, "/bowls/nobody", "").want(404)
}

func TestTheHintOfAMissingRecordNamesOneThatIsThere(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, kennel))
	first, second := s.id("pets", 0), s.id("pets", 1)
	s.send(http.MethodDelete, "/pets/"+first, "").want(204)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		if f := s.send(method, "/pets/"+first, "").want(404).findings(); f[0].Hint != second+" is there" {
			t.Errorf("%s: %q", method, f[0].Hint)
		}
	}
}
