package contract_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// TestActionsOfNoKnownEffect: on a target off this machine they are not sent, unless that is asked for; with NoRestore or not.
// On this machine they are, save those that carry records where records are put back.
func TestActionsOfNoKnownEffect(t *testing.T) {
	t.Parallel()
	d := docOf(t, strings.Replace(endings, "paths:", `paths:
  /purge: {post: {operationId: purge, responses: {"204": {description: ok}}}}
  /import:
    post:
      operationId: import
      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Key"}}}}}
      responses: {"204": {description: ok}}
  /find: {get: {operationId: find, responses: {"204": {description: ok}}}}`, 1))
	for name, c := range map[string]struct {
		url  string
		set  contract.Settings
		want map[string]bool
	}{
		"far":              {"http://staging.example.com", contract.Settings{}, map[string]bool{"find": true}},
		"far, destructive": {"http://staging.example.com", contract.Settings{Destructive: true}, map[string]bool{"find": true, "purge": true, "import": true}},
		"here":             {"http://127.0.0.1:1", contract.Settings{}, map[string]bool{"find": true, "purge": true, "import": true}},
	} {
		r, err := contract.NewRunner(d, contract.Target{URL: c.url}, c.set)
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range r.Checks() {
			if op := check.Operation; check.Kind == contract.Accepts && op != "" && d.Operation(op).Resource == nil && (r.LeavesOut(check) == "") != c.want[op] {
				t.Errorf("%s: %s: left out: %q", name, check.Name, r.LeavesOut(check))
			}
		}
	}
	sent := map[string]bool{}
	srv := deploy(t, d)
	target := contract.Target{URL: srv.srv.URL, Credentials: (*spec.Operation).DemoCredentials}
	r, err := contract.NewRunner(d, target, contract.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RunRestoring(t.Context(), t.TempDir()+"/undo", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range res.Outcomes {
		if o.Check.Kind != contract.Unknown { // which asks for methods that are not there
			sent[o.Check.Operation] = sent[o.Check.Operation] || len(o.Steps) > 0
		}
		if o.Check.Operation == "import" && o.Check.Kind == contract.Accepts && !strings.HasPrefix(o.Reason, "it carries records of keys") {
			t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
		}
	}
	if !sent["purge"] || sent["import"] {
		t.Errorf("sent: %v", sent)
	}
}
