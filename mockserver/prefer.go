package mockserver

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// preference is what a request asks of its own answer: Prefer (RFC 7240), or __code, __example and __dynamic in the
// query where there is no Prefer.
type preference struct {
	code    int
	example string
	dynamic bool
	delay   time.Duration
}

func (p preference) forces() bool { return p.code != 0 || p.example != "" || p.dynamic }

// applied is the value of Preference-Applied; "" when nothing was asked.
func (p preference) applied() string {
	var out []string
	if p.code != 0 {
		out = append(out, "code="+itoa(p.code))
	}
	if p.example != "" {
		out = append(out, "example="+quoteToken(p.example))
	}
	if p.dynamic {
		out = append(out, "dynamic=true")
	}
	if p.delay > 0 {
		out = append(out, fmt.Sprintf("delay=%d", p.delay.Milliseconds()))
	}
	return strings.Join(out, ", ")
}

func quoteToken(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`",;=\`, r) }) {
		return strconv.QuoteToASCII(s)
	}
	return s
}

// readPreference reads what a request prefers. Preferences that are not ours are ignored, as RFC 7240 asks.
func (s *Server) readPreference(op *spec.Operation, r *http.Request) (preference, []spec.Finding) {
	var p preference
	var fs []spec.Finding
	in := "header"
	set := func(name, value string) {
		if expected := s.prefer(&p, name, value); expected != "" {
			f := refusedPreference(op, in, name, spec.Clip(fmt.Sprintf("%q", value)))
			f.Expected = expected
			fs = append(fs, f)
		}
	}
	if headers := r.Header["Prefer"]; len(headers) > 0 {
		for name, value := range preferences(headers) {
			set(name, value)
		}
	} else if strings.Contains(r.URL.RawQuery, "__") {
		in = "query"
		query := r.URL.Query()
		for _, name := range []string{"code", "example", "dynamic"} {
			if query.Has("__" + name) {
				set(name, query.Get("__"+name))
			}
		}
	}
	if len(fs) == 0 {
		fs = checkPreference(op, p, in)
	}
	return p, fs
}

// refusedPreference is a finding for a preference that cannot be met, at the place where the request has it.
func refusedPreference(op *spec.Operation, in, name, actual string) spec.Finding {
	f := spec.Finding{
		Rule: "preference", Level: spec.Must, Operation: op.ID, In: in, Pointer: strictjson.Pointer("__" + name),
		Document: op.Location, Actual: actual,
	}
	if in == "header" {
		f.Pointer, f.Actual = strictjson.Pointer("Prefer"), name+"="+actual
	}
	return f
}

// preferences yields the name and value of each preference in Prefer headers; parameters after ";" are left out.
func preferences(headers []string) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for _, h := range headers {
			for _, part := range spec.SplitQuoted(h, ',') {
				part = spec.SplitQuoted(part, ';')[0]
				name, value, _ := strings.Cut(part, "=")
				value = strings.TrimSpace(value)
				if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
					value = strings.ReplaceAll(value[1:len(value)-1], `\`, "")
				}
				if !yield(strings.ToLower(strings.TrimSpace(name)), value) {
					return
				}
			}
		}
	}
}

// prefer sets one preference; it returns what would have been a good value when this one is not.
func (s *Server) prefer(p *preference, name, value string) (expected string) {
	switch name {
	case "code":
		n, err := strconv.Atoi(value)
		if err != nil || n < 200 || n > 599 {
			return "a status from 200 to 599"
		}
		p.code = n
	case "example":
		if value == "" {
			return "the name of an example"
		}
		p.example = value
	case "dynamic":
		if value != "true" && value != "false" {
			return "true or false"
		}
		p.dynamic = value == "true"
	case "delay":
		n, err := strconv.Atoi(value)
		d := time.Duration(n) * time.Millisecond
		if err != nil || n < 0 || n > int(s.bounds.Delay.Milliseconds()) {
			return fmt.Sprintf("milliseconds from 0 to %d", s.bounds.Delay.Milliseconds())
		}
		p.delay = d
	}
	return ""
}

// checkPreference refuses a status or an example that is not there. An error status may always be forced: no document
// has them all, and the front end must be ready for each.
func checkPreference(op *spec.Operation, p preference, in string) []spec.Finding {
	if p.code != 0 && p.code < 400 && op.Response(p.code) == nil {
		var have []string
		for _, r := range op.Responses {
			have = append(have, r.Status)
		}
		f := refusedPreference(op, in, "code", itoa(p.code))
		f.Expected = "a status that the document declares here, or an error"
		f.Hint = "declared: " + strings.Join(have, ", ")
		return []spec.Finding{f}
	}
	if p.example == "" {
		return nil
	}
	examples := allExamples(op, p.code)
	if slices.ContainsFunc(examples, func(e spec.Example) bool { return e.Name == p.example }) {
		return nil
	}
	var have []string
	for _, e := range examples {
		have = append(have, e.Name)
	}
	f := refusedPreference(op, in, "example", spec.Clip(p.example))
	f.Expected = "the name of an example of this answer"
	f.Hint = "the document has none"
	if len(have) > 0 {
		f.Hint = "there are: " + strings.Join(have, ", ")
	}
	return []spec.Finding{f}
}

// allExamples are the examples of an answer in whichever of its media types.
func allExamples(op *spec.Operation, code int) []spec.Example {
	res := op.Response(code)
	if code == 0 {
		_, res = op.SuccessResponse()
	}
	if res == nil {
		return nil
	}
	var out []spec.Example
	for _, m := range res.Content {
		examples, _ := examplesOf(res, m)
		out = append(out, examples...)
	}
	return out
}

// examplesOf are the examples of an answer in a media type: its own, else those of the record's schema in the answer's
// envelope. wrapped says that the latter is the case.
func examplesOf(res *spec.Response, m *spec.MediaType) (examples []spec.Example, wrapped bool) {
	switch {
	case len(m.Examples) > 0:
		return m.Examples, false
	case m.Schema != nil && len(m.Schema.Examples) > 0:
		return m.Schema.Examples, false
	case res.Envelope != nil:
		return res.Envelope.Record.Examples, true
	}
	return nil, false
}

// forced is the answer that a preference asks for: an example, or made-up values, of the status asked for.
func (s *Server) forced(x *exchange, p preference) answer {
	op := x.op
	status, res := successOf(op, false)
	if p.code != 0 {
		status, res = p.code, op.Response(p.code)
	}
	if res == nil && p.code == 0 {
		return s.finish(x, result{status: status})
	}
	if res == nil {
		row := problemOf(reasonForced)
		row.Status, row.Title = status, http.StatusText(status)
		a := answer{status: status, header: http.Header{"Content-Type": {problemType}}, reason: reasonForced}
		a.body = problemBody(row, status, row.Meaning, nil)
		return a
	}
	out := result{status: status, res: res}
	m := x.media(res)
	if m == nil {
		return s.finish(x, out)
	}
	v, err := s.exampleValue(x, p, m, res, s.draw(x))
	if err != nil {
		return s.unservable(op, err)
	}
	out.text = v
	return s.finish(x, out)
}

// exampleValue is an example of the document, as it is asked for; without one, values made up from a stream.
func (s *Server) exampleValue(
	x *exchange, p preference, m *spec.MediaType, res *spec.Response, src fixtures.Source,
) ([]byte, error) {
	examples, wrapped := examplesOf(res, m)
	for _, e := range examples {
		if p.dynamic || p.example != "" && e.Name != p.example {
			continue
		}
		schema := m.Schema
		if wrapped {
			schema = res.Envelope.Record
		}
		value := e.Value
		if !wrapped {
			value = m.ExampleValue(e)
		}
		// An example nobody asked for by name is only used when it keeps the schema.
		if p.example == "" && schema != nil && !schema.Valid(strictjson.Plain(value), spec.Out) {
			continue
		}
		text := strictjson.Append(nil, value)
		if wrapped {
			return s.wrapped(x, m, res.Envelope, text)
		}
		return text, nil
	}
	if m.Schema == nil {
		if !spec.IsJSON(m.Type) {
			return []byte(`""`), nil
		}
		return []byte("null"), nil
	}
	v, err := s.generator.Value(m.Schema, src)
	if err != nil {
		return nil, err
	}
	if o, ok := v.(strictjson.Object); ok && x.op.Success != nil && res.Status[0] == '2' {
		for name, said := range x.op.Success {
			if _, there := o.Get(name); there {
				o = o.With(name, said)
			}
		}
		v = o
	}
	return strictjson.Append(nil, v), nil
}
