package contract_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestRecordsMadeOfLists: what is made by a list of one is found, listed once, and gone when it is deleted.
func TestRecordsMadeOfLists(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "fleets.yaml"))
	names := map[string]bool{}
	for _, o := range v.result.Outcomes {
		names[o.Check.Name] = true
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	for _, want := range []string{
		"makeShips answers with the new id", "makeShips makes a record that getShip finds with what was sent",
		"makeShips makes a record that listShips lists once", "makeShips refuses a body without Ships",
		"createShips makes a record that getShip finds with what was sent",
		"makePorts makes a record that getPort finds with what was sent", "makePorts makes a record that listPorts lists once",
		"changePorts body.depth is updated and the others stay", "endShip deletes a record, so that getShip has no success",
	} {
		if !names[want] {
			t.Errorf("there is no check %q", want)
		}
	}
}
