package spec

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// checkParameters decodes every declared parameter and holds it against its schema.
func (o *Operation) checkParameters(m *RequestMessage, query []pair, req *Request) ([]Finding, *Refusal) {
	var fs []Finding
	for _, p := range o.Parameters {
		g := p.gather(o, m, query)
		if g.none() {
			if p.Required {
				f := o.paramFinding(p, "required", "a value", "nothing", "this parameter is required; send it")
				fs = append(fs, f)
			}
			continue
		}
		if !g.valid() {
			f := o.paramFinding(p, "encoding", "UTF-8", "other bytes", "encode the text as UTF-8, then percent-encode it")
			return nil, refuse(NotDecodable, f)
		}
		v, more, r := o.decodeParameter(p, &g, typing{In, m.Limits})
		if r != nil {
			return nil, r
		}
		if len(more) == 0 {
			req.set(p, v)
		}
		fs = append(fs, more...)
	}
	o.noticeUnknown(query, req)
	return fs, nil
}

// valid reports whether the texts are UTF-8; percent-encoded ones of a path are looked through decoded.
func (g *given) valid() bool {
	return !slices.ContainsFunc(g.texts, func(t string) bool { return !utf8.ValidString(t) })
}

// gather finds what a request gives for a parameter.
func (p *Parameter) gather(o *Operation, m *RequestMessage, query []pair) given {
	switch p.In {
	case "path":
		return m.pathText(p.Name)
	case "query":
		return p.inQuery(o, query)
	case "querystring":
		if m.RawQuery != "" {
			return given{texts: []string{m.RawQuery}}
		}
	case "header":
		if v := m.Header.Values(p.Name); len(v) > 0 {
			return given{texts: []string{strings.Join(v, ",")}}
		}
	case "cookie":
		return p.inCookies(o, m.Header)
	}
	return given{}
}

// pathText is a path parameter, escaped where the caller knows it so. Where it does not, or where its bytes are no
// UTF-8, it is given as it is.
func (m *RequestMessage) pathText(name string) given {
	v, ok := m.PathParams[name]
	if !ok {
		return given{}
	}
	if raw, escaped := m.EscapedPathParams[name]; escaped && utf8.ValidString(v) {
		v = raw
	} else if strings.Contains(v, "%") {
		v = strings.ReplaceAll(v, "%", "%25")
	}
	return given{texts: []string{v}}
}

// spreads reports whether the members of an object stand under their own names: exploded, in a query or in cookies.
func (p *Parameter) spreads() bool {
	return p.Explode && p.Media == nil && (p.Style == styleForm || p.Style == styleCookie) && p.wants.has(objectType)
}

// Spreads reports whether a name is that of a member of the object that the parameter is, which has no name of its own.
func (p *Parameter) Spreads(name string) bool {
	return p.spreads() && p.Schema != nil && p.Schema.Property(name) != nil
}

func (p *Parameter) inQuery(o *Operation, query []pair) given {
	var g given
	spread := p.spreads()
	for i := range query {
		q := &query[i]
		switch {
		case q.name == p.Name && p.Style != styleDeep:
			g.texts = append(g.texts, q.raw)
		case p.Style == styleDeep && strings.HasPrefix(q.name, p.Name):
			if path, ok := brackets(q.name[len(p.Name):]); ok && len(path) > 0 {
				g.parts.nest(path, textual(q.value))
			} else if q.name == p.Name { // not in the style; said by the schema
				g.texts = append(g.texts, q.raw)
			}
		case spread && p.claims(o, q.name):
			g.parts.put(q.name, textual(q.value))
		}
	}
	if len(g.parts.names) > 0 {
		g.parts.form, g.texts = aNamed, nil
	}
	return g
}

// claims reports whether a name in the query or the cookies belongs to this exploded object: one of its properties, or
// any that is not another parameter's where the object is open.
func (p *Parameter) claims(o *Operation, name string) bool {
	for _, other := range o.Parameters {
		if other != p && other.In == p.In && other.Name == name {
			return false
		}
	}
	for _, f := range alternatives(p.Schema) {
		if f.names(name) || slices.ContainsFunc(f, func(s *Schema) bool {
			return s.AdditionalProperties != nil && !s.AdditionalProperties.Never || len(s.PatternProperties) > 0
		}) {
			return true
		}
	}
	return false
}

func (p *Parameter) inCookies(o *Operation, h http.Header) given {
	if len(h["Cookie"]) == 0 {
		return given{}
	}
	var g given
	spread := p.spreads()
	for _, c := range (&http.Request{Header: h}).Cookies() {
		switch {
		case c.Name == p.Name:
			g.texts = append(g.texts, c.Value)
		case spread && p.claims(o, c.Name):
			g.parts.put(c.Name, textual(p.unescape(c.Value)))
		}
	}
	if len(g.parts.names) > 0 {
		g.parts.form, g.texts = aNamed, nil
	}
	return g
}

// decodeParameter is the value that what is given stands for: the first of its readings that keeps the schema. With no
// such reading the findings are those of the likeliest.
func (o *Operation) decodeParameter(p *Parameter, g *given, t typing) (any, []Finding, *Refusal) {
	if len(g.texts) > 1 && !p.repeats() {
		return nil, []Finding{o.paramFinding(p, "repeated", "one value", fmt.Sprintf("%d values", len(g.texts)),
			"send this parameter once")}, nil
	}
	if p.AllowEmptyValue && p.In == "query" && len(g.texts) == 1 && g.texts[0] == "" {
		return "", nil, nil
	}
	var one [1]any
	readings, r := o.readings(p, g, t, one[:0])
	if r != nil {
		return nil, nil, r
	}
	if len(readings) == 0 {
		return nil, []Finding{o.paramFinding(p, "style", "a value in the style "+p.Style+": "+p.example(p.wants),
			Clip(g.shown()), "write the parameter as the document says")}, nil
	}
	if p.Schema == nil {
		return readings[0], nil, nil
	}
	var fs []Finding
	for i, candidate := range readings {
		more, err := p.Schema.Check(candidate, t.dir)
		if err != nil {
			return nil, nil, o.notServed(p.Schema, err)
		}
		if len(more) == 0 {
			return candidate, nil, nil
		}
		if i == 0 {
			fs = more
		}
	}
	for i := range fs {
		fs[i].In, fs[i].Operation = p.In, o.ID
		fs[i].Pointer = strictjson.Pointer(p.Name) + fs[i].Pointer
	}
	return nil, fs, nil
}

// repeats reports whether a parameter may come more than once: an array that is exploded.
func (p *Parameter) repeats() bool {
	return p.Explode && p.Media == nil && p.wants.has(arrayType) && (p.In == "query" || p.In == "cookie")
}

func (g *given) shown() string {
	return strings.Join(append(slices.Clone(g.texts), g.parts.names...), ", ")
}

// readings adds the values that what is given can stand for, the likeliest first.
func (o *Operation) readings(p *Parameter, g *given, t typing, out []any) ([]any, *Refusal) {
	if p.Media != nil && len(g.texts) == 1 {
		v, r := o.readContent(p, g.texts[0], t)
		if r != nil {
			return nil, r
		}
		return append(out, v), nil
	}
	if s := p.Schema; s != nil && p.single && len(g.texts) == 1 {
		// The most frequent case: one text, one scalar type.
		text, ok := p.bare(g.texts[0])
		if !ok {
			return nil, nil
		}
		return append(out, t.scalar(p.unescape(text), facets{s}, p.wants)), nil
	}
	for _, u := range p.shapes(g, p.wants) {
		out = append(out, t.value(u, p.schemas()...))
	}
	return out, nil
}

func (p *Parameter) schemas() []*Schema {
	if p.Schema == nil {
		return nil
	}
	return []*Schema{p.Schema}
}

// readContent decodes a parameter that is described by a media type.
func (o *Operation) readContent(p *Parameter, text string, t typing) (any, *Refusal) {
	if p.In == "querystring" && !isForm(p.Media.Type) {
		u := *p
		u.In = "query"
		text = u.unescape(text)
	} else {
		text = p.unescape(text)
	}
	v, err := p.Media.decode([]byte(text), p.Media.Type, t)
	if err != nil {
		f := o.syntaxFinding(p.In, err)
		f.Pointer, f.Hint = strictjson.Pointer(p.Name)+f.Pointer, "the document describes this parameter as "+p.Media.Type
		f.Document = p.Location
		return nil, refuse(NotDecodable, f)
	}
	return v, nil
}

func (r *Request) set(p *Parameter, v any) {
	r.params = append(r.params, paramValue{p, v})
}

func (o *Operation) paramFinding(p *Parameter, rule, expected, actual, hint string) Finding {
	f := o.finding(rule, p.In, strictjson.Pointer(p.Name), expected, actual, hint)
	f.Document = p.Location
	return f
}

// readableNumber reports whether a text is a number that the JSON decoder would take, its exponent included.
func readableNumber(text string) bool {
	if !validNumber(text) {
		return false
	}
	_, err := strictjson.Decode([]byte(text), strictjson.Limits{})
	return err == nil
}

// noticeUnknown notices query parameters that the document does not name.
func (o *Operation) noticeUnknown(query []pair, req *Request) {
	if len(query) == 0 {
		return
	}
	var names []string
	for _, p := range o.Parameters {
		switch p.In {
		case "query":
			names = append(names, p.Name)
		case "querystring":
			return
		}
	}
	for _, q := range query {
		if slices.Contains(names, q.name) || strings.HasPrefix(q.name, "__") || o.belongs(q.name) || o.inKey(q.name) {
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

// belongs reports whether a name in a query is part of a parameter that is an object, or a credential.
func (o *Operation) belongs(name string) bool {
	for _, all := range o.Security {
		for _, r := range all {
			if r.Scheme.In == "query" && r.Scheme.Parameter == name {
				return true
			}
		}
	}
	for _, p := range o.Parameters {
		if p.In != "query" {
			continue
		}
		if p.Style == styleDeep && strings.HasPrefix(name, p.Name+"[") || p.spreads() && p.claims(o, name) {
			return true
		}
	}
	return false
}
