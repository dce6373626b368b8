package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

const sharedPaths = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    get: {operationId: plain, responses: {"200": {description: ok}}}
    post: {operationId: make, responses: {"200": {description: ok}}}
  /things?beta=true:
    get:
      operationId: beta
      parameters: [{name: n, in: query, schema: {type: integer}}]
      responses: {"200": {description: ok}}
  /things?beta=true&deep=%41:
    get: {operationId: deep, responses: {"200": {description: ok}}}
  /only?comp=list:
    get: {operationId: only, responses: {"200": {description: ok}}}
  /#Action=A:
    get:
      operationId: actA
      parameters: [{name: Action, in: query, required: true, schema: {type: string, enum: [A]}}]
      responses: {"200": {description: ok}}
  /#Action=B:
    get:
      operationId: actB
      parameters: [{name: Action, in: query, required: true, schema: {type: string, enum: [B]}}]
      responses: {"200": {description: ok}}
  /#again:
    get:
      operationId: twin
      parameters: [{name: Action, in: query, required: true, schema: {type: string, enum: [A]}}]
      responses: {"200": {description: ok}}
  /#Target:
    get:
      operationId: target
      parameters: [{name: X-Target, in: header, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}}
  /users/{id}/x:
    get:
      operationId: byID
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok}}
  /users/{name}/x:
    get:
      operationId: byName
      parameters: [{name: name, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$"}}]
      responses: {"200": {description: ok}}
    delete:
      operationId: endName
      parameters: [{name: name, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$"}}]
      responses: {"200": {description: ok}}
`

// Where several operations have one path and method, each request is for the one that its query or its parameters say.
func TestSharedPaths(t *testing.T) {
	t.Parallel()
	d := load(t, sharedPaths)
	for request, want := range map[string]string{
		"GET /things": "plain", "GET /things?n=1": "plain", "GET /things?beta=false": "plain", "POST /things?beta=true": "make",
		"HEAD /things?beta=true": "beta", "GET /things?beta=true&n=1": "beta", "GET /things?n=x&beta=tr%75e": "beta",
		"GET /things?deep=A&beta=true": "deep", "GET /things?deep=A": "plain", "GET /only?comp=list": "only", "GET /only": "",
		"GET /only?comp=lists": "", "GET /?Action=A": "actA", "GET /?Action=B": "actB", "GET /?Action=C": "actA", "GET /": "actA",
		"GET /?target": "target", "GET /users/1/x": "byID", "GET /users/a/x": "byName", "GET /users/A/x": "byID",
		"DELETE /users/a/x": "endName", "GET /nowhere": "",
	} {
		method, rest, _ := strings.Cut(request, " ")
		path, query, _ := strings.Cut(rest, "?")
		m := &spec.RequestMessage{RawQuery: query, Header: map[string][]string{}}
		if query == "target" {
			m.RawQuery, m.Header = "", map[string][]string{"X-Target": {"a"}}
		}
		got := ""
		if o := d.ForPath(method, path, m); o != nil {
			got = o.ID
		}
		if got != want {
			t.Errorf("%s is for %q, want %q", request, got, want)
		}
	}
	if d.Operation("twin") != nil {
		t.Error("an operation is served that no request can be told to be for")
	}
	m, _ := d.Route("/only")
	if _, why := m.Choose("GET", &spec.RequestMessage{}); len(why) != 1 || why[0].Expected != "comp=list" || why[0].Operation != "only" {
		t.Errorf("without its query: %v", why)
	}
	m, _ = d.Route("/users/a%20b/x")
	if m.Params["id"] != "a b" || m.Params["name"] != "a b" || m.Escaped["name"] != "a%20b" {
		t.Errorf("parameters: %v, %v", m.Params, m.Escaped)
	}
}

// What stands beside the reference of a path item counts; where the reference leads nowhere nothing is let through.
func TestBesideTheReferenceOfAPath(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    $ref: "#/components/pathItems/A"
    post: {operationId: own, responses: {"200": {description: ok}}}
  /b:
    $ref: "#/components/pathItems/Gone"
    post: {operationId: lost, responses: {"200": {description: ok}}}
components:
  pathItems:
    A: {get: {operationId: target, responses: {"200": {description: ok}}}}
`)
	m, _ := d.Route("/a")
	if m.Operation("GET") == nil || m.Operation("POST") == nil || len(m.Broken) > 0 {
		t.Errorf("%v", m)
	}
	m, _ = d.Route("/b")
	if m.Operation("GET") != nil || len(m.Broken) != 1 || m.Broken[0].Rule != "$ref" {
		t.Errorf("%v", m)
	}
	if _, r := m.Operation("POST").CheckRequest(message("")); r == nil || r.Reason != spec.NotServed {
		t.Errorf("beside a reference that leads nowhere: %v", r)
	}
}

// A document can be read, looked at and have nothing to play.
func TestPlayable(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\n"
	for text, want := range map[string]string{
		"components: {schemas: {A: {type: strin}}}": "no operation under paths and no webhook",
		"paths: {}":                      "no operation under paths",
		"paths: {/a: {$ref: gone.yaml}}": "none of its paths can be read",
		"paths: {/a: 5}":                 "none of its paths can be read",
		"webhooks: {a: {post: {responses: {\"200\": {description: ok}}}}}":               "",
		"paths: {/a: {get: {$ref: gone.yaml}}}":                                          "",
		"paths: {/a: {$ref: gone.yaml}, /b: {get: {}}}":                                  "",
		"paths: {/a: {$ref: gone.yaml, get: {responses: {\"200\": {description: ok}}}}}": "",
	} {
		err := load(t, head+text+"\n").Playable()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
