package spec

import "slices"

// Value is a property that records can be asked for and sorted by: one of their own, or one of the member that holds what they
// say, as in {type, id, attributes: {title}}.
type Value struct {
	Path   []string // one name or two
	Schema *Schema
}

// Name is the property's own.
func (v Value) Name() string { return v.Path[len(v.Path)-1] }

// Of is the value that a record has; false where it has none.
func (v Value) Of(record map[string]any) (any, bool) {
	for _, name := range v.Path[:len(v.Path)-1] {
		record, _ = record[name].(map[string]any)
	}
	val, there := record[v.Name()]
	return val, there
}

// holders are the flat names of members that hold what a record says beside who it is: those of JSON:API, of Airtable, of
// GeoJSON and of search engines.
var holders = []string{"attributes", "fields", "properties", "source"}

// Values are the record's own properties, and after them those of a member that holds what it says.
func (s *Schema) Values() []Value {
	out := ownValues(s)
	for _, p := range s.AllProperties() {
		if !slices.Contains(holders, flat(p.Name)) {
			continue
		}
		for _, inner := range p.Schema.AllProperties() {
			out = append(out, Value{[]string{p.Name, inner.Name}, inner.Schema})
		}
	}
	return out
}

func ownValues(s *Schema) []Value {
	var out []Value
	for _, p := range s.AllProperties() {
		out = append(out, Value{[]string{p.Name}, p.Schema})
	}
	return out
}
