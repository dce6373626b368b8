package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// listChecks: pages, filters, order.
func (v *deriver) listChecks() {
	v.callChecks()
	op, l := v.op, v.op.List
	if l.Limit != nil {
		v.add(Check{Kind: Lists, Rule: "limit", Level: spec.Should, Document: l.Limit.Location, Requests: 4, run: v.keepsLimit},
			"query.%s bounds the records", l.Limit.Name)
	}
	if l.Limit != nil && (l.Offset != nil || l.Page != nil || l.Cursor != nil) {
		v.add(Check{Kind: Lists, Rule: "pages", Level: spec.Should, Document: op.Location, Requests: 10, run: v.pagesWhole},
			"shows every record once over all pages")
	}
	for _, f := range l.Filters {
		v.add(Check{
			Kind: Lists, Rule: "filter", Level: spec.Should, Document: f.Param.Location, Requests: 4,
			run: func(p *probe) { v.filtersTrue(p, f) },
		}, "query.%s shows records with that value alone", f.Param.Name)
	}
	if l.Sort != nil {
		v.add(Check{Kind: Lists, Rule: "sort", Level: spec.Should, Document: l.Sort.Location, Requests: 4, run: v.sorts},
			"query.%s sorts", l.Sort.Name)
	}
	if len(op.Owners) > 0 {
		v.add(Check{Kind: Isolates, Rule: "owner-listed", Level: spec.Should, Requests: 6, run: v.ownLists},
			"lists what is below the owner alone")
	}
}

// stocked makes a few records where they can be made, so that a list has something to show, and says below which owner it
// does. Where none can be made it is one that has some.
func (p *probe) stocked(op *spec.Operation, n int) recordKey {
	owner := p.owner(op)
	create := op.Resource.Find(spec.ActionCreate)
	if create == nil || p.r.mayMake(op.Resource) != "" || len(create.Owners) > 0 && create.Owners[0].Resource != owner.resource {
		return p.richOwner(op, owner)
	}
	for range n {
		key, why := p.r.make(p.ctx, op.Resource)
		if why != "" {
			break
		}
		p.made = append(p.made, key)
	}
	return owner
}

// richOwner is the owner of a record that checks work on, or that lists show; the one given where there is none. Nothing is
// changed to find out, as it would be to work on a record.
func (p *probe) richOwner(op *spec.Operation, otherwise recordKey) recordKey {
	if len(op.Owners) == 0 {
		return otherwise
	}
	var keys []recordKey
	for _, id := range p.r.target.IDs[op.Resource.Name] {
		keys = append(keys, recordKey{op.Resource, id})
	}
	if len(keys) == 0 {
		keys = p.r.listed(p.ctx, op.Resource, nil)
	}
	for _, key := range keys {
		if of := p.ownerOf(op, key); of.resource != nil {
			return of
		}
	}
	return otherwise
}

func (v *deriver) keepsLimit(p *probe) {
	op := v.op
	owner := p.stocked(op, 3)
	for _, size := range []int{1, 2, 3} {
		if !validText(op.List.Limit, strconv.Itoa(size)) {
			continue
		}
		req := p.r.places.request(op, owner, "", nil)
		setParameter(&req, op.List.Limit, json.Number(strconv.Itoa(size)))
		a := p.call(fmt.Sprintf("%d records", size), req)
		if n := len(recordsIn(op, a)); isSuccess(a.Status) && n > size {
			p.find(spec.Finding{
				In: "query", Pointer: strictjson.Pointer(op.List.Limit.Name), Expected: fmt.Sprintf("at most %d records", size),
				Actual: fmt.Sprintf("%d", n),
			})
		}
	}
}

// pagesWhole: pages have nothing in common, and all of them together are what there is. Records of others may come and go
// meanwhile, so those that are there twice or never are looked for again.
func (v *deriver) pagesWhole(p *probe) {
	op := v.op
	owner := p.stocked(op, 4)
	size := 2
	for size < 100 && !validText(op.List.Limit, strconv.Itoa(size)) {
		size++
	}
	const most = 6
	small := p.listPages(op, owner, size, most)
	seen := map[string]int{}
	for _, rec := range small.records {
		seen[recordID(op.Resource, rec)]++
	}
	for id, n := range seen {
		if n > 1 && id != "" {
			p.find(spec.Finding{In: "body", Expected: "every record on one page alone", Actual: fmt.Sprintf("one %d times", n)})
			return
		}
	}
	if len(small.pages) > 1 && len(small.pages[0]) > 0 && len(small.pages[1]) == 0 && small.total > len(small.pages[0]) {
		p.find(spec.Finding{
			Rule: "total", In: "body", Expected: fmt.Sprintf("%d records, as the list tells", small.total),
			Actual: fmt.Sprintf("%d on all pages", len(small.records)),
		})
		return
	}
	if all := p.listAll(op, owner); all.whole && all.total >= 0 && all.total != len(all.records) {
		p.find(spec.Finding{
			Rule: "total", In: "body", Expected: fmt.Sprintf("%d records, as the list tells", all.total),
			Actual: fmt.Sprintf("%d on all pages", len(all.records)),
		})
	} else if all.whole && small.whole && len(small.records) != len(all.records) {
		p.find(spec.Finding{
			In: "body", Expected: fmt.Sprintf("the same %d records over smaller pages", len(all.records)),
			Actual: fmt.Sprintf("%d", len(small.records)),
		})
	}
}

// filtersTrue asks for the values that records have.
func (v *deriver) filtersTrue(p *probe, f spec.Filter) {
	op := v.op
	owner := p.stocked(op, 2)
	some := p.call("records of any kind", p.r.places.request(op, owner, "", nil))
	values := []any{}
	for _, rec := range recordsIn(op, some) {
		val, there := f.Value.Of(rec)
		text, scalar := scalarText(val)
		if there && scalar && text != "" && len(values) < 2 && !slices.Contains(values, val) && v.askable(f.Param, val) {
			values = append(values, val)
		}
	}
	if len(values) == 0 {
		p.skip("no record shows a value of %s to ask for", f.Value.Name())
	}
	for _, val := range values {
		req := p.r.places.request(op, owner, "", nil)
		if !setParameter(&req, f.Param, val) {
			continue
		}
		a := p.call(f.Param.Name+"="+plainText(val), req)
		got := recordsIn(op, a)
		if isSuccess(a.Status) && len(got) == 0 {
			p.find(spec.Finding{
				In: "query", Pointer: strictjson.Pointer(f.Param.Name), Expected: "the record that has this value", Actual: "none",
			})
		}
		for _, rec := range got {
			if have, there := f.Value.Of(rec); there && !sameValue(f.Value.Schema, val, have) {
				p.find(spec.Finding{
					In: "query", Pointer: strictjson.Pointer(f.Param.Name), Expected: "records with the value asked for",
					Actual: "one with " + p.show(have),
				})
				break
			}
		}
	}
	for _, val := range values {
		v.filterFinds(p, f, owner, val, recordsIn(op, some))
	}
}

// filterFinds asks for a value on all pages: each record that was seen to have it is there, unless it has changed since.
func (v *deriver) filterFinds(p *probe, f spec.Filter, owner recordKey, val any, some []map[string]any) {
	op, get := v.op, v.op.Resource.Find(spec.ActionGet)
	if get == nil || len(p.findings) > 0 {
		return
	}
	all := p.listSome(op, owner, paging{size: pageSize(op), most: maxPages, with: func(req *Request) { setParameter(req, f.Param, val) }})
	for _, rec := range some {
		id := recordID(op.Resource, rec)
		had, _ := f.Value.Of(rec)
		if !all.whole || id == "" || all.count(id) > 0 || !sameValue(f.Value.Schema, val, had) {
			continue
		}
		key := p.r.places.under(op.Resource, owner, id)
		now := recordIn(get, p.call("a record that is not listed", p.r.places.itemRequest(get, key.id, "", nil)))
		if has, _ := f.Value.Of(now); sameValue(f.Value.Schema, val, has) {
			p.find(spec.Finding{
				In: "query", Pointer: strictjson.Pointer(f.Param.Name), Expected: "every record that has this value",
				Actual: fmt.Sprintf("%d, and not one of those that have it", len(all.records)),
			})
			return
		}
	}
}

// askable reports whether a parameter can carry a value of a record: as it is, or as the one item of a list.
func (v *deriver) askable(param *spec.Parameter, val any) bool {
	if param.Schema == nil {
		return true
	}
	return param.Schema.Valid(val, spec.In) || param.Schema.Valid([]any{val}, spec.In)
}

// sorts asks for an order by a property that the parameter names and, where it names that too, for the other way round.
func (v *deriver) sorts(p *probe) {
	op := v.op
	owner := p.stocked(op, 3)
	by, text := sortKey(op)
	if text == "" {
		p.skip("the document does not say which properties it sorts by, or how that is written")
	}
	text, way := v.sorted(p, owner, by, text)
	back, named := "-"+text, false
	if upwards, minus := strings.CutPrefix(text, "-"); minus {
		back = upwards
	}
	for _, e := range op.List.Sort.Schema.Enum {
		named = named || e == any(back)
	}
	if !named || way == 0 {
		return
	}
	if _, again := v.sorted(p, owner, by, back); again == way {
		p.find(spec.Finding{
			In: "query", Pointer: strictjson.Pointer(op.List.Sort.Name), Expected: "one order for " + text + " and the other for " + back,
			Actual: "the same order",
		})
	}
}

// sorted asks for an order and judges it. way is 1 for an ascending one, -1 for a descending one, 0 where all values are equal
// or nobody knows.
func (v *deriver) sorted(p *probe, owner recordKey, by spec.Value, text string) (asked string, way int) {
	op := v.op
	req := p.r.places.request(op, owner, "", nil)
	if !setParameter(&req, op.List.Sort, text) {
		p.skip("the value cannot be written")
	}
	a := p.call("sorted by "+by.Name(), req)
	if !isSuccess(a.Status) {
		p.stopForWeather("%s answers %s", op.ID, statusLine(a.Status))
	}
	up, down := true, true
	var last any
	for i, rec := range recordsIn(op, a) {
		now, _ := by.Of(rec)
		if i > 0 {
			c, ok := compareValues(last, now)
			if !ok {
				return text, 0 // nobody says where such a value stands
			}
			up, down = up && c <= 0, down && c >= 0
		}
		last = now
	}
	if !up && !down {
		p.find(spec.Finding{
			In: "query", Pointer: strictjson.Pointer(op.List.Sort.Name), Expected: "records in the order of " + by.Name(),
			Actual: "another order",
		})
	}
	return text, map[bool]int{true: 1}[up] - map[bool]int{true: 1}[down]
}

// sortKey is a property that a list sorts by, and how it is asked for.
func sortKey(op *spec.Operation) (by spec.Value, text string) {
	s := op.List.Sort.Schema
	if s == nil {
		return by, ""
	}
	for _, e := range s.Enum {
		word, ok := e.(string)
		if !ok {
			continue
		}
		for _, val := range op.List.Item.Values() {
			if strings.TrimLeft(word, "+-") == val.Name() && len(val.Schema.AllProperties()) == 0 && val.Schema.Items == nil {
				return val, word
			}
		}
	}
	return by, ""
}

// compareValues compares two scalars: numbers as numbers, texts of ASCII letters and digits as texts.
func compareValues(a, b any) (int, bool) {
	x, ok1 := a.(json.Number)
	y, ok2 := b.(json.Number)
	if ok1 && ok2 {
		f, err1 := x.Float64()
		g, err2 := y.Float64()
		switch {
		case err1 != nil || err2 != nil:
			return 0, false
		case f < g:
			return -1, true
		case f > g:
			return 1, true
		}
		return 0, true
	}
	s, ok1 := a.(string)
	t, ok2 := b.(string)
	plain := func(text string) bool {
		return !strings.ContainsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	}
	// Capitals, spaces and accents stand in a different place in each alphabet.
	return strings.Compare(s, t), ok1 && ok2 && plain(s) && plain(t)
}

// ownLists: a record of one owner is not in the list of another.
func (v *deriver) ownLists(p *probe) {
	op := v.op
	create, res := op.Resource.Find(spec.ActionCreate), op.Owners[0].Resource
	owner := p.owner(op)
	ids := p.r.target.IDs[res.Name]
	if len(ids) < 2 {
		p.skip("it takes two records of %s", res.Name)
	}
	if create == nil || len(create.Owners) == 0 || create.Owners[0].Resource != res {
		p.skip("it takes a record that is made below its owner")
	}
	key, _, ok := p.create(create)
	if !ok {
		p.skip("the answer does not say which record was made")
	}
	other := recordKey{res, ids[1]}
	if n := p.listAll(op, other).count(key.ownID()); n > 0 && p.listAll(op, owner).count(key.ownID()) > 0 {
		p.find(spec.Finding{
			In: "body", Pointer: strictjson.Pointer(op.List.Path...), Expected: "what is below this owner alone",
			Actual: "a record of another owner",
		})
	}
}
