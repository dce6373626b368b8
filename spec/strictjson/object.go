package strictjson

import "slices"

// Member is a name and its value.
type Member struct {
	Name  string
	Value any
}

// Object is a JSON object whose members keep their order. Names are distinct; DecodeOrdered and With see to
// it.
type Object []Member

// Get returns the value of the member with the given name, and whether there is one.
func (o Object) Get(name string) (any, bool) {
	if i := o.find(name); i >= 0 {
		return o[i].Value, true
	}
	return nil, false
}

// With returns a copy of o in which the member has the given value: at its old place, or at the end when it
// is new.
func (o Object) With(name string, value any) Object {
	out := make(Object, len(o), len(o)+1)
	copy(out, o)
	if i := o.find(name); i >= 0 {
		out[i].Value = value
		return out
	}
	return append(out, Member{name, value})
}

func (o Object) find(name string) int {
	return slices.IndexFunc(o, func(m Member) bool { return m.Name == name })
}

// Plain returns a copy of v in which every Object, at any depth, is a map[string]any.
func Plain(v any) any {
	switch v := v.(type) {
	case Object:
		out := make(map[string]any, len(v))
		for _, m := range v {
			out[m.Name] = Plain(m.Value)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[name] = Plain(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = Plain(v[i])
		}
		return out
	default:
		return v
	}
}

func newMap(members []Member) (any, bool) {
	m := make(map[string]any, len(members))
	for i := range members {
		m[members[i].Name] = members[i].Value
	}
	return m, len(m) == len(members)
}

func newObject(members []Member) (any, bool) {
	return append(make(Object, 0, len(members)), members...), distinct(members)
}

// distinct reports whether no two members have the same name.
func distinct(members []Member) bool {
	const few = 16 // up to which comparing every two is quicker than a map
	if len(members) > few {
		_, ok := newMap(members)
		return ok
	}
	for i := range members {
		for j := range i {
			if members[i].Name == members[j].Name {
				return false
			}
		}
	}
	return true
}
