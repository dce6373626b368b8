package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// In OpenAPI 3.0 a readOnly property may be required of a schema that answers have: it takes effect on these only.
func TestRequiredAndReadOnly(t *testing.T) {
	t.Parallel()
	const text = `
info: {title: T, version: "1"}
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/SENT"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {items: {$ref: "#/components/schemas/Shown"}, type: array}}}}}
components:
  schemas:
    Shown: {type: object, required: [id], properties: {id: {type: string, readOnly: true}}}
    Sent: {type: object, required: [id], properties: {id: {type: string, readOnly: true}}}
`
	for name, tt := range map[string]struct {
		version, sent string
		want          int
	}{
		"shared in 3.0":     {"3.0.3", "Shown", 0},
		"of requests alone": {"3.0.3", "Sent", 1},
		"shared in 3.1":     {"3.1.0", "Shown", 1},
	} {
		n := 0
		for _, f := range spec.Lint(load(t, "openapi: "+tt.version+strings.ReplaceAll(text, "SENT", tt.sent))) {
			if f.Rule == "readOnly" {
				n++
			}
		}
		if n != tt.want {
			t.Errorf("%s: %d findings, want %d", name, n, tt.want)
		}
	}
}

// A link can lead to another server, with the variables of its URL at their defaults.
func TestServerOfALink(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get:
      operationId: a
      responses:
        "200":
          description: ok
          links:
            there: {operationId: a, server: {url: "https://{where}.example.com/v1/", variables: {where: {default: eu}}}}
            here: {operationId: a}
`)
	for _, l := range d.Operations[0].Responses[0].Links {
		if want := map[string]string{"there": "https://eu.example.com/v1"}[l.Name]; l.Server != want {
			t.Errorf("%s leads to %q, want %q", l.Name, l.Server, want)
		}
	}
}
