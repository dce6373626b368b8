package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// verifyGoal is how many requests a second the contract suite is to send to the mock in its own process.
const verifyGoal = 2000

// suite is what a run of the contract suite says of itself.
type suite struct {
	Seconds float64
	Summary struct {
		Checks, Requests, ExitCode int
		Operations                 struct{ Total int }
	}
}

// verifyTable runs the contract suite of some documents against the mock in the same process.
func (b *bench) verifyTable(ctx context.Context) (string, error) {
	var t strings.Builder
	t.WriteString("\n## The contract suite\n\n`understudy verify` against the mock in its own process; the middle of " +
		strconv.Itoa(b.set.rounds) + " times. The goal is 2,000 requests a second.\n\n" +
		"| document | operations | checks | requests | requests/s |\n|---|---|---|---|---|\n")
	for _, doc := range append([]string{""}, b.set.documents...) {
		var rates []float64
		var last suite
		for range b.set.rounds {
			var err error
			if last, err = b.verify(ctx, doc); err != nil {
				return "", err
			}
			rates = append(rates, float64(last.Summary.Requests)/last.Seconds)
		}
		rate, name := spreadOf(rates), "Commerce"
		if doc != "" {
			name = filepath.Base(doc)
		}
		fmt.Fprintf(&t, "| %s | %d | %d | %d | %.0f (%.0f to %.0f)%s |\n", name, last.Summary.Operations.Total, last.Summary.Checks,
			last.Summary.Requests, rate.mid, rate.low, rate.high, over(rate.mid < verifyGoal))
	}
	return t.String(), nil
}

// verify runs the suite of a document, of the embedded one where its name is "". A document that the mock does not keep
// to is measured all the same.
func (b *bench) verify(ctx context.Context, doc string) (suite, error) {
	report := filepath.Join(b.dir, "verify.json")
	args := []string{"verify", "--report", "json=" + report}
	if doc != "" {
		args = append(args, doc)
	}
	out, err := exec.CommandContext(ctx, b.set.understudy, args...).CombinedOutput()
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		return suite{}, fmt.Errorf("verify %s: %w: %s", doc, err, out)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		return suite{}, err
	}
	var s suite
	err = json.Unmarshal(text, &s)
	return s, err
}
