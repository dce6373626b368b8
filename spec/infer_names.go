package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// A body may call members otherwise than the record does: UniqueName, or uniqueName, for unique_name. The schema of the
// record in such a body has the record's names, and its values are judged as the body says them.

// calling is how a body calls members of a record.
type calling struct {
	body *Schema // with the body's names
	// said is the body's name of a property, property the other way round; both have only what is called otherwise.
	said, property map[string]string
}

// called is a schema of the record as a body has it, with the record's names: a property whose name differs from one of the
// record's in case and separators alone is that one, where each is like no other and none is named exactly so. Anything but
// one plain object stays as it is.
func (s *Schema) called(record *Schema) *Schema {
	if s == nil || record == nil || s == record || !s.isPlainObject() {
		return s
	}
	c := calling{body: s, said: map[string]string{}, property: map[string]string{}}
	own := record.everyName()
	for _, p := range s.Properties {
		name, sole := likeName(own, p.Name)
		if _, alone := likeName(namesOf(s.Properties), p.Name); !sole || !alone || slices.Contains(own, p.Name) {
			continue
		}
		c.said[name], c.property[p.Name] = p.Name, name
	}
	if len(c.said) == 0 {
		return s
	}
	return c.schema()
}

// isPlainObject reports whether a schema says what it says of objects by properties of a fixed name alone.
func (s *Schema) isPlainObject() bool {
	return len(s.Properties) > 0 && s.Allows("object") && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf)+len(s.PatternProperties) == 0 &&
		len(s.DependentRequired)+len(s.DependentSchemas) == 0 && s.Not == nil && s.If == nil && s.PropertyNames == nil &&
		s.Discriminator == nil && s.Const == nil && s.Enum == nil
}

// likeName is the one of some names that another is like, case and separators aside; false where none or several are.
func likeName(among []string, name string) (string, bool) {
	found, n := "", 0
	for _, other := range among {
		if flat(other) == flat(name) && flat(name) != "" {
			found = other
			n++
		}
	}
	return found, n == 1
}

func namesOf(props []Property) []string {
	var out []string
	for _, p := range props {
		out = append(out, p.Name)
	}
	return out
}

// everyName are the names of the properties that some kind of a schema's values has.
func (s *Schema) everyName() []string {
	out := namesOf(s.AllProperties())
	for _, k := range s.Kinds() {
		out = append(out, namesOf(k.AllProperties())...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// schema is the body's schema with the record's names.
func (c *calling) schema() *Schema {
	s := c.body
	out := &Schema{
		Title: s.Title, Description: s.Description, Types: s.Types, Location: s.Location, at: s.at, calling: c,
		MinProperties: s.MinProperties, MaxProperties: s.MaxProperties, AdditionalProperties: s.AdditionalProperties,
		UnevaluatedProperties: s.UnevaluatedProperties, ReadOnly: s.ReadOnly, WriteOnly: s.WriteOnly, Deprecated: s.Deprecated,
		Relation: s.Relation, Faker: s.Faker,
	}
	for _, p := range s.Properties {
		out.Properties = append(out.Properties, Property{c.toRecord(p.Name), p.Schema})
	}
	for _, name := range s.Required {
		out.Required = append(out.Required, c.toRecord(name))
	}
	for _, e := range s.Examples {
		e.Value = renamed(e.Value, c.toRecord)
		out.Examples = append(out.Examples, e)
	}
	if s.Default != nil {
		out.Default = new(renamed(*s.Default, c.toRecord))
	}
	return out
}

// toRecord is the record's name of what a body names.
func (c *calling) toRecord(name string) string {
	if property, other := c.property[name]; other {
		return property
	}
	return name
}

// toBody is the body's name of a property of the record.
func (c *calling) toBody(name string) string {
	if said, other := c.said[name]; other {
		return said
	}
	return name
}

// renamed is an object with other names; any other value is as it was.
func renamed(v any, name func(string) string) any {
	switch v := v.(type) {
	case strictjson.Object:
		out := make(strictjson.Object, 0, len(v))
		for _, m := range v {
			out = append(out, strictjson.Member{Name: name(m.Name), Value: m.Value})
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out[name(key)] = v[key]
		}
		return out
	}
	return v
}

// renamedPointer is a JSON pointer with another name in the place of its first one.
func renamedPointer(pointer string, name func(string) string) string {
	first, rest, deeper := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	if pointer == "" {
		return ""
	}
	out := strictjson.Pointer(name(strictjson.Unescape(first)))
	if deeper {
		out += "/" + rest
	}
	return out
}

// check is Check of a value that has the record's names.
func (c *calling) check(v any, dir Direction) ([]Finding, error) {
	fs, err := c.body.Check(renamed(v, c.toBody), dir)
	for i := range fs {
		fs[i].Pointer = renamedPointer(fs[i].Pointer, c.toRecord)
	}
	return fs, err
}

// calling is how bodies of the media type call members of the record; nil where they call them as the record does.
func (m *MediaType) calling() *calling {
	if m.Envelope == nil || m.Envelope.Record == nil {
		return nil
	}
	return m.Envelope.Record.calling
}

// Renames reports whether bodies call some member otherwise than the record does.
func (m *MediaType) Renames() bool { return m.calling() != nil }

// RecordName is the name of the record's property that a body's member is.
func (m *MediaType) RecordName(member string) string {
	if c := m.calling(); c != nil {
		return c.toRecord(member)
	}
	return member
}

// SentName is the inverse of RecordName.
func (m *MediaType) SentName(property string) string {
	if c := m.calling(); c != nil {
		return c.toBody(property)
	}
	return property
}

// SentPointer is the place in a body of what stands at a place of it by the record's names.
func (m *MediaType) SentPointer(pointer string) string {
	return m.repointed(pointer, (*calling).toBody)
}

// RecordPointer is the inverse of SentPointer.
func (m *MediaType) RecordPointer(pointer string) string {
	return m.repointed(pointer, (*calling).toRecord)
}

func (m *MediaType) repointed(pointer string, name func(*calling, string) string) string {
	c := m.calling()
	if c == nil {
		return pointer
	}
	above := m.recordAbove(pointer)
	inside, is := strings.CutPrefix(pointer, above+"/")
	if !is {
		return pointer
	}
	return above + renamedPointer("/"+inside, func(first string) string { return name(c, first) })
}

// recordAbove is the place of the record in a body that a pointer leads into: of several in a list, of that one.
func (m *MediaType) recordAbove(pointer string) string {
	above := strictjson.Pointer(m.RecordPath()...)
	if m.Envelope.List == nil {
		return above
	}
	list := strictjson.Pointer(m.Envelope.List.Path...) + "/"
	if inside, is := strings.CutPrefix(pointer, list); is {
		row, _, _ := strings.Cut(inside, "/")
		return list + row
	}
	return above
}

// Extract is the record in a body, with the record's names: the inverse of Enclose. False where the body has none.
func (m *MediaType) Extract(body any) (any, bool) {
	record, there := strictjson.Resolve(body, strictjson.Pointer(m.RecordPath()...))
	if c := m.calling(); c != nil && there {
		record = renamed(record, c.toRecord)
	}
	return record, there
}
