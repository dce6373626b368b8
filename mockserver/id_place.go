package mockserver

import "github.com/understudy-dev/understudy/spec"

// idAt is the text of the id that a record has in a place; nil where it has none.
func idAt(record []byte, at spec.IDPlace) []byte {
	if at.None() {
		return nil
	}
	for _, name := range at.Path() {
		record = memberAt(record, name)
	}
	return record
}

// setID puts an id in its place among a record's members, in an object made for it where there is none.
func setID(ms []member, at spec.IDPlace, id []byte) []member {
	switch name := at.Member(); {
	case at.None() || id == nil:
		return ms
	case at.Own():
		return setMember(ms, name, id)
	default:
		var held []member
		if i := findMember(ms, name); i >= 0 {
			held, _ = membersOf(ms[i].value)
		}
		return setMember(ms, name, joinMembers(setMember(held, at.Name(), id)))
	}
}

// withID is a record's members with its id first, or where they have the object that holds it.
func withID(ms []member, at spec.IDPlace, id []byte) []member {
	if name := at.Member(); at.Own() {
		return append([]member{{name, id}}, ms...)
	}
	return setID(ms, at, id)
}

// withoutID is a record's members without its id.
func withoutID(ms []member, at spec.IDPlace) []member {
	i := findMember(ms, at.Member())
	if i < 0 {
		return ms
	}
	if at.Own() {
		return append(ms[:i], ms[i+1:]...)
	}
	held, isObject := membersOf(ms[i].value)
	if j := findMember(held, at.Name()); isObject && j >= 0 {
		ms[i].value = joinMembers(append(held[:j], held[j+1:]...))
	}
	return ms
}

// bodyID is the schema of the id in a body; nil where its schema names none.
func bodyID(form *spec.Schema, at spec.IDPlace) *spec.Schema {
	for _, name := range at.Path() {
		form = bodyProperty(form, name)
	}
	return form
}

// lacksID reports whether a record's members have no id in a place, or null.
func lacksID(ms []member, at spec.IDPlace) bool {
	i := findMember(ms, at.Member())
	if i < 0 {
		return true
	}
	text := ms[i].value
	if !at.Own() {
		text = memberAt(text, at.Name())
	}
	return text == nil || isNull(text)
}
