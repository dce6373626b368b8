package contract_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

const shelves = `openapi: 3.1.0
info: {title: Shelves, version: "1"}
paths:
  /shelves/{shelfId}:
    get: {operationId: getShelf, responses: {"200": {description: ok, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}}}}
  /shelves/{shelfId}/jars/{jarId}:
    get: {operationId: getJar, responses: {"200": &jar {description: ok, content: {application/json: {schema: &Jar {type: object, required: [id, jam], properties: {id: {type: string}, jam: {type: string}}}}}}}}
    put:
      operationId: putJar
      requestBody: {required: true, content: {application/json: {schema: *Jar}}}
      responses: {"200": *jar, "201": *jar}
    delete: {operationId: deleteJar, responses: {"204": {description: gone}}}
`

// cellar keeps what is put under whatever path.
type cellar struct {
	mu   sync.Mutex
	jars map[string]string
}

func (c *cellar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, there := c.jars[r.URL.Path]
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		c.jars[r.URL.Path] = string(body)
		if !there {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = w.Write(body)
	case !there:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete:
		delete(c.jars, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	default:
		_, _ = io.WriteString(w, text)
	}
}

// TestWhatIsPutBelowAnotherOwnerIsDeleted: a server that makes a record there has none of ours afterwards.
func TestWhatIsPutBelowAnotherOwnerIsDeleted(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "shelves.yaml", Data: []byte(shelves)})
	if err != nil {
		t.Fatal(err)
	}
	c := &cellar{jars: map[string]string{
		"/shelves/a": `{"id":"a"}`, "/shelves/b": `{"id":"b"}`, "/shelves/a/jars/plum": `{"id":"plum","jam":"sweet"}`,
	}}
	srv := httptest.NewServer(c)
	defer srv.Close()
	target := contract.Target{URL: srv.URL, IDs: map[string][]string{"shelves": {"a", "b"}, "jars": {"a/plum"}}}
	r, err := contract.NewRunner(d, target, contract.Settings{Only: []string{"putJar has no success below another owner"}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RunRestoring(t.Context(), filepath.Join(t.TempDir(), "undo.jsonl"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if o := res.Outcomes[0]; o.Status != contract.Warned || len(o.Findings) != 1 || !strings.Contains(o.Findings[0].Actual, "201") {
		t.Errorf("%s %s %v", o.Status, o.Reason, o.Findings)
	}
	if len(c.jars) != 3 || !strings.Contains(c.jars["/shelves/a/jars/plum"], `"jam":"sweet"`) {
		t.Errorf("left: %v", c.jars)
	}
	if !res.Restored.Complete() {
		t.Errorf("%s", res.Restored)
	}
}
