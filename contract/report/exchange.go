package report

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// exchange is one request with its answer, ready to be shown.
type exchange struct {
	Number       int      `json:"number"` // counted from 1 over all steps of the check
	Note         string   `json:"note"`
	Curl         curlLine `json:"curl"`
	Status       int      `json:"status,omitempty"`
	Header       []string `json:"header,omitempty"` // "Name: value"
	Body         string   `json:"body,omitempty"`
	Milliseconds float64  `json:"milliseconds"`
	Error        string   `json:"error,omitempty"`
}

// maxBody is how much of an answer's body a report shows, in bytes.
const maxBody = 4 << 10

func (b *builder) exchange(number int, s contract.Step) exchange {
	masked := b.run.masked()
	body := s.Request.Body
	if masked {
		body = b.read.request(body)
	}
	e := exchange{Number: number, Note: s.Note, Curl: b.curl.line(s, body), Error: s.Err}
	if a := s.Answer; a != nil {
		e.Status, e.Milliseconds = a.Status, milliseconds(a.Took)
		e.Header = headerLines(a.Header, masked)
		// Clipped last, or half a secret would be left over.
		e.Body = clip(b.scrub.text(answerText(a, masked)), maxBody)
	}
	return e
}

// Headers that say nothing about a record, and those that would make two equal runs differ.
var (
	openHeaders = []string{
		"Allow", "Cache-Control", "Content-Encoding", "Content-Length", "Content-Type", "Retry-After", "Server",
	}
	idleHeaders = []string{"Age", "Date", "Expires"}
)

func headerLines(h http.Header, masked bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			switch {
			case slices.Contains(idleHeaders, name):
				continue
			case spec.IsSecretName(name):
				v = spec.Hidden
			case masked && !slices.Contains(openHeaders, name):
				v = maskedText
			}
			out = append(out, name+": "+strings.ToValidUTF8(v, "\uFFFD"))
		}
	}
	return out
}

// clip shortens s to about limit bytes, on a character's edge.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", s[:cut], len(s))
}

var statusText = regexp.MustCompile(`^([1-5][0-9]{2})\b`)

// relevant are the steps that show a finding: the one request it is about where each request of the check stands alone,
// else all of them, since what is found in the end began with the first.
func relevant(o contract.Outcome, finding int, steps []exchange) []exchange {
	f := o.Findings[finding]
	alone := o.Check.Kind == contract.Accepts || o.Check.Kind == contract.Refuses
	if !alone || len(steps) < 2 || f.Rule == "refusal-changed" {
		return steps
	}
	best, bestScore := -1, 0
	for i, s := range o.Steps {
		if score := likeness(f, s); score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return steps
	}
	return steps[best : best+1]
}

// likeness says how likely a finding is about a step: it may quote the step's value, and its answer's status.
func likeness(f spec.Finding, s contract.Step) int {
	if s.Answer == nil {
		if f.In == "connection" {
			return 5
		}
		return 0
	}
	score := 0
	if m := statusText.FindString(f.Actual); m != "" {
		if strconv.Itoa(s.Answer.Status) != m {
			return 0
		}
		score = 1
	}
	quoted := quotedValue(f.Expected)
	where := string(s.Request.Body)
	if f.In == "query" {
		where = s.Request.Query
	}
	if quoted != "" && strings.Contains(where, quoted) {
		score += 2
		// The shorter the rest of the body, the less likely that it holds the value by chance.
		if 2*len(quoted) > len(where) {
			score++
		}
	}
	label := lastParenthesis(f.Expected)
	if label != "" && strings.HasSuffix(s.Note, label) || strings.HasSuffix(f.Expected, s.Note) {
		score += 4
	}
	return score
}

var quotes = []string{"since the document allows ", "since the document forbids ", "the value that was sent, "}

// quotedValue is the value that an expectation quotes, its start where it was clipped.
func quotedValue(expected string) string {
	for _, q := range quotes {
		if _, value, ok := strings.Cut(expected, q); ok {
			if label := lastParenthesis(value); label != "" {
				value = strings.TrimSuffix(value, " ("+label+")")
			}
			value, _, _ = strings.Cut(value, "…")
			return value
		}
	}
	return ""
}

// lastParenthesis is what stands in parentheses at the end of a text.
func lastParenthesis(s string) string {
	i := strings.LastIndex(s, " (")
	if i < 0 || !strings.HasSuffix(s, ")") {
		return ""
	}
	return s[i+2 : len(s)-1]
}
