package report

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/understudy-dev/understudy/contract"
)

// Progress shows how far a run has come.
type Progress interface {
	// Step counts a check that is done.
	Step(contract.Outcome)
	// Done ends the progress, and clears what it drew over.
	Done()
}

// NewProgress is a bar on a terminal, elsewhere a line every ten seconds. total is the number of checks.
func NewProgress(w io.Writer, total int) Progress {
	if IsTerminal(w) {
		return newBar(w, total)
	}
	return &lines{w: w, total: total, every: 10 * time.Second, clock: time.Now, last: time.Now()}
}

type bar struct {
	bar    *progressbar.ProgressBar
	failed int
}

func newBar(w io.Writer, total int) *bar {
	return &bar{bar: progressbar.NewOptions(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(24), progressbar.OptionShowCount(),
		progressbar.OptionSetDescription("checks"), progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

func (b *bar) Step(o contract.Outcome) {
	if o.Status == contract.Failed {
		b.failed++
		b.bar.Describe(fmt.Sprintf("checks, %d failed", b.failed))
	}
	// What cannot be drawn is not worth ending a run for.
	_ = b.bar.Add(1)
}

func (b *bar) Done() { _ = b.bar.Finish() }

// lines tells where nobody watches.
type lines struct {
	w            io.Writer
	total        int
	done, failed int
	every        time.Duration
	clock        func() time.Time
	last         time.Time
}

func (l *lines) Step(o contract.Outcome) {
	l.done++
	if o.Status == contract.Failed {
		l.failed++
	}
	if now := l.clock(); now.Sub(l.last) >= l.every {
		l.last = now
		_, _ = fmt.Fprintf(l.w, "%d of %d checks done, %d failed\n", l.done, l.total, l.failed)
	}
}

func (l *lines) Done() {}
