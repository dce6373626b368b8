package mockserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

const oddPaths = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /gone: {$ref: "gone.yaml"}
  /half:
    get: {$ref: "gone.yaml#/get"}
    put: true
    post: {responses: {"204": {description: done}}}
  /things:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {const: plain}}}}}}
  /things?beta=true:
    get:
      operationId: beta
      responses: {"200": {description: ok, content: {application/json: {schema: {const: beta}}}}}
  /only?comp=list:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {const: only}}}}}}
  /slash/{id}/:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"204": {description: ok}}}
`

// A path or an operation that cannot be read answers 501 with the reason, whatever the method; its neighbours answer.
func TestUnreadablePaths(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, oddPaths))
	for _, method := range []string{"GET", "POST", "DELETE"} {
		s.send(method, "/gone", "").wantFinding(501, "$ref", "document", "/paths/~1gone/$ref")
	}
	s.send("GET", "/half", "").wantFinding(501, "$ref", "document", "/paths/~1half/get/$ref")
	s.send("PUT", "/half", "").wantFinding(501, "type", "document", "/paths/~1half/put")
	s.send("POST", "/half", "").want(204)
	if r := s.send("DELETE", "/half", "").want(405); !strings.Contains(r.header.Get("Allow"), "POST") {
		t.Errorf("Allow: %q", r.header.Get("Allow"))
	}
}

// A query in the key of a path tells requests apart, and without it there is no such path.
func TestQueryInThePath(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, oddPaths))
	s.send("GET", "/things", "").want(200).wantBody(`"plain"`)
	s.send("GET", "/things?beta=true", "").want(200).wantBody(`"beta"`)
	s.send("GET", "/only?comp=list", "").want(200).wantBody(`"only"`)
	s.send("GET", "/only", "").wantFinding(404, "query", "query", "")
	for e := range s.server.Examples("http://x") {
		if e.Operation.ID == "beta" && !strings.HasSuffix(e.Curl, "'http://x/things?beta=true'") {
			t.Error(e.Curl)
		}
	}
	if r := s.send("GET", "/slash/5", "").want(404); !strings.Contains(r.at("/errors/0/hint"), "/slash/5/?") {
		t.Error(r.at("/errors/0/hint"))
	}
	s.send("GET", "/slash/5/", "").want(204)
}

// A document without anything to play is refused, with the way out; webhooks are something to play.
func TestNothingToPlay(t *testing.T) {
	t.Parallel()
	_, err := New(load(t, "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\ncomponents: {schemas: {A: {type: string}}}\n"))
	if err == nil || !strings.Contains(err.Error(), "pass the document that refers to this one") {
		t.Errorf("components alone: %v", err)
	}
	s := play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
webhooks: {changed: {post: {responses: {"200": {description: ok}}}}}
`))
	s.send(http.MethodGet, "/__understudy/webhooks", "").want(200)
	if fs := s.send(http.MethodGet, "/any", "").want(404).findings(); len(fs) != 1 || fs[0].Level != spec.Must {
		t.Errorf("%v", fs)
	}
}

// A parameter of the path that the template does not have is asked of nobody.
func TestParameterMissingInTemplate(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a/{id}:
    get:
      parameters: [{name: idd, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
`))
	if r := s.send(http.MethodGet, "/a/1", ""); r.status != http.StatusOK {
		t.Errorf("status %d: %s", r.status, r.body)
	}
}
