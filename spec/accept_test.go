package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ offers, accept, want string }{
		{"application/xml application/json", "", "application/json"},
		{"application/xml text/plain", "", "application/xml"},
		{"application/xml application/json", "*/*", "application/json"},
		{"application/xml application/json", "application/xml", "application/xml"},
		{"application/xml application/json", "application/*", "application/json"},
		{"application/xml application/json", "application/json;q=0.5, application/xml", "application/xml"},
		{"application/xml application/json", "application/json;q=0.5, */*;q=0.1", "application/json"},
		{"application/xml application/json", "application/json;q=0, */*", "application/xml"},
		{"application/json", "application/json;q=0", "none"},
		{"application/json", "text/html", "none"},
		{"application/json", "text/html, *;q=0.1", "application/json"},
		{"application/json", "APPLICATION/JSON; charset=UTF-8", "application/json"},
		{"application/json", "application/json;version=2", "none"},
		{"application/json;version=2 application/json;version=1", "application/json;version=1", "application/json;version=1"},
		{"application/json", `text/x;a=",application/json"`, "none"},
		{"application/json", "nonsense, application/json", "application/json"},
		{"application/json", "nonsense", "application/json"},
		{"application/*", "", "application/json"},
		{"*/*", "text/plain", "text/plain"},
		{"image/*", "image/webp", "image/webp"},
		{"", "text/html", "nothing offered"},
	} {
		var content []*spec.MediaType
		for name := range strings.FieldsSeq(c.offers) {
			content = append(content, &spec.MediaType{Type: name})
		}
		var accept []string
		if c.accept != "" {
			accept = []string{c.accept}
		}
		m, ok := spec.Negotiate(content, accept, (*spec.MediaType).Readable)
		got := "none"
		switch {
		case m != nil:
			got = m.Type
		case ok:
			got = "nothing offered"
		}
		if got != c.want {
			t.Errorf("%s for %q: %s, want %s", c.offers, c.accept, got, c.want)
		}
	}
}
