package format

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A numeral is a JSON number taken apart: whole.fraction times ten to the exponent. It is never multiplied
// out, so that 1e999999999 costs no more than 1e9.
type numeral struct {
	negative        bool
	whole, fraction string
	exponent        int
}

// maxExponent is where exponents saturate: far beyond any format and any body, far below the overflow of int.
const maxExponent = 1 << 30

func parseNumeral(n json.Number) (numeral, error) {
	var d numeral
	s, ok := strings.CutPrefix(string(n), "-")
	d.negative = ok
	end := skipDigits(s, 0)
	if end == 0 || end > 1 && s[0] == '0' {
		return d, notANumber(n)
	}
	d.whole, s = s[:end], s[end:]
	if strings.HasPrefix(s, ".") {
		end = skipDigits(s, 1)
		if end == 1 {
			return d, notANumber(n)
		}
		d.fraction, s = s[1:end], s[end:]
	}
	if s != "" {
		if d.exponent, ok = parseExponent(s); !ok {
			return d, notANumber(n)
		}
	}
	return d, nil
}

func notANumber(n json.Number) error {
	return fmt.Errorf("%s is not a JSON number", clip(string(n)))
}

// parseExponent reads "e", a sign and digits; the value saturates.
func parseExponent(s string) (value int, ok bool) {
	if s[0]|0x20 != 'e' {
		return 0, false
	}
	s = s[1:]
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || skipDigits(s, 0) != len(s) {
		return 0, false
	}
	for i := range len(s) {
		value = min(value*10+int(s[i]-'0'), maxExponent)
	}
	if negative {
		value = -value
	}
	return value, true
}

// digit returns the i-th digit, counted from the left of both parts.
func (d numeral) digit(i int) byte {
	if i < len(d.whole) {
		return d.whole[i]
	}
	return d.fraction[i-len(d.whole)]
}

// span returns the first and the last digit that is not zero; last < first when the number is 0.
func (d numeral) span() (first, last int) {
	last = len(d.whole) + len(d.fraction) - 1
	for first <= last && d.digit(first) == '0' {
		first++
	}
	for last >= first && d.digit(last) == '0' {
		last--
	}
	return first, last
}

// power returns the power of ten that the i-th digit stands for.
func (d numeral) power(i int) int {
	return len(d.whole) - 1 - i + d.exponent
}

// magnitude returns the value without its sign. whole is false when it is no integer, fits when above uint64.
func (d numeral) magnitude() (value uint64, whole, fits bool) {
	first, last := d.span()
	if last < first {
		return 0, true, true
	}
	if d.power(last) < 0 {
		return 0, false, false
	}
	if d.power(first) > 19 { // uint64 has 20 digits
		return 0, true, false
	}
	for p := d.power(first); p >= 0; p-- {
		digit := uint64(0)
		if i := len(d.whole) - 1 + d.exponent - p; i <= last {
			digit = uint64(d.digit(i) - '0')
		}
		if value > (math.MaxUint64-digit)/10 {
			return 0, true, false
		}
		value = value*10 + digit
	}
	return value, true, true
}

// checkInteger checks that n is an integer from -low to high, however it is written: 1.0 and 1e2 are.
func checkInteger(n json.Number, low, high uint64, what string) error {
	d, err := parseNumeral(n)
	if err != nil {
		return err
	}
	value, whole, fits := d.magnitude()
	limit := high
	if d.negative {
		limit = low
	}
	switch {
	case !whole:
		return fmt.Errorf("%s is not an integer", clip(string(n)))
	case !fits || value > limit:
		return outside(n, d.negative, limit, what)
	}
	return nil
}

func outside(n json.Number, negative bool, limit uint64, what string) error {
	switch {
	case !negative:
		return fmt.Errorf("%s is above %d, the greatest %s", clip(string(n)), limit, what)
	case limit == 0:
		return fmt.Errorf("%s is below 0, the least %s", clip(string(n)), what)
	}
	return fmt.Errorf("%s is below -%d, the least %s", clip(string(n)), limit, what)
}

func checkInt8(n json.Number) error  { return checkInteger(n, 1<<7, 1<<7-1, "int8") }
func checkInt16(n json.Number) error { return checkInteger(n, 1<<15, 1<<15-1, "int16") }
func checkInt32(n json.Number) error { return checkInteger(n, 1<<31, 1<<31-1, "int32") }
func checkInt64(n json.Number) error { return checkInteger(n, 1<<63, 1<<63-1, "int64") }

func checkUint8(n json.Number) error  { return checkInteger(n, 0, math.MaxUint8, "uint8") }
func checkUint16(n json.Number) error { return checkInteger(n, 0, math.MaxUint16, "uint16") }
func checkUint32(n json.Number) error { return checkInteger(n, 0, math.MaxUint32, "uint32") }
func checkUint64(n json.Number) error { return checkInteger(n, 0, math.MaxUint64, "uint64") }

func checkDoubleInt(n json.Number) error { return checkInteger(n, 1<<53-1, 1<<53-1, "double-int") }

// checkInt64Text is for strings: the registry recommends them for what a binary64 cannot hold.
func checkInt64Text(s string) error { return checkIntegerText(s, checkInt64) }

func checkUint64Text(s string) error { return checkIntegerText(s, checkUint64) }

func checkIntegerText(s string, check func(json.Number) error) error {
	if i := strings.IndexAny(s, ".eE"); i >= 0 {
		return badRune(s, i)
	}
	return check(json.Number(s))
}

func checkFloat(n json.Number) error { return checkBinary(n, 32, "float") }

func checkDouble(n json.Number) error { return checkBinary(n, 64, "double") }

// checkBinary refuses only what would become infinite; to be rounded is the lot of every number here.
func checkBinary(n json.Number, bits int, what string) error {
	if err := checkJSONNumber(n); err != nil {
		return err
	}
	if _, err := strconv.ParseFloat(string(n), bits); err != nil {
		return fmt.Errorf("%s is beyond the range of a %s", clip(string(n)), what)
	}
	return nil
}

func checkJSONNumber(n json.Number) error {
	_, err := parseNumeral(n)
	return err
}

// checkDecimal128 is decimal128 of IEEE 754: 34 digits, the last of them standing for 10^-6176 to 10^6111.
func checkDecimal128(n json.Number) error {
	d, err := parseNumeral(n)
	if err != nil {
		return err
	}
	first, last := d.span()
	switch {
	case last < first:
		return nil
	case last-first >= 34:
		return fmt.Errorf("%s has %d significant digits, more than 34", clip(string(n)), last-first+1)
	case d.power(first) > 6144 || d.power(last) < -6176:
		return fmt.Errorf("%s is beyond the range of a decimal128", clip(string(n)))
	}
	return nil
}

func checkDecimal128Text(s string) error {
	if s == "NaN" || s == "INF" || s == "-INF" {
		return nil
	}
	return checkDecimal128(json.Number(s))
}

// checkDecimalText is a fixed-point number: a sign, digits, perhaps a point and digits; no exponent.
func checkDecimalText(s string) error {
	from := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		from = 1
	}
	end := skipDigits(s, from)
	if end == from {
		return fmt.Errorf("needs a digit at byte %d", from)
	}
	end, err := scanFraction(s, end)
	if err != nil {
		return err
	}
	return checkEnd(s, end, "the number")
}
