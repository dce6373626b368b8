package contract_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// Servers of records whose id is in a member of theirs are found out as others are.
func TestFaultsWithAnIDInAMember(t *testing.T) {
	t.Parallel()
	d := loadStyle(t, "kubernetes")
	for name, c := range map[string]struct {
		kind  contract.Kind
		rule  string
		fault func(w http.ResponseWriter, r *http.Request, mock http.Handler)
	}{
		"answers an update with another id": {contract.Updates, "id", answeringOther(http.MethodPut, "name")},
		"makes records of other ids":        {contract.Creates, "created", answeringOther(http.MethodPost, "name")},
		"ends no record": {contract.Deletes, "deleted", func(w http.ResponseWriter, r *http.Request, mock http.Handler) {
			if r.Method == http.MethodDelete {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte("{}"))
				return
			}
			mock.ServeHTTP(w, r)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, err := mockserver.New(d)
			if err != nil {
				t.Fatal(err)
			}
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.fault(w, r, mock) }))
			defer srv.Close()
			r, err := contract.NewRunner(d, contract.Target{URL: srv.URL + mock.BasePath()}, contract.Settings{NoRestore: true})
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, o := range r.RunAll(t.Context(), nil).Outcomes {
				for _, f := range o.Findings {
					if o.Check.Kind == c.kind && f.Rule == c.rule {
						return
					}
					found = append(found, fmt.Sprint(o.Check.Kind, " ", f.Rule))
				}
			}
			t.Errorf("no check of kind %s says %s: %q", c.kind, c.rule, found)
		})
	}
}

// answeringOther is a server that answers a method on jobs with a member of metadata that is another.
func answeringOther(method, member string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, mock http.Handler) {
		if r.Method != method || !strings.Contains(r.URL.Path, "/jobs") {
			mock.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		mock.ServeHTTP(rec, r)
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
		w.WriteHeader(rec.Code)
		_, _ = w.Write(bytes.Replace(rec.Body.Bytes(), []byte(`"`+member+`":"`), []byte(`"`+member+`":"x`), 1))
	}
}

func loadStyle(t *testing.T, name string) *spec.Document {
	t.Helper()
	src, err := spec.ReadSource(filepath.Join("testdata", "styles", name+".yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
