package mockserver

import (
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Each of these bodies would be refused as it is first made: a relation has to be the id of a record that is there, an
// empty text stands for nothing in the body and is none for the record, what is required is long, or is bytes in parts;
// the id of a thread is a text that its path reads as a number; and a dog shows as an object whom a body names by its id.
const awkwardBodies = `
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /owners/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Owner"}}}}}}
  /cats/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}}}
    patch:
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {
        notes: {type: string, enum: [""]}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}}
  /cats:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [owner], properties: {
        owner: {type: string}, notes: {anyOf: [{type: string, enum: [""]}]}}}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}}
  /letters:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [pages], properties: {pages: {
        type: array, items: {type: object, required: [n], properties: {n: {type: integer}, text: {type: string, minLength: 9000}}}}}}}}}
      responses: {"204": {description: ok}}
  /dogs/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Dog"}}}}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [owner], properties: {owner: {type: string}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Dog"}}}}}
  /threads/{thread_id}:
    parameters: [{name: thread_id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}}}}
  /files:
    post:
      requestBody: {required: true, content: {multipart/form-data: {schema: {type: object, required: [file, name], properties: {
        file: {type: string, contentMediaType: application/octet-stream}, name: {type: string, const: "100% 'sure' \\ yes"}}}}}}
      responses: {"204": {description: ok}}
components:
  schemas:
    Owner: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}
    Cat:
      type: object
      required: [id]
      properties:
        id: {type: string}
        owner: {oneOf: [{type: string}, {$ref: "#/components/schemas/Owner"}]}
        notes: {type: object}
    Dog:
      type: object
      required: [id]
      properties:
        id: {type: string}
        owner: {$ref: "#/components/schemas/Owner"}
`

// Every command line that is shown works when it is pasted.
func TestExamplesWork(t *testing.T) {
	t.Parallel()
	s, err := New(load(t, awkwardBodies))
	if err != nil {
		t.Fatal(err)
	}
	at := httptest.NewServer(s)
	t.Cleanup(at.Close)
	shell, err := exec.LookPath("sh")
	_, missing := exec.LookPath("curl")
	if err != nil || missing != nil {
		t.Skip("there is no shell, or no curl")
	}
	examples := slices.Collect(s.Examples(at.URL))
	if n := s.journal.length(); n > 0 {
		t.Errorf("to make them left %d requests in the journal", n)
	}
	for _, e := range examples {
		out, err := exec.CommandContext(t.Context(), shell, "-c", e.Curl+" -s -o /dev/null -w '%{http_code}'").Output()
		if err != nil || !strings.HasPrefix(string(out), "2") {
			t.Errorf("%s: %s %v", e.Curl, out, err)
		}
	}
	if s.journal.length() == 0 {
		t.Error("none of them arrived")
	}
}
