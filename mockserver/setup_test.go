package mockserver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

const (
	call    = "/api/calls/call_3d9k2j8s7d2k"
	meeting = "/api/meetings/met_3kd93d3j93d2"
	rep     = "rep_3kd93d3j93d2"
)

func embedded(t testing.TB) *spec.Document {
	t.Helper()
	published, overlay := spec.Embedded()
	d, err := spec.Load(published, overlay)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// stage is a server on loopback and a client for it.
type stage struct {
	testing.TB
	server *Server
	http   *httptest.Server
}

// play serves a document on loopback for the length of a test.
func play(t testing.TB, d *spec.Document, options ...Option) *stage {
	t.Helper()
	s, err := New(d, append([]Option{WithLogger(slog.New(alarm{slog.DiscardHandler, t}))}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &stage{t, s, srv}
}

// alarm fails a test in which the server had to catch a panic of its own.
type alarm struct {
	slog.Handler
	t testing.TB
}

func (a alarm) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (a alarm) Handle(_ context.Context, r slog.Record) error {
	a.t.Error(r.Message)
	r.Attrs(func(attr slog.Attr) bool {
		a.t.Error(attr)
		return true
	})
	return nil
}

// load is a document from its text.
func load(t testing.TB, text string) *spec.Document {
	t.Helper()
	d, err := spec.Load(spec.Source{Name: "test.yaml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// reply is an answer as a client sees it.
type reply struct {
	testing.TB
	status int
	header http.Header
	body   []byte
}

// send makes a request; a body is JSON unless a header says otherwise. Headers are name, value, name, value.
func (s *stage) send(method, path, body string, headers ...string) reply {
	s.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, s.http.URL+path, in)
	if err != nil {
		s.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.do(req)
}

func (s *stage) do(req *http.Request) reply {
	s.Helper()
	res, err := s.http.Client().Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return reply{s.TB, res.StatusCode, res.Header, b}
}

func (s *stage) patch(path, body string, headers ...string) reply {
	s.Helper()
	return s.send(http.MethodPatch, path, body, headers...)
}

// want demands a status.
func (r reply) want(status int) reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// at is the JSON text of a value in the body.
func (r reply) at(pointer string) string {
	r.Helper()
	v, err := strictjson.DecodeOrdered(r.body, wideOpen)
	if err != nil {
		r.Fatalf("%v: %s", err, r.body)
	}
	got, ok := strictjson.Resolve(v, pointer)
	if !ok {
		return "absent"
	}
	return string(strictjson.Append(nil, got))
}

// wantAt demands values: pointer, JSON text, pointer, JSON text.
func (r reply) wantAt(pairs ...string) reply {
	r.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := r.at(pairs[i]); got != pairs[i+1] {
			r.Errorf("%s is %s, want %s", pairs[i], got, pairs[i+1])
		}
	}
	return r
}

// findings are the errors of a problem document.
func (r reply) findings() []spec.Finding {
	r.Helper()
	var p struct {
		Type, Title, Detail string
		Status              int
		Errors              []spec.Finding
	}
	if err := json.Unmarshal(r.body, &p); err != nil {
		r.Fatalf("%v: %s", err, r.body)
	}
	if ct := r.header.Get("Content-Type"); ct != problemType {
		r.Errorf("Content-Type %q, want %q", ct, problemType)
	}
	if p.Status != r.status || p.Type == "" || p.Title == "" || p.Detail == "" {
		r.Errorf("incomplete problem: %s", r.body)
	}
	return p.Errors
}

// wantFinding demands a refusal whose first finding is of that rule and place.
func (r reply) wantFinding(status int, rule, in, pointer string) reply {
	r.Helper()
	r.want(status)
	fs := r.findings()
	if len(fs) == 0 {
		r.Fatalf("no findings: %s", r.body)
	}
	if f := fs[0]; f.Rule != rule || f.In != in || f.Pointer != pointer {
		r.Errorf("finding %s %s %s, want %s %s %s", f.Rule, f.In, f.Pointer, rule, in, pointer)
	}
	return r
}

func (r reply) wantBody(text string) reply {
	r.Helper()
	if !bytes.Equal(r.body, []byte(text)) {
		r.Errorf("body %s, want %s", r.body, text)
	}
	return r
}
