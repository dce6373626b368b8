package contract

import (
	"context"
	"slices"
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
	for _, c := range r.inOrder() {
		o := Outcome{Check: c, Status: NotRun, Reason: endedBefore}
		if ctx.Err() == nil {
			o = c.Run(ctx, r)
		}
		res.Outcomes = append(res.Outcomes, o)
		if each != nil {
			each(o)
		}
	}
	place := map[*Check]int{}
	for i, c := range r.checks {
		place[c] = i
	}
	slices.SortFunc(res.Outcomes, func(a, b Outcome) int { return place[a.Check] - place[b.Check] })
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

// inOrder are the checks in the order they run: kind by kind; within a budget an operation's next check comes when it would
// have had no more requests with it than the others, so that the budget is spent evenly and not on the first operations alone.
func (r *Runner) inOrder() []*Check {
	if r.set.MaxRequests == 0 && r.set.MaxTotal == 0 {
		return r.checks
	}
	turn := map[*Check]int{}
	had := map[string]int{} // requests, by operation
	for _, c := range r.checks {
		_, begun := had[c.Operation]
		had[c.Operation] += max(c.Requests, 1)
		if begun { // the first of each comes first, whatever it costs
			turn[c] = had[c.Operation]
		}
		if c.Harmful {
			turn[c] += 1 << 20
		}
		if c.late {
			turn[c] += 1 << 21 // they tell what the others met, which costs next to nothing
		}
	}
	out := slices.Clone(r.checks)
	slices.SortStableFunc(out, func(a, b *Check) int { return turn[a] - turn[b] })
	return out
}

// LeftOut is an operation that no check could try, and why.
type LeftOut struct {
	Operation string `json:"operation"`
	Reason    string `json:"reason"`
}

// LeftOut lists the operations of which no check came to its end, in document order. An operation whose checks were
// not selected is none of them.
func (r *Result) LeftOut() []LeftOut {
	var order []string
	tried, reasons := map[string]bool{}, map[string]string{}
	for _, o := range r.Outcomes {
		op := o.Check.Operation
		if op == "" {
			continue
		}
		if _, seen := reasons[op]; !seen {
			order = append(order, op)
			reasons[op] = ""
		}
		switch {
		case o.Status != Skipped && o.Status != NotRun:
			tried[op] = true
		case reasons[op] == "":
			reasons[op] = o.Reason
		}
	}
	var out []LeftOut
	for _, op := range order {
		if !tried[op] {
			out = append(out, LeftOut{op, reasons[op]})
		}
	}
	return out
}
