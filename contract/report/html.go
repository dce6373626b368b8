package report

import (
	_ "embed" // the template
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

//go:embed report.html.tmpl
var pageText string

// page is made when the first report is: most runs of the program write none.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Funcs(template.FuncMap{
		"class":  statusClass,
		"where":  messagePlace,
		"place":  func(l spec.Location) string { return l.String() },
		"status": statusLine,
		"number": shortNumber,
		"plural": plural,
	}).Parse(pageText))
})

// pageData is a view together with what only the page shows.
type pageData struct {
	*view

	Verdict      string
	VerdictClass string
	Tiles        []tile
	Kinds        []contract.Kind
	Matrix       []matrixRow
	Histogram    histogram
}

// HTML writes a run as one page that needs no network and no scripts.
func HTML(w io.Writer, run Run) error {
	v := newView(run)
	p := pageData{
		view: v, Tiles: v.tiles(), Kinds: contract.Kinds(), Matrix: v.matrix(), Histogram: newHistogram(v.Latency),
	}
	p.Verdict, p.VerdictClass = v.verdict()
	return page().Execute(w, p)
}

// HasRecords reports whether there is anything to say of records.
func (p pageData) HasRecords() bool { return len(p.Records.Records)+len(p.Records.Notes) > 0 }

// verdict is the run in a word, and the class of its colour.
func (v *view) verdict() (text, class string) {
	switch v.Summary.ExitCode {
	case ExitConforms:
		if v.Summary.Warned > 0 {
			return "conforms, with warnings", "passed"
		}
		return "conforms", "passed"
	case ExitViolations:
		return "departs from the document", "failed"
	case ExitUnfinished:
		if v.Summary.Failed > 0 {
			return fmt.Sprintf("could not finish, %d failed so far", v.Summary.Failed), "failed"
		}
		return "could not finish", "notrun"
	case ExitNothing:
		return "nothing was checked", "notrun"
	}
	return "records were not put back", "failed"
}

type tile struct {
	Value, Label, Class string
}

func (v *view) tiles() []tile {
	s := v.Summary
	out := []tile{{fmt.Sprint(s.Passed), "passed", "passed"}}
	for _, c := range []tile{
		{fmt.Sprint(s.Failed), "failed", "failed"},
		{fmt.Sprint(s.Warned), "warned", "warned"},
		{fmt.Sprint(s.Known), "known failures", "known"},
		{fmt.Sprint(s.NotRun), "not run", "notrun"},
		{fmt.Sprint(s.Skipped), "skipped", "skipped"},
	} {
		if c.Value != "0" {
			out = append(out, c)
		}
	}
	return append(out,
		tile{fmt.Sprintf("%d of %d", s.Operations.Covered, s.Operations.Total), "operations covered", ""},
		tile{fmt.Sprintf("%d of %d", s.Constraints.Covered, s.Constraints.Total), "constraints covered", ""},
		tile{fmt.Sprint(s.Requests), "requests", ""},
		tile{fmt.Sprintf("%.1f s", v.Seconds), "time", ""},
	)
}

// matrixRow is an operation with a cell for each kind of check.
type matrixRow struct {
	Name  string
	Cells []matrixCell
}

type matrixCell struct {
	Text, Words, Class string
}

func (v *view) matrix() []matrixRow {
	var names []string
	counts := map[string]map[contract.Kind]map[contract.Status]int{}
	for _, c := range v.Checks {
		if counts[c.Operation] == nil {
			names = append(names, c.Operation)
			counts[c.Operation] = map[contract.Kind]map[contract.Status]int{}
		}
		if counts[c.Operation][c.Kind] == nil {
			counts[c.Operation][c.Kind] = map[contract.Status]int{}
		}
		counts[c.Operation][c.Kind][c.Status]++
	}
	// The row of the whole target comes last.
	if i := slices.Index(names, ""); i >= 0 {
		names = append(slices.Delete(names, i, i+1), "")
	}
	var out []matrixRow
	for _, name := range names {
		row := matrixRow{Name: name}
		for _, k := range contract.Kinds() {
			row.Cells = append(row.Cells, newCell(counts[name][k]))
		}
		out = append(out, row)
	}
	return out
}

// newCell tells of the worst that checks of a cell came to.
func newCell(n map[contract.Status]int) matrixCell {
	total := 0
	var words []string
	for _, s := range contract.Statuses() {
		total += n[s]
		if n[s] > 0 {
			words = append(words, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	if total == 0 {
		return matrixCell{Text: "·", Words: "no checks", Class: "none"}
	}
	for _, s := range contract.Statuses() {
		if n[s] == 0 {
			continue
		}
		text := fmt.Sprintf("%s %d", statusMark(s), n[s])
		if n[s] < total {
			text += fmt.Sprintf(" of %d", total)
		}
		return matrixCell{Text: text, Words: strings.Join(words, ", "), Class: statusClass(s)}
	}
	return matrixCell{}
}

func statusMark(s contract.Status) string {
	switch s {
	case contract.Passed:
		return "✓"
	case contract.Failed:
		return "✗"
	case contract.Warned:
		return "!"
	case contract.Known:
		return "≈"
	}
	return "–"
}

func statusClass(s contract.Status) string { return strings.ReplaceAll(string(s), " ", "") }

// shortNumber is a number with as many decimals as its size makes worth reading.
func shortNumber(f float64) string {
	decimals := 2
	switch {
	case f >= 100:
		decimals = 0
	case f >= 10:
		decimals = 1
	}
	return strconv.FormatFloat(f, 'f', decimals, 64)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// histogram is the latency as bars, in the units of the drawing.
type histogram struct {
	Height int
	Bars   []histogramBar
}

type histogramBar struct {
	Y, TextY, Width int
	CountX          int
	Label           string
	Count           int
}

// Measures of the drawing: a row, the room for labels, and the longest bar.
const (
	barRow  = 22
	barLeft = 78
	barMax  = 220
)

func newHistogram(l latency) histogram {
	most := 1
	for _, b := range l.Buckets {
		most = max(most, b.Count)
	}
	h := histogram{Height: barRow*len(l.Buckets) + 4}
	for i, b := range l.Buckets {
		label := "≤ " + strconv.FormatFloat(b.AtMost, 'f', -1, 64) + " ms"
		if b.AtMost >= 1000 {
			label = "≤ " + strconv.FormatFloat(b.AtMost/1000, 'f', -1, 64) + " s"
		}
		if b.AtMost == 0 {
			label = "more"
		}
		width := b.Count * barMax / most
		if b.Count > 0 {
			width = max(width, 2)
		}
		h.Bars = append(h.Bars, histogramBar{
			Y: i*barRow + 4, TextY: i*barRow + 16, Width: width,
			CountX: barLeft + width + 6, Label: label, Count: b.Count,
		})
	}
	return h
}
