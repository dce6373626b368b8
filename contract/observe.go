package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// What answers are watched for along the way, whatever the check asked.
const (
	metAnswer     = "answer" // a success that is not as documented
	metError      = "error"  // a 500
	metLeak       = "leak"   // an error that shows the inside
	metSlow       = "slow"
	metDrift      = "drift"      // an undocumented status
	metUndeclared = "undeclared" // a member that the document does not name
	metSuccess    = "success"    // a success that does not say so
)

// observe judges an answer for what every answer must keep.
func (r *Runner) observe(req Request, a *Answer, step Step) {
	r.mu.Lock()
	r.latency = append(r.latency, a.Took)
	r.mu.Unlock()
	switch {
	case a.Status == http.StatusInternalServerError:
		r.note(metError, req.Operation, step, spec.Finding{
			Rule: "server-error", Level: spec.Must, In: "status",
			Expected: "any other status", Actual: "500",
			Hint: "whatever a client sends, 500 says that the server failed, not the client",
		})
	case isSuccess(a.Status) && req.Operation != nil && req.Method != http.MethodHead:
		r.rememberSent(req)
		r.noteJudged(req.Operation)
		if !r.shelf.seen(req.Operation, a) {
			r.observeSuccess(req, a, step)
		}
	}
	if a.Status >= 400 {
		if what := leak(a.Body, req.Path); what != "" {
			r.note(metLeak, req.Operation, step, spec.Finding{
				Rule: "stack-trace", Level: spec.Should, In: "body",
				Expected: "an error without the inside", Actual: what,
				Hint: "errors are for clients; keep traces and file names in the server's log",
			})
		}
	}
	if a.Took > r.set.MaxTime {
		r.note(metSlow, req.Operation, step, spec.Finding{
			Rule: "time", Level: spec.Should, In: "time",
			Expected: "at most " + r.set.MaxTime.String(), Actual: "more", Hint: "the limit is set by --max-time",
		})
	}
}

// observeSuccess holds a success against the document.
func (r *Runner) observeSuccess(req Request, a *Answer, step Step) {
	op := req.Operation
	v, err := a.value()
	for _, f := range op.CheckResponse(a.Status, a.Header, a.Body, answerLimits) {
		kind := metAnswer
		if f.In == "status" {
			if _, declared := op.SuccessResponse(); declared == nil {
				continue // the document has no success, so every one is another
			}
			kind = metDrift
		}
		if a.parsed.twice && f.In == "body" {
			f.Level = spec.Should // RFC 8259, 4: names should be unique
		}
		r.note(kind, op, step, f)
	}
	res := op.Response(a.Status)
	if err != nil || res == nil {
		return
	}
	if m := spec.Media(res.Content); m != nil && m.Schema != nil {
		for _, pointer := range r.undeclared(m.Schema, v) {
			r.note(metUndeclared, op, step, spec.Finding{
				Rule: "undeclared", Level: spec.Should, In: "body", Pointer: pointer,
				Document: m.Schema.Location, Expected: "members that the document names", Actual: "another",
			})
		}
	}
}

// parsed is the JSON of an answer.
type parsed struct {
	value any
	err   error
	twice bool // an object has a member twice; of each the last is kept, as most clients do
}

// value is the answer's JSON as plain values, decoded once.
func (a *Answer) value() (any, error) {
	if a.parsed != nil {
		return a.parsed.value, a.parsed.err
	}
	v, err := strictjson.Decode(a.Body, answerLimits)
	a.parsed = &parsed{value: v, err: err}
	var syntax *strictjson.Error
	if errors.As(err, &syntax) && syntax.Kind == strictjson.Duplicate {
		d := json.NewDecoder(bytes.NewReader(a.Body))
		d.UseNumber()
		a.parsed.twice, a.parsed.err = true, d.Decode(&a.parsed.value)
	}
	return a.parsed.value, a.parsed.err
}

// judgedAny reports whether a success of an operation was judged.
func (r *Runner) judgedAny(op *spec.Operation) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.judged[op]
}

func (r *Runner) noteJudged(op *spec.Operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.judged[op] = true
}

// claimsSuccess notes what hints say of a success and an answer does not.
func (p *probe) claimsSuccess(a *Answer) {
	op := p.r.doc.Operation(p.check.Operation)
	v, err := a.value()
	o, ok := v.(map[string]any)
	if op == nil || err != nil || !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(op.Success)) {
		if want := op.Success[name]; !strictjson.Equal(want, o[name]) {
			p.r.note(metSuccess, op, p.steps[len(p.steps)-1], spec.Finding{
				Rule: "success", Level: spec.Should, In: "body",
				Pointer: strictjson.Pointer(name), Expected: string(strictjson.Append(nil, want)) + ", as a success says",
				Actual: p.shownOr(o, name),
			})
		}
	}
}

// note keeps a finding for the check that tells it. Values read off loopback are masked.
func (r *Runner) note(kind string, op *spec.Operation, step Step, f spec.Finding) {
	if op != nil {
		f.Operation = op.ID
	}
	if !r.Loopback() && !r.set.ShowValues && f.In == "body" && f.Rule != "stack-trace" && kind != metSuccess {
		f.Actual = "(masked)"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	same := func(m met) bool { return m.kind == kind && m.finding == f }
	if len(r.met) < 1000 && !slices.ContainsFunc(r.met, same) {
		r.met = append(r.met, met{kind, op, f, step})
	}
}

var (
	traces = regexp.MustCompile(`(?m)^\s*at [\w.$<>]+ ?\(.*\)|Traceback \(most recent call last\)|goroutine \d+ \[|` +
		`\.(go|js|ts|py|rb|java|php|cs):\d+`)
	filePaths = regexp.MustCompile(`(?i)(^|[\s"'(])(/(home|usr|var|app|srv|opt|root|node_modules)/[\w./-]+|` +
		`[a-z]:\\[\w\\.-]+)`)
	markup = regexp.MustCompile(`(?i)<(!doctype|html|body|pre|script)[\s>]`)
)

// unescape undoes what JSON does to a trace: lines, slashes and angle brackets.
var unescape = strings.NewReplacer(`\n`, "\n", `\/`, "/", `\u003c`, "<", `\u003C`, "<", `\u003e`, ">", `\u003E`,
	">", `\\`, `\`)

// leak says what of a server's inside an error shows; "" for nothing. The path that was asked for is nothing of it.
func leak(body []byte, asked string) string {
	text := unescape.Replace(string(body[:min(len(body), 64<<10)]))
	if len(asked) > 1 {
		text = strings.ReplaceAll(text, asked, "")
	}
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
		p.keepStep(m.step)
		p.find(f)
	}
}

// statusLine is an answer's status for people.
func statusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
