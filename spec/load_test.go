package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

func TestEmbeddedIsLearned(t *testing.T) {
	t.Parallel()
	d := embedded(t)
	if d.BasePath != "/api" || d.Version != "3.1.0" || len(d.Flaws) > 0 {
		t.Errorf("base path %q, version %q, flaws %v", d.BasePath, d.Version, d.Flaws)
	}
	want := map[string]string{"updateCall": "calls", "updateMeeting": "meetings"}
	for _, o := range d.Operations {
		success, _ := o.Success["success"].(bool)
		if o.Resource == nil || o.Resource.Name != want[o.ID] || o.Action != spec.ActionMerge || o.ItemParam != "id" ||
			o.Unfold == nil || o.Unfold.UnfoldDefault != 1 || !success {
			t.Errorf("%s: %+v", o.ID, o)
		}
		if _, r := o.SuccessResponse(); strings.Join(r.Envelope.Path, "/") != "data" {
			t.Errorf("%s: the record is found at %v", o.ID, r.Envelope.Path)
		}
	}
	var names []string
	for _, r := range d.Resources {
		names = append(names, r.Name+" "+r.ID.String())
	}
	if got := strings.Join(names, ", "); got != "calls id, meetings id, SalesRep id" {
		t.Errorf("resources: %s", got)
	}
	rel := d.Resource("meetings").Relations
	if len(rel) != 1 || rel[0].Path[0] != "salesRep" || !rel[0].IDAllowed || !rel[0].ObjectAllowed {
		t.Errorf("relations: %+v", rel)
	}
}

// Findings cite the line that a person wrote, whichever file it is in.
func TestFindingsCiteWrittenLines(t *testing.T) {
	t.Parallel()
	d := embedded(t)
	tests := []struct {
		operation, body string
		rule, file      string
		line            string // as written, trimmed
		level           spec.Level
	}{
		{"updateCall", `{"rating":9}`, "maximum", "commerce.yaml", "maximum: 5", spec.Must},
		{"updateCall", `{"rating":2.55}`, "multipleOf", "commerce.yaml", "multipleOf: 0.1", spec.Must},
		{"updateCall", `{"conversationURL":"no"}`, "format", "commerce.yaml", "format: iri", spec.Must},
		{"updateMeeting", `{"email":"no"}`, "format", "commerce.yaml", "format: idn-email", spec.Must},
		{"updateMeeting", `{"salesRep":{"firstName":1}}`, "type", "commerce.overlay.yaml", "type: string", spec.Should},
		{"updateMeeting", `{"salesRep":{"emails":"x"}}`, "type", "commerce.overlay.yaml", "type: array", spec.Should},
		{"updateMeeting", `{"salesRep":1}`, "anyOf", "commerce.overlay.yaml", "anyOf:", spec.Should},
	}
	for _, tt := range tests {
		m := message(tt.body)
		m.PathParams["id"] = "x"
		_, r := d.Operation(tt.operation).CheckRequest(m)
		if r == nil || r.Reason != spec.Invalid || len(r.Findings) != 1 {
			t.Errorf("%s: %v", tt.body, r)
			continue
		}
		f := r.Findings[0]
		if f.Rule != tt.rule || f.Document.File != tt.file || f.Level != tt.level || f.Operation != tt.operation {
			t.Errorf("%s: %s, level %s", tt.body, f, f.Level)
		}
		lines := strings.Split(string(readSource(t, tt.file)), "\n")
		if got := strings.TrimSpace(lines[f.Document.Line-1]); got != tt.line {
			t.Errorf("%s: line %d of %s is %q, not %q", tt.body, f.Document.Line, f.Document.File, got, tt.line)
		}
	}
}

const twoLists = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    get:
      parameters:
        - {name: first, in: query, schema: {type: integer}}
        - {name: second, in: query, schema: {type: integer}}
      responses: {"200": {description: ok}}
`

func TestOverlays(t *testing.T) {
	t.Parallel()
	overlay := `overlay: 1.0.0
info: {title: O, version: "1"}
actions:
  - target: $.paths['/a'].get
    update:
      operationId: listed
      parameters:
        - name: third
          in: query
          schema:
            type: integer
            maximum: 3
  - target: $.paths['/a'].get.parameters[?@.name == 'first']
    remove: true
`
	d := load(t, twoLists, overlay)
	o := d.Operation("listed")
	if o == nil || len(o.Parameters) != 2 || o.Parameters[0].Name != "second" || o.Parameters[1].Name != "third" {
		t.Fatalf("%+v", o)
	}
	m := message("")
	m.RawQuery = "second=x&third=4"
	_, r := o.CheckRequest(m)
	if r == nil || len(r.Findings) != 2 {
		t.Fatal(r)
	}
	if at := r.Findings[0].Document; at.File != "api.yaml" || at.Line != 8 {
		t.Errorf("second: %v", at)
	}
	if at := r.Findings[1].Document; at.File != "overlay.yaml" || at.Line != 12 {
		t.Errorf("third: %v", at)
	}
}

func TestOverlayErrors(t *testing.T) {
	t.Parallel()
	const head = "overlay: 1.0.0\ninfo: {title: O, version: \"1\"}\nactions:\n"
	for name, tt := range map[string]struct{ overlay, want string }{
		"nothing matched": {head + "  - {target: \"$.paths['/b']\", update: {x: 1}}\n", "$.paths['/b']"},
		"no expression":   {head + "  - {target: \"$.paths[\", update: {x: 1}}\n", "$.paths["},
		"not an overlay":  {"openapi: 3.1.0\n", "overlay.yaml"},
		"not YAML":        {"a: [\n", "overlay.yaml:2:1: not a readable overlay"},
		"empty":           {"", "it is empty"},
		"Swagger":         {"swagger: \"2.0\"\n", "missing required 'overlay' field"},
	} {
		_, err := loadTexts(twoLists, tt.overlay)
		if err == nil || !strings.Contains(err.Error(), "overlay.yaml") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnreadableDocuments(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"empty":           {"", "api.yaml"},
		"no YAML":         {"openapi: 3.1.0\ninfo: {title: [\n", "api.yaml:3:1: not a readable OpenAPI document: did not find expected node content"},
		"Swagger":         {"swagger: \"2.0\"\ninfo: {}\npaths: {}\n", "api.yaml"},
		"a later OpenAPI": {"openapi: 4.0.0\ninfo: {}\npaths: {}\n", "4.0.0"},
		"a list":          {"- 1\n", "api.yaml"},
		"an alias bomb":   {aliasBomb(), "api.yaml"},
		"blanks":          {" \n\n", "it is empty"},
		"bytes":           {"a\x00b\x01", "it is no text"},
		"a page":          {"<html></html>", "HTML"},
		"Latin-1":         {"openapi: 3.1.0\ninfo: {title: \"caf\xe9\"}\n", "line 2 is not UTF-8"},
		"no comma":        {"{\n  \"openapi\": \"3.1.0\"\n  \"info\": {}\n}\n", "api.yaml:3:3: not a readable"},
		"comments":        {"{\n  // here\n  \"openapi\": \"3.1.0\"\n}\n", "as there is in line 2"},
		"AsyncAPI":        {"asyncapi: 3.0.0\n", "AsyncAPI"},
		"Arazzo":          {"arazzo: 1.0.0\n", "Arazzo"},
		"Postman":         {`{"info": {"_postman_id": "1"}, "item": []}`, "convert it"},
		"an overlay":      {"overlay: 1.0.0\n", "--overlay"},
		"a schema":        {"type: object\n", "it is a schema"},
		"no version":      {"info: {}\npaths: {}\n", "which version"},
		"a misspelling":   {"opneapi: 3.1.0\n", "opneapi"},
		"deep nesting":    {"openapi: 3.1.0\nx: " + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "\n", "api.yaml"},
	} {
		_, err := loadTexts(tt.text)
		if err == nil || !strings.HasPrefix(err.Error(), "api.yaml:") || !strings.Contains(err.Error(), tt.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of several documents in a file the first is read, which is said.
func TestSeveralDocuments(t *testing.T) {
	t.Parallel()
	const one = "# first\n---\nopenapi: 3.1.0\ninfo: {title: T, version: \"1\", description: \"a\n  ---\"}\npaths: {/a: {get: {responses: {default: {description: ok}}}}}\n"
	if d := load(t, one); len(d.Flaws) > 0 {
		t.Error(d.Flaws)
	}
	d := load(t, one+"---\nopenapi: 3.0.0\n")
	if len(d.Flaws) != 1 || d.Flaws[0].Rule != "documents" || d.Flaws[0].Document.Line != 7 {
		t.Error(d.Flaws)
	}
}

func aliasBomb() string {
	b := "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths: {}\na0: &a0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	for i := range 8 {
		prev := "*a" + string(rune('0'+i))
		b += "a" + string(rune('1'+i)) + ": &a" + string(rune('1'+i)) + " [" + strings.Repeat(prev+", ", 9) + prev + "]\n"
	}
	return b
}

func TestReadSource(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if src, err := spec.ReadSource(path, nil); err != nil || src.Name != "a.yaml" || string(src.Data) != "text" {
		t.Errorf("%v, %v", src, err)
	}
	src, err := spec.ReadSource("-", strings.NewReader("text"))
	if err != nil || src.Name != "stdin" || string(src.Data) != "text" {
		t.Errorf("%v, %v", src, err)
	}
	if _, err := spec.ReadSource(path+"x", nil); err == nil || !strings.Contains(err.Error(), "a.yamlx") {
		t.Errorf("%v", err)
	}
}

// Path keys with fragments, integer status keys and equal operationIds are met in the wild.
func TestTolerated(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.0.3
info: {title: T, version: 1.0}
servers: [{url: "https://{host}/v{version}/", variables: {host: {default: example.com}, version: {default: 2}}}]
paths:
  /a: {get: {operationId: same, responses: {200: {description: ok}}}}
  /b: {get: {operationId: same, responses: {"4XX": {description: bad}, default: {description: else}}}}
  x-note: {get: {}}
`)
	if d.BasePath != "/v2" || d.Servers[0] != "https://example.com/v2" || d.Release != "1.0" {
		t.Errorf("%q %q %q", d.BasePath, d.Servers, d.Release)
	}
	a, b := d.Operations[0], d.Operations[1]
	if len(d.Operations) != 2 || a.ID != "same" || b.ID != "GET /b" || a.Response(200) == nil || a.Response(404) != nil {
		t.Errorf("%+v %+v", a, b)
	}
	if b.Response(404).Status != "4XX" || b.Response(500).Status != "default" {
		t.Error("ranges and default")
	}
}
