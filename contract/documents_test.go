package contract_test

import (
	"net/http/httptest"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// library is a document with what the Commerce API lacks: lists, listed values, required properties, GET, PUT and the
// record as the body itself.
const library = `
openapi: 3.1.0
info: {title: Library, version: "1"}
paths:
  /books/{isbn}:
    parameters:
      - {name: isbn, in: path, required: true, schema: {type: string}}
    get:
      operationId: getBook
      responses: {"200": {description: A book, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}}
    patch:
      operationId: patchBook
      requestBody:
        required: true
        content: {application/merge-patch+json: {schema: {$ref: "#/components/schemas/BookChange"}}}
      responses: {"200": {description: The book, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}}
  /shelves/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
    get:
      operationId: getShelf
      responses: {"200": {description: A shelf, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}}
    put:
      operationId: putShelf
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}
      responses: {"200": {description: The shelf, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}}
components:
  schemas:
    BookChange:
      type: object
      properties:
        title: {type: string, minLength: 1, maxLength: 80}
        state: {enum: [lent, there, lost]}
        pages: {type: integer, minimum: 1, maximum: 5000}
        tags: {type: array, maxItems: 4, uniqueItems: true, items: {type: string, maxLength: 12}}
        size:
          type: object
          required: [width, height]
          additionalProperties: false
          properties: {width: {type: integer, exclusiveMinimum: 0}, height: {type: integer, exclusiveMinimum: 0}}
    Book:
      allOf:
        - {$ref: "#/components/schemas/BookChange"}
        - type: object
          required: [isbn, title]
          properties: {isbn: {type: string, readOnly: true}, changed: {type: string, format: date-time, readOnly: true}}
    Shelf:
      type: object
      required: [id, room]
      properties:
        id: {type: integer}
        room: {type: string, pattern: "^[A-Z]-[0-9]{2}$"}
        full: {type: boolean}
        note: {type: [string, "null"]}
`

// TestOtherDocument: the checks of another document find nothing in a mock of it, and there are some for each operation.
func TestOtherDocument(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "library.yaml", Data: []byte(library)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	ids := map[string][]string{}
	for _, r := range d.Resources {
		ids[r.Name] = s.KnownIDs(r, 3)
	}
	target := contract.Target{URL: srv.URL + s.BasePath(), IDs: ids}
	r, err := contract.NewRunner(d, target, contract.Settings{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	res := r.RunAll(t.Context(), nil)
	checks := map[string]int{}
	for _, o := range res.Outcomes {
		checks[o.Check.Operation]++
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	for _, op := range d.Operations {
		if checks[op.ID] == 0 {
			t.Errorf("no check is about %s", op.ID)
		}
	}
	t.Logf("%d checks, %d requests", len(res.Outcomes), res.Requests)
}
