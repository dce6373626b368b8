package mockserver

import (
	"strings"
	"testing"
)

// Records that refer to others by objects whose id is readOnly, as it is in the record that they refer to.
const readOnlyReferences = `
openapi: 3.0.3
info: {title: Ships, version: "1"}
paths:
  /ships/{ship_id}:
    parameters: [{name: ship_id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getShip
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ship"}}}}, "404": {description: none}}
    put:
      operationId: putShip
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/ShipBody"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ship"}}}}, "422": {description: no}}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string, readOnly: true}, self: {type: string, readOnly: true}, kind: {type: string, readOnly: true}}}
    Named: {allOf: [{$ref: "#/components/schemas/Thing"}, {required: [id, kind]}]}
    Port: {allOf: [{$ref: "#/components/schemas/Named"}, {properties: {kind: {enum: [port]}}}]}
    Dock: {allOf: [{$ref: "#/components/schemas/Named"}, {properties: {kind: {enum: [dock]}}}]}
    Grade: {allOf: [{$ref: "#/components/schemas/Thing"}, {properties: {name: {type: string}}}]}
    Ship:
      type: object
      properties:
        id: {type: integer}
        home: {$ref: "#/components/schemas/Port"}
        berth: {oneOf: [{$ref: "#/components/schemas/Port"}, {$ref: "#/components/schemas/Dock"}]}
        grade: {$ref: "#/components/schemas/Grade"}
    ShipBody:
      type: object
      properties:
        home: {$ref: "#/components/schemas/Port"}
        berth: {oneOf: [{$ref: "#/components/schemas/Port"}, {$ref: "#/components/schemas/Dock"}]}
        grade: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}, self: {type: string, readOnly: true}}}
`

func TestReadOnlyIDsOfRecordsReferredToAreTaken(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, readOnlyReferences))
	r := s.send("PUT", "/ships/1", `{"home":{"id":"p1","kind":"port","self":"mine"},"berth":{"id":"d2","kind":"dock"},"grade":{"id":"g3","name":"Gold","self":"mine"}}`)
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	got := string(s.send("GET", "/ships/1", "").body)
	for _, want := range []string{`"home":{"id":"p1","kind":"port"}`, `"berth":{"id":"d2","kind":"dock"}`, `"grade":{"id":"g3","name":"Gold"}`} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s in %s", want, got)
		}
	}
}
