package contract_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// unseen has updates whose effect nothing shows: no GET has the record, and neither has their answer.
const unseen = `openapi: 3.1.0
info: {title: Bells, version: "1"}
paths:
  /towers:
    get: {operationId: towers, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Tower"}}}}}}}
  /towers/{tower_id}:
    parameters: [{name: tower_id, in: path, required: true, schema: {type: string, pattern: "^tow_[a-z0-9]{6}$"}}]
    patch:
      operationId: changeTower
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Tower"}}}}
      responses: {"204": {description: ok}}
  /towers/{tower_id}/bells:
    parameters: [{name: tower_id, in: path, required: true, schema: {type: string, pattern: "^tow_[a-z0-9]{6}$"}}]
    get: {operationId: bells, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Bell"}}}}}}}
  /towers/{tower_id}/bells/{bell_id}:
    parameters:
      - {name: tower_id, in: path, required: true, schema: {type: string, pattern: "^tow_[a-z0-9]{6}$"}}
      - {name: bell_id, in: path, required: true, schema: {type: string, pattern: "^bel_[a-z0-9]{6}$"}}
    post:
      operationId: changeBell
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Bell"}}}}
      responses: {"204": {description: ok}}
components:
  schemas:
    Tower:
      type: object
      properties:
        id: {type: string, pattern: "^tow_[a-z0-9]{6}$"}
        height: {type: integer, minimum: 1}
    Bell:
      type: object
      properties:
        id: {type: string, pattern: "^bel_[a-z0-9]{6}$"}
        weight: {type: integer, minimum: 1}
`

// TestUpdatesThatNothingShows: what they take and refuse is tried on a record that is there, which the path and the body
// name.
func TestUpdatesThatNothingShows(t *testing.T) {
	t.Parallel()
	d := docOf(t, unseen)
	srv := deploy(t, d)
	r, err := contract.NewRunner(d, contract.Target{URL: srv.srv.URL}, contract.Settings{NoRestore: true})
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		if o.Status != contract.Passed && o.Check.Name != "bells lists what is below the owner alone" { // no tower can be made
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
		for _, s := range o.Steps {
			if strings.HasSuffix(s.Request.Path, "/") {
				t.Errorf("%s: %s %s names no record", o.Check.Name, s.Request.Method, s.Request.Path)
			}
			if s.Request.Operation != nil && strings.HasPrefix(o.Check.Name, s.Request.Operation.ID+" body") {
				tried[s.Request.Operation.ID]++
			}
		}
	}
	if tried["changeTower"] < 5 || tried["changeBell"] < 5 {
		t.Errorf("bodies were sent so many times: %v", tried)
	}
}
