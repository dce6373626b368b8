package spec

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Encoding is how one property of a form or a multipart body is written.
type Encoding struct {
	// ContentType lists the media types that a part may have, separated by commas; "" where the document does not say.
	ContentType string
	// Headers of a part.
	Headers []*Header

	style *Parameter // how the property is written where a style is given; nil otherwise
}

func (d *Document) buildEncoding(at place, schema *Schema) map[string]*Encoding {
	var out map[string]*Encoding
	for name, e := range at.members() {
		enc := &Encoding{ContentType: e.str("contentType"), Headers: d.buildHeaders(e.get("headers"))}
		if e.get("style").exists() || e.get("explode").exists() || e.get("allowReserved").exists() {
			p := &Parameter{Name: name, In: "query", AllowReserved: e.isTrue("allowReserved"), Location: e.location()}
			d.buildStyle(p, e)
			if schema != nil {
				p.Schema = schema.Property(name)
			}
			p.wants = wants(p.Schema)
			p.single = p.Schema != nil && p.Schema.plainScalar()
			enc.style = p
		}
		if out == nil {
			out = map[string]*Encoding{}
		}
		out[name] = enc
	}
	return out
}

// styled is how a property is written by its style; nil where it has none.
func (m *MediaType) styled(name string) *Parameter {
	if e := m.Encoding[name]; e != nil {
		return e.style
	}
	return nil
}

// decodeForm reads application/x-www-form-urlencoded: names with the styles of the encoding object, a[b]=c as members
// of members, whatever comes twice as a list.
func (m *MediaType) decodeForm(data []byte, t typing) (any, error) {
	pairs, bad, rule := splitPairs(string(data))
	if rule != "" {
		name, _, _ := strings.Cut(strings.ToValidUTF8(bad, "\uFFFD"), "=")
		f := &fault{
			rule: rule, pointer: strictjson.Pointer(name), expected: "%XX with two hexadecimal digits",
			actual: Clip(strings.ToValidUTF8(bad, "\uFFFD")),
		}
		if rule == "encoding" {
			f.expected = "UTF-8, percent-encoded"
		}
		return nil, f
	}
	if most := t.elements(); len(pairs) > most {
		return nil, tooMany(most)
	}
	u := untyped{form: aNamed}
	rest := m.decodeStyled(pairs, &u, t)
	choices := alternatives(m.Schema)
	for _, q := range rest {
		path := []string{q.name}
		if i := strings.IndexByte(q.name, '['); i > 0 && !anyNames(choices, q.name) {
			if inner, ok := brackets(q.name[i:]); ok {
				path = append([]string{q.name[:i]}, inner...)
			}
		}
		u.nest(path, textual(q.value))
	}
	return t.value(u, m.Schema), nil
}

func (t typing) elements() int {
	if t.lim.Elements > 0 {
		return t.lim.Elements
	}
	return strictjson.DefaultElements
}

func (t typing) depth() int {
	if t.lim.Depth > 0 {
		return t.lim.Depth
	}
	return strictjson.DefaultDepth
}

func tooMany(most int) *fault {
	return &fault{rule: "too-many", expected: "at most " + strconv.Itoa(most) + " values", actual: "more"}
}

func anyNames(choices []facets, name string) bool {
	for _, f := range choices {
		if f.names(name) {
			return true
		}
	}
	return false
}

// decodeStyled takes the properties that have a style out of the pairs, and returns the others.
func (m *MediaType) decodeStyled(pairs []pair, u *untyped, t typing) []pair {
	o := &Operation{}
	for _, e := range m.Encoding {
		if e.style != nil {
			o.Parameters = append(o.Parameters, e.style)
		}
	}
	if len(o.Parameters) == 0 {
		return pairs
	}
	for _, p := range o.Parameters {
		g := p.inQuery(o, pairs)
		if g.none() {
			continue
		}
		shapes := p.shapes(&g, p.wants)
		if len(shapes) == 0 || len(g.texts) > 1 && !p.repeats() {
			shapes = []untyped{p.items(g.texts)}
		}
		var value any
		for i, shape := range shapes {
			v := t.value(shape, p.schemas()...)
			if i == 0 {
				value = v
			}
			if p.Schema != nil && p.Schema.Valid(v, t.dir) {
				value = v
				break
			}
		}
		u.put(p.Name, untyped{form: isTyped, ready: value})
	}
	var rest []pair
	for _, q := range pairs {
		if m.styled(q.name) == nil && !o.belongs(q.name) {
			rest = append(rest, q)
		}
	}
	return rest
}

// encodeForm writes an object as a form.
func (m *MediaType) encodeForm(value any) ([]byte, error) {
	var pairs []string
	if kindOf(value) != objectType {
		return nil, fmt.Errorf("%s takes an object: %w", m.Type, ErrNotCarried)
	}
	plain := &Parameter{In: "query"}
	for _, member := range ordered(value) {
		if p := m.styled(member.Name); p != nil {
			text, err := p.encode(member.Value)
			if err != nil {
				return nil, fmt.Errorf("property %q: %w", member.Name, err)
			}
			if text != "" {
				pairs = append(pairs, text)
			}
			continue
		}
		for _, v := range asList(member.Value) {
			text, err := scalarText(v)
			if err != nil { // objects are JSON where nothing else is said
				text = string(strictjson.Append(nil, v))
			}
			pairs = append(pairs, plain.escape(member.Name)+"="+plain.escape(text))
		}
	}
	return []byte(strings.Join(pairs, "&")), nil
}

// printable is a value with every string that is no text in base64.
func printable(v any) any {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return base64.StdEncoding.EncodeToString([]byte(v))
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = printable(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name := range v {
			out[name] = printable(v[name])
		}
		return out
	}
	return v
}
