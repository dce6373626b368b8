package contract_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// TestContract is the suite itself, as Ginkgo specs: against a mock in process, or against any target that the
// environment names:
//
//	UNDERSTUDY_TARGET=http://127.0.0.1:4010/api UNDERSTUDY_ID='calls=ID,ID meetings=ID,ID' go test ./contract -run TestContract
//
// UNDERSTUDY_DOCUMENT names another document, UNDERSTUDY_HEADER adds one header. Records are used and not put back here:
// understudy verify does that.
func TestContract(t *testing.T) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	d, target := aimed(t)
	r, err := contract.NewRunner(d, target, contract.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Tree(nil)
	ginkgo.RunSpecs(t, "contract of "+d.Title)
}

// aimed is the document and the target that the environment asks for; without it the embedded document and a mock.
func aimed(t *testing.T) (*spec.Document, contract.Target) {
	t.Helper()
	published, overlay := spec.Embedded()
	sources := []spec.Source{overlay}
	if name := os.Getenv("UNDERSTUDY_DOCUMENT"); name != "" {
		var err error
		if published, err = spec.ReadSource(name, os.Stdin); err != nil {
			t.Fatal(err)
		}
		sources = nil
	}
	d, err := spec.Load(published, sources...)
	if err != nil {
		t.Fatal(err)
	}
	target := contract.Target{URL: os.Getenv("UNDERSTUDY_TARGET"), Header: http.Header{}, IDs: map[string][]string{}}
	if name, value, ok := strings.Cut(os.Getenv("UNDERSTUDY_HEADER"), ":"); ok {
		target.Header.Set(name, strings.TrimSpace(value))
	}
	for _, pair := range strings.Fields(os.Getenv("UNDERSTUDY_ID")) {
		name, ids, _ := strings.Cut(pair, "=")
		target.IDs[name] = strings.Split(ids, ",")
	}
	if target.URL != "" {
		return d, target
	}
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	t.Cleanup(srv.Close)
	target.URL = srv.URL + mock.BasePath()
	for _, r := range d.Resources {
		target.IDs[r.Name] = mock.KnownIDs(r, 3)
	}
	return d, target
}
