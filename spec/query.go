package spec

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// pair is one name=value of a query, decoded, with its value as it came.
type pair struct{ name, value, raw string }

// parseQuery decodes a query. net/url drops what it cannot decode; here that is a refusal.
func (o *Operation) parseQuery(raw string) ([]pair, *Refusal) {
	pairs, bad, rule := splitPairs(raw)
	if rule == "" {
		return pairs, nil
	}
	name, _, _ := strings.Cut(bad, "=")
	f := o.finding(rule, "query", strictjson.Pointer(name), "UTF-8, percent-encoded", Clip(bad), "")
	if rule == "percent-encoding" {
		f.Expected, f.Hint = "%XX with two hexadecimal digits", "write a % itself as %25"
	}
	return nil, refuse(NotDecodable, f)
}

// splitPairs decodes name=value pairs; rule names what is wrong with bad, the first that cannot be decoded.
func splitPairs(raw string) (out []pair, bad, rule string) {
	if raw == "" {
		return nil, "", ""
	}
	out = make([]pair, 0, strings.Count(raw, "&")+1)
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			return nil, part, "percent-encoding"
		}
		if !utf8.ValidString(n) || !utf8.ValidString(v) {
			return nil, part, "encoding"
		}
		out = append(out, pair{n, v, value})
	}
	return out, "", ""
}

// maxBrackets bounds how deep a[b][c] may nest.
const maxBrackets = 32

// brackets reads "[a][b]" as its names; false for anything else.
func brackets(text string) ([]string, bool) {
	var out []string
	for text != "" {
		rest, ok := strings.CutPrefix(text, "[")
		name, after, closed := strings.Cut(rest, "]")
		if !ok || !closed || len(out) == maxBrackets {
			return nil, false
		}
		out, text = append(out, name), after
	}
	return out, true
}

// nest puts a value at a path of names, making what is missing on the way.
func (u *untyped) nest(path []string, v untyped) {
	i := u.find(path[0])
	switch {
	case len(path) == 1 || i >= 0 && u.items[i].form != aNamed:
		for _, name := range slices.Backward(path[1:]) { // a=1&a[]=2 is a list of two, a=1&a[b]=2 one of two kinds
			if name != "" {
				v = untyped{form: aNamed, names: []string{name}, items: []untyped{v}}
			}
		}
		u.put(path[0], v)
	case i < 0:
		var inner untyped
		inner.nest(path[1:], v)
		u.put(path[0], inner)
	default:
		u.items[i].nest(path[1:], v)
	}
}
