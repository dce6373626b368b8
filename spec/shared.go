package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Shared reports whether more than the path and the method tell a request to the operation from those to others: the
// query in the path's key, or parameters. Match.Choose tells which a request is for.
func (o *Operation) Shared() bool { return o.shared }

// Choose is the operation that a request is for, where several share its path and method: of those whose path has most of
// the query, the one that requires most of what the request has; where none takes it, that requires most. Where the path is
// there with another query only, there is none, and the finding says which.
func (m Match) Choose(method string, msg *RequestMessage) (*Operation, []Finding) {
	first := m.Operation(method)
	if first == nil || !first.shared {
		return first, nil
	}
	pairs, _, _ := splitPairs(msg.RawQuery)
	var best *Operation
	taken := false
	for _, o := range m.Operations {
		if o.Method != first.Method || !o.asksFor(pairs) {
			continue
		}
		takes := o.takes(msg, pairs)
		if best == nil || cmp.Or(cmp.Compare(o.keyed(), best.keyed()), compareBools(takes, taken), o.demands(best)) > 0 {
			best, taken = o, takes
		}
	}
	if best == nil {
		f := first.finding("query", "query", "", first.Query, Clip(msg.RawQuery),
			fmt.Sprintf("the document has this path with the query %s only", first.Query))
		if msg.RawQuery == "" {
			f.Actual = "no query"
		}
		return nil, []Finding{f}
	}
	return best, nil
}

// asksFor reports whether a query has what the key of the path says.
func (o *Operation) asksFor(query []pair) bool {
	for want := range strings.SplitSeq(o.Query, "&") {
		if want == "" {
			continue
		}
		w, _, _ := splitPairs(want)
		if len(w) == 0 || !slices.ContainsFunc(query, func(p pair) bool { return p.name == w[0].name && p.value == w[0].value }) {
			return false
		}
	}
	return true
}

// takes reports whether a request has what the operation requires beside a body, and as it should be.
func (o *Operation) takes(m *RequestMessage, query []pair) bool {
	for _, p := range o.Parameters {
		g := p.gather(o, m, query)
		if g.none() {
			if p.Required {
				return false
			}
			continue
		}
		if !g.valid() {
			return false
		}
		if _, fs, r := o.decodeParameter(p, &g, typing{In, m.Limits}); len(fs) > 0 || r != nil {
			return false
		}
	}
	return true
}

// keyed is how much of the query the key of the path has.
func (o *Operation) keyed() int {
	pairs, _, _ := splitPairs(o.Query)
	return len(pairs)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// demands compares how many parameters two operations require.
func (o *Operation) demands(than *Operation) int {
	count := func(o *Operation) int {
		n := 0
		for _, p := range o.Parameters {
			if p.Required && p.In != "path" {
				n++
			}
		}
		return n
	}
	return cmp.Compare(count(o), count(than))
}

// sameDemands reports whether two operations require the same parameters, so that no request can be told to be the
// second's.
func sameDemands(a, b *Operation) bool {
	return a.demandedBy(b) && b.demandedBy(a)
}

// demandedBy reports whether what an operation requires is required by another too.
func (o *Operation) demandedBy(other *Operation) bool {
	for _, p := range o.Parameters {
		if !p.Required && p.In != "path" {
			continue
		}
		if !slices.ContainsFunc(other.Parameters, func(q *Parameter) bool {
			return q.Name == p.Name && q.In == p.In && q.Required == p.Required &&
				(p.Schema == q.Schema || p.Schema != nil && q.Schema != nil && sameSchema(p.Schema, q.Schema))
		}) {
			return false
		}
	}
	return true
}

// QueryWith is a query with what the operation's path asks for in front of it.
func (o *Operation) QueryWith(query string) string {
	if o.Query == "" || query == "" {
		return o.Query + query
	}
	return o.Query + "&" + query
}

// inKey reports whether the key of the operation's path has a parameter of the query.
func (o *Operation) inKey(name string) bool {
	pairs, _, _ := splitPairs(o.Query)
	return slices.ContainsFunc(pairs, func(p pair) bool { return p.name == name })
}

// ForPath is Choose for a request to a path, where the path alone has been routed; nil where it is nobody's.
func (d *Document) ForPath(method, path string, msg *RequestMessage) *Operation {
	m, ok := d.Route(path)
	if !ok {
		return nil
	}
	msg.PathParams, msg.EscapedPathParams = m.Params, m.Escaped
	o, _ := m.Choose(method, msg)
	return o
}
