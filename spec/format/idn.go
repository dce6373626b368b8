package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// registration is IDNA 2008 to the letter: no mapping, the Bidi rule, joiners in context, DNS lengths.
var registration = idna.New(idna.ValidateForRegistration())

// lookup maps first (case, width, composition), as one does with what a person typed.
var lookup = idna.New(
	idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true), idna.CheckHyphens(true),
	idna.ValidateLabels(true), idna.StrictDomainName(true),
)

// checkIDNHostname is the internationalized hostname of RFC 5890: labels are A-labels, U-labels or plain.
// The three other full stops of IDNA separate too, and letters may be capitals, which a U-label proper has
// not.
func checkIDNHostname(s string) error {
	if isASCII(s) {
		return checkHostname(s)
	}
	// A character is at least one octet on the wire and at most four here; so anything longer cannot fit, and
	// need not be looked at.
	if len(s) > maxHost*utf8.UTFMax {
		return fmt.Errorf("has %d bytes, more than a host name can", len(s))
	}
	s = strings.ToLower(strings.Map(fullStop, s))
	for rest, more := s, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if err := checkIDNLabel(label); err != nil {
			return err
		}
	}
	_, err := registration.ToASCII(s)
	return wordIDNA(s, err)
}

func fullStop(r rune) rune {
	switch r {
	case '\u3002', '\uFF0E', '\uFF61':
		return '.'
	}
	return r
}

func checkIDNLabel(label string) error {
	switch {
	case label == "":
		return errors.New("has an empty label")
	case isALabel(label):
		return checkALabel(label)
	case isASCII(label):
		return scanLabels(label)
	}
	return checkContext(label)
}

// checkALabel checks that label is what its decoded form encodes to, and that this form is a U-label.
func checkALabel(label string) error {
	label = strings.ToLower(label)
	decoded, err := registration.ToUnicode(label)
	if err != nil {
		return wordIDNA(label, err)
	}
	if encoded, err := registration.ToASCII(decoded); err != nil || encoded != label || isASCII(decoded) {
		return fmt.Errorf("has the label %s, which is not valid Punycode", clip(label))
	}
	return checkContext(decoded)
}

// checkMailDomain is lenient where idn-hostname is not: what the lookup mapping makes valid is valid.
// Characters that the mapping would drop are refused, because nobody sees them.
func checkMailDomain(s string) error {
	for i, r := range s {
		if r == utf8.RuneError || r < utf8.RuneSelf && !isLetterDigit(s[i]) && r != '-' && r != '.' {
			return badRune(s, i)
		}
		if unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D' {
			return badRune(s, i)
		}
	}
	ascii, err := lookup.ToASCII(s)
	if err != nil {
		return wordIDNA(s, err)
	}
	return scanLabels(ascii)
}

// wordIDNA puts an error of package idna about s in our words.
func wordIDNA(s string, err error) error {
	if err == nil {
		return nil
	}
	if r, ok := strings.CutPrefix(err.Error(), "idna: disallowed rune "); ok {
		return fmt.Errorf("has the character %s, which no domain name may have", r)
	}
	return fmt.Errorf("%s is not a valid internationalized domain name", clip(s))
}

// checkContext checks what package idna, which is made after UTS 46, leaves out of RFC 5892: that only
// letters, digits and marks are valid (no symbols), the exceptions of section 2.6, and the contextual rules
// of appendices A.3 to A.9.
func checkContext(label string) error {
	runes := []rune(label)
	for i, r := range runes {
		if !inContext(runes, i) {
			return fmt.Errorf("has the character %U where it may not be in %s", r, clip(label))
		}
	}
	return nil
}

func inContext(label []rune, i int) bool {
	switch r := label[i]; {
	case r == '\u00B7': // middle dot, as in Catalan "l·l"
		return runeAt(label, i-1) == 'l' && runeAt(label, i+1) == 'l'
	case r == '\u0375': // Greek keraia
		return unicode.Is(unicode.Greek, runeAt(label, i+1))
	case r == '\u05F3' || r == '\u05F4': // Hebrew geresh and gershayim
		return unicode.Is(unicode.Hebrew, runeAt(label, i-1))
	case r == '\u30FB': // katakana middle dot
		return hasRune(label, isJapanese)
	case '\u0660' <= r && r <= '\u0669': // Arabic-Indic digits, not with the extended ones
		return !hasRune(label, func(r rune) bool { return '\u06F0' <= r && r <= '\u06F9' })
	case r == '\u0640', r == '\u07FA', r == '\u302E', r == '\u302F',
		'\u3031' <= r && r <= '\u3035', r == '\u303B':
		return false
	}
	return isLabelRune(label[i])
}

func isJapanese(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
}

// isLabelRune reports whether r is PVALID (RFC 5892, section 3) or a joiner, whose context package idna
// checks. Capitals and the like are refused elsewhere.
func isLabelRune(r rune) bool {
	switch r {
	case '-', '\u06FD', '\u06FE', '\u0F0B', '\u3007', '\u200C', '\u200D':
		return true
	}
	return unicode.In(r, unicode.Letter, unicode.Mn, unicode.Mc, unicode.Nd)
}

// runeAt returns label[i], or 0 when there is none.
func runeAt(label []rune, i int) rune {
	if i < 0 || i >= len(label) {
		return 0
	}
	return label[i]
}

func hasRune(label []rune, is func(rune) bool) bool {
	for _, r := range label {
		if is(r) {
			return true
		}
	}
	return false
}
