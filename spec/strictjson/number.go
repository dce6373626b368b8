package strictjson

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

const (
	maxExponent = 400
	maxDigits   = 1000

	maxComparable = 1e17 // an exponent to which the length of any text can be added in an int64
)

// oversized says why a number is too large to be handed on, "" when it is not. It looks at the text alone: to
// parse 1e1000000000 is what must be avoided, since big.Rat and others write such a number out.
func oversized(raw []byte) string {
	count, e := 0, len(raw)
	for i, c := range raw {
		switch {
		case '0' <= c && c <= '9':
			count++
		case c == 'e' || c == 'E':
			e = i
		}
	}
	if count > maxDigits {
		return "the number has more than 1000 digits"
	}
	if e == len(raw) {
		return ""
	}
	exponent := bytes.TrimLeft(raw[e+1:], "+-0")
	if n, err := strconv.Atoi("0" + string(exponent)); err != nil || n > maxExponent {
		return "the exponent of the number is beyond 400 or -400"
	}
	return ""
}

// EqualNumber reports whether two numbers are the same decimal: 1, 1.0 and 10e-1 are, and so are 0 and -0. It
// is exact and never writes an exponent out. Texts that are not JSON numbers, or whose exponent is beyond
// ±10^17, are equal to the same text alone.
func EqualNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, ok := newDecimal(string(a))
	if !ok {
		return false
	}
	y, ok := newDecimal(string(b))
	return ok && x == y
}

// decimal is 0.digits × 10^point in its only spelling: digits neither begin nor end with a zero, and zero has
// none.
type decimal struct {
	negative bool
	digits   string
	point    int64
}

func newDecimal(text string) (decimal, bool) {
	if !isNumber(text) {
		return decimal{}, false
	}
	var d decimal
	text, d.negative = strings.CutPrefix(text, "-")
	var exponent string
	if e := strings.IndexAny(text, "eE"); e >= 0 {
		text, exponent = text[:e], text[e+1:]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	all := whole + fraction
	d.digits = strings.TrimLeft(all, "0")
	d.point = int64(len(whole) - (len(all) - len(d.digits)))
	d.digits = strings.TrimRight(d.digits, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	if exponent == "" {
		return d, true
	}
	n, err := strconv.ParseInt(exponent, 10, 64)
	if err != nil || n > maxComparable || n < -maxComparable {
		return decimal{}, false
	}
	d.point += n
	return d, true
}

// isNumber reports whether text is a number in the grammar of JSON.
func isNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	rest := strings.TrimLeft(text, "0123456789")
	if whole := len(text) - len(rest); whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		rest = strings.TrimLeft(fraction, "0123456789")
		if len(rest) == len(fraction) {
			return false
		}
	}
	if rest == "" {
		return true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return false
	}
	exponent := rest[1:]
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return exponent != "" && strings.TrimLeft(exponent, "0123456789") == ""
}
