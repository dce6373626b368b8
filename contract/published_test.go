package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// boards has what is done to a record with a body that is none: an upload, a text, a number; and bodies whose published
// examples are of another owner or of another kind than the records at hand.
const boards = `openapi: 3.1.0
info: {title: Shelves, version: "1"}
paths:
  /shelves:
    post:
      operationId: addShelf
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}}
  /shelves/{shelf_id}:
    parameters: [{name: shelf_id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {operationId: shelf, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}}}
    put:
      operationId: paintShelf
      requestBody: {required: true, content: {"*/*": {schema: {type: string, format: binary, example: "<binary string>"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}}
    post:
      operationId: weighShelf
      requestBody: {content: {application/json: {schema: {type: [string, number]}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}}
    delete: {operationId: endShelf, responses: {"204": {description: ok}}}
  /shelves/{shelf_id}/items:
    parameters: [{name: shelf_id, in: path, required: true, schema: {type: string, format: uuid}}]
    post:
      operationId: addItem
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [title], properties: {title: {type: string}}, example: {title: A, shelf_id: "the shelf"}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /shelves/{shelf_id}/items/{item_id}:
    parameters:
      - {name: shelf_id, in: path, required: true, schema: {type: string, format: uuid}}
      - {name: item_id, in: path, required: true, schema: {type: string, format: uuid}}
    get: {operationId: item, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}}
    delete: {operationId: endItem, responses: {"204": {description: ok}}}
  /ways/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, pattern: "^way_[a-z]{6}$"}}]
    get: {operationId: way, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Way"}}}}}}
    put:
      operationId: changeWay
      requestBody:
        required: true
        content:
          application/json:
            schema: {oneOf: [{$ref: "#/components/schemas/Sea"}, {$ref: "#/components/schemas/Way"}]}
            example: {kind: sea, name: N, harbour: H}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Way"}}}}}
components:
  schemas:
    Shelf: {type: object, required: [shelf_id], properties: {shelf_id: {type: string, format: uuid}, width: {type: integer}}}
    Item:
      type: object
      required: [item_id, shelf_id]
      properties: {item_id: {type: string, format: uuid}, shelf_id: {type: string, format: uuid}, title: {type: string}}
    Base: {type: object, required: [kind, name], properties: {id: {type: string, pattern: "^way_[a-z]{6}$"}, kind: {type: string, readOnly: true}, name: {type: string}}}
    Sea: {allOf: [{$ref: "#/components/schemas/Base"}, {type: object, properties: {kind: {enum: [sea]}, harbour: {type: string}}}]}
    Road: {allOf: [{$ref: "#/components/schemas/Base"}, {type: object, required: [lanes], properties: {kind: {enum: [road]}, lanes: {type: integer}}}]}
    Rail: {allOf: [{$ref: "#/components/schemas/Base"}, {type: object, required: [gauge], properties: {kind: {enum: [rail]}, gauge: {type: integer}}}]}
    Way: {oneOf: [{$ref: "#/components/schemas/Road"}, {$ref: "#/components/schemas/Rail"}]}
`

// TestBodiesThatAreNoRecord: they are taken, and the record is as before; published examples that go with none of the records
// at hand prove nothing of them.
func TestBodiesThatAreNoRecord(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, o := range verifyMock(t, boards).Outcomes {
		if o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
		tried[o.Check.Name] = o.Status == contract.Passed
	}
	for _, name := range []string{
		"paintShelf accepts a valid request", "weighShelf accepts a valid request", "weighShelf body accepts every kind of text",
		"weighShelf body accepts values of its type", "addItem body accepts its examples",
	} {
		if !tried[name] {
			t.Errorf("%s: was not tried", name)
		}
	}
}
