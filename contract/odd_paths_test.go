package contract_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// docOf is a document from its text.
func docOf(t *testing.T, text string) *spec.Document {
	t.Helper()
	d, err := spec.Load(spec.Source{Name: "test.yaml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// verifyMock runs every check of a document against its own mock.
func verifyMock(t *testing.T, text string) *contract.Result {
	t.Helper()
	d := docOf(t, text)
	s, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	target := contract.Target{URL: srv.URL + d.BasePath, IDs: map[string][]string{}, Credentials: (*spec.Operation).DemoCredentials}
	for _, r := range d.Resources {
		if r.Parent == nil {
			target.IDs[r.Name] = s.KnownIDs(r, 3)
		}
	}
	r, err := contract.NewRunner(d, target, contract.Settings{NoRestore: true, MaxTime: time.Hour, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return r.RunAll(t.Context(), nil)
}

// noFailure demands that no check failed or warned.
func noFailure(t *testing.T, res *contract.Result) {
	t.Helper()
	for _, o := range res.Outcomes {
		if o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %v %v", o.Check.Name, o.Status, o.Findings)
		}
	}
}

// Operations that share path and method are each tried with requests that are theirs, and a value that would make one
// another's is not sent as a broken one.
func TestSharedPathsAgainstTheMock(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    get: {operationId: plain, responses: {"200": {description: ok, content: {application/json: {schema: {enum: [plain]}}}}}}
  /things?beta=true:
    get:
      operationId: beta
      parameters: [{name: n, in: query, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {enum: [beta]}}}}}
  /users/{id}:
    get:
      operationId: byID
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {enum: [id]}}}}}
  /users/{name}:
    get:
      operationId: byName
      parameters: [{name: name, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$"}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {enum: [name]}}}}}
`)
	noFailure(t, res)
	for _, id := range []string{"plain", "beta", "byID", "byName"} {
		if !passed(res, id) {
			t.Errorf("%s was not tried", id)
		}
	}
}

// passed reports whether a check of an operation passed.
func passed(res *contract.Result, operation string) bool {
	for _, o := range res.Outcomes {
		if o.Check.Operation == operation && o.Status == contract.Passed && len(o.Steps) > 0 {
			return true
		}
	}
	return false
}

// A document of webhooks alone has nothing to check, and says so.
func TestNothingToCheck(t *testing.T) {
	t.Parallel()
	d := docOf(t, `openapi: 3.1.0
info: {title: T, version: "1"}
webhooks: {changed: {post: {responses: {"200": {description: ok}}}}}
`)
	_, err := contract.NewRunner(d, contract.Target{URL: "http://127.0.0.1:1"}, contract.Settings{})
	var usage *contract.UsageError
	if !errors.As(err, &usage) {
		t.Errorf("%v", err)
	}
}

// Sequences of values are made, sent and read as their media types have it.
func TestSequencesAgainstTheMock(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, `openapi: 3.2.0
info: {title: T, version: "1"}
paths:
  /logs:
    get: {operationId: read, responses: {"200": {description: ok, content: {text/event-stream: {itemSchema: {$ref: "#/components/schemas/Log"}}}}}}
    post:
      operationId: write
      requestBody: {required: true, content: {application/jsonl: {itemSchema: {$ref: "#/components/schemas/Log"}}}}
      responses: {"204": {description: ok}}
  /parts:
    post:
      operationId: parts
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: {type: object, required: [meta], properties: {meta: {$ref: "#/components/schemas/Log"}}}
            encoding: {meta: {headers: {X-Kind: {required: true, schema: {enum: [log]}}}}}
      responses: {"204": {description: ok}}
components:
  schemas:
    Log: {type: object, required: [level], properties: {level: {enum: [info, warn]}}}
`)
	noFailure(t, res)
	for _, id := range []string{"read", "write", "parts"} {
		if !passed(res, id) {
			t.Errorf("%s was not tried", id)
		}
	}
}

// Conditions that a document has are kept by the mock, and what is sent is any state of the record.
func TestConditionsAgainstTheMock(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: read
      parameters: [{name: If-None-Match, in: header, schema: {type: string}}]
      responses:
        "200": {description: ok, headers: {ETag: {required: true, schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "304": {description: as it was}
        "404": {description: none}
    patch:
      operationId: change
      parameters: [{name: If-Match, in: header, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
      responses:
        "200": {description: ok, headers: {ETag: {required: true, schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "404": {description: none}
        "412": {description: changed}
        "422": {description: bad}
components:
  schemas:
    Note: {type: object, properties: {id: {type: string}, text: {type: string}}}
`)
	noFailure(t, res)
	for _, id := range []string{"read", "change"} {
		if !passed(res, id) {
			t.Errorf("%s was not tried", id)
		}
	}
}

// What a form cannot carry is left out of bodies that can do without it, and the operation is checked all the same.
func TestBodiesThatFormsCanCarry(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /orders:
    post:
      operationId: order
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            encoding: {items: {style: deepObject, explode: true}}
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string}
                items: {type: array, minItems: 1, items: {type: object, required: [price], properties: {price: {type: array, minItems: 1, items: {type: object, required: [x], properties: {x: {type: string}}}}}}}
      responses: {"204": {description: done}}
`)
	passed := 0
	for _, o := range res.Outcomes {
		switch o.Status {
		case contract.Passed:
			passed++
		case contract.Failed, contract.Warned:
			t.Errorf("%s: %s", o.Check.Name, story(o))
		}
		if o.Check.Name == "order accepts a valid request" && o.Status != contract.Passed {
			t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
		}
	}
	if passed == 0 {
		t.Error("nothing was checked")
	}
}

// A number cut short is a number still: a body that is to be no JSON ends in the middle of one.
func TestNumberAsBody(t *testing.T) {
	t.Parallel()
	for low := range 3 {
		noFailure(t, verifyMock(t, fmt.Sprintf(`openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /numbers:
    post:
      operationId: number
      requestBody: {required: true, content: {application/json: {schema: {type: integer, minimum: %d}}}}
      responses: {"200": {description: ok}}
`, 10*low)))
	}
}
