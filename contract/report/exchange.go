package report

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
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
// with the one before it where the finding is what a look at the record showed; else all of them, since what is found in
// the end began with the first.
func relevant(o contract.Outcome, finding int, steps []exchange) []exchange {
	alone := o.Check.Kind == contract.Accepts || o.Check.Kind == contract.Refuses || o.Check.Kind == contract.Answers
	if !alone || finding >= len(o.At) || o.Findings[finding].Rule == "refusal-changed" {
		return steps
	}
	at := o.At[finding]
	if at < 0 || at >= len(steps) {
		return steps
	}
	from := at
	if o.Findings[finding].Rule == "echo" && at > 0 && o.Steps[at].Request.Method == http.MethodGet {
		from--
	}
	return steps[from : at+1]
}
