package contract

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// What answers are watched for along the way, whatever the check asked.
const (
	metAnswer = "answer" // a success that is not as documented
	metError  = "error"  // a 500
	metLeak   = "leak"   // an error that shows the inside
	metSlow   = "slow"
	metDrift  = "drift" // an undocumented status
)

// observe judges an answer for what every answer must keep.
func (r *Runner) observe(p *probe, req Request, a *Answer, step Step) {
	r.mu.Lock()
	r.latency = append(r.latency, a.Took)
	r.mu.Unlock()
	note := func(kind string, f spec.Finding) {
		if req.Operation != nil {
			f.Operation = req.Operation.ID
		}
		if !r.Loopback() && !r.set.ShowValues && f.In == "body" && f.Rule != "stack-trace" {
			f.Actual = "(masked)"
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		same := func(m met) bool { return m.kind == kind && m.finding == f }
		if len(r.met) < 1000 && !slices.ContainsFunc(r.met, same) {
			r.met = append(r.met, met{kind, req.Operation, f, step})
		}
	}
	switch {
	case a.Status == http.StatusInternalServerError:
		note(metError, spec.Finding{Rule: "server-error", Level: spec.Must, In: "status", Expected: "any other status",
			Actual: "500", Hint: "whatever a client sends, 500 says that the server failed, not the client"})
	case isSuccess(a.Status) && req.Operation != nil && req.Method != http.MethodHead:
		for _, f := range req.Operation.CheckResponse(a.Status, a.Header, a.Body, answerLimits) {
			kind := metAnswer
			if f.In == "status" {
				kind = metDrift
			}
			note(kind, f)
		}
	}
	if a.Status >= 400 {
		if what := leak(a.Body); what != "" {
			note(metLeak, spec.Finding{Rule: "stack-trace", Level: spec.Should, In: "body", Expected: "an error without the inside",
				Actual: what, Hint: "errors are for clients; keep traces and file names in the server's log"})
		}
	}
	if a.Took > r.set.MaxTime {
		note(metSlow, spec.Finding{Rule: "time", Level: spec.Should, In: "time", Expected: "at most " + r.set.MaxTime.String(),
			Actual: "more", Hint: "the limit is set by --max-time"})
	}
}

var (
	traces = regexp.MustCompile(`(?m)^\s*at [\w.$<>]+\(.*\)|Traceback \(most recent call last\)|goroutine \d+ \[|` +
		`\.(go|js|ts|py|rb|java|php|cs):\d+`)
	filePaths = regexp.MustCompile(`(?i)(^|[\s"'(])(/(home|usr|var|app|srv|opt|root|node_modules)/[\w./-]+|[a-z]:\\[\w\\.-]+)`)
	markup    = regexp.MustCompile(`(?i)<(!doctype|html|body|pre|script)[\s>]`)
)

// leak says what of a server's inside an error shows; "" for nothing.
func leak(body []byte) string {
	text := string(body[:min(len(body), 64<<10)])
	switch {
	case traces.MatchString(text):
		return "a stack trace"
	case filePaths.MatchString(text):
		return "a path of a file"
	case markup.MatchString(text):
		return "markup"
	}
	return ""
}

// metAlong are the findings of a kind met so far, those of one operation where it is given.
func (r *Runner) metAlong(op *spec.Operation, kinds ...string) []met {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []met
	for _, m := range r.met {
		if slices.Contains(kinds, m.kind) && (op == nil || m.op == op) {
			out = append(out, m)
		}
	}
	return out
}

// tell turns what was met along the way into findings of this check.
func (p *probe) tell(ms []met) {
	for _, m := range ms {
		f := m.finding
		if f.Document == (spec.Location{}) && m.op != nil {
			f.Document = m.op.Location
		}
		p.find(f)
		if len(p.steps) < maxSteps {
			p.steps = append(p.steps, m.step)
		}
	}
}

// statusLine is an answer's status for people.
func statusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
