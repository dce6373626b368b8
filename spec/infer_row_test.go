package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// An item path that answers with a list shows the one record that it names only where its parameter is named for one, the
// list is where a record would be, and it is not asked for by pages; what is below an owner is no record.
func TestRecordInAListOfOne(t *testing.T) {
	t.Parallel()
	const (
		boats = `{type: array, items: {$ref: "#/components/schemas/Boat"}}`
		id    = `{name: boat_id, in: path, required: true, schema: {type: string}}`
		patch = "    patch:\n      operationId: change\n      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Boat'}}}}\n" +
			"      responses: {\"204\": {description: ok}}\n"
	)
	in := func(member string) string {
		return `{type: object, properties: {` + member + `: ` + boats + `, total: {type: integer}}}`
	}
	for name, c := range map[string]struct{ params, answer, writes, want string }{
		"the body":                   {id, boats, patch, "0"},
		"the collection's name":      {id, in("Boats"), patch, "Boats.0"},
		"data":                       {id, in("data"), patch, "data.0"},
		"results":                    {id, in("results"), patch, "results.0"},
		"another member":             {id, in("neighbours"), patch, ""},
		"by id":                      {`{name: id, in: path, required: true, schema: {type: string}}`, boats, patch, "0"},
		"below an owner":             {`{name: skipper_id, in: path, required: true, schema: {type: string}}`, boats, patch, ""},
		"by pages":                   {id + `, {name: page, in: query, schema: {type: integer}}`, boats, patch, ""},
		"a method for another thing": {id, boats, strings.Replace(patch, "{$ref: '#/components/schemas/Boat'}", "{type: object, properties: {colour: {type: string}}}", 1), ""},
		"nothing else at the path":   {id, boats, "", ""},
		"a number for a text":        {`{name: boat_id, in: path, required: true, schema: {type: integer}}`, boats, patch, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			param := strings.TrimPrefix(c.params[:strings.Index(c.params, ",")], "{name: ")
			text := fmt.Sprintf(`openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /boats/{%s}:
    parameters: [%s]
    get: {operationId: get, responses: {"200": {description: ok, content: {application/json: {schema: %s}}}}}
%scomponents:
  schemas:
    Boat: {type: object, properties: {boat_id: {type: string}, skipper_id: {type: string}, id: {type: string}, name: {type: string}}}
`, param, c.params, c.answer, c.writes)
			d, err := spec.Load(spec.Source{Name: "boats.yaml", Data: []byte(text)})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, res := d.Operation("get").SuccessResponse(); res.Envelope != nil {
				got = strings.Join(res.Envelope.Path, ".")
			}
			if got != c.want {
				t.Errorf("the record is at %q, want %q", got, c.want)
			}
			if acts := d.Operation("get").Action == spec.ActionGet; acts != (c.want != "") {
				t.Errorf("shows one record: %v", acts)
			}
		})
	}
}
