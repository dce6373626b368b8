package report_test

import (
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

const covered = `
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things/{id}:
    patch:
      operationId: updateThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, pattern: x}}
        - {name: limit, in: query, required: true, schema: {type: integer, minimum: 1}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
      responses: {"200": {description: ok}}
    get:
      operationId: readThing
      responses: {"200": {description: ok}}
components:
  schemas:
    Thing:
      type: object
      required: [n]
      properties:
        id: {type: string, readOnly: true}
        n: {type: integer, minimum: 0, multipleOf: 5}
        more: {type: array, maxItems: 3, items: {$ref: '#/components/schemas/Thing'}}
        either: {anyOf: [{const: a}, {format: date}]}
`

func TestCover(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "t.yaml", Data: []byte(covered)})
	if err != nil {
		t.Fatal(err)
	}
	op := d.Operation("updateThing")
	n := d.SchemaAt("/components/schemas/Thing/properties/n").Location
	check := func(rule string, at spec.Location, s contract.Status) contract.Outcome {
		return contract.Outcome{Check: &contract.Check{Operation: op.ID, Rule: rule, Document: at}, Status: s}
	}
	byName := map[string]report.OperationCoverage{}
	for _, o := range report.Cover(d, []contract.Outcome{
		check("minimum", n, contract.Passed), check("type", n, contract.Skipped), check("type", n, contract.NotRun),
		check("parameter", op.Parameters[1].Location, contract.Failed), check("required", op.Body.Location, contract.Warned),
	}).Operations {
		byName[o.Operation] = o
	}
	c := byName[op.ID]
	want := map[string]int{
		"body required": 1, "body type": 0, "body.n type": 0, "body.n minimum": 1, "body.n multipleOf": 1,
		"body.more type": 0, "body.more maxItems": 0, "body.either anyOf": 0, "body.either const": 0, "body.either format": 0,
		"query.limit required": 0, "query.limit type": 1, "query.limit minimum": 1,
	}
	got := map[string]int{}
	for _, k := range c.Constraints {
		got[k.Place+" "+k.Keyword] = k.Checks
		if k.Document.Line == 0 {
			t.Errorf("%s %s has no line", k.Place, k.Keyword)
		}
	}
	// The list of required properties and the mark of the body share a name.
	if len(c.Constraints) != len(want)+1 {
		t.Errorf("%d constraints: %v", len(c.Constraints), got)
	}
	for name, n := range want {
		if g, there := got[name]; name != "body required" && (!there || g != n) {
			t.Errorf("%s: %d checks (there: %t), want %d", name, g, there, n)
		}
	}
	if c.Checks != 3 || byName["readThing"].Checks != 0 {
		t.Errorf("checks: %+v", byName)
	}
}

// The checks of our own document are about most of what it demands.
func TestCoverOfDerivedChecks(t *testing.T) {
	t.Parallel()
	d := document(t)
	var outcomes []contract.Outcome
	for _, c := range contract.Derive(d, fixtures.NewGenerator(fixtures.DefaultNow, spec.In)) {
		outcomes = append(outcomes, contract.Outcome{Check: c, Status: contract.Passed})
	}
	for _, o := range report.Cover(d, outcomes).Operations {
		if o.Checks == 0 {
			t.Errorf("%s has no checks", o.Operation)
		}
		for _, k := range o.Constraints {
			if k.Checks == 0 {
				t.Logf("nothing is about %s %s %s", o.Operation, k.Place, k.Keyword)
			}
		}
		if o.Operation == "updateCall" && o.Percent() < 90 {
			t.Errorf("%s: %d %% of the constraints have a check", o.Operation, o.Percent())
		}
	}
}
