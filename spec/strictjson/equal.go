package strictjson

import (
	"encoding/json"
	"slices"
	"strconv"
)

// Equal reports whether a and b are the same JSON value: numbers as decimals (see EqualNumber), strings byte
// by byte, arrays item by item, objects by name whatever the order, an Object and a map[string]any alike.
// int, int64 and uint64 are numbers; values of types that Decode does not return are otherwise equal to
// nothing.
func Equal(a, b any) bool {
	if x, ok := asNumber(a); ok {
		y, ok := asNumber(b)
		return ok && EqualNumber(x, y)
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case string:
		b, ok := b.(string)
		return ok && a == b
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Equal)
	case map[string]any:
		return equalToMap(b, a)
	case Object:
		if b, ok := b.(Object); ok {
			return equalObjects(a, b)
		}
		b, ok := b.(map[string]any)
		return ok && equalToMap(a, b)
	default:
		return false
	}
}

func asNumber(v any) (json.Number, bool) {
	switch v := v.(type) {
	case json.Number:
		return v, true
	case int:
		return json.Number(strconv.Itoa(v)), true
	case int64:
		return json.Number(strconv.FormatInt(v, 10)), true
	case uint64:
		return json.Number(strconv.FormatUint(v, 10)), true
	default:
		return "", false
	}
}

// equalToMap reports whether v is an object with the members of m.
func equalToMap(v any, m map[string]any) bool {
	same := func(name string, value any) bool {
		other, ok := m[name]
		return ok && Equal(value, other)
	}
	switch v := v.(type) {
	case Object:
		return len(v) == len(m) && !slices.ContainsFunc(v, func(o Member) bool { return !same(o.Name, o.Value) })
	case map[string]any:
		if len(v) != len(m) {
			return false
		}
		for name, value := range v {
			if !same(name, value) {
				return false
			}
		}
		return true
	default:
		return false
	}
}

func equalObjects(a, b Object) bool {
	if slices.EqualFunc(a, b, func(x, y Member) bool { return x.Name == y.Name }) {
		return slices.EqualFunc(a, b, func(x, y Member) bool { return Equal(x.Value, y.Value) })
	}
	if len(a) != len(b) {
		return false
	}
	// Looking every name up in a slice would be quadratic, which a hostile text can afford and we cannot.
	m := make(map[string]any, len(b))
	for _, member := range b {
		m[member.Name] = member.Value
	}
	return equalToMap(a, m)
}
