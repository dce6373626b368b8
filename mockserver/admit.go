package mockserver

import (
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// isReadOnly reports whether a property is the server's to say.
func isReadOnly(s *spec.Schema) bool {
	return s != nil && (s.ReadOnly || slices.ContainsFunc(s.AllOf, func(part *spec.Schema) bool { return part.ReadOnly }))
}

// admit leaves out of a body what its record does not take from it: members that are readOnly, and those that the body's
// schema names for the server's eyes only, which the record has no place for.
func (u *update) admit(body []byte) []byte {
	r := u.sub.key.resource
	var schema *spec.Schema
	if u.kind != patching {
		schema = u.form
	}
	if schema == r.Schema && !u.server.views.reserves(schema) {
		return body // of which every member is the record's too
	}
	ms, ok := membersOf(body)
	if !ok {
		return body
	}
	kept := ms[:0]
	for _, m := range ms {
		own, named := r.Schema.Property(m.name), u.asked(schema, m.name)
		switch {
		case r.ID.Is(m.name):
		case isReadOnly(own), isReadOnly(named):
			continue
		case own == nil && named != nil && schema != r.Schema && !slices.ContainsFunc(propertiesOf(r.Schema),
			func(p spec.Property) bool { return p.Name == m.name }):
			continue
		case own != nil:
			m.value = withoutReadOnly(own, named, m.value, 0)
		}
		kept = append(kept, m)
	}
	return joinMembers(kept)
}

// asked is the schema by which the request carries a member: that of the body, or of a parameter for a change by query.
func (u *update) asked(schema *spec.Schema, name string) *spec.Schema {
	if schema != nil {
		return bodyProperty(schema, name)
	}
	for _, f := range u.op.Changes(u.sub.key.resource) {
		if f.Value.Name() == name {
			return f.Param.Schema
		}
	}
	return nil
}

func bodyProperty(schema *spec.Schema, name string) *spec.Schema {
	if schema == nil {
		return nil
	}
	for _, p := range propertiesOf(schema) {
		if p.Name == name {
			return p.Schema
		}
	}
	return nil
}

// withoutReadOnly leaves out the readOnly members of objects within a value, but for those that the body has to have: what
// stands within a record may name another record, by an id that is readOnly in that one. own is the record's schema of the
// value, sent the body's; nil where there is none.
func withoutReadOnly(own, sent *spec.Schema, text []byte, depth int) []byte {
	ms, ok := membersOf(text)
	if !ok || depth > maxShown {
		return text
	}
	kept := ms[:0]
	for _, m := range ms {
		p, asked := own.Property(m.name), bodyProperty(sent, m.name)
		if isReadOnly(p) && !mayRequire(own, m.name) && (asked == nil || isReadOnly(asked) && !mayRequire(sent, m.name)) {
			continue
		}
		if p != nil {
			m.value = withoutReadOnly(p, asked, m.value, depth+1)
		}
		kept = append(kept, m)
	}
	return joinMembers(kept)
}

// mayRequire reports whether a schema, or one of its kinds, demands a member.
func mayRequire(s *spec.Schema, name string) bool {
	return s != nil && (requires(s, name) || slices.ContainsFunc(s.Kinds(), func(kind *spec.Schema) bool { return requires(kind, name) }))
}
