package spec

// CheckUnproved is Check by the validator alone, to hold proofs against.
func (s *Schema) CheckUnproved(v any, dir Direction) ([]Finding, error) {
	if s.together != nil {
		return s.Check(v, dir)
	}
	return s.check(v, dir)
}
