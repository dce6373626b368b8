package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

// batches is a document whose records are made from lists in several ways.
const batches = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /authors:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Authors"}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Authors"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Authors"}}}}}
  /authors/createWithList:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Authors"}}}}
      responses: {"200": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Author"}}}}}
  /authors/validateMany:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Authors"}}}}
      responses: {"204": {description: fine}}
  /authors/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Author"}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /authors/{name}/books:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Book"}}}}}}}
    post:
      requestBody:
        required: true
        content:
          application/json: {schema: {oneOf: [{$ref: "#/components/schemas/NewBook"}, {type: array, items: {$ref: "#/components/schemas/NewBook"}}]}}
          application/jsonl: {schema: {$ref: "#/components/schemas/NewBook"}}
      responses:
        "201":
          description: made
          content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/Book"}, {type: array, items: {$ref: "#/components/schemas/Book"}}]}}}
  /authors/{name}/books/bulk:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/NewBook"}}}}}
      responses:
        "200":
          description: made
          content: {application/json: {schema: {type: object, required: [count, books], properties: {count: {type: integer},
            books: {type: array, items: {$ref: "#/components/schemas/Book"}}}}}}
  /authors/{name}/books/{id}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}, {name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}}}
components:
  schemas:
    Author: {type: object, required: [name], properties: {name: {type: string, minLength: 1}, born: {type: integer, maximum: 2025},
      teacher: {oneOf: [{type: string}, {$ref: "#/components/schemas/Author"}]}}}
    Authors: {type: array, maxItems: 1000, items: {$ref: "#/components/schemas/Author"}}
    NewBook: {type: object, required: [title], properties: {title: {type: string}}}
    Book: {type: object, required: [id, title], properties: {id: {type: integer, readOnly: true}, title: {type: string}}}
`

func TestAListMakesARecordOfEach(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, batches))
	s.send(http.MethodPost, "/authors", `[{"name":"Ada","born":1815},{"name":"Ida"}]`).want(201).
		wantAt("/0/name", `"Ada"`, "/1/name", `"Ida"`, "/2", "absent")
	s.send(http.MethodGet, "/authors/Ada", "").want(200).wantAt("/born", "1815")
	s.send(http.MethodPost, "/authors/createWithList", `[{"name":"Eva"},{"name":"Una"}]`).want(200).wantAt("/name", `"Eva"`)
	s.send(http.MethodGet, "/authors/Una", "").want(200)
	list := s.send(http.MethodGet, "/authors", "").want(200)
	for _, name := range []string{"Ada", "Ida", "Eva", "Una"} {
		if n := strings.Count(string(list.body), `"name":"`+name+`"`); n != 1 {
			t.Errorf("%s is listed %d times", name, n)
		}
	}
	s.send(http.MethodPost, "/authors/validateMany", `[{"name":"Zoe"}]`).want(204)
	s.send(http.MethodGet, "/authors/Zoe", "").want(404)
	s.send(http.MethodPost, "/authors", `[]`).want(201).wantBody(`[]`)
}

// What is refused for one item is refused for all of them, and its place is named.
func TestAListMakesAllOrNothing(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, batches))
	s.send(http.MethodPost, "/authors", `[{"name":"Ada"}]`).want(201)
	s.send(http.MethodPost, "/authors", `[{"name":"Ida"},{"name":"Ada"}]`).wantFinding(409, "id", "body", "/1/name")
	s.send(http.MethodPost, "/authors", `[{"name":"Ida"},{"name":"Ida"}]`).wantFinding(409, "id", "body", "/1/name")
	s.send(http.MethodPost, "/authors", `[{"name":"Ida"},{"name":"Eva","born":2026}]`).wantFinding(422, "maximum", "body", "/1/born")
	s.send(http.MethodGet, "/authors/Ida", "").want(404)
}

func TestAListMakesRecordsBelowAnOwner(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, batches))
	s.send(http.MethodPost, "/authors", `[{"name":"Ada"}]`).want(201)
	one := s.send(http.MethodPost, "/authors/Ada/books", `{"title":"Notes"}`).want(201).wantAt("/title", `"Notes"`)
	s.send(http.MethodGet, "/authors/Ada/books/"+one.at("/id"), "").want(200)
	two := s.send(http.MethodPost, "/authors/Ada/books", `[{"title":"Letters"},{"title":"Engines"}]`).want(201).
		wantAt("/0/title", `"Letters"`, "/1/title", `"Engines"`)
	if two.at("/0/id") == two.at("/1/id") {
		t.Errorf("one id for both: %s", two.body)
	}
	s.send(http.MethodPost, "/authors/Ada/books", "{\"title\":\"A\"}\n{\"title\":\"B\"}\n", "Content-Type", "application/jsonl").want(201).
		wantAt("/0/title", `"A"`, "/1/title", `"B"`, "/2", "absent")
	s.send(http.MethodPost, "/authors/Ada/books/bulk", `[{"title":"C"},{"title":"D"}]`).want(200).
		wantAt("/count", "2", "/books/1/title", `"D"`)
	s.send(http.MethodGet, "/authors/Ada/books", "").want(200).wantAt("/6/title", `"D"`, "/7", "absent")
	s.send(http.MethodPost, "/authors/Zoe/books/bulk", `[{"title":"C"}]`).wantFinding(404, "record", "path", "/name")
	s.send(http.MethodGet, "/authors/Ada/books", "").want(200).wantAt("/7", "absent")
}

// As many records as a body may have are made at once, each under an id of its own.
func TestALongListIsMade(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, batches))
	s.send(http.MethodPost, "/authors", `[{"name":"Ada"}]`).want(201)
	body := "[" + strings.Repeat(`{"title":"A"},`, 4999) + `{"title":"B"}]`
	s.send(http.MethodPost, "/authors/Ada/books/bulk", body).want(200).wantAt("/count", "5000", "/books/4999/title", `"B"`)
}

// The command line that is shown for a list works.
func TestExamplesOfListsWork(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, batches))
	for _, op := range s.server.doc.Operations {
		e := s.server.example(op)
		if e.body == nil {
			continue
		}
		if r := s.send(op.Method, e.target, e.body.text, "Content-Type", e.body.mediaType); r.status >= 300 {
			t.Errorf("%s with %s: %d %s", op.ID, e.body.text, r.status, r.body)
		}
	}
}
