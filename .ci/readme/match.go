package main

import "strings"

const (
	anyLines = "..."
	anyText  = "[..]"
)

// matches reports whether got is what want shows.
func matches(want, got []string) bool {
	for len(want) > 0 && want[0] != anyLines {
		if len(got) == 0 || !matchesLine(want[0], got[0]) {
			return false
		}
		want, got = want[1:], got[1:]
	}
	if len(want) == 0 {
		return len(got) == 0
	}
	for i := 0; i <= len(got); i++ {
		if matches(want[1:], got[i:]) {
			return true
		}
	}
	return false
}

// begins reports whether the first lines of got are what want shows.
func begins(want, got []string) bool {
	return matches(append(want[:len(want):len(want)], anyLines), got)
}

func matchesLine(want, got string) bool {
	parts := strings.Split(want, anyText)
	if len(parts) == 1 {
		return want == got
	}
	got, ok := strings.CutPrefix(got, parts[0])
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(got, part)
		got, ok = after, ok && found
	}
	return ok && strings.HasSuffix(got, parts[len(parts)-1])
}

// splitLines are the lines of an output, without the empty ones at its end. A carriage return before a line's end, as
// HTTP has it, cannot be seen in a README and does not count.
func splitLines(output string) []string {
	output = strings.TrimRight(strings.ReplaceAll(output, "\r\n", "\n"), "\n")
	if output == "" {
		return nil
	}
	return strings.Split(output, "\n")
}

// difference shows both sides.
func difference(want, got []string) string {
	var b strings.Builder
	b.WriteString("want:\n")
	for _, l := range want {
		b.WriteString("  " + l + "\n")
	}
	b.WriteString("got:\n")
	for _, l := range got {
		b.WriteString("  " + l + "\n")
	}
	return b.String()
}
