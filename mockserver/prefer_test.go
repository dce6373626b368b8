package mockserver

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPrefer(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var waited []time.Duration
	wait := func(d time.Duration, _ <-chan struct{}) { mu.Lock(); defer mu.Unlock(); waited = append(waited, d) }
	s := play(t, embedded(t), withClock(time.Now, wait))
	for _, c := range []struct {
		path, prefer string
		status       int
		applied      string
	}{
		{call, "code=200", 200, "code=200"},
		{call, "code=404", 404, "code=404"},
		{call, "code=503, delay=250", 503, "code=503, delay=250"},
		{call, "dynamic=true", 200, "dynamic=true"},
		{call, "dynamic=false", 200, ""},
		{call, "Code=\"404\"; foo=bar", 404, "code=404"},
		{call, "respond-async", 200, ""},
		{meeting, "example=example", 200, "example=example"},
		{call, "code=201", 400, ""},
		{call, "code=abc", 400, ""},
		{call, "code=99", 400, ""},
		{call, "dynamic=maybe", 400, ""},
		{call, "delay=-1", 400, ""},
		{call, "delay=999999999", 400, ""},
		{call, "example=nope", 400, ""},
		{call, "code=404, example=example", 400, ""},
		{call, "example=example", 501, "example=example"}, // as published it breaks its own schema
	} {
		r := s.patch(c.path, `{"note":"forced"}`, "Prefer", c.prefer).want(c.status)
		if got := r.header.Get("Preference-Applied"); got != c.applied {
			t.Errorf("%s: Preference-Applied %q, want %q", c.prefer, got, c.applied)
		}
		if c.status == 400 {
			if f := r.findings()[0]; f.Rule != "preference" || f.Expected == "" {
				t.Errorf("%s: %+v", c.prefer, f)
			}
		}
	}
	if len(waited) != 1 || waited[0] != 250*time.Millisecond {
		t.Errorf("waited %v, want one of 250ms", waited)
	}
	for at, c := range map[string]struct{ query, prefer string }{
		"query /__code": {"?__code=299", ""}, "header /Prefer": {"", "code=299"}, "query /__example": {"?__example=nope", ""},
		"query /__dynamic": {"?__dynamic=maybe", ""},
	} {
		var header []string
		if c.prefer != "" {
			header = []string{"Prefer", c.prefer}
		}
		if f := s.patch(call+c.query, `{}`, header...).want(400).findings()[0]; f.In+" "+f.Pointer != at {
			t.Errorf("told at %s %s, want %s", f.In, f.Pointer, at)
		}
	}
	s.patch(call+"?__code=404", `{}`).want(404)
	s.patch(call+"?__dynamic=true", `{}`).want(200)
	s.patch(meeting+"?__example=example", `{}`).want(200).wantAt("/data/salesRep/firstName", `"John"`)
	s.patch(call+"?__code=404", `{}`, "Prefer", "respond-async").want(200) // the header wins
}

func TestAForcedAnswerChangesNothing(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	before := s.patch(call, `{}`).body
	for _, p := range []string{"code=200", "code=500", "dynamic=true"} {
		s.patch(call, `{"note":"lost"}`, "Prefer", p)
		s.patch(call, `{}`).wantBody(string(before))
	}
	// What is wrong with a request is said first.
	s.patch(call, `{"rating":9}`, "Prefer", "code=200").want(422)
}

func TestDynamicAnswersDifferAndRepeat(t *testing.T) {
	t.Parallel()
	ask := func() []string {
		s := play(t, embedded(t))
		var out []string
		for range 3 {
			out = append(out, string(s.patch(call, `{}`, "Prefer", "dynamic=true").want(200).body))
		}
		return out
	}
	a, b := ask(), ask()
	if a[0] == a[1] || a[1] == a[2] {
		t.Error("dynamic answers repeat")
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("answer %d differs between equal servers", i)
		}
	}
}

func TestLatencyAndFail(t *testing.T) {
	t.Parallel()
	run := func() (waits []time.Duration, statuses []int) {
		var mu sync.Mutex
		wait := func(d time.Duration, _ <-chan struct{}) { mu.Lock(); defer mu.Unlock(); waits = append(waits, d) }
		s := play(t, embedded(t), withClock(time.Now, wait), WithLatency(Latency{50 * time.Millisecond, 200 * time.Millisecond}),
			WithFail(Fail{0.3, 503}))
		for range 100 {
			statuses = append(statuses, s.patch(call, `{"note":"x"}`).status)
		}
		return waits, statuses
	}
	waits, statuses := run()
	failed := 0
	for i, st := range statuses {
		if waits[i] < 50*time.Millisecond || waits[i] > 200*time.Millisecond {
			t.Errorf("waited %v", waits[i])
		}
		if st == 503 {
			failed++
		}
	}
	if failed < 15 || failed > 45 {
		t.Errorf("%d of 100 failed, want about 30", failed)
	}
	again, statuses2 := run()
	for i := range statuses {
		if statuses[i] != statuses2[i] || waits[i] != again[i] {
			t.Fatalf("request %d draws differently for an equal seed", i)
		}
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "x", "50", "-5ms", "200ms..50ms", "5ms..", "2h"} {
		if _, err := ParseLatency(bad); err == nil {
			t.Errorf("latency %q is taken", bad)
		}
	}
	for _, bad := range []string{"", "2%", "2:503", "2%:200", "101%:503", "-1%:503", "NaN%:503", "2%:600"} {
		if _, err := ParseFail(bad); err == nil {
			t.Errorf("fail %q is taken", bad)
		}
	}
	if f, err := ParseFail("2.5%:503"); err != nil || f != (Fail{0.025, 503}) {
		t.Errorf("%v %v", f, err)
	}
}

// syncBuffer is a buffer that handlers may write to at once.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}
func (s *syncBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }

func TestUnknownMembersAreKeptAndNoticed(t *testing.T) {
	t.Parallel()
	var out syncBuffer
	s := play(t, embedded(t), WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	s.patch(call+"?dpeth=1", `{"ratting":4}`).want(200).wantAt("/data/ratting", "4")
	for _, want := range []string{"did you mean rating?", "did you mean depth?"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not say %q: %s", want, out.String())
		}
	}
}

func TestSecretsStayOutOfLogAndJournal(t *testing.T) {
	t.Parallel()
	var out syncBuffer
	s := play(t, embedded(t), WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	s.patch(call+"?access_token=canary1", `{"password":"canary2","rating":"x"}`, "Authorization", "Bearer canary3", "Cookie", "a=canary4")
	s.patch(call, `{"rating":9,"api_key":"canary5"}`, "X-Api-Key", "canary6")
	s.server.journal.each(func(e *entry) {
		if shown := string(encode(s.server.report(e))); strings.Contains(shown, "canary") || !strings.Contains(shown, "(hidden)") {
			t.Errorf("the journal shows %s", shown)
		}
	})
	if strings.Contains(out.String(), "canary") {
		t.Errorf("the log shows a secret: %s", out.String())
	}
}
