package spec

import (
	"slices"
	"strings"
)

// Some records hold their id in a member that tells of the record itself, as metadata.name does. That is believed only where
// no member of the record's own can be the id, and only of plain objects: each record has one, and it has one form.

// describing are the flat names of members that say what a record is, apart from what it says: those of Kubernetes, of
// Contentful and of search engines. What stands in them is never a record of its own.
var describing = []string{"metadata", "meta", "sys"}

// describes reports whether a member of that name tells of the record that it is in.
func describes(name string) bool { return slices.Contains(describing, flat(name)) }

// heldID is where a record holds its id in a member of it: in one that tells of the record itself, by the names that ids
// have; in any other by the parameter's own name, where that says of what it is the id. Nowhere where two could be it.
func heldID(s *Schema, param *Parameter, collection string) IDPlace {
	if param == nil || s == nil || s.Kinds() != nil {
		return IDPlace{}
	}
	var found IDPlace
	best := 0
	for _, p := range s.AllProperties() {
		name, sure := heldIn(p, param, collection)
		switch {
		case name == "" || sure < best:
		case sure == best:
			found = IDPlace{}
		default:
			found, best = IDPlace{p.Name, name}, sure
		}
	}
	return found
}

// heldIn is the property of a member that can be the id of the record that the member is in, and how sure that is. What a
// parameter calls an id is no key of a member that tells of a list.
func heldIn(p Property, param *Parameter, collection string) (name string, sure int) {
	if !p.Schema.isHolder() {
		return "", 0
	}
	telling, usual := idNames(param, collection)
	fits := func(s *Schema) bool { return carries(param, s) }
	switch own := namesItself(param, collection); {
	case describes(p.Name):
		if name = propertyNamed(p.Schema, telling, fits); name == "" && !strings.HasSuffix(flat(param.Name), "id") {
			name = propertyNamed(p.Schema, usual, fits)
		}
		return name, 3
	case slices.Contains(holders, flat(p.Name)):
		return propertyNamed(p.Schema, telling, fits), 2
	case own:
		return propertyNamed(p.Schema, telling[:1], fits), 1
	}
	return "", 0
}

// namesItself reports whether a parameter's name says that it is the id of one of a collection, and not of whatever.
func namesItself(param *Parameter, collection string) bool {
	return namesOneOf(param, collection) && !slices.Contains(plainNames, flat(param.Name)) && flat(param.Name) != "guid" &&
		flat(param.Name) != flat(singularName(collection))
}

// isHolder reports whether a schema is that of one kind of object, which nothing but its own says.
func (s *Schema) isHolder() bool { return isWhole(s) && !s.Never && len(s.objectBranches()) == 0 }

// heldEnvelope is where an answer shows a record with its id held in a member: the answer is one, or one of its members is.
func heldEnvelope(s *Schema, members []Property, param *Parameter, collection string) (*Envelope, IDPlace) {
	if id := heldID(s, param, collection); !id.None() {
		return &Envelope{Record: s}, id
	}
	for _, p := range members {
		if !wraps(p.Name, collection) || len(members) > fewMembers || !isWhole(p.Schema) {
			continue
		}
		if id := heldID(p.Schema, param, collection); !id.None() {
			return &Envelope{Path: []string{p.Name}, Record: p.Schema}, id
		}
	}
	return nil, IDPlace{}
}

// listedID is where the records of a list hold their id.
func listedID(s *Schema, param *Parameter, collection string) IDPlace {
	if id := idPlace(s, param, collection); !id.None() {
		return id
	}
	return heldID(s, param, collection)
}

// heldOwner is where a record that holds its id in a member holds its owner's beside it; that of a part may be in any member
// that tells of the record.
func heldOwner(r *Resource, is func(Property) bool) IDPlace {
	for _, p := range r.Schema.AllProperties() {
		if p.Name != r.ID.holder && !(r.Part && describes(p.Name)) || !p.Schema.isHolder() {
			continue
		}
		for _, inner := range p.Schema.AllProperties() {
			if place := (IDPlace{p.Name, inner.Name}); place != r.ID && is(inner) {
				return place
			}
		}
	}
	return IDPlace{}
}
