package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// chapters has bodies that name by id what the record shows as an object, lists with no way to their second page, an update
// whose answer shows how it goes on alone, and requests of which not everything can be written.
const chapters = `openapi: 3.1.0
info: {title: Chapters, version: "1"}
paths:
  /books:
    post:
      operationId: addBook
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [title], properties: {title: {type: string}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}}
    get:
      operationId: books
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, maxItems: 10, items: {$ref: "#/components/schemas/Book"}}}}}}
  /books/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {operationId: book, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}}}
    delete: {operationId: endBook, responses: {"204": {description: ok}}}
  /chapters:
    post:
      operationId: addChapter
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [book], properties: {book: {type: string}, books: {type: array, items: {type: string}}, pages: {type: integer}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Chapter"}}}}}
    get:
      operationId: chapters
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: object, properties: {page: {type: integer}, page_count: {type: integer}, chapters: {type: array, items: {$ref: "#/components/schemas/Chapter"}}}}}}
  /chapters/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {operationId: chapter, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Chapter"}}}}}}
    put:
      operationId: changeChapter
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [pages], properties: {pages: {type: integer}, title: {type: string}}}}}
      responses:
        "202": {description: goes on, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string, format: uuid}, state: {enum: [waits, done]}}}}}}
    patch:
      operationId: mendChapter
      requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
      responses:
        "202": {description: goes on, content: {application/json: {schema: {type: object, required: [task_id], properties: {task_id: {type: string}, state: {enum: [waits, done]}}}}}}
    delete: {operationId: endChapter, responses: {"204": {description: ok}}}
  /spaced:
    get:
      operationId: spaced
      parameters: [{name: words, in: query, required: true, style: spaceDelimited, explode: false, schema: {type: array, items: {type: string}}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
  /long:
    get:
      operationId: long
      parameters: [{name: Content-Length, in: header, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
  /patched:
    patch:
      operationId: patched
      requestBody:
        required: true
        content: {application/json-patch+json: {schema: {type: array, items: {type: object, required: [op, path], properties: {op: {enum: [add]}, path: {type: string}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
  /{any}:
    get:
      operationId: any
      parameters: [{name: any, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
components:
  schemas:
    Book: {type: object, required: [id], properties: {id: {type: string, format: uuid, readOnly: true}, title: {type: string}}}
    Chapter:
      type: object
      required: [id, pages]
      properties:
        id: {type: string, format: uuid, readOnly: true}
        title: {type: string}
        pages: {type: integer}
        book: {allOf: [{$ref: "#/components/schemas/Book"}]}
        books: {type: array, items: {$ref: "#/components/schemas/Book"}}
`

// TestRequestsThatCanBeMet: bodies name records that are there, and what no request can say, or no list can show, is not asked.
func TestRequestsThatCanBeMet(t *testing.T) {
	t.Parallel()
	outcomes := map[string]contract.Outcome{}
	for _, o := range verifyMock(t, chapters).Outcomes {
		outcomes[o.Check.Name] = o
		if o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	for _, name := range []string{
		"addChapter accepts a valid request", "addChapter body accepts members", "addBook makes a record that books lists once",
		"addChapter makes a record that chapters lists once", "changeChapter body.pages is updated and the others stay",
		"spaced accepts a valid request", "patched accepts a valid request", "answers 404 for an unknown path",
	} {
		if o := outcomes[name]; o.Status != contract.Passed {
			t.Errorf("%s: %s %s", name, o.Status, o.Reason)
		}
	}
	if o := outcomes["long accepts a valid request"]; o.Status != contract.Skipped {
		t.Errorf("long: %s", o.Status)
	}
}
