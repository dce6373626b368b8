package report

import (
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// Run is one run of the suite: its result, and what a report says besides.
type Run struct {
	Document *spec.Document
	// Target is the URL the suite talked to, without credentials.
	Target string
	// Loopback: the target is on this machine, so its values are nobody's.
	Loopback bool
	Seed     uint64
	Strict   bool
	// Notes are facts about the run that every report repeats: "certificates are not verified".
	Notes  []string
	Result *contract.Result
	// Latencies are how long each answer took; those of the steps that outcomes keep, where there are none.
	Latencies []time.Duration
	// Version is that of Understudy.
	Version string
	Started time.Time
	// ShowValues shows values that were read from a target off loopback.
	ShowValues bool

	// Secrets are texts that must never appear, such as the values of given headers. Those shorter than four bytes are
	// too common to be looked for.
	Secrets []string
	// HeaderVariables are the headers that went with every request, each with the environment variable that holds its
	// value: curl lines name the variable.
	HeaderVariables map[string]string
	// CurlFlags are what curl needs to reach the target, such as --insecure; they are not quoted.
	CurlFlags []string
	// Files are the paths, from the working directory and with slashes, of the files that findings name. A file that is
	// not listed is not the user's, like the embedded document: annotations leave it out.
	Files map[string]string
}

// masked reports whether values of the target must not be shown.
func (r *Run) masked() bool { return !r.Loopback && !r.ShowValues }

// ran reports whether a check with that status was tried to its end.
func ran(s contract.Status) bool {
	return s == contract.Passed || s == contract.Warned || s == contract.Failed || s == contract.Known
}

// The exit codes of a run that came to a result.
const (
	ExitConforms    = 0
	ExitViolations  = 1
	ExitUnfinished  = 3 // a check could not be run
	ExitNothing     = 4 // no check was selected, or every one was skipped
	ExitNotRestored = 5
)

// ExitCode is what a result says to a shell. Of several reasons the one that needs a person most wins: records that are
// not as they were, then what is not known, then violations.
func ExitCode(r *contract.Result) int {
	if r == nil {
		return ExitNothing
	}
	if !r.Restored.Complete() {
		return ExitNotRestored
	}
	tried, failed := false, false
	for _, o := range r.Outcomes {
		switch {
		case o.Status == contract.Skipped:
		case !ran(o.Status): // the zero value included
			return ExitUnfinished
		default:
			tried, failed = true, failed || o.Status == contract.Failed
		}
	}
	switch {
	case !tried:
		return ExitNothing
	case failed:
		return ExitViolations
	}
	return ExitConforms
}
