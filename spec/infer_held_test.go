package spec_test

import (
	"fmt"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// An id is looked for in a member of the record where the record has none itself: in one that tells of the record, or by a
// parameter that says of what it is the id.
func TestIDHeldInAMember(t *testing.T) {
	t.Parallel()
	const text = `type: string`
	for name, c := range map[string]struct{ param, properties, want string }{
		"metadata":                         {"name", `metadata: {type: object, properties: {name: {type: string}, uid: {type: string}}}, spec: {type: object}`, "metadata.name"},
		"metadata that is composed":        {"name", `metadata: {allOf: [{$ref: '#/components/schemas/Meta'}]}, spec: {type: object}`, "metadata.name"},
		"a usual name in metadata":         {"boat", `metadata: {type: object, properties: {name: {type: string}, uid: {type: string}}}, spec: {type: object}`, "metadata.name"},
		"no usual name for an id":          {"boatId", `boats: {type: array, items: {type: object}}, meta: {type: object, properties: {key: {type: string}}}`, ""},
		"sys":                              {"boatId", `sys: {type: object, properties: {id: {type: string}}}, fields: {type: object}`, "sys.id"},
		"attributes":                       {"slug", `kind: {type: string}, attributes: {type: object, properties: {slug: {type: string}, title: {type: string}}}`, "attributes.slug"},
		"metadata before attributes":       {"name", `attributes: {type: object, properties: {name: {type: string}}}, metadata: {type: object, properties: {name: {type: string}}}`, "metadata.name"},
		"named for the record":             {"boatNumber", `hull: {type: object, properties: {boatNumber: {type: string}}}, crew: {type: integer}`, "hull.boatNumber"},
		"the record's own is nearer":       {"name", `name: {type: string}, metadata: {type: object, properties: {name: {type: string}}}`, "name"},
		"another thing's id":               {"id", `owner: {type: object, properties: {id: {type: string}}}, crew: {type: integer}`, ""},
		"another thing's name":             {"name", `owner: {type: object, properties: {name: {type: string}}}, crew: {type: integer}`, ""},
		"called as one of them":            {"boat", `owner: {type: object, properties: {boat: {type: string}}}, crew: {type: integer}`, ""},
		"two that could be it":             {"boatNumber", `hull: {type: object, properties: {boatNumber: {type: string}}}, deck: {type: object, properties: {boatNumber: {type: string}}}`, ""},
		"a list":                           {"name", `metadata: {type: array, items: {type: object, properties: {name: {type: string}}}}, crew: {type: integer}`, ""},
		"a union":                          {"name", `metadata: {oneOf: [{type: object, properties: {name: {type: string}}}, {type: object, properties: {name: {type: string}, x: {type: string}}}]}, crew: {type: integer}`, ""},
		"a number's parameter, a text":     {"name", `metadata: {type: object, properties: {name: {type: string}}}, crew: {type: integer}`, ""},
		"no deeper than in one of its own": {"name", `metadata: {type: object, properties: {basic: {type: object, properties: {name: {type: string}}}}}, crew: {type: integer}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := text
			if name == "a number's parameter, a text" {
				of = "type: integer"
			}
			document := fmt.Sprintf(`openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /boats/{%s}:
    parameters: [{name: %s, in: path, required: true, schema: {%s}}]
    get: {operationId: get, responses: {"200": &one {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Boat'}}}}}}
    put:
      operationId: put
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Boat'}}}}
      responses: {"200": *one}
components:
  schemas:
    Meta: {type: object, properties: {name: {type: string}}}
    Boat: {type: object, properties: {%s}}
`, c.param, c.param, of, c.properties)
			d, err := spec.Load(spec.Source{Name: "boats.yaml", Data: []byte(document)})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if r := d.Resource("boats"); r != nil {
				got = r.ID.String()
			}
			if got != c.want {
				t.Errorf("the id is at %q, want %q", got, c.want)
			}
		})
	}
}
