package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// shelf is a small API with what the Commerce API has not: values only the server writes, ones nobody can read, null,
// absent members, and a replacing update.
const shelf = `openapi: 3.1.0
info: {title: Shelf, version: "1"}
paths:
  /books/{id}:
    GET
    UPDATE:
      operationId: updateBook
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}
components:
  schemas:
    Book:
      type: object
      properties:
        id: {type: string}
        title: {type: string}
        pages: {type: integer}
        lent: {type: [string, "null"]}
        meta: {type: object}
        pin: {type: string, writeOnly: true}
        changedAt: {type: integer, readOnly: true}
`

const shelfGet = `get:
      operationId: getBook
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}`

func shelfDocument(t *testing.T, method string, drop ...string) *spec.Document {
	t.Helper()
	text := strings.ReplaceAll(shelf, "UPDATE", method)
	get := ""
	if method == "put" {
		get = shelfGet
	}
	text = strings.Replace(text, "GET", get, 1)
	for _, name := range drop {
		lines := strings.SplitAfter(text, "\n")
		for i, l := range lines {
			if strings.HasPrefix(strings.TrimSpace(l), name+":") {
				lines[i] = ""
			}
		}
		text = strings.Join(lines, "")
	}
	d, err := spec.Load(spec.Source{Name: "shelf.yaml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// books is a server of such an API, careless unless told otherwise: it validates nothing.
type books struct {
	mu      sync.Mutex
	records map[string]map[string]any
	changes int
	// made is what becomes of a value that is sent.
	made func(name string, now, sent any) any
}

func newBooks(records map[string]string) *books {
	b := &books{records: map[string]map[string]any{}, made: func(_ string, now, sent any) any { return merge(now, sent) }}
	for id, text := range records {
		rec := map[string]any{}
		if err := json.Unmarshal([]byte(text), &rec); err != nil {
			panic(err)
		}
		rec["id"] = id
		b.records[id] = rec
	}
	return b
}

func merge(now, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	o, _ := now.(map[string]any)
	out := maps.Clone(o)
	if out == nil {
		out = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(out, name)
		} else {
			out[name] = merge(out[name], v)
		}
	}
	return out
}

func (b *books) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rec := b.records[strings.TrimPrefix(r.URL.Path, "/books/")]
	sent := map[string]any{}
	text := bodyOf(r)
	switch {
	case rec == nil:
		http.Error(w, "{}", http.StatusNotFound)
		return
	case text != "" && json.Unmarshal([]byte(text), &sent) != nil:
		http.Error(w, "{}", http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPut {
		id := rec["id"]
		clear(rec)
		rec["id"] = id
	}
	for name, v := range sent {
		switch v = b.made(name, rec[name], v); {
		case name == "id" || name == "changedAt":
		case v == nil && name != "lent":
			delete(rec, name)
		default:
			rec[name] = v
		}
	}
	if len(sent) > 0 {
		b.changes++
		rec["changedAt"] = b.changes
	}
	out := maps.Clone(rec)
	delete(out, "pin")
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// record is a record without what only the server writes.
func (b *books) record(id string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := maps.Clone(b.records[id])
	delete(out, "changedAt")
	delete(out, "id")
	text, _ := json.Marshal(out)
	return string(text)
}

func (b *books) stand(t *testing.T, d *spec.Document) *stand {
	t.Helper()
	ids := []string{}
	for i := range len(b.records) {
		ids = append(ids, fmt.Sprintf("book_%d", i+1))
	}
	return newStand(t, subject{b, "", map[string][]string{"books": ids}}, d, nil)
}

const fullBook = `{"title":"Emma","pages":320,"lent":null,"meta":{"shelf":{"row":3},"tags":["a"]}}`

// TestRestoreOnCarelessServers: whatever a server makes of what it is sent, it has its records put back.
func TestRestoreOnCarelessServers(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]func(name string, now, sent any) any{
		"merges":   func(_ string, now, sent any) any { return merge(now, sent) },
		"replaces": func(_ string, _, sent any) any { return sent },
		"shortens": func(_ string, now, sent any) any {
			if text, ok := sent.(string); ok && len(text) > 5 {
				return text[:5]
			}
			return merge(now, sent)
		},
		"counts twice": func(name string, now, sent any) any {
			if n, ok := sent.(float64); ok && name == "pages" && n != 320 {
				return n * 2
			}
			return merge(now, sent)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBooks(map[string]string{"book_1": fullBook, "book_2": fullBook})
			b.made = made
			s := b.stand(t, shelfDocument(t, "patch"))
			before := b.record("book_1")
			res := s.run(t.Context(), contract.Settings{}, nil)
			s.wantDone(res.Restored)
			for _, id := range s.ids["books"] {
				if now := b.record(id); now != before {
					t.Errorf("%s is %s, want %s", id, now, before)
				}
			}
			if rec := recordOf(t, res.Restored, "book_1"); rec.Status != contract.Restored {
				t.Errorf("%+v", rec)
			}
			if notes := strings.Join(res.Restored.Notes, "\n"); !strings.Contains(notes, "changedAt") || !strings.Contains(notes, "pin") {
				t.Errorf("nothing is said of what cannot be undone: %q", notes)
			}
		})
	}
}

// What was absent and may not be null stays, and is listed; where null is allowed or the whole record is sent it goes.
func TestAbsentValues(t *testing.T) {
	t.Parallel()
	t.Run("merge", func(t *testing.T) {
		t.Parallel()
		b := newBooks(map[string]string{"book_1": `{"title":"Emma"}`})
		s := b.stand(t, shelfDocument(t, "patch"))
		r := s.runner(contract.Settings{Only: []string{"updates"}})
		var warned string
		res, err := r.Restoring(t.Context(), s.undo, func() *contract.Result {
			warned = strings.Join(r.Warnings(), "\n")
			return r.RunAll(t.Context(), nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		rec := s.wantOpen(res.Restored, "book_1", contract.Partly, "pages", "meta")
		for _, p := range rec.Properties {
			if !strings.Contains(p.Reason, "absent") || p.Was != "absent" || p.Conflict {
				t.Errorf("%+v", p)
			}
		}
		if !strings.Contains(warned, "pages, meta") {
			t.Errorf("nothing was said before: %q", warned)
		}
		if now := b.record("book_1"); !strings.Contains(now, `"title":"Emma"`) || !strings.Contains(now, `"lent":null`) {
			t.Error(now)
		}
	})
	t.Run("replace", func(t *testing.T) {
		t.Parallel()
		b := newBooks(map[string]string{"book_1": `{"title":"Emma","extra":[1.50]}`})
		s := b.stand(t, shelfDocument(t, "put", "pin"))
		before := b.record("book_1")
		res := s.run(t.Context(), contract.Settings{}, nil)
		s.wantDone(res.Restored)
		if now := b.record("book_1"); now != before {
			t.Errorf("%s, want %s", now, before)
		}
	})
}

// A replacing update would lose what cannot be read, so it is never tried.
func TestReplaceLosesSecrets(t *testing.T) {
	t.Parallel()
	b := newBooks(map[string]string{"book_1": fullBook})
	b.records["book_1"]["pin"] = "1234"
	s := b.stand(t, shelfDocument(t, "put"))
	before := b.record("book_1")
	res, err := s.runner(contract.Settings{}).RunRestoring(t.Context(), s.undo, nil)
	if !contract.IsUnreachable(err) || !strings.Contains(err.Error(), "pin") || b.record("book_1") != before || b.changes > 0 {
		t.Errorf("%v: %s", err, b.record("book_1"))
	}
	s.wantDone(res.Restored)
}

func TestWriteOnlyIsNotSet(t *testing.T) {
	t.Parallel()
	for _, destructive := range []bool{false, true} {
		b := newBooks(map[string]string{"book_1": fullBook})
		b.records["book_1"]["pin"] = "1234"
		s := b.stand(t, shelfDocument(t, "patch"))
		res := s.run(t.Context(), contract.Settings{Destructive: destructive}, nil)
		if !destructive {
			s.wantDone(res.Restored)
			if b.records["book_1"]["pin"] != "1234" || res.Count(contract.Skipped) == 0 {
				t.Error("the pin was set")
			}
			continue
		}
		s.wantOpen(res.Restored, "book_1", contract.Partly, "pin")
	}
}

// A proof that changes something is put back as far as it goes, and never counts as left alone.
func TestProofThatChanges(t *testing.T) {
	t.Parallel()
	b := newBooks(map[string]string{"book_1": fullBook, "book_2": fullBook})
	b.made = func(name string, now, sent any) any {
		if text, ok := sent.(string); ok && name == "title" {
			return text + "!"
		}
		return merge(now, sent)
	}
	s := b.stand(t, shelfDocument(t, "patch"))
	res, err := s.runner(contract.Settings{}).RunRestoring(t.Context(), s.undo, nil)
	if !contract.IsUnreachable(err) {
		t.Error(err)
	}
	rec := s.wantOpen(res.Restored, "book_1", contract.NotBack, "title")
	if rec.Properties[0].Was != `"Emma"` || !strings.Contains(res.Restored.String(), "books book_1: title: ") {
		t.Errorf("%+v\n%s", rec, res.Restored)
	}
}
