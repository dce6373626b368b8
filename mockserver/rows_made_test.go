package mockserver

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// fleets serves a document whose records are made of lists in members and bare ones.
func fleets(t *testing.T) *stage {
	t.Helper()
	text, err := os.ReadFile("../contract/testdata/fleets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return play(t, load(t, string(text)))
}

// Each item of a list in the member that the answer has too is made, and shown there.
func TestAListInAMemberMakesARecordOfEach(t *testing.T) {
	t.Parallel()
	s := fleets(t)
	two := s.send(http.MethodPost, "/Ships", `{"Ships": [{"name": "Fram", "length": 39}, {"name": "Maud"}]}`).want(200).
		wantAt("/Ships/0/name", `"Fram"`, "/Ships/0/length", "39", "/Ships/1/name", `"Maud"`, "/Ships/2", "absent", "/total", "2")
	for i, name := range []string{"Fram", "Maud"} {
		at := "/Ships/" + strings.Trim(two.at("/Ships/"+itoa(i)+"/ShipID"), `"`)
		s.send(http.MethodGet, at, "").want(200).wantAt("/Ships/0/name", `"`+name+`"`)
	}
	s.send(http.MethodPut, "/Ships", `{"Ships": [{"name": "Gjøa"}]}`).want(201).wantAt("/Ships/0/name", `"Gjøa"`, "/total", "1")
	list := s.send(http.MethodGet, "/Ships", "").want(200)
	for _, name := range []string{"Fram", "Maud", "Gjøa"} {
		if n := strings.Count(string(list.body), `"name":"`+name+`"`); n != 1 {
			t.Errorf("%s is listed %d times", name, n)
		}
	}
	s.send(http.MethodPost, "/Ships", `{"Ships": []}`).want(200).wantAt("/Ships/0", "absent", "/total", "0")
	s.send(http.MethodPost, "/ports", `[{"PortName": "Vardø"}, {"PortName": "Kirkenes", "depth": 9}]`).want(201).
		wantAt("/0/port_name", `"Vardø"`, "/1/port_name", `"Kirkenes"`, "/1/depth", "9", "/1/PortName", "absent")
}

// What one item is refused for is said with its place, and none is made.
func TestAListInAMemberMakesAllOrNothing(t *testing.T) {
	t.Parallel()
	s := fleets(t)
	s.send(http.MethodPost, "/Ships", `{"Ships": [{"name": "Fram"}, {"name": ""}]}`).wantFinding(422, "minLength", "body", "/Ships/1/name")
	s.send(http.MethodPost, "/Ships", `{"Ships": [{"name": "Fram"}, {"length": 3}]}`).want(422)
	s.send(http.MethodPost, "/ports", `[{"PortName": "Vardø"}, {"PortName": ""}]`).wantFinding(422, "minLength", "body", "/1/PortName")
	for _, path := range []string{"/Ships", "/ports"} {
		if list := s.send(http.MethodGet, path, "").want(200); strings.Contains(string(list.body), "Fram") || strings.Contains(string(list.body), "Vard") {
			t.Errorf("something was made: %s", list.body)
		}
	}
}

// What takes a list of records that are there changes each, or none.
func TestAListChangesTheRecordsItNames(t *testing.T) {
	t.Parallel()
	s := fleets(t)
	made := s.send(http.MethodPost, "/ports", `[{"PortName": "Vardø"}, {"PortName": "Bodø"}]`).want(201)
	a, b := made.at("/0/id"), made.at("/1/id")
	s.send(http.MethodPut, "/ports", `[{"id":`+b+`,"port_name":"B","depth":3},{"id":`+a+`,"port_name":"A","depth":4}]`).want(200).
		wantAt("/0/id", b, "/0/port_name", `"B"`, "/1/id", a, "/1/depth", "4", "/2", "absent")
	s.send(http.MethodGet, "/ports/"+a, "").want(200).wantAt("/port_name", `"A"`)
	s.send(http.MethodPut, "/ports", `[{"id":`+a+`,"port_name":"C"},{"id":999999,"port_name":"D"}]`).wantFinding(404, "record", "body", "/1/id")
	s.send(http.MethodGet, "/ports/"+a, "").want(200).wantAt("/port_name", `"A"`)
}
