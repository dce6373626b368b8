package contract

import (
	"net/http"
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// guarded reports whether an operation asks for credentials that can be told from none.
func guarded(op *spec.Operation) bool {
	optional := slices.ContainsFunc(op.Security, func(all []spec.SecurityRequirement) bool { return len(all) == 0 })
	return len(op.DemoCredentials()) > 0 && !optional
}

// secureChecks: an operation that asks for credentials has no success without them, nor with others.
func (v *deriver) secureChecks() {
	op := v.op
	if !guarded(op) {
		return
	}
	at := op.Security[0][0].Scheme.Location
	v.add(Check{Kind: Secures, Rule: "auth-missing", Document: at, Requests: 1, run: func(p *probe) {
		req := p.valid(op)
		req.bare = true
		a := p.call("without credentials", req)
		f := spec.Finding{In: "header", Expected: "401 or 403, since the document asks for credentials", Actual: statusLine(a.Status)}
		switch {
		case isSuccess(a.Status):
			p.find(f)
		case a.Status != http.StatusUnauthorized && a.Status != http.StatusForbidden && a.Status != http.StatusNotImplemented:
			// Some hide what is there from those who may not see it, by 404.
			if a.Status != http.StatusNotFound {
				f.Rule, f.Level = "auth-status", spec.Should
				p.find(f)
			}
		}
	}}, "asks for credentials")
	v.add(Check{Kind: Secures, Rule: "auth-wrong", Level: spec.Should, Document: at, Requests: 1, run: func(p *probe) {
		// A target that takes whatever has the right form must still tell what has not.
		malformed := p.r.target.Credentials != nil
		req := p.valid(op)
		req.bare = true
		for _, c := range op.WrongCredentials(malformed) {
			switch c.In {
			case "header":
				req.Header.Set(c.Name, c.Value)
			case "query":
				req.Query = joined(req.Query, queryPair(c.Name, c.Value), "&")
			case "cookie":
				req.Header.Set("Cookie", joined(req.Header.Get("Cookie"), c.Name+"="+c.Value, "; "))
			}
		}
		if a := p.call("with credentials that nobody gave out", req); isSuccess(a.Status) {
			p.find(spec.Finding{In: "header", Expected: "401 or 403", Actual: statusLine(a.Status)})
		}
	}}, "refuses wrong credentials")
}
