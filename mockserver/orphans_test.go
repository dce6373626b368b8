package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

// blog is a document whose posts are found below their users and by themselves.
const blog = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /users:
    post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}, responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}}}
  /users/{userId}:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /users/{userId}/posts:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Post"}}}}}}}
    post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}, responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}}}
  /posts:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}, {name: offset, in: query, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {total: {type: integer}, posts: {type: array, items: {$ref: "#/components/schemas/Post"}}}}}}}}
  /posts/{postId}:
    parameters: [{name: postId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}}}
    patch: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /posts/{postId}/notes/{noteId}:
    parameters: [{name: postId, in: path, required: true, schema: {type: integer}}, {name: noteId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, required: [id, postId], properties: {id: {type: integer}, postId: {type: integer}}}}}}}}
components:
  schemas:
    User: {type: object, required: [id], properties: {id: {type: integer, readOnly: true}, name: {type: string}}}
    Post: {type: object, required: [id], properties: {id: {type: integer, readOnly: true}, userId: {type: integer}, title: {type: string}}}
`

// What belongs to a record that is deleted is gone with it, on every path: those of the dataset and those made since, and
// what belongs to them.
func TestWhatBelongsToADeletedRecordIsGoneOnEveryPath(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, blog))
	posts := s.server.doc.Resource("posts")
	user := s.server.KnownIDs(posts.Parent.Resource, 2)
	first, other := "/users/"+user[0], "/users/"+user[1]
	old := "/posts/" + s.server.KnownIDs(posts, 1)[0]
	made := "/posts/" + s.send(http.MethodPost, first+"/posts", `{"title":"A"}`).want(201).at("/id")
	moved := "/posts/" + s.send(http.MethodPost, first+"/posts", `{"title":"B"}`).want(201).at("/id")
	s.patch(old, `{"title":"C"}`).want(200)
	s.patch(moved, `{"userId":`+user[1]+`}`).want(200)
	notes := s.server.doc.Resource("notes")
	note := old + "/notes/" + s.server.KnownIDs(notes, 1)[0]
	s.send(http.MethodGet, note, "").want(200)
	before := s.send(http.MethodGet, "/posts?limit=100", "").want(200)

	s.send(http.MethodDelete, first, "").want(204)
	for _, gone := range []string{old, made, note, first + "/posts"} {
		s.send(http.MethodGet, gone, "").want(404)
	}
	s.patch(made, `{"title":"D"}`).want(404)
	s.send(http.MethodDelete, old, "").want(404)
	s.send(http.MethodGet, moved, "").want(200).wantAt("/userId", user[1])
	after := s.send(http.MethodGet, "/posts?limit=100", "").want(200)
	if strings.Contains(string(after.body), `"userId":`+user[0]+`,`) || strings.Contains(string(after.body), `"userId":`+user[0]+`}`) {
		t.Errorf("a post of the deleted user is listed: %s", after.body)
	}
	if before.at("/total") != "502" || after.at("/total") != "496" {
		t.Errorf("total %s, then %s", before.at("/total"), after.at("/total"))
	}
	s.send(http.MethodGet, other, "").want(200)
}
