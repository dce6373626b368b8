package mockserver

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// answer puts the page together: the records as the list shows them, what it tells beside them, and links to others.
func (g *listing) answer() answer {
	status, res := successOf(g.op, false)
	out := result{status: status, res: res, header: http.Header{}}
	m := g.x.media(res)
	if m == nil || m.Schema == nil {
		return g.s.finish(g.x, out)
	}
	var err error
	if out.text, out.known, err = g.text(m.Schema); err != nil {
		return g.s.unservable(g.op, err)
	}
	g.headers(out.header, res)
	return g.s.finish(g.x, out)
}

// text is the answer's value by its schema, with what of it is known to be as it should.
func (g *listing) text(schema *spec.Schema) (text []byte, known []spec.Known, err error) {
	items := [][]byte{}
	asKept := g.sub.key.resource.StandsAlone() && g.l.Item == g.sub.key.resource.Schema
	for _, id := range g.ids {
		k := key{g.sub.key.resource, id}
		kept, err := g.in.current(k)
		if err == nil && kept == nil {
			continue // deleted meanwhile
		}
		shown := kept
		if err == nil {
			shown, err = g.s.show(g.in, k, kept, g.l.Item, g.levels)
		}
		if err != nil {
			return nil, nil, err
		}
		items = append(items, shown)
		asKept = asKept && same(shown, kept)
	}
	list := joinElements(items)
	if text, err = g.body(schema, nil, list); err != nil {
		return nil, nil, err
	}
	if at := bytes.Index(text, list); at >= 0 && asKept {
		known = knownItems(g.l.Item, items, at)
	}
	return text, known, nil
}

// knownItems are the items of a list, which stands at an offset of a text: records as they are kept.
func knownItems(schema *spec.Schema, items [][]byte, at int) []spec.Known {
	out := make([]spec.Known, len(items))
	for i, item := range items {
		at++ // the bracket, or the comma
		out[i] = spec.Known{Schema: schema, From: at, To: at + len(item)}
		at += len(item)
	}
	return out
}

// body is the answer's value: the list where its path leads, facts where they have their place, beside them what is
// required and what a success says.
func (g *listing) body(s *spec.Schema, path []string, list []byte) ([]byte, error) {
	if slices.Equal(path, g.l.Path) {
		return list, nil
	}
	var ms []member
	for _, p := range s.AllProperties() {
		at := append(slices.Clone(path), p.Name)
		value, err := g.memberOf(s, p, at, list)
		if err != nil {
			return nil, err
		}
		if value != nil {
			ms = append(ms, member{p.Name, value})
		}
	}
	return joinMembers(ms), nil
}

// memberOf is the value of one member of the answer; nil for one that is left out.
func (g *listing) memberOf(s *spec.Schema, p spec.Property, at []string, list []byte) ([]byte, error) {
	required := slices.Contains(requiredOf(s), p.Name)
	if slices.Equal(at, g.l.Path[:min(len(at), len(g.l.Path))]) {
		return g.body(p.Schema, at, list)
	}
	for _, f := range g.l.Facts {
		switch {
		case slices.Equal(f.Path, at):
			return g.fact(f, required), nil
		case len(f.Path) > len(at) && slices.Equal(f.Path[:len(at)], at):
			return g.body(p.Schema, at, list)
		}
	}
	if said, isSaid := g.op.Success[p.Name]; isSaid && len(at) == 1 {
		return strictjson.Append(nil, said), nil
	}
	if !required {
		return nil, nil
	}
	v, err := g.s.generator.Named(p.Schema, p.Name, g.s.source(append([]string{g.op.ID}, at...)...))
	if err != nil {
		return nil, err
	}
	return strictjson.Append(nil, v), nil
}

// fact is what a member tells, as its schema takes it; nil where it is left out.
func (g *listing) fact(f spec.Fact, required bool) []byte {
	for _, v := range g.telling(f.Role, f) {
		if v == nil && !required && !slices.Contains(f.Schema.Types, "null") {
			return nil
		}
		if text := strictjson.Append(nil, v); holds(f.Schema, text) {
			return text
		}
	}
	if !required {
		return nil
	}
	v, err := g.s.generator.Named(f.Schema, f.Path[len(f.Path)-1], g.s.source(append([]string{g.op.ID}, f.Path...)...))
	if err != nil {
		return []byte("null")
	}
	return strictjson.Append(nil, v)
}

// telling are the values that would tell a fact, the best one first; nil means that there is nothing to tell.
func (g *listing) telling(role spec.Role, f spec.Fact) []any {
	number := func(n uint64) []any { return []any{int(n), strconv.FormatUint(n, 10)} }
	switch role {
	case spec.TotalRole:
		return number(g.total)
	case spec.CountRole:
		return number(uint64(len(g.ids)))
	case spec.LimitRole:
		return number(g.limit)
	case spec.OffsetRole:
		return number(g.offset + g.l.FirstOffset())
	case spec.PageRole:
		return number(g.page)
	case spec.PagesRole:
		return number(g.lastPage() + 1 - g.first)
	case spec.LastPage:
		return number(g.lastPage())
	case spec.MoreRole:
		return []any{g.more()}
	case spec.IsFirst:
		return []any{g.offset == 0}
	case spec.IsLast:
		return []any{!g.more()}
	case spec.IsEmpty:
		return []any{len(g.ids) == 0}
	case spec.NextRole:
		return append(g.next(f), nil, "")
	case spec.PrevRole:
		return append(g.prev(f), nil, "")
	case spec.SelfLink, spec.FirstLink, spec.LastLink:
		return append(g.pageLink(role), nil, "")
	}
	if len(g.ids) == 0 {
		return []any{nil, ""}
	}
	id := g.ids[0]
	if role == spec.LastRole {
		id = g.ids[len(g.ids)-1]
	}
	v, _ := strictjson.DecodeOrdered(g.idText(id), wideOpen)
	return []any{v, id}
}

// tellsTotal reports whether the answer says how many records there are.
func (g *listing) tellsTotal() bool {
	_, res := successOf(g.op, false)
	tells := func(r spec.Role) bool { return r == spec.TotalRole || r == spec.PagesRole || r == spec.LastPage }
	return slices.ContainsFunc(g.l.Facts, func(f spec.Fact) bool { return tells(f.Role) }) ||
		res != nil && slices.ContainsFunc(res.Headers, func(h *spec.Header) bool {
			return tells(spec.HeaderRole(h.Name)) || strings.EqualFold(h.Name, "Link")
		})
}

// more reports whether there are records after the page.
func (g *listing) more() bool { return g.open || g.offset+uint64(len(g.ids)) < g.total }

// lastPage is the number of the last page; that of the first where there are no records.
func (g *listing) lastPage() uint64 {
	if g.limit == 0 || g.total == 0 {
		return g.first
	}
	return g.first + (g.total-1)/g.limit
}

// headers fills the declared headers that tell of the list: Link (RFC 8288), Content-Range, and those named as facts are.
func (g *listing) headers(h http.Header, res *spec.Response) {
	for _, d := range res.Headers {
		switch {
		case strings.EqualFold(d.Name, "Link"):
			h.Set("Link", g.links())
			continue
		case strings.EqualFold(d.Name, "Content-Range"):
			g.contentRange(h, d)
			continue
		}
		role := spec.HeaderRole(d.Name)
		if role == "" || role == spec.FirstRole || role == spec.LastRole {
			continue
		}
		told := g.telling(role, spec.Fact{Role: role, Schema: d.Schema})[0]
		if told == nil {
			told = ""
		}
		v := fmt.Sprint(told)
		if d.Schema == nil || d.Schema.Allows("string") || holds(d.Schema, []byte(v)) {
			h.Set(d.Name, v)
		}
	}
}

// contentRange tells which records of how many the page has, in the unit that data providers of browsers expect: the
// name of the collection.
func (g *listing) contentRange(h http.Header, d *spec.Header) {
	total := strconv.FormatUint(g.total, 10)
	if g.open {
		total = "*"
	}
	page := "*"
	if n := uint64(len(g.ids)); n > 0 {
		page = fmt.Sprintf("%d-%d", g.offset, g.offset+n-1)
	}
	for _, unit := range []string{g.sub.key.resource.Name, "items"} {
		v := unit + " " + page + "/" + total
		if !strings.ContainsAny(unit, " ./") && (d.Schema == nil || d.Schema.Valid(v, spec.Out)) {
			h.Set("Content-Range", v)
			return
		}
	}
}
