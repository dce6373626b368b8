package mockserver

import (
	"os"
	"testing"
)

// Errors whose items lead back to such a list have no end; what is told of them has. Without it the stack outgrew the process.
func TestErrorsWithinErrorsEnd(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/nested_errors.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, load(t, string(text)))
	for range 2 {
		if r := s.send("GET", "/things/none?many=x", ""); r.status != 422 && r.status != 404 {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
}
