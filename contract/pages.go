package contract

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// listing is what the pages of a list showed.
type listing struct {
	res     *spec.Resource
	records []map[string]any
	pages   [][]map[string]any
	total   int  // as the list tells it; -1 where it tells none
	whole   bool // every page was asked for
}

func (l *listing) count(id string) int {
	n := 0
	for _, rec := range l.records {
		if recordID(l.res, rec) == id {
			n++
		}
	}
	return n
}

// maxPages bounds how many pages of a list a check asks for.
const maxPages = 60

// listAll asks for all pages of a list, as large as the document allows.
func (p *probe) listAll(op *spec.Operation, owner recordKey) *listing {
	return p.listPages(op, owner, pageSize(op), maxPages)
}

// pageSize is how many records a page of a list is asked to have: as many as the document allows, up to a hundred.
func pageSize(op *spec.Operation) int {
	size := 100
	if l := op.List.Limit; l != nil {
		for size > 1 && !validText(l, strconv.Itoa(size)) {
			size /= 2
		}
	}
	return size
}

// listPages asks for pages of a size, one after the other.
func (p *probe) listPages(op *spec.Operation, owner recordKey, size, most int) *listing {
	return p.listSome(op, owner, paging{size: size, most: most})
}

// paging is how pages of a list are asked for.
type paging struct {
	size, most int
	with       func(*Request) // what else each request has; nil for nothing
}

func (p *probe) listSome(op *spec.Operation, owner recordKey, how paging) *listing {
	out := &listing{res: op.Resource, total: -1}
	next := pager{op: op, size: how.size}
	for range how.most {
		req := p.r.places.request(op, owner, "", nil)
		if how.with != nil {
			how.with(&req)
		}
		next.set(&req)
		a := p.call("list the records", req)
		if !isSuccess(a.Status) {
			p.stopForWeather("%s answers %s", op.ID, statusLine(a.Status))
		}
		page := recordsIn(op, a)
		out.pages = append(out.pages, page)
		out.records = append(out.records, page...)
		if n, ok := factNumber(op, a, spec.TotalRole); ok {
			out.total = n
		}
		if !next.after(page, a) {
			out.whole = !next.lost && !next.cut(page, a) && (next.turns() || out.total <= len(out.records))
			return out
		}
	}
	return out
}

// pager turns the pages of a list by the parameters that it has: a cursor, an offset or the page's number.
type pager struct {
	op     *spec.Operation
	size   int
	number int
	seen   int
	told   []turn // what the answer says the next page is asked for with; none where it says nothing
	lost   bool   // there may be more pages, and nothing says how to get there
}

// turn is a parameter that leads to the next page, and what it has to be.
type turn struct {
	param *spec.Parameter
	value any
}

func (g *pager) set(req *Request) {
	l := g.op.List
	if l.Limit != nil {
		setParameter(req, l.Limit, json.Number(strconv.Itoa(g.size)))
	}
	switch {
	case g.number == 0:
	case len(g.told) > 0:
		for _, t := range g.told {
			setText(req, t.param, encoded(t.param, t.value))
		}
	case l.Offset != nil:
		setParameter(req, l.Offset, json.Number(strconv.Itoa(g.seen+int(l.FirstOffset()))))
	case l.Page != nil:
		setParameter(req, l.Page, json.Number(strconv.Itoa(g.number+int(l.FirstPage()))))
	}
}

// after learns from a page, and says whether there may be another.
func (g *pager) after(page []map[string]any, a *Answer) bool {
	l := g.op.List
	g.number++
	g.seen += len(page)
	if more, told := fact(g.op, a, spec.MoreRole); len(page) == 0 || told && more == any(false) {
		return false
	}
	if l.Limit == nil {
		g.lost = !g.isLast(page, a)
		return false
	}
	if l.Cursor != nil {
		told, known := g.next(page, a)
		g.told = slices.DeleteFunc(told, func(t turn) bool { return encoded(t.param, t.value) == "" })
		g.lost = !known || len(g.told) < len(told)
		return len(g.told) > 0 && !g.lost
	}
	return l.Offset != nil || l.Page != nil
}

// isLast reports whether nothing comes after the first page of a list whose pages are as large as the server likes.
func (g *pager) isLast(page []map[string]any, a *Answer) bool {
	l := g.op.List
	if l.Page == nil && l.Offset == nil && l.Cursor == nil {
		return true
	}
	if total, told := factNumber(g.op, a, spec.TotalRole); told {
		return total <= len(page)
	}
	if l.Cursor == nil {
		return false
	}
	to, known := g.next(page, a)
	return known && len(to) == 0
}

// next says how the page after this one is asked for where a cursor leads on: as the answer tells it, in its body or in Link,
// else with the last record's id where the parameter asks after which one to go on. None where there is no such page; known is
// false where nothing says whether there is one, or how to get there.
func (g *pager) next(page []map[string]any, a *Answer) (to []turn, known bool) {
	param := g.op.List.Cursor
	if v, told := fact(g.op, a, spec.NextRole); told {
		text, ok := scalarText(v)
		if !ok || text == "" {
			return nil, true
		}
		if u, is := pageURL(text); is {
			to = g.turnsOf(u)
			return to, len(to) > 0
		}
		return []turn{{param, v}}, true
	}
	if last, told := fact(g.op, a, spec.LastRole); told && last != nil {
		return []turn{{param, last}}, true
	}
	if links := a.Header.Values("Link"); len(links) > 0 {
		at := nextLink(links)
		if at == "" {
			return nil, true
		}
		if u, err := url.Parse(at); err == nil {
			to = g.turnsOf(u)
		}
		return to, len(to) > 0
	}
	if name := strings.ToLower(param.Name); !strings.Contains(name, "after") && !strings.Contains(name, "marker") {
		return nil, false // what such a cursor looks like only the server knows
	}
	id, shown := g.op.Resource.ID.Of(page[len(page)-1])
	if !shown || id == nil {
		return nil, false
	}
	return []turn{{param, id}}, true
}

// turnsOf are the parameters for pages that the URL of a page has.
func (g *pager) turnsOf(u *url.URL) []turn {
	var out []turn
	query, l := u.Query(), g.op.List
	for _, param := range []*spec.Parameter{l.Cursor, l.Page, l.Offset} {
		if param != nil && query.Get(param.Name) != "" {
			out = append(out, turn{param, query.Get(param.Name)})
		}
	}
	return out
}

// pageURL reads the URL of a page, whole or from its path on; false for any other text.
func pageURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.RawQuery == "" || u.Host == "" && !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "?") {
		return nil, false
	}
	return u, true
}

// nextLink is the URL of the next page in Link headers (RFC 8288); "" where they have none.
func nextLink(links []string) string {
	for _, link := range links {
		for part := range strings.SplitSeq(link, ",") {
			target, params, _ := strings.Cut(strings.TrimSpace(part), ">")
			for param := range strings.SplitSeq(params, ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
				if strings.EqualFold(name, "rel") && strings.EqualFold(strings.Trim(value, `"`), "next") {
					return strings.TrimPrefix(strings.TrimSpace(target), "<")
				}
			}
		}
	}
	return ""
}

// turns reports whether a parameter leads from one page to the next.
func (g *pager) turns() bool {
	l := g.op.List
	return l.Limit != nil && (l.Offset != nil || l.Page != nil || l.Cursor != nil)
}

// cut reports whether a page is, or may be, the first of more that no parameter asks for.
func (g *pager) cut(page []map[string]any, a *Answer) bool {
	if g.turns() {
		return false
	}
	if most := mostShown(g.op); g.op.List.Limit != nil && len(page) >= g.size || most > 0 && len(page) >= most {
		return true
	}
	more, _ := fact(g.op, a, spec.MoreRole)
	last, _ := fact(g.op, a, spec.IsLast)
	pages, _ := factNumber(g.op, a, spec.PagesRole)
	next, _ := fact(g.op, a, spec.NextRole)
	to, isText := scalarText(next)
	return more == any(true) || last == any(false) || pages > 1 || isText && to != ""
}

// mostShown is how many records the document has a list show at most; 0 where it does not say.
func mostShown(op *spec.Operation) int {
	_, res := op.SuccessResponse()
	if res == nil {
		return 0
	}
	m := spec.Media(res.Content)
	if m == nil || m.Schema == nil {
		return 0
	}
	at := m.Schema
	for _, name := range op.List.Path {
		if at = at.KindProperty(name); at == nil {
			return 0
		}
	}
	if at.MaxItems == nil {
		return 0
	}
	return *at.MaxItems
}

// fact is what an answer tells of the list as a whole.
func fact(op *spec.Operation, a *Answer, role spec.Role) (any, bool) {
	for _, f := range op.List.Facts {
		if f.Role != role {
			continue
		}
		v, err := a.value()
		if err != nil {
			return nil, false
		}
		if at, there := strictjson.Resolve(v, strictjson.Pointer(f.Path...)); there {
			return at, true
		}
	}
	return nil, false
}

func factNumber(op *spec.Operation, a *Answer, role spec.Role) (int, bool) {
	v, told := fact(op, a, role)
	n, ok := v.(json.Number)
	if !told || !ok {
		return 0, false
	}
	i, err := strconv.Atoi(n.String())
	return i, err == nil
}
