package spec

import "github.com/understudy-dev/understudy/spec/strictjson"

// CheckUnproved is Check by the validator alone, to hold proofs against.
func (s *Schema) CheckUnproved(v any, dir Direction) ([]Finding, error) {
	if s.together != nil {
		return s.Check(v, dir)
	}
	return s.check(v, dir)
}

// ProvesAround is Proves of an answer of which a part is known.
func (s *Schema) ProvesAround(known Known, text []byte) bool {
	_, ok := s.prove(text, Out, strictjson.Limits{}, known)
	return ok
}
