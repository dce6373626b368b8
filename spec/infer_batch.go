package spec

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// Batch is how an operation makes, or changes, records of a list.
type Batch struct {
	Resource *Resource
	// Owners are as those of an operation.
	Owners []Owner
	// List is where the answer lists what was made or changed; nil where it shows one of the records, or none.
	List *Listing
}

// several are words of a path that say that a list of records is made below it, single ones that it is for something else.
var (
	several = []string{"create", "add", "batch", "bulk", "import", "insert", "many", "multiple"}
	other   = []string{"update", "delete", "remove", "validate", "check", "search", "query", "get", "count", "preview", "test"}
)

// Rows is the schema of what a list holds: that of an array's items, or of those of the only array in a union. Nil for
// what is no list.
func (s *Schema) Rows() *Schema {
	if s == nil {
		return nil
	}
	if s.Items != nil && s.Allows("array") {
		return s.Items
	}
	var rows *Schema
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		if part.Items == nil || !slices.Contains(part.Types, "array") {
			continue
		}
		if rows != nil {
			return nil
		}
		rows = part.Items
	}
	return rows
}

// batchOf is how a creation takes or shows lists of a resource's records; nil where it does neither.
func (in *inferrer) batchOf(o *Operation, r *Resource, owners []Owner) *Batch {
	b := &Batch{Resource: r, Owners: owners}
	_, res := o.SuccessResponse()
	b.List = findListing(res, r.likeness)
	if b.List == nil && res != nil { // one or many
		if m := Media(res.Content); m != nil && IsJSON(m.Type) && m.Schema != nil && m.Schema.Items == nil {
			if rows := m.Schema.Rows(); rows != nil && r.likeness(rows) > 0 {
				b.List = &Listing{Item: rows}
				o.showOne(res, m.Schema, r)
			}
		}
	}
	if b.List == nil && !o.takesRows(r) {
		return nil
	}
	if b.List != nil {
		b.List.learn(o, res)
	}
	return b
}

// showOne finds the record in an answer that shows one, or a list of several.
func (o *Operation) showOne(res *Response, s *Schema, r *Resource) {
	branches := slices.DeleteFunc(s.objectBranches(), func(b *Schema) bool { return b.Items != nil })
	if res.Envelope == nil && len(branches) == 1 && r.likeness(branches[0]) > 0 {
		res.Envelope = &Envelope{Record: branches[0]}
	}
}

// takesRows reports whether one of an operation's bodies may be a list of a resource's records.
func (o *Operation) takesRows(r *Resource) bool {
	return o.Body != nil && slices.ContainsFunc(o.Body.Content, func(m *MediaType) bool { return r.sends(m.Schema.Rows()) })
}

// sends reports whether a schema is that of the resource's records, or has mostly members of theirs.
func (r *Resource) sends(rows *Schema) bool {
	if rows == nil {
		return false
	}
	return rows == r.Schema || len(rows.AllProperties()) > 0 && 2*shared(rows, r.Schema) > len(rows.AllProperties())
}

// assignBatch is for a POST below a collection that makes records of a list (POST /things/batch): its path says so, and its
// body is a list of them.
func (in *inferrer) assignBatch(o *Operation) {
	at := strings.LastIndexByte(o.Shape(), '/')
	if o.Method != http.MethodPost || at <= 0 || strings.Contains(o.Shape()[at:], "{") {
		return
	}
	words := nameWords(o.Shape()[at+1:])
	said := func(known []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(known, w) })
	}
	r := in.collections[o.Shape()[:at]]
	if r == nil || !said(several) || said(other) || !r.sends(o.bodySchema().Rows()) {
		return
	}
	if owners, ok := in.ownersOf(r, o.Shape()[:at]); ok {
		o.envelop(r.IDParam, pathName(o.Shape()[:at]))
		o.Batch = in.batchOf(o, r, owners)
	}
}

// nameWords splits a name into its words: createWithList, create_with-list.
func nameWords(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]) || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
