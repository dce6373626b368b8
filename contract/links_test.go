package contract_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// followed runs the checks of links against the mock of a document: how each went, by the link's name.
func followed(t *testing.T, d *spec.Document) map[string]contract.Outcome {
	t.Helper()
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	defer srv.Close()
	target := contract.Target{
		URL: srv.URL + mock.BasePath(), IDs: map[string][]string{}, Credentials: (*spec.Operation).DemoCredentials,
	}
	for _, r := range d.Resources {
		target.IDs[r.Name] = mock.KnownIDs(r, 3)
	}
	r, err := contract.NewRunner(d, target, contract.Settings{NoRestore: true, Only: []string{"link-follows"}})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]contract.Outcome{}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		_, name, _ := strings.Cut(o.Check.Name, " link ")
		name, _, _ = strings.Cut(name, " ")
		out[name] = o
	}
	return out
}

const linkDocument = `
openapi: 3.1.0
info: {title: Links, version: "1"}
paths:
  /notes:
    get:
      operationId: listNotes
      responses:
        "200":
          description: Notes
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Note"}}}}
          links:
            first: {operationId: getNote, parameters: {path.noteId: "$response.body#/0/id"}}
            later: {operationId: getNote, parameters: {noteId: "$response.body#/0/nothing"}}
            odd: {operationId: getNote, parameters: {other: "$response.body#/0/id"}}
            unsaid: {operationId: getNote}
    post:
      operationId: makeNote
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewNote"}}}}
      responses:
        "201":
          description: Made
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
          links:
            made: {operationRef: "#/paths/~1notes~1{noteId}/get", parameters: {noteId: "$response.body#/id"}}
            changed: {operationId: changeNote, parameters: {noteId: "$response.body#/id"}, requestBody: {text: changed}}
            ended: {operationId: endNote, parameters: {noteId: "{$response.body#/id}"}}
            echoed: {operationId: echo, parameters: {how: "$method"}, requestBody: "$request.body"}
  /notes/{noteId}:
    parameters: [{name: noteId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getNote
      responses:
        "200":
          description: A note
          content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
          links:
            over: {operationId: endNote, parameters: {noteId: "$request.path.noteId"}}
            lost: {operationId: getNote, parameters: {noteId: "no-such-note"}}
    patch:
      operationId: changeNote
      requestBody: {required: true, content: {application/merge-patch+json: {schema: {$ref: "#/components/schemas/NewNote"}}}}
      responses: {"200": {description: The note, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}}
    delete: {operationId: endNote, responses: {"204": {description: Gone}}}
  /echo:
    post:
      operationId: echo
      parameters: [{name: how, in: query, required: true, schema: {enum: [POST]}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewNote"}}}}
      responses: {"200": {description: The same}}
components:
  schemas:
    NewNote: {type: object, required: [text], properties: {text: {type: string, maxLength: 20}}}
    Note:
      allOf: [{$ref: "#/components/schemas/NewNote"}, {type: object, required: [id], properties: {id: {type: string, readOnly: true}}}]
`

// TestLinks: links are followed to records, changes and deletions; those that cannot be say why.
func TestLinks(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "links.yaml", Data: []byte(linkDocument)})
	if err != nil {
		t.Fatal(err)
	}
	got := followed(t, d)
	for name, want := range map[string]string{
		"first": "", "made": "", "changed": "", "ended": "", "echoed": "", "over": "",
		"later":  `"$response.body#/0/nothing" leads to nothing`,
		"odd":    "gives other, which getNote does not have",
		"unsaid": "does not say noteId",
		"lost":   "404 Not Found",
	} {
		o, there := got[name]
		said := o.Reason
		if len(o.Findings) > 0 {
			said = o.Findings[0].Actual
		}
		switch {
		case !there:
			t.Errorf("no check follows the link %s", name)
		case want == "" && o.Status != contract.Passed, !strings.Contains(said, want):
			t.Errorf("%s: %s %s, want %q%s", name, o.Status, said, want, story(o))
		}
	}
}

// TestLinksOfPublicDocument: the links of the published example are followed, or say why not.
func TestLinksOfPublicDocument(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "shared", "corpus", "oai-link-example.yaml")
	if _, err := os.Stat(file); err != nil {
		t.Skipf("there is no %s", file)
	}
	src, err := spec.ReadSource(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	got := followed(t, d)
	if len(got) != 4 {
		t.Errorf("%d links have a check, want 4", len(got))
	}
	for _, name := range []string{"userRepositories", "pullRequestMerge"} {
		if o := got[name]; o.Status != contract.Passed {
			t.Errorf("%s: %s %s%s", name, o.Status, o.Reason, story(o))
		}
	}
	for name, o := range got {
		if o.Status == contract.Skipped && o.Reason == "" {
			t.Errorf("%s is skipped without a reason", name)
		}
	}
}
