package contract_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// commerce is the embedded document, loaded once: it is read-only.
var commerce = sync.OnceValue(func() *spec.Document {
	d, err := spec.Load(spec.Embedded())
	if err != nil {
		panic(err)
	}
	return d
})

// subject is a correct server that faults and variations are made of.
type subject struct {
	handler http.Handler
	base    string
	ids     map[string][]string
}

func theMock(t testing.TB) subject {
	t.Helper()
	s, err := mockserver.New(commerce())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string][]string{}
	for _, r := range commerce().Resources {
		ids[r.Name] = s.KnownIDs(r, 3)
	}
	return subject{s, s.BasePath(), ids}
}

func theIndependent(tw twist) subject {
	s := newIndependent()
	s.twist = tw
	return subject{s, "/api", s.ids()}
}

// run runs the suite against a handler over real TCP.
func run(t *testing.T, s subject, set contract.Settings) *contract.Result {
	t.Helper()
	srv := httptest.NewServer(s.handler)
	defer srv.Close()
	target, d := contract.Target{URL: srv.URL + s.base, IDs: s.ids}, commerce()
	if _, ok := s.handler.(*shop); ok {
		d, target.Header = shopDoc(), http.Header{"X-Key": {shopKey}}
	}
	return runTarget(t, d, target, set)
}

func runTarget(t *testing.T, d *spec.Document, target contract.Target, set contract.Settings) *contract.Result {
	t.Helper()
	r, err := contract.NewRunner(d, target, set)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r.RunAll(t.Context(), nil)
}

// TestCorrectServers: nothing is found, at any level, where nothing is wrong.
func TestCorrectServers(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]subject{"mock": theMock(t), "independent": theIndependent(twist{})} {
		t.Run(name, func(t *testing.T) {
			res := run(t, s, contract.Settings{Strict: true})
			for _, o := range res.Outcomes {
				if o.Status != contract.Passed {
					t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
				}
			}
			t.Logf("%d checks, %d requests, %s", len(res.Outcomes), res.Requests, res.Took)
		})
	}
}

// story is what an outcome found and which requests led there.
func story(o contract.Outcome) string {
	out := ""
	for _, f := range o.Findings {
		out += "\n  " + f.String()
	}
	for _, st := range o.Steps {
		out += "\n    " + st.Note + ": " + spec.Clip(string(st.Request.Body))
		if st.Answer != nil {
			out += " -> " + http.StatusText(st.Answer.Status) + " " + spec.Clip(string(st.Answer.Body))
		}
	}
	return out
}
