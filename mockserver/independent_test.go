package mockserver

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/cache"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi/datamodel"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/understudy-dev/understudy/spec"
)

// TestAnswersByAnIndependentRoute serves every public document and holds what comes back, successes and refusals, against
// libopenapi-validator as a whole, which shares no code with the mock's own check of its answers.
func TestAnswersByAnIndependentRoute(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "shared", "corpus")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skipf("there is no corpus of documents at %s", dir)
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".json" && ext != ".yaml" {
			continue // trees of files have tests of their own
		}
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			w := newWitness(t, filepath.Join(dir, e.Name()))
			for i := 0; i < len(w.server.doc.Operations); i += w.stride() {
				w.watch(t, w.server.doc.Operations[i])
			}
			w.report(t)
		})
	}
}

// witness is a mock and libopenapi-validator beside it, with the same document.
type witness struct {
	*stage
	name     string
	theirs   validator.Validator
	requests int
	checked  int
	tried    bool           // whether the validator refuses an answer that was broken
	awake    bool           // it does
	unserved map[string]int // answers of 501, by rule
	excused  map[string]int // by the name of the difference
}

func newWitness(t *testing.T, file string) *witness {
	t.Helper()
	src, err := spec.ReadSource(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	cfg := datamodel.NewDocumentConfiguration()
	cfg.Logger = slog.New(slog.DiscardHandler)
	parsed, err := libopenapi.NewDocumentWithConfiguration(src.Data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	model, err := parsed.BuildV3Model()
	if model == nil { // an error beside a model is of a reference that goes round
		t.Fatal(err)
	}
	model.Model.Servers = nil
	if d.BasePath != "" {
		model.Model.Servers = []*v3.Server{{URL: d.BasePath}}
	}
	theirs := validator.NewValidatorFromV3Model(&model.Model, config.WithFormatAssertions(),
		config.WithSchemaCache(&lazyCache{entries: map[uint64]*cache.SchemaCacheEntry{}}))
	return &witness{
		stage: play(t, d), name: filepath.Base(file), theirs: theirs, unserved: map[string]int{}, excused: map[string]int{},
	}
}

// lazyCache keeps libopenapi-validator from compiling every schema of a document before the first message: it says of
// schemas that it does not know that they are there, and a message's schema is compiled where the entry is nil.
type lazyCache struct {
	mu      sync.Mutex
	entries map[uint64]*cache.SchemaCacheEntry
}

func (c *lazyCache) Load(key uint64) (*cache.SchemaCacheEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[key], true
}

func (c *lazyCache) Store(key uint64, e *cache.SchemaCacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = e
}

func (c *lazyCache) Range(f func(uint64, *cache.SchemaCacheEntry) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, e := range c.entries {
		if !f(key, e) {
			return
		}
	}
}

// stride is how far the operations that are asked stand apart: the validator takes a tenth of a second and more for each
// schema of a large document, so all are asked only where everything is asked for.
func (w *witness) stride() int {
	const few = 40
	if os.Getenv("UNDERSTUDY_ALL_FAULTS") != "" {
		return 1
	}
	return 1 + len(w.server.doc.Operations)/few
}

// watch sends an operation what its example says, and what it must refuse.
func (w *witness) watch(t *testing.T, op *spec.Operation) {
	t.Helper()
	e := w.server.example(op)
	w.exchange(t, op, "as shown", e)
	for name, broken := range refused(e) {
		w.exchange(t, op, name, broken)
	}
}

// refused are an example's variants that no operation takes.
func refused(e exampleRequest) map[string]exampleRequest {
	out := map[string]exampleRequest{}
	if len(e.carried.headers) > 0 {
		bare := e
		bare.carried.headers = nil
		out["without headers"] = bare
	}
	query := e
	query.target += "?understudy=%zz"
	if strings.Contains(e.target, "?") {
		query.target = e.target + "&understudy=%zz"
	}
	out["with a query that cannot be read"] = query
	if e.body != nil {
		cut := e
		cut.body = &exampleBody{text: `{"understudy`, mediaType: e.body.mediaType}
		out["with a body cut short"] = cut
		odd := e
		odd.body = &exampleBody{text: `"understudy"`, mediaType: e.body.mediaType}
		out["with a body that is a text"] = odd
	}
	return out
}

func (w *witness) exchange(t *testing.T, op *spec.Operation, name string, e exampleRequest) {
	t.Helper()
	var in io.Reader
	if e.body != nil {
		in = strings.NewReader(e.body.text)
	}
	req, err := http.NewRequest(op.Method, w.http.URL+e.target, in)
	if err != nil {
		return // %zz in a path is no URL for this client
	}
	for _, h := range e.carried.headers {
		field, value, _ := strings.Cut(h, ": ")
		req.Header.Set(field, value)
	}
	if len(e.carried.cookies) > 0 {
		req.Header.Set("Cookie", strings.Join(e.carried.cookies, "; "))
	}
	if e.body != nil {
		req.Header.Set("Content-Type", e.body.mediaType)
	}
	r := w.do(req)
	w.requests++
	if r.status == http.StatusInternalServerError {
		t.Errorf("%s %s %s: status 500: %s", op.Method, op.Path, name, spec.Clip(string(r.body)))
	}
	if r.status == http.StatusNotImplemented {
		w.unserved[firstRule(r)]++
		t.Logf("501 %s %s %s: %s", op.Method, op.Path, name, spec.Clip(string(r.body)))
	}
	if op.Response(r.status) == nil {
		return
	}
	w.checked++
	ok, errs := w.judge(req, r)
	if ok {
		if m := spec.Media(op.Response(r.status).Content); !w.awake && m != nil && spec.IsJSON(m.Type) && m.Schema != nil &&
			!m.Schema.Valid("understudy", spec.Out) {
			w.tried, r.body = true, []byte(`"understudy"`)
			taken, _ := w.judge(req, r)
			w.awake = !taken
		}
		return
	}
	why := errs[0].Message + ": " + errs[0].Reason
	for _, v := range errs[0].SchemaValidationErrors {
		why += fmt.Sprintf("; %s: %s", v.KeywordLocation, v.Reason)
	}
	for _, d := range validatorMistakes {
		if d.document == w.name && strings.Contains(why, d.says) && (d.alone == "" || onlyOf(errs[0], d.alone)) {
			w.excused[d.name]++
			return
		}
	}
	t.Errorf("%s %s %s: status %d\n  %s\n  %s", op.Method, op.Path, name, r.status, why, spec.Clip(string(r.body)))
}

func (w *witness) judge(req *http.Request, r reply) (bool, []*errors.ValidationError) {
	return w.theirs.ValidateHttpResponse(req, &http.Response{
		StatusCode: r.status, Header: r.header, Request: req, Body: io.NopCloser(bytes.NewReader(r.body)),
	})
}

// mistake is where libopenapi-validator refuses what a document allows, or cannot tell.
type mistake struct {
	name, document string
	says           string // in what the validator says
	alone          string // in every one of its complaints about a schema, where not ""
	reason         string
}

var validatorMistakes = []mistake{
	{
		"operators of URI templates", "github-3.0.json", "is not valid uri-template", "is not valid uri-template",
		"{?page} is an expression of RFC 6570, section 3.2.8, which the validator does not know",
	},
	{
		"null beside a union", "season-nullable-allof-microcks.yaml", "'oneOf' failed, subschemas 0, 1 matched",
		"'oneOf' failed, subschemas 0, 1 matched",
		"nullable allows null whatever the branches say; that it is an example of the document shows that it is meant",
	},
	{
		"a response that cannot be rendered", "cars-microcks-3.1.yaml", "failed to unmarshal JSON schema resource", "",
		"it renders the schema, an array of references, to nothing",
	},
	{
		"exclusive limits of OpenAPI 3.0 in 3.1", "openai.yaml", "exclusiveMinimum': got boolean, want number", "",
		"the document's flaw, for which the validator refuses every message; it is read as it was meant in 3.0",
	},
	{
		"nullable in 3.1", "openai.yaml", "The `nullable` keyword is not supported", "",
		"the document's flaw, for which the validator refuses every message; in 3.1 the keyword says nothing",
	},
	{
		"a required property that is named twice", "openai.yaml", "'/required': items at ", "",
		"the document's flaw, for which the validator refuses every message; twice says no more than once",
	},
	{
		"a discriminator beside an array", "openai.yaml", "outputs/anyOf/0/discriminator: discriminator property 'type' is missing", "",
		"the discriminator stands beside items, and the validator looks for its property in the array",
	},
}

// onlyOf reports whether every complaint about a schema says the same.
func onlyOf(e *errors.ValidationError, text string) bool {
	for _, v := range e.SchemaValidationErrors {
		if !strings.Contains(v.Reason, text) {
			return false
		}
	}
	return len(e.SchemaValidationErrors) > 0
}

// firstRule is the rule of a problem's first finding.
func firstRule(r reply) string {
	_, rest, _ := strings.Cut(string(r.body), `"rule":"`)
	rule, _, _ := strings.Cut(rest, `"`)
	return rule
}

// report says what was met. Nothing of the corpus is refused as what cannot be served, and where every operation was asked
// each of the validator's mistakes is still made.
func (w *witness) report(t *testing.T) {
	t.Helper()
	t.Logf("%d requests, %d answers held against the validator, stride %d", w.requests, w.checked, w.stride())
	for _, rule := range slices.Sorted(maps.Keys(w.unserved)) {
		t.Errorf("%d answers of 501, rule %s; there were none", w.unserved[rule], rule)
	}
	for _, d := range validatorMistakes {
		if d.document != w.name {
			continue
		}
		t.Logf("%4d %s: %s", w.excused[d.name], d.name, d.reason)
		if w.excused[d.name] == 0 && w.stride() == 1 {
			t.Errorf("the mistake %q is not made any more", d.name)
		}
	}
	if w.checked == 0 || w.tried && !w.awake {
		t.Errorf("%d answers held against the validator; it refused a broken one: %v", w.checked, w.awake)
	}
}
