package contract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

// Runner runs the checks of a document against one target, one after the other.
type Runner struct {
	doc    *spec.Document
	target Target
	set    Settings
	base   *url.URL
	client *client
	checks []*Check
	gen    *fixtures.Generator
	now    time.Time

	keeper *restorer // nil while no records were taken
	places *places
	pools  map[*spec.Resource]*pool
	others map[*spec.Resource][]recordKey // that lists show beside those that checks work on

	mu       sync.Mutex
	records  map[recordKey]*record
	met      []met // along the way, for the checks that report it
	shelf    answerShelf
	latency  []time.Duration
	makings  int
	judged   map[*spec.Operation]bool // a success of it was judged
	exampled exampled
	sent     map[string]bool          // names of members that bodies had
	untold   map[*spec.Operation]bool // creations whose answers do not tell which record they made
	lost     map[*spec.Resource]bool  // some record of it was made, and nobody knows which
	claimed  map[string]bool          // ids that bodies of creations had, behind their resources
}

// record is what is known of a record on the target.
type record struct {
	last map[string]any // as the target last answered it; nil when that is not known
}

// met is a finding that an answer gave besides what the check asked about.
type met struct {
	kind    string // answers, manners...
	op      *spec.Operation
	finding spec.Finding
	step    Step
}

// NewRunner derives the checks and selects those that the settings ask for. The error is a *UsageError.
func NewRunner(d *spec.Document, t Target, s Settings) (*Runner, error) {
	s = s.withDefaults()
	if len(d.Operations) == 0 {
		return nil, usage("%s: there is nothing to check: the document has no operation under paths that could be read", d.Name())
	}
	base, err := parseTarget(d, t, s)
	if err != nil {
		return nil, err
	}
	r := &Runner{
		doc: d, target: t, set: s, base: base, client: newClient(base, t, s),
		gen: fixtures.NewGenerator(fixtures.DefaultNow, spec.In), now: fixtures.DefaultNow,
		records: map[recordKey]*record{}, judged: map[*spec.Operation]bool{}, sent: map[string]bool{}, claimed: map[string]bool{},
		untold: map[*spec.Operation]bool{},
		lost:   map[*spec.Resource]bool{}, pools: map[*spec.Resource]*pool{}, others: map[*spec.Resource][]recordKey{},
	}
	r.target.IDs = maps.Clone(t.IDs)
	r.places = newPlaces(r.gen)
	r.places.first = func(res *spec.Resource) (string, bool) {
		if ids := r.target.IDs[res.Name]; len(ids) > 0 {
			return ids[0], true
		}
		return "", false
	}
	if err := r.checkIDs(); err != nil {
		return nil, err
	}
	all := Derive(d, r.gen)
	if err := s.Known.check(all); err != nil {
		return nil, err
	}
	r.checks, err = selectChecks(all, s)
	return r, err
}

// Checks are the selected checks in the order they run.
func (r *Runner) Checks() []*Check { return r.checks }

// Loopback reports whether the target is on this machine.
func (r *Runner) Loopback() bool { return isLoopback(r.base.Hostname()) }

// Requests is how many requests were sent so far.
func (r *Runner) Requests() int { return r.client.requests() }

// Latencies are how long each answer took, in order.
func (r *Runner) Latencies() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.latency)
}

// checkIDs refuses ids of resources that are not there, and none where they are needed.
func (r *Runner) checkIDs() error {
	var names []string
	for _, res := range r.doc.Resources {
		names = append(names, res.Name)
	}
	for name := range r.target.IDs {
		if slices.Contains(names, name) {
			continue
		}
		if near := spec.Nearest(name, names); near != "" {
			return usage("--id %s=...: there is no such resource; did you mean %s?", name, near)
		}
		return usage("--id %s=...: there is no such resource; there are: %s", name, joinNames(names))
	}
	var first *spec.Operation
	for _, o := range r.doc.Operations {
		if o.Resource == nil || o.ItemParam == "" || len(r.target.IDs[o.Resource.Name]) > 0 || r.findable(o.Resource) {
			return nil // something can be tried; what cannot is said of each operation
		}
		if first == nil {
			first = o
		}
	}
	return usage("%s acts on one of %s, and the document has no way to find or make one: pass ids that may be "+
		"used, --id %s,ID", first.ID, first.Resource.Name, idForm(first.Resource))
}

// findable reports whether the document has a way to find or make records of a resource.
func (r *Runner) findable(res *spec.Resource) bool {
	return res.Part && (res.Of == nil || r.findable(res.Of)) || res.Find(spec.ActionCreate) != nil || res.Find(spec.ActionList) != nil
}

// LeavesOut says why a check is not run on this target; "" where it is.
func (r *Runner) LeavesOut(c *Check) string {
	switch {
	case r.Loopback() || r.set.Destructive:
		return ""
	case c.Harmful:
		return "it may leave a record in a way that cannot be put back; say --destructive to run it"
	case c.blind:
		return "the document does not say what it changes, so nothing could be put back; say --destructive to run it"
	}
	return ""
}

// run runs one check.
func (r *Runner) run(ctx context.Context, c *Check) Outcome {
	start := r.set.Clock()
	p := &probe{ctx: ctx, r: r, check: c}
	out := Outcome{Check: c}
	if why := r.LeavesOut(c); why != "" {
		out.Status, out.Reason = Skipped, why
		return out
	}
	if err := r.client.spent(); err != nil && !c.late {
		out.Status, out.Reason = NotRun, err.Error()
		return out
	}
	p.protect()
	p.discard()
	if err := r.client.spent(); err != nil && p.skipped != "" {
		p.weather, p.skipped = err.Error(), "" // it is for want of requests that something is missing
	}
	for _, s := range p.steps {
		if s.Answer != nil {
			s.Answer.parsed = nil // values take many times the room of their text, and outcomes stay
		}
	}
	out.Steps, out.Dropped, out.Findings, out.At = p.steps, p.dropped, p.findings, p.at
	out.Took = r.set.Clock().Sub(start)
	out.Status, out.Reason = p.status(r.set.Strict)
	return r.judgeKnown(out)
}

// status sums a check up: what was found counts even when the rest could not be tried.
func (p *probe) status(strict bool) (Status, string) {
	worst := Passed
	for _, f := range p.findings {
		if f.Level == spec.Must || strict {
			worst = Failed
		} else if worst == Passed {
			worst = Warned
		}
	}
	switch {
	case worst == Failed:
		return Failed, ""
	case p.weather != "":
		return NotRun, p.weather
	case p.skipped != "":
		return Skipped, p.skipped
	}
	return worst, ""
}

// errStop ends a check early; what there is to say has been said.
var errStop = errors.New("stop")

// protect runs the check; a probe ends it early by panicking with errStop. Any other panic is a fault of the check itself:
// nothing is known of the target then, so it fails and says where.
func (p *probe) protect() {
	defer func() {
		if v := recover(); v != nil && v != any(errStop) {
			p.find(spec.Finding{
				Rule: "panic", Level: spec.Must, In: "check", Expected: "a check that comes to its end",
				Actual: spec.Clip(fmt.Sprint("panic: ", v)), Hint: "the suite itself failed here, please report it: " + panicPlace(debug.Stack()),
			})
		}
	}()
	p.check.run(p)
}

// panicPlace is the function and the line that a panic came from.
func panicPlace(stack []byte) string {
	_, after, _ := strings.Cut(string(stack), "\npanic(")
	lines := strings.Split(after, "\n")
	for i := 2; i+1 < len(lines); i += 2 {
		if strings.HasPrefix(lines[i], "runtime.") { // of which a nil pointer has some
			continue
		}
		name, _, _ := strings.Cut(path.Base(lines[i]), "(0x")
		at, _, _ := strings.Cut(path.Base(strings.TrimSpace(lines[i+1])), " ")
		return name + " " + at
	}
	return "at an unknown place"
}

// isWeather reports whether a status says nothing about the contract.
func isWeather(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}
