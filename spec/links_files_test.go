package spec_test

import (
	"path/filepath"
	"testing"
)

// A link finds its operation by a reference into another file, into its own, and through a path item that stands elsewhere.
func TestLinksAcrossFiles(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, map[string]string{
		"api.yaml": `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /notes: {$ref: "sub/paths.yaml#/notes"}
  /notes/{id}: {$ref: "sub/paths.yaml#/note"}
`,
		"sub/paths.yaml": `notes:
  post:
    operationId: make
    responses:
      "201":
        description: made
        links:
          own: {operationRef: "#/note/get"}
          named: {operationRef: "paths.yaml#/note/get"}
          above: {operationRef: "../api.yaml#/paths/~1notes~1{id}/get"}
          escaped: {operationRef: "../api.yaml#/paths/~1notes~1%7Bid%7D/get"}
          lost: {operationRef: "paths.yaml#/note/put"}
          nowhere: {operationRef: "gone.yaml#/note/get"}
note:
  get:
    operationId: show
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    responses: {"200": {description: ok}}
`,
	})
	d := loadFile(t, filepath.Join(dir, "api.yaml"))
	found := map[string]bool{}
	for _, l := range d.Operation("make").Responses[0].Links {
		found[l.Name] = l.Operation == d.Operation("show")
	}
	for _, name := range []string{"own", "named", "above", "escaped"} {
		if !found[name] {
			t.Errorf("%s leads nowhere", name)
		}
	}
	if found["lost"] || found["nowhere"] || len(d.Flaws) != 2 {
		t.Errorf("%v %v", found, d.Flaws)
	}
}
