package contract

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// TestAPanicInACheckIsItsFailure: it is told with the place, and the checks after it run.
func TestAPanicInACheckIsItsFailure(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "t.yaml", Data: []byte("openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\n" +
		"paths: {/a: {get: {responses: {\"204\": {description: ok}}}}}\n")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRunner(d, Target{URL: "http://127.0.0.1:1"}, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	r.checks = []*Check{
		{Name: "says", Level: spec.Must, run: func(*probe) { panic("spilt") }},
		{Name: "indexes", Level: spec.Must, run: func(p *probe) { _ = p.steps[len(p.steps)] }},
		{Name: "goes on", Level: spec.Must, run: func(*probe) {}},
	}
	res := r.RunAll(t.Context(), nil)
	for i, want := range []string{"panic: spilt", "panic: runtime error: index out of range [0] with length 0", ""} {
		o := res.Outcomes[i]
		if want == "" {
			if o.Status != Passed {
				t.Errorf("%s: %s", o.Check.Name, o.Status)
			}
			continue
		}
		f := o.Findings[0]
		if o.Status != Failed || f.Actual != want || !strings.Contains(f.Hint, "TestAPanicInACheckIsItsFailure") ||
			!strings.Contains(f.Hint, "panic_test.go:") {
			t.Errorf("%s: %s %s (%s)", o.Check.Name, o.Status, f.Actual, f.Hint)
		}
	}
}
