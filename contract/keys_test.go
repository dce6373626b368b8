package contract_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestRecordsWithIDsOfTheirOwn: bodies that hold the id of what they make have another each time, so that every creation
// is tried and none clashes with one before.
func TestRecordsWithIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "keys.yaml"))
	for _, o := range v.result.Outcomes {
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
		}
	}
	sent := map[string]bool{}
	for _, o := range v.result.Outcomes {
		for _, s := range o.Steps {
			if s.Request.Operation == nil || s.Request.Operation.ID != "createCoupon" || s.Answer.Status != 201 {
				continue
			}
			_, after, _ := strings.Cut(string(s.Answer.Body), `"code":"`)
			code, _, _ := strings.Cut(after, `"`)
			if sent[code] {
				t.Errorf("%s was made twice", code)
			}
			sent[code] = true
		}
	}
	if len(sent) < 10 {
		t.Errorf("only %d coupons were made", len(sent))
	}
}
