package mockserver

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// inRows serves a document that shows and takes one record as a list of one.
func inRows(t *testing.T) *stage {
	t.Helper()
	text, err := os.ReadFile("../contract/testdata/rows.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return play(t, load(t, string(text)))
}

// A record that is the only one of a list has state as any other.
func TestRecordAsAListOfOne(t *testing.T) {
	t.Parallel()
	s := inRows(t)
	made := s.send(http.MethodPost, "/Boats", `{"Name": "Fram", "Length": 39}`).want(201)
	at := "/Boats/" + strings.Trim(made.at("/BoatID"), `"`)
	s.send(http.MethodGet, at, "").want(200).
		wantAt("/total", "1", "/Boats/0/Name", `"Fram"`, "/Boats/0/BoatID", made.at("/BoatID"), "/Boats/1", "absent")
	s.send(http.MethodPost, at, `{"Boats": [{"Flag": "NO"}]}`).want(200).wantAt("/Boats/0/Flag", `"NO"`, "/Boats/0/Name", `"Fram"`)
	s.send(http.MethodPost, at, `{"Boats": []}`).want(200).wantAt("/Boats/0/Flag", `"NO"`)
	s.send(http.MethodGet, at, "").want(200).wantAt("/Boats/0/Flag", `"NO"`, "/Boats/0/Length", "39")
	s.send(http.MethodDelete, at, "").want(200).wantAt("/total", "1", "/Boats/0/Name", `"Fram"`)
	s.send(http.MethodGet, at, "").want(404)
	s.send(http.MethodPost, at, `{"Boats": [{"Flag": "SE"}]}`).want(404)

	id := s.server.KnownIDs(s.server.doc.Resource("Berths"), 1)[0]
	s.send(http.MethodPut, "/Berths/"+id, `[{"depth": 7}]`).want(200).wantAt("/0/depth", "7", "/0/id", id, "/0/name", "absent")
	s.patch("/Berths/"+id, `[{"depth": 8}]`).want(200).wantAt("/0/depth", "8")
	s.send(http.MethodGet, "/Berths/"+id, "").want(200).wantAt("/0/depth", "8", "/1", "absent")
}

// What is wrong with a list of one is said with the place in the body, and more than one record is refused.
func TestFindingsInAListOfOne(t *testing.T) {
	t.Parallel()
	s := inRows(t)
	boat := "/Boats/" + s.server.KnownIDs(s.server.doc.Resource("Boats"), 1)[0]
	berth := "/Berths/" + s.server.KnownIDs(s.server.doc.Resource("Berths"), 1)[0]
	s.send(http.MethodPost, boat, `{"Boats": [{"Length": 0}]}`).wantFinding(422, "minimum", "body", "/Boats/0/Length")
	s.send(http.MethodPost, boat, `{"Boats": [{"Flag": "NO"}, {"Flag": "SE"}]}`).wantFinding(422, "maxItems", "body", "/Boats")
	s.patch(berth, `[{"depth": 3}, {"depth": 4}]`).wantFinding(422, "maxItems", "body", "")
	s.patch(berth, `[{"depth": 31}]`).wantFinding(422, "maximum", "body", "/0/depth")
	s.send(http.MethodPut, berth, `[{"id": 999999, "depth": 4}]`).want(422)
}
