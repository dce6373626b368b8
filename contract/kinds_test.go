package contract_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestUnionsAreTriedWhole: bodies of every kind are built whole, so that hardly a check of a document full of unions is
// left out, and the mock of it takes them all.
func TestUnionsAreTriedWhole(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "kitchen.yaml"))
	for _, o := range v.result.Outcomes {
		if o.Status == contract.Warned {
			t.Errorf("%s: %s", o.Check.Name, o.Findings[0])
		}
	}
	if n := v.result.Count(contract.Skipped); n > 8 {
		t.Errorf("%d checks are left out", n)
	}
	if left := v.result.LeftOut(); len(left) > 0 {
		t.Errorf("left out: %v", left)
	}
}
