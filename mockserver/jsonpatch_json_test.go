package mockserver

import (
	"os/exec"
	"strings"
	"testing"
)

// A JSON Patch that the document describes as plain JSON.
const patchAsJSON = `openapi: 3.1.0
info: {title: Patched, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": &ok {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}}
    patch:
      requestBody:
        content:
          application/json:
            schema:
              type: array
              items: {type: object, required: [op, path], properties: {op: {enum: [add, replace, remove]}, path: {type: string}, value: {}}}
      responses: {"200": *ok}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string}, name: {type: string}, size: {type: integer, minimum: 0}}}
`

func TestJSONPatchDescribedAsJSON(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, patchAsJSON))
	at := "/things/" + s.id("things", 0)
	s.patch(at, `[{"op":"replace","path":"/name","value":"New"},{"op":"remove","path":"/size"}]`).want(200).
		wantAt("/name", `"New"`, "/size", "absent")
	s.send("GET", at, "").want(200).wantAt("/name", `"New"`, "/size", "absent")
	for e := range s.server.Examples(s.http.URL) {
		if e.Operation.Method != "PATCH" {
			continue
		}
		if !strings.Contains(e.Curl, `"op":"add"`) {
			t.Errorf("no patch is shown: %s", e.Curl)
		}
		if out, err := exec.Command("sh", "-c", e.Curl+" -s -o /dev/null -w '%{http_code}'").Output(); err != nil || string(out) != "200" {
			t.Errorf("%s: %s %v", e.Curl, out, err)
		}
	}
}
