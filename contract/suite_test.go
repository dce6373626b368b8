package contract_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// wideRunner is a runner of more than a thousand checks, each of which passes.
func wideRunner(t *testing.T) *contract.Runner {
	t.Helper()
	var text strings.Builder
	text.WriteString("openapi: 3.1.0\ninfo: {title: Wide, version: '1'}\npaths:\n")
	for i := range 80 {
		fmt.Fprintf(&text, "  /p%d:\n    get:\n      operationId: get%d\n      parameters:\n", i, i)
		for k := range 5 {
			fmt.Fprintf(&text, "        - {name: q%d, in: query, schema: {type: integer, minimum: 1, maximum: 9}}\n", k)
		}
		text.WriteString("      responses: {'200': {description: OK, content: {application/json: {schema: {type: object}}}}, '422': {description: No}}\n")
	}
	d, err := spec.Load(spec.Source{Name: "wide.yaml", Data: []byte(text.String())})
	if err != nil {
		t.Fatal(err)
	}
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	t.Cleanup(srv.Close)
	r, err := contract.NewRunner(d, contract.Target{URL: srv.URL + mock.BasePath()}, contract.Settings{NoRestore: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Checks()); n <= 2*contract.MaxSpecs {
		t.Fatalf("%d checks, want more than two suites of %d", n, contract.MaxSpecs)
	}
	return r
}

// TestRunGinkgoInParts: checks that are several suites for Ginkgo are all run, in the order of the runner, and come back in that
// order. Not parallel: Ginkgo's tree is one for the whole process.
func TestRunGinkgoInParts(t *testing.T) {
	r := wideRunner(t)
	var told []*contract.Check
	res := r.RunGinkgo(t.Context(), func(o contract.Outcome) { told = append(told, o.Check) })
	if !slices.Equal(told, r.Checks()) {
		t.Errorf("%d checks told, not those of the runner in their order", len(told))
	}
	for i, o := range res.Outcomes {
		if o.Check != r.Checks()[i] || o.Status != contract.Passed {
			t.Fatalf("%d: %s: %s %s", i, o.Check.Name, o.Status, o.Reason)
		}
	}
	if len(res.Outcomes) != len(told) {
		t.Errorf("%d outcomes of %d checks", len(res.Outcomes), len(told))
	}
}

// TestRunGinkgoEndsBetweenParts: a run that is ended in one suite begins no other.
func TestRunGinkgoEndsBetweenParts(t *testing.T) {
	r := wideRunner(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const most = contract.MaxSpecs + 3
	told := 0
	res := r.RunGinkgo(ctx, func(contract.Outcome) {
		if told++; told == most {
			cancel()
		}
	})
	if told != most || len(res.Outcomes) != len(r.Checks()) {
		t.Errorf("%d told, %d outcomes", told, len(res.Outcomes))
	}
	for i, o := range res.Outcomes {
		if (o.Status == contract.NotRun) != (i >= most) {
			t.Fatalf("%d: %s: %s %s", i, o.Check.Name, o.Status, o.Reason)
		}
	}
}
