package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/pb33f/jsonschema/v6"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
)

// validator is the schema of the JSON report, compiled.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("report.json")
}

// sameAsIndented fails where a text is not indented as encoding/json does it: JSON writes part by part.
func sameAsIndented(t *testing.T, name string, text []byte) {
	t.Helper()
	var compact, indented bytes.Buffer
	if err := errors.Join(json.Compact(&compact, text), json.Indent(&indented, compact.Bytes(), "", "  ")); err != nil {
		t.Fatal(name, err)
	}
	if diff := cmp.Diff(indented.String()+"\n", string(text)); diff != "" {
		t.Errorf("%s (-indented +written):\n%s", name, diff)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	schema := validator(t)
	full := everyStatus(t)
	masked := full
	masked.Loopback = false
	for name, run := range map[string]report.Run{
		"full": full, "masked": masked, "empty": {}, "no document": {Result: full.Result},
	} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(output(t, report.JSON, run)))
		if err != nil {
			t.Fatal(name, err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sameAsIndented(t, name, output(t, report.JSON, run))
	}
	if schema.Validate(map[string]any{"understudy": "verify"}) == nil {
		t.Error("the schema takes anything")
	}
	var got struct {
		Understudy, Seed string
		Version          int
		Summary          map[string]any
		Failures         []struct {
			Findings int
			Checks   []string
		}
		Checks []struct {
			Name, Status string
			Steps        []struct{ Curl, Note string }
		}
	}
	if err := json.Unmarshal(output(t, report.JSON, full), &got); err != nil {
		t.Fatal(err)
	}
	if got.Understudy != "verify" || got.Version != 1 || got.Seed != "18446744073709551615" ||
		got.Summary["exitCode"] != 5.0 {
		t.Errorf("got %+v", got)
	}
	if len(got.Failures) != 2 || got.Failures[0].Findings != 3 || len(got.Failures[0].Checks) != 2 {
		t.Errorf("causes: %+v", got.Failures)
	}
	if len(got.Checks) != 9 || len(got.Checks[2].Steps) != 3 || len(got.Checks[7].Steps) != 0 {
		t.Errorf("checks: %+v", got.Checks)
	}
}

// suites is JUnit XML as a CI system reads it.
type suites struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name      string `xml:"name,attr"`
		Tests     int    `xml:"tests,attr"`
		Failures  int    `xml:"failures,attr"`
		Skipped   int    `xml:"skipped,attr"`
		Timestamp string `xml:"timestamp,attr"`
		Cases     []struct {
			Name     string    `xml:"name,attr"`
			Class    string    `xml:"classname,attr"`
			Failures []message `xml:"failure"`
			Errors   []message `xml:"error"`
			Skips    []message `xml:"skipped"`
			Out      string    `xml:"system-out"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type message struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	// What no XML may hold must not break it.
	run.Result.Outcomes[0].Findings[0].Actual += "\x00\x1b ]]> \xff"
	var got suites
	if err := xml.Unmarshal(output(t, report.JUnit, run), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 9 || got.Failures != 3 || got.Skipped != 3 || got.Errors != 0 {
		t.Errorf("counts: %+v", got)
	}
	seen := map[string]string{}
	for _, s := range got.Suites {
		failures, skipped := 0, 0
		if s.Timestamp != "2024-05-06T07:08:09Z" {
			t.Errorf("%s: timestamp %q", s.Name, s.Timestamp)
		}
		for _, c := range s.Cases {
			failures, skipped = failures+len(c.Failures), skipped+len(c.Skips)
			seen[c.Name] = fmt.Sprint(len(c.Failures), len(c.Errors), len(c.Skips), c.Out != "")
			for _, f := range c.Failures {
				if f.Message == "" || !strings.Contains(f.Text, "curl ") {
					t.Errorf("%s: failure %+v", c.Name, f)
				}
			}
			for _, m := range c.Skips {
				if m.Message == "" {
					t.Errorf("%s: skipped for no reason", c.Name)
				}
			}
		}
		if failures != s.Failures || skipped != s.Skipped || len(s.Cases) != s.Tests {
			t.Errorf("%s says %d %d %d and has %d %d %d", s.Name,
				s.Tests, s.Failures, s.Skipped, len(s.Cases), failures, skipped)
		}
	}
	want := map[contract.Status]string{
		contract.Failed: "1 0 0 false", contract.Warned: "0 0 0 true", contract.Known: "0 0 1 false",
		contract.Skipped: "0 0 1 false", contract.NotRun: "0 0 1 false", contract.Passed: "0 0 0 false",
	}
	for _, o := range run.Result.Outcomes {
		if seen[o.Check.Name] != want[o.Status] {
			t.Errorf("%s (%s): failures, errors, skipped, output: %s", o.Check.Name, o.Status, seen[o.Check.Name])
		}
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	doc, err := sarif.FromBytes(output(t, report.SARIF, run))
	if err != nil {
		t.Fatal(err)
	}
	// The library validates what it would write itself, which takes what has a default.
	doc.Runs[0].Language, doc.Runs[0].Tool.Driver.Language = "en-US", "en-US"
	doc.Runs[0].NewlineSequences = []string{"\n"}
	if err := doc.Validate(); err != nil {
		t.Error(err)
	}
	var got []string
	for _, r := range doc.Runs[0].Results {
		where := r.Locations[0].PhysicalLocation
		got = append(got, fmt.Sprintln(*r.RuleID, r.Level, len(r.Suppressions), *where.ArtifactLocation.URI,
			*where.Region.StartLine, *doc.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID == *r.RuleID))
	}
	uri := "api/a,b:c/commerce.yaml"
	want := []string{
		fmt.Sprintln("multipleOf", "error", 0, uri, ratingPlace(t, run.Document, "multipleOf").Line, true),
		fmt.Sprintln("lasts", "error", 0, uri, ratingPlace(t, run.Document, "").Line, true),
		fmt.Sprintln("unknown-id-status", "note", 0, uri, run.Document.Operations[0].Location.Line, true),
		fmt.Sprintln("json", "note", 1, uri, run.Document.Operations[0].Body.Location.Line, true),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	run.Strict, run.Files = true, nil
	run.Result.Outcomes[3].Status = contract.Failed
	doc, err = sarif.FromBytes(output(t, report.SARIF, run))
	if err != nil {
		t.Fatal(err)
	}
	strict := doc.Runs[0].Results[2]
	where := strict.Locations[0]
	if strict.Level != "warning" || where.PhysicalLocation != nil || len(where.LogicalLocations) != 1 {
		t.Errorf("a should failure of a document that is no file: %+v", strict)
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Result.Outcomes[0].Findings[0].Actual = "100 %\r\n::error::injected"
	got := output(t, report.GitHub, run)
	golden(t, "github.txt", got)
	run.Files = nil
	if s := string(output(t, report.GitHub, run)); strings.Contains(s, "file=") || strings.Contains(s, "line=") {
		t.Errorf("the embedded document is no file of the user's:\n%s", s)
	}
	run.Result.Outcomes = run.Result.Outcomes[3:]
	run.Result.Restored = nil
	if s := string(output(t, report.GitHub, run)); strings.Contains(s, "::error") || !strings.Contains(s, "::warning") {
		t.Errorf("warnings must stay warnings:\n%s", s)
	}
}

// Equal runs give equal reports.
func TestReportsAreReproducible(t *testing.T) {
	t.Parallel()
	for name, write := range everyFormat {
		first := output(t, write, everyStatus(t))
		for range 5 {
			if !bytes.Equal(first, output(t, write, everyStatus(t))) {
				t.Errorf("%s differs from one time to the next", name)
				break
			}
		}
	}
}
