package spec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi/datamodel"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// exchange is one message that our validation and libopenapi-validator judge.
type exchange struct {
	document, operation string
	kind                string // body, path, query, request, response
	name                string // of the case
	method, path, query string // path as sent, below the base path
	contentType, body   string
	noBody              bool
	status              int    // of a response
	param               string // name of the parameter tested
	schema              *spec.Schema
	rule, format        string // of the schema at the tested place
	should              bool
}

func (x exchange) String() string {
	s := fmt.Sprintf("%s %s %s %q: %s %s?%s", x.document, x.operation, x.kind, x.name, x.method, x.path, x.query)
	if x.kind == "response" {
		s += fmt.Sprintf(" %d", x.status)
	}
	return s + " " + spec.Clip(x.body)
}

// judges are both validators over one document.
type judges struct {
	name   string
	doc    *spec.Document
	theirs validator.Validator
}

func newJudges(src spec.Source, overlays ...spec.Source) (*judges, error) {
	doc, err := spec.Load(src, overlays...)
	if err != nil {
		return nil, err
	}
	text := src.Data
	for _, o := range overlays {
		res, err := libopenapi.ApplyOverlayFromBytesToSpecBytes(text, o.Data)
		if err != nil {
			return nil, err
		}
		text = res.Bytes
	}
	cfg := datamodel.NewDocumentConfiguration()
	cfg.Logger = slog.New(slog.DiscardHandler)
	parsed, err := libopenapi.NewDocumentWithConfiguration(text, cfg)
	if err != nil {
		return nil, err
	}
	model, err := parsed.BuildV3Model()
	if err != nil {
		return nil, err
	}
	// A relative server matches any host and is cut off at a segment's end.
	if doc.BasePath != "" {
		model.Model.Servers = []*v3.Server{{URL: doc.BasePath}}
	}
	theirs := validator.NewValidatorFromV3Model(&model.Model,
		config.WithFormatAssertions(), config.WithStrictServerMatching())
	return &judges{src.Name, doc, theirs}, nil
}

// embeddedJudges are both validators over the embedded document.
var embeddedJudges = sync.OnceValues(func() (*judges, error) {
	published, overlay := spec.Embedded()
	return newJudges(published, overlay)
})

func (j *judges) request(x *exchange) *http.Request {
	target := "http://localhost" + j.doc.BasePath + x.path
	if x.query != "" {
		target += "?" + x.query
	}
	var body io.Reader
	if !x.noBody {
		body = strings.NewReader(x.body)
	}
	if x.kind == "response" {
		body = nil
	}
	r, err := http.NewRequest(x.method, target, body)
	if err != nil {
		return nil
	}
	if x.contentType != "" && body != nil {
		r.Header.Set("Content-Type", x.contentType)
	}
	return r
}

// theirVerdict is whether libopenapi-validator accepts, and its first complaint.
func (j *judges) theirVerdict(x *exchange, r *http.Request) (bool, string) {
	if x.kind == "response" {
		res := &http.Response{
			StatusCode: x.status, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(x.body)),
		}
		if x.contentType != "" {
			res.Header.Set("Content-Type", x.contentType)
		}
		ok, errs := j.theirs.ValidateHttpResponse(r, res)
		if len(errs) > 0 {
			return ok, errs[0].Message + ": " + errs[0].Reason
		}
		return ok, ""
	}
	ok, errs := j.theirs.ValidateHttpRequestSync(r)
	if len(errs) > 0 {
		return ok, errs[0].Message + ": " + errs[0].Reason
	}
	return ok, ""
}

func (j *judges) ourVerdict(x *exchange, r *http.Request) (bool, string) {
	path, below := strings.CutPrefix(r.URL.EscapedPath(), j.doc.BasePath)
	m, ok := j.doc.Route(path)
	if !ok || !below {
		return false, "no such path"
	}
	o := m.Operation(x.method)
	if o == nil {
		return false, "no such method"
	}
	if x.kind == "response" {
		fs := o.CheckResponse(x.status, http.Header{"Content-Type": {x.contentType}}, []byte(x.body), strictjson.Limits{})
		if len(fs) > 0 {
			return false, fs[0].String()
		}
		return true, ""
	}
	_, refusal := o.CheckRequest(&spec.RequestMessage{
		PathParams: m.Params, RawQuery: r.URL.RawQuery, Header: r.Header,
		HasBody: !x.noBody && x.body != "", Body: text(x.body),
	})
	if refusal != nil {
		return false, refusal.Error()
	}
	return true, ""
}

// TestDifferential holds our validation against libopenapi-validator over generated messages: they agree, but for the
// differences listed, each of which occurs.
func TestDifferential(t *testing.T) {
	t.Parallel()
	j, err := embeddedJudges()
	if err != nil {
		t.Fatal(err)
	}
	all := []*judges{j}
	for _, name := range []string{"shop30.yaml", "shapes31.yaml", "texts31.yaml"} {
		j, err := newJudges(spec.Source{Name: name, Data: readSource(t, "testdata/"+name)})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, j)
	}
	met := map[string]int{}
	compared, accepted, unlisted := 0, 0, 0
	for _, j := range all {
		for _, x := range exchanges(t, j) {
			r := j.request(&x)
			if r == nil {
				continue
			}
			ours, why := j.ourVerdict(&x, r)
			theirs, whyTheirs := j.theirVerdict(&x, j.request(&x))
			compared++
			if ours {
				accepted++
			}
			if ours == theirs {
				continue
			}
			if d := listed(&x, ours); d != "" {
				met[d]++
				continue
			}
			if unlisted++; unlisted <= 25 {
				t.Errorf("%s\n  ours %v %s\n  theirs %v %s", x, ours, why, theirs, spec.Clip(whyTheirs))
			}
		}
	}
	for _, d := range differences() {
		if met[d.name] == 0 {
			t.Errorf("the difference %q does not occur any more", d.name)
		}
		t.Logf("%4d %s: %s", met[d.name], d.name, d.reason)
	}
	t.Logf("%d messages compared, %d accepted, %d differ unlisted", compared, accepted, unlisted)
	if compared < 1000 || accepted < compared/5 || accepted > compared*4/5 {
		t.Error("too few messages, or nearly all of one kind")
	}
}

// exchanges are the messages made for one document: every valid and broken body, parameter and answer, and whole
// requests.
func exchanges(t *testing.T, j *judges) []exchange {
	t.Helper()
	var out []exchange
	for _, o := range j.doc.Operations {
		base := plainExchange(t, j, o)
		out = append(out, bodies(o, base)...)
		for _, p := range o.Parameters {
			out = append(out, parameters(p, base)...)
		}
		out = append(out, wholes(base)...)
		out = append(out, responses(o, base)...)
	}
	return out
}

var in = fixtures.NewGenerator(fixtures.DefaultNow, spec.In)

// plainExchange is a request that both accept: what is required and nothing else.
func plainExchange(t *testing.T, j *judges, o *spec.Operation) exchange {
	t.Helper()
	x := exchange{
		document: j.name, operation: o.ID, kind: "request", name: "plain", method: o.Method, path: o.Path, noBody: true,
	}
	for _, p := range o.Parameters {
		if !p.Required {
			continue
		}
		v, err := in.Value(p.Schema, fixtures.NewSource(1, p.Name))
		if err != nil {
			t.Fatal(err)
		}
		x = x.with(p, paramTexts(v))
	}
	if o.Body != nil {
		m := spec.Media(o.Body.Content)
		var v any = strictjson.Object{}
		if !m.Schema.Valid(map[string]any{}, spec.In) {
			var err error
			if v, err = in.Value(m.Schema, fixtures.NewSource(1, o.ID)); err != nil {
				t.Fatal(err)
			}
		}
		x.contentType, x.body, x.noBody = m.Type, string(strictjson.Append(nil, v)), false
	}
	return x
}

// with is the exchange with a parameter set to these texts.
func (x exchange) with(p *spec.Parameter, texts []string) exchange {
	x.param, x.schema, x.format = p.Name, p.Schema, p.Schema.Format
	switch p.In {
	case "path":
		x.path = strings.Replace(x.path, "{"+p.Name+"}", url.PathEscape(strings.Join(texts, ",")), 1)
	case "query":
		if !p.Explode {
			texts = []string{strings.Join(texts, ",")}
		}
		for _, t := range texts {
			x.query += "&" + url.QueryEscape(p.Name) + "=" + url.QueryEscape(t)
		}
		x.query = strings.TrimPrefix(x.query, "&")
	}
	return x
}

func paramTexts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case json.Number, bool:
		return []string{fmt.Sprint(v)}
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, paramTexts(item)...)
		}
		return out
	}
	return nil
}

func bodies(o *spec.Operation, base exchange) []exchange {
	if o.Body == nil {
		return nil
	}
	var out []exchange
	s := spec.Media(o.Body.Content).Schema
	for _, c := range append(in.ValidCases(s), in.BrokenCases(s)...) {
		out = append(out, base.carrying(c))
	}
	return out
}

// carrying is the exchange with the body of a case.
func (x exchange) carrying(c fixtures.Case) exchange {
	if x.kind != "response" {
		x.kind = "body"
	}
	x.name, x.rule, x.format, x.schema, x.should = c.Name, c.Rule, c.Schema.Format, c.Schema, c.Should
	x.body = string(strictjson.Append(nil, c.Value))
	return x
}

// oddTexts are texts that parsers of parameters disagree about.
var oddTexts = []string{
	"", "0", "1", "-1", "-0", "01", "1.0", "1.5", "1e0", "+1", " 1", "1 ", "1,2", "0x1", "NaN", "Inf", "true",
	"TRUE", "t", "null", "１", "99999999999999999999999999", "abc", "1\x00", "a b", "ü", "2024-02-29",
	"2023-02-29", "AB12", "AB123",
}

func parameters(p *spec.Parameter, base exchange) []exchange {
	var out []exchange
	clean := base.without(p)
	add := func(name, rule string, texts []string) {
		if len(texts) == 0 || p.In == "path" && texts[0] == "" || p.In != "path" && p.In != "query" {
			return
		}
		x := clean.with(p, texts)
		x.kind, x.name, x.rule = p.In, p.Name+" "+name, rule
		out = append(out, x)
	}
	for _, c := range append(in.ValidCases(p.Schema), in.BrokenCases(p.Schema)...) {
		if len(strictjson.Append(nil, c.Value)) < 1000 {
			add(c.Name, c.Rule, paramTexts(c.Value))
		}
	}
	for _, t := range oddTexts {
		add(fmt.Sprintf("odd text %q", t), "", []string{t})
	}
	if p.In == "query" {
		repeated := clean.with(p, []string{"1"}).with(p, []string{"2"})
		repeated.kind, repeated.name = "query", p.Name+" repeated"
		bad := clean
		bad.kind, bad.name, bad.param, bad.schema = "query", p.Name+" undecodable", p.Name, p.Schema
		bad.query = strings.TrimPrefix(clean.query+"&"+p.Name+"=%zz", "&")
		out = append(out, repeated, bad, clean)
	}
	return out
}

// without is the exchange before the parameter was set.
func (x exchange) without(p *spec.Parameter) exchange {
	switch p.In {
	case "path":
		segments := strings.Split(x.path, "/")
		segments[len(segments)-1] = "{" + p.Name + "}" // in every document here it is the last
		x.path = strings.Join(segments, "/")
	case "query":
		values, _ := url.ParseQuery(x.query)
		values.Del(p.Name)
		x.query = values.Encode()
	}
	return x
}

// wholes are requests with something odd about them as a whole.
func wholes(base exchange) []exchange {
	var out []exchange
	add := func(name string, change func(*exchange)) {
		x := base
		x.name = name
		x.kind = "request"
		change(&x)
		out = append(out, x)
	}
	add("plain", func(*exchange) {})
	add("an unknown parameter", func(x *exchange) { x.query = strings.TrimPrefix(x.query+"&unknown=1", "&") })
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE", "POST", "PATCH", "FOO"} {
		add("method "+method, func(x *exchange) { x.method = method })
	}
	for name, path := range map[string]string{
		"a trailing slash": base.path + "/", "two trailing slashes": base.path + "//", "a double slash": "/" + base.path,
		"one segment more": base.path + "/x", "one segment less": base.path[:strings.LastIndex(base.path, "/")],
		"no last segment": base.path[:strings.LastIndex(base.path, "/")+1], "capitals": strings.ToUpper(base.path),
		"a dot segment": "/." + base.path, "an encoded letter": strings.Replace(base.path, "e", "%65", 1),
		"a double slash inside": strings.Replace(base.path, "/", "//", 2)[1:],
	} {
		add(name, func(x *exchange) { x.path = path })
	}
	if base.noBody {
		return out
	}
	add("no body", func(x *exchange) { x.noBody, x.body, x.contentType = true, "", "" })
	add("an empty body", func(x *exchange) { x.body = "" })
	for _, contentType := range []string{
		"", "text/plain", "application/merge-patch+json", "text/json", "*/*",
		"APPLICATION/JSON", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/json;x=y",
	} {
		add("content type "+contentType, func(x *exchange) { x.contentType = contentType })
	}
	for name, body := range map[string]string{
		"cut short": base.body[:len(base.body)-1], "a comma too many": strings.TrimSuffix(base.body, "}") + ",}",
		"text behind it": base.body + " x", "two values": base.body + "{}", "a byte order mark": "\ufeff" + base.body,
		"white space": " \n\t" + base.body + "\r\n", "white space alone": "  ", "null": "null",
		"a duplicate name": `{"understudyTwice":1,"understudyTwice":2}`, "not UTF-8": "{\"understudyText\":\"\xff\"}",
		"half a surrogate pair": `{"understudyText":"\ud800"}`, "a null character": `{"understudyText":"\u0000"}`,
		"a huge exponent": `{"understudyNumber":1e999999}`, "beyond a double": `{"understudyNumber":1e309}`,
		"a raw line break": "{\"understudyText\":\"\n\"}", "a comment": "// x\n" + base.body, "single quotes": `{'a':1}`,
		"nested 90 deep":  `{"understudyDeep":` + strings.Repeat("[", 90) + strings.Repeat("]", 90) + "}",
		"nested 500 deep": `{"understudyDeep":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "}",
	} {
		add(name, func(x *exchange) { x.body = body })
	}
	return out
}

// responses are answers of every declared status with content.
func responses(o *spec.Operation, base exchange) []exchange {
	var out []exchange
	g := fixtures.NewGenerator(fixtures.DefaultNow, spec.Out)
	base.kind = "response"
	for _, r := range o.Responses {
		x := base
		x.status = map[string]int{"4XX": 404, "default": 500}[r.Status]
		if x.status == 0 {
			_, _ = fmt.Sscan(r.Status, &x.status)
		}
		m := spec.Media(r.Content)
		if m == nil {
			x.name, x.contentType, x.body = "nothing", "", ""
			out = append(out, x)
			continue
		}
		x.contentType = m.Type
		for _, c := range append(g.ValidCases(m.Schema), g.BrokenCases(m.Schema)...) {
			out = append(out, x.carrying(c))
		}
		v, err := g.Value(m.Schema, fixtures.NewSource(1, r.Status))
		if err != nil {
			continue
		}
		x.body = string(bytes.TrimSpace(strictjson.Append(nil, v)))
		for _, contentType := range []string{"", "text/html", m.Type + "; charset=utf-8"} {
			y := x
			y.name, y.contentType = "content type "+contentType, contentType
			out = append(out, y)
		}
		for name, body := range map[string]string{
			"empty": "", "null": "null", "cut short": x.body[:len(x.body)-1],
			"a duplicate name": `{"twice":1,"twice":2}`,
		} {
			y := x
			y.name, y.body = name, body
			out = append(out, y)
		}
		x.name, x.status = "an undeclared status", 299
		out = append(out, x)
	}
	return out
}
