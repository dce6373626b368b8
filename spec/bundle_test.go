package spec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// traps is a tree with what goes wrong in bundles: an alias of a file, a schema that refers to itself, names that clash, a
// pointer with escapes, branches that a discriminator calls by their files' names, a name of a schema in another file, and
// references that lead nowhere but would from another directory.
var traps = map[string]string{
	"api.yaml": `openapi: 3.1.0
info: {title: "Traps", version: "1", description: "a\n  b\n\nc "}
paths:
  /a: {$ref: "paths/a.yaml", summary: own}
  /b: {$ref: "paths/b.yaml#/~1b"}
components:
  schemas:
    Alias: {$ref: "schemas/cat.yaml"}
    Other: {$ref: "schemas/cat.yaml"}
    tree: {type: integer}
`,
	"paths/a.yaml": `post:
  operationId: a
  requestBody:
    content:
      application/json:
        schema: {$ref: "../schemas/tree.yaml"}
        example: {$ref: "data.yaml"}
  responses:
    "200": {$ref: "../responses.yaml#/a~1b%20{c}"}
    "404": {$ref: "../schemas/api.yaml#/components"}
    "409": {$ref: "#/nowhere"}
  callbacks: {done: {"{$request.body#/url}": {$ref: "b.yaml#/~1b"}}}
`,
	"paths/b.yaml": `/b:
  put:
    operationId: b
    requestBody: {content: {application/json: {schema: {$ref: "../schemas/pets.yaml#/either"}}}}
    responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "../schemas/tree.yaml#/properties/leaf"}}}}}
`,
	"responses.yaml": `"a/b {c}":
  description: ok
  content: {application/json: {schema: {$ref: "api.yaml#/components/schemas/Other"}}}
`,
	"schemas/tree.yaml": `type: object
additionalProperties: false
properties:
  leaf: {$anchor: leaf, type: string, maxLength: 2}
  kids: {type: array, items: {$ref: "#"}}
  same: {$ref: "#leaf"}
`,
	"schemas/pets.yaml": `either:
  discriminator: {propertyName: kind}
  anyOf: [{$ref: cat.yaml}, {$ref: dog.yaml}]
`,
	"schemas/dog.yaml": "{type: object, required: [kind], properties: {kind: {type: string}, bark: {type: integer}}}\n",
	"schemas/cat.yaml": "{type: object, required: [kind], properties: {kind: {type: string}, meow: {type: boolean}}}\n",
}

func sourceOf(tb testing.TB, path string) spec.Source {
	tb.Helper()
	src, err := spec.ReadSource(path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return src
}

// A tree of files as one document says the same as the tree.
func TestOneDocumentOfATree(t *testing.T) {
	t.Parallel()
	src := sourceOf(t, filepath.Join(writeTree(t, traps), "api.yaml"))
	whole, err := spec.WithOverlays(src)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(slices.Sorted(slices.Values(whole.Files)), " "); got !=
		"paths/a.yaml paths/b.yaml responses.yaml schemas/cat.yaml schemas/dog.yaml schemas/pets.yaml schemas/tree.yaml" || len(whole.Lost) != 2 {
		t.Errorf("files %s, lost %v", got, whole.Lost)
	}
	one, err := spec.Load(spec.Source{Name: "api.yaml", Data: whole.Text})
	if err != nil {
		t.Fatalf("%v\n%s", err, whole.Text)
	}
	if len(one.Files()) != 1 || len(one.Flaws) != 2 || one.Title != "Traps" {
		t.Errorf("files %v, flaws %v", one.Files(), one.Flaws)
	}
	for _, d := range []*spec.Document{loadFile(t, filepath.Join(src.Dir, "api.yaml")), one} {
		a, b := d.Operation("a"), d.Operation("b")
		if a == nil || b == nil || a.Path != "/a" || len(a.Callbacks) != 1 {
			t.Fatalf("%v, %v in\n%s", a, b, whole.Text)
		}
		verdicts(t, a.Body.Content[0].Schema, spec.In, `{"leaf":"ab","same":"a"} {"kids":[{"kids":[{"leaf":"a"}]}]}`,
			`{"leaf":"abc"} {"same":"abc"} {"kids":[{"kids":[{"leaf":"abc"}]}]} {"x":1}`)
		verdicts(t, b.Body.Content[0].Schema, spec.In, `{"kind":"cat","meow":true} {"kind":"dog","bark":1}`,
			`{"kind":"cat","meow":1} {"kind":"dog","bark":"x"} 1`)
		verdicts(t, b.Responses[0].Content[0].Schema, spec.Out, `"ab"`, `"abc"`)
		verdicts(t, a.Responses[0].Content[0].Schema, spec.Out, `{"kind":"x","meow":true}`, `{"kind":"x","meow":1}`)
		if ref := string(strictjson.Append(nil, a.Body.Content[0].Examples[0].Value)); ref != `{"$ref":"data.yaml"}` {
			t.Errorf("an example became %s", ref)
		}
		h := map[string][]string{"Content-Type": {"application/json"}}
		for _, status := range []int{404, 409} {
			if fs := a.CheckResponse(status, h, []byte("1"), message("").Limits); len(fs) != 1 || fs[0].Rule != "$ref" {
				t.Errorf("what leads nowhere is let through: %v", fs)
			}
		}
	}
	again, err := spec.WithOverlays(spec.Source{Name: "api.yaml", Data: whole.Text})
	if err != nil || string(again.Text) != string(whole.Text) {
		t.Errorf("the one document is not the same again: %v", err)
	}
}

// An overlay reaches what stands in the files beside the document, where the one document has it, and findings still cite
// the file and the line.
func TestOverlayOfATree(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, traps)
	d, err := spec.Load(sourceOf(t, filepath.Join(dir, "api.yaml")), spec.Source{Name: "more.yaml", Data: []byte(`overlay: 1.0.0
info: {title: O, version: "1"}
actions:
  - target: $.paths['/a'].post
    update: {summary: reached}
  - target: $.components.schemas.tree_2.properties
    update: {more: {type: integer}}
`)})
	if err != nil {
		t.Fatal(err)
	}
	a := d.Operation("a")
	if a.Summary != "reached" || a.Location.File != "paths/a.yaml" || a.Location.Line != 1 {
		t.Errorf("%q at %v", a.Summary, a.Location)
	}
	s := a.Body.Content[0].Schema
	verdicts(t, s, spec.In, `{"more":1}`, `{"more":"x"}`)
	for body, want := range map[string]string{`{"more":"x"}`: "more.yaml 7", `{"leaf":"abc"}`: "schemas/tree.yaml 4"} {
		fs, err := s.Check(decode(t, body), spec.In)
		if err != nil || len(fs) != 1 || fmt.Sprintf("%s %d", fs[0].Document.File, fs[0].Document.Line) != want {
			t.Errorf("%s: %v %v, want %s", body, fs, err, want)
		}
	}
	if !slices.Contains(d.Files(), "schemas/tree.yaml") {
		t.Errorf("files: %v", d.Files())
	}
	plain := loadFile(t, filepath.Join(dir, "api.yaml"))
	if plain.Hash == d.Hash {
		t.Error("the overlay does not change the hash")
	}
	before := d.Hash
	if err := os.WriteFile(filepath.Join(dir, "schemas", "cat.yaml"), []byte("{type: object}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = spec.Load(sourceOf(t, filepath.Join(dir, "api.yaml")), spec.Source{Name: "o.yaml", Data: []byte(
		"overlay: 1.0.0\ninfo: {title: O, version: \"1\"}\nactions: [{target: $.info, update: {x-a: 1}}]\n")})
	if err != nil || d.Hash == before {
		t.Errorf("a changed file does not change the hash: %v", err)
	}
}

// What one document cannot say is an error that names the file.
func TestNoOneDocument(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\n"
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a dynamic reference": {map[string]string{
			"api.yaml": head + "paths: {/a: {get: {responses: {\"200\": {description: ok, content: {application/json: {schema: {$ref: s.yaml}}}}}}}}\n",
			"s.yaml":   "{$dynamicAnchor: node, properties: {next: {$dynamicRef: \"#node\"}}}\n",
		}, "s.yaml: $dynamicRef"},
	} {
		_, err := spec.WithOverlays(sourceOf(t, filepath.Join(writeTree(t, tt.files), "api.yaml")))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The tree of a public document is the same as one.
func TestOneDocumentOfThePublicTree(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "shared", "corpus", "libopenapi-nested", "openapi.yaml")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the public corpus is not there: ", path)
	}
	whole, err := spec.WithOverlays(sourceOf(t, path))
	if err != nil {
		t.Fatal(err)
	}
	tree, one := loadFile(t, path), load(t, string(whole.Text))
	if len(one.Operations) != len(tree.Operations) || len(one.Resources) != len(tree.Resources) {
		t.Errorf("%d operations and %d resources, want %d and %d", len(one.Operations), len(one.Resources),
			len(tree.Operations), len(tree.Resources))
	}
	for i, o := range one.Operations {
		if o.ID != tree.Operations[i].ID {
			t.Errorf("%s instead of %s", o.ID, tree.Operations[i].ID)
		}
	}
}
