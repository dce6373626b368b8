package spec_test

import (
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// The published example of a call breaks its own schema twice; everything else of the document keeps it.
func TestLintOfTheEmbeddedDocument(t *testing.T) {
	t.Parallel()
	var got []string
	for _, f := range spec.Lint(embedded(t)) {
		got = append(got, f.Rule+" "+f.Pointer)
		if f.Document.File != "commerce.yaml" || f.Document.Line == 0 || f.In != "document" {
			t.Errorf("finding without a place: %+v", f)
		}
	}
	want := []string{
		"pattern /components/schemas/Call/examples/0/externalPhoneNumber",
		"pattern /components/schemas/Call/examples/0/internalPhoneNumber",
	}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("findings %q, want %q", got, want)
	}
}

func TestLintFindsWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "bad.yaml", Data: []byte(`openapi: 3.1.0
info: {title: Bad, version: "1"}
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {type: strin}}}}
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {type: integer, default: x}
              example: 1.5
`)})
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]int{}
	for _, f := range spec.Lint(d) {
		rules[f.Rule]++
	}
	if rules["schema"] != 0 || rules["type"] != 3 {
		t.Errorf("rules %v, want three type, and none for the schema in which the first is", rules)
	}
}

// A schema that cannot be used because of another is told, for there is nothing in it to see.
func TestLintFindsWhatDependsOnWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.1.0
info: {title: Bad, version: "1"}
paths:
  /a:
    get:
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {type: object, properties: {b: {$ref: "#/components/schemas/B"}}}}}
components: {schemas: {B: {type: strin}}}
`)
	var rules []string
	for _, f := range spec.Lint(d) {
		rules = append(rules, f.Rule+" "+f.Document.Pointer)
	}
	want := []string{"schema /paths/~1a/get/responses/200/content/application~1json/schema", "type /components/schemas/B/type"}
	if !slices.Equal(rules, want) {
		t.Errorf("findings %q, want %q", rules, want)
	}
}
