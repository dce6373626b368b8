package spec

import (
	"slices"
	"strings"
)

// A body may carry a member in another form than the record shows: the id of what is shown as an object, a list of what is
// shown in pages, a number as text. See OtherForm.

// OtherForm is a member that a body carries as a value of another type than the record shows, where nothing tells how one
// becomes the other: a record with what was sent cannot be shown, so it changes nothing.
type OtherForm struct {
	Operation   *Operation
	Name        string
	Sent, Shown *Schema
}

// ShownAs says what the record shows the member as, in words.
func (f OtherForm) ShownAs() string { return f.Shown.typeWords() }

// OtherForms are the members of bodies that no record can be shown with, in document order, each schema of a body once.
func (d *Document) OtherForms() []OtherForm {
	var out []OtherForm
	type pair struct{ sent, shown *Schema }
	met := map[pair]bool{}
	for _, o := range d.Operations {
		s := o.BodyRecord()
		changes := o.Action == ActionCreate || o.Action == ActionMerge || o.Action == ActionReplace
		if o.Resource == nil || s == nil || !changes || s == o.Resource.Schema {
			continue
		}
		for _, p := range s.AllProperties() {
			shown := o.Resource.Schema.KindProperty(p.Name)
			if shown == nil || s.calling != nil && s.calling.toBody(p.Name) != p.Name { // which is left out then
				continue
			}
			if shown == p.Schema || shown.ReadOnly || p.Schema.ReadOnly || met[pair{p.Schema, shown}] {
				continue
			}
			met[pair{p.Schema, shown}] = true
			if !o.Resource.becomes(p.Name, p.Schema, shown) {
				out = append(out, OtherForm{o, p.Name, p.Schema, shown})
			}
		}
	}
	return out
}

// becomes reports whether some value of a member as it is sent can be shown as the record has it.
func (r *Resource) becomes(name string, sent, shown *Schema) bool {
	from, to := sent.room(), shown.room()
	switch {
	case from == 0 || to == 0 || from&to&^(arrayType|nullType) != 0:
		return true
	case (from & to).has(arrayType):
		return r.itemsBecome(name, sent, shown)
	case from.has(stringType) && to&(numberType|booleanType) != 0 || from&(numberType|booleanType) != 0 && to.has(stringType):
		return true
	case from.has(arrayType) && to.has(objectType):
		_, list := shown.ListMember()
		return list != nil
	case from&(stringType|numberType) != 0 && to.has(objectType):
		target, ids := r.Referred(shown, name)
		if target != nil {
			return sameKind(sent, target.IDSchema())
		}
		ids = slices.DeleteFunc(ids, func(p Property) bool { return p.Schema.room()&from == 0 })
		return len(ids) == 1
	}
	return false
}

// room is the types that a schema leaves room for; one that names properties is taken to mean objects.
func (s *Schema) room() kinds {
	var out kinds
	for _, f := range alternatives(s) {
		of := anyType
		for _, part := range f {
			if of &= part.ownKinds(); len(part.Types) == 0 && len(part.Properties) > 0 {
				of &= objectType
			}
		}
		out |= of
	}
	return out
}

// HasNoRoom reports whether a value, or one within it, is of a type that the schema has no room for: it cannot become a valid
// one by being another value of its type. Text may say a number or a boolean, and the other way round.
func (s *Schema) HasNoRoom(v any) bool {
	return s.noRoom(v, maxFormDepth)
}

// maxFormDepth is how deep values are gone into.
const maxFormDepth = 8

func (s *Schema) noRoom(v any, depth int) bool {
	const scalars = stringType | numberType | booleanType
	kind := kindOf(v)
	room := s.room()
	if room&kind == 0 && kind != nullType && (kind&scalars == 0 || room&scalars == 0) {
		return true
	}
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		rows := s.Rows()
		return rows != nil && slices.ContainsFunc(v, func(item any) bool { return rows.noRoom(item, depth-1) })
	case map[string]any:
		for name, inner := range v {
			if p := s.KindProperty(name); p != nil && p.noRoom(inner, depth-1) {
				return true
			}
		}
	}
	return false
}

// itemsBecome is becomes for the items of two arrays.
func (r *Resource) itemsBecome(name string, sent, shown *Schema) bool {
	a, b := sent.Rows(), shown.Rows()
	return a == nil || b == nil || a == b || r.becomes(singularName(name), a, b)
}

// ListMember is the member of an object that holds a page of a list, as {data: [...], has_more: false} has it: its only
// array, named as such members are. Nil for any other object.
func (s *Schema) ListMember() (name string, list *Schema) {
	for _, o := range s.forms() {
		for _, p := range o.AllProperties() {
			if p.Schema.Items == nil || !p.Schema.Allows("array") {
				continue
			}
			if list != nil {
				return "", nil
			}
			name, list = p.Name, p.Schema
		}
		if list != nil {
			break
		}
	}
	if !slices.Contains([]string{"data", "items", "results", "values", "entries", "records", "elements", "list", "nodes"}, flat(name)) {
		return "", nil
	}
	return name, list
}

// forms are the schemas that a value may have: itself, and the branches of a union that it is.
func (s *Schema) forms() []*Schema {
	if branches := s.objectBranches(); len(branches) > 0 {
		return branches
	}
	return []*Schema{s}
}

// Referred is whose record a member of a resource's records shows as an object, and the properties that may be the id there.
// The object is the very schema of a resource's records or a part that they are composed of, or the member is called as one
// of them and the object has mostly their members and their id. Nil where none is known; ids are those of the object then.
func (r *Resource) Referred(shown *Schema, name string) (target *Resource, ids []Property) {
	d := shown.at.doc
	if d == nil {
		return nil, nil
	}
	for _, s := range shown.forms() {
		if !s.Allows("object") || len(s.AllProperties()) == 0 {
			continue
		}
		for _, part := range s.composition() {
			if t := d.resourceOf(part); t != nil {
				return t, nil
			}
		}
		if t := d.composedOf(s, name); t != nil {
			return t, nil
		}
		for _, p := range s.AllProperties() {
			is := r.ID.Is(p.Name) || slices.Contains([]string{"id", "uuid", "guid", flat(name) + "id"}, flat(p.Name))
			if is && isScalarID(p.Schema) {
				ids = append(ids, p)
			}
		}
		if len(ids) > 0 {
			return nil, ids
		}
	}
	return nil, nil
}

// composedOf is the resource whose records have all that a part shows, nil where there is none or more than one.
func (d *Document) composedOf(s *Schema, name string) *Resource {
	var composed, called []*Resource
	parts := s.composition()
	for _, r := range d.Resources {
		if id := r.ID.InEvery(s); !r.HasItems() || r.Part || id == nil || !isScalarID(id) {
			continue
		}
		if slices.ContainsFunc(r.Schema.composition(), func(p *Schema) bool { return len(p.AllProperties()) > 0 && slices.Contains(parts, p) }) {
			composed = append(composed, r)
		}
		one := flat(singularName(pathName(r.collection)))
		if strings.HasSuffix(flat(name), one) && 2*shared(s, r.Schema) > len(s.AllProperties()) {
			called = append(called, r)
		}
	}
	for _, found := range [][]*Resource{composed, called} {
		if len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// composition is a schema and those it is composed of, each once.
func (s *Schema) composition() []*Schema {
	var out []*Schema
	var add func(*Schema)
	add = func(s *Schema) {
		if !slices.Contains(out, s) {
			out = append(out, s)
			for _, part := range s.AllOf {
				add(part)
			}
		}
	}
	add(s)
	return out
}

// otherForms notes the members of bodies that no record can be shown with.
func (l *linter) otherForms() {
	for _, f := range l.doc.OtherForms() {
		l.at("state", Should, f.Sent.Location, "a value that the record can show as "+f.Shown.typeWords(),
			f.Sent.typeWords(), f.Name+" in a body changes nothing: nothing tells how one becomes the other")
	}
}

// typeWords names the types of a schema's values.
func (s *Schema) typeWords() string {
	var out []string
	for _, k := range []struct {
		kind kinds
		word string
	}{{stringType, "text"}, {numberType, "a number"}, {booleanType, "a boolean"}, {arrayType, "an array"}, {objectType, "an object"}} {
		if s.room().has(k.kind) {
			out = append(out, k.word)
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, " or ")
}
