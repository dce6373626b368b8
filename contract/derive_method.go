package contract

import (
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// methodChecks: a method that a path does not have is answered with 405 and Allow. HEAD is GET's, and OPTIONS is for
// browsers, which ask it of any path. Where one of the others is taken after all it could do harm.
func methodChecks(d *spec.Document, op *spec.Operation) []*Check {
	var declared, elsewhere []string
	for _, o := range d.Operations {
		switch {
		case o.Path == op.Path:
			declared = append(declared, o.Method)
		case together(o.Path, op.Path):
			elsewhere = append(elsewhere, o.Method)
		}
	}
	undeclared := func(methods ...string) []string {
		return slices.DeleteFunc(methods, func(m string) bool {
			return slices.Contains(declared, m) || slices.Contains(elsewhere, m)
		})
	}
	c := methodCheck{op: op, declared: declared}
	var out []*Check
	if methods := undeclared(http.MethodGet, http.MethodTrace); len(methods) > 0 {
		out = append(out, c.of(methods, op.Path+" answers 405 for another method"))
	}
	changing := undeclared(http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete)
	if len(changing) > 0 {
		check := c.of(changing, op.Path+" answers 405 for another method that would change something")
		check.Harmful = true
		out = append(out, check)
	}
	return out
}

// together reports whether there is a path that both templates match.
func together(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if as[i] != bs[i] && !strings.Contains(as[i], "{") && !strings.Contains(bs[i], "{") {
			return false
		}
	}
	return true
}

// methodCheck makes the checks of methods of the path of an operation.
type methodCheck struct {
	op       *spec.Operation
	declared []string
}

func (c methodCheck) of(methods []string, name string) *Check {
	out := &Check{
		Name: oneLine(name), Operation: c.op.ID, Kind: Unknown, Rule: "method", Level: spec.Should, Requests: len(methods),
		Document: c.op.Location,
	}
	out.run = func(p *probe) {
		req := c.request(p, out.Harmful)
		for _, m := range methods {
			if m == http.MethodDelete && c.op.ItemParam == "" && p.r.puttingBack() {
				continue // a server that takes it may end all that is there
			}
			req.Method, req.Operation, req.record = m, nil, recordKey{}
			c.judge(p, p.send("a method that the document does not have here", req))
		}
	}
	return out
}

// request is one at the operation's path. What may harm is sent to a record of the check's own; where none can be made
// and records are put back afterwards, to an id that no record should have.
func (c methodCheck) request(p *probe, harmful bool) Request {
	switch res := c.op.Resource; {
	case c.op.ItemParam == "":
		return p.r.places.request(c.op, p.owner(c.op), "", nil)
	case harmful && res.Find(spec.ActionCreate) != nil && enderOf(res) != nil:
		return p.r.places.itemRequest(c.op, p.fresh(res).id, "", nil)
	case harmful && p.r.puttingBack():
		return p.r.places.itemRequest(c.op, p.unknownKey(c.op), "", nil)
	}
	return p.r.places.itemRequest(c.op, p.firstID(c.op), "", nil)
}

func (c methodCheck) judge(p *probe, a *Answer) {
	switch {
	case a.Status == http.StatusMethodNotAllowed && a.Header.Get("Allow") == "":
		p.find(spec.Finding{
			Rule: "allow", In: "header", Pointer: "/Allow", Expected: strings.Join(c.declared, ", "), Actual: "nothing",
			Hint: "RFC 9110, 15.5.6: a 405 must carry Allow",
		})
	case a.Status != http.StatusMethodNotAllowed && a.Status != http.StatusNotFound && a.Status != http.StatusNotImplemented:
		p.find(spec.Finding{In: "method", Expected: "405 Method Not Allowed", Actual: statusLine(a.Status)})
	}
}
