package mockserver

import (
	"strings"
	"testing"
)

const manyServers = `openapi: 3.1.0
info: {title: Servers, version: "1"}
servers:
  - {url: "https://{region}.example.com/{stage}/api/", variables: {region: {default: eu}, stage: {default: v2}}}
  - {url: /sandbox}
  - {url: "https://example.com/{nowhere}"}
paths:
  /things/{id}: &things
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}}}}
  /uploads/{id}:
    servers: [{url: https://uploads.example.com/up}]
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}}}}
    delete:
      servers: [{url: https://admin.example.com/admin}]
      responses: {"204": {description: gone}}
`

// Each operation is served under the paths of its servers, and under no other's.
func TestServers(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, manyServers))
	for path, want := range map[string]int{
		"/v2/api/things/1": 200, "/sandbox/things/1": 200, "/up/uploads/1": 200,
		"/things/1": 404, "/v2/api/uploads/1": 404, "/up/things/1": 404, "/admin/things/1": 404,
	} {
		if r := s.send("GET", path, ""); r.status != want {
			t.Errorf("%s: %d, want %d: %s", path, r.status, want, r.body)
		}
	}
	r := s.send("GET", "/v2/api/uploads/1", "")
	if fs := r.findings(); len(fs) != 1 || !strings.Contains(fs[0].Hint, "/up/uploads/1?") {
		t.Errorf("no hint to the right base path: %s", r.body)
	}
	if r := s.send("DELETE", "/up/uploads/1", ""); r.status != 405 || strings.Contains(r.header.Get("Allow"), "DELETE") {
		t.Errorf("%d %s", r.status, r.header)
	}
	if r := s.send("DELETE", "/admin/uploads/2", ""); r.status != 204 {
		t.Errorf("%d: %s", r.status, r.body)
	}
	for e := range s.server.Examples("http://h") {
		if op := e.Operation; !strings.Contains(e.Curl, "http://h"+op.BasePaths[0]+"/") {
			t.Errorf("%s: %s", op.ID, e.Curl)
		}
	}
}

// A base path that somebody sets is the only one.
func TestBasePathForAllServers(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, manyServers), WithBasePath("/x"))
	for path, want := range map[string]int{
		"/x/things/1": 200, "/x/uploads/1": 200, "/v2/api/things/1": 404, "/up/uploads/1": 404,
	} {
		if r := s.send("GET", path, ""); r.status != want {
			t.Errorf("%s: %d, want %d: %s", path, r.status, want, r.body)
		}
	}
}
