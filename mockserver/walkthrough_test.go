package mockserver

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

const corpusDir = "../../shared/corpus"

// public serves a document of the public corpus; the test is skipped where that is missing.
func public(t *testing.T, name string, options ...Option) *stage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpusDir, name))
	if os.IsNotExist(err) {
		t.Skipf("the public document %s is not at hand", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(spec.Source{Name: name, Data: text})
	if err != nil {
		t.Fatal(err)
	}
	return play(t, d, options...)
}

// text is the string at a pointer of the body.
func (r reply) text(pointer string) string {
	r.Helper()
	return strings.Trim(r.at(pointer), `"`)
}

// ids are those of the records in a list at a pointer.
func (r reply) ids(pointer, property string) []string {
	r.Helper()
	var out []string
	for i := 0; ; i++ {
		id := r.text(fmt.Sprintf("%s/%d/%s", pointer, i, property))
		if id == "absent" {
			return out
		}
		out = append(out, id)
	}
}

func count(list []string, one string) int {
	n := 0
	for _, s := range list {
		if s == one {
			n++
		}
	}
	return n
}

func TestWalkThroughPetstore(t *testing.T) {
	t.Parallel()
	s := public(t, "petstore-v3.yaml")
	const pets = "/api/v3/pet"
	key := []string{"api_key", "any"}
	send := func(method, path, body string) reply {
		return s.send(method, path, body, append(key, "Authorization", "Bearer any")...)
	}
	made := send("POST", pets, `{"id":4711,"name":"Rex","photoUrls":["https://example.com/rex.png"],"status":"sold"}`).want(200)
	made.wantAt("/id", "4711", "/name", `"Rex"`, "/status", `"sold"`)
	send("GET", pets+"/4711", "").want(200).wantBody(string(made.body))
	send("POST", pets, `{"id":4711,"name":"Twice","photoUrls":[]}`).want(409)

	sold := send("GET", pets+"/findByStatus?status=sold", "").want(200)
	if n := count(sold.ids("", "id"), "4711"); n != 1 {
		t.Errorf("the pet is listed %d times among the sold", n)
	}
	send("PUT", pets, `{"id":4711,"name":"Max","photoUrls":[]}`).want(200).wantAt("/name", `"Max"`, "/photoUrls", "[]")
	send("POST", pets+"/4711?name=Ben&status=pending", "").want(200).wantAt("/name", `"Ben"`, "/status", `"pending"`)
	if n := count(send("GET", pets+"/findByStatus?status=sold", "").ids("", "id"), "4711"); n != 0 {
		t.Error("the pet is still listed among the sold")
	}
	send("PUT", pets, `{"id":999999,"name":"Nobody","photoUrls":[]}`).want(404)

	send("DELETE", pets+"/4711", "").want(200)
	for _, method := range []string{"GET", "DELETE", "POST"} {
		send(method, pets+"/4711", "").want(404)
	}

	send("POST", "/api/v3/user", `{"username":"ada","password":"x"}`).want(200).wantAt("/username", `"ada"`)
	send("PUT", "/api/v3/user/ada", `{"firstName":"Ada"}`).want(200)
	send("GET", "/api/v3/user/ada", "").want(200).wantAt("/firstName", `"Ada"`, "/username", `"ada"`)
	send("DELETE", "/api/v3/user/ada", "").want(200)
	send("GET", "/api/v3/user/ada", "").want(404)
}

func TestWalkThroughMuseum(t *testing.T) {
	t.Parallel()
	s := public(t, "museum.yaml")
	base := s.server.BasePath() + "/special-events"
	send := func(method, path, body string) reply {
		return s.send(method, path, body, "Authorization", "Basic YTpi")
	}
	made := send("POST", base, `{"name":"Night","location":"Hall","eventDescription":"Late","dates":["2026-01-05"],"price":9.50}`).want(201)
	made.wantAt("/name", `"Night"`, "/price", "9.50")
	id := made.text("/eventId")
	if len(id) != 36 {
		t.Fatalf("id %q is no UUID", id)
	}
	send("GET", base+"/"+id, "").want(200).wantBody(string(made.body))
	seen := 0
	pages := 0
	for page := 1; ; page++ {
		r := send("GET", fmt.Sprintf("%s?page=%d&limit=30", base, page), "").want(200)
		ids := r.ids("", "eventId")
		seen += count(ids, id)
		if pages += len(ids); len(ids) < 30 {
			break
		}
	}
	if seen != 1 || pages != 101 {
		t.Errorf("made record on %d pages, %d records in all", seen, pages)
	}
	send("PATCH", base+"/"+id, `{"price":12}`).want(200).wantAt("/price", "12", "/name", `"Night"`, "/eventId", `"`+id+`"`)
	send("DELETE", base+"/"+id, "").want(204).wantBody("")
	for _, method := range []string{"GET", "DELETE"} {
		send(method, base+"/"+id, "").want(404)
	}
	send("PATCH", base+"/"+id, `{"price":1}`).want(404)
}

func TestWalkThroughHTTPPatch(t *testing.T) {
	t.Parallel()
	s := public(t, "http-patch-spring.json", WithCount(3))
	before := s.send("GET", "/contacts", "").want(200).ids("", "id")
	s.send("POST", "/contacts", `{"name":"Ada","emails":[{"email":"ada@example.com","type":"work"}],"work":{"title":"Countess"}}`).
		want(200).wantBody("")
	list := s.send("GET", "/contacts", "").want(200)
	after := list.ids("", "id")
	if len(after) != len(before)+1 {
		t.Fatalf("%d records, then %d", len(before), len(after))
	}
	at := "/contacts/" + after[len(after)-1]
	s.send("GET", at, "").want(200).wantAt("/name", `"Ada"`, "/work/title", `"Countess"`)

	s.patch(at, `{"work":{"company":"Engines"},"notes":"x"}`, "Content-Type", "application/merge-patch+json").want(200)
	s.send("GET", at, "").wantAt("/work/title", `"Countess"`, "/work/company", `"Engines"`, "/notes", `"x"`)

	const jsonPatch = "application/json-patch+json"
	s.patch(at, `[
		{"op":"test","path":"/name","value":"Ada"},
		{"op":"replace","path":"/name","value":"Ada L."},
		{"op":"add","path":"/emails/-","value":{"email":"al@example.com"}},
		{"op":"remove","path":"/notes"}]`, "Content-Type", jsonPatch).want(200)
	s.send("GET", at, "").wantAt("/name", `"Ada L."`, "/emails/1/email", `"al@example.com"`, "/notes", "absent", "/emails/0/type", `"work"`)
	s.patch(at, `[{"op":"test","path":"/name","value":"Bob"}]`, "Content-Type", jsonPatch).
		wantFinding(409, "json-patch", "body", "/0")

	s.send("PUT", at, `{"name":"Bea"}`).want(200)
	s.send("GET", at, "").wantAt("/name", `"Bea"`, "/work", "absent", "/id", after[len(after)-1])
	s.send("DELETE", at, "").want(200)
	s.send("GET", at, "").want(404)
	s.send("DELETE", at, "").want(404)
	if n := len(s.send("GET", "/contacts", "").ids("", "id")); n != len(before) {
		t.Errorf("%d records in the end, want %d", n, len(before))
	}
}

func TestWalkThroughStatefulUsers(t *testing.T) {
	t.Parallel()
	s := public(t, "stateful-users.yaml")
	made := s.send("POST", "/users", `{"username":"ada","email":"ada@example.com","age":36}`).want(201)
	made.wantAt("/username", `"ada"`, "/age", "36")
	id := made.text("/id")
	s.send("GET", "/users/"+id, "").want(200).wantBody(string(made.body))
	s.send("GET", "/users?limit=1", "").want(200).wantAt("/total", "101")
	s.send("GET", "/users?offset=100", "").want(200).wantAt("/users/0/id", `"`+id+`"`, "/users/1", "absent")
	if n := len(s.send("GET", "/users", "").ids("/users", "id")); n != 10 {
		t.Errorf("%d users on a page, want the document's 10", n)
	}
	s.send("PUT", "/users/"+id, `{"age":37}`).want(200).wantAt("/age", "37", "/id", `"`+id+`"`)

	posts := "/users/" + id + "/posts"
	s.send("GET", posts, "").want(200).wantBody(`{"posts":[]}`)
	post := s.send("POST", posts, `{"title":"Notes","content":"On engines"}`).want(201).wantAt("/title", `"Notes"`).text("/id")
	if ids := s.send("GET", posts, "").want(200).ids("/posts", "id"); len(ids) != 1 || ids[0] != post {
		t.Errorf("posts %v, want %s", ids, post)
	}
	s.send("GET", "/posts/"+post, "").want(200)
	first := s.server.KnownIDs(s.server.doc.Resource("users"), 1)[0]
	if ids := s.send("GET", "/users/"+first+"/posts", "").want(200).ids("/posts", "id"); len(ids) != 5 || count(ids, post) != 0 {
		t.Errorf("the first user's posts: %v", ids)
	}
	s.send("DELETE", "/users/"+id, "").want(http.StatusNoContent)
	s.send("GET", "/users/"+id, "").want(404)
	s.send("GET", posts, "").want(404)
	s.send("POST", posts, `{"title":"Notes","content":"On engines"}`).want(404)
	s.send("GET", "/users?limit=1", "").wantAt("/total", "100")
}
