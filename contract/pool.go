package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// enough is how many records of a resource the checks work on.
const enough = 2

// pool is what was done to have records of a resource.
type pool struct {
	busy bool
	why  string // there is none; "" when there is one
}

// has reports whether there is a record of a resource to use, after one was looked for or made where none was given. The
// text says why there is none.
func (r *Runner) has(ctx context.Context, res *spec.Resource) string {
	if len(r.target.IDs[res.Name]) > 0 {
		return ""
	}
	st := r.pools[res]
	if st == nil {
		st = &pool{busy: true, why: "records of " + res.Name + " are below records of the same kind"}
		r.pools[res] = st
		st.why = r.provide(ctx, res)
		st.busy = false
	}
	if len(r.target.IDs[res.Name]) > 0 {
		return ""
	}
	return st.why
}

// provide makes records of a resource, else finds some: those that were found are somebody's.
func (r *Runner) provide(ctx context.Context, res *spec.Resource) string {
	var reasons []string
	if create := res.Find(spec.ActionCreate); create != nil {
		if why := r.mayMake(res); why != "" {
			reasons = append(reasons, why)
		} else {
			for range enough {
				key, why := r.make(ctx, res)
				if why != "" {
					reasons = append(reasons, why)
					break
				}
				r.use(key)
			}
		}
	}
	if len(r.target.IDs[res.Name]) > 0 {
		return ""
	}
	found, why := r.find(ctx, res)
	for _, key := range found {
		if left := r.takeFound(ctx, key); left != "" {
			reasons = append(reasons, left)
			continue
		}
		r.use(key)
	}
	if why != "" {
		reasons = append(reasons, why)
	}
	if len(reasons) == 0 {
		reasons = append(reasons, "the document has no way to find or make one")
	}
	return fmt.Sprintf("there is no record of %s to use (%s): pass one with --id %s", res.Name, strings.Join(reasons, "; "),
		idForm(res))
}

// idForm is how ids of a resource are passed: with those of their owners in front.
func idForm(res *spec.Resource) string {
	form, owners := res.Name+"=", itemOwners(res)
	for i := len(owners) - 1; i >= 0; i-- {
		form += strings.ToUpper(owners[i].Param) + "/"
	}
	return form + "ID"
}

// use lets checks work on a record.
func (r *Runner) use(key recordKey) {
	if r.target.IDs == nil {
		r.target.IDs = map[string][]string{}
	}
	name := key.resource.Name
	if !slices.Contains(r.target.IDs[name], key.id) {
		r.target.IDs[name] = append(r.target.IDs[name], key.id)
	}
}

// mayMake says why records of a resource must not be made: what could not be ended again would stay. "" when they may.
func (r *Runner) mayMake(res *spec.Resource) string {
	if r.set.NoRestore || r.set.Destructive || enderOf(res) != nil {
		return ""
	}
	return "one that is made would stay, for the document has no way to delete it; say --destructive to make some"
}

// enderOf is the operation that ends a record; nil for none.
func enderOf(res *spec.Resource) *spec.Operation {
	for _, op := range res.Operations {
		if op.Action == spec.ActionDelete && op.ItemParam != "" {
			return op
		}
	}
	return nil
}

// ownerFor is the record below which an operation lists or makes; zero where it stands at the root. The text says why
// there is none.
func (r *Runner) ownerFor(ctx context.Context, op *spec.Operation) (recordKey, string) {
	if len(op.Owners) == 0 {
		return recordKey{}, ""
	}
	res := op.Owners[0].Resource
	if why := r.has(ctx, res); why != "" {
		return recordKey{}, why
	}
	return recordKey{res, r.target.IDs[res.Name][0]}, ""
}

// making are the ways to make a record: as rich as can be first, then with what is required alone.
const makingTries = 3

// make makes a record for checks to work on. The text says why there is none.
func (r *Runner) make(ctx context.Context, res *spec.Resource) (recordKey, string) {
	op := res.Find(spec.ActionCreate)
	owner, why := r.ownerFor(ctx, op)
	if why != "" {
		return recordKey{}, why
	}
	for try := range makingTries {
		body, err := r.newBody(ctx, op, owner, fmt.Sprint("make", r.made(), "/", try), try > 0)
		if err != nil {
			return recordKey{}, fmt.Sprintf("no body can be made for %s: %v", op.ID, err)
		}
		req := r.places.request(op, owner, "", body.text).written(body)
		a, err := r.client.send(ctx, req)
		if err != nil {
			return recordKey{}, err.Error()
		}
		r.observe(req, a, Step{Request: req, URL: r.client.url(req), Answer: a, Note: "make a record to work on"})
		if !isSuccess(a.Status) {
			why = fmt.Sprintf("%s answers %s", op.ID, statusLine(a.Status))
			if a.Status == http.StatusConflict || a.Status >= 400 && a.Status < 500 && !isWeather(a.Status) {
				continue
			}
			break
		}
		key, ok := r.places.madeBy(req, a)
		if !ok {
			return recordKey{}, fmt.Sprintf("the answer to %s does not say which record it made", op.ID)
		}
		return key, ""
	}
	return recordKey{}, why
}

// made counts the records that were asked for, so that each is another.
func (r *Runner) made() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.makings++
	return r.makings
}

// written is a value, of a record where bodies carry one, as the body of a request.
type written struct {
	text        []byte // nil for no body
	contentType string
	value       any
}

// newBody is a body that an operation allows, whose references are records that are there; none for an operation without
// a body.
func (r *Runner) newBody(ctx context.Context, op *spec.Operation, owner recordKey, salt string, least bool) (written, error) {
	m := bodyMedia(op)
	if m == nil {
		return written{}, nil
	}
	if m.Schema == nil {
		if spec.IsJSON(m.Type) {
			return written{[]byte("{}"), m.Type, strictjson.Object{}}, nil
		}
		return written{[]byte("text"), m.Type, "text"}, nil
	}
	var why error
	for draw := range bodyDraws {
		src := fixtures.NewSource(r.set.Seed, op.ID, salt)
		if draw > 0 {
			src = src.Sub(fmt.Sprint("draw ", draw))
		}
		v, err := r.gen.Value(m.RecordSchema(), src)
		if err != nil {
			return written{}, err
		}
		o, isObject := v.(strictjson.Object)
		if isObject {
			o = r.settled(ctx, op, owner, o, least)
			v = o
		}
		text, contentType, err := encodeBody(m, m.Enclose(v))
		if isObject && errors.Is(err, spec.ErrNotCarried) {
			o, why = carried(m, o)
			v = o
			text, contentType, err = encodeBody(m, m.Enclose(v))
		}
		if !errors.Is(err, spec.ErrNotCarried) {
			return written{text, contentType, v}, err
		}
		if why == nil {
			why = err
		}
	}
	return written{}, why
}

// bodyDraws is how many values are drawn for a body that its media type can carry: a form has no empty list.
const bodyDraws = 8

// carried is a record without the members that its media type cannot carry, where it can do without. The error names
// one that it cannot do without.
func carried(m *spec.MediaType, o strictjson.Object) (strictjson.Object, error) {
	out := o
	var why error
	for _, member := range o {
		_, _, err := encodeBody(m, m.Enclose(strictjson.Object{member}))
		if err == nil {
			continue
		}
		if without := withoutMember(out, member.Name); m.RecordSchema().Valid(strictjson.Plain(without), spec.In) {
			out = without
		} else {
			why = fmt.Errorf("%s has no way to write the member %q, which is required, as %s", m.Type, member.Name,
				spec.Clip(string(strictjson.Append(nil, member.Value))))
		}
	}
	return out, why
}

// settled is a body for a new record: without the id that the server gives, with references to records that are there,
// and of its owner. least leaves out whatever may be left out.
func (r *Runner) settled(ctx context.Context, op *spec.Operation, owner recordKey, o strictjson.Object, least bool) strictjson.Object {
	s := bodyMedia(op).RecordSchema()
	o = r.fitting(op, s, o)
	out := o
	for _, m := range o {
		rel := relationOf(op.Resource, m.Name)
		isID := op.Resource != nil && m.Name == op.Resource.IDProperty && r.givenByServer(op.Resource)
		if !least && rel == nil && !isID {
			continue
		}
		if without := withoutMember(out, m.Name); s.Valid(strictjson.Plain(without), spec.In) {
			out = without
			continue
		}
		if rel != nil {
			out = out.With(m.Name, r.referred(ctx, op.Resource, m))
		}
	}
	if op.Resource != nil && op.Resource.Parent != nil && owner.resource == op.Resource.Parent.Resource {
		if name := op.Resource.Parent.Property; name != "" && s.Property(name) != nil && !isReadOnly(s.Property(name)) {
			out = out.With(name, fixtures.IDValue(owner.resource, owner.ownID()))
		}
	}
	return r.keyed(op, s, out)
}

// referred is a member's value whose references are records that are there, where some are.
func (r *Runner) referred(ctx context.Context, res *spec.Resource, m strictjson.Member) any {
	v := m.Value
	for i := range res.Relations {
		rel := &res.Relations[i]
		if len(rel.Path) == 0 || rel.Path[0] != m.Name || r.has(ctx, rel.Target) != "" {
			continue
		}
		known := recordKey{rel.Target, r.target.IDs[rel.Target.Name][0]}.ownID()
		v = referring(v, rel.Path[1:], reference(rel, fixtures.IDValue(rel.Target, known)))
	}
	return v
}

// referring is a value with a reference at a path of it: in a list as its one item, and in an object where it has that
// member.
func referring(v any, path []string, ref any) any {
	if len(path) == 0 {
		return ref
	}
	switch v := v.(type) {
	case []any:
		if path[0] != "*" {
			return v
		}
		if len(path) == 1 {
			return []any{ref} // of several equal ones a list may have none
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = referring(v[i], path[1:], ref)
		}
		return out
	case strictjson.Object:
		if inner, there := v.Get(path[0]); there {
			return v.With(path[0], referring(inner, path[1:], ref))
		}
	}
	return v
}

// fitting gives members of an update values that the record can have too, where the body allows more than the record.
func (r *Runner) fitting(op *spec.Operation, s *spec.Schema, o strictjson.Object) strictjson.Object {
	if op.Resource == nil {
		return o
	}
	out := o
	for _, m := range o {
		shown := op.Resource.Schema.Property(m.Name)
		if shown == nil || shown.Valid(strictjson.Plain(m.Value), spec.In) {
			continue
		}
		v, err := r.gen.Value(shown, fixtures.NewSource(r.set.Seed, "fitting", op.ID, m.Name))
		if with := out.With(m.Name, v); err == nil && s.Valid(strictjson.Plain(with), spec.In) {
			out = with
		} else if op.Action != spec.ActionCreate {
			out = withoutMember(out, m.Name)
		}
	}
	return out
}

// settledAround is settled for a broken body: the member that is broken stays as it is.
func (r *Runner) settledAround(op *spec.Operation, o strictjson.Object, broken string) strictjson.Object {
	if op.Resource == nil {
		return o
	}
	out := o
	if broken != op.Resource.IDProperty {
		out = r.keyed(op, bodySchema(op), o)
	}
	for _, m := range o {
		if rel := relationOf(op.Resource, m.Name); rel != nil && m.Name != broken && !slices.Contains(requiredOf(bodySchema(op)), m.Name) {
			out = withoutMember(out, m.Name)
		}
	}
	return out
}

// requiredOf are the members that a schema requires.
func requiredOf(s *spec.Schema) []string {
	out := slices.Clone(s.Required)
	for _, sub := range s.AllOf {
		out = append(out, requiredOf(sub)...)
	}
	return out
}

// givenByServer reports whether ids of a resource are made by the server: they are numbers, UUIDs or only the server
// writes them. A name that people give is theirs to give.
func (r *Runner) givenByServer(res *spec.Resource) bool {
	p := res.IDSchema()
	return p == nil || isReadOnly(p) || !p.Allows("string") || p.Format == "uuid" || strings.HasSuffix(strings.ToLower(res.IDProperty), "id")
}

func withoutMember(o strictjson.Object, name string) strictjson.Object {
	out := make(strictjson.Object, 0, len(o))
	for _, m := range o {
		if m.Name != name {
			out = append(out, m)
		}
	}
	return out
}

// tells reports whether an answer says by itself which record was made.
func (pl *places) tells(op *spec.Operation, a *Answer) bool {
	_, ok := pl.madeBy(Request{Operation: op}, a)
	return ok
}

// madeBy is the record that a creation made: by the id in the answer, else by Location, else by the id that was sent.
func (pl *places) madeBy(req Request, a *Answer) (recordKey, bool) {
	op := req.Operation
	res := op.Resource
	id := idText(recordIn(op, a)[res.IDProperty])
	if at := a.Header.Get("Location"); id == "" && at != "" {
		id = lastSegment(at)
	}
	if id == "" {
		if sent, ok := sentMembers(req)[res.IDProperty]; ok {
			id = idText(sent)
		}
	}
	if id == "" {
		return recordKey{}, false
	}
	return pl.under(res, req.below, id), true
}
