package format

import (
	"errors"
	"fmt"
	"strings"
)

// checkJSONPointer is RFC 6901, section 3, as a JSON string (not as a URI fragment).
func checkJSONPointer(s string) error {
	return checkPointerFrom(s, 0)
}

// checkRelativeJSONPointer is draft-bhutton-relative-json-pointer-00, without its index manipulation, which
// the JSON Schema format does not know.
func checkRelativeJSONPointer(s string) error {
	end := skipDigits(s, 0)
	switch {
	case end == 0:
		return errors.New("does not begin with a number")
	case end > 1 && s[0] == '0':
		return errors.New("begins with a number with a leading zero")
	case s[end:] == "#":
		return nil
	}
	return checkPointerFrom(s, end)
}

func checkPointerFrom(s string, from int) error {
	if from == len(s) {
		return nil
	}
	if s[from] != '/' {
		return fmt.Errorf("%w, not \"/\"", badRune(s, from))
	}
	for i := from; i < len(s); i++ {
		tilde := strings.IndexByte(s[i:], '~')
		if tilde < 0 {
			return nil
		}
		i += tilde + 1
		if i == len(s) || s[i] != '0' && s[i] != '1' {
			return fmt.Errorf("the \"~\" at byte %d is not followed by 0 or 1", i-1)
		}
	}
	return nil
}
