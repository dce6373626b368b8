package spec

import "slices"

// Together is a schema that accepts what all of the schemas accept, as if they stood in one allOf; nil for none. It
// stands where the first one does. What is nil, or there twice, counts once or not at all.
func Together(schemas ...*Schema) *Schema {
	var parts []*Schema
	add := func(s *Schema) {
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	for _, s := range schemas {
		switch {
		case s == nil:
		case s.together != nil:
			for _, p := range s.together {
				add(p)
			}
		default:
			add(s)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	out := &Schema{AllOf: parts, Location: parts[0].Location, at: parts[0].at, together: parts}
	for _, p := range parts {
		out.Never = out.Never || p.Never
		out.ReadOnly, out.WriteOnly = out.ReadOnly || p.ReadOnly, out.WriteOnly || p.WriteOnly
		out.Examples = append(out.Examples, p.Examples...)
		if out.Default == nil {
			out.Default = p.Default
		}
		if out.Faker == nil {
			out.Faker = p.Faker
		}
		if out.Relation == "" {
			out.Relation = p.Relation
		}
	}
	return out
}

// checkAll is Check of schemas that are to accept the same value.
func checkAll(schemas []*Schema, v any, dir Direction) ([]Finding, error) {
	var out []Finding
	for _, s := range schemas {
		fs, err := s.Check(v, dir)
		if err != nil {
			return nil, err
		}
		out = append(out, fs...)
	}
	SortFindings(out)
	out = slices.CompactFunc(out, func(a, b Finding) bool { return a == b })
	return out[:min(len(out), MaxFindings)], nil
}
