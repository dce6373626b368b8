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

// takesBodies reports whether what the operations on a collection and its records are sent always makes a record, as far
// as the two are unions: each kind of body has to be part of a kind of record.
func (in *inferrer) takesBodies(record *Schema, collection string, param *Parameter) bool {
	kinds := record.objectBranches()
	if len(kinds) < 2 {
		return true
	}
	for _, o := range in.doc.Operations {
		if o.Path != collection && (param == nil || o.Path != collection+"/{"+param.Name+"}") {
			continue
		}
		body := o.bodyRecord()
		if body == nil {
			continue
		}
		// An update of a kind that has to be sent whole is not told from one that changes the kind.
		if o.Path != collection && len(body.objectBranches()) > 1 && slices.ContainsFunc(body.objectBranches(), (*Schema).requires) {
			return false
		}
		if body == record {
			continue
		}
		for _, sent := range body.objectBranches() {
			if !slices.ContainsFunc(kinds, sent.within) {
				return false
			}
		}
	}
	return true
}

// within reports whether all that a schema names is in a record, and by the same schema.
func (s *Schema) within(record *Schema) bool {
	if s == record {
		return true
	}
	return !slices.ContainsFunc(s.AllProperties(), func(p Property) bool {
		own := record.Property(p.Name)
		return own == nil || !sameSchema(p.Schema, own)
	})
}

// requires reports whether a schema, or what it is composed of, asks for any member.
func (s *Schema) requires() bool {
	return len(s.Required) > 0 || slices.ContainsFunc(s.AllOf, func(p *Schema) bool { return p != s && len(p.Required) > 0 })
}
