package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// cause is findings that say the same: one rule at one place of the document, broken in one way. The first of them
// speaks for the others.
type cause struct {
	Finding  spec.Finding `json:"finding"`
	Findings int          `json:"findings"` // how many
	Checks   []string     `json:"checks"`
	// Steps show the first; in the JSON report they stand with the first check.
	Steps   []exchange `json:"-"`
	Dropped int        `json:"-"`
}

type causeKey struct {
	rule, file, pointer, expected, actual string
	level                                 spec.Level
}

// causes gathers findings by what they have in common.
type causes struct {
	order []*cause
	byKey map[causeKey]*cause
}

func (cs *causes) add(f spec.Finding, c checkView, steps []exchange) {
	key := causeKey{f.Rule, f.Document.File, f.Document.Pointer, form(f.Expected), form(f.Actual), f.Level}
	if cs.byKey == nil {
		cs.byKey = map[causeKey]*cause{}
	}
	have := cs.byKey[key]
	if have == nil {
		have = &cause{Finding: f, Steps: steps}
		if len(steps) == len(c.Steps) {
			have.Dropped = c.Dropped
		}
		cs.byKey[key] = have
		cs.order = append(cs.order, have)
	}
	have.Findings++
	if !slices.Contains(have.Checks, c.Name) {
		have.Checks = append(have.Checks, c.Name)
	}
}

// list are the causes as they were met, those of level must first.
func (cs *causes) list() []cause {
	var out []cause
	for _, level := range []spec.Level{spec.Must, spec.Should} {
		for _, c := range cs.order {
			if c.Finding.Level == level {
				out = append(out, *c)
			}
		}
	}
	return out
}

// valueStart is where a text begins to tell of one value: a JSON value, a parenthesis, a number that is no part of a
// word.
var valueStart = regexp.MustCompile(`["{\[(…]|\b[0-9]|-[0-9]|\b(true|false|null)\b`)

// form is what texts about different values have in common: what stands before the value, or the status.
func form(s string) string {
	if status := statusText.FindString(s); status != "" {
		return status
	}
	if at := valueStart.FindStringIndex(s); at != nil {
		return strings.TrimSpace(s[:at[0]]) + " …"
	}
	return s
}
