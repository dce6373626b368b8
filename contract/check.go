package contract

import (
	"context"
	"slices"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// Kind is what a check asks of a target.
type Kind string

// The kinds, in the order their checks run.
const (
	Answers  Kind = "answers"  // what comes back is as documented
	Accepts  Kind = "accepts"  // what the document allows is taken, and comes back as sent
	Updates  Kind = "updates"  // members sent change, others stay, the id stays
	Lasts    Kind = "lasts"    // a change is still there later
	Refuses  Kind = "refuses"  // what the document forbids is refused, and changes nothing
	Isolates Kind = "isolates" // records are their own
	Unknown  Kind = "unknown"  // ids, paths and methods that are not there
	Relates  Kind = "relates"  // related records
	Creates  Kind = "creates"  // what is made is there, and what was sent
	Lists    Kind = "lists"    // pages, filters and order
	Deletes  Kind = "deletes"  // what is deleted is gone
	Secures  Kind = "secures"  // what asks for credentials has no success without them
	Manners  Kind = "manners"  // what is good practice of every server
)

// Kinds lists every kind in order.
func Kinds() []Kind {
	return []Kind{Answers, Accepts, Updates, Lasts, Refuses, Isolates, Unknown, Relates, Creates, Lists, Deletes, Secures, Manners}
}

// Check is one thing that is tested, derived from the document.
type Check struct {
	// Name is stable and readable, made of the document alone: "updateThing body.size accepts boundaries".
	Name      string
	Operation string // ID, "" for a check of the whole target
	Kind      Kind
	Rule      string // the keyword or rule that is tested
	Level     spec.Level
	Document  spec.Location
	// Harmful: it may leave a record in a way that cannot be put back; run last, and off loopback only when asked for.
	Harmful bool
	// Requests is about how many requests it sends.
	Requests int

	blind bool // what its operation does nobody knows, so nobody can undo it
	late  bool // it reports what others met along the way, so it runs after them
	run   func(*probe)
}

// Labels are what --only and --skip match beside the name: operation, rule, level and kind.
func (c *Check) Labels() []string {
	return slices.DeleteFunc([]string{c.Operation, c.Rule, string(c.Level), string(c.Kind)}, func(l string) bool { return l == "" })
}

// Status says how a check went. The zero value is none of them, so nothing passes by accident.
type Status string

// The statuses.
const (
	Passed  Status = "passed"
	Warned  Status = "warned"  // findings of level should only
	Failed  Status = "failed"  // a finding of level must, or any with Strict
	Known   Status = "known"   // failing as listed
	Skipped Status = "skipped" // with the reason
	NotRun  Status = "not run" // weather: unreachable, timed out, 401, 403, 408, 429, 502 to 504 after retries; or not done at all, 501
)

// Statuses lists every status in the order reports use.
func Statuses() []Status { return []Status{Failed, Warned, Known, NotRun, Skipped, Passed} }

// Outcome is how one check went.
type Outcome struct {
	Check  *Check
	Status Status
	// Reason is why it was skipped or not run, or what is news about a known failure.
	Reason   string
	Findings []spec.Finding
	// At says for each finding which of Steps it is about, counted from 0; -1 for none of them.
	At []int
	// Steps are the requests it made, in order, with the answers; those before the last few of many are left out.
	Steps []Step
	// Dropped is how many steps were left out.
	Dropped int
	Took    time.Duration
}

// Run makes the check's requests and judges the answers.
func (c *Check) Run(ctx context.Context, r *Runner) Outcome { return r.run(ctx, c) }
