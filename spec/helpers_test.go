package spec_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

func embedded(tb testing.TB) *spec.Document {
	tb.Helper()
	published, overlay := spec.Embedded()
	d, err := spec.Load(published, overlay)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// load loads a document called api.yaml with overlays called overlay.yaml.
func load(tb testing.TB, text string, overlays ...string) *spec.Document {
	tb.Helper()
	d, err := loadTexts(text, overlays...)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func loadTexts(text string, overlays ...string) (*spec.Document, error) {
	var more []spec.Source
	for _, o := range overlays {
		more = append(more, spec.Source{Name: "overlay.yaml", Data: []byte(o)})
	}
	return spec.Load(spec.Source{Name: "api.yaml", Data: []byte(text)}, more...)
}

// withSchema is a document in which schema, in flow style, describes the body that POST /s takes and answers with;
// components, if any, are further component schemas, one to a line.
func withSchema(version, schema string, components ...string) string {
	text := `openapi: ` + version + `
info: {title: T, version: "1"}
paths:
  /s:
    post:
      operationId: s
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/S"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/S"}}}}}
components:
  schemas:
    S: ` + schema + "\n"
	for _, c := range components {
		text += "    " + c + "\n"
	}
	return text
}

// bodySchema is the schema of the first operation's body.
func bodySchema(tb testing.TB, d *spec.Document) *spec.Schema {
	tb.Helper()
	m := spec.Media(d.Operations[0].Body.Content)
	if m == nil || m.Schema == nil {
		tb.Fatal("the operation has no body schema")
	}
	return m.Schema
}

func decode(tb testing.TB, text string) any {
	tb.Helper()
	v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return v
}

// message is a JSON request to an operation; an empty body is none.
func message(body string) *spec.RequestMessage {
	m := &spec.RequestMessage{Header: http.Header{}, PathParams: map[string]string{}}
	if body != "" {
		m.Header.Set("Content-Type", "application/json")
		m.HasBody = true
		m.Body = func() ([]byte, error) { return []byte(body), nil }
	}
	return m
}

// verdicts holds texts of JSON against a schema, those in good to be accepted and those in bad refused.
func verdicts(t *testing.T, s *spec.Schema, dir spec.Direction, good, bad string) {
	t.Helper()
	for text := range strings.FieldsSeq(good) {
		if fs, err := s.Check(decode(t, text), dir); err != nil || len(fs) > 0 {
			t.Errorf("%s is refused: %v %v", text, fs, err)
		}
	}
	for text := range strings.FieldsSeq(bad) {
		if fs, err := s.Check(decode(t, text), dir); err != nil || len(fs) == 0 {
			t.Errorf("%s is accepted (%v)", text, err)
		}
	}
}
