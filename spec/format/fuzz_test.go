package format

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// fuzzLimit is far above what any check takes for an input the fuzzer makes, even on a busy machine.
const fuzzLimit = time.Minute

func FuzzCheck(f *testing.F) {
	for _, name := range Names() {
		f.Add(Example(name))
	}
	for _, s := range []string{
		"2016-12-31T23:59:60Z", "http://[::1]:80/%41?é#\u202E", `"a b"@[IPv6:::1]`,
		"{+a:1,b*}", "(?<n>[^a]\\k<n>){2,}", "xn--mller-kva", "א.0a", "0##", ":Zg==:",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range Names() {
			start := time.Now()
			err := Check(name, s)
			if took := time.Since(start); took > fuzzLimit {
				t.Errorf("Check(%q, %q) took %v", name, s, took)
			}
			if err != nil && !bounded(err) {
				t.Errorf("Check(%q, %q) has the error %q", name, s, err)
			}
		}
		compareDateTime(t, s)
		compareWideAndNarrow(t, s)
	})
}

// compareDateTime holds date-time against package time, which knows neither lower case nor leap seconds.
func compareDateTime(t *testing.T, s string) {
	t.Helper()
	if Check("date-time", s) != nil {
		return
	}
	upper := strings.ToUpper(s)
	if upper[17:19] == "60" {
		upper = upper[:17] + "59" + upper[19:]
	}
	if _, err := time.Parse(time.RFC3339, upper); err != nil {
		t.Errorf("Check(date-time, %q) = nil, but %v", s, err)
	}
}

// compareWideAndNarrow holds each ASCII format against its wide twin, of which it is a part.
func compareWideAndNarrow(t *testing.T, s string) {
	t.Helper()
	for narrow, wide := range map[string]string{
		"uri": "iri", "uri-reference": "iri-reference", "email": "idn-email", "hostname": "idn-hostname",
	} {
		narrowErr, wideErr := Check(narrow, s), Check(wide, s)
		if narrowErr == nil && wideErr != nil {
			t.Errorf("%q is %s but not %s: %v", s, narrow, wide, wideErr)
		}
		if isASCII(s) && (narrowErr == nil) != (wideErr == nil) {
			t.Errorf("%q is ASCII, yet %s says %v and %s %v", s, narrow, narrowErr, wide, wideErr)
		}
		if wideErr == nil && !utf8.ValidString(s) {
			t.Errorf("Check(%q, %q) = nil for what is not UTF-8", wide, s)
		}
	}
}
