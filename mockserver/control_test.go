package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// checking is a transport that holds every answer of the control API against its document.
type checking struct{ testing.TB }

func (c checking) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	c.check(r, res, body)
	return res, err
}

func (c checking) check(r *http.Request, res *http.Response, body []byte) {
	doc, err := controlDocument()
	if err != nil {
		c.Error(err)
		return
	}
	for name := range res.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			c.Errorf("%s %s answers with %s", r.Method, r.URL, name)
		}
	}
	api := controlAPI{doc: doc}
	m, ok := api.route(r.URL.EscapedPath())
	if !ok {
		return
	}
	if op := m.Operation(r.Method); op != nil && r.Method != http.MethodHead {
		for _, f := range op.CheckResponse(res.StatusCode, res.Header, body, wideOpen) {
			c.Errorf("%s %s: %s\n%s", r.Method, r.URL, f, body)
		}
	}
}

// control is a client for the server's control API; every answer is checked.
func (s *stage) control(options ...control.Option) *control.Client {
	s.http.Client().Transport = checking{s.TB}
	options = append([]control.Option{control.WithHTTPClient(&http.Client{Transport: checking{s.TB}})}, options...)
	return control.New(s.http.URL, options...)
}

func ok[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantProblem demands a refusal with a status and a reason.
func wantProblem(t testing.TB, err error, status int, reason spec.Reason) *control.Problem {
	t.Helper()
	var p *control.Problem
	if !errors.As(err, &p) {
		t.Fatalf("got %v, want a problem", err)
	}
	if p.Status != status || !strings.HasSuffix(p.Type, "#"+string(reason)) {
		t.Errorf("got %d %s, want %d %s: %v", p.Status, p.Type, status, reason, p)
	}
	return p
}

func TestControlInfo(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithSeed(1<<63+1), WithVersion("v1.2.3"), WithCount(7))
	c := s.control()
	info := ok[control.Info](t)(c.Info(t.Context()))
	if info.Version != "v1.2.3" || info.Seed != 1<<63+1 || info.Count != 7 || info.BaseURL != s.http.URL+"/api" ||
		info.Sessions != 1 || info.Changes != 0 || info.Bounds.Sessions != 1000 || info.Document.Hash != s.server.doc.Hash {
		t.Errorf("info %+v", info)
	}
	s.patch("/~one"+call, `{"note":"x"}`).want(200)
	if info = ok[control.Info](t)(c.Info(t.Context())); info.Changes != 1 || info.Sessions != 2 {
		t.Errorf("changes %d, sessions %d", info.Changes, info.Sessions)
	}
	noError(t, c.Health(t.Context()))
	if text := ok[[]byte](t)(c.Document(t.Context())); !bytes.Equal(text, control.Source().Data) {
		t.Error("another document than its own")
	}
	s.send("GET", "/__understudy", "").want(200)
	s.send("HEAD", "/__understudy/", "").want(200).wantBody("")
}

func TestControlResources(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	c := s.control(control.WithSession("one"))
	s.patch("/~one"+meeting, `{"salesRep":{"id":"rep_new","lastName":"New"}}`).want(200)
	noError(t, c.DeleteRecord(t.Context(), "calls", "call_3d9k2j8s7d2k"))
	got := fmt.Sprint(ok[[]control.Resource](t)(c.Resources(t.Context())))
	if want := "[{calls id 99 1 [updateCall]} {meetings id 100 1 [updateMeeting]} {SalesRep id 101 1 []}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// ids are those of a page.
func ids(p control.Records) []string {
	var out []string
	for _, r := range p.Records {
		out = append(out, idOf(memberAt(r, "id")))
	}
	return out
}

func TestControlRecordsArePaged(t *testing.T) {
	t.Parallel()
	const count = 1_000_000_000
	s := play(t, embedded(t), WithCount(count))
	c, r := s.control(), s.server.doc.Resource("calls")
	id := func(i uint64) string { return s.server.store.dataset.ID(r, i) }
	for _, i := range []uint64{0, 3, count - 1} {
		noError(t, c.DeleteRecord(t.Context(), "calls", id(i)))
	}
	for _, made := range []string{"call_b", "call_a"} {
		ok[json.RawMessage](t)(c.PutRecord(t.Context(), "calls", made, json.RawMessage(`{}`)))
	}
	ok[json.RawMessage](t)(c.PutRecord(t.Context(), "calls", id(7), json.RawMessage(`{"rating":2.50}`)))
	for _, p := range []struct {
		q     control.RecordsQuery
		total uint64
		want  []string
	}{
		{control.RecordsQuery{Limit: 4}, count - 1, []string{id(1), id(2), id(4), id(5)}},
		{control.RecordsQuery{Limit: 2, Offset: 1}, count - 1, []string{id(2), id(4)}},
		{control.RecordsQuery{Limit: 1, Offset: 2}, count - 1, []string{id(4)}},
		{control.RecordsQuery{Offset: count - 5}, count - 1, []string{id(count - 3), id(count - 2), "call_b", "call_a"}},
		{control.RecordsQuery{Offset: count - 2}, count - 1, []string{"call_a"}},
		{control.RecordsQuery{Offset: count - 3, Limit: 1}, count - 1, []string{"call_b"}},
		{control.RecordsQuery{Offset: count - 1}, count - 1, nil},
		{control.RecordsQuery{Offset: 1<<64 - 1}, count - 1, nil},
		{control.RecordsQuery{Changed: true}, 3, []string{id(7), "call_b", "call_a"}},
		{control.RecordsQuery{Changed: true, Offset: 1, Limit: 1}, 3, []string{"call_b"}},
		{control.RecordsQuery{Changed: true, Offset: 9}, 3, nil},
	} {
		got := ok[control.Records](t)(c.Records(t.Context(), "calls", p.q))
		if !slices.Equal(ids(got), p.want) || got.Total != p.total || got.Offset != p.q.Offset {
			t.Errorf("%+v: got %q of %d, want %q of %d", p.q, ids(got), got.Total, p.want, p.total)
		}
	}
	if got := ok[control.Records](t)(c.Records(t.Context(), "calls", control.RecordsQuery{})); len(got.Records) != 20 {
		t.Errorf("%d records, want 20", len(got.Records))
	}
	s.send("GET", "/__understudy/resources/calls/records?limit=0", "").want(200).wantAt("/records", "[]")
}

func TestControlRecord(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	c := s.control()
	const id = "call_3d9k2j8s7d2k"
	ctx := t.Context()
	before := ok[json.RawMessage](t)(c.Record(ctx, "calls", id))
	sent := json.RawMessage(` {"rating": 4.50, "big": 12345678901234567890123, "note":"<\u00e9>"} `)
	got := ok[json.RawMessage](t)(c.PutRecord(ctx, "calls", id, sent))
	want := `{"id":"call_3d9k2j8s7d2k","rating":4.50,"big":12345678901234567890123,"note":"<\u00e9>"}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.patch(call, `{}`).want(200).wantAt("/data/rating", "4.50", "/data/audioRecording", "absent")
	if again := ok[json.RawMessage](t)(c.Record(ctx, "calls", id)); !bytes.Equal(again, got) {
		t.Errorf("got %s, want %s", again, got)
	}
	noError(t, c.DeleteRecord(ctx, "calls", id))
	s.patch(call, `{}`).want(404)
	if _, err := c.Record(ctx, "calls", id); !control.IsNotFound(err) {
		t.Errorf("got %v, want not found", err)
	}
	wantProblem(t, c.DeleteRecord(ctx, "calls", id), 404, reasonNoRecord)
	ok[json.RawMessage](t)(c.PutRecord(ctx, "calls", id, before))
	if n := s.server.sessions.find(defaultSession).changes.Load(); n != 0 {
		t.Errorf("%d changes after the record was put back, want 0", n)
	}
	s.send("PUT", "/__understudy/resources/calls/records/made%2Fup", `{}`).want(201).wantBody(`{"id":"made/up"}`)
	s.send("PUT", "/__understudy/resources/calls/records/made%2Fup", `{"note":"x"}`).want(200)
	noError(t, c.DeleteRecord(ctx, "calls", "made/up"))
	if got := ok[control.State](t)(c.State(ctx, "default")); len(got.Changes) != 0 {
		t.Errorf("changes %v, want none", got.Changes)
	}
}

func TestControlRefusals(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	s.control()
	const resources = "/__understudy/resources/"
	const records, meetings = resources + "calls/records", resources + "meetings/records"
	for _, p := range []struct {
		method, path, body string
		status             int
		rule, in, pointer  string
	}{
		{"GET", "/__understudy/nothing", "", 404, "path", "path", ""},
		{"GET", "/__understudy//health", "", 404, "path", "path", ""},
		{"GET", "/__understudy/health/", "", 404, "path", "path", ""},
		{"GET", "/%5F_understudy/health", "", 404, "path", "path", ""},
		{"PATCH", "/__understudy/health", "", 405, "method", "method", ""},
		{"GET", "/__understudy/resources/call/records", "", 404, "resource", "path", "/resource"},
		{"GET", records + "?limit=1001", "", 422, "maximum", "query", "/limit"},
		{"GET", records + "?limit=-1", "", 422, "minimum", "query", "/limit"},
		{"GET", records + "?limit=1.5", "", 422, "type", "query", "/limit"},
		{"GET", records + "?limits=5", "", 422, "unknown", "query", "/limits"},
		{"GET", records + "?changed=yes", "", 422, "type", "query", "/changed"},
		{"GET", records + "?session=a/b", "", 422, "pattern", "query", "/session"},
		{"GET", records + "/none", "", 404, "record", "path", "/id"},
		{"PUT", records + "/call_1", `{"id":"call_2"}`, 422, "id", "body", "/id"},
		{"PUT", records + "/call_1", `{"rating":9}`, 422, "maximum", "body", "/rating"},
		{"PUT", records + "/call_1", `[]`, 422, "type", "body", ""},
		{"PUT", records + "/call_1", ``, 422, "required", "body", ""},
		{"PUT", records + "/call_1", `{"a":1,"a":2}`, 400, "json-duplicate", "body", ""},
		{"PUT", meetings + "/m", `{"salesRep":{"id":"rep_1"}}`, 422, "relation", "body", "/salesRep"},
		{"GET", "/__understudy/requests?operation=updateCal", "", 422, "operation", "query", "/operation"},
		{"GET", "/__understudy/requests?methd=PATCH", "", 422, "unknown", "query", "/methd"},
		{"GET", "/__understudy/requests?body=%7B", "", 422, "body", "query", "/body"},
		{"GET", "/__understudy/requests?since=yesterday", "", 422, "format", "query", "/since"},
		{"GET", "/__understudy/requests?since=2016-12-31T23:59:60Z", "", 422, "since", "query", "/since"},
		{"GET", "/__understudy/requests?path=%5B", "", 422, "path", "query", "/path"},
		{"GET", "/__understudy/requests?status=99", "", 422, "minimum", "query", "/status"},
		{"GET", "/__understudy/sessions/a%20b/state", "", 422, "pattern", "path", "/session"},
	} {
		r := s.send(p.method, p.path, p.body)
		if r.want(p.status); p.pointer == "" && p.rule == "json-duplicate" {
			continue
		}
		fs := r.findings()
		if len(fs) == 0 || fs[0].Rule != p.rule || fs[0].In != p.in || fs[0].Pointer != p.pointer {
			t.Errorf("%s %s: findings %v, want %s %s %s", p.method, p.path, fs, p.rule, p.in, p.pointer)
		}
	}
	r := s.send("GET", records+"?session=a", "", "Understudy-Session", "b")
	r.wantFinding(422, "session", "query", "/session")
	s.send("PUT", records+"/x", `{}`, "Content-Type", "text/plain").want(415)
	s.send("OPTIONS", records, "").want(204)
	if n := len(s.server.sessions.list()); n != 1 {
		t.Errorf("%d sessions, want 1: looking must begin none", n)
	}
}

func TestControlIDsAreNumbersWhereTheSchemaSaysSo(t *testing.T) {
	t.Parallel()
	counted := strings.Replace(strings.ReplaceAll(circular, "per_aaaa", ""), "id: {type: string}", "id: {type: integer}", 1)
	s := play(t, load(t, counted))
	s.control()
	const path = "/__understudy/resources/people/records/"
	s.send("PUT", path+"4711", `{}`).want(201).wantBody(`{"id":4711}`)
	s.send("PUT", path+"4711", `{"id":"4711"}`).wantFinding(422, "type", "body", "/id")
	for _, id := range []string{"01", "1.0", "x", "-0", "1e1"} {
		s.send("PUT", path+id, `{}`).wantFinding(422, "id", "path", "/id")
	}
}

func TestControlSessions(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := play(t, embedded(t), withClock(clock, sleep))
	c, ctx := s.control(), t.Context()
	s.patch("/~one"+call, `{"note":"one"}`).want(200)
	s.patch("/~one"+meeting, `{"salesRep":{"id":"rep_made","firstName":"Ada"}}`).want(200)
	mu.Lock()
	now = now.Add(90 * time.Second)
	mu.Unlock()
	list := ok[[]control.Session](t)(c.Sessions(ctx))
	if len(list) != 2 || !list[0].LastUsed.IsZero() || list[1].Name != "one" || list[1].Changes != 3 ||
		list[1].IdleSeconds != 90 {
		t.Fatalf("sessions %+v", list)
	}
	state := ok[control.State](t)(c.State(ctx, "one"))
	if len(state.Changes) != 3 {
		t.Fatalf("state %+v", state)
	}
	s.patch("/~two"+call, `{"note":"gone with the import"}`).want(200)
	state.Changes["calls"]["call_gone"] = json.RawMessage("null")
	noError(t, c.PutState(ctx, "two", state))
	s.patch("/~two"+call, `{}`).want(200).wantAt("/data/note", `"one"`)
	s.patch("/~two"+meeting, `{}`).want(200).wantAt("/data/salesRep/firstName", `"Ada"`)
	noError(t, c.ResetSession(ctx, "one"))
	noError(t, c.ResetSession(ctx, "never"))
	s.send("DELETE", "/__understudy/sessions/default/state", "").want(204)
	if list = ok[[]control.Session](t)(c.Sessions(ctx)); len(list) != 2 || list[1].Name != "two" {
		t.Errorf("sessions %+v", list)
	}
	if empty := ok[control.State](t)(c.State(ctx, "one")); len(empty.Changes) != 0 || empty.Seed != 1 {
		t.Errorf("state %+v", empty)
	}
	if n := s.server.sessions.budget.used().changes; n != list[1].Changes {
		t.Errorf("%d changes counted, want %d", n, list[1].Changes)
	}
}

func TestControlImportIsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	c, ctx := s.control(), t.Context()
	s.patch(call, `{"note":"kept"}`).want(200)
	good := ok[control.State](t)(c.State(ctx, "default"))
	raw := func(text string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"call_1": json.RawMessage(text)}
	}
	for name, p := range map[string]struct {
		spoil   func(*control.State)
		reason  spec.Reason
		pointer string
	}{
		"seed":     {func(st *control.State) { st.Seed = 2 }, reasonForeignState, "/seed"},
		"hash":     {func(st *control.State) { st.Document.Hash = "0123456789abcdef" }, reasonForeignState, "/document/hash"},
		"version":  {func(st *control.State) { st.Version = 2 }, spec.Invalid, "/version"},
		"resource": {func(st *control.State) { st.Changes["cals"] = raw(`{}`) }, spec.Invalid, "/changes/cals"},
		"no id":    {func(st *control.State) { st.Changes["calls"] = raw(`{}`) }, spec.Invalid, "/changes/calls/call_1/id"},
		"id": {
			func(st *control.State) { st.Changes["calls"] = raw(`{"id":"call_2"}`) }, spec.Invalid,
			"/changes/calls/call_1/id",
		},
		"schema": {
			func(st *control.State) { st.Changes["calls"] = raw(`{"id":"call_1","rating":5.01}`) }, spec.Invalid,
			"/changes/calls/call_1/rating",
		},
		"no record": {func(st *control.State) { st.Changes["calls"] = raw(`7`) }, spec.Invalid, "/changes/calls/call_1"},
	} {
		st := good
		st.Changes = control.Changes{}
		p.spoil(&st)
		problem := wantProblem(t, c.PutState(ctx, "default", st), 422, p.reason)
		if len(problem.Errors) == 0 || problem.Errors[0].Pointer != p.pointer {
			t.Errorf("%s: errors %v, want one at %s", name, problem.Errors, p.pointer)
		}
	}
	s.patch(call, `{}`).want(200).wantAt("/data/note", `"kept"`)
}

func TestChangesAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := play(t, embedded(t), WithBounds(Bounds{Changes: 3, SessionIdle: time.Minute}), withClock(clock, sleep))
	c, ctx := s.control(), t.Context()
	put := func(session, id string) error {
		_, err := s.control(control.WithSession(session)).PutRecord(ctx, "calls", id, json.RawMessage(`{}`))
		return err
	}
	noError(t, put("a", "call_1"))
	noError(t, put("a", "call_2"))
	noError(t, put("default", "call_1"))
	wantProblem(t, put("default", "call_2"), 507, reasonStateFull)
	noError(t, put("default", "call_1"))
	state := ok[control.State](t)(c.State(ctx, "a"))
	wantProblem(t, c.PutState(ctx, "default", state), 507, reasonStateFull)
	noError(t, c.PutState(ctx, "a", state))
	noError(t, c.DeleteRecord(ctx, "calls", "call_1")) // made, so it is forgotten
	noError(t, put("default", "call_3"))
	mu.Lock()
	now = now.Add(2 * time.Minute)
	mu.Unlock()
	noError(t, put("default", "call_4")) // session a is idle and gives way
	noError(t, c.PutState(ctx, "default", state))
	if n := s.server.sessions.budget.used().changes; n != 2 {
		t.Errorf("%d changes counted, want 2", n)
	}
}

func TestControlRequests(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	c, ctx := s.control(), t.Context()
	s.patch(call+"?depth=1&token=abc", `{"note":"one","rating":1.0}`, "Authorization", "Bearer abc").want(200)
	s.patch("/~two"+call, `{"rating":1, "note":"one"}`).want(200)
	s.patch(meeting, `{"note":"x","password":"abc"}`).want(200)
	s.patch(call, `{"rating":9}`).want(422)
	s.patch(call, `{"password":"abc"`).want(400)
	s.send("GET", "/api/nothing", "").want(404)
	all := ok[control.Requests](t)(c.Requests(ctx, control.RequestsQuery{}))
	if all.Total != 6 || len(all.Requests) != 6 || all.Requests[0].Number != 1 || all.Requests[5].Number != 6 {
		t.Fatalf("requests %+v", all)
	}
	if text := string(encode(all)); strings.Contains(text, "abc") {
		t.Errorf("a secret is shown: %s", text)
	}
	first := all.Requests[0]
	if first.Operation != "updateCall" || first.Session != "default" ||
		string(first.Body) != `{"note":"one","rating":1.0}` ||
		!strings.Contains(string(first.Answer.Body), `"rating":1.0`) || first.Answer.Headers["Content-Type"] == nil ||
		len(all.Requests[3].Findings) != 1 || all.Requests[3].Reason != "invalid" {
		t.Errorf("request %+v", first)
	}
	for _, p := range []struct {
		q    control.RequestsQuery
		want int
	}{
		{control.RequestsQuery{Method: "patch"}, 5},
		{control.RequestsQuery{Path: call}, 4},
		{control.RequestsQuery{Path: "/~two" + call}, 1},
		{control.RequestsQuery{Path: "/api/calls/*"}, 4},
		{control.RequestsQuery{Path: "/api/*/*"}, 5},
		{control.RequestsQuery{Path: "/api/*"}, 1},
		{control.RequestsQuery{Path: "/api/"}, 0},
		{control.RequestsQuery{Status: 200}, 3},
		{control.RequestsQuery{Session: "two"}, 1},
		{control.RequestsQuery{Operation: "updateMeeting"}, 1},
		{control.RequestsQuery{From: 5}, 2},
		{control.RequestsQuery{From: 7}, 0},
		{control.RequestsQuery{Since: first.Time}, 6},
		{control.RequestsQuery{Since: time.Now().Add(time.Hour)}, 0},
		{control.RequestsQuery{Body: json.RawMessage(`{"note":"one","rating":1}`)}, 2},
		{control.RequestsQuery{Body: json.RawMessage(`{"note":"one","rating":1}`), Session: "two"}, 1},
		{control.RequestsQuery{Body: json.RawMessage(`{}`)}, 0},
	} {
		count := ok[control.RequestCount](t)(c.CountRequests(ctx, p.q))
		list := ok[control.Requests](t)(c.Requests(ctx, p.q))
		if count.Count != p.want || list.Total != p.want || len(list.Requests) != p.want {
			t.Errorf("%+v: got %d and %d, want %d", p.q, count.Count, list.Total, p.want)
		}
	}
	last := ok[control.Requests](t)(c.Requests(ctx, control.RequestsQuery{Limit: 2}))
	if last.Total != 6 || len(last.Requests) != 2 || last.Requests[1].Number != 6 {
		t.Errorf("requests %+v", last)
	}
	noError(t, c.ClearRequests(ctx))
	if n := ok[control.RequestCount](t)(c.CountRequests(ctx, control.RequestsQuery{})); n.Count != 0 {
		t.Errorf("%d requests after they were cleared", n.Count)
	}
}

func TestControlTellsWhatRolledOff(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithBounds(Bounds{Journal: 2, JournalBody: 30}))
	c, ctx := s.control(), t.Context()
	for range 3 {
		s.patch(call, `{}`).want(200)
	}
	s.patch(call, `{"rating":9}`).want(422)
	long := `{"note":"` + strings.Repeat("x", 40) + `"}`
	s.patch(call, long).want(200)
	s.patch(call, long).want(200)
	got := ok[control.RequestCount](t)(c.CountRequests(ctx, control.RequestsQuery{Body: json.RawMessage(long)}))
	if got.Count != 0 || got.Undecided != 2 {
		t.Errorf("count %d, undecided %d, want 0 and 2", got.Count, got.Undecided)
	}
	want := control.RolledOff{
		Requests: 4,
		ByOperation: []control.OperationCount{
			{Operation: "updateCall", Status: 200, Count: 3}, {Operation: "updateCall", Status: 422, Count: 1},
		},
		ByRule: map[string]uint64{"maximum": 1},
	}
	if fmt.Sprint(got.RolledOff) != fmt.Sprint(want) {
		t.Errorf("rolled off %v, want %v", got.RolledOff, want)
	}
	list := ok[control.Requests](t)(c.Requests(ctx, control.RequestsQuery{}))
	r := list.Requests[0]
	if !r.BodyTruncated || !r.Answer.BodyTruncated || !strings.HasPrefix(string(r.Body), `"{\"note`) {
		t.Errorf("request %+v", r)
	}
}

func TestControlElsewhere(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithControlElsewhere())
	s.send("GET", "/__understudy/", "").want(404)
	own := serveControl(t, s.server)
	info := ok[control.Info](t)(own.control().Info(t.Context()))
	if info.BaseURL != "" {
		t.Errorf("base URL %q though nobody said where", info.BaseURL)
	}
	s.server.SetOrigin(s.http.URL)
	if info = ok[control.Info](t)(own.control().Info(t.Context())); info.BaseURL != s.http.URL+"/api" {
		t.Errorf("base URL %q", info.BaseURL)
	}
	own.send("GET", "/", "").want(404)
	own.patch(call, `{}`).want(404)
}

// A state taken while updates run holds every update whole: both records of one, or none.
func TestExportIsOneInstant(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	c := s.control()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() { s.patch(meeting, fmt.Sprintf(`{"extra":%d,"salesRep":{"extra":%d}}`, i, i)).want(200) })
		wg.Go(func() {
			st := ok[control.State](t)(c.State(t.Context(), "default"))
			m := memberAt(st.Changes["meetings"]["met_3kd93d3j93d2"], "extra")
			r := memberAt(st.Changes["SalesRep"][rep], "extra")
			if !bytes.Equal(m, r) {
				t.Errorf("meeting has %s, its rep %s", m, r)
			}
		})
	}
	wg.Wait()
}

func TestControlDocument(t *testing.T) {
	t.Parallel()
	doc, err := controlDocument()
	noError(t, err)
	if len(doc.Flaws) > 0 || doc.BasePath != controlPrefix || control.Prefix != controlPrefix {
		t.Errorf("base path %q, flaws %v", doc.BasePath, doc.Flaws)
	}
	for _, op := range doc.Operations {
		if controlActions[op.ID] == nil {
			t.Errorf("nothing does %s", op.ID)
		}
		if op.Summary == "" || op.Response(500) == nil {
			t.Errorf("%s has no summary or no response for problems", op.ID)
		}
		for _, p := range op.Parameters {
			checkSchema(t, p.Schema, map[*spec.Schema]bool{})
			if p.Description == "" {
				t.Errorf("%s: parameter %s is not described", op.ID, p.Name)
			}
		}
	}
	if len(doc.Operations) != len(controlActions) {
		t.Errorf("%d operations, %d actions", len(doc.Operations), len(controlActions))
	}
	for _, name := range []string{"Info", "State", "StateFile", "Requests", "RequestCount", "Records", "Problem"} {
		checkSchema(t, doc.SchemaAt("/components/schemas/"+name), map[*spec.Schema]bool{})
	}
}

// checkSchema demands that a schema can be used and that its examples and defaults are valid.
func checkSchema(t *testing.T, s *spec.Schema, seen map[*spec.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if err := s.Usable(spec.Out); err != nil {
		t.Errorf("%s: %v", s.Location, err)
	}
	values := []any{}
	for _, e := range s.Examples {
		values = append(values, e.Value)
	}
	if s.Default != nil {
		values = append(values, *s.Default)
	}
	for _, v := range values {
		if fs, err := s.Check(strictjson.Plain(v), spec.Out); err != nil || len(fs) > 0 {
			t.Errorf("%s: %v is not valid: %v %v", s.Location, v, fs, err)
		}
	}
	for _, p := range s.AllProperties() {
		checkSchema(t, p.Schema, seen)
	}
	for _, sub := range append([]*spec.Schema{s.Items, s.AdditionalProperties, s.PropertyNames}, s.AllOf...) {
		checkSchema(t, sub, seen)
	}
}
