package mockserver

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// A change without a condition is 428 where the document declares that, whether a parameter is required or none is there; 422
// where a required one is missing and it does not.
func TestChangesWithoutACondition(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../contract/testdata/conditions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, load(t, string(text)))
	at := "/notes/" + s.id("notes", 0)
	r := s.patch(at, `{"text":"new"}`).want(http.StatusPreconditionRequired)
	if !strings.Contains(r.at("/reason"), "If-Match") {
		t.Errorf("the declared answer does not tell: %s", r.body)
	}
	s.patch(at, `{"text":""}`).want(422)
	s.send(http.MethodPut, at, `{"text":"new"}`).wantFinding(422, "required", "header", "/If-Match")
	r = s.send(http.MethodDelete, at, "").want(http.StatusPreconditionRequired)
	tag := s.send(http.MethodGet, at, "").want(200).header.Get("ETag")
	if !strings.Contains(r.at("/reason"), strings.Trim(tag, `"`)) {
		t.Errorf("the entity tag %s is not told: %s", tag, r.body)
	}
	s.send(http.MethodDelete, "/notes/nobody", "").want(404)
	s.send(http.MethodDelete, at, "", "If-Match", `"other"`).want(412)
	tag = s.patch(at, `{"text":"new"}`, "If-Match", tag).want(200).header.Get("ETag")
	s.send(http.MethodDelete, at, "", "If-Match", tag).want(204)
	for _, op := range s.server.doc.Operations {
		e := s.server.example(op)
		if op.Method == http.MethodDelete && strings.Join(e.carried.headers, ";") != "If-Match: *" {
			t.Errorf("the example of %s has the headers %v", op.ID, e.carried.headers)
		}
	}
}
