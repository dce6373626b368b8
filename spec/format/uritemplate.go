package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// checkURITemplate is RFC 6570, level 4. The operators it reserves for later ("=", ",", "!", "@", "|") are
// in its grammar and accepted.
func checkURITemplate(s string) error {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case classes[c]&inLiteral != 0:
			i++
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return fmt.Errorf("the \"{\" at byte %d is not closed", i)
			}
			if err := checkExpression(s[i+1 : i+end]); err != nil {
				return fmt.Errorf("the expression %s %w", clip(s[i:i+end+1]), err)
			}
			i += end + 1
		case c == '%':
			if err := checkEscape(s, i); err != nil {
				return err
			}
			i += 3
		case c < utf8.RuneSelf:
			return badRune(s, i)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isUCSChar(r) && !isPrivateUse(r) {
				return badRune(s, i)
			}
			i += size
		}
	}
	return nil
}

func checkExpression(s string) error {
	if s != "" && strings.IndexByte("+#./;?&=,!@|", s[0]) >= 0 {
		s = s[1:]
	}
	for {
		spec, rest, more := strings.Cut(s, ",")
		if err := checkVarspec(spec); err != nil || !more {
			return err
		}
		s = rest
	}
}

// checkVarspec checks a variable's name and its modifier, "*" or ":" and a length up to 9999.
func checkVarspec(s string) error {
	name := strings.TrimSuffix(s, "*")
	if i := strings.IndexByte(name, ':'); i >= 0 && len(name) == len(s) {
		length := s[i+1:]
		if n := len(length); n < 1 || n > 4 || length[0] == '0' || skipDigits(length, 0) < n {
			return fmt.Errorf("has the prefix length %s, not 1 to 9999", clip(length))
		}
		name = s[:i]
	}
	if name == "" {
		return errors.New("has an empty variable name")
	}
	dot := true // as if a dot came before: the first character may not be one
	for i := 0; i < len(name); i++ {
		switch {
		case classes[name[i]]&inVarname != 0:
			dot = false
		case name[i] == '.' && !dot:
			dot = true
		case name[i] == '%':
			if err := checkEscape(name, i); err != nil {
				return err
			}
			dot, i = false, i+2
		default:
			return fmt.Errorf("has a bad variable name %s", clip(name))
		}
	}
	if dot {
		return fmt.Errorf("has a bad variable name %s", clip(name))
	}
	return nil
}
