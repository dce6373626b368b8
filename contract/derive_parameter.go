package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// parameterChecks: what the parameters allow and forbid.
func (v *deriver) parameterChecks() {
	for _, param := range v.op.Parameters {
		if param.Schema == nil || ignoredHeader(param) {
			continue
		}
		if param.In != "path" {
			v.acceptParameter(param)
		}
		v.refuseParameter(param)
		if param.Required && param.In != "path" {
			v.missingParameter(param)
		}
	}
}

// ignoredHeader reports whether a header parameter means nothing by OpenAPI's own words.
func ignoredHeader(p *spec.Parameter) bool {
	return p.In == "header" && slices.ContainsFunc([]string{"Accept", "Content-Type", "Authorization"}, func(name string) bool {
		return strings.EqualFold(name, p.Name)
	})
}

// parameterLevel is must where it is known what a parameter means, so that every value it allows has a meaning.
func (v *deriver) parameterLevel(param *spec.Parameter) spec.Level {
	op := v.op
	if l := op.List; l != nil {
		known := slices.Contains([]*spec.Parameter{l.Limit, l.Offset, l.Page, op.Unfold}, param) ||
			slices.ContainsFunc(l.Filters, func(f spec.Filter) bool { return f.Param == param })
		if known || len(param.Schema.Enum) > 0 {
			return spec.Must
		}
		return spec.Should
	}
	if param.UnfoldDefault > 0 || param == op.Unfold || len(param.Schema.Enum) > 0 || paramIsInteger(param) {
		return spec.Must
	}
	return spec.Should
}

// opaque reports whether values of a parameter come from earlier answers, or name members, so that none can be made up.
func (v *deriver) opaque(param *spec.Parameter) bool {
	l := v.op.List
	return param == v.op.Mask() || l != nil && (param == l.Cursor || param == l.Before || param == l.Sort && len(param.Schema.Enum) == 0)
}

func (v *deriver) acceptParameter(param *spec.Parameter) {
	op := v.op
	if v.opaque(param) {
		return
	}
	usual, unusual := paramValues(v.gen, param)
	if op.Action == spec.ActionMerge || op.Action == spec.ActionReplace {
		// A value that the record cannot have is no change of it.
		for _, f := range op.Changes(op.Resource) {
			if f.Param == param {
				never := func(val any) bool { return !f.Value.Schema.Valid(strictjson.Plain(val), spec.In) }
				usual, unusual = slices.DeleteFunc(usual, never), slices.DeleteFunc(unusual, never)
			}
		}
	}
	e := func(text string) expected {
		return expected{
			rule: "parameter", in: param.In, pointer: strictjson.Pointer(param.Name), document: param.Location,
			what: fmt.Sprintf("%s=%s", param.Name, spec.Clip(text)),
		}
	}
	send := func(p *probe, values []any) {
		for _, val := range values {
			req := p.valid(op)
			if setParameter(&req, param, val) {
				p.acceptedCall(op, p.call(param.Name+"="+plainText(val), req), e(plainText(val)))
			}
		}
	}
	if len(usual) > 0 || !param.Required {
		v.add(Check{
			Kind: Accepts, Rule: "parameter", Document: param.Location, Requests: len(usual) + 1, Level: v.parameterLevel(param),
			run: func(p *probe) {
				send(p, usual)
				if !param.Required {
					what := e("")
					what.what = "leaving it out"
					p.acceptedCall(op, p.call("without the parameter", p.valid(op)), what)
				}
			},
		}, "%s.%s accepts its values", param.In, param.Name)
	}
	if len(unusual) > 0 {
		v.add(Check{
			Kind: Accepts, Rule: "parameter", Level: spec.Should, Document: param.Location, Requests: len(unusual),
			run: func(p *probe) { send(p, unusual) },
		}, "%s.%s accepts unusual values", param.In, param.Name)
	}
}

// maxParamValues bounds the values of one parameter that are tried.
const maxParamValues = 12

// paramValues are values of a parameter: usual ones, and those only good practice expects a server to take.
func paramValues(gen *fixtures.Generator, param *spec.Parameter) (usual, unusual []any) {
	if param.UnfoldDefault > 0 || paramIsInteger(param) && param.Schema.Minimum == "" && param.Schema.Maximum == "" {
		for _, text := range []string{"0", "1", "2"} {
			if n, ok := readNumber(param, text); ok {
				usual = append(usual, n)
			}
		}
		for _, text := range []string{"1000000", "-1"} {
			if n, ok := readNumber(param, text); ok {
				unusual = append(unusual, n)
			}
		}
		return usual, unusual
	}
	for _, c := range gen.ValidCases(param.Schema) {
		text, err := param.Encode(c.Value)
		if err != nil || len(text) > 200 || text == "" || c.Value == nil {
			continue
		}
		if c.Rule == "number" {
			continue // other spellings of a number are JSON's, and here it is a text
		}
		if c.Should {
			unusual = append(unusual, c.Value)
		} else if len(usual) < maxParamValues {
			usual = append(usual, c.Value)
		}
	}
	return usual, unusual[:min(len(unusual), maxParamValues)]
}

func readNumber(p *spec.Parameter, text string) (any, bool) {
	v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	return v, err == nil && p.Schema.Valid(v, spec.In)
}

func paramIsInteger(p *spec.Parameter) bool {
	return len(p.Schema.Types) == 1 && p.Schema.Types[0] == "integer"
}

func validText(p *spec.Parameter, text string) bool {
	_, ok := readNumber(p, text)
	return ok
}

// missingParameter: a required parameter that is not there.
func (v *deriver) missingParameter(param *spec.Parameter) {
	op := v.op
	v.add(Check{
		Kind: Refuses, Rule: "required", Document: param.Location, Requests: 1, Level: v.levelAt(param.Schema),
		run: func(p *probe) {
			req := p.valid(op)
			dropParameter(&req, param)
			p.refusedCall(op, p.call("without "+param.Name, req), expected{
				rule: "parameter", in: param.In, pointer: strictjson.Pointer(param.Name), document: param.Location,
				what: "leaving it out",
			})
		},
	}, "%s.%s refuses that it is missing", param.In, param.Name)
}
