package format

import (
	"errors"
	"fmt"
	"strings"
)

// checkMediaRange is media-range of RFC 9110, section 12.5.1, with its parameters.
func checkMediaRange(s string) error {
	slash := skipToken(s, 0)
	if slash == 0 {
		return errors.New(`the type before "/" is empty`)
	}
	if err := expect(s, slash, '/'); err != nil {
		return err
	}
	end := skipToken(s, slash+1)
	if end == slash+1 {
		return errors.New(`the subtype after "/" is empty`)
	}
	// "*" is a token character, so that "*/*" and "text/*" got here too; "*/json" means nothing.
	if s[:slash] == "*" && s[slash+1:end] != "*" {
		return errors.New("has any type with one subtype")
	}
	for end < len(s) {
		var err error
		if end, err = scanParameter(s, end); err != nil {
			return err
		}
	}
	return nil
}

// scanParameter reads ";" and perhaps a parameter from byte i on.
func scanParameter(s string, i int) (int, error) {
	i = skipBlank(s, i)
	if err := expect(s, i, ';'); err != nil {
		return 0, err
	}
	name := skipBlank(s, i+1)
	equals := skipToken(s, name)
	if equals == name {
		if name == len(s) || s[name] == ';' {
			return name, nil
		}
		return 0, badRune(s, name)
	}
	if err := expect(s, equals, '='); err != nil {
		return 0, err
	}
	if equals+1 < len(s) && s[equals+1] == '"' {
		return scanQuotedValue(s, equals+1)
	}
	end := skipToken(s, equals+1)
	if end == equals+1 {
		return 0, fmt.Errorf("the parameter %s has no value", clip(s[name:equals]))
	}
	return end, nil
}

// scanQuotedValue reads the quoted-string (RFC 9110, section 5.6.4) at byte start of s.
func scanQuotedValue(s string, start int) (int, error) {
	for i := start + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1, nil
		case c == '\\':
			if i++; i == len(s) {
				continue
			}
			if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7F {
				return 0, badRune(s, i)
			}
		case c < ' ' && c != '\t' || c == 0x7F:
			return 0, badRune(s, i)
		}
	}
	return 0, fmt.Errorf("the quote at byte %d is not closed", start)
}

func skipToken(s string, i int) int {
	for i < len(s) && classes[s[i]]&inToken != 0 {
		i++
	}
	return i
}

func skipBlank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// The sf- formats are the items of RFC 9651, section 3.3, without parameters.

func checkSFBinary(s string) error {
	if len(s) < 2 || s[0] != ':' || s[len(s)-1] != ':' {
		return errors.New("is not between two colons")
	}
	return checkByte(s[1 : len(s)-1])
}

func checkSFBoolean(s string) error {
	if s != "?0" && s != "?1" {
		return fmt.Errorf("%s is neither %q nor %q", clip(s), "?0", "?1")
	}
	return nil
}

func checkSFInteger(s string) error {
	number := strings.TrimPrefix(s, "-")
	end := skipDigits(number, 0)
	if end == 0 || end > 15 {
		return fmt.Errorf("has %d digits, not 1 to 15", end)
	}
	return checkEnd(number, end, "the number")
}

func checkSFDecimal(s string) error {
	number := strings.TrimPrefix(s, "-")
	point := skipDigits(number, 0)
	if point == 0 || point > 12 {
		return fmt.Errorf("has %d digits before the point, not 1 to 12", point)
	}
	end, err := scanFraction(number, point)
	if err != nil {
		return err
	}
	if places := end - point - 1; places < 1 || places > 3 {
		return fmt.Errorf("has %d digits after the point, not 1 to 3", max(places, 0))
	}
	return checkEnd(number, end, "the number")
}

func checkSFString(s string) error {
	if s == "" || s[0] != '"' {
		return errors.New("does not begin with a quote")
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return checkEnd(s, i+1, "the closing quote")
		case c == '\\':
			if i++; i < len(s) && s[i] != '"' && s[i] != '\\' {
				return fmt.Errorf("the \"\\\" at byte %d escapes neither a quote nor itself", i-1)
			}
		case c < ' ' || c > '~':
			return badRune(s, i)
		}
	}
	return errors.New("has no closing quote")
}

func checkSFToken(s string) error {
	if s == "" {
		return errors.New("is empty")
	}
	if !isLetter(s[0]) && s[0] != '*' {
		return fmt.Errorf("%w, not a letter or \"*\"", badRune(s, 0))
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; classes[c]&inToken == 0 && c != ':' && c != '/' {
			return badRune(s, i)
		}
	}
	return nil
}
