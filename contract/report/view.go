package report

import (
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// view is a run as every format shows it. Its JSON form is the JSON report; report.schema.json describes it.
type view struct {
	Understudy string       `json:"understudy"`
	Version    int          `json:"version"`
	Tool       string       `json:"tool"`
	Document   documentView `json:"document"`
	Target     string       `json:"target"`
	Masked     bool         `json:"masked"`
	Started    string       `json:"started"`
	Seconds    float64      `json:"seconds"`
	Seed       string       `json:"seed"` // a number of 64 bits is none that every reader of JSON keeps
	Strict     bool         `json:"strict"`
	Notes      []string     `json:"notes"`
	Summary    summary      `json:"summary"`
	Failures   []cause      `json:"failures"`
	Warnings   []cause      `json:"warnings"`
	Left       []left       `json:"left"`
	Records    recordsView  `json:"records"`
	Checks     []checkView  `json:"checks"`
	Coverage   Coverage     `json:"coverage"`
	Latency    latency      `json:"latency"`
	Variables  []string     `json:"variables"` // what curl lines need, with what each holds
}

type documentView struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
}

// summary is the run in numbers.
type summary struct {
	Checks      int `json:"checks"`
	Passed      int `json:"passed"`
	Warned      int `json:"warned"`
	Failed      int `json:"failed"`
	Known       int `json:"known"`
	Skipped     int `json:"skipped"`
	NotRun      int `json:"notRun"`
	Operations  of  `json:"operations"`
	Constraints of  `json:"constraints"`
	Requests    int `json:"requests"`
	ExitCode    int `json:"exitCode"`
}

// of is a part of a whole.
type of struct {
	Covered int `json:"covered"`
	Total   int `json:"total"`
}

// left are checks that say nothing about the contract, for one reason; a known failure's reason is its excuse.
type left struct {
	Status contract.Status `json:"status"`
	Reason string          `json:"reason"`
	Checks []string        `json:"checks"`
}

// checkView is one check. Steps are there for those that found something.
type checkView struct {
	Name         string          `json:"name"`
	Operation    string          `json:"operation"`
	Kind         contract.Kind   `json:"kind"`
	Rule         string          `json:"rule"`
	Level        spec.Level      `json:"level"`
	Document     spec.Location   `json:"document"`
	Status       contract.Status `json:"status"`
	Reason       string          `json:"reason,omitempty"`
	Milliseconds float64         `json:"milliseconds"`
	Findings     []spec.Finding  `json:"findings"`
	Steps        []exchange      `json:"steps"`
	Dropped      int             `json:"dropped,omitempty"`
}

// newView makes the view of a run. It is the only place where a run's texts come from, and they leave it scrubbed.
func newView(run Run) *view {
	if run.Result == nil {
		run.Result = &contract.Result{}
	}
	v := &view{
		Understudy: "verify", Version: 1, Tool: run.Version, Target: run.Target, Masked: run.masked(),
		Started: run.Started.UTC().Format(time.RFC3339), Seconds: seconds(run.Result.Took),
		Seed: strconv.FormatUint(run.Seed, 10), Strict: run.Strict, Notes: slices.Clone(run.Notes),
		Latency: newLatency(&run), Records: newRecords(run.Result.Restored),
	}
	if d := run.Document; d != nil {
		v.Document = documentView{d.Name(), d.Title, d.Release, d.Hash}
		v.Coverage = Cover(d, run.Result.Outcomes)
	}
	b := newBuilder(&run)
	v.Checks = make([]checkView, 0, len(run.Result.Outcomes))
	for _, o := range run.Result.Outcomes {
		b.add(v, o)
	}
	v.Failures, v.Warnings = b.failures.list(), b.warnings.list()
	v.Variables = b.curl.explained(v)
	v.Summary = v.count(&run)
	b.scrub.all(reflect.ValueOf(v))
	return v
}

// builder makes the parts of a view out of outcomes.
type builder struct {
	run                *Run
	scrub              *scrubber
	curl               curl
	read               *readValues
	failures, warnings causes
}

func newBuilder(run *Run) *builder {
	b := &builder{run: run, scrub: newScrubber(run), curl: newCurl(run), read: newReadValues()}
	if run.masked() {
		for _, o := range run.Result.Outcomes {
			for _, s := range o.Steps {
				b.read.learn(s)
			}
		}
	}
	return b
}

// add puts an outcome where it belongs.
func (b *builder) add(v *view, o contract.Outcome) {
	c := o.Check
	if !slices.Contains(contract.Statuses(), o.Status) {
		o.Status = contract.NotRun // nothing counts as done that does not say so
	}
	cv := checkView{
		Name: c.Name, Operation: c.Operation, Kind: c.Kind, Rule: c.Rule, Level: c.Level, Document: c.Document,
		Status: o.Status, Reason: o.Reason, Milliseconds: milliseconds(o.Took), Dropped: o.Dropped,
	}
	for _, f := range o.Findings {
		if b.run.masked() {
			f = b.read.finding(f, o.Steps)
		}
		cv.Findings = append(cv.Findings, f)
	}
	if len(o.Findings) > 0 {
		for i, s := range o.Steps {
			// Every step up to the last few is kept; those between were left out after the first.
			n := i + 1
			if i > 0 {
				n += o.Dropped
			}
			cv.Steps = append(cv.Steps, b.exchange(n, s))
		}
	}
	for i, f := range cv.Findings {
		switch {
		case o.Status == contract.Failed && (f.Level == spec.Must || b.run.Strict):
			b.failures.add(f, cv, relevant(o, i, cv.Steps))
		case o.Status != contract.Known && f.Level != spec.Must:
			b.warnings.add(f, cv, relevant(o, i, cv.Steps))
		}
	}
	if !ran(o.Status) || o.Status == contract.Known {
		v.leave(o)
	}
	v.Checks = append(v.Checks, cv)
}

// leave notes a check that was left, together with the others of its reason.
func (v *view) leave(o contract.Outcome) {
	i := slices.IndexFunc(v.Left, func(l left) bool { return l.Status == o.Status && l.Reason == o.Reason })
	if i < 0 {
		i = len(v.Left)
		v.Left = append(v.Left, left{Status: o.Status, Reason: o.Reason})
	}
	v.Left[i].Checks = append(v.Left[i].Checks, o.Check.Name)
}

func (v *view) count(run *Run) summary {
	r := run.Result
	s := summary{
		Checks: len(r.Outcomes), Passed: r.Count(contract.Passed), Warned: r.Count(contract.Warned),
		Failed: r.Count(contract.Failed), Known: r.Count(contract.Known), Skipped: r.Count(contract.Skipped),
		Requests: r.Requests, ExitCode: ExitCode(r),
	}
	// Whatever is none of the others has not been run: no status may go uncounted.
	s.NotRun = s.Checks - s.Passed - s.Warned - s.Failed - s.Known - s.Skipped
	s.Operations, s.Constraints = v.Coverage.operations(), v.Coverage.constraints()
	return s
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
