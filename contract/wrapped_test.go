package contract_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// wrappedDocument has its records in a member of every body.
func wrappedDocument(t *testing.T) *spec.Document {
	t.Helper()
	src, err := spec.ReadSource(filepath.Join("testdata", "wrapped.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wrappedRunner tries a document against its own mock behind a handler.
func wrappedRunner(t *testing.T, before func(http.Handler) http.Handler, set contract.Settings) (*contract.Runner, string) {
	t.Helper()
	d := wrappedDocument(t)
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(before(mock))
	t.Cleanup(srv.Close)
	target := contract.Target{URL: srv.URL + mock.BasePath(), IDs: map[string][]string{}}
	for _, r := range d.Resources {
		target.IDs[r.Name] = mock.KnownIDs(r, 2)
	}
	set.MaxTime, set.Timeout = time.Hour, time.Minute
	r, err := contract.NewRunner(d, target, set)
	if err != nil {
		t.Fatal(err)
	}
	return r, target.URL + "/users/" + target.IDs["users"][0]
}

// TestWrappedBodies: records in a member of the body are made, changed and looked for as bare ones, and no check is left
// out for it.
func TestWrappedBodies(t *testing.T) {
	t.Parallel()
	v := verifyOwnMock(t, filepath.Join("testdata", "wrapped.yaml"))
	names := map[string]bool{}
	for _, o := range v.result.Outcomes {
		names[o.Check.Name] = true
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	for _, want := range []string{
		"patchUser body.age is updated and the others stay", "putUser body.email lasts", "putTask body.done is updated and the others stay",
		"makeUser makes a record that getUser finds with what was sent", "patchUser body.age refuses what is beyond boundaries",
		"makeUser refuses a body without user", "putUser refuses a body without user", "putTask accepts the published examples",
	} {
		if !names[want] {
			t.Errorf("there is no check %q", want)
		}
	}
}

// rewriting changes the bodies of one method on their way to a server.
func rewriting(method string, change func(string) string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method == method && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && bytes.HasSuffix(body, []byte("}}")) {
				body = []byte(change(string(body)))
				r.ContentLength = int64(len(body))
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}
}

// TestWrappedFaults: a server that does not look into the member is found out, and what it is told of is where it was sent.
func TestWrappedFaults(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		method, check, rule, pointer string
		change                       func(string) string
	}{
		{"PATCH", "patchUser body.age is updated and the others stay", "echo", "/age", func(string) string { return `{"user":{}}` }},
		{"PATCH", "patchUser body.age lasts", "lasts", "/age", func(string) string { return `{"user":{}}` }},
		{
			"PATCH", "patchUser body.age refuses what is beyond boundaries", "minimum", "/user/age",
			func(string) string { return `{"user":{}}` },
		},
		{"POST", "makeUser makes a record that getUser finds with what was sent", "created", "/name", func(string) string {
			return `{"user":{"name":"Nobody","email":"nobody@example.com"}}`
		}},
	} {
		r, _ := wrappedRunner(t, rewriting(f.method, f.change), contract.Settings{NoRestore: true, Only: []string{f.check}})
		res := r.RunAll(t.Context(), nil)
		found := ""
		for _, g := range res.Outcomes[0].Findings {
			found += fmt.Sprintln(g.Rule, g.Pointer)
		}
		if !strings.Contains(found, f.rule+" "+f.pointer+"\n") {
			t.Errorf("%s: %s, with %q", f.check, res.Outcomes[0].Status, found)
		}
	}
}

// TestWrappedRecordsArePutBack: after a run they are as they were.
func TestWrappedRecordsArePutBack(t *testing.T) {
	t.Parallel()
	r, at := wrappedRunner(t, func(h http.Handler) http.Handler { return h }, contract.Settings{
		Only: []string{"patchUser *", "putUser *", "putTask *", "makeTask *"},
	})
	before := read(t, at)
	res, err := r.RunRestoring(t.Context(), filepath.Join(t.TempDir(), "undo.jsonl"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range res.Outcomes {
		if o.Status == contract.Failed || o.Status == contract.NotRun {
			t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
		}
	}
	if !res.Restored.Complete() {
		t.Error(res.Restored)
	}
	if after := read(t, at); after != before {
		t.Errorf("put back as %s, was %s", after, before)
	}
}

func read(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	return string(body)
}
