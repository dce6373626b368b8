package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

const cursors = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /parcels:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
        - {name: pageToken, in: query, schema: {type: string, examples: [shown]}}
        - {name: ending_before, in: query, schema: {type: string}}
      responses: {"200": {$ref: "#/components/responses/Parcels"}}
  /parcels/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /crates:
    get:
      parameters: [{name: cursor, in: query, schema: {type: string, default: "*", maxLength: 4}}, {name: limit, in: query, schema: {type: integer}}]
      responses:
        "200": {$ref: "#/components/responses/Crates"}
        "400": {description: no, content: {application/json: {schema: {type: object, required: [param], properties: {param: {type: string}, message: {type: string}}}}}}
  /crates/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Crate"}}}}}}
components:
  responses:
    Parcels: {description: ok, content: {application/json: {schema: {type: object, required: [data], properties: {data: {type: array, items: {$ref: "#/components/schemas/Parcel"}}, nextPageToken: {type: string}}}}}}
    Crates: {description: ok, content: {application/json: {schema: {type: object, required: [data], properties: {data: {type: array, items: {$ref: "#/components/schemas/Crate"}}, next_cursor: {type: string}}}}}}
  schemas:
    Parcel: {type: object, required: [id], properties: {id: {type: string}, weight: {type: integer}}}
    Crate: {type: object, required: [id], properties: {id: {type: string, format: uuid}}}
`

// A cursor that no page gave is refused, and its parameter named; one that was given leads on, even where its record is gone.
func TestCursorsThatNoPageGave(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, cursors))
	first := s.send(http.MethodGet, "/parcels?limit=2", "").want(200)
	token, third := strings.Trim(first.at("/nextPageToken"), `"`), s.id("parcels", 2)
	s.send(http.MethodGet, "/parcels?limit=2&pageToken="+token, "").want(200).wantAt("/data/0/id", `"`+third+`"`)
	s.send(http.MethodGet, "/parcels?pageToken=never", "").wantFinding(422, "cursor", "query", "/pageToken")
	s.send(http.MethodGet, "/parcels?ending_before=never", "").wantFinding(422, "cursor", "query", "/ending_before")
	s.send(http.MethodGet, "/parcels?pageToken=", "").want(200).wantAt("/data/0/id", first.at("/data/0/id"))
	s.send(http.MethodGet, "/parcels?pageToken=shown", "").want(200)
	s.send(http.MethodDelete, "/parcels/"+token, "").want(204)
	s.send(http.MethodGet, "/parcels?limit=2&pageToken="+token, "").want(200).wantAt("/data/0/id", `"`+third+`"`)

	crates := s.send(http.MethodGet, "/crates?limit=2", "").want(200)
	s.send(http.MethodGet, "/crates?limit=2&cursor="+strings.Trim(crates.at("/next_cursor"), `"`), "").want(200).
		wantAt("/data/0/id", `"`+s.id("crates", 2)+`"`)
	s.send(http.MethodGet, "/crates?cursor=*", "").want(200).wantAt("/data/0/id", crates.at("/data/0/id"))
	s.send(http.MethodGet, "/crates?cursor=zzz", "").want(400).wantAt("/param", `"cursor"`)
}
