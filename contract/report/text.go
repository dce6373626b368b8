package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// Bounds of what the text shows; the other formats show the rest.
const (
	maxTextBody    = 400
	maxTextCurl    = 8 << 10
	maxTextChecks  = 12
	maxTextCauses  = 50
	maxTextReasons = 12
)

// Text writes a run for people: failures by cause, warnings, what was left and why, what became of records, and one
// line that sums it up.
func Text(w io.Writer, run Run, opts TextOptions) error {
	t := &textWriter{opts: opts, view: newView(run), shown: map[string]int{}}
	t.notes()
	t.failures()
	t.warnings()
	t.left()
	t.leftOut()
	t.records()
	t.summary()
	_, err := io.WriteString(w, t.b.String())
	return err
}

type textWriter struct {
	opts  TextOptions
	view  *view
	b     strings.Builder
	shown map[string]int // causes by their traffic
}

func (t *textWriter) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

func (t *textWriter) heading(style, title string, n int) {
	t.line("%s", t.opts.paint(bold+";"+style, fmt.Sprintf("%s (%d)", title, n)))
}

// field writes a name and a value in two columns.
func (t *textWriter) field(name, value string) {
	if value != "" {
		t.line("   %s %s", t.opts.paint(dim, fmt.Sprintf("%-9s", name)), visible(value))
	}
}

// notes are those of the run; what the section on records says is left to it.
func (t *textWriter) notes() {
	notes := slices.DeleteFunc(slices.Clone(t.view.Notes), func(n string) bool { return slices.Contains(t.view.Records.Notes, n) })
	for _, n := range notes {
		t.line("%s %s", t.opts.paint(yellow, "note:"), visible(n))
	}
	for _, n := range t.view.Variables {
		t.line("note: in curl lines, %s", visible(n))
	}
	if len(notes)+len(t.view.Variables) > 0 {
		t.line("")
	}
}

func (t *textWriter) failures() {
	all := t.view.Failures
	if len(all) == 0 {
		return
	}
	t.heading(red, "FAILED, by cause", len(all))
	for i, c := range all {
		if i == maxTextCauses {
			t.line("\n   and %d more causes: --report html=FILE shows them all", len(all)-i)
			break
		}
		t.line("")
		t.cause(i+1, c)
	}
	t.line("")
}

func (t *textWriter) cause(n int, c cause) {
	f := c.Finding
	t.line("%2d %s %s  %s", n, t.opts.paint(bold, visible(f.Rule)), t.opts.paint(levelStyle(f.Level), string(f.Level)),
		t.opts.paint(dim, visible(f.Document.String())))
	t.field("in", messagePlace(f))
	t.field("expected", f.Expected)
	t.field("actual", f.Actual)
	t.field("hint", f.Hint)
	t.steps(n, c)
	for i, name := range c.Checks {
		if i == maxTextChecks {
			t.field("", fmt.Sprintf("and %d more checks", len(c.Checks)-i))
			break
		}
		t.field([]string{"checks", " "}[min(i, 1)], name)
	}
	if more := c.Findings - len(c.Checks); more > 0 {
		t.field(" ", fmt.Sprintf("(%d findings in all)", c.Findings))
	}
}

// steps writes the traffic of a cause, once where several causes have the same.
func (t *textWriter) steps(n int, c cause) {
	var all strings.Builder
	for _, s := range c.Steps {
		all.WriteString(string(s.Curl) + "\n")
	}
	if first, ok := t.shown[all.String()]; ok && len(c.Steps) > 0 {
		t.field("sent", fmt.Sprintf("as in %d", first))
		return
	}
	t.shown[all.String()] = n
	for i, s := range c.Steps {
		t.step(s, len(c.Steps) > 1)
		if i == 0 && c.Dropped > 0 {
			t.field("...", fmt.Sprintf("%d steps are left out", c.Dropped))
		}
	}
}

// step writes a request, each on one line that begins with the command, so that it can be copied.
func (t *textWriter) step(s exchange, several bool) {
	note := s.Note
	if several {
		note = fmt.Sprintf("%d. %s", s.Number, s.Note)
	}
	t.field("sent", note)
	line := visible(string(s.Curl))
	if len(line) > maxTextCurl {
		line = t.opts.paint(dim, "a body that is too long to show here: --report json=FILE or html=FILE has the whole line")
	}
	t.line("     %s", line)
	switch {
	case s.Error != "":
		t.field("answered", "not at all: "+s.Error)
	default:
		t.field("answered", strings.TrimSpace(fmt.Sprintf("%s  %s", statusLine(s.Status), clip(s.Body, maxTextBody))))
	}
}

func (t *textWriter) warnings() {
	all := t.view.Warnings
	if len(all) == 0 {
		return
	}
	t.heading(yellow, "WARNINGS, good practice and inference", len(all))
	for i, c := range all {
		if i == maxTextCauses {
			t.line("   and %d more", len(all)-i)
			break
		}
		f := c.Finding
		t.line("   %s  %s", t.opts.paint(bold, visible(f.Rule)), visible(fmt.Sprintf("%s: expected %s, got %s; %s%s",
			messagePlace(f), f.Expected, f.Actual, f.Document, inChecks(c.Checks))))
	}
	t.line("")
}

func inChecks(names []string) string {
	if len(names) == 1 {
		return " (" + names[0] + ")"
	}
	return fmt.Sprintf(" (%s and %d more)", names[0], len(names)-1)
}

// left says why checks were left, the reasons of most checks first.
func (t *textWriter) left() {
	for _, status := range []contract.Status{contract.Known, contract.NotRun, contract.Skipped} {
		n := 0
		var all []left
		for _, l := range t.view.Left {
			if l.Status == status {
				n += len(l.Checks)
				all = append(all, l)
			}
		}
		if n == 0 {
			continue
		}
		slices.SortStableFunc(all, func(a, b left) int { return len(b.Checks) - len(a.Checks) })
		t.heading(yellow, strings.ToUpper(string(status)), n)
		for i, l := range all {
			if i == maxTextReasons && len(all) > i+1 {
				t.line("   and %d more, for %s: --report html=FILE has them all", n, plural(len(all)-i, "other reason"))
				break
			}
			n -= len(l.Checks)
			t.line("   %s", visible(l.Reason+inChecks(l.Checks)))
		}
		t.line("")
	}
}

// leftOut names the operations that no check could try.
func (t *textWriter) leftOut() {
	var lines []string
	for _, o := range t.view.Coverage.Operations {
		if o.LeftOut != "" {
			lines = append(lines, o.Operation+": "+o.LeftOut)
		}
	}
	if len(lines) == 0 {
		return
	}
	t.heading(yellow, "OPERATIONS LEFT OUT", len(lines))
	for i, l := range lines {
		if i == maxTextChecks {
			t.line("   and %d more: --report html=FILE has them all", len(lines)-i)
			break
		}
		t.line("   %s", visible(l))
	}
	t.line("")
}

func (t *textWriter) records() {
	v := t.view.Records
	if len(v.Records)+len(v.Notes) == 0 {
		return
	}
	t.heading(yellow, "RECORDS", len(v.Records))
	for _, r := range v.Records {
		if r.Note == "" && !r.Changed {
			continue
		}
		mark := string(r.Status)
		if r.Changed {
			mark = t.opts.paint(bold+";"+red, "NOT AS IT WAS")
		}
		t.line("   %s %s: %s", mark, visible(r.Record), visible(r.Note))
	}
	if n := v.unchanged(); n > 0 {
		t.line("   %s as before", plural(n, "record"))
	}
	for _, n := range v.Notes {
		t.line("   %s", visible(n))
	}
	t.line("")
}

func (t *textWriter) summary() {
	v := t.view
	style := green
	if v.Summary.ExitCode != ExitConforms {
		style = red
	}
	t.line("%s", t.opts.paint(bold+";"+style, visible(v.sentence())))
}

// sentence is the run in one line.
func (v *view) sentence() string {
	s := v.Summary
	counts := []string{fmt.Sprintf("%d passed", s.Passed)}
	for _, c := range []struct {
		n    int
		word contract.Status
	}{
		{s.Failed, contract.Failed},
		{s.Warned, contract.Warned},
		{s.Known, contract.Known},
		{s.Skipped, contract.Skipped},
		{s.NotRun, contract.NotRun},
	} {
		if c.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return fmt.Sprintf("%d checks: %s; %d of %d operations and %d of %d constraints covered; %d requests; %.1f s; seed %s",
		s.Checks, strings.Join(counts, ", "), s.Operations.Covered, s.Operations.Total,
		s.Constraints.Covered, s.Constraints.Total, s.Requests, v.Seconds, v.Seed)
}

// messagePlace is where in the message a finding is: "updateThing body /size".
func messagePlace(f spec.Finding) string {
	return strings.Join(strings.Fields(f.Operation+" "+f.In+" "+f.Pointer), " ")
}

func levelStyle(l spec.Level) string {
	if l == spec.Must {
		return red
	}
	return yellow
}
