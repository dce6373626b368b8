package mockserver

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// filter says which requests of the journal are wanted; zero fields want all.
type filter struct {
	method, path, session, operation string
	status                           int
	from                             uint64 // number, counted from 1
	since                            time.Time
	body                             any // ordered JSON value
	hasBody                          bool
}

// filter reads the filters of a request, and refuses those that can match nothing.
func (k *controlCall) filter() (filter, *answer) {
	f := filter{
		method: k.text("query", "method"), path: k.text("query", "path"), session: k.text("query", "session"),
		operation: k.text("query", "operation"), status: int(k.number("status")),
	}
	bad := func(name, expected, hint string) (filter, *answer) {
		return f, new(k.refuse(spec.Invalid, spec.Finding{
			Rule: name, In: "query", Pointer: "/" + name, Expected: expected,
			Actual: spec.Clip(fmt.Sprintf("%q", fmt.Sprint(k.param("query", name)))), Hint: hint,
		}))
	}
	if _, err := path.Match(f.path, ""); err != nil {
		return bad("path", "a path, or a pattern such as /things/*", "write a [ that stands for itself as \\[")
	}
	if f.operation != "" && k.server.doc.Operation(f.operation) == nil {
		var ids []string
		for _, o := range k.server.doc.Operations {
			ids = append(ids, o.ID)
		}
		hint := ""
		if near := spec.Nearest(f.operation, ids); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return bad("operation", "an operation of the document", hint)
	}
	switch v := k.param("query", "since").(type) {
	case json.Number:
		f.from = uintOf(v)
	case string:
		t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(v))
		if err != nil {
			return bad("since", "an instant such as 2026-01-05T09:00:00Z, or a number", "write a + in it as %2B")
		}
		f.since = t
	}
	if text := k.text("query", "body"); text != "" {
		v, err := strictjson.DecodeOrdered([]byte(text), wideOpen)
		if err != nil {
			return bad("body", "JSON text, percent-encoded", spec.Clip(err.Error()))
		}
		f.body, f.hasBody = v, true
	}
	return f, nil
}

// matches reports whether a request is wanted as far as everything but its body goes.
func (f *filter) matches(e *entry) bool {
	return (f.method == "" || strings.EqualFold(f.method, e.method)) &&
		(f.path == "" || matchPath(f.path, e.path)) &&
		(f.status == 0 || f.status == e.status) &&
		(f.session == "" || f.session == e.session) &&
		(f.operation == "" || f.operation == e.operation) &&
		e.number+1 >= f.from && !e.time.Before(f.since)
}

// matchPath compares a path as it was sent, and without the prefix of a session.
func matchPath(pattern, sent string) bool {
	below := sent
	if rest, ok := strings.CutPrefix(sent, "/~"); ok {
		if _, after, ok := strings.Cut(rest, "/"); ok {
			below = "/" + after
		}
	}
	for _, p := range []string{sent, below} {
		if ok, _ := path.Match(pattern, p); ok || p == pattern {
			return true
		}
	}
	return false
}

// matchesBody compares the whole body; false for decided where it is not remembered whole.
func (f *filter) matchesBody(e *entry) (same, decided bool) {
	if !f.hasBody {
		return true, true
	}
	if e.bodyCut {
		return false, false
	}
	v, err := strictjson.DecodeOrdered(e.body, wideOpen)
	return err == nil && strictjson.Equal(v, f.body), true
}

// search finds the requests that match, in order. Bodies are compared after the journal is free again.
func (k *controlCall) search(f filter) (found []entry, undecided int, off control.RolledOff) {
	rolled := k.server.journal.each(func(e *entry) {
		if f.matches(e) {
			found = append(found, *e)
		}
	})
	found = slices.DeleteFunc(found, func(e entry) bool {
		same, decided := f.matchesBody(&e)
		if !decided {
			undecided++
		}
		return !same
	})
	return found, undecided, reportRolledOff(rolled)
}

func reportRolledOff(r rolledOff) control.RolledOff {
	out := control.RolledOff{Requests: r.requests, ByOperation: []control.OperationCount{}, ByRule: r.byRule}
	for key, n := range r.byOperation {
		count := control.OperationCount{Operation: key.operation, Status: key.status, Count: n}
		out.ByOperation = append(out.ByOperation, count)
	}
	slices.SortFunc(out.ByOperation, func(a, b control.OperationCount) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), cmp.Compare(a.Status, b.Status))
	})
	return out
}

func (k *controlCall) listRequests() answer {
	f, refusal := k.filter()
	if refusal != nil {
		return *refusal
	}
	found, undecided, off := k.search(f)
	out := control.Requests{Requests: []control.Request{}, Total: len(found), Undecided: undecided, RolledOff: off}
	newest := found[out.Total-int(min(k.number("limit"), uint64(out.Total))):]
	for i := range newest {
		out.Requests = append(out.Requests, k.server.report(&newest[i]))
	}
	return success(http.StatusOK, out)
}

func (k *controlCall) countRequests() answer {
	f, refusal := k.filter()
	if refusal != nil {
		return *refusal
	}
	found, undecided, off := k.search(f)
	return success(http.StatusOK, control.RequestCount{Count: len(found), Undecided: undecided, RolledOff: off})
}

func (k *controlCall) clearRequests() answer {
	k.server.journal.clear()
	return done()
}

// report is an entry fit to be shown: without secrets.
func (s *Server) report(e *entry) control.Request {
	return control.Request{
		Number: e.number + 1, Time: e.time.UTC(), DurationMs: math.Round(e.took.Seconds()*1e6) / 1e3, Session: e.session,
		Operation: e.operation, Method: e.method, Path: e.path, Query: s.hideQuery(e.query), Headers: s.hideHeader(e.header),
		Body: s.showBody(e.body), BodyTruncated: e.bodyCut, Status: e.status, Reason: string(e.reason),
		Answer: control.Answer{
			Headers: s.hideHeader(e.answerHeader), Body: s.showBody(e.answer), BodyTruncated: e.answerCut,
		},
		Findings: append([]spec.Finding{}, e.findings...), Notices: append([]spec.Finding{}, e.notices...),
	}
}

func (s *Server) showBody(body []byte) json.RawMessage {
	if len(body) == 0 {
		return nil
	}
	return strictjson.Append(nil, hideBody(s.doc, body))
}
