package spec

import (
	"net/http"
	"slices"
	"strings"
)

// preconditions are the headers that make a request conditional (RFC 9110, 13.1), as far as they say which state is meant.
var preconditions = []string{"If-Match", "If-None-Match", "If-Unmodified-Since"}

// Precondition is the header that a change of a record has to name a state in, where the document declares 428 for one that
// does not (RFC 6585, 3): the parameter If-Match, made up where there is none. Nil for any other operation.
func (o *Operation) Precondition() *Parameter {
	changes := o.ItemParam != "" && (o.Action == ActionMerge || o.Action == ActionReplace || o.Action == ActionDelete)
	if !changes || !o.declares428() {
		return nil
	}
	for _, p := range o.Parameters {
		switch {
		case p.In != "header" || !strings.EqualFold(p.Name, preconditions[0]):
		case p.Required || p.Schema == nil || p.Schema.Valid("*", In):
			return p
		default:
			return nil // of whom nobody can say that any state will do
		}
	}
	return &Parameter{Name: preconditions[0], In: "header", Style: "simple", Location: o.Location}
}

func (o *Operation) declares428() bool {
	return slices.ContainsFunc(o.Responses, func(r *Response) bool { return r.Status == statusText(http.StatusPreconditionRequired) })
}

// IsConditional reports whether a request names a state of what it is for.
func IsConditional(h http.Header) bool {
	return slices.ContainsFunc(preconditions, func(name string) bool { return len(h[name]) > 0 })
}

// LacksPrecondition reports whether all that a request is refused for is that it names no state, and the document declares
// 428 for that.
func (o *Operation) LacksPrecondition(r *Refusal) bool {
	return r.Reason == Invalid && o.declares428() && !slices.ContainsFunc(r.Findings, func(f Finding) bool {
		named := slices.ContainsFunc(preconditions, func(name string) bool { return strings.EqualFold(f.Pointer, "/"+name) })
		return f.In != "header" || f.Rule != "required" || !named
	})
}
