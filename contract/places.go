package contract

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

// recordKey names a record on the target. Where the path of a record names its owners, they stand in front of its own id,
// the outermost first: "alice/notes" is the record notes of alice. A "/" in an owner's id is written %2F.
type recordKey struct {
	resource *spec.Resource
	id       string
}

// ownID is the record's own id, without its owners.
func (k recordKey) ownID() string {
	_, own := k.parts()
	return own
}

// parts are the ids of the owners that stand in front of the record's own id, the nearest first.
func (k recordKey) parts() (owners []string, own string) {
	own = k.id
	for range itemOwners(k.resource) {
		before, after, found := strings.Cut(own, "/")
		if !found {
			break
		}
		id, err := url.PathUnescape(before)
		if err != nil {
			id = before
		}
		owners, own = append([]string{id}, owners...), after
	}
	return owners, own
}

// itemOwners are the owners that the paths of a resource's records name, the nearest first.
func itemOwners(r *spec.Resource) []spec.Owner {
	var out []spec.Owner
	if r == nil {
		return nil
	}
	for _, op := range r.Operations {
		if op.ItemParam != "" && len(op.Owners) > len(out) {
			out = op.Owners
		}
	}
	return out
}

// places knows how to address records: which record owns which, and what stands for parameters that name none.
type places struct {
	gen *fixtures.Generator
	mu  sync.Mutex
	// owners are those of records that were found or made below one, by the record.
	owners map[recordKey]recordKey
	// census are the ids that lists showed before records were made, and of those that were found since.
	census map[censusKey]map[string]bool
	// values are those that stand for parameters that name no record.
	values map[*spec.Parameter]*paramValue
	// first is a record that may be used where nothing tells which.
	first func(*spec.Resource) (string, bool)
}

func newPlaces(gen *fixtures.Generator) *places {
	return &places{
		gen: gen, owners: map[recordKey]recordKey{}, census: map[censusKey]map[string]bool{},
		values: map[*spec.Parameter]*paramValue{},
	}
}

// under is the key of a record below an owner, and keeps who owns it.
func (pl *places) under(res *spec.Resource, owner recordKey, own string) recordKey {
	key := recordKey{res, own}
	at := owner
	for _, o := range itemOwners(res) {
		for at.resource != nil && at.resource != o.Resource {
			at = pl.owner(at)
		}
		if at.resource == nil {
			break
		}
		key.id = url.PathEscape(at.ownID()) + "/" + key.id
		at = pl.owner(at)
	}
	if owner.resource != nil {
		pl.mu.Lock()
		pl.owners[key] = owner
		pl.mu.Unlock()
	}
	return key
}

// owner is the record that owns another: as it was found, as its key says, else any that may be used. Zero for none.
func (pl *places) owner(k recordKey) recordKey {
	if k.resource == nil || k.resource.Parent == nil {
		return recordKey{}
	}
	pl.mu.Lock()
	known, ok := pl.owners[k]
	pl.mu.Unlock()
	if ok {
		return known
	}
	parent := k.resource.Parent.Resource
	if ids, _ := k.parts(); len(ids) > 0 {
		owner := recordKey{parent, ids[0]}
		for range min(len(ids)-1, len(itemOwners(parent))) {
			ids = ids[1:]
			owner.id = url.PathEscape(ids[0]) + "/" + owner.id
		}
		return owner
	}
	if pl.first != nil {
		if id, ok := pl.first(parent); ok {
			return recordKey{parent, id}
		}
	}
	return recordKey{}
}

// path is the escaped path of an operation on a record or, where the operation acts on a collection, below an owner.
func (pl *places) path(op *spec.Operation, k recordKey) string { return pl.pathWith(op, k, nil, "") }

// pathWith is path with the text of one parameter as it stands in a path.
func (pl *places) pathWith(op *spec.Operation, k recordKey, one *spec.Parameter, as string) string {
	ids := pl.ids(op, k)
	path := op.EscapedPath()
	for _, p := range op.Parameters {
		if p.In != "path" {
			continue
		}
		text, known := ids[p.Name]
		switch {
		case p == one:
			text = as
		case known:
			text = url.PathEscape(text)
		default:
			text = pl.pathText(p)
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", text)
	}
	for name, id := range ids { // those that the document does not declare
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(id))
	}
	return path
}

// ids are the ids that an operation's path names, by parameter.
func (pl *places) ids(op *spec.Operation, k recordKey) map[string]string {
	ids := map[string]string{}
	at := k
	if op.ItemParam != "" {
		ids[op.ItemParam] = k.ownID()
		if len(op.Owners) > 0 {
			at = pl.owner(k)
		}
	}
	for _, o := range op.Owners {
		for at.resource != nil && at.resource != o.Resource {
			at = pl.owner(at)
		}
		if at.resource == nil && pl.first != nil {
			if id, ok := pl.first(o.Resource); ok {
				at = recordKey{o.Resource, id}
			}
		}
		if at.resource == nil {
			break
		}
		ids[o.Param] = at.ownID()
		at = pl.owner(at)
	}
	return ids
}

// unfit says why ids cannot stand in an operation's path: some documents name the same records by one id here and by
// another there. "" when they can.
func unfit(op *spec.Operation, ids map[string]string) string {
	for _, p := range op.Parameters {
		id, named := ids[p.Name]
		switch {
		case p.In != "path" || !named:
			continue
		case id == "":
			return fmt.Sprintf("no record is known that %s could name", p.Name)
		case p.Schema == nil || canName(p, id):
			continue
		}
		return fmt.Sprintf("%s does not take the id %s, so it names records by another one", p.Name, spec.Clip(id))
	}
	return ""
}

// canName reports whether a parameter can name a record by an id.
func canName(p *spec.Parameter, id string) bool {
	return p.Schema.Valid(id, spec.In) || validText(p, id)
}

// pathText stands for a parameter of a path that names no record; "1" where no value of it can be written.
func (pl *places) pathText(p *spec.Parameter) string {
	if v, ok := pl.value(p); ok {
		if text, err := p.Encode(v); err == nil && text != "" {
			return text
		}
	}
	return "1"
}

// paramValue is a value of a parameter.
type paramValue struct {
	value    any
	ok       bool
	writable bool
}

// value is a value that a parameter allows and that can be written in its style, where there is one: the same each time.
func (pl *places) value(p *spec.Parameter) (any, bool) {
	v := pl.valueOf(p)
	return v.value, v.ok
}

func (pl *places) valueOf(p *spec.Parameter) *paramValue {
	pl.mu.Lock()
	known := pl.values[p]
	pl.mu.Unlock()
	if known != nil {
		return known
	}
	v, ok := pl.made(p)
	known = &paramValue{v, ok, ok && writable(p, v)}
	pl.mu.Lock()
	defer pl.mu.Unlock()
	pl.values[p] = known
	return known
}

func (pl *places) made(p *spec.Parameter) (any, bool) {
	if p.Schema == nil {
		return "1", true
	}
	v, err := pl.gen.Value(p.Schema, fixtures.NewSource(0, "parameter", p.In, p.Name))
	if err != nil || writable(p, v) {
		return v, err == nil
	}
	for _, c := range pl.gen.ValidCases(p.Schema) {
		if !c.Should && writable(p, c.Value) {
			return c.Value, true
		}
	}
	return v, true
}

// writable reports whether a value can stand in a request as a parameter: not every style can carry every value.
func writable(p *spec.Parameter, v any) bool {
	text, err := p.Encode(v)
	return err == nil && (text != "" || p.In != "path")
}

// unwritten says which parameter, that must be there, has no value that can be written; "" for none.
func (pl *places) unwritten(op *spec.Operation, ids map[string]string) string {
	for _, p := range op.Parameters {
		if _, named := ids[p.Name]; p.In == "path" && named || p.In != "path" && !p.Required {
			continue
		}
		if v := pl.valueOf(p); v.ok && !v.writable {
			return fmt.Sprintf("%s.%s, which every request must have, has no value that can be written as the document says", p.In, p.Name)
		}
	}
	return ""
}

// fill gives a request every parameter that the operation requires and the request does not have.
func (pl *places) fill(op *spec.Operation, req *Request) {
	sent, _ := url.ParseQuery(req.Query)
	for _, p := range op.Parameters {
		if !p.Required || p.In == "path" || slices.Contains(req.without, p) {
			continue
		}
		if p.In == "query" && sent.Has(p.Name) {
			continue
		}
		if strings.EqualFold(p.Name, "If-Match") && p.In == "header" && anyState(req, p) {
			continue
		}
		if p == op.Mask() && setParameter(req, p, maskOf(op, req.Body)) {
			continue
		}
		if v, ok := pl.value(p); ok {
			setParameter(req, p, v)
		}
	}
	if p := op.Precondition(); p != nil && !spec.IsConditional(req.Header) && !slices.Contains(req.without, p) {
		anyState(req, p)
	}
}

// maskOf names the members of the record in a body that the document names; "*" where it has none.
func maskOf(op *spec.Operation, body []byte) any {
	names := slices.Sorted(maps.Keys(sentMembers(Request{Operation: op, as: op, Body: body})))
	names = slices.DeleteFunc(names, func(name string) bool { return op.Resource.Schema.KindProperty(name) == nil })
	if len(names) == 0 {
		return "*"
	}
	return strings.Join(names, ",")
}

// anyState gives a request the condition that the record is in any state; false where the parameter does not take that.
func anyState(req *Request, p *spec.Parameter) bool {
	takes := p.Schema == nil || p.Schema.Valid("*", spec.In)
	if takes {
		req.Header.Set(p.Name, "*")
	}
	return takes
}

// itemRequest is a request to an operation for one record.
func (pl *places) itemRequest(op *spec.Operation, id, query string, body []byte) Request {
	return pl.request(op, recordKey{op.Resource, id}, query, body)
}

// request is a request to an operation for a record or, of a list or a creation, below the record that owns what it
// acts on.
func (pl *places) request(op *spec.Operation, k recordKey, query string, body []byte) Request {
	req := Request{
		Method: op.Method, Path: pl.path(op, k), Query: op.QueryWith(query), Body: body, Operation: op, Header: http.Header{}, as: op,
	}
	ids := pl.ids(op, k)
	if req.unfit = unfit(op, ids); req.unfit == "" {
		req.unfit = pl.unwritten(op, ids)
	}
	if k.resource == op.Resource {
		req.record = k
	} else {
		req.below = k
	}
	if body != nil {
		req.Header.Set("Content-Type", bodyType(op))
	}
	pl.fill(op, &req)
	if op.List != nil {
		req.Query = op.List.Begin(req.Query)
	}
	return req
}

// ownIDValue is a record's own id as a value of the property that holds it.
func ownIDValue(op *spec.Operation, id string) any {
	return fixtures.IDValue(op.Resource, recordKey{op.Resource, id}.ownID())
}
