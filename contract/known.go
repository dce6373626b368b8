package contract

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// KnownFailures lists checks that fail for a reason that is known, each until a date. They still run.
type KnownFailures struct {
	Name    string // of the file, for messages
	Entries []KnownFailure
}

// KnownFailure is one line of such a file: check, reason, last day.
type KnownFailure struct {
	Check, Reason string
	Until         time.Time
	Line          int
}

// ParseKnown reads known failures, one a line: NAME | REASON | YYYY-MM-DD. Empty lines and those that begin with # are
// left out. The error names file and line.
func ParseKnown(name string, in io.Reader) (*KnownFailures, error) {
	k := &KnownFailures{Name: name}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		parts := strings.Split(text, "|")
		if len(parts) != 3 {
			return nil, usage("%s:%d: want NAME | REASON | YYYY-MM-DD, got %q", name, n, spec.Clip(text))
		}
		e := KnownFailure{Check: strings.TrimSpace(parts[0]), Reason: strings.TrimSpace(parts[1]), Line: n}
		until, err := time.Parse(time.DateOnly, strings.TrimSpace(parts[2]))
		if err != nil || e.Check == "" || e.Reason == "" {
			return nil, usage("%s:%d: want a check, a reason and a date as in 2030-12-31", name, n)
		}
		e.Until = until
		k.Entries = append(k.Entries, e)
	}
	return k, lines.Err()
}

// WriteKnown writes failed checks in the form that ParseKnown reads.
func WriteKnown(w io.Writer, outcomes []Outcome, until time.Time) error {
	if _, err := fmt.Fprintln(w, "# check | reason | last day"); err != nil {
		return err
	}
	for _, o := range outcomes {
		if o.Status != Failed || len(o.Findings) == 0 {
			continue
		}
		reason := strings.ReplaceAll(o.Findings[0].Rule+": say why this is known", "|", "/")
		if _, err := fmt.Fprintf(w, "%s | %s | %s\n", o.Check.Name, reason, until.Format(time.DateOnly)); err != nil {
			return err
		}
	}
	return nil
}

// check refuses entries that no check has the name of.
func (k *KnownFailures) check(all []*Check) error {
	if k == nil {
		return nil
	}
	for _, e := range k.Entries {
		if !slices.ContainsFunc(all, func(c *Check) bool { return c.Name == e.Check }) {
			return usage("%s:%d: there is no check %q%s", k.Name, e.Line, spec.Clip(e.Check), nearestCheck(e.Check, all))
		}
	}
	return nil
}

// judgeKnown turns a listed failure into a known one, and one that passes or is past its date into a failure.
func (r *Runner) judgeKnown(o Outcome) Outcome {
	if r.set.Known == nil {
		return o
	}
	for _, e := range r.set.Known.Entries {
		if e.Check != o.Check.Name {
			continue
		}
		news := func(text string) Outcome {
			o.Status, o.Reason = Failed, text
			o.At = append(o.At, -1)
			o.Findings = append(o.Findings, spec.Finding{
				Rule: "known", Level: spec.Must, Operation: o.Check.Operation, In: "document",
				Document: o.Check.Document, Expected: "the failure listed in " + r.set.Known.Name, Actual: text,
				Hint: fmt.Sprintf("mend line %d of %s", e.Line, r.set.Known.Name),
			})
			return o
		}
		switch {
		case o.Status == Passed || o.Status == Warned:
			return news("it passes now")
		case o.Status == Failed && r.set.Clock().After(e.Until.AddDate(0, 0, 1)):
			return news("its date, " + e.Until.Format(time.DateOnly) + ", is past")
		case o.Status == Failed:
			o.Status, o.Reason = Known, e.Reason
			return o
		}
	}
	return o
}
