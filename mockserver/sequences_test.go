package mockserver

import (
	"mime"
	"mime/multipart"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

const sequences = `openapi: 3.2.0
info: {title: S, version: "1"}
paths:
  /lines:
    get: {responses: {"200": {description: ok, content: {application/jsonl: {itemSchema: {$ref: "#/components/schemas/Log"}}}}}}
    post:
      requestBody: {required: true, content: {application/x-ndjson: {itemSchema: {$ref: "#/components/schemas/Log"}}}}
      responses: {"204": {description: ok}}
  /texts:
    get: {responses: {"200": {description: ok, content: {application/json-seq: {schema: {type: array, minItems: 2, items: {$ref: "#/components/schemas/Log"}}}}}}}
    post:
      requestBody: {required: true, content: {application/geo+json-seq: {schema: {type: array, minItems: 2}, itemSchema: {$ref: "#/components/schemas/Log"}}}}
      responses: {"204": {description: ok}}
  /events:
    get:
      responses:
        "200":
          description: ok
          content:
            text/event-stream:
              itemSchema: {type: object, required: [data, event], properties: {event: {enum: [tick]}, data: {type: string}, retry: {type: integer, minimum: 0}}}
    post:
      requestBody: {content: {text/event-stream: {itemSchema: {type: object, required: [data], properties: {event: {enum: [tick]}, data: {$ref: "#/components/schemas/Log"}}}}}}
      responses: {"204": {description: ok}}
  /data:
    get: {responses: {"200": {description: ok, content: {text/event-stream: {schema: {$ref: "#/components/schemas/Log"}, example: {level: info, text: hello}}}}}}
  /plain:
    get: {responses: {"200": {description: ok, content: {text/event-stream: {schema: {type: string, enum: [whole]}}}}}}
  /csv:
    get: {responses: {"200": {description: ok, content: {text/csv: {schema: {type: array, items: {type: object}}}}}}}
  /mixed:
    post:
      requestBody: {required: true, content: {multipart/mixed: {itemSchema: {$ref: "#/components/schemas/Log"}, itemEncoding: {contentType: application/json}}}}
      responses: {"204": {description: ok}}
  /form:
    get: {responses: {"200": {description: ok, content: {multipart/form-data: {schema: {$ref: "#/components/schemas/Form"}, encoding: {meta: {headers: {X-Kind: {required: true, schema: {enum: [log]}}}}}}}}}}
    post:
      operationId: form
      requestBody: {required: true, content: {multipart/form-data: {schema: {$ref: "#/components/schemas/Form"}, encoding: {meta: {headers: {X-Kind: {required: true, schema: {enum: [log]}}}}}}}}
      responses: {"204": {description: ok}}
components:
  schemas:
    Log: {type: object, additionalProperties: false, required: [level, text], properties: {level: {enum: [info, warn]}, text: {type: string, minLength: 1, maxLength: 9}}}
    Form: {type: object, required: [name, photo, meta], properties: {name: {enum: ['a;"b\']}, photo: {type: string, format: binary}, meta: {$ref: "#/components/schemas/Log"}}}
`

const (
	aLog     = `{"level":"info","text":"a"}`
	badLog   = `{"level":"loud","text":"a"}`
	typeName = "Content-Type"
)

// Bodies that string values together are read and held against the schema of an item.
func TestSequencesAreRead(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, sequences))
	lines := []string{typeName, "application/x-ndjson"}
	s.send("POST", "/lines", aLog+"\n"+aLog+"\n", lines...).want(204)
	s.send("POST", "/lines", aLog+"\r\n\n"+aLog, lines...).want(204)
	s.send("POST", "/lines", aLog+"\n"+badLog, lines...).wantFinding(422, "enum", "body", "/1/level")
	s.send("POST", "/lines", aLog+"\n{", lines...).wantFinding(400, "json", "body", "/1")
	s.send("POST", "/lines", aLog+"\n"+aLog[:5]+"\n"+aLog[5:], lines...).want(400)
	s.send("POST", "/lines", "\xff", lines...).want(400)
	for _, blank := range []string{"\u2028", "\u00a0", "\v", "\u0085"} { // are no white space of JSON
		s.send("POST", "/lines", aLog+blank+"\n", lines...).want(400)
	}
	texts := []string{typeName, "application/geo+json-seq"}
	s.send("POST", "/texts", "\x1e"+aLog+"\n\x1e{\"level\":\n\"warn\",\"text\":\"b\"}\n", texts...).want(204)
	s.send("POST", "/texts", "\x1e"+aLog+"\n", texts...).wantFinding(422, "minItems", "body", "")
	s.send("POST", "/texts", "\x1e"+aLog+"\n\x1e"+badLog, texts...).wantFinding(422, "enum", "body", "/1/level")
	s.send("POST", "/texts", aLog+"\n"+aLog, texts...).want(400)
	events := []string{typeName, "text/event-stream"}
	s.send("POST", "/events", ": hello\nevent: tick\ndata: {\"level\":\"info\",\ndata: \"text\":\"a\"}\n\ndata:"+aLog+"\r\n\r\n", events...).want(204)
	s.send("POST", "/events", "event: tock\ndata: "+aLog+"\n\n", events...).wantFinding(422, "enum", "body", "/0/event")
	s.send("POST", "/events", "data: "+badLog+"\n\n", events...).wantFinding(422, "enum", "body", "/0/data/level")
	mixed := func(part string) string {
		return "--x\r\nContent-Type: application/json\r\n\r\n" + aLog + "\r\n--x\r\nContent-Type: application/json\r\n\r\n" + part + "\r\n--x--\r\n"
	}
	parts := []string{typeName, "multipart/mixed; boundary=x"}
	s.send("POST", "/mixed", mixed(aLog), parts...).want(204)
	s.send("POST", "/mixed", mixed(badLog), parts...).wantFinding(422, "enum", "body", "/1/level")
}

// Answers that string values together are written as their media type has it; what nothing defines says why it is not.
func TestSequencesAreWritten(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, sequences))
	r := s.send("GET", "/texts", "").want(200)
	texts := strings.Split(string(r.body), "\x1e")
	if len(texts) < 3 || texts[0] != "" {
		t.Fatalf("%q", r.body)
	}
	again := []string{typeName, "application/geo+json-seq"}
	s.send("POST", "/texts", string(r.body), again...).want(204)
	r = s.send("GET", "/lines", "").want(200)
	s.send("POST", "/lines", string(r.body), typeName, "application/x-ndjson").want(204)
	r = s.send("GET", "/events", "").want(200)
	for event := range strings.SplitSeq(strings.TrimSuffix(string(r.body), "\n\n"), "\n\n") {
		if !strings.Contains(event, "event: tick\n") || !strings.Contains(event, "data: ") {
			t.Errorf("%q", event)
		}
	}
	s.send("GET", "/data", "").want(200).wantBody("data: {\"level\":\"info\",\"text\":\"hello\"}\n\n")
	s.send("GET", "/plain", "").want(200).wantBody("whole")
	if f := s.send("GET", "/csv", "").wantFinding(501, "mediaType", "document", "/paths/~1csv/get/responses/200/content"); f.at("/errors/0/actual") != `"text/csv"` {
		t.Errorf("%s", f.body)
	}
}

// A part has the headers that the document demands, in answers as in what a command line sends.
func TestPartsHaveTheirHeaders(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, sequences))
	r := s.send("GET", "/form", "").want(200)
	_, params, err := mime.ParseMediaType(r.header.Get(typeName))
	if err != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(strings.NewReader(string(r.body)), params["boundary"]).ReadForm(1 << 20)
	if err != nil || form.Value["meta"] == nil || form.File["photo"] == nil || !strings.Contains(string(r.body), "X-Kind: log") {
		t.Errorf("%v\n%s", err, r.body)
	}
	s.send("POST", "/form", string(r.body), typeName, r.header.Get(typeName)).want(204)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl to paste the line for")
	}
	for e := range s.server.Examples(s.http.URL) {
		if e.Operation.ID != "form" {
			continue
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", e.Curl+" -s -o /dev/null -w '%{http_code}'").CombinedOutput()
		if err != nil || string(out) != "204" {
			t.Errorf("%v %s\n%s", err, out, e.Curl)
		}
	}
}

// A text with line breaks in it is no field of an event: it would forge others.
func TestEventsAreNotForged(t *testing.T) {
	t.Parallel()
	for _, forged := range []string{"a\ndata: forged\n\nevent: x", "a\rb"} {
		s := play(t, load(t, `openapi: 3.2.0
info: {title: T, version: "1"}
paths:
  /events:
    get:
      responses:
        "200": {description: ok, content: {text/event-stream: {itemSchema: {type: object, required: [event, data],
          properties: {event: {const: `+strconv.Quote(forged)+`}, data: {type: string}}}}}}
`))
		if r := s.send("GET", "/events", ""); r.status != 501 {
			t.Errorf("%q: status %d: %s", forged, r.status, r.body)
		}
	}
}
