package format

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// checkIPv4 is dotted-quad of RFC 2673, section 3.2, with the leading zeros refused that some read as octal.
func checkIPv4(s string) error {
	part, width, value := 1, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && width > 0:
			part, width, value = part+1, 0, 0
		case c == '.':
			return fmt.Errorf("has an empty part at byte %d", i)
		case !isDigit(c):
			return badRune(s, i)
		case width > 0 && value == 0:
			return fmt.Errorf("has a leading zero at byte %d", i-1)
		default:
			width, value = width+1, value*10+int(c-'0')
			if value > 255 {
				return fmt.Errorf("has a part above 255 at byte %d", i-width+1)
			}
		}
	}
	if part != 4 || width == 0 {
		return errors.New("has not four parts between dots")
	}
	return nil
}

// checkIPv6 is RFC 4291, section 2.2; without zone and prefix length.
func checkIPv6(s string) error {
	if i := strings.IndexAny(s, "%/"); i >= 0 {
		return badRune(s, i)
	}
	if !strings.Contains(s, ":") {
		return errors.New(`has no ":"`)
	}
	if _, err := netip.ParseAddr(s); err != nil {
		return fmt.Errorf("%s is not an IPv6 address", clip(s))
	}
	return nil
}
