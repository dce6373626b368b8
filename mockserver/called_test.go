package mockserver

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// lamps serves a document whose bodies call members otherwise than the record does.
func lamps(t *testing.T) (s *stage, at string) {
	t.Helper()
	text, err := os.ReadFile("../contract/testdata/called.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s = play(t, load(t, string(text)))
	return s, "/lamps/" + s.server.KnownIDs(s.server.doc.Resource("lamps"), 1)[0]
}

// A member whose name differs from a property's in case and separators alone is that property: by a form and by JSON, where
// a record is made and where it is changed.
func TestMembersCalledOtherwise(t *testing.T) {
	t.Parallel()
	s, at := lamps(t)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	made := s.send(http.MethodPost, "/lamps", "DisplayName=Desk&Brightness=40", form...).want(201)
	made.wantAt("/display_name", `"Desk"`, "/brightness", "40", "/DisplayName", "absent")
	s.send(http.MethodGet, "/lamps/"+strings.Trim(made.at("/sid"), `"`), "").want(200).wantAt("/display_name", `"Desk"`)

	s.send(http.MethodPost, at, "DisplayName=Hall", form...).want(200).wantAt("/display_name", `"Hall"`, "/DisplayName", "absent")
	s.send(http.MethodGet, at, "").want(200).wantAt("/display_name", `"Hall"`)
	s.patch(at, `{"displayName": "Attic"}`).want(200).wantAt("/display_name", `"Attic"`, "/displayName", "absent")
	s.send(http.MethodGet, at, "").want(200).wantAt("/display_name", `"Attic"`)
}

// What is like two properties is none of them, and what a property cannot be is left out, for likeness is a guess, and a
// guess refuses nothing that the document allows. The journal says so.
func TestMembersCalledOtherwiseRefuseNothing(t *testing.T) {
	t.Parallel()
	s, at := lamps(t)
	before := s.send(http.MethodGet, at, "").want(200)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	s.send(http.MethodPost, at, "NoteText=third&DisplayName=Hall", form...).want(200).wantAt("/display_name", `"Hall"`,
		"/note_text", before.at("/note_text"), "/noteText", before.at("/noteText"), "/NoteText", "absent")
	s.send(http.MethodPost, at, "Extras=none&Brightness=0&Dimmed=true", form...).want(200).wantAt("/dimmed", "true",
		"/extras", `["none"]`, "/brightness", before.at("/brightness"), "/Extras", "absent")
	if got := s.send(http.MethodGet, "/__understudy/requests?limit=1", "").want(200); !strings.Contains(string(got.body), `"pointer":"/Brightness"`) {
		t.Errorf("nothing is said of Brightness: %s", got.body)
	}
	s.patch(at, `{"displayName": "much too long a name"}`).wantFinding(422, "maxLength", "body", "/displayName")
}
