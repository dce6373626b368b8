package spec_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// writeTree writes files into a new directory.
func writeTree(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// loadFile loads a document with the files beside it.
func loadFile(tb testing.TB, path string, remote ...string) *spec.Document {
	tb.Helper()
	src, err := spec.ReadSource(path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	src.Remote = remote
	d, err := spec.Load(src)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

var shelf = map[string]string{
	"api.yaml": `openapi: 3.1.0
info: {title: Shelf, version: "1"}
paths:
  /books/{id}: {$ref: "paths/book.yaml"}
  /notes: {$ref: "paths/more.json#/notes"}
components:
  schemas:
    Book: {$ref: "schemas/book.yaml"}
`,
	"paths/book.yaml": `parameters:
  - $ref: ../parameters.yaml#/id
put:
  operationId: putBook
  requestBody:
    content:
      application/json:
        schema: {$ref: "../schemas/book.yaml"}
  responses:
    "200": {$ref: "../responses.yaml#/Found"}
`,
	"paths/more.json": `{"notes": {"post": {"operationId": "note", "requestBody": {"content": {"application/json": {"schema":
  {"$ref": "../schemas/book.yaml#note"}}}}, "responses": {"204": {"description": "\ud83d\udcda"}}}}}`,
	"parameters.yaml": "id: {name: id, in: path, required: true, schema: {type: string, maxLength: 4}}\n",
	"responses.yaml": `Found:
  description: ok
  content: {application/json: {schema: {$ref: "api.yaml#/components/schemas/Book"}}}
`,
	"schemas/book.yaml": `type: object
properties:
  title: {type: string}
  pages: {$ref: "parts/pages.yaml#/definitions/Pages"}
  next: {$ref: "./book.yaml"}
  note: {$ref: "#/$defs/note"}
$defs:
  note:
    $anchor: note
    type: string
    minLength: 3
`,
	"schemas/parts/pages.yaml": "definitions:\n  Pages:\n    type: integer\n    minimum: 1\n",
}

func TestTreeIsOneDocument(t *testing.T) {
	t.Parallel()
	d := loadFile(t, filepath.Join(writeTree(t, shelf), "api.yaml"))
	// It asks for a security scheme that it does not have.
	flaws := slices.DeleteFunc(slices.Clone(d.Flaws), func(f spec.Finding) bool { return f.Rule == "security" })
	if len(flaws) > 0 || len(d.Files()) != len(shelf) || len(d.Operations) != 2 {
		t.Fatalf("flaws %v, files %q, %d operations", d.Flaws, d.Files(), len(d.Operations))
	}
	m := message(`{"title":"x","pages":0,"next":{"pages":"many"},"note":"no"}`)
	m.PathParams["id"] = "12345"
	_, r := d.Operation("putBook").CheckRequest(m)
	if r == nil {
		t.Fatal("nothing was found")
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d %s", f.Pointer, f.Document.File, f.Document.Line, f.Document.Pointer))
	}
	want := []string{
		"/id parameters.yaml:1 /id/schema/maxLength",
		"/next/pages schemas/parts/pages.yaml:3 /definitions/Pages/type",
		"/note schemas/book.yaml:11 /$defs/note/minLength",
		"/pages schemas/parts/pages.yaml:4 /definitions/Pages/minimum",
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, r := d.Operation("note").CheckRequest(message(`"ok"`)); r == nil || r.Findings[0].Rule != "minLength" {
		t.Errorf("by its anchor: %v", r)
	}
}

// The hash tells documents apart that differ in any of their files.
func TestHashCoversEveryFile(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, shelf)
	before := loadFile(t, filepath.Join(dir, "api.yaml")).Hash
	if again := loadFile(t, filepath.Join(dir, "api.yaml")).Hash; again != before {
		t.Errorf("%s, then %s", before, again)
	}
	part := filepath.Join(dir, "schemas", "parts", "pages.yaml")
	if err := os.WriteFile(part, []byte("definitions: {Pages: {type: string}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if after := loadFile(t, filepath.Join(dir, "api.yaml")).Hash; after == before {
		t.Error("another file, the same hash")
	}
}

const outsideRef = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /s: {post: {requestBody: {content: {application/json: {schema: {$ref: "REF"}}}}, responses: {"200": {description: ok}}}}
`

// No reference leads out of the document's directory, whatever way it tries.
func TestTreeIsConfined(t *testing.T) {
	t.Parallel()
	outer := writeTree(t, map[string]string{"secret.yaml": "type: object\n", "in/plain.yaml": "type: object\n"})
	inner := filepath.Join(outer, "in")
	secret := filepath.Join(outer, "secret.yaml")
	links := os.Symlink(secret, filepath.Join(inner, "link.yaml")) == nil &&
		os.Symlink(outer, filepath.Join(inner, "up")) == nil
	if err := os.Mkdir(filepath.Join(inner, "dir.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	for ref, served := range map[string]bool{
		"plain.yaml": true, "./plain.yaml": true, "x/../plain.yaml": true, "pl%61in.yaml": true,
		"../secret.yaml": false, "x/../../secret.yaml": false, "..%2fsecret.yaml": false, "%2e%2e/secret.yaml": false,
		secret: false, "file://" + secret: false, "file:" + secret: false, "FILE:" + secret: false, "//" + secret: false,
		"link.yaml": false, "up/secret.yaml": false, "dir.yaml": false, "missing.yaml": false, `\secret.yaml`: false,
		"http://127.0.0.1:1/secret.yaml": false, "//127.0.0.1:1/secret.yaml": false, "ftp://127.0.0.1/x": false,
	} {
		if !links && (strings.HasPrefix(ref, "link") || strings.HasPrefix(ref, "up")) {
			continue
		}
		doc := filepath.Join(inner, "api-"+url.PathEscape(url.PathEscape(ref))[:min(20, len(ref))]+".yaml")
		if err := os.WriteFile(doc, []byte(strings.ReplaceAll(outsideRef, "REF", strings.ReplaceAll(ref, `\`, `\\`))), 0o600); err != nil {
			t.Fatal(err)
		}
		d := loadFile(t, doc)
		_, r := d.Operations[0].CheckRequest(message(`{"a":1}`))
		switch {
		case served && (r != nil || len(d.Flaws) > 0):
			t.Errorf("%s is not served: %v %v", ref, r, d.Flaws)
		case !served && (r == nil || r.Reason != spec.NotServed || len(d.Flaws) != 1 || d.Flaws[0].Hint == ""):
			t.Errorf("%s: %v, flaws %v", ref, r, d.Flaws)
		case !served && strings.Contains(fmt.Sprint(d.Flaws), "object"):
			t.Errorf("%s: the file was read: %v", ref, d.Flaws)
		}
	}
}

// A document that came alone has no files, and says so.
func TestAloneThereAreNoFiles(t *testing.T) {
	t.Parallel()
	d := load(t, strings.ReplaceAll(outsideRef, "REF", "load_test.go"))
	if len(d.Flaws) != 1 || !strings.Contains(d.Flaws[0].Hint, "pass it as a file") || d.Flaws[0].Document.Line != 4 {
		t.Errorf("%+v", d.Flaws)
	}
}

// With a host allowed, references are fetched from it and its redirects followed as far as they stay there.
func TestRemoteReferences(t *testing.T) {
	t.Parallel()
	var strangers atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	t.Cleanup(other.Close)
	mux := http.NewServeMux()
	files := map[string]string{"/a/s.yaml": `$ref: "../b/t.json#/x"`, "/b/t.json": `{"x":{"type":"integer"}}`}
	for path, text := range files {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
	mux.Handle("/moved", http.RedirectHandler("/a/s.yaml", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler(other.URL, http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	mux.HandleFunc("/climbs", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`$ref: "file:///etc/hostname"`))
	})
	host := httptest.NewServer(mux)
	t.Cleanup(host.Close)
	at, err := url.Parse(host.URL)
	if err != nil {
		t.Fatal(err)
	}
	for path, served := range map[string]bool{
		"/a/s.yaml": true, "/moved": true, "/away": false, "/round": false, "/missing": false, "/climbs": false,
	} {
		src := spec.Source{Name: "api.yaml", Data: []byte(strings.ReplaceAll(outsideRef, "REF", host.URL+path))}
		src.Remote = []string{at.Host}
		d, err := spec.Load(src)
		if err != nil {
			t.Fatal(err)
		}
		_, r := d.Operations[0].CheckRequest(message(`"no number"`))
		if r == nil || (r.Reason == spec.Invalid) != served || served != (len(d.Flaws) == 0) {
			t.Errorf("%s: %v, flaws %v", path, r, d.Flaws)
		}
		src.Remote = []string{net.JoinHostPort(at.Hostname(), "1"), "example.com"}
		if d, err = spec.Load(src); err != nil || len(d.Flaws) != 1 || !strings.Contains(d.Flaws[0].Hint, "--allow-remote") {
			t.Errorf("%s from a host that is not allowed: %v, %v", path, err, d.Flaws)
		}
	}
	if n := strangers.Load(); n > 0 {
		t.Errorf("%d connections to a host that is not allowed", n)
	}
}

// $self is the document's own name: references by it lead into the document.
func TestSelf(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, map[string]string{
		"api.yaml": `openapi: 3.2.0
$self: https://api.example.com/v1/api.yaml
info: {title: T, version: "1"}
paths:
  /s:
    query:
      requestBody: {content: {application/json: {schema: {$ref: "https://api.example.com/v1/api.yaml#/components/schemas/N"}}}}
      responses: {"200": {description: ok}}
    additionalOperations:
      COPY:
        requestBody: {content: {application/json: {schema: {$ref: "https://api.example.com/v1/t.yaml"}}}}
        responses: {"200": {description: ok}}
components: {schemas: {N: {type: integer}}}
`,
		"t.yaml": "type: integer\n",
	})
	d := loadFile(t, filepath.Join(dir, "api.yaml"))
	if len(d.Flaws) > 0 || len(d.Operations) != 2 || d.Operations[0].Method != "QUERY" || d.Operations[1].Method != "COPY" {
		t.Fatalf("%v %+v", d.Flaws, d.Operations)
	}
	for _, o := range d.Operations {
		if _, r := o.CheckRequest(message("1")); r != nil {
			t.Errorf("%s: %v", o.ID, r)
		}
		if _, r := o.CheckRequest(message(`"x"`)); r == nil || r.Reason != spec.Invalid {
			t.Errorf("%s: %v", o.ID, r)
		}
	}
}

// The public tree of the corpus loads whole.
func TestPublicTree(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "shared", "corpus", "libopenapi-nested", "openapi.yaml")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the public corpus is not here")
	}
	d := loadFile(t, path)
	// It asks for a security scheme that it does not have.
	flaws := slices.DeleteFunc(slices.Clone(d.Flaws), func(f spec.Finding) bool { return f.Rule == "security" })
	if len(flaws) > 0 || len(d.Files()) != 7 || len(d.Operations) != 3 {
		t.Fatalf("flaws %v, files %q, %d operations", d.Flaws, d.Files(), len(d.Operations))
	}
	_, r := d.Operation("createAccounts").CheckRequest(message(`{"IsActive":"yes"}`))
	if r == nil || r.Findings[0].Document.File != "components/schemas/AccountModel.yaml" {
		t.Errorf("%v", r)
	}
}
