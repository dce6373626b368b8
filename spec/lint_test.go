package spec_test

import (
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
	if rules["schema"] != 1 || rules["type"] != 3 {
		t.Errorf("rules %v, want one schema and three type", rules)
	}
}
