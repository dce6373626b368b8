package mockserver

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// messages is a document whose answers and bodies have several media types, and headers.
const messages = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, style: matrix, schema: {type: integer}}]
    get:
      responses:
        "200":
          description: ok
          headers:
            X-Rate-Limit: {required: true, schema: {type: integer, minimum: 5, maximum: 9}}
            X-Kinds: {schema: {type: array, minItems: 2, items: {enum: [a, b]}}}
            Content-Type: {required: true, schema: {const: never}}
            Location: {schema: {type: string}}
          content:
            application/xml: {schema: {$ref: "#/components/schemas/Pet"}}
            application/json: {schema: {$ref: "#/components/schemas/Pet"}}
            text/csv: {schema: {$ref: "#/components/schemas/Pet"}}
    put:
      requestBody:
        required: true
        content:
          application/xml: {schema: {$ref: "#/components/schemas/Pet"}}
          application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Pet"}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
  /picture:
    get:
      responses: {"200": {description: ok, content: {image/png: {}, text/plain: {schema: {type: string, minLength: 3}}}}}
  /gone:
    delete: {responses: {"204": {description: gone}}}
  /needs:
    get:
      responses:
        "200": {description: ok, headers: {X-Never: {required: true, schema: false}}}
components:
  schemas:
    Pet: {type: object, required: [id, name], xml: {name: pet}, properties: {id: {type: integer, minimum: 1, xml: {attribute: true}},
      name: {type: string, maxLength: 20}, tags: {type: array, items: {type: string}, maxItems: 2}}}
`

func TestAnswersAreNegotiated(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, messages))
	id := s.server.KnownIDs(s.server.doc.Resources[0], 1)[0]
	path := "/pets/;id=" + id
	asJSON := s.send("GET", path, "").want(200).wantAt("/id", id)
	if ct := asJSON.header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("without Accept: %s", ct)
	}
	asXML := s.send("GET", path, "", "Accept", "text/html, application/xml;q=0.9").want(200)
	if !strings.Contains(string(asXML.body), `<pet id="`+id+`">`) || asXML.header.Get("Content-Type") != "application/xml" {
		t.Errorf("XML: %s", asXML.body)
	}
	refused := s.send("GET", path, "", "Accept", "text/csv").wantFinding(406, "accept", "header", "/Accept")
	if f := refused.findings()[0]; f.Expected != "application/xml or application/json" {
		t.Errorf("offered: %s", f.Expected)
	}
	s.send("GET", "/pets/;id=x", "", "Accept", "application/xml").wantFinding(422, "type", "path", "/id")
	s.send("GET", "/pets/5", "").wantFinding(422, "style", "path", "/id")
	s.send("DELETE", "/gone", "", "Accept", "text/csv").want(204)
	if r := s.send("GET", "/picture", "", "Accept", "text/*").want(200); len(r.body) < 3 {
		t.Errorf("text: %q", r.body)
	}
}

func TestDeclaredHeadersAreMade(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, messages))
	path := "/pets/;id=" + s.server.KnownIDs(s.server.doc.Resources[0], 1)[0]
	r := s.send("GET", path, "", "Origin", "http://localhost:3000").want(200)
	if n, err := strconv.Atoi(r.header.Get("X-Rate-Limit")); err != nil || n < 5 || n > 9 {
		t.Errorf("X-Rate-Limit is %q", r.header.Get("X-Rate-Limit"))
	}
	if kinds := strings.Split(r.header.Get("X-Kinds"), ","); len(kinds) < 2 {
		t.Errorf("X-Kinds is %q", kinds)
	}
	if r.header.Get("Location") != "" {
		t.Error("a made-up Location leads clients astray")
	}
	if !strings.Contains(r.header.Get("Access-Control-Expose-Headers"), "X-Rate-Limit") {
		t.Error("browsers cannot see the declared headers")
	}
	head := s.send("HEAD", path, "").want(200)
	if len(head.body) > 0 || head.header.Get("X-Rate-Limit") != r.header.Get("X-Rate-Limit") ||
		head.header.Get("Content-Length") != strconv.Itoa(len(r.body)) {
		t.Errorf("HEAD: %v", head.header)
	}
	s.send("GET", "/needs", "").wantFinding(501, "required", "header", "/X-Never")
}

func TestUpdatesInOtherNotations(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, messages))
	id := s.server.KnownIDs(s.server.doc.Resources[0], 1)[0]
	path := "/pets/;id=" + id
	s.send("PUT", path, `<pet id="`+id+`"><name>A &amp; B</name><tags>x</tags></pet>`, "Content-Type", "application/xml").
		want(200).wantAt("/name", `"A & B"`, "/tags", `["x"]`, "/id", id)
	s.send("PUT", path, "id="+id+"&name=C&tags=1&tags=2", "Content-Type", "application/x-www-form-urlencoded").
		want(200).wantAt("/name", `"C"`, "/tags", `["1","2"]`)
	s.send("GET", path, "").want(200).wantAt("/name", `"C"`)
	s.send("PUT", path, `<!DOCTYPE x><pet/>`, "Content-Type", "application/xml").wantFinding(400, "xml", "body", "")
	s.send("PUT", path, "name=C", "Content-Type", "application/x-www-form-urlencoded").wantFinding(422, "required", "body", "/id")
	s.send("PUT", path, "{}").wantFinding(415, "contentType", "header", "/Content-Type")
}

// loose is a document of ranges and of bodies without media types.
const loose = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /any:
    post:
      requestBody: {required: true, content: {"*/*": {schema: {type: object, required: [a]}}}}
      responses:
        "200": {description: ok, content: {"*/*": {schema: {type: object, required: [a], properties: {a: {type: integer}}}}}}
        "422": {description: no, headers: {X-Why: {required: true, schema: {type: string, minLength: 1}}}, content: {"*/*": {schema: {type: object}}}}
  /none:
    post:
      requestBody: {required: true, content: {}}
      responses: {"200": {description: ok, content: {}}}
  /slash/:
    head: {responses: {"204": {description: ok}}}
    options: {responses: {"200": {description: ok, content: {text/plain: {schema: {enum: [said]}}}}}}
`

func TestLooseDeclarations(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, loose))
	r := s.send("POST", "/any", `{"a":1}`).want(200)
	if ct := r.header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("a range was sent as %s", ct)
	}
	s.send("POST", "/any", `{"a":1}`, "Content-Type", "").want(200)
	refused := s.send("POST", "/any", `{}`).want(422)
	if refused.header.Get("X-Why") == "" || refused.header.Get("Content-Type") != "application/json" {
		t.Errorf("the declared error is %v", refused.header)
	}
	s.send("POST", "/any", `x`, "Content-Type", "image/png").wantFinding(501, "contentType", "header", "/Content-Type")
	s.send("POST", "/none", "anything", "Content-Type", "text/x").want(200)
	s.send("POST", "/none", "").wantFinding(422, "required", "body", "")
	s.send("HEAD", "/slash/", "").want(204)
	s.send("OPTIONS", "/slash/", "").want(200).wantBody("said")
	s.send("GET", "/slash", "").want(404)
	if allow := s.send("OPTIONS", "/any", "").want(204).header.Get("Allow"); allow != "OPTIONS, POST" {
		t.Errorf("Allow: %s", allow)
	}
	req, err := http.NewRequest("POST", s.http.URL+"/any", strings.NewReader(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header["Content-Type"] = []string{"application/json", "text/plain"}
	s.do(req).want(415)
	req.Header["Content-Type"] = []string{"application/json", "application/json"}
	req.Body = io.NopCloser(strings.NewReader(`{"a":1}`))
	req.Header.Set("Expect", "100-continue")
	s.do(req).want(200)
}
