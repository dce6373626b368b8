package mockserver

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// How many records a page has. Where the request does not say, the document's default counts, else usualPage. A list
// without any parameter for pages shows plainPage records of the dataset, and all that were made. No page is longer than
// maxPage, whatever is asked for: an answer has to end somewhere, and a client that pages sees the rest.
const (
	usualPage = 20
	plainPage = 100
	maxPage   = 1000
)

// listing is a list in the making.
type listing struct {
	s      *Server
	x      *exchange
	op     *spec.Operation
	l      *spec.Listing
	req    *spec.Request
	in     records
	sub    subject
	levels int

	limit, offset uint64
	page, first   uint64 // the page's number and that of the first one
	ids           []string
	total         uint64
	// open says that there are more records than total, which is only as far as was looked.
	open bool
}

// list shows the records of a collection, or those that belong to the record that the path names.
func (s *Server) list(x *exchange, req *spec.Request) answer {
	g := &listing{
		s: s, x: x, op: x.op, l: x.op.List, req: req, in: seen{s.store, x.session}, sub: subjectOf(x, req), levels: levelsOf(req),
	}
	if a := s.missing(g.op, g.in, g.sub); a != nil {
		return *a
	}
	g.noticeIgnored()
	g.measure()
	if a := g.find(); a != nil {
		return *a
	}
	return g.answer()
}

// noticeIgnored says which parameters were sent that the list does not follow.
func (g *listing) noticeIgnored() {
	for _, p := range g.l.Ignored() {
		if _, sent := g.req.Param(p); !sent {
			continue
		}
		g.x.notices = append(g.x.notices, spec.Finding{
			Rule: "ignored", Level: spec.Should, Operation: g.op.ID, In: "query", Pointer: strictjson.Pointer(p.Name), Document: p.Location,
			Expected: "a parameter for pages, an order or the value of a property", Actual: p.Name,
			Hint: "the list is shown as if it were not there: what it asks for the document does not say",
		})
	}
}

// number is what a parameter for paging says: what was sent, else the document's default; false where neither is.
func (g *listing) number(p *spec.Parameter) (uint64, bool) {
	v, ok := g.value(p)
	if !ok {
		return 0, false
	}
	n, _ := v.(json.Number)
	f, err := n.Float64()
	if err != nil || math.IsNaN(f) {
		return 0, false
	}
	return uint64(math.Max(0, math.Min(f, 1<<53))), true
}

// value is what a parameter says, or the document for it.
func (g *listing) value(p *spec.Parameter) (any, bool) {
	if p == nil {
		return nil, false
	}
	if v, sent := g.req.Param(p); sent {
		return v, true
	}
	if p.Schema != nil && p.Schema.Default != nil {
		return strictjson.Plain(*p.Schema.Default), true
	}
	return nil, false
}

// pages reports whether the operation has any parameter for pages.
func (g *listing) pages() bool {
	l := g.l
	return slices.ContainsFunc([]*spec.Parameter{l.Limit, l.Offset, l.Page, l.Cursor, l.Before},
		func(p *spec.Parameter) bool { return p != nil })
}

// measure finds the page's length and where it begins, as far as numbers say.
func (g *listing) measure() {
	limit, said := g.number(g.l.Limit)
	switch {
	case said:
	case !g.pages():
		limit = plainPage
	default:
		limit = usualPage
		if p := g.l.Limit; p != nil && p.Schema != nil {
			limit = min(limit, limitOf(p.Schema.Maximum, usualPage))
			limit = max(limit, limitOf(p.Schema.Minimum, 1))
		}
	}
	if items := g.array(); items != nil && items.MaxItems != nil {
		limit = min(limit, uint64(*items.MaxItems))
	}
	g.limit = min(limit, maxPage)
	g.first = g.l.FirstPage()
	g.page = g.first
	if n, said := g.number(g.l.Page); said {
		g.page = max(n, g.first)
		g.offset = (g.page - g.first) * g.limit // no overflow: 2^53 pages of 1,000
	}
	if n, said := g.number(g.l.Offset); said {
		base := g.l.FirstOffset()
		g.offset = max(n, base) - base
	}
}

func limitOf(n json.Number, otherwise uint64) uint64 {
	f, err := n.Float64()
	if err != nil || f < 0 || f > maxPage {
		return otherwise
	}
	return uint64(f)
}

// array is the schema of the list within the answer; nil where it is not found.
func (g *listing) array() *spec.Schema {
	_, res := successOf(g.op, false)
	m := g.x.media(res)
	if m == nil || m.Schema == nil {
		return nil
	}
	s := m.Schema
	for _, name := range g.l.Path {
		if s = s.Property(name); s == nil {
			return nil
		}
	}
	return s
}

// find looks for the records of the page.
func (g *listing) find() *answer {
	q := g.query()
	v := g.s.viewOf(g.x.session, g.sub.key.resource, g.sub.owner())
	if a := g.strangeCursor(v); a != nil {
		return a
	}
	if len(q.filters) == 0 && len(q.sort) == 0 {
		g.unfiltered(v, q.descending)
		return nil
	}
	ids, all, err := q.scan(v)
	if errors.Is(err, errScan) {
		if len(q.filters) == 0 && !q.asked {
			g.unfiltered(v, false) // nobody asked for the document's usual order
			return nil
		}
		return new(g.tooMany(v.total()))
	}
	if err != nil {
		return new(g.s.unservable(g.op, err))
	}
	g.total, g.open = uint64(len(ids)), !all
	place := func(id string) (before, after uint64, ok bool) {
		i := slices.Index(ids, id)
		before = uint64(max(i, 0))
		return before, before + 1, i >= 0
	}
	g.begin(place)
	g.ids = page(ids, g.offset, g.limit)
	return nil
}

// unfiltered takes the page from the view, without looking at the records before it.
func (g *listing) unfiltered(v view, descending bool) {
	g.total = v.total()
	if !g.pages() {
		g.limit = min(g.limit+uint64(len(v.made)), maxPage)
		if items := g.array(); items != nil && items.MaxItems != nil {
			g.limit = min(g.limit, uint64(*items.MaxItems))
		}
	}
	place := v.place
	if descending {
		place = func(id string) (before, after uint64, ok bool) {
			before, after, ok = v.place(id)
			return g.total - after, g.total - before, ok
		}
	}
	g.begin(place)
	switch {
	case !g.pages() && !descending && v.seeded() > plainPage:
		// No page can be asked for, so what was made is shown beside the first of the dataset.
		g.ids = append(v.slice(0, plainPage), page(v.made, 0, g.limit-min(g.limit, plainPage))...)
		g.ids = g.ids[:min(len(g.ids), int(g.limit))]
	case descending:
		end := g.total - min(g.offset, g.total)
		from := end - min(g.limit, end)
		g.ids = v.slice(from, end-from)
		slices.Reverse(g.ids)
	default:
		g.ids = v.slice(g.offset, g.limit)
	}
}

// begin finds where the page begins by the cursors: after a record, or before one; a cursor may be a number of records
// too, where the schema has no place for an id. After a record that is not there is nothing.
func (g *listing) begin(place func(id string) (before, after uint64, ok bool)) {
	if token, sent := g.cursor(g.l.Cursor); sent {
		g.offset = g.total
		if _, after, ok := place(token); ok {
			g.offset = after
		} else if n, ok := g.steps(token); ok {
			g.offset = n
		}
		if p := g.l.Page; p != nil && g.limit > 0 {
			if _, said := g.req.Param(p); !said {
				g.page = g.first + g.offset/g.limit
			}
		}
	}
	if token, sent := g.cursor(g.l.Before); sent {
		if before, _, ok := place(token); ok {
			g.offset = before - min(before, g.limit)
			g.limit = before - g.offset
		} else {
			g.offset, g.limit = g.total, 0
		}
	}
}

// tooMany is the answer where more records would have to be looked through than may be.
func (g *listing) tooMany(total uint64) answer {
	var names []string
	for _, f := range g.l.Filters {
		if _, sent := g.value(f.Param); sent {
			names = append(names, f.Param.Name)
		}
	}
	if p := g.l.Sort; p != nil {
		if _, sent := g.value(p); sent {
			names = append(names, p.Name)
		}
	}
	return g.s.problem(g.op, reasonScan, []spec.Finding{{
		Rule: "scan", Level: spec.Must, Operation: g.op.ID, In: "query", Document: g.op.Location,
		Expected: "at most " + itoa(g.s.bounds.Scan) + " records to look through for " + strings.Join(names, ", "),
		Actual:   itoa(int(min(total, math.MaxInt64))), Hint: "serve fewer records (--count), or raise the limit with --max-scan",
	}})
}
