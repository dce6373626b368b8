package spec

import (
	"regexp"
	"strings"
	"testing"
)

// The automaton says what the standard library says, or nothing.
var automatonPatterns = []string{
	``, `^$`, `a`, `^a`, `a$`, `^a$`, `^a|b$`, `(^a|b)c$`, `^(a|ab)(c|bcd)$`, `a*`, `^a*$`, `^a{2,4}$`, `[a-z]{3}`, `^[A-Z]{2}[0-9]{2,30}$`,
	`^\+?1?[- ]?\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})$`, `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}$`, `(?i)^straße|ﬀ$`, `(?i)^k+$`,
	`^[^a-z]+$`, `^.+$`, `(?s)^.+$`, `^\S+@\S+\.\S+$`, `^\w+\W\d\D$`, `a$|^b`, `^(|a|b)$`, `x*$y*`, `^^a$$`, `a^b`, `(a|b)*abb`,
	`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*)$`, `[^\x00-\x7f]`, `^[[:alpha:]]+$`, `^\pL+$`, `\Aab\z`,
}

func FuzzAutomaton(f *testing.F) {
	for _, expr := range automatonPatterns {
		for _, text := range []string{"", "a", "b", "ab", "abc", "abb", "415-555-6789", "+1 (415) 555-6789", "AB123", "a\n", "k\u212a", "a.b_c", "deadbeef-0123-4567"} {
			f.Add(expr, text)
		}
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		re, err := regexp.Compile(expr)
		if err != nil || len(expr) > 200 || len(text) > 1000 {
			t.Skip()
		}
		a := newAutomaton(expr)
		if a == nil {
			t.Skip()
		}
		matches, known := a.match(text)
		if known && matches != re.MatchString(text) {
			t.Fatalf("%q against %q: the automaton says %v", text, expr, matches)
		}
		if ascii := strings.IndexFunc(text, func(r rune) bool { return r >= asciiBytes }) < 0; known != ascii {
			t.Fatalf("%q against %q: known is %v", text, expr, known)
		}
	})
}

// What looks at its surroundings, or would be large, is left to the standard library; all else has an automaton.
func TestAutomatonIsSmall(t *testing.T) {
	t.Parallel()
	for _, expr := range automatonPatterns {
		if newAutomaton(expr) == nil {
			t.Errorf("no automaton of %q", expr)
		}
	}
	for _, expr := range []string{
		`\bword\b`, `(?m)^line$`, `^[a-z]{1,1000}$`, `(a|b)*a(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)`,
		`([a-z]{40}|[b-y]{41}|[c-x]{42}|[d-w]{43}|[e-v]{44}|[f-u]{45}|[g-t]{46})!`,
	} {
		if newAutomaton(expr) != nil {
			t.Errorf("an automaton of %q", expr)
		}
		re, err := compileRegexp(expr)
		if err != nil {
			t.Fatal(err)
		}
		if re.MatchString("") != regexp.MustCompile(expr).MatchString("") {
			t.Errorf("%q says something else", expr)
		}
	}
}
