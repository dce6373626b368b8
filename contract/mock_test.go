package contract_test

import (
	"net/http/httptest"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

func TestMock(t *testing.T) {
	p, o := spec.Embedded()
	d, err := spec.Load(p, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	ids := map[string][]string{}
	for _, r := range d.Resources {
		ids[r.Name] = s.KnownIDs(r, 3)
	}
	r, err := contract.NewRunner(d, contract.Target{URL: srv.URL + s.BasePath(), IDs: ids}, contract.Settings{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	res := r.RunAll(t.Context(), nil)
	for _, o := range res.Outcomes {
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
			for _, st := range o.Steps {
				t.Logf("   %s %s %.200s -> %+v", st.Note, st.URL, st.Request.Body, st.Answer.Status)
			}
		} else {
			t.Log(o.Check.Name, o.Check.Labels(), o.Took)
		}
	}
	t.Log(len(res.Outcomes), res.Requests, res.Took)
}
