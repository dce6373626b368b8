package contract

import (
	"context"
	"time"
)

// Result is how a whole run went.
type Result struct {
	Outcomes []Outcome // in the order of the checks
	Requests int
	Took     time.Duration
	// Restored says what became of the records; nil where nothing was put back.
	Restored *Restoration
}

// Count is how many checks ended in a status.
func (r *Result) Count(s Status) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Status == s {
			n++
		}
	}
	return n
}

// RunAll runs every selected check and passes each outcome on as it comes. When the context ends, the checks that are
// left are not run.
func (r *Runner) RunAll(ctx context.Context, each func(Outcome)) *Result {
	start := r.set.Clock()
	res := &Result{}
	for _, c := range r.checks {
		o := Outcome{Check: c, Status: NotRun, Reason: "the run was ended before it"}
		if ctx.Err() == nil {
			o = c.Run(ctx, r)
		}
		res.Outcomes = append(res.Outcomes, o)
		if each != nil {
			each(o)
		}
	}
	res.Requests, res.Took = r.Requests(), r.set.Clock().Sub(start)
	return res
}

// Restoration is what became of the records that were used.
type Restoration struct{}
