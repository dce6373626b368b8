package format

import (
	"errors"
	"fmt"
	"strings"
)

// checkByte is base64 of RFC 4648, section 4: padded, no line breaks, unused bits zero (encoders must leave
// them so).
func checkByte(s string) error {
	if err := checkBase64(s, "+/"); err != nil {
		return err
	}
	if len(s)%4 != 0 {
		return fmt.Errorf("has %d characters, not a multiple of 4", len(s))
	}
	return nil
}

// checkBase64URL is RFC 4648, section 5; the padding may be left out, but not in part.
func checkBase64URL(s string) error {
	if err := checkBase64(s, "-_"); err != nil {
		return err
	}
	if strings.HasSuffix(s, "=") && len(s)%4 != 0 {
		return fmt.Errorf("has %d characters with its padding, not a multiple of 4", len(s))
	}
	return nil
}

// checkBase64 checks all but the amount of padding; extra are the 63rd and 64th characters.
func checkBase64(s, extra string) error {
	data := strings.TrimSuffix(s, "=")
	data = strings.TrimSuffix(data, "=")
	last := 0
	for i := range len(data) {
		if last = sextet(data[i], extra); last < 0 {
			return badRune(s, i)
		}
	}
	unused := 0
	switch len(data) % 4 {
	case 0:
		if len(data) < len(s) {
			return errors.New("has padding where none belongs")
		}
	case 1:
		return errors.New("ends in the middle of a byte")
	case 2:
		unused = 0b1111
	case 3:
		unused = 0b11
	}
	if last&unused != 0 {
		return fmt.Errorf("the unused bits of the last character %q are not zero", data[len(data)-1:])
	}
	return nil
}

func sextet(c byte, extra string) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case isDigit(c):
		return int(c-'0') + 52
	case c == extra[0]:
		return 62
	case c == extra[1]:
		return 63
	}
	return -1
}
