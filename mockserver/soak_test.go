package mockserver

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

var soak = flag.Int("soak", 5000, "how many random requests the soak test sends")

// A long run of random requests, good and bad: no 5xx, no panic, no answer that breaks the document, memory flat. The
// run ends after -soak requests.
func TestSoak(t *testing.T) {
	d := embedded(t)
	s := play(t, d, WithCount(1_000_000_000), WithBounds(Bounds{Sessions: 64}))
	bodies, paths := soakBodies(d), soakPaths(s)
	const workers = 4
	s.http.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = workers
	var sent, accepted atomic.Int64
	var early, late uint64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			src := fixtures.NewSource(1, "soak", itoa(w))
			for {
				n := int(sent.Add(1))
				if n > *soak || t.Failed() {
					return
				}
				if n == *soak/4 {
					atomic.StoreUint64(&early, heap())
				}
				status := s.soakOne(d, &src, bodies, paths)
				if status == 200 {
					accepted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	late = heap()
	t.Logf("%d requests, %d accepted, heap %.1f MB after a quarter, %.1f MB at the end", *soak, accepted.Load(),
		float64(early)/1e6, float64(late)/1e6)
	if accepted.Load() < int64(*soak/10) {
		t.Error("too few requests were accepted to mean anything")
	}
	// Sessions, changed records and the journal fill in the first quarter; after that nothing may grow.
	if *soak >= 100_000 && late > early+early/2+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", early, late)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// soakBodies are valid and broken bodies of every operation, and texts that are none.
func soakBodies(d *spec.Document) []string {
	gen := fixtures.NewGenerator(fixtures.DefaultNow, spec.In)
	out := []string{"", " ", "{", "null", "[]", `{"a":`, `{"a":1,"a":2}`, "\xff", strings.Repeat("[", 200)}
	for _, op := range d.Operations {
		s := op.Body.Content[0].Schema
		for _, c := range append(gen.ValidCases(s), gen.BrokenCases(s)...) {
			if text := string(strictjson.Append(nil, c.Value)); len(text) < 4096 {
				out = append(out, text)
			}
		}
	}
	return out
}

func soakPaths(s *stage) []string {
	var out []string
	for _, op := range s.server.doc.Operations {
		for i := range uint64(40) {
			id := s.server.store.dataset.ID(op.Resource, i*7919)
			out = append(out, "/api"+strings.Replace(op.Path, "{id}", id, 1))
		}
	}
	return append(out, "/api/nope", "/", "/api//x", "/api/calls/", "/~a", "/__understudy/nope")
}

// soakOne sends one random request and judges the answer.
func (s *stage) soakOne(d *spec.Document, src *fixtures.Source, bodies, paths []string) int {
	path := paths[src.IntN(len(paths))]
	method := http.MethodPatch
	if src.IntN(20) == 0 {
		method = []string{"GET", "HEAD", "OPTIONS", "DELETE", "POST"}[src.IntN(5)]
	}
	if src.IntN(4) == 0 {
		path = "/~s" + itoa(src.IntN(40)) + path
	}
	if src.IntN(3) == 0 {
		path += []string{"?depth=0", "?depth=2", "?depth=x", "?depth=%zz", "?__code=200", "?a=b&a=c"}[src.IntN(6)]
	}
	req, err := http.NewRequest(method, s.http.URL, strings.NewReader(bodies[src.IntN(len(bodies))]))
	if err != nil {
		s.Error(err)
		return 0
	}
	req.URL.Opaque = "//" + req.URL.Host + path
	req.Header.Set("Content-Type", "application/json")
	if src.IntN(50) == 0 {
		req.Header.Set("Content-Type", "text/plain")
	}
	if src.IntN(50) == 0 {
		req.Header.Set("Prefer", "dynamic=true")
	}
	res, err := s.http.Client().Do(req)
	if err != nil {
		s.Error(err)
		return 0
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.Error(err)
	}
	what := fmt.Sprintf("%s %s: %d %.300s", method, path, res.StatusCode, b)
	if res.StatusCode >= 500 {
		s.Errorf("a 5xx nobody asked for: %s", what)
	}
	if res.StatusCode == 200 && method == http.MethodPatch {
		for _, op := range d.Operations {
			if strings.Contains(path, strings.Split(op.Path, "{")[0]) {
				for _, f := range op.CheckResponse(200, res.Header, b, wideOpen) {
					s.Errorf("an answer that breaks the document: %s: %s", f, what)
				}
			}
		}
	}
	return res.StatusCode
}
