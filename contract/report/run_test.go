package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
)

func TestExitCode(t *testing.T) {
	t.Parallel()
	result := func(statuses ...contract.Status) *contract.Result {
		r := &contract.Result{}
		for _, s := range statuses {
			r.Outcomes = append(r.Outcomes, contract.Outcome{Check: &contract.Check{}, Status: s})
		}
		return r
	}
	left := func(r *contract.Result, s contract.RecordStatus) *contract.Result {
		r.Restored = &contract.Restoration{Records: []contract.RestoredRecord{{Status: s}}}
		return r
	}
	const passed, warned, failed, known = contract.Passed, contract.Warned, contract.Failed, contract.Known
	const skipped, notRun = contract.Skipped, contract.NotRun
	for name, c := range map[string]struct {
		result *contract.Result
		want   int
	}{
		"passed":                             {result(passed, passed), 0},
		"warned":                             {result(passed, warned), 0},
		"known":                              {result(known), 0},
		"passed and skipped":                 {result(passed, skipped), 0},
		"failed":                             {result(passed, failed, warned), 1},
		"weather alone":                      {result(notRun), 3},
		"weather among others":               {result(passed, notRun), 3},
		"weather beats violations":           {result(failed, notRun), 3},
		"an outcome that says nothing":       {result(passed, ""), 3},
		"no result":                          {nil, 4},
		"nothing selected":                   {result(), 4},
		"everything skipped":                 {result(skipped, skipped), 4},
		"records not back":                   {left(result(passed), contract.Partly), 5},
		"records not back beat weather":      {left(result(failed, notRun), contract.NotBack), 5},
		"records not back, nothing tried":    {left(result(), contract.NotBack), 5},
		"records back":                       {left(result(passed), contract.Restored), 0},
		"records left alone":                 {left(result(passed), contract.LeftAlone), 0},
		"a record of which nothing is known": {left(result(passed), ""), 5},
	} {
		if got := report.ExitCode(c.result); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	run, dir := everyStatus(t), t.TempDir()
	for _, kind := range report.Kinds() {
		path := filepath.Join(dir, "new", "deep", kind)
		for range 2 { // the second time the file is there
			if err := report.Write(kind, path, run); err != nil {
				t.Fatal(err)
			}
		}
		if data, err := os.ReadFile(path); err != nil || len(data) == 0 {
			t.Errorf("%s: %d bytes, %v", kind, len(data), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "new", "deep", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "new", "deep", "json"), link); err != nil {
		t.Fatal(err)
	}
	if err := report.Write("json", link, run); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("a link was replaced by a file")
	}
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	run, dir := everyStatus(t), t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ kind, path, want string }{
		{"jnuit", file, "did you mean junit?"},
		{"pdf", file, "there are: html, json, junit, sarif"},
		{"json", dir, dir},
		{"json", filepath.Join(file, "below"), file},
	} {
		err := report.Write(c.kind, c.path, run)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), ".report-") {
			t.Errorf("Write(%q, %q): %v, want it to say %q", c.kind, c.path, err, c.want)
		}
	}
}
