package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// Lint is what is wrong with a document itself.
type Lint struct {
	Document *spec.Document
	Findings []spec.Finding
	// Files are the paths of the user's own files by the names that findings give them.
	Files map[string]string
	// Version is that of Understudy.
	Version string
}

// LintFormats are the formats of Lint.Write, the default first.
func LintFormats() []string { return []string{"text", "json", "sarif", "github"} }

// Write writes the findings in a format of LintFormats.
func (l Lint) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		return l.json(w)
	case "sarif":
		return l.sarif(w)
	case "github":
		return l.github(w)
	}
	return l.text(w)
}

// count is how many findings of each level there are, in words.
func (l Lint) count() string {
	must := 0
	for _, f := range l.Findings {
		if f.Level == spec.Must {
			must++
		}
	}
	name := visible(l.Document.Name())
	if len(l.Findings) == 0 {
		return name + ": nothing to mend"
	}
	return fmt.Sprintf("%s: %s, %d must and %d should", name, plural(len(l.Findings), "finding"), must, len(l.Findings)-must)
}

// LintLine is a finding about a document on one line: where, how binding, which rule, what it wants and what is there.
func LintLine(f spec.Finding, files map[string]string) string {
	file := f.Document.File
	if path, ok := files[file]; ok {
		file = path
	}
	where := fmt.Sprintf("%s#%s", file, f.Document.Pointer)
	if f.Document.Line > 0 {
		where = fmt.Sprintf("%s:%d", file, f.Document.Line)
	}
	return visible(fmt.Sprintf("%s: %s %s: %s", where, f.Level, f.Rule, lintSentence(f)))
}

func lintSentence(f spec.Finding) string {
	s := fmt.Sprintf("want %s, got %s", f.Expected, f.Actual)
	if f.Hint != "" {
		s += "; " + f.Hint
	}
	return s
}

func (l Lint) text(w io.Writer) error {
	var b strings.Builder
	for _, f := range l.Findings {
		b.WriteString(LintLine(f, l.Files) + "\n")
		if f.Document.Line > 0 {
			b.WriteString("    at " + visible(f.Document.Pointer) + "\n")
		}
	}
	b.WriteString(l.count() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (l Lint) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Tool     string         `json:"tool"`
		Document string         `json:"document"`
		Hash     string         `json:"hash"`
		Findings []spec.Finding `json:"findings"`
	}{l.Version, l.Document.Name(), l.Document.Hash, append([]spec.Finding{}, l.Findings...)})
}

// sarif has must as errors and should as warnings.
func (l Lint) sarif(w io.Writer) error {
	s := newSARIF(l.Version, l.Files)
	for _, f := range l.Findings {
		level := sarifError
		if f.Level == spec.Should {
			level = sarifWarning
		}
		s.result(f, level, 1, lintSentence(f))
	}
	s.run.Invocations = []sarifInvocation{{ExecutionSuccessful: true}}
	return s.write(w)
}

func (l Lint) github(w io.Writer) error {
	var b strings.Builder
	for _, f := range l.Findings {
		command := "error"
		if f.Level == spec.Should {
			command = "warning"
		}
		b.WriteString(annotate(command, f, l.Files, lintSentence(f)+"\nat "+f.Document.Pointer))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
