package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A dialect is one of the four grammars of RFC 3986 and RFC 3987.
type dialect struct {
	// wide admits characters beyond ASCII.
	wide bool
	// relative admits a reference without a scheme.
	relative bool
}

func checkURI(s string) error { return dialect{}.check(s) }

func checkURIReference(s string) error { return dialect{relative: true}.check(s) }

func checkIRI(s string) error { return dialect{wide: true}.check(s) }

func checkIRIReference(s string) error { return dialect{wide: true, relative: true}.check(s) }

// check walks the parts of s from left to right. An http or https URI needs a host besides (RFC 9110,
// section 4.2).
func (d dialect) check(s string) error {
	at, err := d.scheme(s)
	if err != nil {
		return err
	}
	web := at > 0 && (strings.EqualFold(s[:at], "http:") || strings.EqualFold(s[:at], "https:"))
	if strings.HasPrefix(s[at:], "//") {
		end := endBefore(s, at+2, "/?#")
		if err := d.authority(s, at+2, end, web); err != nil {
			return err
		}
		at = end
	} else if web {
		return fmt.Errorf("has no host: %q needs \"//\" and a host", s[:at])
	}
	end := endBefore(s, at, "?#")
	if err := d.run(s, at, end, inPath); err != nil {
		return err
	}
	if end < len(s) && s[end] == '?' {
		at, end = end+1, endBefore(s, end, "#")
		if err := d.run(s, at, end, inQuery); err != nil {
			return err
		}
	}
	if end < len(s) {
		return d.run(s, end+1, len(s), inFragment)
	}
	return nil
}

// scheme returns the byte after the scheme's colon, or 0 when s is a reference without one.
func (d dialect) scheme(s string) (int, error) {
	colon := strings.IndexAny(s, ":/?#")
	if colon < 0 || s[colon] != ':' {
		if d.relative {
			return 0, nil
		}
		return 0, errors.New(`has no scheme, such as "https:"`)
	}
	if colon == 0 {
		return 0, errors.New(`the scheme before ":" is empty`)
	}
	if !isLetter(s[0]) {
		return 0, fmt.Errorf("the scheme %s does not begin with a letter", clip(s[:colon]))
	}
	for i := 1; i < colon; i++ {
		if c := s[i]; !isLetterDigit(c) && c != '+' && c != '-' && c != '.' {
			return 0, fmt.Errorf("the scheme %w", badRune(s, i))
		}
	}
	return colon + 1, nil
}

func (d dialect) authority(s string, from, to int, needHost bool) error {
	if i := strings.LastIndexByte(s[from:to], '@'); i >= 0 {
		if err := d.run(s, from, from+i, inUserinfo); err != nil {
			return fmt.Errorf("the user information %w", err)
		}
		from += i + 1
	}
	host, err := d.host(s, from, to)
	if err != nil {
		return err
	}
	if host == from && needHost {
		return errors.New(`the host after "//" is empty`)
	}
	return checkPort(s, host, to)
}

// host returns the byte after the host, where a port may stand.
func (d dialect) host(s string, from, to int) (int, error) {
	if from < to && s[from] == '[' {
		i := strings.IndexByte(s[from:to], ']')
		if i < 0 {
			return 0, fmt.Errorf("the \"[\" at byte %d is not closed", from)
		}
		if err := checkIPLiteral(s[from+1 : from+i]); err != nil {
			return 0, fmt.Errorf("the host %s: %w", clip(s[from:from+i+1]), err)
		}
		return from + i + 1, nil
	}
	end := to
	if i := strings.IndexByte(s[from:to], ':'); i >= 0 {
		end = from + i
	}
	if err := d.run(s, from, end, inHost); err != nil {
		return 0, fmt.Errorf("the host %w", err)
	}
	return end, nil
}

// checkIPLiteral checks what stands between "[" and "]". Zones are refused: RFC 9844 took them out of the
// URI again.
func checkIPLiteral(s string) error {
	if s == "" || s[0]|0x20 != 'v' {
		return checkIPv6(s)
	}
	dot := 1
	for dot < len(s) && classes[s[dot]]&inHex != 0 {
		dot++
	}
	if dot == 1 || dot+1 >= len(s) || s[dot] != '.' {
		return errors.New("is not an IP address of a later version")
	}
	for i := dot + 1; i < len(s); i++ {
		if classes[s[i]]&inUserinfo == 0 {
			return badRune(s, i)
		}
	}
	return nil
}

// checkPort checks what follows the host: nothing, ":", or ":" and a number. RFC 3986 sets no upper limit;
// the transports do.
func checkPort(s string, from, to int) error {
	if from == to {
		return nil
	}
	if s[from] != ':' {
		return fmt.Errorf("the host is followed by %s", clip(s[from:to]))
	}
	port := 0
	for i := from + 1; i < to; i++ {
		if !isDigit(s[i]) {
			return fmt.Errorf("port %s is not a number", clip(s[from+1:to]))
		}
		if port = port*10 + int(s[i]-'0'); port > 65535 {
			return fmt.Errorf("port %s is above 65535", clip(s[from+1:to]))
		}
	}
	return nil
}

// run checks that s[from:to] has only characters of the set, percent escapes and, if wide, those of RFC 3987.
func (d dialect) run(s string, from, to int, set class) error {
	for i := from; i < to; {
		c := s[i]
		switch {
		case classes[c]&set != 0:
			i++
		case c == '%':
			if err := checkEscape(s[:to], i); err != nil {
				return err
			}
			i += 3
		case c < utf8.RuneSelf || !d.wide:
			return badRune(s, i)
		default:
			r, size := utf8.DecodeRuneInString(s[i:to])
			if !isUCSChar(r) && !(set == inQuery && isPrivateUse(r)) {
				return badRune(s, i)
			}
			i += size
		}
	}
	return nil
}

// checkEscape checks that the "%" at byte i of s is followed by two hexadecimal digits.
func checkEscape(s string, i int) error {
	if i+2 < len(s) && classes[s[i+1]]&classes[s[i+2]]&inHex != 0 {
		return nil
	}
	return fmt.Errorf("the \"%%\" at byte %d is not followed by two hexadecimal digits", i)
}

// isUCSChar is ucschar of RFC 3987, less the characters its section 4.1 takes out again.
// Bytes that are not UTF-8 come as U+FFFD, which is not among them.
func isUCSChar(r rune) bool {
	switch {
	case r < 0xA0:
		return false
	case r <= 0xD7FF, 0xF900 <= r && r <= 0xFDCF, 0xFDF0 <= r && r <= 0xFFEF:
		return !isBidiFormatting(r)
	case r < 0x10000 || r > 0xEFFFD:
		return false
	case r&0xFFFF >= 0xFFFE:
		return false
	}
	return r < 0xE0000 || r >= 0xE1000
}

// endBefore returns where in s, from byte from on, the first of the stops is, or the length of s.
func endBefore(s string, from int, stops string) int {
	if i := strings.IndexAny(s[from:], stops); i >= 0 {
		return from + i
	}
	return len(s)
}
