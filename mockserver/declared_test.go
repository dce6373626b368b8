package mockserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

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

// A hint is a value for the schema that was broken, in whichever file that stands: another may have the same pointer.
func TestHintsOfOtherFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"api.yaml": `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {a: {$ref: "other.yaml#/components/schemas/A"}}}}}}
      responses: {"204": {description: done}}
components: {schemas: {A: {type: boolean}}}
`,
		"other.yaml": "components: {schemas: {A: {enum: [seven], type: string}}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	src, err := spec.ReadSource(filepath.Join(dir, "api.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	r := play(t, d).send("POST", "/things", `{"a":[]}`)
	if r.status != 422 || strings.Contains(string(r.body), "for example true") || strings.Contains(string(r.body), "for example false") ||
		!strings.Contains(string(r.body), "for example \\\"seven\\\"") {
		t.Errorf("%d %s", r.status, r.body)
	}
}
