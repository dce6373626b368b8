package contract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// deployed is a mock that stands for somebody's deployment: nothing is known of it but its URL and the credentials.
type deployed struct {
	doc *spec.Document
	srv *httptest.Server
	// at is asked about each request to the API, counted from 1, before it is answered.
	at func(n int64, r *http.Request)
	n  atomic.Int64
}

func deploy(t *testing.T, d *spec.Document) *deployed {
	t.Helper()
	s, err := mockserver.New(d, mockserver.WithCount(30))
	if err != nil {
		t.Fatal(err)
	}
	out := &deployed{doc: d}
	out.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) < 3 || r.URL.Path[:3] != "/__" {
			if n := out.n.Add(1); out.at != nil {
				out.at(n, r)
			}
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(out.srv.Close)
	return out
}

// state is every record of every resource, in order, as text.
func (d *deployed) state(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, r := range d.doc.Resources {
		for {
			page := d.page(t, r.Name, len(out[r.Name]))
			out[r.Name] = append(out[r.Name], page...)
			if len(page) == 0 {
				break
			}
		}
	}
	return out
}

func (d *deployed) page(t *testing.T, resource string, offset int) []string {
	t.Helper()
	res, err := d.srv.Client().Get(fmt.Sprintf("%s/__understudy/resources/%s/records?limit=100&offset=%d", d.srv.URL, resource, offset))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	var list struct{ Records []json.RawMessage }
	if err != nil || json.Unmarshal(text, &list) != nil {
		t.Fatalf("%s: %s %v", resource, text, err)
	}
	var out []string
	for _, rec := range list.Records {
		out = append(out, string(encode(plain(rec))))
	}
	return out
}

// TestDeploymentsAreLeftAsFound: whatever a run was like and however it ended, every collection is as it was: the same
// records, in the same order, with the same values.
func TestDeploymentsAreLeftAsFound(t *testing.T) {
	t.Parallel()
	docs := map[string]func(*testing.T) *spec.Document{"nested": func(*testing.T) *spec.Document { return shopDoc() }}
	for _, name := range []string{"petstore-v3.yaml", "museum.yaml", "http-patch-spring.json", "stateful-users.yaml"} {
		docs[name] = func(t *testing.T) *spec.Document {
			t.Helper()
			src, err := spec.ReadSource(filepath.Join("..", "..", "shared", "corpus", name), nil)
			if err != nil {
				t.Skipf("there is no corpus of documents: %v", err)
			}
			d, err := spec.Load(src)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
	}
	for name, read := range docs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := read(t)
			for _, c := range waysToEnd(d) {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					leftAsFound(t, d, c)
				})
			}
		})
	}
}

// ending is how a run ends.
type ending struct {
	name string
	set  contract.Settings
	// stop: the run is interrupted at the first request from the nth on that is of this method; "" for any.
	nth    int64
	method string
}

func waysToEnd(d *spec.Document) []ending {
	out := []ending{
		{name: "whole"},
		{name: "budget of requests", set: contract.Settings{MaxRequests: 100}},
		{name: "budget of time", set: contract.Settings{MaxTotal: 20 * time.Second, Clock: ticking()}},
		{name: "interrupted", nth: 60},
		{name: "interrupted later", nth: 200},
	}
	for _, op := range d.Operations {
		if op.Action == spec.ActionCreate {
			return append(out, ending{name: "interrupted while a record is made", nth: 30, method: http.MethodPost})
		}
	}
	return out
}

func leftAsFound(t *testing.T, d *spec.Document, c ending) {
	t.Helper()
	srv := deploy(t, d)
	before := srv.state(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	srv.at = func(n int64, r *http.Request) {
		if c.nth > 0 && n >= c.nth && (c.method == "" || c.method == r.Method) {
			cancel()
		}
	}
	set := c.set
	set.MaxTime, set.Timeout = time.Hour, time.Minute
	target := contract.Target{URL: srv.srv.URL + d.BasePath, Credentials: (*spec.Operation).DemoCredentials}
	r, err := contract.NewRunner(d, target, set)
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RunRestoring(ctx, filepath.Join(t.TempDir(), "undo"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !res.Restored.Complete() {
		t.Errorf("not complete: %s", res.Restored)
	}
	made := false
	for _, o := range res.Outcomes {
		for _, s := range o.Steps {
			made = made || s.Answer != nil && s.Answer.Status < 300 && s.Request.Method != http.MethodGet
		}
	}
	if c.nth == 0 && !made {
		t.Error("nothing was changed in the first place")
	}
	after := srv.state(t)
	for name, was := range before {
		if len(was) != len(after[name]) {
			t.Errorf("%s: there were %d, there are %d, the last %s", name, len(was), len(after[name]), after[name][len(after[name])-1])
			continue
		}
		for i := range was {
			if was[i] != after[name][i] {
				t.Errorf("%s: it was\n%s\nand is\n%s", name, was[i], after[name][i])
			}
		}
	}
}
