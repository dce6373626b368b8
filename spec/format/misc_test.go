package format

import (
	"strings"
	"testing"
)

func TestUUIDAndPointers(t *testing.T) {
	t.Parallel()
	runTable(t, map[string]values{
		"uuid": {
			valid: []string{
				"123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000",
				"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
			},
			invalid: []string{
				"", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
				"123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}",
				"123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a456_426614174000",
				"urn:uuid:123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000\n",
			},
		},
		"json-pointer": {
			// The valid ones from RFC 6901, section 5.
			valid: []string{
				"", "/foo", "/foo/0", "/", "/a~1b", "/c%d", "/e^f", "/g|h", `/i\j`, `/k"l`, "/ ",
				"/m~0n", "/é", "/~0~1",
			},
			invalid: []string{"a", "#", "#/a", "/~", "/a~", "/~2", "/a~/b", "~0", "/~~0", "/~01~"},
		},
		"relative-json-pointer": {
			valid:   []string{"0", "1/0", "2/highly/nested/objects", "0#", "10", "0/"},
			invalid: []string{"", "/a", "#", "-1", "01", "00#", "0##", "0#/a", "1a", "1/~2", "+1", "0+1/a"},
		},
	})
}

func TestRegex(t *testing.T) {
	t.Parallel()
	runTable(t, map[string]values{"regex": {
		valid: []string{
			"", "^[a-z]+$", "a|b", "(?:a)", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(?<n>a)\\k<n>",
			`\d\w\s\b`, `\u00e9`, `\u{1F600}`, `\p{L}`, `\P{Lu}`, "a{2,3}?", "[]", "[^]", `\cA`, `\x41`, `\/`, `\.`,
			"(?i:a)", "[(?P]", `^\+[1-9]\d{1,14}$`, "((a+)+)+$", "é",
		},
		invalid: []string{
			"(", ")", "[", "*", "a**", "a++", "(?P<n>a)", "(?P=n)", "(?#x)", "(?i)a", "(?>a)",
			"(?<n", "(?", "(?'n'a)", `\`, `\A`, `\z`, `\Z`, `\a`, `\e`, `\Q`, "[b-a]", "a{3,2}",
			strings.Repeat("a", maxRegex+1),
		},
	}})
}

func TestRegistryFormats(t *testing.T) {
	t.Parallel()
	runTable(t, map[string]values{
		"byte": { // the test vectors of RFC 4648, section 10, first
			valid: []string{"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy", "+/+/"},
			invalid: []string{
				"Z", "Zg", "Zg=", "Zm8", "Zm9v=", "Zm9v====", "=", "==", "====", "Zh==", "Zm9=",
				"Zm9v\n", "Z g=", "-_-_", "Zg==Zg==", "Zé==",
			},
		},
		"base64url": {
			valid:   []string{"", "Zg==", "Zg", "Zm8", "Zm8=", "-_-_"},
			invalid: []string{"Z", "Zg=", "Zm9v=", "+/+/", "Zh", "Zm9", "=", "Zm9v===="},
		},
		"char": {valid: []string{"a", "é", "😀", " "}, invalid: []string{"", "ab", "e\u0301"}},
		"decimal": {valid: []string{"0", "-1", "+1", "12.50", "007"}, invalid: []string{
			"", "-", "1.", ".5",
			"1e5", "1,5", "a", "1 ",
		}},
		"decimal128": {valid: []string{"NaN", "INF", "-INF", "1e5"}, invalid: []string{
			"", "nan", "+INF", "1.",
			"1e6145",
		}},
		"int64": {
			valid:   []string{"0", "-9223372036854775808", "9223372036854775807"},
			invalid: []string{"", "9223372036854775808", "1.0", "1e2", "01", "+1", " 1", "a"},
		},
		"uint64": {valid: []string{"18446744073709551615"}, invalid: []string{"18446744073709551616", "-1"}},
		"media-range": {
			valid: []string{
				"*/*", "text/*", "application/json", "application/vnd.a+json;v=1",
				"a/b ; c=\"d \\\" e\"", "a/b;", "a/b;;c=d",
			},
			invalid: []string{
				"", "json", "/", "a/", "/b", "*/json", "a/b/c", "a/b;c", "a/b;c=", "a/b c=d", "a /b",
				"a/b;c=\"d", "a/b;=d", "a/b;c=\"\x01\"", "a/b;c=\"\\", "a/b, c/d",
			},
		},
		"sf-binary":  {valid: []string{"::", ":aGVsbG8=:"}, invalid: []string{"", ":", "aGVsbG8=", ":a:"}},
		"sf-boolean": {valid: []string{"?0", "?1"}, invalid: []string{"", "?", "1", "?2", "true"}},
		"sf-decimal": {valid: []string{"4.5", "-0.125", "123456789012.1"}, invalid: []string{
			"", "4", "4.", ".5",
			"4.5678", "1234567890123.1", "a",
		}},
		"sf-integer": {valid: []string{"42", "-0", "007", "999999999999999"}, invalid: []string{
			"", "-", "+1",
			"1.0", "1000000000000000",
		}},
		"sf-string": {valid: []string{`""`, `"a\"b\\c"`}, invalid: []string{
			"", "a", `"`, `"a`, `"\a"`, `"é"`,
			`"a"b`, "\"\n\"", `"\`,
		}},
		"sf-token": {valid: []string{"*", "a/b:c", "foo123"}, invalid: []string{"", "1a", "a b", `"a"`, "é"}},
	})
}
