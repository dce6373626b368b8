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

// RunRestoring does a whole run: Preflight, Take, RunAll and PutBack, the last also when the context has ended or a
// check panics. With NoRestore it is Preflight and RunAll.
//
// With an error there is a result where records were touched; it says what became of them, and no check was run.
func (r *Runner) RunRestoring(ctx context.Context, undoPath string, each func(Outcome)) (*Result, error) {
	return r.Restoring(ctx, undoPath, func() *Result { return r.RunAll(ctx, each) })
}

// Restoring is RunRestoring with another way to run the checks.
func (r *Runner) Restoring(ctx context.Context, undoPath string, run func() *Result) (*Result, error) {
	if err := r.Preflight(ctx); err != nil {
		return nil, err
	}
	res := &Result{}
	// PutBack is for a panic; the panic goes on after it.
	done := false
	defer func() {
		if !done {
			r.PutBack(ctx)
		}
	}()
	err := r.Take(ctx, undoPath)
	if err == nil {
		res = run()
	}
	done = true
	res.Restored = r.PutBack(ctx)
	if err != nil && res.Restored == nil {
		return nil, err
	}
	return res, err
}
