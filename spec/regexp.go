package spec

import (
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/pb33f/jsonschema/v6"
)

// matchTimeout bounds one match of a pattern that needs backtracking.
const matchTimeout = 100 * time.Millisecond

// maxPattern is how long a pattern may be, in bytes: the library makes a hundred times as much of it.
const maxPattern = 50_000

// compileRegexp compiles a pattern of the document: with the standard library where it can, because that is linear in
// time, else as ECMAScript (look-around, \u escapes, back references), which backtracks and so gets a time limit.
func compileRegexp(expr string) (jsonschema.Regexp, error) {
	if len(expr) > maxPattern {
		return nil, fmt.Errorf("a pattern of more than %d characters", maxPattern)
	}
	if re, err := regexp.Compile(expr); err == nil {
		return &linearRegexp{Regexp: re}, nil
	}
	re, err := regexp2.Compile(expr, regexp2.ECMAScript)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = matchTimeout
	return ecmaRegexp{re}, nil
}

// linearRegexp is a pattern that the standard library takes, with an automaton made when it is first matched.
type linearRegexp struct {
	*regexp.Regexp
	once      sync.Once
	automaton *automaton // nil where there is none
}

// MatchString is that of the standard library.
func (re *linearRegexp) MatchString(s string) bool {
	re.once.Do(func() { re.automaton = newAutomaton(re.String()) })
	if re.automaton != nil {
		if matches, known := re.automaton.match(s); known {
			return matches
		}
	}
	return re.Regexp.MatchString(s)
}

type ecmaRegexp struct{ *regexp2.Regexp }

// MatchString takes a match that ran out of time for none.
func (re ecmaRegexp) MatchString(s string) bool {
	ok, err := re.Regexp.MatchString(s)
	return err == nil && ok
}
