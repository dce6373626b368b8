package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// sameValue reports whether a value read back is the one that was sent: equal as JSON, a date-time as an instant, an
// object when every member sent is there (whether an update merges or replaces inside is the server's to say).
func sameValue(s *spec.Schema, sent, got any) bool {
	sent, got = strictjson.Plain(sent), strictjson.Plain(got)
	switch sent := sent.(type) {
	case map[string]any:
		return sameMembers(s, sent, got)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(sent) {
			return false
		}
		for i := range sent {
			if !sameValue(itemSchema(s), sent[i], list[i]) {
				return false
			}
		}
		return true
	case string:
		text, ok := got.(string)
		return ok && (text == sent || isInstant(s) && sameInstant(sent, text))
	}
	return strictjson.Equal(sent, got)
}

func sameMembers(s *spec.Schema, sent map[string]any, got any) bool {
	have, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for name, v := range sent {
		h, there := have[name]
		if v == nil && !there {
			continue // null and absent are the same to many servers, and to a merge patch
		}
		if prop := propertySchema(s, name); prop != nil && (!there && prop.WriteOnly || isReadOnly(prop)) {
			continue // nobody is shown it, or it is the server's to say
		}
		if !there || !sameValue(propertySchema(s, name), v, h) {
			return false
		}
	}
	return true
}

func itemSchema(s *spec.Schema) *spec.Schema {
	if s == nil {
		return nil
	}
	return s.Items
}

func propertySchema(s *spec.Schema, name string) *spec.Schema {
	if s == nil {
		return nil
	}
	return s.KindProperty(name)
}

func isInstant(s *spec.Schema) bool { return s != nil && s.Format == "date-time" }

// sameInstant compares date-times as instants; a leap second is the second after 23:59:59.
func sameInstant(a, b string) bool {
	x, err1 := parseInstant(a)
	y, err2 := parseInstant(b)
	return err1 == nil && err2 == nil && x.Truncate(time.Millisecond).Equal(y.Truncate(time.Millisecond))
}

func parseInstant(s string) (time.Time, error) {
	s = strings.ToUpper(s)
	leap := time.Duration(0)
	if len(s) > 19 && s[17:19] == "60" {
		s, leap = s[:17]+"59"+s[19:], time.Second
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.Add(leap), err
}

// referenceID is the id of a related record, in whichever form it is given; "" for none.
func referenceID(rel *spec.Relation, v any) string {
	if o, ok := v.(map[string]any); ok {
		v, _ = rel.Target.ID.Of(o)
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// isReference reports whether a property is a reference itself, or a list of them, and not a value with some inside.
func isReference(rel *spec.Relation) bool {
	return rel != nil && (len(rel.Path) == 1 || len(rel.Path) == 2 && rel.Path[1] == "*")
}

// folded is a value of a record with ids where it shows related records, at a path of it.
func folded(rel *spec.Relation, path []string, v any) any {
	if len(path) == 0 {
		if id := referenceID(rel, v); id != "" {
			return fixtures.IDValue(rel.Target, id)
		}
		return v
	}
	switch v := v.(type) {
	case []any:
		if path[0] != "*" {
			return v
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = folded(rel, path[1:], v[i])
		}
		return out
	case map[string]any:
		inner, there := v[path[0]]
		if !there {
			return v
		}
		out := maps.Clone(v)
		out[path[0]] = folded(rel, path[1:], inner)
		return out
	}
	return v
}

// references are the ids of a relation that may be a list.
func references(rel *spec.Relation, v any) []string {
	list, ok := v.([]any)
	if !ok {
		return []string{referenceID(rel, v)}
	}
	var out []string
	for _, item := range list {
		out = append(out, referenceID(rel, item))
	}
	return out
}

// difference is a property that is not as it was.
type difference struct {
	property string
	before   any
	after    any
}

// differences compares what the body of an operation can set, apart from the properties named. Relations are compared
// by id. Properties that only the server writes may change as they like.
func differences(op *spec.Operation, before, after map[string]any, except ...string) []difference {
	s := bodySchema(op)
	if s == nil {
		return nil
	}
	skip := map[string]bool{op.Resource.ID.Member(): true}
	for _, e := range except {
		skip[e] = true
	}
	var out []difference
	for _, p := range everyProperty(s) {
		b, had := before[p.Name]
		a, has := after[p.Name]
		if op.Action == spec.ActionReplace && had && relationOf(op.Resource, p.Name) == nil && !sendable(p.Schema, b) {
			continue // no replacement can keep it
		}
		if skip[p.Name] || calledOtherwise(op, p.Name) || isReadOnly(p.Schema) || p.Schema.WriteOnly || !had && !has || b == nil && a == nil {
			continue
		}
		if rel := relationOf(op.Resource, p.Name); rel != nil {
			if fmt.Sprint(references(rel, a)) != fmt.Sprint(references(rel, b)) {
				out = append(out, difference{p.Name, b, a})
			}
			continue
		}
		if !sameValue(p.Schema, b, a) || !sameValue(p.Schema, a, b) {
			out = append(out, difference{p.Name, b, a})
		}
	}
	return out
}

// isReadOnly reports whether a property is the server's to say.
func isReadOnly(s *spec.Schema) bool {
	return s.ReadOnly || slices.ContainsFunc(s.AllOf, func(part *spec.Schema) bool { return part.ReadOnly })
}

// serverSays reports whether a member is readOnly, in one of the kinds at least where records are of several.
func serverSays(s *spec.Schema, name string) bool {
	if prop := s.KindProperty(name); prop != nil && isReadOnly(prop) {
		return true
	}
	return slices.ContainsFunc(s.Kinds(), func(kind *spec.Schema) bool {
		prop := kind.Property(name)
		return prop != nil && isReadOnly(prop)
	})
}
