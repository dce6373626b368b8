package spec

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
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

	asked   []*Parameter // of the query, members of objects on their own
	fromOne bool         // records are counted from 1
}

// Filter is a parameter that asks for records with a value of a property.
type Filter struct {
	Param *Parameter
	Value Value
}

// Fact is a member beside the records of a list, and what it tells.
type Fact struct {
	Path   []string
	Role   Role
	Schema *Schema
	// Link says that it is told by a URL, where it is about a page.
	Link bool
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
	NextRole   Role = "next"   // what Cursor or Page has to be for the next page, or its URL
	PrevRole   Role = "prev"   // what Before or Page has to be for the page before, or its URL
	FirstRole  Role = "first"  // the id of the page's first record
	LastRole   Role = "last"   // the id of the page's last record
	LastPage   Role = "last page"
	SelfLink   Role = "self link" // URLs of this page, the first and the last one
	FirstLink  Role = "first link"
	LastLink   Role = "last link"
	IsFirst    Role = "is first" // whether this is the first page, or the last
	IsLast     Role = "is last"
	IsEmpty    Role = "is empty" // whether the page has no record
)

// pagingNames are the flat names of query parameters with a meaning of their own.
var pagingNames = []struct {
	of    func(*Listing) **Parameter
	types []string
	names []string
}{
	{func(l *Listing) **Parameter { return &l.Limit }, []string{"integer", "number"}, []string{
		"limit", "perpage", "pagesize", "size", "maxresults", "take", "first", "top", "maxitems", "pagelimit", "resultsperpage",
		"maxkeys", "maxpagesize", "itemsperpage",
	}},
	{func(l *Listing) **Parameter { return &l.Offset }, []string{"integer", "number"}, []string{
		"offset", "skip", "startindex", "pageoffset",
	}},
	{func(l *Listing) **Parameter { return &l.Page }, []string{"integer", "number"}, []string{"page", "pagenumber", "pageno"}},
	{func(l *Listing) **Parameter { return &l.Cursor }, []string{"string", "integer"}, []string{
		"cursor", "after", "startingafter", "pagetoken", "nexttoken", "continuationtoken", "pageafter", "aftercursor", "marker",
		"nextmarker", "startafter", "skiptoken", "nextpagetoken", "nextcursor", "pagecursor", "afterid", "continue",
	}},
	{func(l *Listing) **Parameter { return &l.Before }, []string{"string", "integer"}, []string{
		"before", "endingbefore", "pagebefore", "beforecursor", "beforeid",
	}},
	{func(l *Listing) **Parameter { return &l.Sort }, []string{"string", "array"}, []string{
		"sort", "sortby", "orderby", "ordering", "sortfield",
	}},
	{func(l *Listing) **Parameter { return &l.Direction }, []string{"string"}, []string{
		"direction", "dir", "sortorder", "sortdirection", "order", "orderdirection", "sortdir", "orderdir",
	}},
}

// learn finds out what the parameters of a list ask for, and what its answer tells beside the records. A parameter that is
// named as a property of the records is a filter where another one has the meaning of its name.
func (l *Listing) learn(o *Operation, res *Response) {
	l.asked = askedFor(o)
	for _, property := range []bool{false, true} {
		for _, p := range l.asked {
			if property == (l.Item.Property(p.Name) != nil) {
				l.place(p)
			}
		}
	}
	l.placeUnsure()
	if d := l.Direction; d != nil && l.Sort == nil && !saysDirection(d.Schema) {
		l.Sort, l.Direction = d, nil // order=name
	}
	for _, f := range filters(l.asked, l.Item.Values(), askable) {
		if !slices.Contains(l.paging(), f.Param) {
			l.Filters = append(l.Filters, f)
		}
	}
	if m := Media(res.Content); m != nil && m.Schema != nil && len(l.Path) > 0 {
		l.facts(m.Schema, nil)
		l.settle()
	}
}

// paging are the parameters for pages and order; nil where there is none of a meaning.
func (l *Listing) paging() []*Parameter {
	return []*Parameter{l.Limit, l.Offset, l.Page, l.Cursor, l.Before, l.Sort, l.Direction}
}

// place gives a parameter its meaning, where its name has one that no other has.
func (l *Listing) place(p *Parameter) {
	for _, meaning := range pagingNames {
		at := meaning.of(l)
		fits := p.Schema == nil || slices.ContainsFunc(meaning.types, p.Schema.Allows)
		if *at == nil && fits && slices.Contains(meaning.names, flat(p.Name)) {
			*at = p
			return
		}
	}
}

// placeUnsure is place for names that have a meaning only where nothing else has it: count is how many records to show, and
// from, beside size, how many to leave out.
func (l *Listing) placeUnsure() {
	for _, p := range l.asked {
		if p.Schema == nil || !p.Schema.Allows("integer") || l.Item.Property(p.Name) != nil {
			continue
		}
		switch name := flat(p.Name); {
		case name == "count" && l.Limit == nil:
			l.Limit = p
		case name == "from" && l.Offset == nil && l.Limit != nil && flat(l.Limit.Name) == "size":
			l.Offset = p
		}
	}
}

// saysDirection reports whether a schema leaves room for asc and desc, and says no other words.
func saysDirection(s *Schema) bool {
	if s == nil || len(s.Enum) == 0 {
		return true
	}
	return slices.ContainsFunc(s.Enum, func(v any) bool {
		word, _ := v.(string)
		return slices.Contains([]string{"asc", "ascending", "desc", "descending"}, strings.ToLower(word))
	})
}

// pageObjects are the flat names of parameters that are objects of other parameters for pages.
var pageObjects = []string{"page", "pageable", "paging", "pagination", "filter", "filters", "options"}

// askedFor are the parameters of a query, with the members of those that are objects: page[size], or size of pageable.
func askedFor(o *Operation) []*Parameter {
	var out []*Parameter
	for _, p := range o.Parameters {
		switch {
		case p.In != "query" || p == o.Unfold:
		case p.Schema != nil && p.Media == nil && slices.Contains(pageObjects, flat(p.Name)) && len(p.Schema.AllProperties()) > 0:
			out = append(out, p.parts()...)
		default:
			out = append(out, p)
		}
	}
	return out
}

// parts are the members of an object in a query, as parameters; none where its style gives them no names of their own.
func (p *Parameter) parts() []*Parameter {
	var out []*Parameter
	for _, prop := range p.Schema.AllProperties() {
		part := &Parameter{
			Name: prop.Name, In: p.In, Style: styleForm, Explode: true, Schema: prop.Schema, Location: p.Location, of: p, member: prop.Name,
		}
		switch {
		case p.Style == styleDeep:
			part.Name = p.Name + "[" + prop.Name + "]"
		case !p.spreads():
			return nil
		}
		part.wants = wants(part.Schema)
		part.single = part.Schema.plainScalar()
		out = append(out, part)
	}
	return out
}

// filters are the parameters that are named as properties of a record are: name, filter[name], filter.name.
func filters(params []*Parameter, values []Value, fits func(*Schema) bool) []Filter {
	var out []Filter
	for _, p := range params {
		if strings.HasPrefix(p.Name, "$") { // options of OData
			continue
		}
		for _, v := range values {
			name := flat(v.Name())
			named := name == flat(p.Name) || strings.HasPrefix(flat(p.Name), "filter") && "filter"+name == flat(p.Name)
			if named && fits(v.Schema) {
				out = append(out, Filter{p, v})
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

// askable reports whether values of a property, or of its items, can be asked for by a text.
func askable(s *Schema) bool {
	return plainValue(s) || s.Items != nil && s.Allows("array") && plainValue(s.Items)
}

// FirstPage is the number of the first page: 0 where the schema allows it or begins there, else 1.
func (l *Listing) FirstPage() uint64 {
	if l.Page == nil || l.Page.Schema == nil {
		return 1
	}
	s := l.Page.Schema
	if least, err := s.Minimum.Int64(); err == nil && least == 0 || s.Default != nil && *s.Default == json.Number("0") {
		return 0
	}
	return 1
}

// FirstOffset is the offset of the first record: 1 where the schema has no room for less or begins there, or the answer
// tells of its page as OpenSearch and SCIM do (RFC 7644, 3.4.2.4); else 0.
func (l *Listing) FirstOffset() uint64 {
	if l.fromOne {
		return 1
	}
	if l.Offset == nil || l.Offset.Schema == nil {
		return 0
	}
	s := l.Offset.Schema
	if s.Minimum == "1" || s.Minimum != "0" && s.Default != nil && *s.Default == json.Number("1") {
		return 1
	}
	return 0
}

// Begin is a query with the first page in the place of any other.
func (l *Listing) Begin(query string) string {
	if query == "" || l.Page == nil && l.Offset == nil {
		return query
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		switch {
		case err != nil:
		case l.Page != nil && plain == l.Page.Name:
			pairs[i] = fmt.Sprintf("%s=%d", name, l.FirstPage())
		case l.Offset != nil && plain == l.Offset.Name:
			pairs[i] = fmt.Sprintf("%s=%d", name, l.FirstOffset())
		}
	}
	return strings.Join(pairs, "&")
}

// Ignored are the parameters of a query that a list does not follow, because nothing tells what they mean.
func (l *Listing) Ignored() []*Parameter {
	return slices.DeleteFunc(slices.Clone(l.asked), func(p *Parameter) bool {
		return slices.Contains(l.paging(), p) || slices.ContainsFunc(l.Filters, func(f Filter) bool { return f.Param == p })
	})
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
	case r.ID.InEvery(item) == nil:
		return 0
	}
	return shared(item, r.Schema)
}

// Creates reports whether an operation may make the record that it names: a PUT that documents 201.
func (o *Operation) Creates() bool {
	return o.Action == ActionCreate || o.Method == http.MethodPut && o.ItemParam != "" &&
		slices.ContainsFunc(o.Responses, func(r *Response) bool { return r.Status == "201" })
}
