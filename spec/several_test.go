package spec_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// cabinet is a tree that was split where OpenAPI has no references: one stands for a list of parameters, for all answers,
// all headers and all media types; one leads nowhere.
var cabinet = map[string]string{
	"api.yaml": `openapi: 3.0.3
info: {title: Cabinet, version: "1"}
paths:
  /drawers/{id}:
    parameters: {$ref: "common.yaml#/parameters"}
    get:
      operationId: getDrawer
      responses: {$ref: "common.yaml#/answers"}
    put:
      operationId: putDrawer
      requestBody: {required: true, content: {$ref: "common.yaml#/content"}}
      responses: {$ref: "#/components/x-answers"}
    delete:
      operationId: deleteDrawer
      responses: {"200": {description: gone, content: {$ref: "nowhere.yaml"}}}
components:
  x-answers: {$ref: "common.yaml#/answers"}
`,
	"common.yaml": `parameters: [{name: id, in: path, required: true, schema: {type: string}}]
answers:
  "200":
    description: ok
    headers: {$ref: "#/headers"}
    content: {$ref: "#/content"}
headers: {X-Size: {required: true, schema: {type: integer}}}
content: {application/json: {schema: {$ref: "drawer.yaml"}}}
`,
	"drawer.yaml": "{type: object, required: [id], properties: {id: {type: string}, label: {type: string, maxLength: 3}}}\n",
}

// A reference that stands for several parts at once is followed, and told.
func TestReferencesToSeveral(t *testing.T) {
	t.Parallel()
	src := sourceOf(t, filepath.Join(writeTree(t, cabinet), "api.yaml"))
	whole, err := spec.WithOverlays(src)
	if err != nil {
		t.Fatal(err)
	}
	one, err := spec.Load(spec.Source{Name: "api.yaml", Data: whole.Text})
	if err != nil {
		t.Fatalf("%v\n%s", err, whole.Text)
	}
	tree := loadFile(t, filepath.Join(src.Dir, "api.yaml"))
	for _, d := range []*spec.Document{tree, one} {
		get, put := d.Operation("getDrawer"), d.Operation("putDrawer")
		if len(d.Resources) != 1 || get.Resource == nil || len(get.Parameters) != 1 || len(get.Responses[0].Headers) != 1 {
			t.Fatalf("%d resources, %+v of\n%s", len(d.Resources), get, whole.Text)
		}
		verdicts(t, put.Body.Content[0].Schema, spec.In, `{"id":"1","label":"abc"}`, `{"id":"1","label":"abcd"} {}`)
		verdicts(t, put.Responses[0].Content[0].Schema, spec.Out, `{"id":"1"}`, `{}`)
	}
	told := 0
	for _, f := range tree.Flaws {
		switch {
		case f.Rule == "$ref" && f.Level == spec.Should && strings.Contains(f.Hint, "followed all the same"):
			told++
		case f.Rule != "$ref" || f.Level != spec.Must || f.Operation != "deleteDrawer" || !strings.Contains(f.Hint, "no such file"):
			t.Errorf("a flaw that is none: %v", f)
		}
	}
	if told < 5 || len(tree.Flaws) != told+1 {
		t.Errorf("%d are told: %v", told, tree.Flaws)
	}
	if len(one.Flaws) != 1 {
		t.Errorf("the one document has flaws: %v", one.Flaws)
	}
}
