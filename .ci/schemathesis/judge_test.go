package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const events = `{"Initialize":{}}
{"ScenarioFinished":{"recorder":{"label":"PUT /things/{id}","checks":{
"a":[{"name":"x","status":"success"}],
"b":[{"name":"y","status":"failure","failure_info":{"failure":{"code":"ST103","operation":"PUT /things/{id}","title":"Undocumented","message":"m"}}}]},
"interactions":{
"a":{"request":{"method":"PUT","uri":"http://127.0.0.1/things/1"},"response":{"status_code":200}},
"b":{"request":{"method":"PUT","uri":"http://127.0.0.1/things/2","body":{"$base64":"e30="}},"response":{"status_code":422}}}}}}
`

func exceptions(t *testing.T, lines string) []*exception {
	t.Helper()
	path := filepath.Join(t.TempDir(), "exceptions.tsv")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := readExceptions(path)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestJudge(t *testing.T) {
	t.Parallel()
	r := newReport()
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	if r.cases != 2 || r.successes["PUT /things/{id}"] != 1 || len(r.failures) != 1 || r.failures[0].status != 422 {
		t.Errorf("%+v", r)
	}
	for lines, want := range map[string]int{
		"":                               1,
		"d\tST103\t*\t4XX\tbecause\n":    0,
		"d\tST103\t*\t422\tbecause\n":    0,
		"d\tST103\t*\t5XX\tbecause\n":    1,
		"d\tST202\t*\t*\tbecause\n":      1,
		"e\tST103\t*\t*\tbecause\n":      1,
		"d\tST103\tPUT /x\t*\tbecause\n": 1,
	} {
		var out bytes.Buffer
		known := exceptions(t, lines)
		got := judge("d", r, known, &out)
		if got != want || strings.Contains(out.String(), "Undocumented") != (want > 0) {
			t.Errorf("%q: %d, want %d\n%s", lines, got, want, &out)
		}
		if code := sumUp(known, []string{"dir/d"}, got, &out); (code == 0) != (want == 0) {
			t.Errorf("%q: exit code %d", lines, code)
		}
	}
	var out bytes.Buffer
	if code := sumUp(exceptions(t, "d\tST103\t*\t4XX\tbecause\n"), []string{"d"}, 0, &out); code != 0 ||
		!strings.Contains(out.String(), "no longer met") {
		t.Errorf("a line that is not met is passed over: %s", &out)
	}
}

func TestReportsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"Initialize":{}} {`} {
		if err := newReport().read(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	path := filepath.Join(t.TempDir(), "exceptions.tsv")
	if err := os.WriteFile(path, []byte("# ok\nd\tST103\t*\t4XX\t\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readExceptions(path); err == nil || !strings.Contains(err.Error(), ":2:") {
		t.Errorf("a line without a reason is taken: %v", err)
	}
}
