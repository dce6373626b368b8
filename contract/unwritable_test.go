package contract_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// What no request can carry, or not as it stands, and a header that the client would send by itself.
const unwritable = `
openapi: 3.0.3
info: {title: Unwritable, version: "1"}
paths:
  "/two\nlines and ü":
    get: {operationId: lines, responses: {"200": {description: ok}}}
  /typed:
    post:
      operationId: typed
      requestBody: {content: {"text/plain\nX: y": {schema: {type: string}}}}
      responses: {"200": {description: ok}}
  /named:
    get:
      operationId: named
      parameters: [{name: "two words", in: header, schema: {type: string}}]
      responses: {"200": {description: ok}}
  /agent:
    get:
      operationId: agent
      parameters: [{name: User-Agent, in: header, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}, "400": {description: no}}
`

func TestWhatNoRequestCanCarryIsLeftOut(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, unwritable)
	noFailure(t, res)
	passed, agent := map[string]int{}, false
	for _, o := range res.Outcomes {
		if strings.Contains(o.Check.Name, "\n") {
			t.Errorf("a name of two lines: %q", o.Check.Name)
		}
		if o.Status == contract.Passed {
			passed[o.Check.Operation]++
			agent = agent || o.Check.Name == "agent header.User-Agent refuses that it is missing"
		}
		if o.Status == contract.Skipped && !strings.Contains(o.Reason, "no request can have") {
			t.Errorf("%s: %s", o.Check.Name, o.Reason)
		}
	}
	if passed["lines"] < 3 || !agent {
		t.Errorf("passed: %v, User-Agent was left out: %v", passed, agent)
	}
}
