package contract_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// An API key may stand in Authorization, alone or as one of the alternatives: any text is one, whatever scheme it names.
const keyInAuthorization = `
openapi: 3.0.3
info: {title: Keys, version: "1"}
paths:
  /alone: {get: {operationId: alone, security: [{key: []}], responses: {"200": {description: ok}, "401": {description: no}}}}
  /either: {get: {operationId: either, security: [{token: []}, {key: []}], responses: {"200": {description: ok}, "401": {description: no}}}}
  /token: {get: {operationId: token, security: [{token: []}], responses: {"200": {description: ok}, "401": {description: no}}}}
  /both: {get: {operationId: both, security: [{token: [], query: []}], responses: {"200": {description: ok}, "401": {description: no}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: authorization}
    token: {type: http, scheme: bearer}
    query: {type: apiKey, in: query, name: key}
`

func TestAPIKeyInAuthorizationIsWrongOnlyWhenEmpty(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, keyInAuthorization)
	seen := 0
	for _, o := range res.Outcomes {
		if o.Check.Rule != "auth-wrong" {
			continue
		}
		seen++
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	if seen != 4 {
		t.Errorf("%d operations were asked with wrong credentials", seen)
	}
}
