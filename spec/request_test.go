package spec_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

const filters = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /items/{n}:
    parameters:
      - {name: n, in: path, required: true, schema: {type: integer}}
      - {name: depth, in: query, schema: {type: integer}}
    post:
      operationId: filter
      parameters:
        - {name: depth, in: query, schema: {type: integer, minimum: 0}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}, minItems: 2, maxItems: 3}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}, maxItems: 2}}
        - {name: flag, in: query, schema: {type: boolean}}
        - {name: either, in: query, schema: {oneOf: [{type: integer}, {type: string, enum: [all]}]}}
        - {name: fixed, in: query, schema: {const: x}}
        - {name: maybe, in: query, schema: {type: [integer, "null"]}}
        - {name: day, in: query, schema: {type: string, format: date}}
        - {name: X-Trace, in: header, required: true, schema: {type: string, pattern: "^[a-f0-9]+$"}}
        - {name: token, in: cookie, schema: {type: string, minLength: 3}}
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object, properties: {a: {type: integer}}}}
          application/*+json: {schema: {type: object}}
          text/plain: {schema: {type: string, maxLength: 3}}
          image/png: {}
      responses: {"200": {description: ok}}
`

func filterMessage(query, body string) *spec.RequestMessage {
	m := message(body)
	m.RawQuery = query
	m.PathParams["n"] = "1"
	m.Header.Set("X-Trace", "ab")
	return m
}

func TestQuery(t *testing.T) {
	t.Parallel()
	o := load(t, filters).Operations[0]
	for query, want := range map[string]string{
		"": "", "depth=1": "", "depth=0": "", "unknown=1": "", "Depth=x": "",
		"&&depth=1&": "", "depth=1e0": "", "depth=1.0": "",
		"depth=-1": "minimum /depth", "depth=abc": "type /depth", "depth=1.5": "type /depth", "depth=": "type /depth",
		"depth": "type /depth", "depth=1,2": "type /depth", "depth=%201": "type /depth", "depth=1%20": "type /depth",
		"depth=1%0A": "type /depth", "depth=1%00": "type /depth",
		"depth=true": "type /depth", "depth=NaN": "type /depth", "depth=0x1": "type /depth", "depth=%EF%BC%91": "type /depth",
		"depth=01": "type /depth", "depth=%2B1": "type /depth", "depth=1e1000001": "type /depth",
		"depth=1&depth=2": "repeated /depth", "depth=1&depth=1": "repeated /depth",
		"depth=%zz": "percent-encoding /depth", "x=%": "percent-encoding /x", "depth=%ff": "encoding /depth",
		"depth=1;x=2":   "type /depth",
		"tags=a&tags=b": "", "tags=a": "minItems /tags", "tags=a&tags=b&tags=c&tags=d": "maxItems /tags", "tags=a&tags=a": "",
		"ids=1,2": "", "ids=1": "", "ids=1,x": "type /ids/1", "ids=1,2,3": "maxItems /ids", "ids=1&ids=2": "repeated /ids",
		"flag=true": "", "flag=false": "", "flag=1": "type /flag", "flag=TRUE": "type /flag",
		"either=5": "", "either=all": "", "either=none": "oneOf /either", "fixed=x": "", "fixed=y": "const /fixed",
		"maybe=": "", "maybe=null": "", "maybe=3": "", "maybe=x": "type /maybe",
		"day=2024-02-29": "", "day=2023-02-29": "format /day",
	} {
		_, r := o.CheckRequest(filterMessage(query, "{}"))
		got := ""
		if r != nil {
			f := r.Findings[0]
			got = f.Rule + " " + f.Pointer
			if f.In != "query" || f.Operation != "filter" || len(r.Findings) > 1 {
				t.Errorf("%s: %v", query, r.Findings)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestOtherParameters(t *testing.T) {
	t.Parallel()
	o := load(t, filters).Operations[0]
	for name, tt := range map[string]struct {
		change func(*spec.RequestMessage)
		want   string
	}{
		"a path of another type": {func(m *spec.RequestMessage) { m.PathParams["n"] = "x" }, "path /n type"},
		"a path that is not UTF-8": {
			func(m *spec.RequestMessage) { m.PathParams["n"] = "\xff" }, "path /n encoding",
		},
		"no header":        {func(m *spec.RequestMessage) { m.Header.Del("X-Trace") }, "header /X-Trace required"},
		"a wrong header":   {func(m *spec.RequestMessage) { m.Header.Set("X-Trace", "xyz") }, "header /X-Trace pattern"},
		"a wrong cookie":   {func(m *spec.RequestMessage) { m.Header.Set("Cookie", "token=ab") }, "cookie /token minLength"},
		"a right cookie":   {func(m *spec.RequestMessage) { m.Header.Set("Cookie", "token=abc") }, ""},
		"a body elsewhere": {func(m *spec.RequestMessage) { m.HasBody = false }, "body  required"},
	} {
		m := filterMessage("", "{}")
		tt.change(m)
		_, r := o.CheckRequest(m)
		got := ""
		if r != nil {
			f := r.Findings[0]
			got = f.In + " " + f.Pointer + " " + f.Rule
			if f.Pointer == "/token" && f.Actual != spec.Hidden {
				t.Errorf("%s: the secret shows: %s", name, f)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// A message with several faults is refused for the first in the order of the table of answers.
func TestOrderOfRefusals(t *testing.T) {
	t.Parallel()
	o := load(t, filters).Operations[0]
	tooLarge := &spec.Refusal{Reason: spec.ContentTooLarge, Findings: []spec.Finding{{Rule: "size"}}}
	for _, tt := range []struct {
		name, query, contentType string
		body                     func() ([]byte, error)
		reason                   spec.Reason
		rule                     string
	}{
		{"everything", "depth=%zz", "application/xml", failing(tooLarge), spec.UnsupportedMediaType, "contentType"},
		{"no media type", "depth=%zz", "", failing(tooLarge), spec.UnsupportedMediaType, "contentType"},
		{"charset", "depth=%zz", "application/json; charset=utf-16", failing(tooLarge), spec.UnsupportedMediaType, "charset"},
		{"too large", "depth=%zz", "application/json", failing(tooLarge), spec.ContentTooLarge, "size"},
		{"unreadable", "depth=%zz", "application/json", failing(errors.New("reset")), spec.NotDecodable, "body"},
		{"JSON before query", "depth=%zz", "application/json", text("{"), spec.NotDecodable, "json-malformed"},
		{"query before schemas", "depth=%zz", "application/json", text(`{"a":"x"}`), spec.NotDecodable, "percent-encoding"},
		{"schemas", "depth=x", "application/json", text(`{"a":"x"}`), spec.Invalid, "type"},
		{"any bytes", "depth=x", "image/png", text("\xff"), spec.Invalid, "type"},
		{"text", "", "text/plain; charset=utf-8", text("long"), spec.Invalid, "maxLength"},
		{"broken text", "", "text/plain", text("\xff"), spec.NotDecodable, "encoding"},
	} {
		m := filterMessage(tt.query, "{}")
		m.Header.Set("Content-Type", tt.contentType)
		m.Body = tt.body
		req, r := o.CheckRequest(m)
		if req != nil || r == nil || r.Reason != tt.reason || r.Findings[0].Rule != tt.rule {
			t.Errorf("%s: %v", tt.name, r)
		}
	}
	m := filterMessage("depth=x&flag=x", `{"a":"x"}`)
	_, r := o.CheckRequest(m)
	var rules []string
	for _, f := range r.Findings {
		rules = append(rules, f.In+f.Pointer)
	}
	if got := strings.Join(rules, " "); got != "query/depth query/flag body/a" {
		t.Errorf("all findings of the step, sorted: %s", got)
	}
}

func failing(err error) func() ([]byte, error) { return func() ([]byte, error) { return nil, err } }

func text(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	o := load(t, filters).Operations[0]
	for contentType, want := range map[string]string{
		"application/json": "application/json", "APPLICATION/JSON ; charset=UTF-8": "application/json",
		"application/merge-patch+json": "application/*+json", "text/plain": "text/plain", "text/json": "", "*/*": "",
		"application/xml": "", "application/jsonx": "", "application/json, text/plain": "",
	} {
		m := filterMessage("", `{}`)
		m.Header.Set("Content-Type", contentType)
		if contentType == "text/plain" {
			m.Body = text("abc")
		}
		req, r := o.CheckRequest(m)
		got := ""
		if r == nil {
			got = req.MediaType.Type
		}
		if got != want {
			t.Errorf("%s: %q, want %q (%v)", contentType, got, want, r)
		}
	}
}

func TestBodySyntax(t *testing.T) {
	t.Parallel()
	o := embedded(t).Operation("updateCall")
	for body, rule := range map[string]string{
		`{"note":"a",}`: "json-malformed", `{} {}`: "json-trailing", `{"note":"a","note":"b"}`: "json-duplicate",
		"\ufeff{}": "json-bom", "{\"note\":\"\xff\"}": "json-encoding", `{"note":"\ud800"}`: "json-encoding",
		"  ": "json-empty", `{"note":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}": "json-too-deep",
		`{"rating":1e999999999}`: "json-number", `{"x":[` + strings.Repeat("1,", 30000) + "1]}": "json-too-many",
		`// {}`: "json-malformed", `{"note":"` + "\n" + `"}`: "json-malformed",
	} {
		m := message(body)
		m.PathParams["id"] = "x"
		_, r := o.CheckRequest(m)
		if r == nil || r.Reason != spec.NotDecodable || r.Findings[0].Rule != rule {
			t.Errorf("%.40s: %v, want %s", body, r, rule)
		}
	}
}

// An optional body may be left out whole, and unknown members are kept and noticed.
func TestNotices(t *testing.T) {
	t.Parallel()
	o := embedded(t).Operation("updateCall")
	m := message("")
	m.PathParams["id"] = "x"
	if _, r := o.CheckRequest(m); r != nil {
		t.Error(r)
	}
	m = message(`{"ratting":1,"other":2}`)
	m.PathParams["id"] = "x"
	m.RawQuery = "dept=1"
	req, r := o.CheckRequest(m)
	if r != nil || len(req.Notices) != 3 {
		t.Fatal(r, req)
	}
	var hints []string
	for _, f := range req.Notices {
		if f.Level != spec.Should {
			t.Error(f)
		}
		hints = append(hints, f.Pointer+" "+f.Hint)
	}
	if got := strings.Join(hints, "; "); got != "/dept did you mean depth?; /other ; /ratting did you mean rating?" {
		t.Error(got)
	}
	if depth := o.Unfold; depth == nil {
		t.Error("no unfolding parameter")
	} else if _, ok := req.Param(depth); ok {
		t.Error("a parameter that was not sent has a value")
	}
}

func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	o := load(t, withSchema("3.1.0", "{type: array, items: {type: integer, enum: [1]}}")).Operations[0]
	body := "[" + strings.Repeat(`"`+strings.Repeat("x", 50)+`",`, 10000) + `""]`
	_, r := o.CheckRequest(message(body))
	if r == nil || len(r.Findings) != spec.MaxFindings {
		t.Fatalf("%d findings", len(r.Findings))
	}
	_, r = o.CheckRequest(message(`["` + strings.Repeat("ü", 100_000) + `"]`))
	for _, f := range r.Findings {
		if len(f.Actual) > 200 || !strings.Contains(f.Actual, "bytes") {
			t.Errorf("%d bytes repeated", len(f.Actual))
		}
	}
}

const answers = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    get:
      responses:
        "200":
          description: ok
          headers:
            X-Left: {required: true, schema: {type: integer, minimum: 0}}
          content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}
        "204": {description: nothing}
        4XX: {description: bad, content: {application/problem+json: {schema: {type: object}}}}
        default: {description: else, content: {text/plain: {}}}
    delete:
      responses: {"200": {description: ok}}
`

func TestResponses(t *testing.T) {
	t.Parallel()
	d := load(t, answers)
	get, del := d.Operations[0], d.Operations[1]
	for _, tt := range []struct {
		name              string
		o                 *spec.Operation
		status            int
		contentType, left string
		body              string
		want              string
	}{
		{"right", get, 200, "application/json", "1", `{"a":"x"}`, ""},
		{"charset", get, 200, "application/json; charset=utf-8", "1", `{"a":"x","more":1}`, ""},
		{"another charset", get, 200, "application/json; charset=latin1", "1", `{"a":"x"}`, "contentType"},
		{"a wrong member", get, 200, "application/json", "1", `{"a":1}`, "type /a"},
		{"no member", get, 200, "application/json", "1", `{}`, "required /a"},
		{"null", get, 200, "application/json", "1", `null`, "type "},
		{"an empty body", get, 200, "application/json", "1", ``, "json-empty "},
		{"broken JSON", get, 200, "application/json", "1", `{"a":`, "json-malformed"},
		{"no media type", get, 200, "", "1", `{"a":"x"}`, "contentType"},
		{"another media type", get, 200, "text/html", "1", `{"a":"x"}`, "contentType"},
		{"no header", get, 200, "application/json", "", `{"a":"x"}`, "required /X-Left"},
		{"a wrong header", get, 200, "application/json", "-1", `{"a":"x"}`, "minimum /X-Left"},
		{"another header type", get, 200, "application/json", "x", `{"a":"x"}`, "type /X-Left"},
		{"no content", get, 204, "", "", "", ""},
		{"a range", get, 404, "application/problem+json", "", "{}", ""},
		{"a range, broken", get, 404, "application/problem+json", "", "[]", "type "},
		{"default", get, 500, "text/plain", "", "x", ""},
		{"default, a redirect without content", get, 304, "", "", "", ""},
		{"undocumented", del, 404, "", "", "", "status"},
		{"documented without content", del, 200, "", "", "", ""},
	} {
		h := http.Header{}
		if tt.contentType != "" {
			h.Set("Content-Type", tt.contentType)
		}
		if tt.left != "" {
			h.Set("X-Left", tt.left)
		}
		fs := tt.o.CheckResponse(tt.status, h, []byte(tt.body), strictjson.Limits{})
		got := ""
		for _, f := range fs {
			got += f.Rule + " " + f.Pointer
		}
		if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) || len(fs) > 1 {
			t.Errorf("%s: %v, want %q", tt.name, fs, tt.want)
		}
		if tt.want == "status" && fs[0].Level != spec.Should {
			t.Errorf("%s: level %s", tt.name, fs[0].Level)
		}
	}
}
