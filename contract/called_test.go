package contract_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
)

// TestMembersCalledOtherwise: of a server whose bodies call members otherwise than its records do, what was sent is looked
// for by the record's names.
func TestMembersCalledOtherwise(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/called.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := docOf(t, string(text))
	run := func(forget string) map[string]contract.Outcome {
		mock, err := mockserver.New(d)
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if forget != "" && r.Method == forget {
				_, _ = io.Copy(io.Discard, r.Body)
				r = r.Clone(r.Context())
				r.Body, r.ContentLength = http.NoBody, 0
			}
			mock.ServeHTTP(w, r)
		}))
		defer srv.Close()
		r, err := contract.NewRunner(d, contract.Target{URL: srv.URL}, contract.Settings{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]contract.Outcome{}
		for _, o := range r.RunAll(t.Context(), nil).Outcomes {
			out[o.Check.Name] = o
		}
		return out
	}
	for name, o := range run("") {
		if o.Status != contract.Passed && o.Status != contract.Skipped {
			t.Errorf("%s: %s%s", name, o.Status, story(o))
		}
	}
	posts := run(http.MethodPost)
	for _, name := range []string{"createLamp makes a record that getLamp finds with what was sent", "updateLamp shows what was sent under other names or in a form"} {
		if o := posts[name]; o.Status != contract.Warned || !strings.Contains(story(o), "display_name") {
			t.Errorf("forgetting what is posted, %s: %s%s", name, o.Status, story(o))
		}
	}
	for name, o := range run(http.MethodPatch) {
		if strings.HasPrefix(name, "patchLamp") && strings.Contains(name, "isplay") {
			t.Errorf("what likeness tells alone is checked by %s: %s", name, o.Status)
		}
		if name == "patchLamp shows what was sent under other names or in a form" && o.Status != contract.Warned {
			t.Errorf("forgetting what is patched, %s: %s%s", name, o.Status, story(o))
		}
	}
}
