package strictjson

import (
	"strings"
	"testing"
)

// stringEndSlowly looks at one byte after the other.
func stringEndSlowly(text string, at int) int {
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(text)
}

func plainEndSlowly(text string, at int) int {
	for at < len(text) && text[at] != '"' && text[at] != '\\' && text[at] >= ' ' && text[at] < 0x80 {
		at++
	}
	return at
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{
		``, `"`, `""`, `"a"`, `"longer than eight bytes" and more`, `"ends in an escape\`, `"\\\\\\\\\\\\\\"x`, `"12345\"78"`, `"1234567\"9"`,
		"\"!#[]^`\x1f\x00\x7f\x80\xff12345678\"", "\"\u00e9\u4e16\u754c 123\"", `"#!"#!"#!"`, "\"\x01\x00\x21\x22\x23\"",
	} {
		f.Add(s, 0)
		f.Add(strings.Repeat("x", 5)+s, 5)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at >= len(text) {
			t.Skip()
		}
		want := stringEndSlowly(text, at)
		if got := StringEnd(text, at); got != want {
			t.Errorf("%q from %d ends at %d, want %d", text, at, got, want)
		}
		if got := StringEnd([]byte(text), at); got != want {
			t.Errorf("the bytes of %q from %d end at %d, want %d", text, at, got, want)
		}
		plain := plainEndSlowly(text, at)
		if got := PlainEnd(text, at); got > plain || got < plain && got+8 <= len(text) {
			t.Errorf("%q from %d is plain up to %d, want %d", text, at, got, plain)
		}
	})
}
