package spec

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// pair is one name=value of a query, decoded.
type pair struct{ name, value string }

// parseQuery decodes a query. net/url drops what it cannot decode; here that is a refusal.
func (o *Operation) parseQuery(raw string) ([]pair, *Refusal) {
	if raw == "" {
		return nil, nil
	}
	var out []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			f := o.finding("percent-encoding", "query", strictjson.Pointer(name), "%XX with two hexadecimal digits",
				Clip(part), "write a % itself as %25")
			return nil, refuse(NotDecodable, f)
		}
		if !utf8.ValidString(n) || !utf8.ValidString(v) {
			f := o.finding("encoding", "query", strictjson.Pointer(name), "UTF-8, percent-encoded", Clip(part), "")
			return nil, refuse(NotDecodable, f)
		}
		out = append(out, pair{n, v})
	}
	return out, nil
}

// checkParameters decodes every declared parameter and holds it against its schema.
func (o *Operation) checkParameters(m *RequestMessage, query []pair, req *Request) ([]Finding, *Refusal) {
	var fs []Finding
	for _, p := range o.Parameters {
		texts := p.texts(m, query)
		if len(texts) == 0 {
			if p.Required {
				f := o.paramFinding(p, "required", "a value", "nothing", "this parameter is required; send it")
				fs = append(fs, f)
			}
			continue
		}
		if i := slices.IndexFunc(texts, func(t string) bool { return !utf8.ValidString(t) }); i >= 0 {
			f := o.paramFinding(p, "encoding", "UTF-8", "other bytes", "encode the text as UTF-8, then percent-encode it")
			return nil, refuse(NotDecodable, f)
		}
		more, r := o.checkParameter(p, texts, req)
		if r != nil {
			return nil, r
		}
		fs = append(fs, more...)
	}
	o.noticeUnknown(query, req)
	return fs, nil
}

// texts are the texts a request gives for a parameter: several only where it is repeated in a query.
func (p *Parameter) texts(m *RequestMessage, query []pair) []string {
	var out []string
	switch p.In {
	case "path":
		if v, ok := m.PathParams[p.Name]; ok {
			out = append(out, v)
		}
	case "query":
		for _, q := range query {
			if q.name == p.Name {
				out = append(out, q.value)
			}
		}
	case "header":
		if v := m.Header.Values(p.Name); len(v) > 0 {
			out = append(out, strings.Join(v, ","))
		}
	case "cookie":
		r := http.Request{Header: m.Header}
		if c, err := r.Cookie(p.Name); err == nil {
			out = append(out, c.Value)
		}
	}
	return out
}

func (o *Operation) checkParameter(p *Parameter, texts []string, req *Request) ([]Finding, *Refusal) {
	repeats := p.Schema != nil && p.Explode && len(p.Schema.Types) > 0 && slices.Contains(p.Schema.Types, "array")
	if len(texts) > 1 && !repeats {
		return []Finding{o.paramFinding(p, "repeated", "one value", fmt.Sprintf("%d values", len(texts)),
			"send this parameter once")}, nil
	}
	if p.Schema == nil {
		req.set(p, texts[0])
		return nil, nil
	}
	var fs []Finding
	for i, candidate := range p.readings(texts) {
		more, err := p.Schema.Check(candidate, In)
		if err != nil {
			return nil, o.notServed(p.Schema, err)
		}
		if len(more) == 0 {
			req.set(p, candidate)
			return nil, nil
		}
		if i == 0 {
			fs = more
		}
	}
	for i := range fs {
		fs[i].In, fs[i].Operation = p.In, o.ID
		fs[i].Pointer = strictjson.Pointer(p.Name) + fs[i].Pointer
	}
	return fs, nil
}

func (r *Request) set(p *Parameter, v any) {
	if r.params == nil {
		r.params = map[*Parameter]any{}
	}
	r.params[p] = v
}

// readings are the values a text can stand for, the most specific that the schema's types leave room for first.
func (p *Parameter) readings(texts []string) []any {
	s := p.Schema
	if slices.Contains(s.Types, "array") {
		items := texts
		if !p.Explode {
			items = strings.Split(texts[0], ",")
		}
		list := make([]any, 0, len(items))
		for _, t := range items {
			list = append(list, scalar(s.Items, t))
		}
		return []any{list}
	}
	first := scalar(s, texts[0])
	if first == any(texts[0]) || !s.Allows("string") {
		return []any{first}
	}
	return []any{first, texts[0]}
}

// scalar reads a text as the number, boolean or null that the schema allows, else as the string it is.
func scalar(s *Schema, text string) any {
	if s == nil {
		return text
	}
	switch {
	case (s.Allows("integer") || s.Allows("number")) && readableNumber(text):
		return json.Number(text)
	case s.Allows("boolean") && (text == "true" || text == "false"):
		return text == "true"
	case len(s.Types) > 0 && slices.Contains(s.Types, "null") && (text == "" || text == "null"):
		return nil
	}
	return text
}

// readableNumber reports whether a text is a number that the JSON decoder would take, its exponent included.
func readableNumber(text string) bool {
	if !validNumber(text) {
		return false
	}
	_, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	return err == nil
}

func (o *Operation) paramFinding(p *Parameter, rule, expected, actual, hint string) Finding {
	f := o.finding(rule, p.In, strictjson.Pointer(p.Name), expected, actual, hint)
	f.Document = p.Location
	return f
}

// noticeUnknown notices query parameters that the document does not name.
func (o *Operation) noticeUnknown(query []pair, req *Request) {
	if len(query) == 0 {
		return
	}
	var names []string
	for _, p := range o.Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	for _, q := range query {
		if slices.Contains(names, q.name) || strings.HasPrefix(q.name, "__") {
			continue
		}
		at := strictjson.Pointer(q.name)
		f := o.finding("unknown", "query", at, "a parameter that the document names", Clip(q.name), "")
		f.Level = Should
		if n := Nearest(q.name, names); n != "" {
			f.Hint = fmt.Sprintf("did you mean %s?", n)
		}
		req.Notices = append(req.Notices, f)
	}
}
