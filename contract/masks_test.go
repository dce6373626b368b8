package contract_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestChangesThatNameTheirMembers: a mask that is required names what the body has, and none is made up.
func TestChangesThatNameTheirMembers(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "masks.yaml"))
	names := map[string]bool{}
	for _, o := range v.result.Outcomes {
		names[o.Check.Name] = true
		if o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	if want := "updateRack body.theme is updated and the others stay"; !names[want] {
		t.Errorf("there is no check %q", want)
	}
}
