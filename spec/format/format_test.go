package format

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// values has for one format what it takes and what it refuses.
type values struct {
	valid, invalid []string
}

func runTable(t *testing.T, table map[string]values) {
	t.Helper()
	for name, test := range table {
		for _, s := range test.valid {
			if err := Check(name, s); err != nil {
				t.Errorf("%s: Check(%q) = %v, want valid", name, s, err)
			}
		}
		for _, s := range test.invalid {
			if Check(name, s) == nil {
				t.Errorf("%s: Check(%q) = nil, want an error", name, s)
			}
		}
	}
}

func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		example := Example(name)
		if example == "" {
			t.Errorf("%s has no example", name)
		}
		if err := Check(name, example); err != nil {
			t.Errorf("Check(%q, %q) = %v", name, example, err)
		}
		if err := CheckNumber(name, json.Number(example)); err != nil {
			t.Errorf("CheckNumber(%q, %s) = %v", name, example, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	names := Names()
	if !slices.IsSorted(names) || len(names) != len(definitions) {
		t.Errorf("Names() = %v, want all %d, sorted", names, len(definitions))
	}
	for _, name := range []string{"date-time", "idn-email", "iri", "int32", "password", "binary"} {
		if !Known(name) {
			t.Errorf("Known(%q) = false", name)
		}
	}
}

func TestUnknownAndAnnotations(t *testing.T) {
	t.Parallel()
	if Known("colour") || Known("") || Example("colour") != "" {
		t.Error("an unknown format is known")
	}
	for _, name := range []string{"colour", "", "binary", "password", "commonmark", "html", "int32", "double"} {
		if err := Check(name, "\x00 anything \xff"); err != nil {
			t.Errorf("Check(%q) = %v, want nil", name, err)
		}
	}
	for _, name := range []string{"colour", "date-time", "password"} {
		if err := CheckNumber(name, "1e9"); err != nil {
			t.Errorf("CheckNumber(%q) = %v, want nil", name, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, s, want string }{
		{"date-time", "2024-13-01T00:00:00Z", "month 13 does not exist"},
		{"date-time", "2023-02-30T00:00:00Z", "day 30 does not exist in 2023-02"},
		{"date-time", "2024-03-12 10:00:00Z", `has a space at byte 10, not "T"`},
		{"date-time", "2024-03-12T10:00:00", `has no offset after the time, such as "Z" or "+01:00"`},
		{"date-time", "2024-03-12T10:00:00Z\n", `has "\n" after the offset`},
		{"date-time", "2024-03-12T12:00:+1Z", "needs 2 digits for the second at byte 17"},
		{"iri", "http://example.com/a b", "has a space at byte 20"},
		{"iri", "http://example.com/\u202E", "has the bidi formatting character U+202E at byte 19"},
		{"iri", "http://example.com/\uFFFE", "has the noncharacter U+FFFE at byte 19"},
		{"iri", "http://example.com/\uE000", "has the private use character U+E000 at byte 19"},
		{"iri", "http://", `the host after "//" is empty`},
		{"iri", "http:", `has no host: "http:" needs "//" and a host`},
		{"iri", "example", `has no scheme, such as "https:"`},
		{"iri", "http://h:8x/", `port "8x" is not a number`},
		{"uri", "http://example.com/é", `has the character "é" (U+00E9) at byte 19`},
		{"idn-email", "@b", `the local part before "@" is empty`},
		{"idn-email", "a@", `the domain after "@" is empty`},
		{"idn-email", "nope", `has no "@"`},
		{"idn-email", "a b@c.d", "has a space at byte 1"},
		{"idn-email", "a\xff@c.d", "is not valid UTF-8 at byte 1"},
		{"email", "a..b@c.d", "the local part has two dots in a row at byte 1"},
		{"email", "a@b@c", `the domain after "@" has "@" at byte 1`},
		{"uuid", "123", "has 3 bytes, not 36"},
		{"regex", strings.Repeat("(", 50), `"` + strings.Repeat("(", 40) + `…" is not a regular expression`},
	} {
		err := Check(test.name, test.s)
		if err == nil || err.Error() != test.want {
			t.Errorf("Check(%q, %q) = %v, want %q", test.name, test.s, err, test.want)
		}
	}
}

func TestErrorsAreBounded(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"x", "9", "é", "\u202E", "\xff", "{a", "a.", "[", ":", "\x00", "\U0010FFFF"} {
		for _, name := range Names() {
			for _, head := range []string{"", "http://", "a@", "http://h:", "a:[", "P"} {
				s := head + strings.Repeat(unit, 1000)
				if err := Check(name, s); err != nil && !bounded(err) {
					t.Errorf("Check(%q, %.20q…) has the error %v", name, s, err)
				}
				if err := CheckNumber(name, json.Number(s)); err != nil && !bounded(err) {
					t.Errorf("CheckNumber(%q, %.20q…) has the error %v", name, s, err)
				}
			}
		}
	}
}

// bounded allows for two quotations of 40 characters, each escaped to at most ten, and for the words around
// them.
func bounded(err error) bool {
	return utf8.ValidString(err.Error()) && len(err.Error()) < 2*40*10+200
}

// acceptedASCII has values whose acceptance may not allocate.
var acceptedASCII = map[string]string{
	"date-time": "2024-03-12T10:00:00.123+01:00",
	"date":      "2024-03-12",
	"time":      "23:59:60Z",
	"duration":  "P3DT12H30M",
	"iri":       "https://user@example.com:8080/a/b?c=%20d#e",
	"uri":       "https://[2001:db8::1]/a",
	"email":     "jane.doe@example.com",
	"idn-email": "jane.doe@[192.0.2.1]",
	"hostname":  "www.example.com",
	"ipv4":      "192.0.2.1",
	"ipv6":      "2001:db8::1",
	"uuid":      "123e4567-e89b-12d3-a456-426614174000",
	"byte":      "aGVsbG8=",

	"json-pointer": "/items/0/a~1b",
	"uri-template": "/calls/{id}{?depth,from*}",
}

func TestAcceptedASCIIDoesNotAllocate(t *testing.T) { // not parallel: allocations are counted for the process
	for name, s := range acceptedASCII {
		if n := testing.AllocsPerRun(100, func() { _ = Check(name, s) }); n != 0 {
			t.Errorf("Check(%q, %q) allocates %v times", name, s, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _ = CheckNumber("int64", "-9223372036854775808") }); n != 0 {
		t.Errorf("CheckNumber allocates %v times", n)
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, c := range []struct{ label, name, s string }{
		{"date-time", "date-time", acceptedASCII["date-time"]},
		{"iri", "iri", acceptedASCII["iri"]},
		{"iri wide", "iri", "https://müller.example/straße?q=ü"},
		{"idn-email", "idn-email", "jane.doe@example.com"},
		{"idn-email wide", "idn-email", "jörg@müller.example"},
	} {
		b.Run(c.label, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Check(c.name, c.s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
