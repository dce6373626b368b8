package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// Operations under other base paths than the document's, and a path that looks as one of a file.
const bases = `
openapi: 3.0.3
info: {title: Bases, version: "1"}
servers: [{url: "https://api.example.com/v2"}]
paths:
  /plain:
    get: {operationId: plain, responses: {"200": {description: ok}}}
  /newer:
    servers: [{url: "https://api.example.com/v3"}]
    get: {operationId: newer, responses: {"200": {description: ok}}}
  /root/{what}:
    get:
      operationId: root
      servers: [{url: /}]
      parameters: [{name: what, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}}
`

func TestOperationsUnderOtherBasePathsAreAskedThere(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, bases)
	noFailure(t, res)
	if res.Count(contract.Passed) < 20 {
		t.Errorf("%d checks passed", res.Count(contract.Passed))
	}
	for _, o := range res.Outcomes {
		for _, f := range o.Findings {
			t.Errorf("%s: %v", o.Check.Name, f)
		}
	}
}
