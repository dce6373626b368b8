package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

const narrowLists = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /repos:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Short"}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Repo"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Repo"}}}}}
  /repos/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Repo"}}}}}}
components:
  schemas:
    Repo:
      type: object
      required: [id]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        license: {type: object, properties: {key: {type: string}, url: {type: string}, by: {type: object, properties: {a: {type: string}, b: {type: string}}}}}
        tags: {type: array, items: {type: object, properties: {word: {type: string}, rank: {type: integer}}}}
        free: {type: object, properties: {x: {type: string}}}
    Short:
      type: object
      required: [id, license]
      properties:
        id: {type: string}
        license: {type: object, properties: {key: {type: string}, by: {type: object, properties: {a: {type: string}}}}}
        tags: {type: array, items: {type: object, properties: {word: {type: string}}}}
        free: {type: object, additionalProperties: true, properties: {y: {type: string}}}
`

// TestListsShowWhatTheirSchemaNames: what a list's schema leaves out of a value inside is left out of it; what neither schema
// names came from a client, who gets it back.
func TestListsShowWhatTheirSchemaNames(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, narrowLists), WithCount(0))
	made := s.send(http.MethodPost, "/repos", `{"name":"n","license":{"key":"mit","url":"u","mine":1,"by":{"a":"A","b":"B"}},`+
		`"tags":[{"word":"w","rank":1}],"free":{"x":"X","y":"Y"}}`, "Content-Type", "application/json")
	if made.status != http.StatusCreated || !strings.Contains(string(made.body), `"url":"u"`) {
		t.Fatalf("%d %s", made.status, made.body)
	}
	got := string(s.send(http.MethodGet, "/repos", "").body)
	for _, want := range []string{
		`"license":{"key":"mit","mine":1,"by":{"a":"A"}}`, `"tags":[{"word":"w"}]`, `"free":{"x":"X","y":"Y"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}
