package spec_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// What should stand where a reference leads to nothing cannot be checked, so nothing is let through.
func TestUnresolvedReferences(t *testing.T) {
	t.Parallel()
	const schema = "content: {application/json: {schema: "
	bodies := map[string]string{
		"the body":           `{$ref: "#/components/requestBodies/Missing"}`,
		"its schema":         "{" + schema + `{$ref: "#/components/schemas/Missing"}}}}`,
		"with siblings":      "{" + schema + `{$ref: "#/components/schemas/Missing", type: object}}}}`,
		"a property":         "{" + schema + `{properties: {a: {$ref: "#/components/schemas/Missing"}}}}}}`,
		"an item":            "{" + schema + `{items: {$ref: "#/nowhere/at/all"}}}}}`,
		"a branch":           "{" + schema + `{anyOf: [{type: object}, {$ref: "#/components/schemas/Missing"}]}}}}`,
		"another file":       "{" + schema + `{$ref: "other.yaml#/a"}}}}`,
		"a file above":       "{" + schema + `{$ref: "../../etc/passwd"}}}}`,
		"an absolute file":   "{" + schema + `{$ref: "/etc/passwd#/a"}}}}`,
		"a name alone":       "{" + schema + `{$ref: "info"}}}}`,
		"an anchor":          "{" + schema + `{$ref: "#missing"}}}}`,
		"itself":             "{" + schema + `{$ref: "#/components/schemas/Loop"}}}}`,
		"itself, inside":     "{" + schema + `{properties: {a: {$ref: "#/components/schemas/Loop"}}}}}}`,
		"itself, by allOf":   "{" + schema + `{$ref: "#/components/schemas/Circle"}}}}`,
		"a dynamic one":      "{" + schema + `{properties: {a: {$dynamicRef: "other.yaml#a"}}}}}}`,
		"a mapping":          "{" + schema + `{oneOf: [{}], discriminator: {propertyName: a, mapping: {"1": "#/x"}}}}}}`,
		"the first of a few": `{$ref: "#/components/requestBodies/Chain"}`,
	}
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for name, body := range bodies {
			d := load(t, `openapi: `+version+`
info: {title: T, version: "1"}
paths:
  /a:
    post:
      requestBody: `+body+`
      responses: {"200": {description: ok}}
components:
  requestBodies: {Chain: {$ref: "#/components/requestBodies/Gone"}}
  schemas: {Loop: {$ref: "#/components/schemas/Loop"}, Circle: {allOf: [{$ref: "#/components/schemas/Circle"}]}}
`)
			_, r := d.Operations[0].CheckRequest(message(`{"a":1}`))
			if r == nil || r.Findings[0].Document.File != "api.yaml" && name != "itself, by allOf" {
				t.Errorf("%s, %s: %v", version, name, r)
			}
		}
	}
}

func TestUnresolvedElsewhere(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    parameters: [{$ref: "#/components/parameters/Missing"}]
    get: {responses: {"200": {description: ok}}}
  /b:
    get:
      parameters: [{$ref: "#/components/parameters/Missing"}]
      responses: {"200": {description: ok}}
  /c:
    get:
      responses:
        "200": {$ref: "#/components/responses/Missing"}
        "404": {description: none, content: {application/json: {schema: {$ref: "#/components/schemas/Missing"}}}}
  /d: {$ref: "#/components/pathItems/Missing"}
`)
	for _, o := range d.Operations[:2] {
		if _, r := o.CheckRequest(message("")); r == nil || r.Reason != spec.NotServed {
			t.Errorf("%s: %v", o.ID, r)
		}
	}
	c := d.Operations[2]
	if _, r := c.CheckRequest(message("")); r != nil {
		t.Error(r)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	for _, status := range []int{200, 404} {
		if fs := c.CheckResponse(status, h, []byte("{}"), strictjson.Limits{}); len(fs) != 1 || fs[0].Level != spec.Must {
			t.Errorf("%d: %v", status, fs)
		}
	}
	if m, ok := d.Route("/d"); !ok || len(m.Operations) > 0 || len(m.Broken) != 1 || m.Broken[0].Actual != "#/components/pathItems/Missing" {
		t.Errorf("a path that leads nowhere: %v, %v", ok, m)
	}
	if len(d.Flaws) != 5 {
		t.Errorf("%d flaws: %v", len(d.Flaws), d.Flaws)
	}
	for _, f := range d.Flaws {
		if f.Document.Line == 0 || f.Rule != "$ref" {
			t.Error(f)
		}
	}
}

// Whatever a document refers to outside of itself, nothing is fetched and no file is read.
func TestNothingIsFetched(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var seen atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			seen.Add(1)
			_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"))
			_ = conn.Close()
		}
	}()
	file := filepath.Join(t.TempDir(), "any.json")
	if err := os.WriteFile(file, []byte("true"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"http://" + l.Addr().String() + "/any.json", "file://" + file, file} {
		for name, schema := range map[string]string{
			"$ref":             `{$ref: "URL"}`,
			"$ref below":       `{properties: {a: {$ref: "URL#/a"}}}`,
			"$dynamicRef":      `{properties: {a: {$dynamicRef: "URL#a"}}}`,
			"$recursiveRef":    `{type: integer, $recursiveRef: "URL"}`,
			"$schema":          `{$schema: "URL", type: integer}`,
			"$schema below":    `{properties: {a: {$schema: "URL", type: string}}}`,
			"$id":              `{$id: "URL", properties: {a: {$ref: "#/x"}}}`,
			"$id, relative":    `{$id: "URL", properties: {a: {$ref: "other.json"}}}`,
			"$vocabulary":      `{$vocabulary: {"URL": true}, type: integer}`,
			"discriminator":    `{oneOf: [{type: integer}], discriminator: {propertyName: a, mapping: {"1": "URL"}}}`,
			"an external docs": `{type: integer, externalDocs: {url: "URL"}, example: {$ref: "URL"}}`,
		} {
			text := withSchema("3.1.0\njsonSchemaDialect: "+base, strings.ReplaceAll(schema, "URL", base))
			d, err := loadTexts(text)
			if err != nil {
				t.Errorf("%s %s: %v", name, base, err)
				continue
			}
			if _, r := d.Operations[0].CheckRequest(message(`{"a":1}`)); r == nil {
				t.Errorf("%s %s is accepted", name, base)
			}
		}
		whole := strings.NewReplacer("URL", base).Replace(`openapi: 3.1.0
$self: "URL"
info: {title: T, version: "1"}
paths:
  /a: {$ref: "URL"}
  /b: {get: {parameters: [{$ref: "URL"}], responses: {"200": {$ref: "URL"}}}}
`)
		if _, err := loadTexts(whole); err != nil {
			t.Error(err)
		}
	}
	if n := seen.Load(); n > 0 {
		t.Errorf("%d connections were made", n)
	}
}
