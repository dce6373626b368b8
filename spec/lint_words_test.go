package spec_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// lintLines are the findings of a document, each as level, rule, pointer and what it says.
func lintLines(d *spec.Document) []string {
	var out []string
	for _, f := range spec.Lint(d) {
		out = append(out, strings.Join([]string{
			string(f.Level), f.Rule, f.Pointer, "want " + f.Expected + ", got " + f.Actual + "; " + f.Hint,
		}, " "))
	}
	return out
}

// sayOnce wants as many lines as texts, each line with the text.
func sayOnce(t *testing.T, d *spec.Document, texts ...string) {
	t.Helper()
	lines := lintLines(d)
	if len(lines) != len(texts) {
		t.Errorf("%d findings, want %d", len(lines), len(texts))
	}
	for i, line := range lines {
		if i >= len(texts) || !strings.Contains(line, texts[i]) {
			t.Errorf("finding %d: %s", i, line)
		}
	}
}

// What a broken reference should have led to is not said to lack something besides, and each finding has a line.
func TestLintSaysBrokenPartsOnce(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get:
      operationId: a
      security: [{gone: []}, {none: []}]
      parameters: [{name: q, in: query, content: {}}]
      responses:
        "200":
          description: ok
          links:
            gone: {$ref: "#/components/links/Gone"}
            nothing: {}
          content: {application/json: {examples: {gone: {$ref: "#/components/examples/Gone"}}}}
components:
  securitySchemes:
    gone: {$ref: "#/components/securitySchemes/Gone"}
    none: null
    bare: {type: apiKey}
    nameless: {type: apiKey, in: query}
    elsewhere: {type: apiKey, name: k, in: path}
    placeless: {type: apiKey, name: k}
    silent: {type: http}
    typeless: {scheme: basic}
    other: {type: apikey, name: k, in: query}
`)
	const unasked = "operations that ask for this scheme are served without it"
	sayOnce(t, d,
		"want one media type, got none; every value is taken",
		"a reference to a link, got #/components/links/Gone; there is nothing at this place; it is left aside",
		"got neither operationId nor operationRef",
		"a reference to an example, got #/components/examples/Gone; there is nothing at this place; it is left aside",
		"a reference to a security scheme, got #/components/securitySchemes/Gone; there is nothing at this place; "+unasked,
		"want an object: a security scheme, got null; "+unasked,
		"the name of the key, and in: query, header or cookie, got an apiKey with neither; "+unasked,
		"got an apiKey without a name; ",
		`got in: "path"; `,
		"got an apiKey without in; ",
		"want a scheme of HTTP, such as basic or bearer, got http without scheme; ",
		"oauth2, openIdConnect, got none; ",
		`oauth2, openIdConnect, got "apikey"; `,
	)
	for _, f := range spec.Lint(d) {
		if f.Document.Line == 0 || f.Pointer == "" {
			t.Errorf("no place: %v", f)
		}
	}
	if _, r := d.Operations[0].CheckRequest(message("")); r != nil {
		t.Error(r)
	}
}

// A file that is not there is said once, with how often it is referred to; what is wrong within a file that is there is
// said of each reference. Nothing is let through by either.
func TestLintSaysLostFilesOnce(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, map[string]string{
		"api.yaml": `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: gone.yaml#/a}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {properties: {b: {$ref: ./gone.yaml}}}}}}}
  /b:
    post:
      requestBody: {content: {application/json: {schema: {$ref: ../gone.yaml#/a}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {properties: {b: {$ref: more/a.yaml}}}}}}}
  /c:
    post:
      requestBody: {content: {application/json: {schema: {$ref: more/a.yaml#/a}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: more/a.yaml#/b}}}}}
`,
		"more/a.yaml": "properties: {c: {$ref: ../gone.yaml}, d: {type: string}}\n",
	})
	d := loadFile(t, filepath.Join(dir, "api.yaml"))
	sayOnce(t, d,
		"got gone.yaml#/a; there is no such file; what depends on it answers 501 until it is mended; 2 more references lead into this file",
		"it leads out of the document's directory, and nothing is read there; move the file below it, move the document into the "+
			"directory above both, or bundle the two into one file; what depends on it answers 501",
		`a schema that can be used, got api.yaml:11 /paths/~1b/post/responses/200/content/application~1json/schema`,
		"got more/a.yaml#/a; there is nothing at this place",
		"got more/a.yaml#/b; there is nothing at this place",
	)
	for _, o := range d.Operations {
		if _, r := o.CheckRequest(message(`{}`)); r == nil || r.Reason != spec.NotServed {
			t.Errorf("%s: %v", o.ID, r)
		}
	}
}
