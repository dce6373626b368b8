package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

const conditional = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      parameters: [{name: If-None-Match, in: header, schema: {type: string}}]
      responses:
        "200": {description: ok, headers: {ETag: {schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "304": {description: as it was}
    patch:
      operationId: change
      parameters: [{name: If-Match, in: header, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
      responses:
        "200": {description: ok, headers: {ETag: {required: true, schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "412": {description: changed, content: {application/json: {schema: {type: object, required: [reason], properties: {reason: {type: string}}}}}}
    put:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "200": {description: ok, headers: {ETag: {schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "412": {description: changed}
    delete: {responses: {"204": {description: gone}, "412": {description: changed}}}
  /plain/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Plain"}}}}}}
components:
  schemas:
    Note: {type: object, properties: {id: {type: string}, text: {type: string}}}
    Plain: {type: object, properties: {id: {type: string}, text: {type: string, maxLength: 5}}}
`

// Where the document has conditions they are kept: an entity tag that changes with the record, 304 for what a client has,
// 412 for an update of what it has not.
func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, conditional))
	at := "/notes/" + s.id("notes", 0)
	r := s.send("GET", at, "").want(200)
	tag := r.header.Get("ETag")
	if len(tag) < 10 || tag[0] != '"' || s.send("GET", at, "").header.Get("ETag") != tag {
		t.Fatalf("ETag %s", tag)
	}
	if r = s.send("GET", at, "", "If-None-Match", `"x", W/`+tag).want(304); len(r.body) > 0 || r.header.Get("ETag") != tag {
		t.Errorf("%v %s", r.header, r.body)
	}
	s.send("HEAD", at, "", "If-None-Match", "*").want(304)
	s.send("GET", at, "", "If-None-Match", `"x"`).want(200)
	r = s.patch(at, `{"text":"new"}`, "If-Match", `"x"`).want(412)
	if !strings.Contains(r.at("/reason"), tag[1:5]) {
		t.Errorf("the declared answer does not tell: %s", r.body)
	}
	s.patch(at, `{"text":"new"}`, "If-Match", "W/"+tag).want(412)
	s.send("GET", at, "", "If-None-Match", tag).want(304)
	next := s.patch(at, `{"text":"new"}`, "If-Match", `"x",`+tag).want(200).header.Get("ETag")
	if next == tag || s.send("GET", at, "").header.Get("ETag") != next {
		t.Errorf("ETag %s after %s", next, tag)
	}
	s.patch(at, `{"text":"again"}`, "If-Match", tag).want(412)
	s.send("PUT", at, `{"text":"x"}`, "If-None-Match", "*").want(412)
	s.send("PUT", "/notes/fresh", `{"text":"x"}`, "If-Match", "*").want(412)
	s.send("PUT", "/notes/fresh", `{"text":"x"}`, "If-None-Match", "*").want(201)
	s.send("DELETE", at, "", "If-Match", tag).want(412)
	s.send("DELETE", at, "", "If-Match", next).want(204)
	s.send("GET", at, "", "If-None-Match", next).want(404)
	for e := range s.server.Examples("http://x") {
		if e.Operation.ID == "change" && !strings.Contains(e.Curl, "If-Match: *") {
			t.Error(e.Curl)
		}
	}
	// Where the document has none of it, neither is it here.
	plain := "/plain/" + s.id("plain", 0)
	if r = s.send("GET", plain, "", "If-None-Match", "*", "If-Match", `"x"`).want(200); r.header.Get("ETag") != "" {
		t.Errorf("ETag %s", r.header.Get("ETag"))
	}
}

// A tag is of the record as it is shown: what changes in it, however deep, makes another; and an update takes the tag of
// whichever showing its client read.
func TestTagOfWhatIsUnfolded(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /towns/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Town'}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Town'}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Town'}}}}}
  /people/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: depth, in: query, x-understudy-unfold: 0, schema: {type: integer}}
    get:
      responses: {"200": {description: ok, headers: {ETag: {schema: {type: string}}},
        content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}
      responses: {"200": {description: ok, headers: {ETag: {schema: {type: string}}},
        content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}, "412": {description: changed}}
components:
  schemas:
    Town: {type: object, properties: {id: {type: string}, label: {type: string}}}
    Person:
      type: object
      properties:
        id: {type: string}
        name: {type: string}
        town: {x-understudy-relation: Town, oneOf: [{type: string}, {$ref: '#/components/schemas/Town'}]}
`))
	person, town := "/people/"+s.id("people", 0), s.id("towns", 0)
	if r := s.send(http.MethodPatch, person, `{"town":"`+town+`"}`); r.status != http.StatusOK {
		t.Fatal(r.status, r.body)
	}
	deep, flat := s.send(http.MethodGet, person+"?depth=1", ""), s.send(http.MethodGet, person, "")
	tags := []string{deep.header.Get("ETag"), flat.header.Get("ETag")}
	if tags[0] == tags[1] || tags[0] == "" {
		t.Fatalf("tags %q of %s and %s", tags, deep.body, flat.body)
	}
	for _, tag := range tags {
		if r := s.send(http.MethodPatch, person, `{}`, "If-Match", tag); r.status != http.StatusOK {
			t.Errorf("If-Match %s: %d", tag, r.status)
		}
	}
	s.send(http.MethodPatch, "/towns/"+town, `{"label":"changed"}`)
	if r := s.send(http.MethodGet, person+"?depth=1", "", "If-None-Match", tags[0]); r.status != http.StatusOK {
		t.Errorf("what was changed within: %d", r.status)
	}
	if r := s.send(http.MethodPatch, person, `{}`, "If-Match", tags[0]); r.status != http.StatusPreconditionFailed {
		t.Errorf("an update on top of what was not read: %d", r.status)
	}
}
