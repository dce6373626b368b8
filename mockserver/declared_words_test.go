package mockserver

import (
	"strings"
	"testing"
)

// coded is a document whose errors are of a schema; as the first response of 401, 404 and 422, and of nothing else.
func coded(t *testing.T, schema string) *stage {
	t.Helper()
	answer := ` {description: no, content: {application/json: {schema: ` + schema + `}}}`
	return play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
security: [{key: []}]
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      security: []
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "404":`+answer+`
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        default:`+answer+`
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Thing: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}, size: {type: integer}}}
`))
}

// Of the words that a document has for what went wrong the one is taken that says it; a member that may be left out is,
// where none does.
func TestErrorsSayWhatWentWrongInTheDocumentsWords(t *testing.T) {
	t.Parallel()
	const absent = "absent"
	for _, c := range []struct{ enum, unauthenticated, gone, lacking, wrong string }{
		{
			"card_error, authentication_error, not_found_error, parameter_missing, invalid_request_error", `"authentication_error"`,
			`"not_found_error"`, `"parameter_missing"`, `"invalid_request_error"`,
		},
		{"TooManyRequests, Unauthorized, NotFound, BadRequest", `"Unauthorized"`, `"NotFound"`, `"BadRequest"`, `"BadRequest"`},
		{
			"INVALID_ARGUMENT, ALREADY_EXISTS, UNAUTHENTICATED, NOT_FOUND, INTERNAL", `"UNAUTHENTICATED"`, `"NOT_FOUND"`, `"INVALID_ARGUMENT"`,
			`"INVALID_ARGUMENT"`,
		},
		{"user-suspended, resource-missing, validation-failed", absent, `"resource-missing"`, `"validation-failed"`, `"validation-failed"`},
		{"card_declined, expired_card, ok", absent, absent, absent, absent},
		{"success, error", `"error"`, `"error"`, `"error"`, `"error"`},
		{"E400, E401, E404, E422", `"E401"`, `"E404"`, `"E422"`, `"E422"`},
	} {
		s := coded(t, `{type: object, required: [message], properties: {kind_code: {type: string}, code: {enum: [`+c.enum+`]}, message: {type: string}}}`)
		for _, want := range []struct {
			r    reply
			code string
		}{
			{s.send("PUT", "/things/x", `{}`).want(401), c.unauthenticated},
			{s.send("GET", "/things/x", "").want(404), c.gone},
			{s.send("PUT", "/things/x", `{"id":"x"}`, "X-Key", "k").want(422), c.lacking},
			{s.send("PUT", "/things/x", `{"id":"x","name":"n","size":"big"}`, "X-Key", "k").want(422), c.wrong},
		} {
			want.r.wantAt("/code", want.code, "/kind_code", absent)
			if message := want.r.at("/message"); !strings.Contains(message, "want") {
				t.Errorf("%s: %s", c.enum, want.r.body)
			}
		}
	}
}

// A member that is required has the least misleading of its words: what is not so is the last of them, and the document's
// default comes before what only may be so.
func TestARequiredWordIsTheLeastMisleading(t *testing.T) {
	t.Parallel()
	for enum, want := range map[string]string{
		"enum: [api_error, card_error, idempotency_error, invalid_request_error]": `"invalid_request_error"`,
		"enum: [ok, card_declined, other]":                                        `"other"`,
		"enum: [ok, card_declined, expired], default: expired":                    `"expired"`,
		"enum: [ok, card_declined]":                                               `"card_declined"`,
		"enum: [internal_error, bad_request]":                                     `"bad_request"`,
	} {
		s := coded(t, `{type: object, required: [type, message], properties: {type: {type: string, `+enum+`}, message: {type: string}}}`)
		s.send("GET", "/things/x", "").want(404).wantAt("/type", want)
	}
}

// What is wrong is said once for each place, where errors are a list of objects, and the place is named.
func TestErrorsThatAreListsOfObjects(t *testing.T) {
	t.Parallel()
	s := coded(t, `{type: object, required: [errors], properties: {success: {type: boolean}, errors: {type: array, items: {
		type: object, required: [code], properties: {status: {type: string}, code: {enum: [missing_field, wrong_type, gone]}, detail: {type: string, maxLength: 20},
		field: {type: string}, source: {type: object, properties: {pointer: {type: string}}}}}}}}`)
	s.send("PUT", "/things/x", `{"id":"x","size":"big"}`, "X-Key", "k").want(422).wantAt("/success", "absent",
		"/errors/0/code", `"missing_field"`, "/errors/0/status", `"422"`, "/errors/0/field", `"name"`, "/errors/0/source/pointer", `"/name"`,
		"/errors/1/code", `"wrong_type"`, "/errors/1/field", `"size"`, "/errors/1/source/pointer", `"/size"`, "/errors/2", "absent")
}

// The document's own example of a status says what it says, but for the reason; one of a status for many mistakes need
// not be of this one.
func TestErrorsBeginWithTheDocumentsExample(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      parameters: [{name: size, in: query, schema: {type: integer}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}}
        "404":
          description: no
          content: {application/json: {schema: {$ref: "#/components/schemas/Error"}, example: {code: THING_GONE, help: "https://example.com/gone", message: Gone, since: 3}}}
        "422":
          description: no
          content: {application/json: {schema: {$ref: "#/components/schemas/Error"}, examples: {
            late: {value: {code: TOO_LATE, help: "https://example.com/late", message: Too late}},
            invalid: {value: {code: INVALID_INPUT, help: "https://example.com/invalid", message: Too odd}}}}}
components:
  schemas:
    Error: {type: object, required: [code, help, message], properties: {code: {type: string}, help: {type: string}, message: {type: string}, since: {type: integer}}}
`))
	gone := s.send("GET", "/things/x", "").want(404).wantAt("/code", `"THING_GONE"`, "/help", `"https://example.com/gone"`, "/since", "absent")
	if m := gone.at("/message"); !strings.Contains(m, "want the id") {
		t.Errorf("message: %s", m)
	}
	s.send("GET", "/things/x?size=a", "").want(422).wantAt("/code", `"INVALID_INPUT"`, "/help", `"https://example.com/invalid"`)
}
