package mockserver

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// journal remembers the last requests to the API in a ring, and counts those that rolled off.
type journal struct {
	mu      sync.Mutex
	ring    []entry
	next    uint64 // number of the next entry, from 0
	oldest  uint64 // number of the oldest entry still there
	off     rolledOff
	started uint64
}

// rolledOff counts the requests that are no longer in the ring.
type rolledOff struct {
	requests    uint64
	byOperation map[operationStatus]uint64
	byRule      map[string]uint64
}

type operationStatus struct {
	operation string // "" where none was found
	status    int
}

// entry is one request and its answer. All of it is kept as it came, and secrets in it are hidden where it is shown: in
// report, and in the log.
type entry struct {
	number       uint64
	time         time.Time
	took         time.Duration
	session      string
	operation    string
	method       string
	path         string
	query        string
	header       http.Header
	body         []byte
	bodyCut      bool
	status       int
	reason       spec.Reason
	answer       []byte
	answerHeader http.Header
	answerCut    bool
	findings     []spec.Finding
	notices      []spec.Finding
}

func newJournal(size int) *journal {
	return &journal{
		off: rolledOff{byOperation: map[operationStatus]uint64{}, byRule: map[string]uint64{}}, started: uint64(size),
	}
}

// size is how many entries the ring holds at most.
func (j *journal) size() uint64 { return j.started }

// length is how many entries there are now.
func (j *journal) length() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.ring)
}

func (j *journal) add(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.number = j.next
	j.next++
	if uint64(len(j.ring)) < j.size() {
		j.ring = append(j.ring, e)
		return
	}
	at := e.number % j.size()
	j.rollOff(&j.ring[at])
	j.ring[at] = e
	j.oldest = e.number - j.size() + 1
}

func (j *journal) rollOff(e *entry) {
	j.off.requests++
	j.off.byOperation[operationStatus{e.operation, e.status}]++
	for _, f := range e.findings {
		j.off.byRule[f.Rule]++
	}
}

// each calls visit for the entries from the oldest on, and returns what rolled off before them. Requests that come
// meanwhile do not wait for it.
func (j *journal) each(visit func(*entry)) rolledOff {
	entries, off := j.copied()
	for i := range entries {
		visit(&entries[i])
	}
	return off
}

func (j *journal) copied() ([]entry, rolledOff) {
	j.mu.Lock()
	defer j.mu.Unlock()
	entries := make([]entry, 0, len(j.ring))
	for n := j.oldest; n < j.next; n++ {
		entries = append(entries, j.ring[n%j.size()])
	}
	off := rolledOff{j.off.requests, map[operationStatus]uint64{}, map[string]uint64{}}
	for k, v := range j.off.byOperation {
		off.byOperation[k] = v
	}
	for k, v := range j.off.byRule {
		off.byRule[k] = v
	}
	return entries, off
}

// clear forgets every request, the counts included.
func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring = j.ring[:0]
	j.next, j.oldest = 0, 0
	j.off = rolledOff{byOperation: map[operationStatus]uint64{}, byRule: map[string]uint64{}}
}

// record puts a request that was answered into the journal and the log.
func (s *Server) record(x *exchange, a answer) {
	e := entry{
		time: x.start, took: s.set.clock().Sub(x.start), method: x.r.Method, path: toUTF8(cmp.Or(x.whole, x.r.URL.EscapedPath())),
		query: x.r.URL.RawQuery, header: x.r.Header, status: a.status, reason: a.reason,
		answerHeader: a.header, findings: a.findings, notices: x.notices,
	}
	if x.session != nil {
		e.session = x.session.name
	}
	if x.op != nil {
		e.operation = x.op.ID
	}
	e.body, e.bodyCut = cut(x.body, s.bounds.JournalBody)
	e.answer, e.answerCut = cut(a.body, s.bounds.JournalBody)
	s.journal.add(e)
	s.logRequest(&e)
}

func cut(b []byte, limit int) ([]byte, bool) {
	if len(b) <= limit {
		return b, false
	}
	return bytes.Clone(b[:limit]), true
}

// logRequest writes one line for a request, and one for each thing worth a word.
func (s *Server) logRequest(e *entry) {
	level := slog.LevelInfo
	if e.status >= 400 {
		level = slog.LevelWarn
	}
	if !s.log.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", e.method), slog.String("path", e.path), slog.Int("status", e.status),
		slog.Duration("took", e.took.Round(time.Microsecond)),
	}
	if e.query != "" {
		attrs = append(attrs, slog.String("query", s.hideQuery(e.query)))
	}
	if e.session != "" && e.session != defaultSession {
		attrs = append(attrs, slog.String("session", e.session))
	}
	if e.operation != "" {
		attrs = append(attrs, slog.String("operation", e.operation))
	}
	if e.reason != "" {
		attrs = append(attrs, slog.String("reason", string(e.reason)))
	}
	if len(e.findings) > 0 {
		attrs = append(attrs, slog.String("finding", sentence(e.findings[0])), slog.Int("findings", len(e.findings)))
	}
	for _, n := range e.notices {
		attrs = append(attrs, slog.String("notice", strings.TrimSpace(n.In+" "+n.Pointer+": not in the document. "+n.Hint)))
	}
	s.log.LogAttrs(context.Background(), level, "request", attrs...)
}

// hideHeader copies a header without the secrets in it.
func (s *Server) hideHeader(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		if s.doc.IsSecretName(name) {
			values = []string{spec.Hidden}
		}
		out[name] = values
	}
	return out
}

// hideQuery is a query without the secrets in it.
func (s *Server) hideQuery(raw string) string {
	if raw == "" {
		return ""
	}
	parts := strings.Split(toUTF8(raw), "&")
	for i, p := range parts {
		name, _, hasValue := strings.Cut(p, "=")
		plain, err := url.QueryUnescape(name)
		if hasValue && (err != nil || s.doc.IsSecretName(plain)) {
			parts[i] = name + "=" + spec.Hidden
		}
	}
	return strings.Join(parts, "&")
}

// hideBody is a body fit to be shown: members that hold secrets by their name are hidden, and what is no JSON is text,
// hidden where it speaks of a secret at all.
func hideBody(doc *spec.Document, body []byte) any {
	if len(body) == 0 {
		return nil
	}
	v, err := strictjson.DecodeOrdered(body, wideOpen)
	if err == nil {
		return hideMembers(doc, v)
	}
	if text := toUTF8(string(body)); !doc.MentionsSecret(text) {
		return text
	}
	return spec.Hidden
}

func hideMembers(doc *spec.Document, v any) any {
	switch v := v.(type) {
	case strictjson.Object:
		for i, m := range v {
			if doc.IsSecretName(m.Name) {
				v[i].Value = spec.Hidden
			} else {
				v[i].Value = hideMembers(doc, m.Value)
			}
		}
	case []any:
		for i := range v {
			v[i] = hideMembers(doc, v[i])
		}
	}
	return v
}
