package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// The elements that CI systems read, of the many dialects of JUnit XML.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		seconds    float64
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Failure *junitMessage `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a run as JUnit XML: a suite for each operation, and one for the target as a whole. What was not run is
// skipped there, and a warning is text of a case that passed.
func JUnit(w io.Writer, run Run) error {
	v := newView(run)
	all := junitSuites{Name: "understudy verify", Time: junitTime(v.Seconds)}
	index := map[string]int{}
	for _, c := range v.Checks {
		name := c.Operation
		if name == "" {
			name = "target"
		}
		i, ok := index[name]
		if !ok {
			i = len(all.Suites)
			index[name] = i
			all.Suites = append(all.Suites, junitSuite{Name: name, Timestamp: v.Started, Properties: v.properties()})
		}
		s := &all.Suites[i]
		s.Cases = append(s.Cases, junitCaseOf(c, name))
		s.seconds += c.Milliseconds / 1000
		s.Tests++
		all.Tests++
		switch last := s.Cases[len(s.Cases)-1]; {
		case last.Failure != nil:
			s.Failures++
			all.Failures++
		case last.Skipped != nil:
			s.Skipped++
			all.Skipped++
		}
	}
	for i := range all.Suites {
		all.Suites[i].Time = junitTime(all.Suites[i].seconds)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitTime(seconds float64) string { return fmt.Sprintf("%.3f", seconds) }

func (v *view) properties() []junitProperty {
	out := []junitProperty{
		{"understudy", v.Tool}, {"document", v.Document.Name + " " + v.Document.Hash}, {"target", v.Target}, {"seed", v.Seed},
	}
	for _, n := range v.Notes {
		out = append(out, junitProperty{"note", n})
	}
	return out
}

func junitCaseOf(c checkView, suite string) junitCase {
	out := junitCase{Name: c.Name, Class: suite, Time: junitTime(c.Milliseconds / 1000)}
	switch c.Status {
	case contract.Passed:
	case contract.Warned:
		out.Out = "warning\n" + findingLines(c.Findings)
	case contract.Failed:
		m := &junitMessage{Message: c.Reason, Type: c.Rule, Text: findingLines(c.Findings) + stepLines(c)}
		if len(c.Findings) > 0 {
			f := worst(c.Findings)
			m.Type = f.Rule
			m.Message = fmt.Sprintf("%s: expected %s, got %s", f.Rule, f.Expected, f.Actual)
		}
		out.Failure = m
	case contract.Known:
		out.Skipped = &junitMessage{Message: "known failure: " + c.Reason}
	case contract.Skipped:
		out.Skipped = &junitMessage{Message: c.Reason}
	default:
		out.Skipped = &junitMessage{Message: strings.TrimSpace("not run: " + c.Reason)}
	}
	return out
}

// worst is the first finding of level must, else the first.
func worst(fs []spec.Finding) spec.Finding {
	for _, f := range fs {
		if f.Level == spec.Must {
			return f
		}
	}
	return fs[0]
}

func findingLines(fs []spec.Finding) string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(f.String() + "\n")
		if f.Hint != "" {
			b.WriteString("  hint: " + f.Hint + "\n")
		}
	}
	return b.String()
}

func stepLines(c checkView) string {
	var b strings.Builder
	for _, s := range c.Steps {
		fmt.Fprintf(&b, "\n%d. %s\n%s\n", s.Number, s.Note, clip(string(s.Curl), maxTextCurl))
		if s.Error != "" {
			b.WriteString("no answer: " + s.Error + "\n")
		} else {
			fmt.Fprintf(&b, "%s  %s\n", statusLine(s.Status), clip(s.Body, maxTextBody))
		}
	}
	return b.String()
}
