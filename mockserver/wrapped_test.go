package mockserver

import (
	"net/http"
	"os"
	"testing"
)

// wrapped serves a document whose bodies carry records in a member.
func wrapped(t *testing.T) *stage {
	t.Helper()
	text, err := os.ReadFile("../contract/testdata/wrapped.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return play(t, load(t, string(text)))
}

// A record that was sent in a member of the body is made, changed and replaced as one that was sent bare.
func TestBodiesInAnEnvelope(t *testing.T) {
	t.Parallel()
	s := wrapped(t)
	made := s.send(http.MethodPost, "/users", `{"user": {"name": "Ada", "email": "ada@example.com", "age": 36}}`).want(201)
	made.wantAt("/user/name", `"Ada"`, "/user/email", `"ada@example.com"`, "/user/age", "36", "/user/user", "absent")
	at := "/users/" + made.at("/user/id")

	s.patch(at, `{"user": {"age": 37}}`).want(200).wantAt("/user/age", "37", "/user/name", `"Ada"`)
	s.send(http.MethodGet, at, "").want(200).wantAt("/user/age", "37", "/user/user", "absent")
	s.patch(at, `{"user": {}}`).want(200).wantAt("/user/age", "37")
	s.patch(at, `[{"op": "replace", "path": "/age", "value": 38}]`, "Content-Type", "application/json-patch+json").
		want(200).wantAt("/user/age", "38", "/user/name", `"Ada"`)
	s.send(http.MethodPut, at, `{"user": {"name": "Ida", "email": "ida@example.com"}}`).want(200).
		wantAt("/user/name", `"Ida"`, "/user/id", made.at("/user/id"))
	s.send(http.MethodGet, at, "").want(200).wantAt("/user/name", `"Ida"`, "/user/age", "absent")

	task := s.send(http.MethodPost, "/tasks", `{"data": {"name": "Buy catnip", "owner_note": "soon"}}`).want(201)
	task.wantAt("/data/name", `"Buy catnip"`, "/data/data", "absent")
	at = "/tasks/" + task.at("/data/gid")[1:len(task.at("/data/gid"))-1]
	s.send(http.MethodPut, at, `{"data": {"done": true}}`).want(200).wantAt("/data/done", "true", "/data/name", `"Buy catnip"`)
	s.send(http.MethodGet, at, "").want(200).wantAt("/data/done", "true", "/data/name", `"Buy catnip"`)
	s.send(http.MethodPut, at, `{}`).want(200).wantAt("/data/done", "true")
}

// What is wrong with a record is said with its place in the body that was sent.
func TestFindingsNameThePlaceInTheEnvelope(t *testing.T) {
	t.Parallel()
	s := wrapped(t)
	id := s.server.KnownIDs(s.server.doc.Resource("users"), 1)[0]
	s.patch("/users/"+id, `{"user": {"age": 151}}`).wantFinding(422, "maximum", "body", "/user/age")
	s.patch("/users/"+id, `{"user": {"id": 999999999}}`).wantFinding(422, "id", "body", "/user/id")
	s.patch("/users/"+id, `{"user": {"name": null}}`).want(422)
	s.patch("/users/"+id, `{"name": "Ada"}`).wantFinding(422, "required", "body", "/user")
	s.patch("/users/"+id, `{"user": {"email": "eva@example.com"}}`).want(200).wantAt("/user/id", id)
}
