package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/mockserver"
)

// A document of many operations is announced by the first few; the help page names all.
func TestServeTellsAFewOfMany(t *testing.T) {
	t.Parallel()
	var doc strings.Builder
	doc.WriteString("openapi: 3.1.0\ninfo: {title: Many, version: \"1\"}\npaths:\n")
	const many = mockserver.FewExamples + 3
	for i := range many {
		fmt.Fprintf(&doc, "  /p%d: {get: {responses: {\"200\": {description: ok}}}}\n", i)
	}
	path := filepath.Join(t.TempDir(), "many.yaml")
	if err := os.WriteFile(path, []byte(doc.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	said := start(t, path).ready()
	if n := len(curls(said)); n != mockserver.FewExamples || !strings.Contains(said, "and 3 more operations.\n") {
		t.Errorf("%d examples: %s", n, said)
	}
	status, page := do(t, http.MethodGet, labelled(t, said, "API"), "", nil)
	if n := strings.Count(page, "GET /p"); status != http.StatusOK || n != many {
		t.Errorf("%d: the page names %d operations of %d:\n%s", status, n, many, page)
	}
}
