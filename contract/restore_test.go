package contract_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// stand is a target with real records: a server, what stands in front of it, and a way past that.
type stand struct {
	testing.TB
	doc          *spec.Document
	front, plain *httptest.Server
	base         string
	ids          map[string][]string
	undo         string
}

// newStand puts a server on loopback; through changes what the suite meets, and may be nil.
func newStand(t testing.TB, s subject, d *spec.Document, through func(http.Handler) http.Handler) *stand {
	t.Helper()
	front := s.handler
	if through != nil {
		front = through(front)
	}
	out := &stand{
		TB: t, doc: d, base: s.base, ids: s.ids, undo: filepath.Join(t.TempDir(), "undo.json"),
		front: httptest.NewServer(front), plain: httptest.NewServer(s.handler),
	}
	t.Cleanup(out.front.Close)
	t.Cleanup(out.plain.Close)
	return out
}

func mockStand(t testing.TB, through func(http.Handler) http.Handler) *stand {
	t.Helper()
	return newStand(t, theMock(t), commerce(), through)
}

func (s *stand) target() contract.Target {
	return contract.Target{URL: s.front.URL + s.base, IDs: s.ids, Header: http.Header{"Authorization": {"Bearer canary-header"}}}
}

func (s *stand) runner(set contract.Settings) *contract.Runner {
	s.Helper()
	r, err := contract.NewRunner(s.doc, s.target(), set)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// run does a whole run.
func (s *stand) run(ctx context.Context, set contract.Settings, each func(contract.Outcome)) *contract.Result {
	s.Helper()
	res, err := s.runner(set).RunRestoring(ctx, s.undo, each)
	if err != nil {
		s.Fatal(err)
	}
	return res
}

// restore puts back by the undo file.
func (s *stand) restore(set contract.Settings) *contract.Restoration {
	s.Helper()
	t := s.target()
	t.URL = ""
	r, err := contract.RestoreFile(s.Context(), s.doc, s.undo, t, set)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// patch updates a record past what stands in front.
func (s *stand) patch(path, body string) string {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPatch, s.plain.URL+s.base+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.plain.Client().Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.Fatalf("%v %s: %s", err, res.Status, text)
	}
	return string(text)
}

// records is every record that may be used, as text.
func (s *stand) records() map[string]string {
	s.Helper()
	out := map[string]string{}
	for _, r := range s.doc.Resources {
		if len(r.Operations) > 0 {
			for _, id := range s.ids[r.Name] {
				path := "/" + r.Name + "/" + id
				out[path] = s.patch(path, "{}")
			}
		}
	}
	return out
}

func (s *stand) wantRecords(before map[string]string) {
	s.Helper()
	for path, now := range s.records() {
		a, err1 := strictjson.Decode([]byte(before[path]), strictjson.Limits{})
		b, err2 := strictjson.Decode([]byte(now), strictjson.Limits{})
		if err1 != nil || err2 != nil || !strictjson.Equal(a, b) {
			s.Errorf("%s is %s\nwant %s", path, now, before[path])
		}
	}
}

// wantDone demands that everything was put back and the undo file removed.
func (s *stand) wantDone(r *contract.Restoration) {
	s.Helper()
	if r == nil || !r.Complete() || r.UndoFile != "" {
		s.Fatalf("not put back: %+v", r)
	}
	if _, err := os.Stat(s.undo); !errors.Is(err, fs.ErrNotExist) {
		s.Errorf("the undo file is still there: %v", err)
	}
}

// wantOpen demands that exactly these properties of a record were not put back, and that the undo file was kept.
func (s *stand) wantOpen(r *contract.Restoration, id string, status contract.RecordStatus, properties ...string) contract.RestoredRecord {
	s.Helper()
	if r.Complete() || r.UndoFile != s.undo {
		s.Errorf("complete: %v, undo file %q", r.Complete(), r.UndoFile)
	}
	if _, err := os.Stat(s.undo); err != nil {
		s.Error(err)
	}
	rec := recordOf(s, r, id)
	var got []string
	for _, p := range rec.Properties {
		got = append(got, p.Property)
		if p.Reason == "" {
			s.Errorf("%s: no reason", p.Property)
		}
	}
	if rec.Status != status || strings.Join(got, " ") != strings.Join(properties, " ") {
		s.Errorf("%s: %s %v, want %s %v", id, rec.Status, rec.Properties, status, properties)
	}
	return rec
}

func recordOf(t testing.TB, r *contract.Restoration, id string) contract.RestoredRecord {
	t.Helper()
	for _, rec := range r.Records {
		if rec.ID == id {
			return rec
		}
	}
	t.Fatalf("nothing is said of %s: %+v", id, r)
	return contract.RestoredRecord{}
}

// bodyOf reads a request's body and puts it back.
func bodyOf(r *http.Request) string {
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	return string(text)
}

const (
	callID    = "call_3d9k2j8s7d2k"
	meetingID = "met_3kd93d3j93d2"
)

// fewChecks change every property and are quick.
var fewChecks = contract.Settings{Only: []string{"updates", "takes two properties at once", "takes an object"}}

func TestRestoreAfterAWholeRun(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	before := s.records()
	res := s.run(t.Context(), contract.Settings{Strict: true}, nil)
	if n := res.Count(contract.Passed); n != len(res.Outcomes) {
		t.Errorf("%d of %d passed", n, len(res.Outcomes))
	}
	s.wantDone(res.Restored)
	s.wantRecords(before)
	if rec := recordOf(t, res.Restored, callID); rec.Status != contract.Restored || len(rec.PutBack) < 5 {
		t.Errorf("%+v", rec)
	}
	if rec := recordOf(t, res.Restored, s.ids["calls"][2]); rec.Status != contract.Untouched {
		t.Errorf("%+v", rec)
	}
}

func TestNoRestore(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	set := fewChecks
	set.NoRestore = true
	res := s.run(t.Context(), set, nil)
	if _, err := os.Stat(s.undo); res.Restored != nil || !res.Restored.Complete() || err == nil {
		t.Errorf("%+v %v", res.Restored, err)
	}
}

// A record whose own values are refused is left alone, and said to be.
func TestLeftAlone(t *testing.T) {
	t.Parallel()
	refuseNotes := func(paths string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, paths) && strings.Contains(bodyOf(r), `"note"`) {
					http.Error(w, "{}", http.StatusUnprocessableEntity)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	}
	t.Run("one of several", func(t *testing.T) {
		t.Parallel()
		s := mockStand(t, refuseNotes(callID))
		before := s.records()
		res := s.run(t.Context(), fewChecks, nil)
		s.wantDone(res.Restored)
		s.wantRecords(before)
		rec := recordOf(t, res.Restored, callID)
		if rec.Status != contract.LeftAlone || len(rec.Properties) != 1 || rec.Properties[0].Property != "note" ||
			!strings.Contains(rec.Reason, "note") || !strings.Contains(rec.Properties[0].Reason, "422") {
			t.Errorf("%+v", rec)
		}
		for _, o := range res.Outcomes {
			for _, step := range o.Steps {
				if strings.Contains(step.URL, callID) {
					t.Fatalf("%s uses %s", o.Check.Name, step.URL)
				}
			}
		}
	})
	t.Run("all of a resource", func(t *testing.T) {
		t.Parallel()
		s := mockStand(t, refuseNotes("/calls/"))
		res := s.run(t.Context(), fewChecks, nil)
		s.wantDone(res.Restored)
		for _, o := range res.Outcomes {
			isCall := o.Check.Operation == "updateCall"
			if isCall != (o.Status == contract.Skipped) || isCall && !strings.Contains(o.Reason, "note") {
				t.Errorf("%s: %s %q", o.Check.Name, o.Status, o.Reason)
			}
		}
	})
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		s := mockStand(t, refuseNotes("/"))
		before := s.records()
		r := s.runner(fewChecks)
		res, err := r.RunRestoring(t.Context(), s.undo, nil)
		if !contract.IsUnreachable(err) || !strings.Contains(err.Error(), "note") {
			t.Errorf("%v", err)
		}
		s.wantDone(res.Restored)
		s.wantRecords(before)
		if len(r.Warnings()) < 6 {
			t.Errorf("%q", r.Warnings())
		}
	})
}

// later lets requests through until it is switched on.
type later struct {
	on atomic.Bool
	do func(w http.ResponseWriter, r *http.Request, body string) bool
}

func (l *later) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.on.Load() && l.do(w, r, bodyOf(r)) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// atTheEnd calls a function when the last check has run.
func atTheEnd(r *contract.Runner, f func()) func(contract.Outcome) {
	left := len(r.Checks())
	return func(contract.Outcome) {
		if left--; left == 0 {
			f()
		}
	}
}

func TestRefusedWhenPutBack(t *testing.T) {
	t.Parallel()
	l := &later{do: func(w http.ResponseWriter, _ *http.Request, body string) bool {
		if strings.Contains(body, `"rating"`) {
			http.Error(w, "{}", http.StatusConflict)
			return true
		}
		return false
	}}
	s := mockStand(t, l.through)
	before := s.records()
	r := s.runner(fewChecks)
	res, err := r.RunRestoring(t.Context(), s.undo, atTheEnd(r, func() { l.on.Store(true) }))
	if err != nil {
		t.Fatal(err)
	}
	rec := s.wantOpen(res.Restored, callID, contract.Partly, "rating")
	if !strings.Contains(rec.Properties[0].Reason, "409") || len(rec.PutBack) < 5 {
		t.Errorf("%+v", rec)
	}
	if info, err := os.Stat(s.undo); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	text, err := os.ReadFile(s.undo)
	if err != nil || bytes.Contains(text, []byte("canary")) {
		t.Errorf("the undo file holds a header: %v", err)
	}
	// A second try is no better, and the third, with the target mended, ends it.
	s.wantOpen(s.restore(contract.Settings{}), callID, contract.NotBack, "rating")
	l.on.Store(false)
	s.wantDone(s.restore(contract.Settings{}))
	s.wantRecords(before)
}

func TestSomebodyElseChangedIt(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	before := s.records()
	r := s.runner(fewChecks)
	res, err := r.RunRestoring(t.Context(), s.undo, atTheEnd(r, func() {
		s.patch("/calls/"+callID, `{"note":"changed by somebody else"}`)
	}))
	if err != nil {
		t.Fatal(err)
	}
	check := func(r *contract.Restoration, status contract.RecordStatus) {
		rec := s.wantOpen(r, callID, status, "note")
		if !rec.Properties[0].Conflict || !strings.Contains(rec.Properties[0].Now, "somebody else") {
			t.Errorf("%+v", rec)
		}
	}
	check(res.Restored, contract.Partly)
	if now := s.patch("/calls/"+callID, `{}`); !strings.Contains(now, "changed by somebody else") {
		t.Errorf("their value is gone: %s", now)
	}
	check(s.restore(contract.Settings{}), contract.NotBack)
	s.wantDone(s.restore(contract.Settings{Overwrite: true}))
	s.wantRecords(before)
}

func TestPutBackAfterCancel(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	before := s.records()
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	res := s.run(ctx, fewChecks, func(contract.Outcome) {
		if n++; n == 10 {
			cancel()
		}
	})
	if res.Count(contract.NotRun) == 0 {
		t.Error("nothing was cancelled")
	}
	s.wantDone(res.Restored)
	s.wantRecords(before)
}

func TestCancelledBeforeTheFirstChange(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var updates atomic.Int32
	s := mockStand(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if bodyOf(r) != "{}" && updates.Add(1) == 2 {
				cancel()
			}
			next.ServeHTTP(w, r)
		})
	})
	before := s.records()
	res, err := s.runner(fewChecks).RunRestoring(ctx, s.undo, nil)
	if !contract.IsUnreachable(err) || len(res.Outcomes) > 0 {
		t.Errorf("%v", err)
	}
	s.wantDone(res.Restored)
	s.wantRecords(before)
}

func TestPutBackAfterPanic(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	before := s.records()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		s.run(t.Context(), fewChecks, func(o contract.Outcome) {
			if strings.Contains(o.Check.Name, "rating") {
				panic("in a check")
			}
		})
	}()
	s.wantRecords(before)
}

func TestGoneWhenPutBack(t *testing.T) {
	t.Parallel()
	l := &later{do: func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if strings.Contains(r.URL.Path, callID) {
			http.NotFound(w, r)
			return true
		}
		return false
	}}
	s := mockStand(t, l.through)
	r := s.runner(fewChecks)
	res, err := r.RunRestoring(t.Context(), s.undo, atTheEnd(r, func() { l.on.Store(true) }))
	if err != nil {
		t.Fatal(err)
	}
	if rec := s.wantOpen(res.Restored, callID, contract.NotBack); !strings.Contains(rec.Reason, "404") {
		t.Errorf("%+v", rec)
	}
	if rec := recordOf(t, res.Restored, meetingID); rec.Status != contract.Restored {
		t.Errorf("%+v", rec)
	}
}

// Budgets are for the checks: what they were spent on is put back all the same, through passing trouble.
func TestPutBackPastBudgetsAndTrouble(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	l := &later{do: func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		switch count.Add(1) {
		case 1:
			http.Error(w, "{}", http.StatusBadGateway)
			return true
		case 2:
			panic(http.ErrAbortHandler)
		}
		return false
	}}
	s := mockStand(t, l.through)
	before := s.records()
	set := fewChecks
	set.MaxRequests = 60
	r := s.runner(set)
	res, err := r.RunRestoring(t.Context(), s.undo, atTheEnd(r, func() { l.on.Store(true) }))
	if err != nil {
		t.Fatal(err)
	}
	if res.Count(contract.NotRun) == 0 {
		t.Error("the budget was not spent")
	}
	s.wantDone(res.Restored)
	s.wantRecords(before)
}

// A server that takes what the document forbids, and makes something of it, has its records put back as well.
func TestRelatedRecordIsPutBack(t *testing.T) {
	t.Parallel()
	s := mockStand(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text := strings.Replace(bodyOf(r), `{"lastName":5}`, `{"lastName":"5"}`, 1)
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
			next.ServeHTTP(w, r)
		})
	})
	before := s.records()
	res := s.run(t.Context(), contract.Settings{Only: []string{"updateMeeting body.salesRep*"}}, nil)
	if res.Count(contract.Failed)+res.Count(contract.Warned) == 0 {
		t.Fatal("the fault was not met")
	}
	s.wantDone(res.Restored)
	s.wantRecords(before)
	if rec := recordOf(t, res.Restored, meetingID); !strings.Contains(strings.Join(rec.PutBack, " "), "salesRep/lastName") {
		t.Errorf("%+v", rec)
	}
}

// The proof links related records by id, and leaves those records themselves alone.
func TestProofSendsRelationsById(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var sent []string
	s := mockStand(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body := bodyOf(r); body != "{}" {
				mu.Lock()
				sent = append(sent, body)
				mu.Unlock()
			}
			next.ServeHTTP(w, r)
		})
	})
	s.ids = map[string][]string{"calls": {callID, callID}, "meetings": {meetingID}}
	before := s.records()
	r := s.runner(contract.Settings{})
	if err := r.Take(t.Context(), s.undo); err != nil {
		t.Fatal(err)
	}
	if len(sent) != 2 || !strings.Contains(sent[1], `"salesRep":"rep_3kd93d3j93d2"`) || strings.Contains(sent[0], `"id"`) {
		t.Errorf("%q", sent)
	}
	s.wantDone(r.PutBack(t.Context()))
	s.wantRecords(before)
}

// Off loopback the values that were read are masked.
func TestRestorationMasksValues(t *testing.T) {
	t.Parallel()
	for _, show := range []bool{false, true} {
		s := mockStand(t, nil)
		set := fewChecks
		set.ShowValues = show
		target := s.target()
		target.URL = "http://user:canary-password@staging.example.com" + s.base
		target.Transport = &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.front.Listener.Addr().String())
		}}
		r, err := contract.NewRunner(s.doc, target, set)
		if err != nil {
			t.Fatal(err)
		}
		res, err := r.RunRestoring(t.Context(), s.undo, atTheEnd(r, func() {
			s.patch("/calls/"+callID, `{"note":"canary of somebody else"}`)
		}))
		if err != nil {
			t.Fatal(err)
		}
		rec := s.wantOpen(res.Restored, callID, contract.Partly, "note")
		if got := strings.Contains(rec.Properties[0].Now, "canary"); got != show {
			t.Errorf("show %v: %+v", show, rec.Properties[0])
		}
		text, err := os.ReadFile(s.undo)
		if err != nil || bytes.Contains(text, []byte("canary")) || !bytes.Contains(text, []byte(`"http://staging.example.com/api"`)) {
			t.Errorf("%v %.200s", err, text)
		}
	}
}
