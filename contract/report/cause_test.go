package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

func TestForm(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"422 Unprocessable Entity": "422",
		"500":                      "500",
		"a success, since the document allows 0.3 (x)":  "a success, since the document allows …",
		`a success, since the document allows "a" (y)`:  "a success, since the document allows …",
		"a success, since the document allows -1":       "a success, since the document allows …",
		"a success, since the document allows null (z)": "a success, since the document allows …",
		"the id in the path":                            "the id in the path",
		"utf8 or nothing":                               "utf8 or nothing",
	} {
		if got := form(s); got != want {
			t.Errorf("form(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestRelevantStep(t *testing.T) {
	t.Parallel()
	step := func(method string) contract.Step { return contract.Step{Request: contract.Request{Method: method}} }
	steps := []contract.Step{step("PATCH"), step("PATCH"), step("GET"), step("PATCH")}
	for name, c := range map[string]struct {
		kind contract.Kind
		rule string
		at   int
		want []int
	}{
		"each request alone":         {contract.Accepts, "minimum", 1, []int{2}},
		"what a look showed":         {contract.Accepts, "echo", 2, []int{2, 3}},
		"what an update answered":    {contract.Accepts, "echo", 3, []int{4}},
		"steps that belong together": {contract.Lasts, "lasts", 3, []int{1, 2, 3, 4}},
		"what refused bodies left":   {contract.Refuses, "refusal-changed", 3, []int{1, 2, 3, 4}},
		"a step that was left out":   {contract.Refuses, "type", -1, []int{1, 2, 3, 4}},
	} {
		var shown []exchange
		for i := range steps {
			shown = append(shown, exchange{Number: i + 1})
		}
		o := contract.Outcome{
			Check: &contract.Check{Kind: c.kind}, Findings: []spec.Finding{{Rule: c.rule}}, At: []int{c.at}, Steps: steps,
		}
		var got []int
		for _, e := range relevant(o, 0, shown) {
			got = append(got, e.Number)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got steps %v, want %v", name, got, c.want)
		}
	}
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	l := newLatency(&Run{Latencies: []time.Duration{ms, 30 * ms, ms, 20 * time.Second, 2 * ms}})
	if l.Answers != 5 || l.Median != 2 || l.Max != 20000 {
		t.Errorf("got %+v", l)
	}
	total := 0
	for _, b := range l.Buckets {
		total += b.Count
	}
	last := l.Buckets[len(l.Buckets)-1]
	if total != 5 || l.Buckets[0].AtMost != 1 || l.Buckets[0].Count != 2 || last != (bucket{0, 1}) {
		t.Errorf("got %+v", l.Buckets)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := &lines{w: &b, total: 4, every: 10 * time.Second, clock: func() time.Time { return now }, last: now}
	for i, s := range []contract.Status{contract.Passed, contract.Failed, contract.Passed, contract.Passed} {
		now = time.Unix(int64(6*i), 0)
		p.Step(contract.Outcome{Status: s})
	}
	p.Done()
	if got := b.String(); got != "3 of 4 checks done, 1 failed\n" {
		t.Errorf("got %q", got)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := newBar(&b, 2)
	p.Step(contract.Outcome{Status: contract.Failed})
	p.Step(contract.Outcome{Status: contract.Passed})
	p.Done()
	if got := b.String(); !strings.Contains(got, "1 failed") || strings.Contains(got, "\n") {
		t.Errorf("got %q", got)
	}
}
