package mockserver

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// kitchen is a document of records and bodies that are unions.
func kitchen(t *testing.T) *spec.Document {
	t.Helper()
	text, err := os.ReadFile("../contract/testdata/kitchen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return load(t, string(text))
}

func TestAUnionIsUpdatedWhole(t *testing.T) {
	t.Parallel()
	s := play(t, kitchen(t))
	made := s.send(http.MethodPost, "/api/dishes", `{"kind":"soup","name":"Leek","hot":true,"litres":2.5}`).want(201)
	at, tasted := "/api/dishes/"+made.text("/id"), made.text("/tasted")
	put := s.send(http.MethodPut, at, `{"kind":"soup","name":"Onion","hot":false}`).want(200)
	put.wantAt("/kind", `"soup"`, "/name", `"Onion"`, "/hot", "false", "/tasted", `"`+tasted+`"`)
	if strings.Contains(string(put.body), "litres") {
		t.Errorf("a replaced record has what was not sent: %s", put.body)
	}
	s.send(http.MethodPut, at, `{"kind":"soup","name":"Onion"}`).want(422)
	s.send(http.MethodGet, at, "").want(200).wantAt("/name", `"Onion"`, "/hot", "false")
}

func TestAUnionIsUpdatedInPart(t *testing.T) {
	t.Parallel()
	s := play(t, kitchen(t))
	const merge = "application/merge-patch+json"
	at := "/api/dishes/" + s.send(http.MethodPost, "/api/dishes", `{"kind":"cake","name":"Rye","layers":3,"icing":"sugar"}`).want(201).text("/id")
	s.send(http.MethodPatch, at, `{"kind":"cake","layers":4}`, "Content-Type", merge).want(200).
		wantAt("/layers", "4", "/name", `"Rye"`, "/icing", `"sugar"`)
	s.send(http.MethodPatch, at, `{"layers":4}`, "Content-Type", merge).want(422) // the patch names its kind
	s.send(http.MethodPatch, at, `{"kind":"soup","hot":true}`, "Content-Type", merge).want(200).wantAt("/kind", `"soup"`, "/hot", "true")
	order := "/api/orders/" + s.send(http.MethodPost, "/api/orders", `{"served":"TableOrder","seat":4}`).want(201).text("/id")
	s.send(http.MethodPatch, order, `{"tip":5}`).want(200).wantAt("/tip", "5", "/seat", "4")
	s.send(http.MethodPatch, order, `{"note":"Soon"}`).want(200).wantAt("/tip", "5", "/note", `"Soon"`)
	s.send(http.MethodPatch, order, `{"tip":5,"note":"Late"}`).want(422)
}

func TestAnotherKindTakesARecordsPlace(t *testing.T) {
	t.Parallel()
	s := play(t, kitchen(t))
	at := "/api/pots/" + s.send(http.MethodPost, "/api/pots", `{"label":"A","side":4,"lid":true}`).want(201).text("/id")
	got := s.send(http.MethodPut, at, `{"label":"B","radius":2}`).want(200).wantAt("/label", `"B"`, "/radius", "2")
	if strings.Contains(string(got.body), "side") {
		t.Errorf("a round pot has a side: %s", got.body)
	}
	s.send(http.MethodPut, at, `{"label":"C","side":1}`).want(422)
	s.send(http.MethodGet, at, "").want(200).wantAt("/label", `"B"`)
}

func TestKindsWithOtherIDSchemasHaveIDsThatAreValidForEach(t *testing.T) {
	t.Parallel()
	s := play(t, kitchen(t))
	for _, body := range []string{`{"since":"2025-03-04"}`, `{"table":7}`} {
		at := "/api/guests/" + s.send(http.MethodPost, "/api/guests", body).want(201).text("/id")
		s.send(http.MethodGet, at, "").want(200)
		s.send(http.MethodPut, at, `{"table":8}`).want(200).wantAt("/table", "8")
		s.send(http.MethodGet, at, "").want(200).wantAt("/table", "8")
		s.send(http.MethodDelete, at, "").want(204)
		s.send(http.MethodGet, at, "").want(404)
	}
}
