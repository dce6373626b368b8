package mockserver

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// The benchmarks follow a request on its way. Their floors are two handlers that do less than anybody could want of a
// mock: bareHandler answers a constant, naiveHandler keeps state without looking at what it is given.

// benchPatch changes most members of a record; benchRefused has three faults.
const (
	benchPatch = `{"note":"Follow up with more information","time":"2023-09-20T14:00:00Z","rating":5,` +
		`"ratingNote":"Excellent call, potential sale","transcript":"Transcript of the call here",` +
		`"audioRecording":{"url":"http://example.com/audio"},"conversationURL":"http://example.com/conversation",` +
		`"externalPhoneNumber":"415-555-6789","internalPhoneNumber":"415-555-0199"}`
	benchRefused = `{"note":7,"time":"2023-09-20T14:00:00Z","rating":5.05,` +
		`"ratingNote":"Excellent call, potential sale","transcript":"Transcript of the call here",` +
		`"conversationURL":"not an iri","externalPhoneNumber":"415-555-6789"}`
)

func bareHandler() http.Handler {
	const said = `{"data":` + benchPatch + `,"success":true}`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, said)
	})
}

// naiveHandler is one record behind one lock, through encoding/json: decoded into a map, its members overwritten, encoded.
func naiveHandler() http.Handler {
	var mu sync.Mutex
	record := map[string]any{"id": "call_3d9k2j8s7d2k"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		var sent map[string]any
		if json.Unmarshal(text, &sent) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mu.Lock()
		for name, v := range sent {
			record[name] = v
		}
		said, _ := json.Marshal(map[string]any{"data": record, "success": true})
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(said)
	})
}

// benchServer plays the embedded document.
func benchServer(b *testing.B, options ...Option) *Server {
	b.Helper()
	s, err := New(embedded(b), options...)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// sink is a http.ResponseWriter that keeps nothing but the status.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// asked is what a benchmark asks a handler for.
type asked struct {
	name, method, path, body string
	status                   int
}

func benchRequests() []asked {
	return []asked{
		{"patch", http.MethodPatch, call, benchPatch, http.StatusOK},
		{"patch one member", http.MethodPatch, call, `{"rating":4.5}`, http.StatusOK},
		{"read", http.MethodPatch, call, `{}`, http.StatusOK},
		{"refused", http.MethodPatch, call, benchRefused, http.StatusUnprocessableEntity},
		{"related", http.MethodPatch, meeting, `{"note":"Discuss annual contract terms"}`, http.StatusOK},
	}
}

// direct lets a handler answer one request many times, with no connection between.
func direct(b *testing.B, h http.Handler, a asked) {
	b.Helper()
	body := strings.NewReader("")
	r := httptest.NewRequest(a.method, a.path, io.NopCloser(body))
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = int64(len(a.body))
	w := &sink{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(a.body)
		clear(w.header)
		w.status = http.StatusOK
		h.ServeHTTP(w, r)
		if w.status != a.status {
			b.Fatalf("status %d, want %d", w.status, a.status)
		}
	}
}

func BenchmarkServe(b *testing.B) {
	patch := benchRequests()[0]
	b.Run("bare", func(b *testing.B) { direct(b, bareHandler(), patch) })
	b.Run("naive", func(b *testing.B) { direct(b, naiveHandler(), patch) })
	for _, a := range benchRequests() {
		b.Run(a.name, func(b *testing.B) { direct(b, benchServer(b), a) })
	}
}

// BenchmarkParallel shows whether more cores answer more: each goroutine changes a record of its own.
func BenchmarkParallel(b *testing.B) {
	s := benchServer(b)
	r := s.doc.Operations[0].Resource
	var mu sync.Mutex
	next := uint64(0)
	b.RunParallel(func(pb *testing.PB) {
		mu.Lock()
		id := s.store.dataset.ID(r, next)
		next++
		mu.Unlock()
		body := strings.NewReader("")
		req := httptest.NewRequest(http.MethodPatch, "/api/calls/"+id, io.NopCloser(body))
		req.Header.Set("Content-Type", "application/json")
		req.ContentLength = int64(len(benchPatch))
		w := &sink{header: http.Header{}}
		for pb.Next() {
			body.Reset(benchPatch)
			clear(w.header)
			s.ServeHTTP(w, req)
		}
	})
}

// overTCP sends a request on one connection again and again, and reads the answer.
func overTCP(b *testing.B, h http.Handler, a asked) {
	b.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	raw := []byte(a.method + " " + a.path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
		itoa(len(a.body)) + "\r\n\r\n" + a.body)
	answer := make([]byte, 64<<10)
	for b.Loop() {
		if _, err := conn.Write(raw); err != nil {
			b.Fatal(err)
		}
		if err := readAnswer(conn, answer); err != nil {
			b.Fatal(err)
		}
	}
}

// readAnswer reads one answer that says its length.
func readAnswer(conn net.Conn, into []byte) error {
	n := 0
	for {
		more, err := conn.Read(into[n:])
		if err != nil {
			return err
		}
		n += more
		end := bytes.Index(into[:n], []byte("\r\n\r\n"))
		if end < 0 {
			continue
		}
		const name = "Content-Length: "
		at := bytes.Index(into[:end], []byte(name))
		if at < 0 {
			return io.ErrUnexpectedEOF
		}
		length := 0
		for _, c := range into[at+len(name) : end] {
			if c < '0' || c > '9' {
				break
			}
			length = length*10 + int(c-'0')
		}
		if n >= end+4+length {
			return nil
		}
	}
}

func BenchmarkTCP(b *testing.B) {
	patch := benchRequests()[0]
	b.Run("bare", func(b *testing.B) { overTCP(b, bareHandler(), patch) })
	b.Run("naive", func(b *testing.B) { overTCP(b, naiveHandler(), patch) })
	for _, a := range benchRequests() {
		b.Run(a.name, func(b *testing.B) { overTCP(b, benchServer(b), a) })
	}
}

func BenchmarkRoute(b *testing.B) {
	d := embedded(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := d.Route("/calls/call_3d9k2j8s7d2k"); !ok {
			b.Fatal("no route")
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	d := embedded(b)
	v, err := strictjson.Decode([]byte(benchPatch), strictjson.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	schema := d.Operations[0].Body.Content[0].Schema
	b.ReportAllocs()
	for b.Loop() {
		if fs, err := schema.Check(v, spec.In); err != nil || len(fs) > 0 {
			b.Fatal(fs, err)
		}
	}
}

func BenchmarkMerge(b *testing.B) {
	record := []byte(`{"id":"call_3d9k2j8s7d2k",` + benchPatch[1:])
	b.ReportAllocs()
	for b.Loop() {
		if out := mergePatch(record, []byte(benchPatch)); len(out) != len(record) {
			b.Fatal(string(out))
		}
	}
}

func BenchmarkEnvelop(b *testing.B) {
	s := benchServer(b)
	op := s.doc.Operations[0]
	_, res := op.SuccessResponse()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.envelop(op, spec.Media(res.Content), res.Envelope, []byte(benchPatch)); err != nil {
			b.Fatal(err)
		}
	}
}
