package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/spec"
)

// Every format of lint says every finding, and a line break in one stays inside it.
func TestLintFormats(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "t.yaml", Data: []byte(covered)})
	if err != nil {
		t.Fatal(err)
	}
	lint := report.Lint{Document: d, Version: "1", Files: map[string]string{"t.yaml": "api/t.yaml"}, Findings: []spec.Finding{
		{Rule: "type", Level: spec.Must, Document: spec.Location{File: "t.yaml", Pointer: "/a", Line: 3}, Expected: "a\n::b", Actual: "c"},
		{Rule: "key", Level: spec.Should, Document: spec.Location{File: "other.yaml", Pointer: "/b"}, Expected: "d", Actual: "e", Hint: "f"},
	}}
	written := map[string]string{}
	for _, format := range report.LintFormats() {
		var b bytes.Buffer
		if err := lint.Write(&b, format); err != nil {
			t.Fatal(err)
		}
		written[format] = b.String()
	}
	if n := strings.Count(written["text"], "\n"); n != 4 || !strings.HasPrefix(written["text"], "api/t.yaml:3: must type: want a") {
		t.Errorf("%d lines: %s", n, written["text"])
	}
	if got := strings.Split(written["github"], "\n"); len(got) != 3 ||
		!strings.HasPrefix(got[0], "::error file=api/t.yaml,line=3,title=understudy%3A type::want a%0A::b, got c%0Aat /a") ||
		!strings.HasPrefix(got[1], "::warning title=understudy%3A key (should)::want d, got e; f") {
		t.Errorf("%q", got)
	}
	var back struct{ Findings []spec.Finding }
	if err := json.Unmarshal([]byte(written["json"]), &back); err != nil || len(back.Findings) != 2 || back.Findings[1] != lint.Findings[1] {
		t.Errorf("%v, %+v", err, back)
	}
	log, err := sarif.FromBytes([]byte(written["sarif"]))
	if err != nil || len(log.Runs) != 1 || len(log.Runs[0].Results) != 2 {
		t.Fatalf("%v: %s", err, written["sarif"])
	}
	first, second := log.Runs[0].Results[0], log.Runs[0].Results[1]
	if first.Level != "error" || *first.RuleID != "type" || *first.Locations[0].PhysicalLocation.Region.StartLine != 3 ||
		second.Level != "warning" || second.Locations[0].PhysicalLocation != nil {
		t.Errorf("%s", written["sarif"])
	}
}
