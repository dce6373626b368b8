package mockserver

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
)

const smallDocument = `
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getNote
      responses: {"200": {description: it, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}}
    patch:
      operationId: updateNote
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
      responses: {"200": {description: it, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}}
components:
  schemas:
    Note:
      type: object
      example: {id: note_3d9k2j8s7d2k}
      properties:
        id: {type: string}
        note: {type: string}
`

// What an update and a read allocate is what they cost more than anything else that shows in a count: the naive handler's 82
// are five times as many. No other test runs beside this one, whose objects would count.
func TestAllocationsOfAnUpdate(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates too")
	}
	s, err := New(embedded(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range benchRequests() {
		most := map[string]float64{"refused": 200, "related": 28}[a.name]
		if most == 0 {
			most = 18
		}
		body, w := strings.NewReader(""), &sink{header: http.Header{}}
		r := httptest.NewRequest(a.method, a.path, io.NopCloser(body))
		r.Header.Set("Content-Type", "application/json")
		r.ContentLength = int64(len(a.body))
		got := testing.AllocsPerRun(200, func() {
			body.Reset(a.body)
			clear(w.header)
			w.status = http.StatusOK
			s.ServeHTTP(w, r)
		})
		if got > most || w.status != a.status {
			t.Errorf("%s: status %d after %g allocations, want %d after %g at most", a.name, w.status, got, a.status, most)
		}
	}
}

// A changed record costs at most twice its JSON; a very small one 128 bytes beside it. No other test runs beside this
// one, for it looks at the whole heap.
func TestCostOfChangedRecords(t *testing.T) {
	const many = 20_000
	for _, doc := range []*spec.Document{embedded(t), load(t, smallDocument)} {
		s, err := New(doc, WithCount(many), WithBounds(Bounds{Journal: 1}))
		if err != nil {
			t.Fatal(err)
		}
		var op *spec.Operation
		for _, o := range doc.Operations {
			if o.Action == spec.ActionMerge {
				op = o
				break
			}
		}
		update := func(i uint64) {
			id := s.store.dataset.ID(op.Resource, i)
			r := httptest.NewRequest(http.MethodPatch, doc.BasePath+strings.Replace(op.Path, "{id}", id, 1),
				strings.NewReader(`{"note":"Changed for the `+itoa(int(i))+`th time, and kept"}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			if s.ServeHTTP(w, r); w.Code != http.StatusOK {
				t.Fatalf("%s: status %d: %s", id, w.Code, w.Body)
			}
		}
		s.store.originals.most = 1 // keeps none
		update(0)
		before := heap()
		for i := range uint64(many) {
			update(i)
		}
		used := heap() - before
		var text uint64
		for _, c := range s.sessions.find(defaultSession).all() {
			text += uint64(len(c.text))
		}
		if said := s.sessions.budget.used(); said.changes != many || uint64(said.size) < used*3/4 || uint64(said.size) > used*5/4 {
			t.Errorf("%s: %d bytes are said to be taken by %d changes, and %d are", doc.Title, said.size, said.changes, used)
		}
		t.Logf("%s: %d bytes of heap a record of %d bytes: %.2f", doc.Title, used/many, text/many, float64(used)/float64(text))
		if used > max(2*text, text+128*many) {
			t.Errorf("%s: %d bytes for %d records of %d bytes in all", doc.Title, used, many, text)
		}
	}
}

func TestKeptChanges(t *testing.T) {
	t.Parallel()
	roomy := append(make([]byte, 0, 100), `{"a":1}`...)
	for _, c := range []change{
		{text: []byte(`{"a":1}`)},
		{text: roomy},
		{deleted: true},
		{deleted: true, owner: "x"},
		{text: []byte(`{}`), nth: 1 << 40},
		{text: []byte(`{}`), owner: strings.Repeat("long", 100), nth: 3},
		{text: []byte(`[1]`)},
		{text: []byte("{}"), owner: "{"},
	} {
		k := keep(c)
		if got := k.change(); got.stays != k.stays() {
			t.Errorf("%+v says of itself %v", c, k.stays())
		} else if got.stays = c.stays; !reflect.DeepEqual(got, c) {
			t.Errorf("%+v comes back as %+v", c, got)
		}
		if cap(k) > 2*len(k)+16 {
			t.Errorf("%+v takes %d bytes", c, cap(k))
		}
	}
}

// Changed records are bounded in what they take together, not only by their number, and what is taken back counts no more.
func TestMemoryOfChangesIsBounded(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, smallDocument), WithBounds(Bounds{Memory: 100_000}))
	c := s.control()
	body := func(n int) string { return `{"note":"` + strings.Repeat("x", n) + `"}` }
	path := func(i uint64) string { return "/notes/" + s.server.store.dataset.ID(s.server.doc.Resources[0], i) }
	s.patch(path(1), body(60_000)).want(200)
	s.patch(path(2), body(60_000)).want(507)
	s.patch(path(2), body(10_000)).want(200)
	s.patch(path(1), body(90_000)).want(507)
	info := ok[control.Info](t)(c.Info(t.Context()))
	if info.Memory < 70_000 || info.Memory > 71_000 || info.Bounds.Memory != 100_000 || info.Journal != 4 || info.Heap == 0 {
		t.Errorf("%+v", info)
	}
	s.patch(path(1), body(10)).want(200)
	s.patch(path(2), body(90_000)).want(200)
	s.send("DELETE", "/__understudy/sessions/default/state", "").want(204)
	if left := s.server.sessions.budget.used(); left != (usage{}) {
		t.Errorf("%+v is left", left)
	}
}

// What is merely updated costs lists nothing: they look at what was made, deleted or given away.
func TestListsLookAtOddChangesOnly(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, smallDocument))
	c, ctx := s.control(), t.Context()
	r := s.server.doc.Resources[0]
	id := func(i uint64) string { return s.server.store.dataset.ID(r, i) }
	sess := s.server.sessions.use(defaultSession)
	want := func(odd, staying int) {
		t.Helper()
		if a, b := len(sess.odd(r)), len(sess.staying(r)); a != odd || b != staying || len(sess.all()) != odd+staying {
			t.Errorf("%d odd changes and %d others, want %d and %d", a, b, odd, staying)
		}
	}
	for i := range uint64(20) {
		s.patch("/notes/"+id(i), `{"note":"x"}`).want(200)
	}
	want(0, 20)
	noError(t, c.DeleteRecord(ctx, "notes", id(3)))
	want(1, 19)
	note := json.RawMessage(`{"id":"` + id(3) + `","note":"again"}`)
	ok[json.RawMessage](t)(c.PutRecord(ctx, "notes", id(3), note))
	want(0, 20)
	ok[json.RawMessage](t)(c.PutRecord(ctx, "notes", "note_made", json.RawMessage(`{"id":"note_made"}`)))
	want(1, 20)
	s.patch("/notes/note_made", `{"note":"x"}`).want(200)
	want(1, 20)
	if all := ok[[]control.Resource](t)(c.Resources(ctx)); all[0].Changed != 21 || all[0].Count != 101 {
		t.Errorf("%+v", all)
	}
	noError(t, c.DeleteRecord(ctx, "notes", "note_made"))
	want(0, 20)
	if n := s.server.sessions.budget.used().changes; n != 20 {
		t.Errorf("%d changes counted", n)
	}
}
