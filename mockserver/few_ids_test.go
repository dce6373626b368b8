package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

const fewIDs = `openapi: 3.1.0
info: {title: Few, version: "1"}
paths:
  /seats:
    post: &make
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Seat'}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Seat'}}}}}
  /seats/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1, maximum: 6}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Seat'}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /guests: {post: *make}
  /guests/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Seat'}}}}}}
components:
  schemas:
    Seat: {type: object, properties: {id: {type: integer, readOnly: true}, row: {type: string}}}
`

// Where a document allows few ids, half of them are for records that are made, whatever else was made before.
func TestFewIDs(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, fewIDs))
	for range 7 {
		s.send(http.MethodPost, "/guests", `{"row":"a"}`).want(201)
	}
	made := map[string]bool{}
	for range 3 {
		id := s.send(http.MethodPost, "/seats", `{"row":"a"}`).want(201).at("/id")
		s.send(http.MethodGet, "/seats/"+id, "").want(200).wantAt("/row", `"a"`)
		made[id] = true
	}
	if len(made) != 3 {
		t.Errorf("made %v", made)
	}
	for id := range made {
		s.send(http.MethodDelete, "/seats/"+id, "").want(204)
		break
	}
	s.send(http.MethodPost, "/seats", `{"row":"b"}`).want(201)
}

const textErrors = `openapi: 3.1.0
info: {title: Texts, version: "1"}
paths:
  /squares/:
    get:
      parameters: [{name: row, in: query, required: true, schema: {type: integer}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object}}}}
        "400": {description: bad, content: {text/html: {schema: {type: string}}}}
`

// A refusal whose declared answer is text is told as text, and a template that ends in a slash is met with it alone.
func TestRefusalsAsText(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, textErrors))
	s.send(http.MethodGet, "/squares/?row=1", "").want(200)
	s.send(http.MethodGet, "/squares?row=1", "").want(404)
	s.send(http.MethodGet, "/squares//?row=1", "").want(404)
	r := s.send(http.MethodGet, "/squares/?row=%3Cb%3E", "").want(400)
	if r.header.Get("Content-Type") != "text/html" {
		t.Error(r.header)
	}
	if text := string(r.body); !strings.HasPrefix(text, "query /row: want an integer, got &#34;&lt;b&gt;&#34;; for example ") {
		t.Error(text)
	}
}
