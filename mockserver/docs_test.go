package mockserver

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var rewrite = flag.Bool("update", false, "write the generated documentation anew")

// docs/problems.md is made of the table of refusals, so that a problem's type leads to what it means.
func TestProblemsAreDocumented(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Refusals\n\nEvery request that the mock refuses is answered with `application/problem+json` (RFC 9457), " +
		"unless the document\ndeclares an answer of its own for the status. The `type` of a problem leads to its section here; " +
		"`errors` lists findings.\nRefusals are looked for in this order, and the first that applies is the answer.\n\n" +
		"This page is generated from the table in `mockserver/problems.go` (`go test ./mockserver -run Documented -update`).\n")
	for _, p := range Problems() {
		status := fmt.Sprint(p.Status)
		if p.Status == 0 {
			status = "as asked for"
		}
		fmt.Fprintf(&b, "\n## %s\n\n**%s**, status %s. %s\n", p.Reason, p.Title, status, p.Meaning)
	}
	const path = "../docs/problems.md"
	if *rewrite {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Errorf("%s is not what the table says; run go test ./mockserver -run Documented -update", path)
	}
}
