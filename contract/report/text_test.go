package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
)

func TestText(t *testing.T) {
	t.Parallel()
	golden(t, "report.txt", output(t, text, everyStatus(t)))
}

func TestTextOfSuccess(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Result = &contract.Result{Outcomes: run.Result.Outcomes[7:], Requests: 2}
	run.Notes = nil
	got := string(output(t, text, run))
	want := "2 checks: 2 passed; 1 of 2 operations and 0 of 45 constraints covered; 2 requests; 0.0 s; " +
		"seed 18446744073709551615\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTextEndsInOneSummary(t *testing.T) {
	t.Parallel()
	got := string(output(t, text, everyStatus(t)))
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if n := strings.Count(got, " constraints covered; "); n != 1 || !strings.Contains(lines[len(lines)-1], "9 checks: ") {
		t.Errorf("%d summaries, the last line is %q", n, lines[len(lines)-1])
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := report.Text(&b, everyStatus(t), report.TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\x1b[1;31m") {
		t.Error("there is no red")
	}
	getenv := func(string) string { return "" }
	if report.TextOptionsFor(&b, getenv).Color {
		t.Error("colour off a terminal")
	}
}

func TestTextShowsControls(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Result.Outcomes[0].Steps[1].Answer.Body = []byte("\x1b[2Jgone\u202e\r\n")
	run.Result.Outcomes[0].Findings[0].Hint = "a\x1b]0;title\x07"
	got := output(t, text, run)
	if bytes.ContainsAny(got, "\x1b\x07\r\u202e") {
		t.Errorf("a terminal would obey:\n%q", got)
	}
}

func TestLongBodyIsLeftOut(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	long := strings.Repeat("long ", 5000)
	run.Result.Outcomes[1].Steps[0].Request.Body = []byte(`{"note":"` + long + `"}`)
	run.Result.Outcomes = run.Result.Outcomes[1:]
	if got := string(output(t, text, run)); strings.Contains(got, long) || !strings.Contains(got, "too long to show") {
		t.Error("the text shows a body of 25 kB")
	}
	if got := string(output(t, report.JSON, run)); !strings.Contains(got, long) {
		t.Error("the JSON report has not the whole curl line")
	}
}

// A note on records that the run gives too is told once, where the records are.
func TestTextTellsANoteOnce(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Notes = append(run.Notes, run.Result.Restored.Notes...)
	got := string(output(t, text, run))
	for _, n := range run.Notes {
		if strings.Count(got, n) != 1 {
			t.Errorf("%q is told %d times", n, strings.Count(got, n))
		}
	}
}
