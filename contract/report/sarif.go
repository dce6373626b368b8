package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

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
		s.add(c.cause, sarifNote).Suppressions = []sarifSuppression{{Kind: "external", Justification: c.reason}}
	}
	s.run.Invocations = append(s.run.Invocations, v.invocation())
	return s.write(w)
}

// invocation says whether every check could be run, and what every report repeats.
func (v *view) invocation() sarifInvocation {
	in := sarifInvocation{
		StartTimeUTC: v.Started, ExitCode: new(v.Summary.ExitCode), ExecutionSuccessful: v.Summary.NotRun == 0,
	}
	for _, n := range append(slices.Clone(v.Notes), v.sentence()) {
		in.Notifications = append(in.Notifications, sarifNotification{Level: sarifNote, Message: sarifMessage{n}})
	}
	return in
}

type sarifWriter struct {
	files map[string]string
	run   *sarifRun
	rules map[string]int
}

func newSARIF(version string, files map[string]string) *sarifWriter {
	driver := sarifDriver{
		Name: "understudy", Version: version, InformationURI: "https://github.com/understudy-dev/understudy", Rules: []sarifRule{},
	}
	run := &sarifRun{Tool: sarifTool{driver}, Results: []*sarifResult{}}
	return &sarifWriter{files: files, run: run, rules: map[string]int{}}
}

func (s *sarifWriter) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifReport{Schema: sarifSchema, Version: sarifVersion, Runs: []*sarifRun{s.run}})
}

func (s *sarifWriter) add(c cause, level string) *sarifResult {
	return s.result(c.Finding, level, c.Findings, c.sentence()+"\n"+c.details())
}

// result is a finding, met so many times.
func (s *sarifWriter) result(f spec.Finding, level string, times int, text string) *sarifResult {
	index, ok := s.rules[f.Rule]
	if !ok {
		index = len(s.rules)
		s.rules[f.Rule] = index
		s.run.Tool.Driver.Rules = append(s.run.Tool.Driver.Rules, sarifRule{
			ID: f.Rule, ShortDescription: sarifMessage{"the rule " + f.Rule + " of the contract"},
		})
	}
	r := &sarifResult{
		RuleID: f.Rule, RuleIndex: index, Level: level, OccurrenceCount: times, Message: sarifMessage{text},
		PartialFingerprints: map[string]string{"understudyCause/v1": fingerprint(f)}, Locations: []sarifLocation{s.location(f)},
	}
	s.run.Results = append(s.run.Results, r)
	return r
}

// location is the place in the document: a line of a file of the user's, and the JSON pointer in any case.
func (s *sarifWriter) location(f spec.Finding) sarifLocation {
	pointer := f.Document.File + "#" + f.Document.Pointer
	out := sarifLocation{Logical: []sarifLogical{{Kind: "object", FullyQualifiedName: pointer, Name: f.Operation}}}
	file, ok := s.files[f.Document.File]
	if !ok {
		return out
	}
	out.Physical = &sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: strings.TrimPrefix(file, "./")}).String()}}
	if f.Document.Line > 0 {
		out.Physical.Region = &sarifRegion{f.Document.Line}
	}
	return out
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
