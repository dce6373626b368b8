package contract_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
)

// notations has one operation for each way to write a body besides JSON.
const notations = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /form: {post: {operationId: form, requestBody: {required: true, content: {application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Note"}}}}, responses: {"200": {description: ok}}}}
  /parts: {post: {operationId: parts, requestBody: {required: true, content: {multipart/form-data: {schema: {$ref: "#/components/schemas/Note"}}}}, responses: {"200": {description: ok}}}}
  /xml: {post: {operationId: xml, requestBody: {required: true, content: {application/xml: {schema: {$ref: "#/components/schemas/Note"}}}}, responses: {"200": {description: ok}}}}
  /text: {post: {operationId: text, requestBody: {required: true, content: {text/plain: {schema: {type: string, pattern: "^[a-c]{2,4}$"}}}}, responses: {"200": {description: ok}}}}
  /bytes: {post: {operationId: bytes, requestBody: {required: true, content: {application/octet-stream: {schema: {type: string, format: binary, minLength: 3}}}}, responses: {"200": {description: ok}}}}
components:
  schemas:
    Note:
      type: object
      additionalProperties: false
      required: [title]
      xml: {name: note}
      properties:
        title: {type: string, minLength: 2}
        stars: {type: integer, maximum: 5}
        kind: {type: string, enum: [plain, rich]}
        tags: {type: array, maxItems: 2, items: {type: string}}
        sure: {type: boolean}
`

// Bodies in forms, multipart, XML, text and bytes are tried as those in JSON are: what the document allows is taken, and a
// server that takes everything is found out, at each keyword.
func TestBodiesInEveryNotation(t *testing.T) {
	t.Parallel()
	noFailure(t, verifyMock(t, notations))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(srv.Close)
	r, err := contract.NewRunner(docOf(t, notations), contract.Target{URL: srv.URL},
		contract.Settings{NoRestore: true, MaxTime: time.Hour, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	res := r.RunAll(t.Context(), nil)
	failed := map[string]contract.Status{}
	for _, o := range res.Outcomes {
		failed[o.Check.Name] = o.Status
		if o.Check.Kind == contract.Accepts && o.Status != contract.Passed {
			t.Errorf("%s: %s %v", o.Check.Name, o.Status, o.Findings)
		}
	}
	want := []string{
		"text body refuses what its pattern does not match", "text refuses no body", "bytes body refuses sizes beyond its limits",
		"xml refuses malformed XML", "bytes refuses no body",
	}
	for _, op := range []string{"form", "parts", "xml"} {
		for _, what := range []string{
			" body refuses that something required is missing", " body refuses members that are not allowed",
			".title refuses sizes beyond its limits", ".stars refuses what is beyond boundaries", ".stars refuses other types",
			".kind refuses unlisted values", ".tags refuses sizes beyond its limits", ".sure refuses other types", " refuses no body",
		} {
			if strings.HasPrefix(what, ".") {
				what = " body" + what
			}
			want = append(want, op+what)
		}
	}
	for _, name := range want {
		if failed[name] != contract.Failed {
			t.Errorf("%s: %q", name, failed[name])
		}
	}
	for _, name := range []string{"parts refuses malformed multipart", "form refuses other media types", "xml body.title refuses null (good practice)"} {
		if failed[name] != contract.Warned {
			t.Errorf("%s: %q", name, failed[name])
		}
	}
}

// recordsIn has records that are changed in one notation alone.
const recordsIn = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /lamps:
    get: {operationId: listLamps, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Lamp"}}}}}}}
  /lamps/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: getLamp, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}}}}
    METHOD: {operationId: changeLamp, requestBody: {required: true, content: {MEDIA: {schema: {$ref: "#/components/schemas/Lamp"}}}}, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}}}}
components:
  schemas:
    Lamp:
      type: object
      required: [id, name]
      xml: {name: lamp}
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 20}
        watts: {type: integer, minimum: 1, maximum: 100}
        tags: {type: array, minItems: 1, items: {type: string, minLength: 1}}
`

// Records that are given are put back whatever updates are written in; what no update can put back is not sent.
func TestRecordsPutBackInEveryNotation(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, media string }{
		{"post", "application/x-www-form-urlencoded"},
		{"patch", "multipart/form-data"},
		{"put", "application/xml"},
		{"patch", "application/json-patch+json"},
	} {
		t.Run(tt.method+" "+tt.media, func(t *testing.T) {
			t.Parallel()
			d := docOf(t, strings.NewReplacer("METHOD", tt.method, "MEDIA", tt.media).Replace(recordsIn))
			s, err := mockserver.New(d)
			if err != nil {
				t.Fatal(err)
			}
			changes := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet {
					changes++
				}
				s.ServeHTTP(w, r)
			}))
			t.Cleanup(srv.Close)
			id := s.KnownIDs(d.Resources[0], 1)
			look := func() string {
				res, err := srv.Client().Get(srv.URL + "/lamps/" + id[0])
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				text, _ := io.ReadAll(res.Body)
				return string(text)
			}
			before := look()
			r, err := contract.NewRunner(d, contract.Target{URL: srv.URL, IDs: map[string][]string{"lamps": id}},
				contract.Settings{MaxTime: time.Hour, Timeout: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			res, err := r.RunRestoring(t.Context(), filepath.Join(t.TempDir(), "undo"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if now := look(); !sameJSON(t, before, now) {
				t.Errorf("it was %s, and is %s", before, now)
			}
			noFailure(t, res)
			canPutBack := tt.media != "application/json-patch+json"
			if canPutBack != (changes > 10) {
				t.Errorf("%d changes", changes)
			}
			said := slices.ContainsFunc(res.Outcomes, func(o contract.Outcome) bool {
				return strings.Contains(o.Reason, "no update by which its values could be put back")
			})
			if said == canPutBack {
				t.Errorf("the reason is told: %v", said)
			}
		})
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	return string(encode(plain([]byte(a)))) == string(encode(plain([]byte(b))))
}
