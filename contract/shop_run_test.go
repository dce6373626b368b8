package contract_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// runShop runs the suite strictly against a server of the shop document, over real TCP, and puts everything back.
func runShop(t *testing.T, s http.Handler, only ...string) *contract.Result {
	t.Helper()
	srv := httptest.NewServer(s)
	defer srv.Close()
	target := contract.Target{URL: srv.URL, Header: http.Header{"X-Key": {shopKey}}}
	r, err := contract.NewRunner(shopDoc(), target, contract.Settings{Strict: true, Only: only})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RunRestoring(t.Context(), filepath.Join(t.TempDir(), "undo"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// passed is the status that an outcome should have where nothing is wrong.
func passed(contract.Outcome) contract.Status { return contract.Passed }
