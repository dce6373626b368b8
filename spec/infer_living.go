package spec

import (
	"net/http"
	"slices"
)

// living is the branch of a union that the other operations on a record show it by, where none of them shows the union:
// what else one answer may show, as what is left of a record that has been deleted, is no record.
func (in *inferrer) living(record *Schema, shown *Operation, collection string) *Schema {
	branches := record.objectBranches()
	if len(branches) == 0 {
		return record
	}
	found := record
	for _, o := range in.doc.Operations {
		if o == shown || o.Path != shown.Path && o.Path != collection || o.Method == http.MethodDelete {
			continue
		}
		_, res := o.SuccessResponse()
		if res == nil {
			continue
		}
		consider := func(s *Schema) int {
			if s == record || slices.Contains(branches, s) {
				return 1
			}
			return 0
		}
		var other *Schema
		if m := Media(res.Content); m != nil && m.Schema != nil && consider(m.Schema) > 0 {
			other = m.Schema
		} else if l := findListing(res, consider); l != nil {
			other = l.Item
		}
		if other == record || other != nil && found != record && other != found {
			return record
		}
		if other != nil {
			found = other
		}
	}
	return found
}
