package format

import (
	"fmt"
	"strings"

	"github.com/dlclark/regexp2/v2"
)

// maxRegex bounds the work of compiling; no schema anyone wrote comes near it.
const maxRegex = 16 << 10

// checkRegex is a pattern of ECMA-262, as JSON Schema has it, in Unicode mode or without. The pattern is
// compiled and never run, so it cannot backtrack.
func checkRegex(s string) error {
	if len(s) > maxRegex {
		return fmt.Errorf("has %d bytes, more than the %d that are compiled", len(s), maxRegex)
	}
	if err := checkDialect(s); err != nil {
		return err
	}
	if _, err := regexp2.Compile(s, regexp2.ECMAScript|regexp2.Unicode); err == nil {
		return nil
	}
	if _, err := regexp2.Compile(s, regexp2.ECMAScript); err != nil {
		return fmt.Errorf("%s is not a regular expression", clip(s))
	}
	return nil
}

// checkDialect refuses what other dialects have and the compiler lets pass: unknown letter escapes, which
// Perl and RE2 give a meaning, and groups such as (?i), (?P<name>) and (?#comment).
func checkDialect(s string) error {
	inClass := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) && isLetter(s[i]) && strings.IndexByte("bBcdDfknpPrsStuvwWx", s[i]) < 0 {
				return fmt.Errorf("has the escape %q at byte %d, which ECMA-262 does not know", s[i-1:i+1], i-1)
			}
		case '[':
			inClass = true
		case ']':
			inClass = false
		case '(':
			if !inClass && strings.HasPrefix(s[i:], "(?") && !isGroup(s[i+2:]) {
				return fmt.Errorf("has a group at byte %d that ECMA-262 does not know", i)
			}
		}
	}
	return nil
}

// isGroup reports whether s, which follows "(?", begins one of the groups of ECMA-262.
func isGroup(s string) bool {
	for _, prefix := range []string{":", "=", "!", "<=", "<!"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	if name, ok := strings.CutPrefix(s, "<"); ok {
		return strings.IndexByte(name, '>') > 0
	}
	// ES2025 has modifiers for a group, "(?i-m:...)", though not for the rest of the pattern.
	flags, _, ok := strings.Cut(s, ":")
	return ok && flags != "-" && strings.Trim(flags, "ims-") == "" && strings.Count(flags, "-") <= 1
}
