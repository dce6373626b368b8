package format

import (
	"errors"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// clipRunes is how much of a value an error may quote.
const clipRunes = 40

// clip quotes s, cut to clipRunes characters.
func clip(s string) string {
	count := 0
	for i := range s {
		if count == clipRunes {
			return strconv.Quote(s[:i] + "…")
		}
		count++
	}
	return strconv.Quote(s)
}

// badRune says which character stands at byte i of s where it may not; i must be inside s.
func badRune(s string, i int) error {
	r, size := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Errorf("is not valid UTF-8 at byte %d", i)
	case r == ' ':
		return fmt.Errorf("has a space at byte %d", i)
	case unicode.IsControl(r):
		return fmt.Errorf("has the control character %U at byte %d", r, i)
	case isBidiFormatting(r):
		return fmt.Errorf("has the bidi formatting character %U at byte %d", r, i)
	case isNoncharacter(r):
		return fmt.Errorf("has the noncharacter %U at byte %d", r, i)
	case isPrivateUse(r):
		return fmt.Errorf("has the private use character %U at byte %d", r, i)
	case r >= utf8.RuneSelf:
		return fmt.Errorf("has the character %q (%U) at byte %d", string(r), r, i)
	}
	return fmt.Errorf("has %q at byte %d", string(r), i)
}

// isBidiFormatting reports whether r steers the direction of text. RFC 3987, section 4.1, refuses those
// known in its day (LRM, RLM, U+202A to U+202E); the isolates and ALM came later for the same purpose.
func isBidiFormatting(r rune) bool {
	return unicode.Is(unicode.Bidi_Control, r)
}

func isNoncharacter(r rune) bool {
	return unicode.Is(unicode.Noncharacter_Code_Point, r)
}

func isPrivateUse(r rune) bool {
	return unicode.Is(unicode.Co, r)
}

// checkChar counts code points, as JSON Schema's maxLength does.
func checkChar(s string) error {
	switch n := utf8.RuneCountInString(s); n {
	case 1:
		return nil
	case 0:
		return errors.New("is empty, not one character")
	default:
		return fmt.Errorf("has %d characters, not one", n)
	}
}
