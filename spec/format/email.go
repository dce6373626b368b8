package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of RFC 5321, section 4.5.3.1, in octets; RFC 6531 keeps them for UTF-8.
const (
	maxLocal  = 64
	maxDomain = 255
)

// checkEmail is Mailbox of RFC 5321, section 4.1.2.
func checkEmail(s string) error { return checkMailbox(s, false) }

// checkIDNEmail is Mailbox as RFC 6531, section 3.3, widens it. That grammar takes any character beyond
// ASCII, be it a C1 control or a noncharacter; bidi formatting is refused all the same, because it lets an
// address show as another.
func checkIDNEmail(s string) error { return checkMailbox(s, true) }

func checkMailbox(s string, wide bool) error {
	scan := scanDotString
	if strings.HasPrefix(s, `"`) {
		scan = scanQuotedString
	}
	at, err := scan(s, wide)
	if err != nil {
		return err
	}
	if at > maxLocal {
		return fmt.Errorf("the local part before \"@\" has %d octets, more than %d", at, maxLocal)
	}
	domain := s[at+1:]
	switch {
	case domain == "":
		return errors.New(`the domain after "@" is empty`)
	case len(domain) > maxDomain:
		return fmt.Errorf("the domain after \"@\" has %d octets, more than %d", len(domain), maxDomain)
	case domain[0] == '[':
		return checkAddressLiteral(domain)
	case isASCII(domain) || !wide:
		return inDomain(scanLabels(domain))
	}
	return inDomain(checkMailDomain(domain))
}

func inDomain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the domain after \"@\" %w", err)
}

// scanDotString reads the atoms up to the "@" and returns where that is.
func scanDotString(s string, wide bool) (int, error) {
	afterDot := true // an atom has to come
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case classes[c]&inAtom != 0:
			afterDot = false
			i++
		case c == '@' && i == 0:
			return 0, errors.New(`the local part before "@" is empty`)
		case (c == '@' || c == '.') && afterDot:
			return 0, misplacedDot(s, i)
		case c == '@':
			return i, nil
		case c == '.':
			afterDot = true
			i++
		default:
			size, err := scanWide(s, i, wide)
			if err != nil {
				return 0, err
			}
			afterDot = false
			i += size
		}
	}
	return 0, errors.New(`has no "@"`)
}

// misplacedDot explains why an atom is missing before byte i.
func misplacedDot(s string, i int) error {
	switch {
	case i == 0:
		return errors.New("the local part begins with a dot")
	case s[i] == '@':
		return errors.New("the local part ends with a dot")
	}
	return fmt.Errorf("the local part has two dots in a row at byte %d", i-1)
}

// scanQuotedString reads the quoted string and the "@" after it, and returns where that is.
func scanQuotedString(s string, wide bool) (int, error) {
	for i := 1; i < len(s); {
		c := s[i]
		switch {
		case classes[c]&inQuoted != 0:
			i++
		case c == '"':
			if err := expect(s, i+1, '@'); err != nil {
				return 0, fmt.Errorf("%w, after the quoted local part", err)
			}
			return i + 1, nil
		case c == '\\' && i+1 < len(s) && ' ' <= s[i+1] && s[i+1] <= '~':
			i += 2
		default:
			size, err := scanWide(s, i, wide)
			if err != nil {
				return 0, err
			}
			i += size
		}
	}
	return 0, errors.New("the quoted local part is not closed")
}

// scanWide returns the size of the character at byte i of s, which is none of those of ASCII that may stand
// there.
func scanWide(s string, i int, wide bool) (int, error) {
	r, size := utf8.DecodeRuneInString(s[i:])
	if !wide || r < utf8.RuneSelf || r == utf8.RuneError && size == 1 || isBidiFormatting(r) {
		return 0, badRune(s, i)
	}
	return size, nil
}

// checkAddressLiteral admits the two kinds of address that have a tag registered.
func checkAddressLiteral(s string) error {
	if s[len(s)-1] != ']' {
		return errors.New(`the address after "@" does not end with "]"`)
	}
	const tag = "IPv6:"
	address, check := s[1:len(s)-1], checkIPv4
	if len(address) >= len(tag) && strings.EqualFold(address[:len(tag)], tag) {
		address, check = address[len(tag):], checkIPv6
	}
	if err := check(address); err != nil {
		return fmt.Errorf("the address %s: %w", clip(s), err)
	}
	return nil
}
