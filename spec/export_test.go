package spec

import (
	"github.com/pb33f/jsonschema/v6"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// CheckUnproved is Check by the validator alone, to hold proofs against.
func (s *Schema) CheckUnproved(v any, dir Direction) ([]Finding, error) {
	if s.together != nil {
		return s.Check(v, dir)
	}
	return s.check(v, dir)
}

// ProvesAround is Proves of an answer of which parts are known.
func (s *Schema) ProvesAround(known []Known, text []byte) bool {
	_, ok := s.prove(text, Out, strictjson.Limits{}, known)
	return ok
}

// Ways are the findings of the validator alone, and those that it gives when a value is divided as far as it can be.
func (s *Schema) Ways(v any, dir Direction, most int) (whole, divided []Finding, err error) {
	js, err := s.validator(dir)
	if err != nil || s.at.doc.compiler.dynamic.Load() {
		return nil, nil, err
	}
	if err, bad := js.Validate(v).(*jsonschema.ValidationError); bad { //nolint:errorlint // what the library gives
		whole = s.explained([]*jsonschema.ValidationError{err}, v)
	}
	f := few{left: most}
	return whole, s.explained(f.of(js, v, nil, nil), v), nil
}
