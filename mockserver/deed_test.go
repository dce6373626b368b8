package mockserver

import (
	"strings"
	"testing"
)

// studio has records that something is done to, and operations that are of no resource.
const studio = `openapi: 3.1.0
info: {title: Studio, version: "1"}
components:
  schemas:
    Film: {type: object, required: [id, title], properties: {id: {type: string}, title: {type: string, minLength: 1}, year: {type: integer}}}
paths:
  /films/{filmId}:
    parameters: [&film {name: filmId, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": &shown {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Film'}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Film'}}}}
      responses: {"200": *shown}
  /films/{filmId}/publish:
    parameters: [*film]
    post:
      responses:
        "200":
          description: published
          content: {application/json: {schema: {$ref: '#/components/schemas/Film'}, example: {id: other, title: Another}}}
  /films/{filmId}/copy:
    parameters: [*film]
    post: {responses: {"201": *shown}}
  /dice:
    post:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object, required: [eyes], properties: {
        eyes: {type: integer, minimum: 1, maximum: 1000000}}}}}}}
`

func TestDeedsAnswerWithTheRecordTheyAreDoneTo(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, studio))
	id := s.id("films", 3)
	s.patch("/films/"+id, `{"id":"`+id+`","title":"Mine"}`).want(200)
	s.send("POST", "/films/"+id+"/publish", "").want(200).wantAt("/id", `"`+id+`"`, "/title", `"Mine"`)
	s.send("POST", "/films/nobody/publish", "").wantFinding(404, "record", "path", "/filmId")
	s.send("POST", "/films/nobody/copy", "").want(201) // shows another record, whatever it is called
	for example := range s.server.Examples("") {
		if strings.HasSuffix(example.Operation.Path, "publish") && !strings.Contains(example.Curl, s.id("films", 0)) {
			t.Errorf("%s names no film", example.Curl)
		}
	}
}

func TestEqualRequestsOfNoResourceGetEqualAnswers(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, studio))
	first := s.send("POST", "/dice", `{"a":1}`).want(200)
	s.send("POST", "/dice", `{"a":1}`).want(200).wantBody(string(first.body))
	if other := s.send("POST", "/dice", `{"a":2}`).want(200); string(other.body) == string(first.body) {
		t.Error("another request has the same answer")
	}
	if drawn := s.send("POST", "/dice", `{"a":1}`, "Prefer", "dynamic=true").want(200); string(drawn.body) == string(first.body) {
		t.Error("nothing new was drawn")
	}
}
