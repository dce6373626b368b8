package report

import (
	"bytes"
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
	step := func(note, body string, status int) contract.Step {
		return contract.Step{
			Note: note, Request: contract.Request{Body: []byte(body)}, Answer: &contract.Answer{Status: status},
		}
	}
	steps := []contract.Step{
		step("rating: at the minimum", `{"rating":0}`, 200), step("rating: on the step", `{"rating":0.3}`, 422),
		step("rating: at the maximum", `{"rating":5}`, 422), step("rating: in the middle", `{"rating":2.5}`, 200),
	}
	finding := func(actual, expected string) spec.Finding {
		return spec.Finding{In: "body", Actual: actual, Expected: expected}
	}
	stuck := finding("200 OK", "")
	stuck.Rule = "refusal-changed"
	for name, c := range map[string]struct {
		kind    contract.Kind
		finding spec.Finding
		want    string
	}{
		"by value and status": {
			contract.Accepts,
			finding("422 Unprocessable Entity", "a success, since the document allows 5 (at the maximum)"), "at the maximum",
		},
		"by value":                   {contract.Accepts, finding("0", "the value that was sent, 2.5"), "in the middle"},
		"by status alone":            {contract.Refuses, finding("200 OK", "a refusal"), "at the minimum"},
		"steps that belong together": {contract.Lasts, finding("0", "still 2.5 at the next look"), "all"},
		"what refused bodies left":   {contract.Refuses, stuck, "all"},
		"nothing to go by":           {contract.Refuses, finding("418", ""), "all"},
	} {
		var shown []exchange
		for i, s := range steps {
			shown = append(shown, exchange{Number: i + 1, Note: s.Note})
		}
		o := contract.Outcome{Check: &contract.Check{Kind: c.kind}, Findings: []spec.Finding{c.finding}, Steps: steps}
		got := relevant(o, 0, shown)
		if c.want == "all" && len(got) == len(steps) || len(got) == 1 && strings.HasSuffix(got[0].Note, c.want) {
			continue
		}
		t.Errorf("%s: got %+v, want %s", name, got, c.want)
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
