package report_test

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/spec"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// loaded is the embedded document, which is read-only.
var loaded = sync.OnceValues(func() (*spec.Document, error) {
	published, overlay := spec.Embedded()
	return spec.Load(published, overlay)
})

func document(t *testing.T) *spec.Document {
	t.Helper()
	d, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// golden compares with a file in testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", path, diff)
	}
}

// output is what a format writes.
func output(t *testing.T, write func(io.Writer, report.Run) error, run report.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(w io.Writer, run report.Run) error { return report.Text(w, run, report.TextOptions{}) }

// everyFormat are the writers by name.
var everyFormat = map[string]func(io.Writer, report.Run) error{
	"text": text, "json": report.JSON, "junit": report.JUnit, "sarif": report.SARIF, "github": report.GitHub,
	"html": report.HTML,
}

// ratingPlace is where the document speaks of a keyword of a rating.
func ratingPlace(t *testing.T, d *spec.Document, keyword string) spec.Location {
	t.Helper()
	s := d.SchemaAt("/components/schemas/Call/properties/rating")
	if s == nil {
		t.Fatal("the document has no rating")
	}
	return s.KeywordLocation(keyword)
}

// step is a PATCH of a call and its answer.
func step(note, query, body string, status int, answer string) contract.Step {
	url := "http://127.0.0.1:4010/api/calls/call_1"
	if query != "" {
		url += "?" + query
	}
	return contract.Step{
		Request: contract.Request{
			Method: "PATCH", Path: "/calls/call_1", Query: query, Body: []byte(body),
			Header: http.Header{"Content-Type": {"application/json"}},
		},
		URL: url, Note: note,
		Answer: &contract.Answer{
			Status: status, Body: []byte(answer), Took: 1500 * time.Microsecond,
			Header: http.Header{"Content-Type": {"application/json"}, "Date": {"Mon, 01 Jan 2024 00:00:00 GMT"}},
		},
	}
}

// everyStatus is a run with a check of each status, and records that were not put back.
func everyStatus(t *testing.T) report.Run {
	t.Helper()
	d := document(t)
	multipleOf, rating := ratingPlace(t, d, "multipleOf"), ratingPlace(t, d, "")
	body := d.Operations[0].Body.Location
	check := func(name string, kind contract.Kind, rule string, level spec.Level, at spec.Location) *contract.Check {
		return &contract.Check{Name: name, Operation: "updateCall", Kind: kind, Rule: rule, Level: level, Document: at}
	}
	refused := func(value string) spec.Finding {
		return spec.Finding{
			Rule: "multipleOf", Level: spec.Must, Operation: "updateCall", In: "body", Pointer: "/rating",
			Document: multipleOf, Expected: "a success, since the document allows " + value + " (on the step)",
			Actual: "422 Unprocessable Entity",
		}
	}
	lost := spec.Finding{
		Rule: "lasts", Level: spec.Must, Operation: "updateCall", In: "body", Pointer: "/rating",
		Document: rating, Expected: "still 4.2 at the next look", Actual: "1", Hint: "it was there in the answer",
	}
	polite := spec.Finding{
		Rule: "unknown-id-status", Level: spec.Should, Operation: "updateCall", In: "path",
		Pointer: "/id", Document: d.Operations[0].Location, Expected: "404 Not Found", Actual: "400 Bad Request",
	}
	outcomes := []contract.Outcome{
		{
			Check:  check("updateCall body.rating accepts boundaries", contract.Accepts, "minimum", spec.Must, rating),
			Status: contract.Failed, Took: 4 * time.Millisecond, Findings: []spec.Finding{refused("0.3"), refused("0.7")}, At: []int{1, 2},
			Steps: []contract.Step{
				step("rating: at the minimum", "", `{"rating":0}`, 200, `{"data":{"id":"call_1","rating":0},"success":true}`),
				step("rating: on the step", "", `{"rating":0.3}`, 422, `{"title":"it's no step"}`),
				step("rating: on the step (2)", "", `{"rating":0.7}`, 422, `{"title":"it's no step"}`),
			},
		},
		{
			Check:  check("updateCall accepts all properties at once", contract.Accepts, "properties", spec.Must, rating),
			Status: contract.Failed, Took: time.Millisecond, Findings: []spec.Finding{refused("4.7")}, At: []int{0},
			Steps: []contract.Step{step("all at once", "", `{"note":"x","rating":4.7}`, 422, `{}`)},
		},
		{
			Check:  check("updateCall body.rating lasts", contract.Lasts, "lasts", spec.Must, rating),
			Status: contract.Failed, Took: 2 * time.Millisecond, Findings: []spec.Finding{lost}, Dropped: 3,
			Steps: []contract.Step{
				step("change rating", "", `{"rating":4.2}`, 200, `{"data":{"rating":4.2}}`),
				step("read the record", "depth=0", `{}`, 200, `{"data":{"rating":1}}`),
				{
					Request: contract.Request{Method: "GET", Path: "/x"}, URL: "http://127.0.0.1:4010/api/x", Note: "look again",
					Err: "connection reset by peer",
				},
			},
		},
		{
			Check: check("updateCall answers 404 for an unknown id", contract.Unknown, "unknown-id-status", spec.Should,
				rating),
			Status: contract.Warned, Findings: []spec.Finding{polite},
			Steps: []contract.Step{step("an id that is not there", "", `{}`, 400, ``)},
		},
		{
			Check:  check("updateCall refuses malformed JSON", contract.Refuses, "json", spec.Must, body),
			Status: contract.Known, Reason: "ticket 12", Findings: []spec.Finding{{
				Rule: "json", Level: spec.Must,
				Operation: "updateCall", In: "body", Document: body, Expected: "a refusal", Actual: "200 OK",
			}},
		},
		{
			Check:  check("updateCall leaves other records alone", contract.Isolates, "isolation", spec.Must, rating),
			Status: contract.Skipped, Reason: "it takes two records",
		},
		{
			Check:  check("updateCall keeps the id", contract.Updates, "id", spec.Must, rating),
			Status: contract.NotRun, Reason: "the target answered 503 Service Unavailable",
		},
		{
			Check:  check("updateCall accepts an empty update", contract.Accepts, "empty", spec.Must, d.Operations[0].Location),
			Status: contract.Passed, Took: time.Millisecond,
			Steps: []contract.Step{step("nothing", "", `{}`, 200, `{"data":{}}`)},
		},
		{Check: &contract.Check{
			Name: "answers in time", Kind: contract.Manners, Rule: "time", Level: spec.Should,
			Document: d.Operations[0].Location,
		}, Status: contract.Passed},
	}
	return report.Run{
		Document: d, Target: "http://127.0.0.1:4010/api", Loopback: true, Seed: 18446744073709551615, Version: "1.2.3",
		Started: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC), Notes: []string{"certificates are not verified"},
		HeaderVariables: map[string]string{"authorization": "API_TOKEN"}, Secrets: []string{"Bearer abcdefghijklmnop"},
		Files:  map[string]string{"commerce.yaml": "api/a,b:c/commerce.yaml"},
		Result: &contract.Result{Outcomes: outcomes, Requests: 42, Took: 1900 * time.Millisecond, Restored: halfRestored()},
	}
}

// halfRestored is one record put back and one not.
func halfRestored() *contract.Restoration {
	return &contract.Restoration{
		Records: []contract.RestoredRecord{
			{Resource: "calls", ID: "call_1", Status: contract.Restored},
			{Resource: "calls", ID: "call_2", Status: contract.Partly, Properties: []contract.RestoredProperty{
				{Property: "note", Reason: "it had no value before", Now: `"x"`},
			}},
		},
		Notes: []string{"updates may have been logged"}, UndoFile: "undo file.json",
	}
}
