package contract

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// linked is a body in which ids of what the record shows as objects are those of records that are there; a member without
// any that it could name is left out where it may be.
func (r *Runner) linked(ctx context.Context, res *spec.Resource, s *spec.Schema, body strictjson.Object) strictjson.Object {
	out := body
	for _, m := range body {
		target := linkTarget(res, m)
		if target == nil {
			continue
		}
		without := withoutMember(out, m.Name)
		optional := s.Valid(strictjson.Plain(without), spec.In)
		if optional && len(r.target.IDs[target.Name]) == 0 {
			out = without
			continue
		}
		if r.has(ctx, target) != "" {
			continue
		}
		id := fixtures.IDValue(target, recordKey{target, r.target.IDs[target.Name][0]}.ownID())
		if _, isList := m.Value.([]any); isList {
			id = []any{id}
		}
		if with := out.With(m.Name, id); s.Valid(strictjson.Plain(with), spec.In) {
			out = with
		} else if optional {
			out = without
		}
	}
	return out
}

// linkTarget is the resource whose record, or records, a member of a body names by id where the record shows objects; nil
// where it is none, or a relation that is known to be one.
func linkTarget(res *spec.Resource, m strictjson.Member) *spec.Resource {
	if res == nil || relationOf(res, m.Name) != nil {
		return nil
	}
	shown, name, id := res.Schema.KindProperty(m.Name), m.Name, m.Value
	if list, isList := m.Value.([]any); isList && len(list) > 0 && shown != nil {
		shown, name, id = shown.Rows(), strings.TrimSuffix(name, "s"), list[0]
	}
	if shown == nil || !isID(id) || !shown.HasNoRoom(id) {
		return nil
	}
	target, _ := res.Referred(shown, name)
	return target
}

func isID(v any) bool {
	switch v.(type) {
	case string, json.Number:
		return true
	}
	return false
}
