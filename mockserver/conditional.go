package mockserver

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// Conditional requests (RFC 9110, 13), where the document has them: it declares the header ETag, a parameter for one of
// the two conditions, or an answer for one that does not hold.

// isConditional reports whether the document has conditions for an operation.
func isConditional(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Parameters, func(p *spec.Parameter) bool {
		return p.In == "header" && (strings.EqualFold(p.Name, "If-Match") || strings.EqualFold(p.Name, "If-None-Match"))
	}) || slices.ContainsFunc(op.Responses, func(r *spec.Response) bool {
		return r.Status == "412" || r.Status == "304" || r.Status == "428" || r.Status[:1] == "2" && declares(r, "ETag")
	})
}

// entityTag is the strong entity tag of a record that is shown with so many levels of others in it: another one for any
// other text.
func entityTag(in records, k key, text []byte, levels int) string {
	if len(k.resource.Relations) > 0 {
		if whole, err := unfold(in.current, k.resource, text, levels, []key{k}); err == nil {
			text = whole
		}
	}
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// tag sets the entity tag of an answer with a record, where the document declares it and its schema takes it.
func tag(out *result, in records, k key, text []byte, levels int) {
	h := declaredHeader(out.res, "ETag")
	if h == nil {
		return
	}
	if t := entityTag(in, k, text, levels); h.Schema == nil || h.Schema.Valid(t, spec.Out) {
		if out.header == nil {
			out.header = http.Header{}
		}
		out.header.Set("ETag", t)
	}
}

// condition answers a request for a record whose conditions do not hold; record is nil where there is none, else it would
// be shown with so many levels of others in it. Nil: go on.
func (s *Server) condition(x *exchange, in records, k key, record []byte, levels int) *answer {
	match, noneMatch := x.r.Header["If-Match"], x.r.Header["If-None-Match"]
	if record != nil && !spec.IsConditional(x.r.Header) && x.op.Precondition() != nil {
		return new(s.unconditional(x.op, entityTag(in, k, record, levels)))
	}
	if len(match)+len(noneMatch) == 0 || !isConditional(x.op) {
		return nil
	}
	current := ""
	if record != nil {
		current = entityTag(in, k, record, levels)
	}
	reading := x.r.Method == http.MethodGet || x.r.Method == http.MethodHead
	switch {
	case len(match) > 0 && !matches(match, current, false) && (reading || !matchesShown(match, in, k, record)):
		return new(s.failedCondition(x.op, "If-Match", match, current))
	case len(noneMatch) == 0 || !matches(noneMatch, current, true):
		return nil
	case !reading:
		return new(s.failedCondition(x.op, "If-None-Match", noneMatch, current))
	}
	a := answer{status: http.StatusNotModified, header: http.Header{}}
	a.header.Set("ETag", current)
	s.addHeaders(x.op, x.op.Response(http.StatusNotModified), &a)
	return &a
}

// matchesShown reports whether a list of entity tags has one of the record, with whatever levels of others it was read.
func matchesShown(lists []string, in records, k key, record []byte) bool {
	if record == nil {
		return false
	}
	before := ""
	for levels := range maxUnfold + 1 {
		current := entityTag(in, k, record, levels)
		if current == before { // there is no more to unfold
			return false
		}
		if matches(lists, current, false) {
			return true
		}
		before = current
	}
	return false
}

// matches reports whether a list of entity tags has the current one, weakly compared or strongly; * is any that there is.
func matches(lists []string, current string, weakly bool) bool {
	if current == "" {
		return false
	}
	for _, list := range lists {
		for _, one := range spec.SplitQuoted(list, ',') {
			one = strings.TrimSpace(one)
			if weakly {
				one = strings.TrimPrefix(one, "W/")
			}
			if one == "*" || one == current {
				return true
			}
		}
	}
	return false
}

// unconditional is the answer to a change that has to say which state of the record it is for, and does not.
func (s *Server) unconditional(op *spec.Operation, current string) answer {
	p := op.Precondition()
	return s.problem(op, reasonUnconditional, []spec.Finding{{
		Rule: "required", Level: spec.Must, Operation: op.ID, In: "header", Pointer: "/" + p.Name, Document: p.Location,
		Expected: "the entity tag of the record as it is, " + current, Actual: "nothing",
		Hint: "send it as " + p.Name + ", or * for any state",
	}})
}

func (s *Server) failedCondition(op *spec.Operation, name string, sent []string, current string) answer {
	f := spec.Finding{
		Rule: "condition", Level: spec.Must, Operation: op.ID, In: "header", Pointer: "/" + name, Document: op.Location,
		Expected: "the entity tag of the record as it is, " + current, Actual: spec.Clip(toUTF8(strings.Join(sent, ", "))),
		Hint: "the record was changed since; read it again",
	}
	switch {
	case current == "":
		f.Expected, f.Hint = "a record that is there", ""
	case name == "If-None-Match":
		f.Expected, f.Hint = "another entity tag than that of the record, "+current, ""
	}
	return s.problem(op, reasonCondition, []spec.Finding{f})
}
