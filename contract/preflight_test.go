package contract_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// unreachable runs the suite and returns the sentence with which it gives up; nothing may be left, and no undo file.
func unreachable(t *testing.T, doc *spec.Document, target contract.Target, set contract.Settings) string {
	t.Helper()
	r, err := contract.NewRunner(doc, target, set)
	if err != nil {
		t.Fatal(err)
	}
	undo := filepath.Join(t.TempDir(), "undo")
	res, err := r.RunRestoring(t.Context(), undo, nil)
	if !contract.IsUnreachable(err) || res != nil {
		t.Fatalf("%v, result %v", err, res)
	}
	if _, err := os.Stat(undo); err == nil {
		t.Error("an undo file is left")
	}
	return err.Error()
}

// TestPreflightOfATargetThatIsDown: nothing is made, and one sentence says why.
func TestPreflightOfATargetThatIsDown(t *testing.T) {
	t.Parallel()
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	plain := httptest.NewServer(newShop(shopTwist{}))
	t.Cleanup(plain.Close)
	for name, c := range map[string]struct{ url, want string }{
		"nobody listens":       {down.URL, "cannot be reached: "},
		"https spoken to http": {"https" + strings.TrimPrefix(plain.URL, "http"), "HTTP response to HTTPS client"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := unreachable(t, shopDoc(), contract.Target{URL: c.url}, contract.Settings{})
			if !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
				t.Error(got)
			}
		})
	}
}

// TestPreflightOfASilentTarget: one that never answers ends the run with its budget of time.
func TestPreflightOfASilentTarget(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(end) })
	got := unreachable(t, shopDoc(), contract.Target{URL: srv.URL}, contract.Settings{Timeout: time.Hour, MaxTotal: 50 * time.Millisecond})
	if !strings.Contains(got, "--max-time-total") {
		t.Error(got)
	}
}

// TestPreflightOfAWrongBasePath: it is told before anything is sent that could make a record.
func TestPreflightOfAWrongBasePath(t *testing.T) {
	t.Parallel()
	var unsafe atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			unsafe.Add(1)
		}
		if r.URL.Path != "/v1/notes" {
			http.NotFound(w, r)
			return
		}
		say(w, http.StatusOK, []object{})
	}))
	t.Cleanup(srv.Close)
	got := unreachable(t, namedDoc(t), contract.Target{URL: srv.URL}, contract.Settings{})
	if want := "did you mean --target " + srv.URL + "/v1?"; !strings.HasSuffix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
	if n := unsafe.Load(); n > 0 {
		t.Errorf("%d requests were sent that may change something", n)
	}
}

// counting counts the requests that leave.
type counting struct{ n atomic.Int64 }

func (c *counting) RoundTrip(req *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return http.DefaultTransport.RoundTrip(req)
}

// TestPuttingBackStopsWhenNobodyAnswers: in a run whose time is bounded a target that went away is asked for one record
// and not for each; what is left is told.
func TestPuttingBackStopsWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(newShop(shopTwist{}))
	t.Cleanup(srv.Close)
	sent := &counting{}
	target := contract.Target{URL: srv.URL, Header: http.Header{"X-Key": {shopKey}}, Transport: sent}
	r, err := contract.NewRunner(shopDoc(), target, contract.Settings{MaxTotal: time.Hour, Only: []string{"getGood accepts a valid request"}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.Restoring(t.Context(), filepath.Join(t.TempDir(), "undo"), func() *contract.Result {
		out := r.RunAll(t.Context(), nil)
		if what := r.Remaining(); !strings.Contains(what, "deleting those that were made (4), for at most 1m40s") {
			t.Error(what)
		}
		srv.Close()
		sent.n.Store(0)
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := sent.n.Load(); n > 5 {
		t.Errorf("the target was asked %d times", n)
	}
	if len(res.Restored.Records) != 4 || res.Restored.Complete() {
		t.Error(res.Restored)
	}
}

// TestRefusedCreationsMadeNothing: a creation that is answered with 501 or 4xx, or never arrives, leaves nothing to tell.
func TestRefusedCreationsMadeNothing(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(w http.ResponseWriter){
		"501": func(w http.ResponseWriter) { say(w, http.StatusNotImplemented, object{"error": "no"}) },
		"422": func(w http.ResponseWriter) { say(w, http.StatusUnprocessableEntity, object{"error": "no"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newShopStand(t, shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost {
					refuse(w)
				}
				return r.Method == http.MethodPost
			}})
			res, err := st.runner(t, contract.Settings{Only: []string{"createShop"}, MaxRequests: 60}).RunRestoring(t.Context(), st.undo, nil)
			if err != nil {
				t.Fatal(err)
			}
			st.clean(t, res.Restored)
		})
	}
}

// TestRefusedConnectionsMakeNothing: what was sent to a target that went away meanwhile never arrived.
func TestRefusedConnectionsMakeNothing(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(newShop(shopTwist{}))
	t.Cleanup(srv.Close)
	target := contract.Target{
		URL: srv.URL, Header: http.Header{"X-Key": {shopKey}}, Transport: &http.Transport{DisableKeepAlives: true},
	}
	r, err := contract.NewRunner(shopDoc(), target, contract.Settings{Only: []string{"createShop accepts*"}})
	if err != nil {
		t.Fatal(err)
	}
	undo := filepath.Join(t.TempDir(), "undo")
	res, err := r.Restoring(t.Context(), undo, func() *contract.Result {
		srv.Close()
		return r.RunAll(t.Context(), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !res.Restored.Complete() || res.Count(contract.NotRun) == 0 {
		t.Error(res.Restored, res.Outcomes)
	}
	if _, err := os.Stat(undo); err == nil {
		t.Error("an undo file is left")
	}
}
