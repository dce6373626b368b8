package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// Where the record is in a body, by its schema and what the answer has it in.
func TestRecordInARequestBody(t *testing.T) {
	t.Parallel()
	const (
		bare   = `{$ref: "#/components/schemas/Task"}`
		inData = `{type: object, properties: {data: {$ref: "#/components/schemas/Task"}}}`
		change = `{type: object, properties: {name: {type: string}, done: {type: boolean}}}`
	)
	for name, c := range map[string]struct{ answer, body, want string }{
		"bare":                         {bare, change, ""},
		"the same both ways":           {inData, inData, "data"},
		"another schema, same name":    {inData, `{type: object, properties: {data: ` + change + `}}`, "data"},
		"through allOf":                {inData, `{allOf: [{type: object, properties: {data: ` + change + `}}]}`, "data"},
		"besides what may be left out": {inData, `{type: object, properties: {data: ` + change + `, options: {type: object, properties: {a: {}}}}}`, "data"},
		"besides what is required": {
			inData, `{type: object, required: [key], properties: {data: ` + change + `, key: {type: string}}}`, "",
		},
		"only in the request":     {bare, `{type: object, properties: {thing: {$ref: "#/components/schemas/Task"}}}`, "thing"},
		"named as the collection": {bare, `{type: object, properties: {task: ` + change + `}}`, "task"},
		"some other object":       {bare, `{type: object, properties: {target: {type: object, properties: {id: {type: string}}}}}`, ""},
		"an object that shares a name": {
			bare, `{type: object, properties: {label: {type: object, properties: {id: {type: string}, name: {type: string}}}}}`, "",
		},
		"a member of the record": {bare, `{type: object, properties: {place: {type: object, properties: {name: {type: string}, done: {}}}}}`, ""},
		"a record or null": {
			inData, `{type: object, properties: {data: {anyOf: [{$ref: "#/components/schemas/Task"}, {type: "null"}]}}}`, "data",
		},
		"a list in a member": {inData, `{type: object, properties: {data: {type: array, items: {$ref: "#/components/schemas/Task"}}}}`, "data.0"},
		"a list":             {inData, `{type: array, items: ` + change + `}`, "0"},
		"a list of another thing": {
			bare, `{type: object, properties: {labels: {type: array, items: {$ref: "#/components/schemas/Task"}}}}`, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := envelopes(t, c.answer, c.body)
			for _, id := range []string{"make", "change", "put"} {
				o := d.Operation(id)
				if o.Resource == nil {
					if c.want != "" && o.Batch == nil {
						t.Errorf("%s acts on no resource", id)
					}
					continue
				}
				m := o.Body.Content[0]
				want := c.want
				if id == "make" && strings.HasSuffix(want, "0") {
					want = "" // the path names none, so a list is one of many
				}
				if got := strings.Join(m.RecordPath(), "."); got != want {
					t.Errorf("%s: the record is in %q, want %q", id, got, want)
				}
			}
		})
	}
}

func envelopes(t *testing.T, answer, body string) *spec.Document {
	t.Helper()
	text := fmt.Sprintf(`openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /tasks:
    post:
      operationId: make
      requestBody: {content: {application/json: {schema: %[2]s}}}
      responses: {"201": {description: ok, content: {application/json: {schema: %[1]s}}}}
  /tasks/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: get, responses: {"200": {description: ok, content: {application/json: {schema: %[1]s}}}}}
    patch:
      operationId: change
      requestBody: {content: {application/json: {schema: %[2]s}}}
      responses: {"200": {description: ok, content: {application/json: {schema: %[1]s}}}}
    put:
      operationId: put
      requestBody: {content: {application/json: {schema: %[2]s}}}
      responses: {"200": {description: ok, content: {application/json: {schema: %[1]s}}}}
components:
  schemas:
    Task:
      type: object
      required: [id]
      properties:
        id: {type: string}
        name: {type: string}
        done: {type: boolean}
        place: {type: object, properties: {name: {type: string}}}
`, answer, body)
	d, err := spec.Load(spec.Source{Name: "test.yaml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
