package mockserver

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// wholeNumber is a number as ids are written: one spelling a number.
var wholeNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// badKey is the finding for an id that no record of the resource can have.
func badKey(at key) *spec.Finding {
	f := spec.Finding{
		Rule: "id", Level: spec.Must, In: "path", Pointer: "/id", Expected: "an id",
		Document: at.resource.IDSchema().Location, Actual: spec.Clip(fmt.Sprintf("%q", at.id)),
	}
	n, isNumber := fixtures.IDValue(at.resource, at.id).(json.Number)
	switch {
	case at.id == "":
		return &f
	case isNumber && !wholeNumber.MatchString(n.String()):
		f.Expected = "a whole number, the shortest spelling"
		return &f
	}
	return nil
}

// ownID gives a record's text the id that its key has, where it has none; the finding says that it has another.
func ownID(at key, text []byte) ([]byte, *spec.Finding) {
	if f := badKey(at); f != nil {
		return nil, f
	}
	if at.resource.ID.None() {
		return text, nil
	}
	sent := idAt(text, at.resource.ID)
	if sent == nil {
		id := strictjson.Append(nil, fixtures.IDValue(at.resource, at.id))
		ms, _ := membersOf(text)
		return joinMembers(withID(ms, at.resource.ID, id)), nil
	}
	if f := otherID(at, sent); f != nil {
		return nil, f
	}
	return text, nil
}

// otherID is the finding for a record that carries another id than its key has.
func otherID(at key, sent []byte) *spec.Finding {
	if at.resource.ID.None() || idOf(sent) == at.id {
		return nil
	}
	r := at.resource
	return &spec.Finding{
		Rule: "id", Level: spec.Must, In: "body", Pointer: r.ID.Pointer(),
		Document: r.IDSchema().Location, Expected: fmt.Sprintf("%q, the id it is put under", at.id),
		Actual: cmp.Or(spec.Clip(string(sent)), "nothing"),
	}
}

// checkWhole holds a whole record, as a session keeps it, against its schema: related records are ids.
func (s *Server) checkWhole(read reader, at key, text []byte) ([]spec.Finding, error) {
	var fs []spec.Finding
	for _, rel := range at.resource.Relations {
		for _, v := range valuesAt(text, rel.Path) {
			if v.text[0] != '{' {
				continue
			}
			fs = append(fs, spec.Finding{
				Rule: "relation", Level: spec.Must, In: "body", Pointer: strictjson.Pointer(v.pointer...), Document: rel.Location,
				Expected: "the id of one of " + rel.Target.Name, Actual: "an object",
				Hint: "put the related record under its own resource",
			})
		}
	}
	if len(fs) > 0 {
		return fs, nil
	}
	fs, err := s.checkRecord(read, at.resource, text)
	for i := range fs {
		fs[i].In = "body"
	}
	return fs, err
}
