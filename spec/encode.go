package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// ErrNotCarried is why a value cannot be written: in this notation it would be read as another.
var ErrNotCarried = errors.New("the notation cannot carry the value")

// Encode writes a value as the parameter's style has it, escaped for its place: in a path the text for the template's
// place, in a query pairs joined by "&", in a header the field's value, for a cookie pairs joined by "; ". A value that
// would not be read back as it is, is an error that wraps ErrNotCarried.
func (p *Parameter) Encode(value any) (string, error) {
	text, err := p.encode(value)
	if err != nil {
		return "", fmt.Errorf("%s parameter %q: %w", p.In, p.Name, err)
	}
	back, ok := p.readBack(text)
	if !ok || !strictjson.Equal(back, value) {
		return "", fmt.Errorf("%s parameter %q in the style %s: %w", p.In, p.Name, p.Style, ErrNotCarried)
	}
	return text, nil
}

// EncodeSaid is Encode of what a scalar says, be it a text here and a number for the parameter, or the other way round: the
// id of a record, or what a link carries over.
func (p *Parameter) EncodeSaid(value any) (string, error) {
	text, err := p.Encode(value)
	if err == nil {
		return text, nil
	}
	said, isText := value.(string)
	if !isText {
		said = string(strictjson.Append(nil, value))
	}
	if text, err := p.Encode(said); err == nil {
		return text, nil
	}
	if other, bad := strictjson.Decode([]byte(said), strictjson.Limits{}); bad == nil {
		if text, err := p.Encode(other); err == nil {
			return text, nil
		}
	}
	return "", err
}

func (p *Parameter) encode(value any) (string, error) {
	if p.Media != nil {
		return p.encodeContent(value)
	}
	switch v := value.(type) {
	case []any:
		return p.encodeList(v)
	case map[string]any, strictjson.Object:
		return p.encodeObject(ordered(v))
	}
	text, err := scalarText(value)
	if err != nil {
		return "", err
	}
	return p.prefix() + p.escape(text), nil
}

// encodeList writes a list. In brackets there is room for lists and objects in it, each at its number.
func (p *Parameter) encodeList(list []any) (string, error) {
	texts, err := p.scalars(list)
	if err == nil {
		return p.joinList(texts), nil
	}
	if p.Style != styleDeep {
		return "", err
	}
	var pairs []string
	err = p.deep(&pairs, p.Name, list)
	return strings.Join(pairs, "&"), err
}

// prefix is what stands in front of a value that is written in one.
func (p *Parameter) prefix() string {
	switch {
	case p.In == "query" || p.In == "cookie":
		return p.escape(p.Name) + "="
	case p.Style == styleLabel:
		return "."
	case p.Style == styleMatrix:
		return ";" + p.Name + "="
	}
	return ""
}

// between is what stands between the pairs of an exploded value.
func (p *Parameter) between() string {
	switch {
	case p.In == "query":
		return "&"
	case p.In == "cookie":
		return "; "
	case p.Style == styleLabel:
		return "."
	case p.Style == styleMatrix:
		return ";"
	}
	return ","
}

// separated is the separator of a list in one text, as it is written.
func (p *Parameter) separated() string {
	switch p.Style {
	case stylePipe:
		return "%7C"
	case styleForm, styleCookie, styleMatrix, styleSimple:
		return ","
	}
	return p.separator()[0]
}

func (p *Parameter) joinList(texts []string) string {
	switch {
	case p.Style == styleDeep:
		return p.each(texts, p.escape(p.Name)+"[]=")
	case p.Explode && (p.In == "query" || p.In == "cookie"):
		return p.each(texts, p.prefix())
	case p.Explode && p.Style == styleMatrix:
		return ";" + p.each(texts, p.Name+"=")
	}
	return p.prefix() + strings.Join(texts, p.separated())
}

func (p *Parameter) each(texts []string, prefix string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = prefix + t
	}
	return strings.Join(out, p.between())
}

func (p *Parameter) encodeObject(o strictjson.Object) (string, error) {
	if p.Style == styleDeep {
		var pairs []string
		err := p.deep(&pairs, p.Name, o)
		return strings.Join(pairs, "&"), err
	}
	var texts, pairs []string
	for _, m := range o {
		values, err := p.scalars(asList(m.Value))
		if _, isList := m.Value.([]any); err != nil || isList && !p.spreads() {
			return "", errors.Join(err, fmt.Errorf("member %q: %w", m.Name, ErrNotCarried))
		}
		for _, v := range values {
			pairs = append(pairs, p.escape(m.Name)+"="+v)
		}
		texts = append(texts, append([]string{p.escape(m.Name)}, values...)...)
	}
	if !p.Explode {
		return p.prefix() + strings.Join(texts, p.separated()), nil
	}
	text := strings.Join(pairs, p.between())
	if p.Style == styleMatrix || p.Style == styleLabel {
		text = p.between() + text
	}
	return text, nil
}

func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// deep writes a value with its place in brackets.
func (p *Parameter) deep(pairs *[]string, at string, value any) error {
	switch v := value.(type) {
	case map[string]any, strictjson.Object:
		for _, m := range ordered(v) {
			if err := p.deep(pairs, at+"["+m.Name+"]", m.Value); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for i, item := range v {
			place := at + "[]"
			if _, err := scalarText(item); err != nil {
				place = fmt.Sprintf("%s[%d]", at, i)
			}
			if err := p.deep(pairs, place, item); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := scalarText(value)
	*pairs = append(*pairs, p.escape(at)+"="+p.escape(text))
	return err
}

func (p *Parameter) scalars(list []any) ([]string, error) {
	out := make([]string, len(list))
	for i, item := range list {
		text, err := scalarText(item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		out[i] = p.escape(text)
	}
	return out, nil
}

func scalarText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case map[string]any, strictjson.Object, []any:
		return "", fmt.Errorf("an array or object stands where the style has room for a text: %w", ErrNotCarried)
	}
	return string(strictjson.Append(nil, v)), nil
}

func (p *Parameter) encodeContent(value any) (string, error) {
	body, _, err := p.Media.Encode(value)
	if err != nil {
		return "", err
	}
	if p.In == "querystring" && isForm(p.Media.Type) {
		return string(body), nil
	}
	return p.prefix() + p.escape(string(body)), nil
}

// ordered is an object in its own order, or by name where it has none.
func ordered(v any) strictjson.Object {
	switch v := v.(type) {
	case strictjson.Object:
		return v
	case map[string]any:
		out := make(strictjson.Object, 0, len(v))
		for name, value := range v {
			out = append(out, strictjson.Member{Name: name, Value: value})
		}
		slices.SortFunc(out, func(a, b strictjson.Member) int { return strings.Compare(a.Name, b.Name) })
		return out
	}
	return nil
}

const (
	unreserved = "-._~"
	// reserved stand as they are with allowReserved, save those that would end the value or be read as another.
	reserved = ":/?[]@!$'()*,;="
	// cookieSafe may stand in a cookie's value (RFC 6265), save the percent sign of escapes.
	cookieSafe = "!#$&'()*+-./:<=>?@[]^_`{|}~"
)

// escape percent-encodes a text for the parameter's place.
func (p *Parameter) escape(text string) string {
	keep := unreserved
	switch p.In {
	case "header":
		return text
	case "query", "querystring":
		if p.AllowReserved {
			keep += reserved
		}
	case "cookie":
		if p.Style == styleCookie {
			return text
		}
		keep = cookieSafe
	}
	return percent(text, keep)
}

func percent(text, keep string) string {
	const digits = "0123456789ABCDEF"
	safe := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(keep, c) >= 0
	}
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; safe(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// readBack is the value that a server would read from an encoded one.
func (p *Parameter) readBack(text string) (any, bool) {
	o, g, ok := p.cameAs(text)
	if !ok || len(g.texts) > 1 && !p.repeats() {
		return nil, false
	}
	readings, r := o.readings(p, &g, typing{dir: In}, nil)
	if r != nil || len(readings) == 0 {
		return nil, false
	}
	for _, v := range readings {
		if p.Schema == nil || p.Schema.Valid(v, In) {
			return v, true
		}
	}
	return readings[0], true
}

// Takes reports whether a parameter, as it is written, says something that the document allows.
func (p *Parameter) Takes(text string) bool {
	o, g, ok := p.cameAs(text)
	if !ok {
		return false
	}
	_, fs, r := o.decodeParameter(p, &g, typing{dir: In})
	return r == nil && len(fs) == 0
}

// cameAs is what a request that has nothing but the parameter, as it is written, gives for it; false where that is nothing.
func (p *Parameter) cameAs(text string) (*Operation, given, bool) {
	o := &Operation{Parameters: []*Parameter{p}}
	m := &RequestMessage{Header: map[string][]string{}}
	switch p.In {
	case "path":
		m.PathParams, m.EscapedPathParams = map[string]string{p.Name: text}, map[string]string{p.Name: text}
		if text == "" || strings.Contains(text, "/") || text == "." || text == ".." {
			return nil, given{}, false // clients and servers take these away
		}
	case "header":
		if !fieldValue(text) {
			return nil, given{}, false
		}
		m.Header.Set(p.Name, text)
	case "cookie":
		m.Header.Set("Cookie", text)
	default:
		m.RawQuery = text
	}
	query, r := o.parseQuery(m.RawQuery)
	if r != nil {
		return nil, given{}, false
	}
	g := p.gather(o, m, query)
	return o, g, !g.none() && g.valid()
}

// fieldValue reports whether a text can be a header's value as it is: visible characters with single blanks inside.
func fieldValue(s string) bool {
	return s == strings.Trim(s, " \t") && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
