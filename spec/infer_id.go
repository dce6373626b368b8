package spec

import (
	"slices"
	"strings"
	"unicode"
)

// findEnvelope looks for the record in an answer: the body itself, or a member of it that is an object with an id where
// the body looks like a wrapper. Of several, the one that shares most properties with the request body is the record.
func findEnvelope(res *Response, param *Parameter, collection string, body *Body) (*Envelope, IDPlace) {
	m := Media(res.Content)
	if m == nil || !IsJSON(m.Type) || m.Schema == nil {
		return nil, IDPlace{}
	}
	var request *Schema
	if body != nil {
		if b := Media(body.Content); b != nil {
			request = b.Schema
		}
	}
	var best *Envelope
	var bestID IDPlace
	bestScore := -1
	consider := func(s *Schema, id IDPlace, path ...string) {
		if id.None() {
			return
		}
		if sole := s.objectBranches(); len(sole) == 1 { // a record, or null
			s = sole[0]
		}
		if score := shared(s, request); score > bestScore {
			best, bestID, bestScore = &Envelope{Path: path, Record: s}, id, score
		}
	}
	consider(m.Schema, idPlace(m.Schema, param, collection))
	telling, _ := idNames(param, collection)
	members := m.Schema.plainProperties()
	if len(members) > 1 && m.Schema.at.doc.sentWhole[m.Schema] {
		members = nil // clients send the same, so it is the record, and no member of it is
	}
	for _, p := range members {
		if len(p.Schema.AllProperties()) == 0 || describes(p.Name) || len(members) > fewMembers && !wraps(p.Name, collection) {
			continue
		}
		fits := func(s *Schema) bool { return carries(param, s) }
		id := propertyNamed(p.Schema, telling, fits)
		consider(p.Schema, IDPlace{name: id}, p.Name)
		if id != "" || !wraps(p.Name, "") {
			continue
		}
		for _, inner := range p.Schema.wrapped(collection) {
			consider(inner.Schema, IDPlace{name: propertyNamed(inner.Schema, telling, fits)}, p.Name, inner.Name)
		}
	}
	if best == nil {
		return heldEnvelope(m.Schema, members, param, collection)
	}
	return best, bestID
}

// wrapped are the objects in what an answer carries that carry the record in turn, as in {status, data: {thing: {...}}}: called
// as the collection is, where there are few beside them.
func (s *Schema) wrapped(collection string) []Property {
	members := s.plainProperties()
	if len(members) > fewMembers {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(members), func(p Property) bool {
		return len(p.Schema.AllProperties()) == 0 || !wraps(p.Name, collection)
	})
}

// fewMembers is how many members an answer has that is only there to carry the record.
const fewMembers = 4

// wraps reports whether a member of that name is what an answer carries.
func wraps(name, collection string) bool {
	name = flat(name)
	return name == flat(collection) || name == flat(singularName(collection)) ||
		slices.Contains([]string{"data", "result", "item", "record", "payload", "response", "resource", "attributes"}, name)
}

func shared(a, b *Schema) int {
	if b == nil {
		return 0
	}
	if a == b {
		return 1 << 20
	}
	n := 0
	for _, p := range a.AllProperties() {
		if b.Property(p.Name) != nil {
			n++
		}
	}
	return n
}

// idPlace is where a record holds the id that its item path's parameter names, nowhere when none can be told: of the
// parameter's name, of that name without what it is an id of ("number" for issue_number), id, or one of those that often
// name a record. A text that is no id by its name is rather another text of the record than its numeric id. A record
// without an item path is named by its id.
func idPlace(s *Schema, param *Parameter, collection string) IDPlace {
	telling, usual := idNames(param, collection)
	tries := [][]string{telling, usual}
	sure := param != nil && param.Schema != nil && !strings.HasSuffix(flat(param.Name), "id")
	for _, exact := range []bool{true, false} {
		for _, names := range tries {
			if exact && !sure {
				break
			}
			if id := propertyNamed(s, names, func(p *Schema) bool {
				return carries(param, p) && (!exact || sameKind(param.Schema, p))
			}); id != "" {
				return IDPlace{name: id}
			}
		}
	}
	if param == nil || !strings.HasSuffix(flat(param.Name), "id") {
		return IDPlace{}
	}
	return IDPlace{name: propertyNamed(s, plainIDs(collection), func(p *Schema) bool { return p.Format == "" && p.Pattern == "" })}
}

// plainIDs are the flat names of nothing but an id. A text of such a name is one even where the path reads it as a number.
func plainIDs(collection string) []string {
	return []string{"id", flat(singularName(collection)) + "id"}
}

// idNames are the flat names that ids have: those that tell, and those that are often ids but may be anything.
func idNames(param *Parameter, collection string) (telling, usual []string) {
	one := flat(singularName(collection))
	if param == nil {
		return append(plainIDs(collection), "uuid", "guid"), nil
	}
	telling = append([]string{flat(param.Name)}, shorterNames(param.Name)...)
	telling = append(append(telling, plainIDs(collection)...), "uuid", "guid")
	return telling, []string{one + "number", one + "name", one, "number", "slug", "login", "name", "key", "code"}
}

// propertyNamed is the property with the first of the names that can be an id and fits; of a union, rather one that all
// kinds have alike.
func propertyNamed(s *Schema, names []string, fits func(*Schema) bool) string {
	props := slices.DeleteFunc(slices.Clone(s.AllProperties()), func(p Property) bool { return !isScalarID(p.Schema) })
	if id := firstNamed(props, names, fits); id != "" || s.Kinds() == nil {
		return id
	}
	return firstNamed(s.unlike(names), names, fits)
}

func firstNamed(props []Property, names []string, fits func(*Schema) bool) string {
	for _, want := range names {
		for _, p := range props {
			if flat(p.Name) == want && fits(p.Schema) {
				return p.Name
			}
		}
	}
	return ""
}

// unlike are the properties of those flat names that all kinds have, by other schemas, and that can be ids still.
func (s *Schema) unlike(names []string) []Property {
	var out []Property
	for _, p := range s.Kinds()[0].AllProperties() {
		if !slices.Contains(names, flat(p.Name)) {
			continue
		}
		if every := s.everyKinds(p.Name); every != nil {
			out = append(out, Property{p.Name, every})
		}
	}
	return out
}

// shorterNames are a name without its first words: issue_number gives number.
func shorterNames(name string) []string {
	var out []string
	runes := []rune(name)
	for i := 1; i < len(runes); i++ {
		word := unicode.IsUpper(runes[i]) && unicode.IsLower(runes[i-1])
		separator := runes[i-1] == '_' || runes[i-1] == '-' || runes[i-1] == '.'
		if word || separator {
			out = append(out, flat(string(runes[i:])))
		}
	}
	return out
}

// isScalarID reports whether values of a schema can be ids: texts or whole numbers, and not one of a few words.
func isScalarID(s *Schema) bool {
	if s.Never || len(s.Enum) > 0 || s.Const != nil || len(s.AllProperties()) > 0 || s.Items != nil {
		return false
	}
	if len(s.Types) == 0 && len(s.AllOf) > 1 {
		return len(s.AnyOf)+len(s.OneOf) == 0 && !slices.ContainsFunc(s.AllOf, func(part *Schema) bool { return !isScalarID(part) })
	}
	if len(s.Types) == 0 {
		return len(s.AnyOf)+len(s.OneOf) == 0
	}
	return s.Allows("string") || slices.Contains(s.Types, "integer")
}

// carries reports whether a path parameter can name an id of that schema: texts carry everything, numbers only numbers, and
// one of a few words nothing that has a format of its own, as UUIDs have.
func carries(param *Parameter, id *Schema) bool {
	switch {
	case param == nil || param.Schema == nil:
		return true
	case len(param.Schema.Enum) > 0 && id.Format != param.Schema.Format && id.Format != "":
		return false
	case param.Schema.Allows("string"):
		return true
	}
	return id.Allows("integer") && !slices.Contains(id.Types, "string")
}

// sameKind reports whether two schemas of ids have a type in common.
func sameKind(a, b *Schema) bool {
	return a.Allows("string") && b.Allows("string") || a.Allows("integer") && b.Allows("integer")
}
