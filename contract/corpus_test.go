package contract_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// corpus are the public documents beside the project, those that several others refer to by one of them.
func corpus(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "corpus")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skipf("there is no corpus of documents at %s", dir)
	}
	var out []string
	for _, e := range entries {
		if slices.Contains([]string{".json", ".yaml"}, filepath.Ext(e.Name())) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// TestCorpus verifies each document against its own mock: there is no failure, and no operation is left out without a
// reason.
func TestCorpus(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := spec.ReadSource(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			d, err := spec.Load(src)
			if err != nil {
				t.Fatal(err)
			}
			verifyOwnMock(t, d)
		})
	}
}

func verifyOwnMock(t *testing.T, d *spec.Document) {
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	defer srv.Close()
	ids := map[string][]string{}
	for _, r := range d.Resources {
		if r.Parent == nil {
			ids[r.Name] = mock.KnownIDs(r, 3)
		}
	}
	r, err := contract.NewRunner(d, contract.Target{
		URL: srv.URL + mock.BasePath(), IDs: ids, Credentials: (*spec.Operation).DemoCredentials,
	}, contract.Settings{
		NoRestore: true, MaxRequests: 4000,
	})
	if err != nil {
		t.Fatal(err)
	}
	res := r.RunAll(t.Context(), nil)
	ran := map[string]bool{}
	for _, o := range res.Outcomes {
		if o.Status != contract.Skipped && o.Status != contract.NotRun {
			ran[o.Check.Operation] = true
		}
		if o.Status == contract.Failed || o.Status == contract.Warned {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	n := 0
	for _, op := range d.Operations {
		if ran[op.ID] {
			n++
		}
	}
	t.Logf("%d of %d operations, %d checks, %d requests, %s; %d failed, %d warned, %d skipped, %d not run", n, len(d.Operations),
		len(res.Outcomes), res.Requests, res.Took, res.Count(contract.Failed), res.Count(contract.Warned),
		res.Count(contract.Skipped), res.Count(contract.NotRun))
}
