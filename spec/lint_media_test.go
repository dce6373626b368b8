package spec_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// A media type that stands in a file of its own is called as the key that refers to it: its examples are held against the
// schema where that is JSON.
func TestLintOfMediaTypesElsewhere(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, map[string]string{
		"api.yaml": `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    get:
      responses:
        "200":
          description: ok
          content:
            application/json: {$ref: json.yaml}
            text/plain: {$ref: text.yaml}
`,
		"json.yaml": "schema: {type: integer}\nexample: few\n",
		"text.yaml": "schema: {type: integer}\nexample: few\n",
	})
	fs := spec.Lint(loadFile(t, filepath.Join(dir, "api.yaml")))
	if len(fs) != 1 || fs[0].Rule != "type" || fs[0].Document.File != "json.yaml" || !strings.HasSuffix(fs[0].Pointer, "/example") {
		t.Error(fs)
	}
}
