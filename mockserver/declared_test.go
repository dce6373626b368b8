package mockserver

import "testing"

// A declared error tells what is wrong in whichever form it has for that.
func TestErrorsInTheDocumentsForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ errors, want string }{
		{
			"{type: object, additionalProperties: {type: array, items: {type: string}}}",
			`{"errors":{"age":["want an integer, got \"old\"; for example 784"],"name":["want 2 characters or more, got \"\"; it has 0"]}}`,
		},
		{
			"{type: object, additionalProperties: {type: string}}",
			`{"errors":{"age":"want an integer, got \"old\"; for example 784","name":"want 2 characters or more, got \"\"; it has 0"}}`,
		},
		{
			"{type: array, items: {type: string}}",
			`{"errors":["age: want an integer, got \"old\"; for example 784","name: want 2 characters or more, got \"\"; it has 0"]}`,
		},
	} {
		s := play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string, minLength: 2}, age: {type: integer}}}}}}
      responses:
        "204": {description: done}
        "422": {description: no, content: {application/json: {schema: {type: object, required: [errors], properties: {errors: `+c.errors+`}}}}}
`))
		if r := s.send("POST", "/things", `{"name":"","age":"old"}`); string(r.body) != c.want || r.status != 422 {
			t.Errorf("%s: %d %s", c.errors, r.status, r.body)
		}
	}
}
