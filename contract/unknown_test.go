package contract_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// upserting is a stand whose shop makes the goods that a PUT names, and refuses to delete those while it is stubborn.
func upserting(t *testing.T, stubborn *bool) shopStand {
	t.Helper()
	var st shopStand
	st = newShopStand(t, shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
		segs := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		if len(segs) != 4 {
			return false
		}
		number, err := strconv.Atoi(segs[3])
		if err != nil || number < 1000 {
			return false
		}
		switch {
		case r.Method == http.MethodDelete && *stubborn:
			say(w, http.StatusConflict, object{"error": "no"})
			return true
		case r.Method == http.MethodDelete:
			delete(st.shop.goods, segs[1]) // also when the shop is gone by now
			w.WriteHeader(http.StatusNoContent)
			return true
		case r.Method != http.MethodPut:
			return false
		}
		rec := object{"number": number, "title": "Put"}
		st.shop.goods[segs[1]] = append(st.shop.goods[segs[1]], rec)
		say(w, http.StatusOK, rec)
		return true
	}})
	return st
}

// TestUnknownIDsMadeAreDeleted: what a PUT to an id that should not be there makes is deleted again.
func TestUnknownIDsMadeAreDeleted(t *testing.T) {
	t.Parallel()
	st := upserting(t, new(bool))
	res, err := st.runner(t, contract.Settings{Only: []string{"putGood *unknown id"}}).RunRestoring(t.Context(), st.undo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Count(contract.Warned) != 1 {
		t.Fatal("nothing was made: ", res.Outcomes)
	}
	st.clean(t, res.Restored)
}

// TestUnknownIDsMadeAreToldOf: where it cannot be deleted that is said, and the undo file tells a restore of it.
func TestUnknownIDsMadeAreToldOf(t *testing.T) {
	t.Parallel()
	stubborn := true
	st := upserting(t, &stubborn)
	res, err := st.runner(t, contract.Settings{Only: []string{"putGood *no success*unknown id"}}).RunRestoring(t.Context(), st.undo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Restored.Complete() {
		t.Error("it is left, and the restoration is complete")
	}
	if _, err := os.Stat(st.undo); err != nil {
		t.Fatal(err)
	}
	st.shop.mu.Lock()
	stubborn = false
	st.shop.mu.Unlock()
	again, err := contract.RestoreFile(t.Context(), shopDoc(), st.undo, contract.Target{Header: st.target.Header}, contract.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	st.clean(t, again)
}

const namedDocument = `
openapi: 3.1.0
info: {title: Notes, version: "1"}
servers: [{url: "https://notes.example.com/v1"}]
paths:
  /notes:
    get:
      operationId: listNotes
      responses: {"200": {description: Notes, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Note"}}}}}}
  /notes/{noteId}:
    parameters: [{name: noteId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getNote
      responses:
        "200": {description: A note, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "409": {description: No such note}
    put:
      operationId: putNote
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
      responses:
        "200": {description: The note, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "201": {description: A new note, content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
    delete: {operationId: deleteNote, responses: {"204": {description: Gone}, "404": {description: Not there}}}
components:
  schemas:
    Note: {type: object, required: [id], properties: {id: {type: string}, text: {type: string}}}
`

func namedDoc(t *testing.T) *spec.Document {
	t.Helper()
	d, err := spec.Load(spec.Source{Name: "notes.yaml", Data: []byte(namedDocument)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestUnknownIDsAsDeclared: a PUT that the document lets make records may, and where it has no 404 another refusal that
// it has will do.
func TestUnknownIDsAsDeclared(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/notes" {
			say(w, http.StatusOK, []object{{"id": "first"}})
			return
		}
		switch r.URL.Path[len("/v1/notes/"):] + " " + r.Method {
		case "first GET":
			say(w, http.StatusOK, object{"id": "first"})
		default:
			w.WriteHeader(http.StatusConflict)
		}
	}))
	t.Cleanup(srv.Close)
	set := contract.Settings{Only: []string{"*unknown id"}, NoRestore: true}
	r, err := contract.NewRunner(namedDoc(t), contract.Target{URL: srv.URL + "/v1", IDs: map[string][]string{"notes": {"first"}}}, set)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]contract.Status{
		"getNote has no success for an unknown id":    contract.Passed,
		"getNote answers 404 for an unknown id":       contract.Passed,
		"deleteNote has no success for an unknown id": contract.Passed,
		"deleteNote answers 404 for an unknown id":    contract.Warned,
	}
	got := map[string]contract.Status{}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		got[o.Check.Name] = o.Status
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestLocationCarriesCredentials: where Location leads is asked for as the document lets records be read; what was made
// is deleted with credentials too.
func TestLocationCarriesCredentials(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{})
	st.target.Header = nil
	st.target.Credentials = func(*spec.Operation) []spec.Credential {
		return []spec.Credential{{In: "header", Name: "X-Key", Value: shopKey}}
	}
	set := contract.Settings{Only: []string{"createShop Location*", "getGood accepts a valid request"}}
	res, err := st.runner(t, set).RunRestoring(t.Context(), st.undo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Count(contract.Passed) != 2 {
		t.Errorf("%+v", res.Outcomes)
	}
	st.clean(t, res.Restored)
}

// TestIsolationWithoutRecords: without a record to change the check is skipped, also where another kind has some.
func TestIsolationWithoutRecords(t *testing.T) {
	t.Parallel()
	sub := theMock(t)
	srv := httptest.NewServer(sub.handler)
	t.Cleanup(srv.Close)
	ids := maps.Clone(sub.ids)
	kept := commerce().Operation("updateCall").Resource.Name
	maps.DeleteFunc(ids, func(name string, _ []string) bool { return name != kept })
	set := contract.Settings{Only: []string{"*leaves other records alone"}, NoRestore: true}
	r, err := contract.NewRunner(commerce(), contract.Target{URL: srv.URL + sub.base, IDs: ids}, set)
	if err != nil {
		t.Fatal(err)
	}
	res := r.RunAll(t.Context(), nil)
	if res.Count(contract.NotRun) > 0 || res.Count(contract.Skipped) == 0 {
		t.Errorf("%+v", res.Outcomes)
	}
}
