package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs the command without building anything and without much patience.
func call(args ...string) (code int, stdout, stderr string) {
	var out, bad bytes.Buffer
	code = run(append([]string{"-build", "", "-timeout", "20s", "-wait", "1s"}, args...), &out, &bad)
	return code, out.String(), bad.String()
}

func TestExamplesAsShown(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call("testdata/passes.md")
	if code != 0 || stdout != "readme: testdata/passes.md: 13 examples are as shown\n" || stderr != "" {
		t.Errorf("exit code %d, stdout %q, stderr:\n%s", code, stdout, stderr)
	}
}

func TestExamplesNotAsShown(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call("testdata/fails.md")
	if code != 1 || stdout != "" {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	for _, want := range []string{
		"testdata/fails.md:4: echo one\n  want:\n    two\n  got:\n    one\n",
		"testdata/fails.md:6: printf 'a\\nb\\n'\n  want:\n    a\n  got:\n    a\n    b\n",
		"testdata/fails.md:8: echo silent?\n  want:\n  got:\n    silent?\n",
		"testdata/fails.md:14: false ...\n  exit code 1\n",
		"testdata/fails.md:19: (echo started; exec sleep 600)\n  want:\n    never printed\n  got:\n    started\n",
		"testdata/fails.md:21: (echo ends early)\n",
		"readme: testdata/fails.md: 6 of 7 examples are not as shown\n",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("not reported: %q in:\n%s", want, stderr)
		}
	}
	if strings.Contains(stderr, ":9:") {
		t.Errorf("reported though it is as shown:\n%s", stderr)
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# Nothing\n\n```text\n$ true\n```\n": "no examples",
		"```console\noutput first\n```\n":     ":2: a console block begins with a command",
		"text\n```console\n$ true\n":          ":2: this block has no end",
	} {
		file := filepath.Join(t.TempDir(), "README.md")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := call(file); code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d, stderr %q, want %q", text, code, stderr, want)
		}
	}
	if code, _, _ := call("testdata/missing.md"); code != 2 {
		t.Errorf("a missing file: exit code %d, want 2", code)
	}
	if code, _, _ := call(); code != 2 {
		t.Errorf("no file: exit code %d, want 2", code)
	}
}

func TestACommandThatHangsOrLeaves(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"```console\n$ sleep 600\n$ true\n```\n": "did not end in time",
		"```console\n$ exit 0\n$ true\n```\n":    "ended the shell",
	} {
		file := filepath.Join(t.TempDir(), "README.md")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := call("-timeout", "500ms", file); code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, stderr %q, want %q", code, stderr, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, got string
		matches   bool
	}{
		{"", "", true},
		{"a", "a", true},
		{"a", "a ", false},
		{"...", "", true},
		{"...", "a\nb", true},
		{"a\n...", "a", true},
		{"...\nb\n...\nd", "a\nb\nc\nb\nd", true},
		{"...\nb", "a\nb\nc", false},
		{"[..]", "anything", true},
		{"a[..]c", "abc", true},
		{"a[..]c", "ac", true},
		{"aa[..]aa", "aaa", false},
		{"[..]b[..]b", "ab", false},
		{"[..]", "", false}, // no line is not an empty line
	} {
		if got := matches(splitLines(test.want), splitLines(test.got)); got != test.matches {
			t.Errorf("%q shows %q: %t", test.want, test.got, got)
		}
	}
}
