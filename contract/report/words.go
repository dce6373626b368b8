package report

import (
	"fmt"
	"net/http"
	"strings"
)

// statusLine is a status for people: "404 Not Found".
func statusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// sentence is a cause in one line.
func (c cause) sentence() string {
	f := c.Finding
	return fmt.Sprintf("%s: expected %s, got %s", messagePlace(f), f.Expected, f.Actual)
}

// details are what there is to say of a cause besides its sentence, one fact a line.
func (c cause) details() string {
	var b strings.Builder
	f := c.Finding
	fmt.Fprintf(&b, "rule %s (%s) at %s\n", f.Rule, f.Level, f.Document)
	if f.Hint != "" {
		fmt.Fprintf(&b, "hint: %s\n", f.Hint)
	}
	for i, name := range c.Checks {
		if i == maxTextChecks {
			fmt.Fprintf(&b, "and %d more checks\n", len(c.Checks)-i)
			break
		}
		fmt.Fprintf(&b, "in: %s\n", name)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
