package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

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
		return patchOfNothing(op)
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
		} else if list, isList := v.([]any); isList {
			v = r.keyedRows(op, m.RecordSchema(), list)
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

// patchOfNothing is a JSON Patch without operations, where an operation takes nothing but JSON Patch, though its schema may be
// that of a record; no body where it takes none.
func patchOfNothing(op *spec.Operation) (written, error) {
	if op.Body == nil {
		return written{}, nil
	}
	for _, m := range op.Body.Content {
		if m.IsPatch() && (m.Schema == nil || !m.Schema.Allows("array") || m.Schema.Valid([]any{}, spec.In)) {
			return written{[]byte("[]"), m.Type, []any{}}, nil
		}
	}
	if op.Body.Required && len(op.Body.Content) > 0 {
		return written{}, errors.New("its JSON Patch must have operations, and nothing tells which")
	}
	return written{}, nil
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
// and of its owner; or for an update, which stands in the owner's place. least leaves out whatever may be left out.
func (r *Runner) settled(ctx context.Context, op *spec.Operation, owner recordKey, o strictjson.Object, least bool) strictjson.Object {
	s := bodyMedia(op).RecordSchema()
	o = r.fitting(op, s, o)
	if op.Resource != nil && r.givenByServer(op.Resource) {
		if without := withoutID(op.Resource, o); s.Valid(strictjson.Plain(without), spec.In) {
			o = without
		}
	}
	out := o
	for _, m := range o {
		rel := relationOf(op.Resource, m.Name)
		if !least && rel == nil {
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
	out = r.linked(ctx, op.Resource, s, out)
	if op.Resource != nil && op.Resource.Parent != nil && owner.resource == op.Resource.Parent.Resource {
		at := op.Resource.Parent.ID
		_, sent := at.Of(out)
		if id := at.InEvery(s); id == nil && sent || id != nil && !isReadOnly(id) {
			out = at.With(out, fixtures.IDValue(owner.resource, owner.ownID()))
		}
	}
	return ofItself(op, owner, r.keyed(op, s, out))
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
		} else if without := withoutMember(out, m.Name); op.Action != spec.ActionCreate && s.Valid(strictjson.Plain(without), spec.In) {
			out = without
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
	if !op.Resource.ID.Holds(broken) {
		out = r.keyed(op, writtenSchema(op), o)
	}
	for _, m := range o {
		if rel := relationOf(op.Resource, m.Name); rel != nil && m.Name != broken && !slices.Contains(requiredOf(writtenSchema(op)), m.Name) {
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
	return p == nil || isReadOnly(p) || !p.Allows("string") || p.Format == "uuid" || strings.HasSuffix(strings.ToLower(res.ID.Name()), "id")
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
