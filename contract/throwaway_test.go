package contract_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// endings is a document whose records can be deleted and not be made.
const endings = `openapi: 3.1.0
info: {title: T, version: "1"}
security: [{token: []}]
paths:
  /keys:
    get: {operationId: listKeys, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Key"}}}}}}}
  /keys/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: getKey, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Key"}}}}}}
    delete: {operationId: deleteKey, responses: {"204": {description: ok}}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas: {Key: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}}
`

// endingsRun verifies a mock of the document; a handler may stand in front of it.
func endingsRun(t *testing.T, set contract.Settings, front func(http.Handler) http.Handler) *contract.Result {
	t.Helper()
	d := docOf(t, endings)
	s, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(front(s))
	t.Cleanup(srv.Close)
	r, err := contract.NewRunner(d, contract.Target{URL: srv.URL, Credentials: (*spec.Operation).DemoCredentials}, set)
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RunRestoring(t.Context(), t.TempDir()+"/undo", nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func asItIs(h http.Handler) http.Handler { return h }

// TestRecordsToThrowAway: where records can be deleted and not be made, those of a target to throw away are used up; those of
// any other are left, and the reason says what to do.
func TestRecordsToThrowAway(t *testing.T) {
	t.Parallel()
	res := endingsRun(t, contract.Settings{NoRestore: true}, asItIs)
	for _, o := range res.Outcomes {
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	skipped := 0
	res = endingsRun(t, contract.Settings{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete && r.Header.Get("Authorization") != "" && !strings.Contains(r.URL.Path, "999") {
				if a := capture(next, clonedAs(r, http.MethodGet)); a.status == http.StatusOK {
					t.Errorf("%s is deleted", r.URL)
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	for _, o := range res.Outcomes {
		if o.Check.Operation == "deleteKey" && o.Status == contract.Skipped {
			skipped++
			if !strings.HasSuffix(o.Reason, "no way to make one; with --no-restore, one that is there is deleted") {
				t.Errorf("%s: %s", o.Check.Name, o.Reason)
			}
		}
	}
	if skipped == 0 {
		t.Error("nothing says why records are not deleted")
	}
}

func clonedAs(r *http.Request, method string) *http.Request {
	out := r.Clone(r.Context())
	out.Method, out.Body = method, http.NoBody
	return out
}

// TestMalformedCredentials: a target that takes whatever has the right form is asked with what has not.
func TestMalformedCredentials(t *testing.T) {
	t.Parallel()
	res := endingsRun(t, contract.Settings{NoRestore: true, Only: []string{"auth-wrong"}}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				r.Header.Set("Authorization", "Bearer any")
			}
			next.ServeHTTP(w, r)
		})
	})
	for _, o := range res.Outcomes {
		if o.Status != contract.Warned || o.Findings[0].Rule != "auth-wrong" {
			t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
		}
	}
}
