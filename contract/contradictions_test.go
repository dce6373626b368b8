package contract_test

import (
	"net/http/httptest"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// contradictions is a document whose bodies have what its records cannot: a name for an object, nothing that can be set.
const contradictions = `
openapi: 3.1.0
info: {title: Contradictions, version: "1"}
paths:
  /pulls:
    post:
      operationId: makePull
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [base], properties: {base: {type: string, minLength: 1}}}}}
      responses: {"201": {description: Made, content: {application/json: {schema: {$ref: "#/components/schemas/Pull"}}}}}
  /pulls/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getPull
      responses: {"200": {description: A pull, content: {application/json: {schema: {$ref: "#/components/schemas/Pull"}}}}}
    patch:
      operationId: changePull
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, properties: {base: {type: string}, title: {type: string}}}
            example: {title: A title, base: main}
      responses: {"200": {description: The pull, content: {application/json: {schema: {$ref: "#/components/schemas/Pull"}}}}}
  /keys/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getKey
      responses: {"200": {description: A key, content: {application/json: {schema: {$ref: "#/components/schemas/Key"}}}}}
    put:
      operationId: putKey
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {hidden: {type: string}}}}}}
      responses: {"204": {description: Set}}
components:
  schemas:
    Pull:
      type: object
      required: [id]
      properties: {id: {type: string}, title: {type: string}, base: {type: object, properties: {ref: {type: string}}}}
    Key: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}
`

// TestContradictions: where a document contradicts itself, a server that keeps both sides of it has no failure, and
// nothing is called weather.
func TestContradictions(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "contradictions.yaml", Data: []byte(contradictions)})
	if err != nil {
		t.Fatal(err)
	}
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	defer srv.Close()
	target := contract.Target{URL: srv.URL + mock.BasePath(), IDs: map[string][]string{}}
	for _, r := range d.Resources {
		target.IDs[r.Name] = mock.KnownIDs(r, 3)
	}
	r, err := contract.NewRunner(d, target, contract.Settings{NoRestore: true})
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		tried[o.Check.Operation] = true
		if o.Status == contract.Failed || o.Status == contract.NotRun {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	for _, id := range []string{"makePull", "changePull", "putKey"} {
		if !tried[id] {
			t.Errorf("no check is about %s", id)
		}
	}
}
