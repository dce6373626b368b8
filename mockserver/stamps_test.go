package mockserver

import (
	"net/http"
	"testing"
	"time"
)

const dated = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /tasks:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Task"}}}}}}}
    post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}, responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}}}
  /tasks/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}}}
    patch: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}}}
    put: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Task"}}}}}}
components:
  schemas:
    Task:
      type: object
      required: [id, dateModified]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        created_at: {type: string, format: date-time, readOnly: true}
        dateModified: {type: string, format: date-time, readOnly: true}
        price_updated_at: {type: string, format: date-time, readOnly: true}
        edited: {type: string, format: date-time}
`

func (r reply) moment(pointer string) time.Time {
	r.Helper()
	t, err := time.Parse(time.RFC3339, r.text(pointer))
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// When a record was changed last moves with every change, and with nothing else; when it was made stays. No clock is
// asked: the same again gives the same.
func TestTheLastChangeMovesWithAChange(t *testing.T) {
	t.Parallel()
	var texts []string
	for range 2 {
		s := play(t, load(t, dated))
		made := s.send(http.MethodPost, "/tasks", `{"name":"A","edited":"2020-01-01T00:00:00Z"}`).want(201)
		at, created, changed := "/tasks/"+made.text("/id"), made.moment("/created_at"), made.moment("/dateModified")
		if !created.Equal(changed) {
			t.Errorf("made %v, changed %v", created, changed)
		}
		if next := s.send(http.MethodPost, "/tasks", `{"name":"B"}`).want(201); !next.moment("/created_at").After(created) {
			t.Errorf("the next one was made %v, the first %v", next.moment("/created_at"), created)
		}
		for _, change := range []struct{ method, body string }{{"PATCH", `{"name":"C"}`}, {"PUT", `{"name":"D"}`}, {"PATCH", `{"name":"E"}`}} {
			r := s.send(change.method, at, change.body).want(200).wantAt("/price_updated_at", made.at("/price_updated_at"), "/created_at", made.at("/created_at"))
			if now := r.moment("/dateModified"); !now.After(changed) {
				t.Errorf("%s: changed %v, before %v", change.body, now, changed)
			} else {
				changed = now
			}
		}
		last := s.send(http.MethodPatch, at, `{"name":"E"}`).want(200)
		if !last.moment("/dateModified").Equal(changed) {
			t.Error("an update that changes nothing moved the last change")
		}
		s.send(http.MethodPatch, at, `{"edited":"2020-01-02T00:00:00Z"}`).want(200).wantAt("/edited", `"2020-01-02T00:00:00Z"`)
		texts = append(texts, string(s.send(http.MethodGet, at, "").want(200).body))
	}
	if texts[0] != texts[1] {
		t.Errorf("%s, then %s", texts[0], texts[1])
	}
}

// No record was made after it was changed last, and a change comes after all that.
func TestRecordsWereMadeBeforeTheyWereChanged(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, dated))
	for _, id := range s.server.KnownIDs(s.server.doc.Resource("tasks"), 50) {
		r := s.send(http.MethodGet, "/tasks/"+id, "").want(200)
		if r.at("/created_at") == "absent" {
			continue
		}
		if r.moment("/created_at").After(r.moment("/dateModified")) {
			t.Errorf("%s", r.body)
		}
		if now := s.send(http.MethodPatch, "/tasks/"+id, `{"name":"Z"}`).want(200); !now.moment("/dateModified").After(r.moment("/dateModified")) {
			t.Errorf("%s, then %s", r.body, now.body)
		}
	}
}
