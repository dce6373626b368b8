package contract_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// corpus are the public documents beside the project; of one that is a tree of files, the one that the others hang on.
func corpus(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "corpus")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skipf("there is no corpus of documents at %s", dir)
	}
	var out []string
	for _, e := range entries {
		if root := filepath.Join(dir, e.Name(), "openapi.yaml"); e.IsDir() {
			out = append(out, root)
		}
		if slices.Contains([]string{".json", ".yaml"}, filepath.Ext(e.Name())) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// many is from how many operations on a document has a budget of requests, and budget what it is: little in go test,
// more where everything is asked for.
const many = 60

func budget(d *spec.Document) int {
	switch {
	case len(d.Operations) < many:
		return 0
	case everything:
		return 3000
	}
	return 600
}

// verified is how the suite went against the mock of a document.
type verified struct {
	name   string
	doc    *spec.Document
	result *contract.Result
	ready  time.Duration
	memory uint64 // of the loaded document and its mock, in bytes
}

// TestCorpus verifies each document against its own mock: there is no failure, and no operation is left out without a
// reason.
func TestCorpus(t *testing.T) {
	var all []verified
	for _, file := range corpus(t) {
		t.Run(documentName(file), func(t *testing.T) {
			all = append(all, verifyOwnMock(t, file))
		})
	}
	if *update && !t.Failed() && len(all) == len(corpus(t)) {
		file := filepath.Join("..", "docs", "documents.md")
		if err := os.WriteFile(file, []byte(documentTable(all)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// documentName is a document's place in the corpus.
func documentName(file string) string {
	if base := filepath.Base(file); base != "openapi.yaml" {
		return base
	}
	return filepath.Base(filepath.Dir(file)) + "/openapi.yaml"
}

func verifyOwnMock(t *testing.T, file string) verified {
	before, start := heap(), time.Now()
	src, err := spec.ReadSource(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	v := verified{name: documentName(file), doc: d, ready: time.Since(start)}
	v.memory = heap() - min(before, heap())
	srv := httptest.NewServer(mock)
	defer srv.Close()
	target := contract.Target{
		URL: srv.URL + mock.BasePath(), IDs: map[string][]string{}, Credentials: (*spec.Operation).DemoCredentials,
	}
	for _, r := range d.Resources {
		if r.Parent == nil {
			n := uint64(3)
			if r.Find(spec.ActionCreate) == nil && r.Find(spec.ActionDelete) != nil {
				n = 40
			}
			target.IDs[r.Name] = mock.KnownIDs(r, n)
		}
	}
	// Time is not what is tested here.
	set := contract.Settings{NoRestore: true, MaxRequests: budget(d), MaxTime: time.Hour, Timeout: time.Minute}
	r, err := contract.NewRunner(d, target, set)
	if err != nil {
		t.Fatal(err)
	}
	v.result = r.RunAll(t.Context(), nil)
	for _, o := range v.result.Outcomes {
		switch o.Status {
		case contract.Failed:
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		case contract.Warned:
			t.Logf("%s: %s: %s", o.Check.Name, o.Status, o.Findings[0])
		}
	}
	for _, l := range v.result.LeftOut() {
		if l.Reason == "" {
			t.Errorf("%s is left out without a reason", l.Operation)
		}
		t.Logf("%s is left out: %s", l.Operation, l.Reason)
	}
	tried := map[string]bool{}
	for _, o := range v.result.Outcomes {
		tried[o.Check.Operation] = true
	}
	for _, op := range d.Operations {
		if !tried[op.ID] {
			t.Errorf("no check is about %s", op.ID)
		}
	}
	t.Logf("%d operations, %d checks, %d requests, %s", len(d.Operations), len(v.result.Outcomes), v.result.Requests, v.result.Took)
	return v
}

// heap is how much memory is in use; it costs two collections, so it is only measured for the table.
func heap() uint64 {
	if !*update {
		return 0
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

const documentPage = `# Public documents against their own mocks

Written by ` + "`go test ./contract -run TestCorpus -update`" + `; do not edit.

Each document is loaded, served, and verified against its own mock. No check fails. An operation counts as tried when a
check of it came to its end; the others are left out for a reason that the report gives. Documents of %d operations and
more have a budget of requests, spent evenly. Time to ready is from reading the file to a mock that can answer, and memory
what both then hold, on the machine that wrote this.

| document | operations | tried | resources | checks | passed | requests | ready | memory |
|---|---|---|---|---|---|---|---|---|
%s`

func documentTable(all []verified) string {
	var rows strings.Builder
	for _, v := range all {
		fmt.Fprintf(&rows, "| %s | %d | %d | %d | %d | %d | %d | %d ms | %.1f MiB |\n", v.name, len(v.doc.Operations),
			len(v.doc.Operations)-len(v.result.LeftOut()), len(v.doc.Resources), len(v.result.Outcomes),
			v.result.Count(contract.Passed), v.result.Requests, v.ready.Milliseconds(), float64(v.memory)/(1<<20))
	}
	return fmt.Sprintf(documentPage, many, rows.String())
}
