package mockserver

import (
	"net/http"
	"strings"
	"testing"
)

// bureau has tickets that refer to people, by an id or as a whole.
const bureau = `openapi: 3.1.0
info: {title: Bureau, version: "1"}
components:
  schemas:
    Person: {type: object, required: [id, name, joined], properties: {
      id: {type: string}, name: {type: string, minLength: 1}, joined: {type: string, format: date-time, readOnly: true}}}
    Ticket:
      type: object
      required: [id, title, agent]
      properties:
        id: {type: string, readOnly: true}
        title: {type: string, minLength: 1}
        priority: {type: integer, default: 3}
        agent: {oneOf: [{type: string}, {$ref: '#/components/schemas/Person'}], x-understudy-relation: people}
    NewTicket:
      type: object
      required: [title]
      properties:
        title: {type: string, minLength: 1, maxLength: 20}
        priority: {type: integer}
        channel: {type: string}
        agent: {oneOf: [{type: string}, {type: object}]}
paths:
  /people/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}}
  /tickets:
    post:
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/NewTicket'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/NewTicket'}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}}
  /tickets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}}}
`

func TestRecordsAreMadeWithWhatTheyReferTo(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, bureau))
	known := s.id("people", 4)
	s.send("POST", "/tickets", `{"title":"A","agent":"`+known+`"}`).want(201).wantAt("/agent", `"`+known+`"`, "/priority", "3")
	s.send("POST", "/tickets", `{"title":"A","agent":"nobody"}`).wantFinding(422, "relation", "body", "/agent")

	// An object makes the record it describes, with what the server has to say of it.
	made := s.send("POST", "/tickets", `{"title":"B","agent":{"name":"Ada"}}`).want(201)
	agent := made.text("/agent")
	s.send("GET", "/people/"+agent, "").want(200).wantAt("/name", `"Ada"`)
	if joined := s.send("GET", "/people/"+agent, "").text("/joined"); !strings.Contains(joined, "T") {
		t.Errorf("joined %q", joined)
	}

	// What is required and was not sent refers to a record that is there.
	lone := s.send("POST", "/tickets", `{"title":"C","channel":"web"}`).want(201).wantAt("/channel", "absent")
	s.send("GET", "/people/"+lone.text("/agent"), "").want(200)

	// Nothing is made by what is refused, and ids are drawn in the same order again.
	s.send("POST", "/tickets", `{"title":""}`).want(422)
	again := play(t, load(t, bureau))
	again.send("POST", "/tickets", `{"title":"A","agent":"`+known+`"}`).want(201)
	again.send("POST", "/tickets", `{"title":"B","agent":{"name":"Ada"}}`).want(201).wantAt("/title", `"B"`)
}

func TestRecordsAreMadeFromForms(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, bureau))
	made := s.send("POST", "/tickets", "title=From+a+form&priority=5", "Content-Type", "application/x-www-form-urlencoded").want(201)
	made.wantAt("/title", `"From a form"`, "/priority", "5")
	s.send("GET", "/tickets/"+made.text("/id"), "").want(200).wantBody(string(made.body))
}

func TestWhatCannotBeMadeIsSaid(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(bureau, "Person: {type: object, required: [id,", "Person: {type: object, required: [ghost, id,", 1)
	broken = strings.Replace(broken, "name: {type: string, minLength: 1}, joined", "ghost: {type: integer, minimum: 5, maximum: 4}, name: {type: string}, joined", 1)
	s := play(t, load(t, broken))
	s.send("GET", "/people/"+s.id("people", 0), "").wantFinding(501, "schema", "document", "")
	s.send("POST", "/tickets", `{"title":"A","agent":"`+s.id("people", 0)+`"}`).want(201)
}

// An update whose path names no record names it in the body; one that does not is told what is missing.
func TestAnUpdateWithoutAnIDIsToldWhatIsMissing(t *testing.T) {
	t.Parallel()
	const pet = `{application/json: {schema: {$ref: "#/components/schemas/Pet"}}}`
	s := play(t, load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /pet:
    put: {requestBody: {required: true, content: `+pet+`}, responses: {"200": {description: ok, content: `+pet+`}, "400": {description: bad}, "404": {description: none}}}
    post: {requestBody: {required: true, content: `+pet+`}, responses: {"200": {description: ok, content: `+pet+`}}}
  /pet/{petId}:
    parameters: [{name: petId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: `+pet+`}}}
components: {schemas: {Pet: {type: object, required: [name], properties: {id: {type: integer}, name: {type: string}}}}}
`))
	for body, actual := range map[string]string{`{"name":"Ada"}`: "nothing", `{"id":0,"name":"Ada"}`: ""} {
		r := s.send(http.MethodPut, "/pet", body)
		if actual == "" {
			r.wantFinding(404, "record", "body", "/id")
			continue
		}
		r.wantFinding(422, "required", "body", "/id")
		if f := r.findings()[0]; f.Actual != actual || !strings.Contains(f.Hint, " is there") {
			t.Errorf("%+v", f)
		}
	}
	made := s.send(http.MethodPost, "/pet", `{"name":"Ada"}`).want(200)
	s.send(http.MethodPut, "/pet", `{"name":"Ida","id":`+made.at("/id")+`}`).want(200).wantAt("/name", `"Ida"`, "/id", made.at("/id"))
}
