package mockserver

import (
	"cmp"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

var errScan = errors.New("more records than may be looked through")

// query is what of a collection is asked for, and in which order.
type query struct {
	g       *listing
	filters []wanted
	sort    []sortKey
	// descending turns the dataset's order round, where nothing is sorted by; asked says that the request wants an order,
	// and not only the document's default.
	descending, asked bool
}

// wanted is a filter: a property that must have one of the values.
type wanted struct {
	path   []string
	values []any
}

type sortKey struct {
	path       []string
	descending bool
}

func (g *listing) query() query {
	q := query{g: g}
	for _, f := range g.l.Filters {
		v, said := g.value(f.Param)
		if !said {
			continue
		}
		values, isList := v.([]any)
		if !isList {
			values = []any{v}
		}
		if len(values) > 0 {
			q.filters = append(q.filters, wanted{f.Value.Path, values})
		}
	}
	descending := false
	if v, said := g.value(g.l.Direction); said {
		descending = isDescending(v)
		_, q.asked = g.req.Param(g.l.Direction)
	}
	by := g.l.Sort
	if by == nil {
		by = g.l.Direction // order=-name
	}
	if v, said := g.value(by); said {
		_, sent := g.req.Param(by)
		q.asked = q.asked || sent
		for _, word := range words(v) {
			switch key, ok := g.sortKey(word, descending); {
			case ok:
				q.sort = append(q.sort, key)
			case isDescending(word) && len(q.sort) > 0: // "name,desc"
				q.sort[len(q.sort)-1].descending = true
			case isDescending(word):
				descending = true
			}
		}
	}
	q.descending = descending
	return q
}

func isDescending(v any) bool {
	text, _ := v.(string)
	return slices.Contains([]string{"desc", "descending", "-1", "reverse"}, strings.ToLower(text))
}

// words are the names in a sort parameter: one, several with commas, or a list.
func words(v any) []string {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var out []string
	for _, one := range list {
		text, _ := one.(string)
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// sortKey reads "name", "-name", "+name", "name:desc", "name desc", "name.desc", "name_desc"; false for what is no property of the
// records. A property is named as it is, without case and separators, or as the event of an instant: "created" for
// created_at.
func (g *listing) sortKey(word string, descending bool) (sortKey, bool) {
	name, turned := strings.CutPrefix(strings.TrimPrefix(word, "+"), "-")
	descending = descending != turned
	if i := strings.LastIndexAny(name, ": .,_-"); i > 0 {
		switch strings.ToLower(name[i+1:]) {
		case "asc", "ascending":
			name = name[:i]
		case "desc", "descending":
			name, descending = name[:i], true
		}
	}
	var values []spec.Value
	for _, s := range []*spec.Schema{g.sub.key.resource.Schema, g.l.Item} {
		for _, p := range propertiesOf(s) {
			values = append(values, spec.Value{Path: []string{p.Name}, Schema: p.Schema})
		}
		values = append(values, s.Values()...)
	}
	for _, suffix := range []string{"", "at", "date", "on", "time"} {
		for _, v := range values {
			if flatName(v.Name()) == flatName(name)+suffix {
				return sortKey{v.Path, descending}, true
			}
		}
	}
	return sortKey{}, false
}

// found is a record that a query asks for, with what it is sorted by.
type found struct {
	id   string
	keys []any
}

// scan looks through the records of a view, in the dataset's order or sorted. It need not look at all of them where
// nothing tells how many there are: all says whether it did.
func (q query) scan(v view) (ids []string, all bool, err error) {
	bound := uint64(q.g.s.bounds.Scan)
	more := v.total() > bound
	if more && (len(q.sort) > 0 || q.descending || q.g.tellsTotal()) {
		return nil, false, errScan
	}
	var out []found
	enough := q.g.offset + q.g.limit + 1
	at := uint64(0)
	for at < v.total() && (!more || uint64(len(out)) < enough) {
		if at >= bound {
			return nil, false, errScan
		}
		batch := v.slice(at, 256)
		if out, err = q.collect(out, batch); err != nil {
			return nil, false, err
		}
		at += uint64(len(batch))
	}
	q.order(out)
	for _, f := range out {
		ids = append(ids, f.id)
	}
	return ids, at >= v.total(), nil
}

// collect adds the records of a batch that are asked for.
func (q query) collect(out []found, batch []string) ([]found, error) {
	for _, id := range batch {
		rec, err := q.record(id)
		if err != nil {
			return nil, err
		}
		if rec == nil || !q.matches(rec) {
			continue
		}
		f := found{id: id}
		for _, k := range q.sort {
			value, _ := valueAt(rec, k.path)
			f.keys = append(f.keys, value)
		}
		out = append(out, f)
	}
	return out, nil
}

// order sorts what was found; without anything to sort by it stays in the dataset's order, or that turned round.
func (q query) order(out []found) {
	if len(q.sort) == 0 {
		if q.descending {
			slices.Reverse(out)
		}
		return
	}
	slices.SortStableFunc(out, func(a, b found) int {
		for i, k := range q.sort {
			n := compareValues(a.keys[i], b.keys[i])
			if k.descending {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
}

// record is a record as it is filtered and sorted: as kept, with what only the list shows of it.
func (q query) record(id string) (strictjson.Object, error) {
	k := key{q.g.sub.key.resource, id}
	text, err := q.g.in.current(k)
	if err != nil || text == nil {
		return nil, err
	}
	v, err := strictjson.DecodeOrdered(text, wideOpen)
	rec, _ := v.(strictjson.Object)
	if err != nil || !q.wantsView(rec) {
		return rec, err
	}
	shown, err := q.g.s.show(q.g.in, k, text, q.g.l.Item, q.g.levels)
	if err != nil {
		return rec, nil //nolint:nilerr // the page says so, should the record be on it
	}
	if v, err = strictjson.DecodeOrdered(shown, wideOpen); err != nil {
		return nil, err
	}
	for _, m := range v.(strictjson.Object) {
		if _, there := rec.Get(m.Name); !there {
			rec = append(rec, m)
		}
	}
	return rec, nil
}

// wantsView reports whether something is asked for that only the list shows.
func (q query) wantsView(rec strictjson.Object) bool {
	own := q.g.sub.key.resource.Schema
	if q.g.l.Item == own {
		return false
	}
	lacks := func(name string) bool {
		_, there := rec.Get(name)
		return !there && own.Property(name) == nil
	}
	return slices.ContainsFunc(q.filters, func(w wanted) bool { return lacks(w.path[0]) }) ||
		slices.ContainsFunc(q.sort, func(k sortKey) bool { return lacks(k.path[0]) })
}

// valueAt is the value of a record to which a path leads; false where there is none.
func valueAt(rec strictjson.Object, path []string) (any, bool) {
	for _, name := range path[:len(path)-1] {
		inner, _ := rec.Get(name)
		rec, _ = inner.(strictjson.Object)
	}
	return rec.Get(path[len(path)-1])
}

func (q query) matches(rec strictjson.Object) bool {
	return !slices.ContainsFunc(q.filters, func(w wanted) bool {
		have, there := valueAt(rec, w.path)
		return !there || !slices.ContainsFunc(w.values, func(want any) bool { return hasValue(have, want) })
	})
}

// hasValue reports whether a record's value is the one asked for, or a list that has it.
func hasValue(have, want any) bool {
	list, isList := have.([]any)
	if !isList {
		return equalTo(have, want)
	}
	return slices.ContainsFunc(list, func(one any) bool { return equalTo(one, want) })
}

// equalTo reports whether a record's value is the one asked for: numbers by value, instants by the instant, what a query
// can only send as text by its text.
func equalTo(have, want any) bool {
	if compareValues(have, want) == 0 {
		return true
	}
	if _, isObject := have.(strictjson.Object); isObject {
		return false
	}
	text, isText := want.(string)
	if _, also := have.(string); !isText || also {
		return false
	}
	return have != nil && string(strictjson.Append(nil, have)) == text
}

// rank orders values of different types; equal ones are compared.
func rank(v any) int {
	switch v.(type) {
	case nil:
		return 4 // last, as what is not known mostly is
	case bool:
		return 0
	case json.Number:
		return 1
	case string:
		return 2
	}
	return 3
}

// compareValues orders JSON values: numbers by value, instants by the instant, other texts by their characters.
func compareValues(a, b any) int {
	if n := cmp.Compare(rank(a), rank(b)); n != 0 {
		return n
	}
	switch a := a.(type) {
	case nil:
		return 0
	case bool:
		b := b.(bool)
		switch {
		case a == b:
			return 0
		case b:
			return -1
		}
		return 1
	case json.Number:
		return compareNumbers(a, b.(json.Number))
	case string:
		b := b.(string)
		if x, y := instant(a), instant(b); !x.IsZero() && !y.IsZero() {
			return x.Compare(y)
		}
		return strings.Compare(a, b)
	}
	return strings.Compare(string(strictjson.Append(nil, a)), string(strictjson.Append(nil, b)))
}

func compareNumbers(a, b json.Number) int {
	x, errX := a.Float64()
	y, errY := b.Float64()
	if errX != nil || errY != nil || x != y {
		return cmp.Compare(x, y)
	}
	// Equal as far as 64 bits tell; exponents beyond those were an error.
	p, okP := new(big.Rat).SetString(a.String())
	q, okQ := new(big.Rat).SetString(b.String())
	if !okP || !okQ {
		return 0
	}
	return p.Cmp(q)
}

// instant reads a date and time; the zero time for any other text.
func instant(text string) time.Time {
	if len(text) < len("2006-01-02T15:04:05Z") || text[4] != '-' {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	if err != nil {
		return time.Time{}
	}
	return t
}

func (g *listing) idText(id string) []byte {
	return strictjson.Append(nil, fixtures.IDValue(g.sub.key.resource, id))
}
