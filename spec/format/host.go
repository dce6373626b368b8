package format

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of RFC 1035, section 2.3.4, as they show in text.
const (
	maxLabel = 63
	maxHost  = 253
)

// checkHostname is RFC 1123, section 2.1, without a dot at the end; labels that begin with "xn--" must be
// A-labels of RFC 5890.
func checkHostname(s string) error {
	if len(s) > maxHost {
		return fmt.Errorf("has %d bytes, more than %d", len(s), maxHost)
	}
	if err := scanLabels(s); err != nil {
		return err
	}
	for rest, more := s, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if isALabel(label) {
			if err := checkALabel(label); err != nil {
				return err
			}
		}
	}
	return nil
}

// scanLabels checks that s is made of labels of letters, digits and inner hyphens.
func scanLabels(s string) error {
	start := 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '.' {
			if err := checkLabel(s, start, i); err != nil {
				return err
			}
			start = i + 1
		} else if !isLetterDigit(s[i]) && s[i] != '-' {
			return badRune(s, i)
		}
	}
	return nil
}

// checkLabel checks the size and the ends of the label s[from:to].
func checkLabel(s string, from, to int) error {
	switch {
	case s == "":
		return errors.New("is empty")
	case from == to && to == len(s):
		return errors.New("ends with a dot")
	case from == to:
		return fmt.Errorf("has an empty label at byte %d", from)
	case to-from > maxLabel:
		return fmt.Errorf("has the label %s, longer than %d", clip(s[from:to]), maxLabel)
	case s[from] == '-' || s[to-1] == '-':
		return fmt.Errorf("has the label %s, which begins or ends with a hyphen", clip(s[from:to]))
	}
	return nil
}

func isALabel(label string) bool {
	return len(label) >= 4 && strings.EqualFold(label[:4], "xn--")
}
