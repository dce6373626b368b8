package contract_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestChangesThatNeedACondition: what has to say which state it is for is sent with one, and checked as anything else.
func TestChangesThatNeedACondition(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "conditions.yaml"))
	names := map[string]bool{}
	for _, o := range v.result.Outcomes {
		names[o.Check.Name] = true
		if o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	for _, want := range []string{
		"changeNote body.text is updated and the others stay", "endNote deletes a record, so that getNote has no success",
		"changeNote header.If-Match refuses that it is missing",
	} {
		if !names[want] {
			t.Errorf("there is no check %q", want)
		}
	}
}
