package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// brokenParameter is a parameter as no reading of it is allowed.
type brokenParameter struct {
	what   string // for people
	wire   string // as it stands in the query, the header, the cookies or the path
	should bool   // only good practice forbids it
}

// maxWire bounds the length of what is written as a parameter.
const maxWire = 400

// brokenParameters are texts that no reading of a parameter allows, and lists and objects in its style that its schema
// forbids.
func (v *deriver) brokenParameters(param *spec.Parameter) []brokenParameter {
	var out []brokenParameter
	add := func(b brokenParameter) {
		same := func(o brokenParameter) bool { return o.wire == b.wire }
		if len(out) < maxParamValues && len(b.wire) <= maxWire && !slices.ContainsFunc(out, same) && sendableWire(param, b.wire) &&
			!param.Takes(b.wire) {
			out = append(out, b)
		}
	}
	if paramIsInteger(param) {
		for _, text := range []string{"abc", "1.5", "true", "1,2", "NaN", "0x1"} {
			if refusesText(param, text) {
				add(brokenParameter{text, rawParameter(param, text), false})
			}
		}
	}
	for _, c := range v.cases.brokenOf(param.Schema) {
		switch c.Value.(type) {
		case []any, strictjson.Object:
			// What is written is read back as the same value, so it is as broken on the wire.
			if wire, err := param.Encode(c.Value); err == nil && wire != "" {
				add(brokenParameter{plainText(c.Value), wire, c.Should})
			}
		default: // Read as text again, a broken number may be a valid string.
			if text, ok := scalarText(c.Value); ok && refusesText(param, text) {
				add(brokenParameter{text, rawParameter(param, text), c.Should})
			}
		}
	}
	return out
}

// refusesText reports whether a parameter's schema forbids a text, whatever it is read as.
func refusesText(param *spec.Parameter, text string) bool {
	s := param.Schema
	switch {
	case text == "" || len(text) > 200 || slices.Contains(s.Types, "array"):
		return false
	case s.Allows("boolean") && (text == "true" || text == "false"), s.Allows("null") && text == "null":
		return false
	}
	// One text may be a list of one.
	return !s.Valid(text, spec.In) && !validText(param, text) && !s.Valid([]any{text}, spec.In)
}

// rawParameter is a text in the place of a parameter's value, whatever its style.
func rawParameter(param *spec.Parameter, text string) string {
	switch param.In {
	case "query":
		return queryOf(param, text)
	case "cookie":
		return param.Name + "=" + url.QueryEscape(text)
	case "path":
		return url.PathEscape(text)
	}
	return text
}

// sendableWire reports whether clients and servers leave a text as it is: in a path they take some away.
func sendableWire(param *spec.Parameter, wire string) bool {
	if param.In != "path" {
		return true
	}
	plain, err := url.PathUnescape(wire)
	return err == nil && strings.Trim(plain, ".") != "" && !strings.ContainsAny(plain, `/\`)
}

// refuseParameter: values that the parameter's schema forbids. In a path they name nothing, so that 404 says so too; what
// changes records is not sent any.
func (v *deriver) refuseParameter(param *spec.Parameter) {
	op := v.op
	if param.In == "path" && op.Resource != nil && changesState(op) {
		return
	}
	var must, should []brokenParameter
	for _, b := range v.brokenParameters(param) {
		if b.should {
			should = append(should, b)
		} else {
			must = append(must, b)
		}
	}
	v.refuseTexts(param, must, v.levelAt(param.Schema), "refuses other values")
	v.refuseTexts(param, should, spec.Should, "refuses other values (good practice)")
}

func (v *deriver) refuseTexts(param *spec.Parameter, broken []brokenParameter, level spec.Level, name string) {
	op := v.op
	if len(broken) == 0 {
		return
	}
	v.add(Check{
		Kind: Refuses, Rule: "parameter", Document: param.Location, Requests: len(broken), Level: level,
		run: func(p *probe) {
			for _, b := range broken {
				e := expected{
					rule: "parameter", in: param.In, pointer: strictjson.Pointer(param.Name), document: param.Location,
					what: fmt.Sprintf("%s=%s", param.Name, b.what), level: level,
				}
				if param.In == "path" {
					p.refusedPath(op, param, b, e)
					continue
				}
				if req := p.valid(op); setText(&req, param, b.wire) {
					p.refusedCall(op, p.call(param.Name+"="+b.what, req), e)
				}
			}
		},
	}, "%s.%s %s", param.In, param.Name, name)
}

// refusedPath demands that a path with a broken parameter has no success. One that says
// something else, or is another operation's, is not sent.
func (p *probe) refusedPath(op *spec.Operation, param *spec.Parameter, b brokenParameter, e expected) {
	req := p.valid(op)
	key := req.record
	if key.resource == nil {
		key = req.below
	}
	req.Path, req.unfit = p.r.places.pathWith(op, key, param, b.wire), ""
	msg := &spec.RequestMessage{RawQuery: req.Query, Header: req.Header}
	plain, err := url.PathUnescape(b.wire)
	if err != nil || p.r.doc.ForPath(req.Method, req.Path, msg) != op || msg.PathParams[param.Name] != plain {
		return
	}
	req.Operation, req.record = nil, recordKey{}
	a := p.send(param.Name+"="+b.what, req)
	if isSuccess(a.Status) && !saysFailure(op, a) || a.Status == http.StatusInternalServerError {
		p.find(p.taken(a, e))
	}
}
