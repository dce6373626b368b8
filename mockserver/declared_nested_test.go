package mockserver

import "testing"

// Errors whose items hold such a list again have no end; what is told of them has.
func TestErrorsWithinErrorsEnd(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      parameters: [{name: size, in: query, schema: {type: integer}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}
        "422": {description: no, content: {application/json: {schema: {$ref: "#/components/schemas/Failure"}}}}
components:
  schemas:
    Failure:
      type: object
      required: [detail, errors]
      properties:
        detail: {type: string}
        errors: {type: array, items: {$ref: "#/components/schemas/Failure"}}
`))
	const detail = `"detail":"query /size: want an integer, got \"wide\"; for example 737."`
	want := `{` + detail + `,"errors":[{` + detail + `,"errors":[{` + detail + `,"errors":[]}]}]}`
	if r := s.send("GET", "/things/a?size=wide", ""); r.status != 422 || string(r.body) != want {
		t.Errorf("%d %s", r.status, r.body)
	}
}
