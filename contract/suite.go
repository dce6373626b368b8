package contract

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
)

// Tree adds the selected checks to the Ginkgo tree that is being built: one It a check, so one failure hides no other,
// labelled as Check.Labels says. Each outcome is passed on as it comes, where each is not nil.
//
// A project that has a Ginkgo suite calls it in a container of its own and runs the suite as ever. The checks keep their order,
// so they are one ordered container, whose cost for Ginkgo grows with the square of their number: of a document that has
// thousands, Settings.Only takes some, and Run takes them all.
func (r *Runner) Tree(each func(Outcome)) {
	ginkgo.Describe("contract", ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		r.specs(context.Background(), r.inOrder(), each, func(why string) { ginkgo.Skip(why) })
	})
}

// specs adds one It a check to the container that is being built; each ends with its spec, or with ctx. Ginkgo is told by skip
// of a check that says nothing.
func (r *Runner) specs(ctx context.Context, checks []*Check, each func(Outcome), skip func(why string)) {
	for _, c := range checks {
		ginkgo.It(c.Name, ginkgo.Label(labelsOf(c)...), func(spec ginkgo.SpecContext) {
			both, cancel := context.WithCancel(ctx)
			defer cancel()
			defer context.AfterFunc(spec, cancel)()
			if both.Err() != nil {
				skip(endedBefore)
				return
			}
			o := c.Run(both, r)
			if each != nil {
				each(o)
			}
			switch o.Status {
			case Failed:
				ginkgo.Fail(Explain(o))
			case Skipped, NotRun:
				skip(o.Reason)
			case Warned, Known:
				ginkgo.AddReportEntry(string(o.Status), Explain(o), ginkgo.ReportEntryVisibilityFailureOrVerbose)
			}
		})
	}
}

// endedBefore is why a check was not run that nobody began.
const endedBefore = "the run was ended before it"

// meaningful are the characters that Ginkgo gives a meaning of its own in labels.
var meaningful = strings.NewReplacer("&", " ", "|", " ", "!", " ", ",", " ", "(", " ", ")", " ", "/", " ", ":", " ")

// labelsOf are a check's labels without those characters.
func labelsOf(c *Check) []string {
	var out []string
	for _, l := range c.Labels() {
		if l = strings.TrimSpace(meaningful.Replace(l)); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Run runs the selected checks as subtests of a Go test. Records are taken before the first change and put back when the
// test ends, as Runner.RunRestoring does; the test fails where that is not possible. With Settings.NoRestore they are
// used and left.
//
// The undo file lies in a directory of its own beside those of other tests; its name is logged where it is still needed.
func Run(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir: what is left there after a failure to put back must stay.
	dir, err := os.MkdirTemp("", "understudy-undo-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		res := r.PutBack(context.Background()) //nolint:usetesting // the test's own context has ended by then
		if res.Complete() {
			_ = os.RemoveAll(dir)
			return
		}
		t.Errorf("not everything is as it was; understudy restore %s tries again:\n%s", res.UndoFile, res)
	})
	if err := r.Take(t.Context(), filepath.Join(dir, "undo.jsonl")); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.checks {
		t.Run(c.Name, func(t *testing.T) {
			switch o := c.Run(t.Context(), r); o.Status {
			case Failed:
				t.Error(Explain(o))
			case Skipped, NotRun:
				t.Skip(o.Reason)
			case Warned, Known:
				t.Log(Explain(o))
			}
		})
	}
}

// Explain says how a check went in a few lines: each finding, and the requests that led to it.
func Explain(o Outcome) string {
	var b strings.Builder
	if o.Reason != "" {
		fmt.Fprintf(&b, "%s: %s\n", o.Status, o.Reason)
	}
	for _, f := range o.Findings {
		fmt.Fprintf(&b, "%s\n", f)
		if f.Hint != "" {
			fmt.Fprintf(&b, "    %s\n", f.Hint)
		}
	}
	for i, s := range o.Steps {
		if i < len(o.Steps)-3 {
			continue // the last few are the ones that matter here; reports have them all
		}
		status := s.Err
		if s.Answer != nil {
			status = statusLine(s.Answer.Status)
		}
		fmt.Fprintf(&b, "  %s: %s %s -> %s\n", s.Note, s.Request.Method, s.Request.Path, status)
	}
	return strings.TrimSpace(b.String())
}

// suiteT lets RunSpecs be called outside a test.
type suiteT struct{ failed bool }

func (t *suiteT) Fail() { t.failed = true }

// maxSpecs bounds the checks that are one suite for Ginkgo: what it takes to set one up grows with their square, and it keeps
// a report of each to the end.
const maxSpecs = 500

// RunGinkgo runs the selected checks as Ginkgo suites in this process, one after the other, silently, and passes each outcome
// on. It owns SIGINT and SIGTERM while it runs: what must happen after a signal belongs behind it. Checks that an interrupt
// kept from running are in the result as not run.
func (r *Runner) RunGinkgo(ctx context.Context, each func(Outcome)) *Result {
	start := r.set.Clock()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := map[*Check]Outcome{}
	note := func(o Outcome) {
		done[o.Check] = o
		if each != nil {
			each(o)
		}
	}
	for some := range slices.Chunk(r.inOrder(), maxSpecs) {
		if len(signals) > 0 || ctx.Err() != nil {
			break
		}
		r.runSuite(ctx, some, note)
	}
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	res := &Result{Outcomes: make([]Outcome, 0, len(r.checks))}
	for _, c := range r.checks {
		o, ran := done[c]
		if !ran {
			o = Outcome{Check: c, Status: NotRun, Reason: endedBefore}
		}
		res.Outcomes = append(res.Outcomes, o)
	}
	res.Requests, res.Took = r.Requests(), r.set.Clock().Sub(start)
	return res
}

// runSuite runs checks as one suite.
func (r *Runner) runSuite(ctx context.Context, checks []*Check, each func(Outcome)) {
	globals.Reset()
	defer globals.Reset() // or the suite stays in memory
	// Ordered: specs of one place in the code are else sorted by their names, whatever order they were added in.
	ginkgo.Describe("understudy", ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		// Nobody reads what Ginkgo says of a check that was skipped, and it writes down a stack for each.
		r.specs(ctx, checks, each, func(string) {})
	})
	suite, reporter := types.NewDefaultSuiteConfig(), types.NewDefaultReporterConfig()
	reporter.Succinct, reporter.NoColor = true, true
	silence(func() { ginkgo.RunSpecs(&suiteT{}, "contract", suite, reporter) })
}

// silence keeps Ginkgo's own report off the terminal: ours says it.
func silence(run func()) {
	out, err := formatter.ColorableStdOut, formatter.ColorableStdErr
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	defer func() { formatter.ColorableStdOut, formatter.ColorableStdErr = out, err }()
	run()
}
