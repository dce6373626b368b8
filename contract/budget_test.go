package contract_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
)

// manyThings is a document of some operations of very different size.
func manyThings() string {
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths:\n")
	for i := range 30 {
		fmt.Fprintf(&b, "  /small%02d: {get: {operationId: small%02d, responses: {\"200\": {description: ok, content: {application/json: "+
			"{schema: {type: string}}}}}}}\n", i, i)
		fmt.Fprintf(&b, "  /large%02d:\n    post:\n      operationId: large%02d\n      responses: {\"204\": {description: ok}}\n", i, i)
		b.WriteString("      parameters: [{name: colour, in: query, schema: {enum: [a, b, c, d, e, f, g, h, i, j, k, l]}}]\n")
		b.WriteString("      requestBody: {content: {application/json: {schema: {type: object, properties: {")
		for n := range 12 {
			fmt.Fprintf(&b, "p%d: {type: string, minLength: 1, maxLength: 9}, ", n)
		}
		b.WriteString("last: {enum: [x, y]}}}}}}\n")
	}
	return b.String()
}

// TestBudgetIsSharedEvenly: each operation has requests before any has many, no budget is overspent, what the answers along
// the way said is told all the same, and the checks that had none say that and nothing else.
func TestBudgetIsSharedEvenly(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]contract.Settings{
		"requests": {MaxRequests: 200}, "time": {MaxTotal: 200 * time.Second, Clock: ticking()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := docOf(t, manyThings())
			s, err := mockserver.New(d)
			if err != nil {
				t.Fatal(err)
			}
			srv := httptest.NewServer(s)
			defer srv.Close()
			set.NoRestore, set.MaxTime, set.Timeout = true, time.Hour, time.Hour
			r, err := contract.NewRunner(d, contract.Target{URL: srv.URL}, set)
			if err != nil {
				t.Fatal(err)
			}
			res := r.RunAll(t.Context(), nil)
			if res.Requests < 60 || res.Requests > 200 && set.MaxTotal == 0 || res.Count(contract.NotRun) == 0 {
				t.Errorf("%d requests", res.Requests)
			}
			had := map[string]int{}
			for _, o := range res.Outcomes {
				had[o.Check.Operation] += len(o.Steps) + o.Dropped
				if o.Status == contract.NotRun && !strings.Contains(o.Reason, "the budget of ") {
					t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
				}
				if late := strings.HasSuffix(o.Check.Name, "answers as documented"); late && o.Status != contract.Passed {
					t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
				}
			}
			var small, large []int
			for i := range 30 {
				small = append(small, had[fmt.Sprintf("small%02d", i)])
				large = append(large, had[fmt.Sprintf("large%02d", i)])
			}
			// One check may make the difference, and no more.
			if slices.Min(small) < 1 || slices.Min(large) < 1 || slices.Max(large)-slices.Min(large) > 6 {
				t.Errorf("the operations had %v and %v requests", small, large)
			}
			if left := res.LeftOut(); len(left) > 0 {
				t.Errorf("left out: %v", left)
			}
		})
	}
}

// ticking is a clock that moves on each time somebody looks at it.
func ticking() func() time.Time {
	ticks := make(chan time.Time, 1)
	ticks <- time.Unix(0, 0)
	return func() time.Time {
		now := (<-ticks).Add(100 * time.Millisecond)
		ticks <- now
		return now
	}
}
