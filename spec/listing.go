package spec

import (
	"net/http"
	"slices"
	"strings"
)

// Listing says how an operation shows a collection: where the records sit in the answer, and what its parameters ask for.
// Parameters are nil where the operation has none of that meaning; meanings are told by their names.
type Listing struct {
	// Path leads from the body to the array of records; empty when the body is the array.
	Path []string
	// Item is the schema of a record, as the list shows it.
	Item *Schema
	// Limit is how many records at most, Offset how many to leave out, Page the page's number, from 1 where the schema
	// allows no 0 or says nothing.
	Limit, Offset, Page *Parameter
	// Cursor says after which record the page begins, Before before which one it ends: by an id, or by what a Next member
	// said.
	Cursor, Before *Parameter
	// Sort names the property to sort by ("name", "-name", "name:desc"), Direction is asc or desc.
	Sort, Direction *Parameter
	Filters         []Filter
	// Facts are the members of the answer that tell of the list as a whole.
	Facts []Fact
}

// Filter is a parameter that asks for records with a value of a property.
type Filter struct {
	Param    *Parameter
	Property Property
}

// Fact is a member beside the records of a list, and what it tells.
type Fact struct {
	Path   []string
	Role   Role
	Schema *Schema
}

// Role is what a member beside the records of a list tells.
type Role string

// The roles.
const (
	TotalRole  Role = "total"  // how many records there are, on all pages
	CountRole  Role = "count"  // how many records this page has
	LimitRole  Role = "limit"  // how many records a page has at most
	OffsetRole Role = "offset" // how many records come before the page
	PageRole   Role = "page"   // the page's number
	PagesRole  Role = "pages"  // how many pages there are
	MoreRole   Role = "more"   // whether there are records after the page
	NextRole   Role = "next"   // what Cursor or Page has to be for the next page
	FirstRole  Role = "first"  // the id of the page's first record
	LastRole   Role = "last"   // the id of the page's last record
)

// pagingNames are the flat names of query parameters with a meaning of their own.
var pagingNames = []struct {
	of    func(*Listing) **Parameter
	types []string
	names []string
}{
	{func(l *Listing) **Parameter { return &l.Limit }, []string{"integer", "number"}, []string{
		"limit", "perpage", "pagesize", "size", "maxresults", "take", "first", "top", "maxitems", "pagelimit", "resultsperpage",
	}},
	{func(l *Listing) **Parameter { return &l.Offset }, []string{"integer", "number"}, []string{
		"offset", "skip", "startindex", "pageoffset",
	}},
	{func(l *Listing) **Parameter { return &l.Page }, []string{"integer", "number"}, []string{"page", "pagenumber", "pageno"}},
	{func(l *Listing) **Parameter { return &l.Cursor }, []string{"string", "integer"}, []string{
		"cursor", "after", "startingafter", "pagetoken", "nexttoken", "continuationtoken", "pageafter", "aftercursor",
	}},
	{func(l *Listing) **Parameter { return &l.Before }, []string{"string", "integer"}, []string{"before", "endingbefore", "pagebefore"}},
	{func(l *Listing) **Parameter { return &l.Sort }, []string{"string", "array"}, []string{
		"sort", "sortby", "orderby", "ordering", "sortfield",
	}},
	{func(l *Listing) **Parameter { return &l.Direction }, []string{"string"}, []string{
		"direction", "dir", "sortorder", "sortdirection", "order", "orderdirection",
	}},
}

// learn finds out what the parameters of a list ask for, and what its answer tells beside the records.
func (l *Listing) learn(o *Operation, res *Response) {
	for _, p := range o.Parameters {
		if p.In != "query" || p == o.Unfold {
			continue
		}
		for _, meaning := range pagingNames {
			at := meaning.of(l)
			fits := p.Schema == nil || slices.ContainsFunc(meaning.types, p.Schema.Allows)
			if *at == nil && fits && slices.Contains(meaning.names, flat(p.Name)) {
				*at = p
				break
			}
		}
	}
	for _, f := range filters(o, l.Item) {
		if !slices.Contains([]*Parameter{l.Limit, l.Offset, l.Page, l.Cursor, l.Before, l.Sort, l.Direction}, f.Param) {
			l.Filters = append(l.Filters, f)
		}
	}
	if m := Media(res.Content); m != nil && m.Schema != nil && len(l.Path) > 0 {
		l.facts(m.Schema, nil)
	}
}

// filters are the query parameters that are named as properties of a record are.
func filters(o *Operation, record *Schema) []Filter {
	var out []Filter
	for _, p := range o.Parameters {
		if p.In != "query" || p == o.Unfold {
			continue
		}
		for _, prop := range record.AllProperties() {
			if flat(prop.Name) == flat(p.Name) && plainValue(prop.Schema) {
				out = append(out, Filter{p, prop})
				break
			}
		}
	}
	return out
}

// plainValue reports whether values of a property can be asked for by a text.
func plainValue(s *Schema) bool {
	return len(s.AllProperties()) == 0 && s.Items == nil && !slices.Contains(s.Types, "object")
}

var factNames = map[string]Role{
	"total": TotalRole, "totalcount": TotalRole, "totalelements": TotalRole, "totalitems": TotalRole, "totalresults": TotalRole,
	"totalrecords": TotalRole, "totalhits": TotalRole, "itemstotal": TotalRole, "totalsize": TotalRole,
	"count": CountRole, "numberofelements": CountRole, "resultcount": CountRole,
	"limit": LimitRole, "perpage": LimitRole, "pagesize": LimitRole, "size": LimitRole,
	"offset": OffsetRole, "skip": OffsetRole,
	"page": PageRole, "pagenumber": PageRole, "currentpage": PageRole,
	"pages": PagesRole, "totalpages": PagesRole, "pagecount": PagesRole,
	"hasmore": MoreRole, "hasnext": MoreRole, "hasnextpage": MoreRole, "more": MoreRole,
	"nextcursor": NextRole, "nextpagetoken": NextRole, "nexttoken": NextRole, "nextpage": NextRole, "cursor": NextRole, "next": NextRole,
	"firstid": FirstRole, "lastid": LastRole, "endcursor": NextRole,
}

// HeaderRole is what a response header of that name tells of a list ("X-Total-Count"); "" for any other.
func HeaderRole(name string) Role {
	name = flat(name)
	if role, ok := factNames[name]; ok {
		return role
	}
	return factNames[strings.TrimPrefix(name, "x")]
}

// facts looks for members that tell of the list: at the top, beside the array, and in an object beside it ("meta").
func (l *Listing) facts(s *Schema, path []string) {
	for _, p := range s.AllProperties() {
		at := append(slices.Clone(path), p.Name)
		if slices.Equal(at, l.Path) {
			continue
		}
		if role, ok := factNames[flat(p.Name)]; ok && role.fits(p.Schema) {
			l.Facts = append(l.Facts, Fact{at, role, p.Schema})
		} else if len(path) < 2 && len(p.Schema.AllProperties()) > 0 {
			l.facts(p.Schema, at)
		}
	}
}

func (r Role) fits(s *Schema) bool {
	switch r {
	case MoreRole:
		return slices.Contains(s.Types, "boolean")
	case NextRole, FirstRole, LastRole:
		return (s.Allows("string") || s.Allows("integer")) && len(s.AllProperties()) == 0
	}
	return s.Allows("integer") && len(s.AllProperties()) == 0
}

// findListing looks for the array of records in an answer: the body itself, a member of it, or a member of a member; of
// several it is the one whose items score best, 0 being none.
func findListing(res *Response, score func(item *Schema) int) *Listing {
	if res == nil {
		return nil
	}
	m := Media(res.Content)
	if m == nil || !IsJSON(m.Type) || m.Schema == nil {
		return nil
	}
	var best *Listing
	bestScore := 0
	consider := func(s *Schema, path ...string) {
		if s.Items == nil || !s.Allows("array") {
			return
		}
		if n := score(s.Items); n > bestScore {
			best, bestScore = &Listing{Path: path, Item: s.Items}, n
		}
	}
	consider(m.Schema)
	for _, p := range m.Schema.plainProperties() {
		consider(p.Schema, p.Name)
		for _, inner := range p.Schema.plainProperties() {
			consider(inner.Schema, p.Name, inner.Name)
		}
	}
	return best
}

// likeness says how much the items of an array look like records of the resource; 0 for not at all.
func (r *Resource) likeness(item *Schema) int {
	switch {
	case item == r.Schema:
		return 1 << 20
	case item.Property(r.IDProperty) == nil:
		return 0
	}
	return shared(item, r.Schema)
}

// Creates reports whether an operation may make the record that it names: a PUT that documents 201.
func (o *Operation) Creates() bool {
	return o.Action == ActionCreate || o.Method == http.MethodPut && o.ItemParam != "" &&
		slices.ContainsFunc(o.Responses, func(r *Response) bool { return r.Status == "201" })
}
