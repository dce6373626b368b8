package contract_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// named names members in many ways: by an example of the answer, of another answer and of a schema, by each of several parts,
// by a kind alone, and by what must be there.
const named = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /note:
    get:
      operationId: getNote
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Note"}
              example: {text: a, tags: [b], by: {name: c}}
  /shelf:
    get:
      operationId: getShelf
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {place: {type: string}}}
              example: {licence: {key: mit, link: "https://example.com"}, lines: [{sum: 1}]}
components:
  schemas:
    Line:
      type: object
      properties: {amount: {type: integer}}
      example: {amount: 1, note: by hand}
    Note:
      required: [tags]
      type: object
      properties:
        text: {type: string}
        licence: {type: object, properties: {key: {type: string}}}
        lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
        about:
          allOf:
          - {properties: {facts: {properties: {size: {type: integer}}}}}
          - {properties: {facts: {properties: {name: {type: string}}}}}
        cover:
          allOf:
          - {type: object, properties: {id: {type: string}}}
          - oneOf:
            - {type: object, properties: {front: {properties: {url: {type: string}}}}}
            - {type: object, properties: {front: {properties: {text: {type: string}}}}}
`

// TestUndeclaredMembers: a member that the document names anywhere for its place is none, one that it names elsewhere alone is.
func TestUndeclaredMembers(t *testing.T) {
	t.Parallel()
	d := docOf(t, named)
	for body, want := range map[string]contract.Status{
		`{"tags":[],"by":{"name":"y"}}`:                          contract.Passed,
		`{"tags":[],"licence":{"key":"mit","link":"x"}}`:         contract.Passed,
		`{"tags":[],"lines":[{"amount":1},{"note":"x"}]}`:        contract.Passed,
		`{"tags":[],"lines":[{"sum":1}]}`:                        contract.Passed,
		`{"tags":[],"about":{"facts":{"name":"x","size":1}}}`:    contract.Passed,
		`{"tags":[],"cover":{"front":{"url":"x","text":"y"}}}`:   contract.Passed,
		`{"tags":[],"secret":1}`:                                 contract.Warned,
		`{"tags":[],"link":"x"}`:                                 contract.Warned,
		`{"tags":[],"licence":{"name":"x"}}`:                     contract.Warned,
		`{"tags":[],"lines":[{"amount":1},{"secret":1}]}`:        contract.Warned,
		`{"tags":[],"about":{"facts":{"secret":1}}}`:             contract.Warned,
		`{"tags":[],"cover":{"front":{"secret":1},"id":"x"}}`:    contract.Warned,
		`{"tags":[],"cover":{"front":{"url":"x"},"secret":"x"}}`: contract.Warned,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w, 200, json.RawMessage(body)) }))
		r, err := contract.NewRunner(d, contract.Target{URL: srv.URL}, contract.Settings{Only: []string{"getNote answers with documented members alone"}})
		if err != nil {
			t.Fatal(err)
		}
		if o := r.RunAll(t.Context(), nil).Outcomes[0]; o.Status != want {
			t.Errorf("%s: %s%s", body, o.Status, story(o))
		}
		srv.Close()
	}
}

// kept keeps what is sent, and the record's schema does not name all of it.
const kept = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /pens:
    post:
      operationId: addPen
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [cap], properties: {cap: {type: object, required: [fit], properties: {fit: {type: string}}}}}
            encoding: {cap: {style: deepObject, explode: true}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pen"}}}}}
  /pens/{id}:
    get:
      operationId: pen
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pen"}}}}}
components:
  schemas:
    Pen: {type: object, required: [id], properties: {id: {type: string}, cap: {type: object, properties: {colour: {type: string}}}}}
`

// TestSentMembersMayComeBack: what a form or another body sends at any depth is no undeclared member of the record.
func TestSentMembersMayComeBack(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for _, mediaType := range []string{form, "multipart/form-data", "application/xml", "application/json"} {
		doc := strings.Replace(kept, form, mediaType, 1)
		if mediaType != form {
			doc = strings.Replace(doc, "            encoding: {cap: {style: deepObject, explode: true}}\n", "", 1)
		}
		for _, o := range verifyMock(t, doc).Outcomes {
			if o.Check.Rule == "undeclared" && o.Status != contract.Passed {
				t.Errorf("%s: %s: %s %s%s", mediaType, o.Check.Name, o.Status, o.Reason, story(o))
			}
		}
	}
}
