package contract_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestRecordsInListsOfOne: records that are shown and sent as the only one of a list are made, changed and looked for as
// bare ones, and no check is left out for it.
func TestRecordsInListsOfOne(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "rows.yaml"))
	names := map[string]bool{}
	for _, o := range v.result.Outcomes {
		names[o.Check.Name] = true
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	for _, want := range []string{
		"changeBoat body.Length is updated and the others stay", "putBerth body.depth lasts", "changeBoat refuses a body without Boats",
		"makeBoat makes a record that getBoat finds with what was sent", "patchBerth body.depth refuses what is beyond boundaries",
		"deleteBoat deletes a record, so that getBoat has no success",
	} {
		if !names[want] {
			t.Errorf("there is no check %q", want)
		}
	}
	if names["putBerth refuses a body without 0"] {
		t.Error("the place of a record in a list is taken for a member")
	}
}
