package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// The levels of SARIF.
const (
	sarifError   = "error"
	sarifWarning = "warning"
	sarifNote    = "note"
)

// SARIF writes the causes of a run as SARIF 2.1.0: failures are errors, or warnings where only --strict makes them
// failures; warnings are notes, which turn nothing red; known failures are there and suppressed.
func SARIF(w io.Writer, run Run) error {
	v := newView(run)
	s := newSARIF(v.Tool, run.Files)
	for _, c := range v.Failures {
		level := sarifError
		if c.Finding.Level == spec.Should {
			level = sarifWarning
		}
		s.add(c, level)
	}
	for _, c := range v.Warnings {
		s.add(c, sarifNote)
	}
	for _, c := range v.known() {
		s.add(c.cause, sarifNote).AddSuppression(sarif.NewSuppression().WithKind("external").WithJustification(c.reason))
	}
	s.run.AddInvocation(v.invocation())
	return s.write(w)
}

// invocation says whether every check could be run, and what every report repeats.
func (v *view) invocation() *sarif.Invocation {
	in := sarif.NewInvocation().WithStartTimeUtc(v.Started).WithExitCode(v.Summary.ExitCode).
		WithExecutionSuccessful(v.Summary.NotRun == 0)
	for _, n := range append(slices.Clone(v.Notes), v.sentence()) {
		in.AddToolExecutionNotification(sarif.NewNotification().WithLevel(sarifNote).WithMessage(sarif.NewTextMessage(n)))
	}
	return in
}

type sarifWriter struct {
	files map[string]string
	run   *sarif.Run
	rules map[string]int
}

func newSARIF(version string, files map[string]string) *sarifWriter {
	s := &sarifWriter{files: files, run: sarif.NewRun(), rules: map[string]int{}}
	driver := sarif.NewToolComponent().WithName("understudy").
		WithInformationURI("https://github.com/understudy-dev/understudy")
	if version != "" {
		driver.WithVersion(version)
	}
	s.run.WithTool(sarif.NewTool().WithDriver(driver))
	return s
}

func (s *sarifWriter) write(w io.Writer) error {
	doc := sarif.NewReport()
	doc.AddRun(s.run)
	return doc.PrettyWrite(w)
}

func (s *sarifWriter) add(c cause, level string) *sarif.Result {
	return s.result(c.Finding, level, c.Findings, c.sentence()+"\n"+c.details())
}

// result is a finding, met so many times.
func (s *sarifWriter) result(f spec.Finding, level string, times int, text string) *sarif.Result {
	index, ok := s.rules[f.Rule]
	if !ok {
		index = len(s.rules)
		s.rules[f.Rule] = index
		s.run.Tool.Driver.AddRule(sarif.NewRule(f.Rule).
			WithShortDescription(sarif.NewMultiformatMessageString().WithText("the rule " + f.Rule + " of the contract")))
	}
	r := sarif.NewRuleResult(f.Rule).WithRuleIndex(index).WithLevel(level).WithOccurrenceCount(times).
		WithMessage(sarif.NewTextMessage(text)).
		WithPartialFingerprints(map[string]string{"understudyCause/v1": fingerprint(f)}).
		WithLocations([]*sarif.Location{s.location(f)})
	s.run.AddResult(r)
	return r
}

// location is the place in the document: a line of a file of the user's, and the JSON pointer in any case.
func (s *sarifWriter) location(f spec.Finding) *sarif.Location {
	pointer := f.Document.File + "#" + f.Document.Pointer
	out := sarif.NewLocation().AddLogicalLocation(
		sarif.NewLogicalLocation().WithKind("object").WithFullyQualifiedName(pointer).WithName(f.Operation))
	file, ok := s.files[f.Document.File]
	if !ok {
		return out
	}
	physical := sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation((&url.URL{Path: strings.TrimPrefix(file, "./")}).String()))
	if f.Document.Line > 0 {
		physical.WithRegion(sarif.NewRegion().WithStartLine(f.Document.Line))
	}
	return out.WithPhysicalLocation(physical)
}

// fingerprint tells a cause from others, whatever the values and lines are.
func fingerprint(f spec.Finding) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%s", f.Rule, f.Operation, f.Document.File,
		f.Document.Pointer, form(f.Expected), form(f.Actual)))
	return hex.EncodeToString(sum[:8])
}

type knownCause struct {
	cause

	reason string
}

// known are the failures that are listed as known, each check's first finding.
func (v *view) known() []knownCause {
	var out []knownCause
	for _, c := range v.Checks {
		if c.Status == contract.Known && len(c.Findings) > 0 {
			out = append(out, knownCause{
				cause{Finding: worst(c.Findings), Findings: len(c.Findings), Checks: []string{c.Name}}, c.Reason,
			})
		}
	}
	return out
}
