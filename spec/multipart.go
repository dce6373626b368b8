package spec

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// decodeMultipart reads multipart/form-data as an object of its parts, and other multipart types by the names of their
// parts, or as a list where these have none.
func (m *MediaType) decodeMultipart(data []byte, contentType string, t typing) (any, error) {
	boundary := boundaryOf(contentType)
	if boundary == "" {
		return nil, &fault{
			rule: "boundary", expected: "a Content-Type with a boundary", actual: Clip(contentType),
			hint: "let the HTTP client write the Content-Type of a multipart body",
		}
	}
	r := multipart.NewReader(bytes.NewReader(data), boundary)
	named, list := untyped{form: aNamed}, untyped{form: aList}
	for n := 1; ; n++ {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped one is a body that ends early
			break
		}
		if err == nil && n > t.elements() {
			return nil, tooMany(t.elements())
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		if err != nil {
			return nil, &fault{rule: "multipart", expected: "a whole multipart body", actual: Clip(err.Error())}
		}
		p := m.part(part, len(list.items))
		v, err := p.read(content, t)
		if err != nil {
			return nil, err
		}
		if p.name == "" {
			list.items = append(list.items, v)
			continue
		}
		named.put(p.name, v)
	}
	if len(list.items) == 0 {
		return t.value(named, m.Schema), nil
	}
	if len(named.names) > 0 || bareType(contentType) == "multipart/form-data" {
		return nil, &fault{rule: "multipart", expected: "a name in the Content-Disposition of each part", actual: "none"}
	}
	return t.value(list, m.Schema), nil
}

// bodyPart is one part of a multipart body with what the document says of it.
type bodyPart struct {
	name, file  string
	header      textproto.MIMEHeader
	encoding    *Encoding
	schemas     facets
	wants       kinds
	contentType string
}

// part is a part of a body; at is its place among those without a name.
func (m *MediaType) part(of *multipart.Part, at int) *bodyPart {
	p := &bodyPart{header: of.Header, contentType: of.Header.Get("Content-Type")}
	if _, params, err := mime.ParseMediaType(of.Header.Get("Content-Disposition")); err == nil {
		p.name, p.file = params["name"], params["filename"]
	}
	p.describe(m, at)
	return p
}

func (p *bodyPart) describe(m *MediaType, at int) {
	p.encoding = m.Encoding[p.name]
	if p.encoding == nil {
		p.encoding = &Encoding{}
	}
	if p.name == "" && m.sequence == bodyParts {
		p.schemas = facets{m.Schema}.item(at)
		switch {
		case at < len(m.prefixEncoding):
			p.encoding = m.prefixEncoding[at]
		case m.itemEncoding != nil:
			p.encoding = m.itemEncoding
		}
	}
	if p.name != "" {
		for _, f := range alternatives(m.Schema) {
			if p.schemas = f.member(p.name); len(p.schemas) > 0 {
				break
			}
		}
	}
	p.wants = anyType
	if len(p.schemas) > 0 {
		p.wants = 0
		for _, f := range alternatives(p.schemas...) {
			p.wants |= f.kinds()
			if f.kinds().has(arrayType) { // parts of one name are its items
				for _, item := range alternatives(f.item(0)...) {
					p.wants |= item.kinds()
				}
			}
		}
	}
}

func (p *bodyPart) read(content []byte, t typing) (untyped, error) {
	at := strictjson.Pointer(p.name)
	if err := p.check(at, t); err != nil {
		return untyped{}, err
	}
	as := p.contentType
	if as == "" && !strings.ContainsAny(p.encoding.ContentType, ",*") {
		as = p.encoding.ContentType
	}
	n := notationOf(as)
	structured := p.wants.has(arrayType|objectType) || !p.wants.has(stringType)
	switch {
	case n == asJSON && structured && p.file == "":
		v, err := strictjson.Decode(content, t.lim)
		if err != nil {
			return untyped{}, &fault{rule: "json", pointer: at, expected: "acceptable JSON", actual: Clip(err.Error())}
		}
		return untyped{form: isTyped, ready: v}, nil
	case n == asXML && structured && p.file == "" && len(p.schemas) > 0:
		v, err := decodeXML(content, p.schemas[0], t)
		return untyped{form: isTyped, ready: v}, err
	case p.file != "" || as != "" && n == asBytes:
		return untyped{form: isTyped, ready: string(content)}, nil
	case !utf8.Valid(content):
		return untyped{}, &fault{
			rule: "encoding", pointer: at, expected: "UTF-8 text", actual: "other bytes",
			hint: "send UTF-8, or give the part a file name or a Content-Type",
		}
	}
	return textual(string(content)), nil
}

// check holds a part's own headers against the encoding object.
func (p *bodyPart) check(at string, t typing) error {
	want := p.encoding.ContentType
	if p.contentType != "" && want != "" {
		ok := false
		for _, key := range strings.Split(want, ",") {
			ok = ok || mediaScore(bareType(key), bareType(p.contentType)) > 0
		}
		if !ok {
			return &fault{
				rule: "contentType", pointer: at, expected: "a part of type " + want, actual: Clip(p.contentType), invalid: true,
			}
		}
	}
	o := &Operation{}
	for _, h := range p.encoding.Headers {
		values := p.header.Values(h.Name)
		if len(values) == 0 {
			if h.Required {
				return &fault{
					rule: "required", pointer: at, expected: "a part with the header " + h.Name, actual: "nothing", invalid: true,
				}
			}
			continue
		}
		_, fs, r := o.decodeParameter(&h.param, &given{texts: []string{strings.Join(values, ",")}}, t)
		if r != nil {
			fs = r.Findings
		}
		if len(fs) > 0 {
			return &fault{
				rule: fs[0].Rule, pointer: at, expected: fs[0].Expected + " in the part's header " + h.Name, actual: fs[0].Actual,
				invalid: true,
			}
		}
	}
	return nil
}

// Part is one part of a multipart body.
type Part struct {
	Name, Content string
	// Header holds Content-Disposition, Content-Type where the part has one, and what the encoding object demands.
	Header textproto.MIMEHeader
}

// Parts are a value as the parts of a multipart body: one for each member of an object, and for each item of one that is
// a list.
func (m *MediaType) Parts(value any) []Part {
	var out []Part
	add := func(name string, at int, v any) {
		p := &bodyPart{name: name, header: textproto.MIMEHeader{}}
		p.describe(m, at)
		out = append(out, Part{name, string(p.write(v)), p.header})
	}
	if list, ok := value.([]any); ok {
		for i, v := range list {
			add("", i, v)
		}
	}
	for _, member := range ordered(value) {
		for _, v := range asList(member.Value) {
			add(member.Name, 0, v)
		}
	}
	return out
}

// encodeMultipart writes the parts of a value.
func (m *MediaType) encodeMultipart(value any) ([]byte, string, error) {
	if kindOf(value) == stringType {
		return nil, "", fmt.Errorf("%s takes an object: %w", m.Type, ErrNotCarried)
	}
	parts := m.Parts(value)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	boundary := freeBoundary(parts)
	if err := w.SetBoundary(boundary); err != nil {
		return nil, "", err
	}
	for _, p := range parts {
		to, err := w.CreatePart(p.Header)
		if err != nil {
			return nil, "", err
		}
		_, _ = io.WriteString(to, p.Content) // to memory
	}
	_ = w.Close() // to memory
	return b.Bytes(), bareType(m.concrete()) + "; boundary=" + boundary, nil
}

// demanded sets the headers that the document demands of a part, where a value of theirs is at hand.
func (p *bodyPart) demanded() {
	for _, h := range p.encoding.Headers {
		if text, ok := h.sample(); ok && h.Required {
			p.header.Set(h.Name, text)
		}
	}
}

// sample is a value that the header can have: one that its schema names, else one of the usual texts.
func (h *Header) sample() (string, bool) {
	var values []any
	if s := h.Schema; s != nil {
		values = append(values, s.Enum...)
		for _, v := range []*any{s.Const, s.Default} {
			if v != nil {
				values = append(values, *v)
			}
		}
	}
	texts := []string{
		"1", "a", "true", "text", "2026-01-05", "2026-01-05T09:00:00Z", "http://example.com/", "a@example.com",
		"00000000-0000-4000-8000-000000000000", "aaaaaaaaaaaaaaaa", "10", "100",
	}
	for _, v := range values {
		if text, err := h.Encode(v); err == nil {
			texts = append([]string{text}, texts...)
		}
	}
	o := &Operation{}
	for _, text := range texts {
		if _, fs, r := o.decodeParameter(&h.param, &given{texts: []string{text}}, typing{dir: Out}); len(fs) == 0 && r == nil {
			return text, true
		}
	}
	return "", false
}

// write is a part's content; its headers are set.
func (p *bodyPart) write(v any) []byte {
	text, err := scalarText(v)
	contentType, _, _ := strings.Cut(p.encoding.ContentType, ",")
	if strings.Contains(contentType, "*") {
		contentType = (&MediaType{Type: strings.TrimSpace(contentType)}).concrete()
	}
	isFile := p.binary() || contentType != "" && notationOf(contentType) == asBytes
	switch {
	case err != nil:
		text = string(strictjson.Append(nil, v))
		if contentType == "" {
			contentType = "application/json"
		}
	case isFile && contentType == "":
		contentType = "application/octet-stream"
	case IsJSON(contentType) && p.wants&(arrayType|objectType) != 0:
		text = string(strictjson.Append(nil, v))
	}
	if p.name != "" {
		params := map[string]string{"name": p.name}
		if isFile {
			params["filename"] = p.name
		}
		p.header.Set("Content-Disposition", mime.FormatMediaType("form-data", params))
	}
	if contentType != "" {
		p.header.Set("Content-Type", strings.TrimSpace(contentType))
	}
	p.demanded()
	return []byte(text)
}

// binary reports whether the part's schema is that of a file, or of several.
func (p *bodyPart) binary() bool {
	for _, s := range p.schemas {
		if s.Items != nil {
			s = s.Items
		}
		if s.Format == "binary" || s.ContentMediaType != "" && s.ContentEncoding == "" {
			return true
		}
	}
	return false
}

// freeBoundary is a boundary that none of the parts hold, the same for equal ones.
func freeBoundary(parts []Part) string {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = io.WriteString(h, p.Content)
	}
	for {
		boundary := fmt.Sprintf("understudy-%016x", h.Sum64())
		taken := false
		for _, p := range parts {
			taken = taken || strings.Contains(p.Content, boundary)
		}
		if !taken {
			return boundary
		}
		_, _ = h.Write([]byte{'.'})
	}
}
