package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const watchedRoot = `openapi: 3.1.0
info: {title: Watched, version: "1"}
paths:
  /cats/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: cat.yaml}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: cat.yaml}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: cat.yaml}}}}}
`

const watchedCat = `type: object
example: {id: tom, name: T, lives: 1}
properties:
  id: {type: string}
  name: {type: string}
  lives: {type: integer}
`

// watched is a server of a document of two files that are looked at when the test says so.
type watched struct {
	*running

	dir   string
	ticks chan time.Time
	api   string
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{dir: t.TempDir(), ticks: make(chan time.Time)}
	w.write(t, "api.yaml", watchedRoot)
	w.write(t, "cat.yaml", watchedCat)
	w.running = startTicking(t, w.ticks, filepath.Join(w.dir, "api.yaml"), "--watch")
	w.api = labelled(t, w.ready(), "API")
	w.settle()
	return w
}

// write puts a file in the place of another, as editors do.
func (w *watched) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path+"~", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
}

// settle lets the files be looked at often enough for a change to be taken up, and for that to be done.
func (w *watched) settle() {
	for range 4 {
		w.ticks <- time.Time{}
	}
}

func TestWatchTakesOverWithChangesKept(t *testing.T) {
	t.Parallel()
	w := watch(t)
	if status, body := patch(t, w.api+"/cats/tom", `{"name":"Tom","lives":9}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	w.write(t, "cat.yaml", watchedCat+"  colour: {type: string, enum: [black]}\n")
	w.settle()
	w.see(w.stderr, "the changed document has taken over")
	status, body := do(t, http.MethodGet, w.api+"/cats/tom", "", nil)
	if status != http.StatusOK || !strings.Contains(body, `"lives":9`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body = patch(t, w.api+"/cats/tom", `{"colour":"red"}`); status != http.StatusUnprocessableEntity {
		t.Errorf("the old document still answers: %d %s", status, body)
	}
}

// What does not fit the changed document is set aside, and said, and comes back when a later one has room for it.
func TestWatchSetsAsideWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	w := watch(t)
	if status, body := patch(t, w.api+"/cats/tom", `{"lives":9}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	w.write(t, "cat.yaml", strings.Replace(watchedCat, "lives: {type: integer}", "lives: {type: integer, maximum: 7}", 1))
	w.settle()
	w.see(w.stderr, "does not fit the changed document and is set aside")
	if status, body := do(t, http.MethodGet, w.api+"/cats/tom", "", nil); status != http.StatusOK || strings.Contains(body, `"lives":9`) {
		t.Errorf("%d %s", status, body)
	}
	w.write(t, "cat.yaml", watchedCat+"  colour: {type: string}\n")
	w.settle()
	w.see(w.stderr, "back=1")
	if status, body := do(t, http.MethodGet, w.api+"/cats/tom", "", nil); status != http.StatusOK || !strings.Contains(body, `"lives":9`) {
		t.Errorf("it does not come back: %d %s", status, body)
	}
}

// A document that cannot be played is told once, and the old one goes on until it is mended.
func TestWatchGoesOnWithTheOldDocument(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(t, "api.yaml", "openapi: 3.1.0\npaths: [\n")
	w.settle()
	said := w.see(w.stderr, "the old one goes on")
	if !strings.Contains(said, ": not a readable OpenAPI document") {
		t.Errorf("no reason: %s", said)
	}
	if status, body := patch(t, w.api+"/cats/tom", `{"lives":8}`); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if err := os.Remove(filepath.Join(w.dir, "api.yaml")); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.see(w.stderr, "no such file")
	w.write(t, "api.yaml", strings.Replace(watchedRoot, "title: Watched", "title: Mended", 1))
	w.settle()
	w.see(w.stderr, "the changed document has taken over")
	if status, body := do(t, http.MethodGet, w.api+"/cats/tom", "", nil); status != http.StatusOK || !strings.Contains(body, `"lives":8`) {
		t.Errorf("%d %s", status, body)
	}
}

// A file that is written anew with the same text is no change.
func TestWatchKnowsTheSameText(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(t, "cat.yaml", watchedCat)
	w.settle()
	if said := w.stderr.String(); strings.Contains(said, "taken over") {
		t.Error(said)
	}
}
