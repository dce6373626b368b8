package mockserver

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// wantsLink reports whether a page is told by its URL.
func wantsLink(f spec.Fact) bool {
	format := ""
	if f.Schema != nil {
		format = f.Schema.Format
	}
	return f.Link || strings.Contains(format, "ur") || strings.Contains(format, "ir") // uri, url, iri, uri-reference
}

// next is what leads to the next page: what the cursor or the page has to be, or where there is no such parameter, or the
// schema wants it, its URL.
func (g *listing) next(f spec.Fact) []any {
	if !g.more() || len(g.ids) == 0 {
		return nil
	}
	link := any(g.link(g.offset + g.limit))
	switch {
	case wantsLink(f):
	case g.l.Cursor != nil:
		if g.idCursor() {
			id := g.ids[len(g.ids)-1]
			v, _ := strictjson.DecodeOrdered(g.idText(id), wideOpen)
			return []any{v, id}
		}
		n := g.offset + uint64(len(g.ids))
		return []any{strconv.FormatUint(n, 10), int(n)}
	case g.l.Page != nil:
		return []any{int(g.page + 1), strconv.FormatUint(g.page+1, 10)}
	case g.l.Offset != nil && f.Schema != nil && !f.Schema.Allows("string"):
		return []any{int(g.offset + g.limit)}
	}
	return []any{link}
}

// prev is what leads to the page before, as next does to the one after; nothing where there is none, or no way back.
func (g *listing) prev(f spec.Fact) []any {
	if g.offset == 0 || g.limit == 0 {
		return nil
	}
	before := g.offset - min(g.offset, g.limit)
	switch {
	case g.l.Page != nil && !wantsLink(f):
		return []any{int(g.page - 1), strconv.FormatUint(g.page-1, 10)}
	case g.l.Page != nil:
		return []any{g.link(before)}
	case g.l.Offset != nil && !wantsLink(f) && f.Schema != nil && !f.Schema.Allows("string"):
		return []any{int(before)}
	case g.l.Offset != nil:
		return []any{g.link(before)}
	case g.l.Before != nil && len(g.ids) > 0:
		v, _ := strictjson.DecodeOrdered(g.idText(g.ids[0]), wideOpen)
		if !wantsLink(f) {
			return []any{v, g.ids[0]}
		}
		return []any{g.linkWith(func(query url.Values) {
			query.Set(g.l.Before.Name, g.ids[0])
			if g.l.Cursor != nil {
				query.Del(g.l.Cursor.Name)
			}
		})}
	}
	return nil
}

// pageLink is the URL of this page, the first or the last one; nothing where no parameter leads there.
func (g *listing) pageLink(role spec.Role) []any {
	switch {
	case role == spec.SelfLink:
		return []any{g.linkWith(func(url.Values) {})}
	case role == spec.FirstLink:
		return []any{g.link(0)}
	case g.numbered() && g.limit > 0 && !g.open:
		return []any{g.link((g.lastPage() - g.first) * g.limit)}
	}
	return nil
}

// numbered reports whether any page can be asked for by a number.
func (g *listing) numbered() bool { return g.l.Page != nil || g.l.Offset != nil }

// link is the URL of the page that begins after so many records.
func (g *listing) link(offset uint64) string {
	return g.linkWith(func(query url.Values) { g.turn(query, offset) })
}

// turn makes a query that of the page which begins after so many records.
func (g *listing) turn(query url.Values, offset uint64) {
	if g.l.Before != nil {
		query.Del(g.l.Before.Name)
	}
	switch {
	case g.l.Page != nil && g.limit > 0:
		query.Set(g.l.Page.Name, strconv.FormatUint(g.first+offset/g.limit, 10))
	case g.l.Offset != nil:
		query.Set(g.l.Offset.Name, strconv.FormatUint(offset+g.l.FirstOffset(), 10))
	}
	if g.l.Cursor == nil {
		return
	}
	query.Del(g.l.Cursor.Name)
	if cursor := g.cursorAt(offset); cursor != "" {
		query.Set(g.l.Cursor.Name, cursor)
	}
}

// cursorAt is the cursor of the page which begins after so many records; "" for the first page, and for one whose records
// before it are not at hand.
func (g *listing) cursorAt(offset uint64) string {
	switch {
	case offset == 0 || len(g.ids) == 0:
	case !g.idCursor():
		return strconv.FormatUint(offset, 10)
	case offset == g.offset+g.limit:
		return g.ids[len(g.ids)-1]
	}
	return ""
}

// linkWith is the URL of this request with another query.
func (g *listing) linkWith(change func(url.Values)) string {
	query := g.x.r.URL.Query()
	change(query)
	path := g.s.originOf(g.x.r) + (&url.URL{Path: g.x.r.URL.Path, RawPath: g.x.r.URL.RawPath}).EscapedPath()
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// links are the relations to other pages.
func (g *listing) links() string {
	var out []string
	add := func(rel string, offset uint64) { out = append(out, "<"+g.link(offset)+`>; rel="`+rel+`"`) }
	if g.more() && len(g.ids) > 0 {
		add("next", g.offset+g.limit)
	}
	if g.numbered() && g.offset > 0 {
		add("prev", g.offset-min(g.offset, g.limit))
	}
	add("first", 0)
	if g.numbered() && g.limit > 0 && !g.open {
		add("last", (g.lastPage()-g.first)*g.limit)
	}
	return strings.Join(out, ", ")
}
