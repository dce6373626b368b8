package spec

import (
	"encoding/json"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-dev/understudy/spec/format"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// str proves a string.
func (p *proof) str(c *claim, at int) (end int, ok bool) {
	s, end, ok := p.quoted(at)
	return end, ok && c.takesText(s)
}

// maxProvedPattern is how long a text may be to be held against a pattern by a proof: one that does not match would be
// held against it again, and a pattern can cost a tenth of a microsecond a byte.
const maxProvedPattern = 16 << 10

// takesText reports whether a string keeps what a claim demands of strings beside its parts.
func (c *claim) takesText(s string) bool {
	if c.enum != nil && !slices.Contains(c.enum.texts, s) {
		return false
	}
	if c.minLength > 0 || c.maxLength >= 0 {
		n := utf8.RuneCountInString(s)
		if n < c.minLength || c.maxLength >= 0 && n > c.maxLength {
			return false
		}
	}
	return (c.pattern == nil || len(s) <= maxProvedPattern && c.pattern.MatchString(s)) && (c.format == "" || format.Check(c.format, s) == nil)
}

// quoted reads a string: what it says, and where it ends. Half a surrogate pair is left to others.
func (p *proof) quoted(at int) (s string, end int, ok bool) {
	escaped, ascii := false, true
	for i := strictjson.PlainEnd(p.text, at+1); i < len(p.text); i++ {
		switch b := p.text[i]; {
		case b == '"':
			return p.unquote(at, i, escaped, ascii)
		case b == '\\':
			escaped = true
			i++
		case b < ' ':
			return "", 0, false
		case b >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", 0, false
}

func (p *proof) unquote(at, last int, escaped, ascii bool) (s string, end int, ok bool) {
	s, end = p.text[at+1:last], last+1
	if !ascii && !utf8.ValidString(s) {
		return "", 0, false
	}
	if !escaped {
		return s, end, true
	}
	var err error
	p.unquoted, err = jsontext.AppendUnquote(p.unquoted[:0], p.text[at:end])
	return string(p.unquoted), end, err == nil
}

// name reads a member's name with the colon after it. Names with escapes are left to others.
func (p *proof) name(at int) (name string, value int, ok bool) {
	if at >= len(p.text) || p.text[at] != '"' {
		return "", 0, false
	}
	ascii := true
	for i := strictjson.PlainEnd(p.text, at+1); i < len(p.text); i++ {
		switch b := p.text[i]; {
		case b == '"':
			name = p.text[at+1 : i]
			if !ascii && !utf8.ValidString(name) {
				return "", 0, false
			}
			i = p.blank(i + 1)
			if i >= len(p.text) || p.text[i] != ':' {
				return "", 0, false
			}
			return name, p.blank(i + 1), true
		case b == '\\' || b < ' ':
			return "", 0, false
		case b >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", 0, false
}

// number proves a number that is written without an exponent and has few digits.
func (p *proof) number(c *claim, at int) (end int, ok bool) {
	d, end, ok := readFixed(p.text, at)
	return end, ok && c.takesNumber(d, p.text[at:end])
}

// takesNumber reports whether a number keeps what a claim demands of numbers beside its parts.
func (c *claim) takesNumber(d fixed, text string) bool {
	if c.integer && !d.whole() {
		return false
	}
	if c.format != "" && format.CheckNumber(c.format, json.Number(text)) != nil {
		return false
	}
	if c.enum != nil && !slices.ContainsFunc(c.enum.numbers, func(n json.Number) bool {
		return strictjson.EqualNumber(n, json.Number(text))
	}) {
		return false
	}
	for _, l := range c.limits {
		if !l.holds(d) {
			return false
		}
	}
	return true
}

// fixed is a number: digits × 10^-scale, both small enough to calculate with.
type fixed struct {
	digits int64
	scale  int
}

// maxDigits keeps a number within 64 bits, maxScale what it is multiplied by.
const (
	maxDigits = 18
	maxScale  = 9
)

// readFixed reads a number by the grammar of JSON; not one with an exponent or with many digits.
func readFixed(text string, at int) (d fixed, end int, ok bool) {
	negative := at < len(text) && text[at] == '-'
	if negative {
		at++
	}
	from, point := at, -1
	for ; at < len(text); at++ {
		b := text[at]
		if b == '.' && point < 0 && at > from {
			point = at
			continue
		}
		if b < '0' || b > '9' {
			break
		}
		if at-from >= maxDigits {
			return fixed{}, 0, false
		}
		d.digits = d.digits*10 + int64(b-'0')
	}
	whole := at
	if point >= 0 {
		whole = point
		d.scale = at - point - 1
	}
	switch {
	case whole == from, point >= 0 && d.scale == 0, d.scale > maxScale: // no digit where one belongs; too fine
		return fixed{}, 0, false
	case text[from] == '0' && whole > from+1: // a leading zero
		return fixed{}, 0, false
	case at < len(text) && (text[at] == 'e' || text[at] == 'E'):
		return fixed{}, 0, false
	}
	if negative {
		d.digits = -d.digits
	}
	return d, at, true
}

func (d fixed) whole() bool { return d.digits%tenTo(d.scale) == 0 }

func tenTo(n int) int64 {
	out := int64(1)
	for range n {
		out *= 10
	}
	return out
}

// together brings two decimals to one scale; false where that takes more than 64 bits.
func (d fixed) together(o fixed) (a, b int64, ok bool) {
	if d.scale > o.scale {
		b, a, ok = o.together(d)
		return a, b, ok
	}
	factor := tenTo(o.scale - d.scale)
	most := math.MaxInt64 / factor
	return d.digits * factor, o.digits, -most <= d.digits && d.digits <= most
}

// limit is one keyword about numbers.
type limit struct {
	rule  limitRule
	bound fixed
}

type limitRule int

const (
	atLeast limitRule = iota
	atMost
	above
	below
	multiple
)

func (l limit) holds(d fixed) bool {
	a, b, ok := d.together(l.bound)
	if !ok {
		return false
	}
	switch l.rule {
	case atLeast:
		return a >= b
	case atMost:
		return a <= b
	case above:
		return a > b
	case below:
		return a < b
	default:
		return b != 0 && a%b == 0
	}
}
