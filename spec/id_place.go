package spec

import (
	"maps"
	"slices"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// IDPlace is where a record holds an id, its own or its owner's: a member of it, or a member of an object that is one
// ("metadata.name"). The zero place is nowhere.
type IDPlace struct {
	holder string // the member that the object is; "" where the record holds the id itself
	name   string
}

// None reports whether the place is nowhere.
func (p IDPlace) None() bool { return p.name == "" }

// String is the place as people write it: "name", "metadata.name"; "" for none.
func (p IDPlace) String() string {
	if p.holder == "" {
		return p.name
	}
	return p.holder + "." + p.name
}

// Path leads from the record to the id; empty for none.
func (p IDPlace) Path() []string {
	switch {
	case p.holder != "":
		return []string{p.holder, p.name}
	case p.name != "":
		return []string{p.name}
	}
	return nil
}

// Pointer is the place as a JSON pointer; that of the record for none.
func (p IDPlace) Pointer() string { return strictjson.Pointer(p.Path()...) }

// Name is that of the member that the id is the value of; "" for none.
func (p IDPlace) Name() string { return p.name }

// Own reports whether the id is a member of the record itself.
func (p IDPlace) Own() bool { return p.name != "" && p.holder == "" }

// Is reports whether the id is the record's own member of that name.
func (p IDPlace) Is(member string) bool { return p.Own() && p.name == member }

// Holds reports whether the record's own member of that name is the id or has it in it.
func (p IDPlace) Holds(member string) bool { return member != "" && p.Member() == member }

// Member is the record's own member that is the id or has it in it; "" for none.
func (p IDPlace) Member() string {
	if p.holder != "" {
		return p.holder
	}
	return p.name
}

// Of is the id that a record holds, a map or an Object; false where it holds none.
func (p IDPlace) Of(record any) (any, bool) {
	if p.None() {
		return nil, false
	}
	if p.holder != "" {
		record, _ = memberOf(record, p.holder)
	}
	return memberOf(record, p.name)
}

func memberOf(object any, name string) (any, bool) {
	switch o := object.(type) {
	case map[string]any:
		v, there := o[name]
		return v, there
	case strictjson.Object:
		return o.Get(name)
	}
	return nil, false
}

// With is a record with an id in the place, in an object made for it where there is none.
func (p IDPlace) With(record strictjson.Object, id any) strictjson.Object {
	switch {
	case p.None():
		return record
	case p.holder == "":
		return record.With(p.name, id)
	}
	held, _ := record.Get(p.holder)
	return record.With(p.holder, p.withHeld(held, id))
}

// withHeld is what holds the id, with it.
func (p IDPlace) withHeld(holder, id any) strictjson.Object {
	switch o := holder.(type) {
	case strictjson.Object:
		return o.With(p.name, id)
	case map[string]any:
		out := strictjson.Object{}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			out = append(out, strictjson.Member{Name: name, Value: o[name]})
		}
		return out.With(p.name, id)
	}
	return strictjson.Object{{Name: p.name, Value: id}}
}

// In is the schema of the id in records of a schema, that of the first kind that has one; nil where none has.
func (p IDPlace) In(record *Schema) *Schema {
	return p.in(record, (*Schema).KindProperty)
}

// InEvery is the schema of the id in records of every kind; nil where not every kind has it by the same schema.
func (p IDPlace) InEvery(record *Schema) *Schema {
	return p.in(record, (*Schema).Property)
}

// Holder is the schema of the object that holds the id in records of a schema; nil where they hold it themselves.
func (p IDPlace) Holder(record *Schema) *Schema {
	if p.holder == "" || record == nil {
		return nil
	}
	return record.Property(p.holder)
}

func (p IDPlace) in(record *Schema, property func(*Schema, string) *Schema) *Schema {
	if p.holder != "" && record != nil {
		record = property(record, p.holder)
	}
	if record == nil || p.None() {
		return nil
	}
	return property(record, p.name)
}
