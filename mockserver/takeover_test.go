package mockserver

import (
	"strings"
	"testing"
)

const ageing = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /cats/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}}
components:
  schemas:
    Cat: {type: object, properties: {id: {type: string}, lives: {type: integer, minimum: 0, maximum: 9}}}
`

// What a document has no room for waits for one that has, unless the record is changed meanwhile or its session reset;
// all the while it counts among the changes.
func TestChangesWaitForADocument(t *testing.T) {
	t.Parallel()
	strict := strings.Replace(ageing, "maximum: 9", "maximum: 7", 1)
	at := func(s *stage, i uint64) string { return "/cats/" + s.id("cats", i) }
	first := play(t, load(t, ageing))
	for i := range uint64(3) {
		first.patch(at(first, i), `{"lives":9}`).want(200)
	}
	first.patch("/~other"+at(first, 0), `{"lives":9}`).want(200)
	second := play(t, load(t, strict))
	if over := second.server.TakeOver(first.server); over.Kept != 0 || len(over.Aside) != 4 || over.Back != 0 {
		t.Fatalf("%+v", over)
	}
	if n := second.server.sessions.budget.used().changes; n != 4 {
		t.Errorf("%d changes are counted", n)
	}
	second.patch(at(second, 0), `{"lives":1}`).want(200)
	second.send("DELETE", "/__understudy/sessions/other/state", "").want(204)
	third := play(t, load(t, strict+"  # again\n"))
	if over := third.server.TakeOver(second.server); over.Kept != 1 || len(over.Aside) != 0 || over.Back != 0 {
		t.Errorf("what waits already is told again: %+v", over)
	}
	last := play(t, load(t, ageing))
	if over := last.server.TakeOver(third.server); over.Kept != 3 || len(over.Aside) != 0 || over.Back != 2 {
		t.Errorf("%+v", over)
	}
	for i, want := range []string{"1", "9", "9"} {
		last.send("GET", at(last, uint64(i)), "").want(200).wantAt("/lives", want)
	}
	if n := last.server.sessions.budget.used().changes; n != 3 {
		t.Errorf("%d changes are counted", n)
	}
}
