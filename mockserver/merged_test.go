package mockserver

import "testing"

const narrowRecord = `openapi: 3.1.0
info: {title: Narrow, version: "1"}
paths:
  /cats/{id}:
    patch:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}, age: {type: integer}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object, required: [name], properties: {
        id: {type: integer}, name: {type: string, minLength: 1}, age: {type: integer}}}}}}}
`

// What the request may say and the record cannot is refused and not passed over in silence: an update updates.
func TestWhatARecordCannotHoldIsRefused(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, narrowRecord))
	before := s.patch("/cats/1", "{}").want(200)
	s.patch("/cats/1", `{"age":77,"name":""}`).wantFinding(422, "minLength", "body", "/name")
	s.patch("/cats/1", "{}").want(200).wantBody(string(before.body))
}
