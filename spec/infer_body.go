package spec

import (
	"slices"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// enclose finds the record in each body that an operation takes to make or to change one.
func (o *Operation) enclose(r *Resource) {
	if o.Body == nil {
		return
	}
	for _, m := range o.Body.Content {
		if !m.IsPatch() {
			m.Envelope = o.carrier(m.Schema, r.sought())
			if as := m.Schema.called(r.Schema); m.Envelope == nil && as != m.Schema {
				m.Envelope = &Envelope{Record: as}
			}
		}
	}
}

// sought is the record that is looked for in a body.
type sought struct {
	schema     *Schema
	id         IDPlace
	param      *Parameter
	collection string // its name
}

func (r *Resource) sought() sought {
	return sought{r.Schema, r.ID, r.IDParam, pathName(r.collection)}
}

// sentRecord is the schema by which a body that may make or change a record carries it; nil without a body.
func (o *Operation) sentRecord(record sought) *Schema {
	s := o.bodySchema()
	if e := o.carrier(s, record); e != nil {
		return e.Record
	}
	return s.called(record.schema)
}

// carrier is where a body carries the record, nil where it is the record itself.
func (o *Operation) carrier(s *Schema, record sought) *Envelope {
	if e := o.findSent(s, record); e != nil {
		return e
	}
	return o.sentRow(s, record)
}

// findSent looks for the one member of a body that carries the record: named as in the answer, or the only one. A body
// with a member of the record's own is the record itself, and so is every other of which it is not sure: nil.
func (o *Operation) findSent(s *Schema, record sought) *Envelope {
	if s == nil || s == record.schema || len(s.objectBranches()) > 0 || s.Kinds() != nil {
		return nil
	}
	members := s.plainProperties()
	if len(members) == 0 || slices.ContainsFunc(members, func(p Property) bool { return record.schema.KindProperty(p.Name) != nil }) {
		return nil
	}
	shown := ""
	if _, res := o.SuccessResponse(); res != nil {
		if e, _ := findEnvelope(res, record.param, record.collection, nil); e != nil && len(e.Path) > 0 {
			shown = e.Path[len(e.Path)-1]
		}
	}
	var found *Envelope
	for _, p := range members {
		inner := p.Schema
		if sole := inner.objectBranches(); len(sole) == 1 { // a record, or null
			inner = sole[0]
		}
		if !record.isIn(p.Name, inner, p.Name == shown, len(members) == 1) {
			if slices.Contains(s.requiredNames(), p.Name) {
				return nil // what else must be sent is no part of a record's wrapping
			}
			continue
		}
		if found != nil {
			return nil
		}
		found = &Envelope{Path: []string{p.Name}, Record: p.Schema.called(record.schema)}
	}
	return found
}

// requiredNames are the members that a schema, or what it is composed of, requires.
func (s *Schema) requiredNames() []string {
	out := slices.Clone(s.Required)
	for _, part := range s.AllOf {
		out = append(out, part.requiredNames()...)
	}
	return out
}

// telling is how many members besides its id a body's only member must have of a record whose name it has not.
const telling = 3

// isIn reports whether a member of a body is what carries the record: shown says that it is named as in the answer, sole
// that the body has no other.
func (w sought) isIn(name string, s *Schema, shown, sole bool) bool {
	if s.Never || s.ReadOnly || !s.Allows("object") || len(s.AllProperties()) == 0 && s.Kinds() == nil {
		return false
	}
	if s == w.schema {
		return true
	}
	names, common := 0, 0
	for _, p := range s.AllProperties() {
		if w.id.Is(p.Name) {
			continue
		}
		names++
		if w.schema.KindProperty(p.Name) != nil {
			common++
		}
	}
	switch {
	case shown:
		return common > 0
	case !sole || 2*common <= names:
		return false
	}
	return wraps(name, w.collection) || common >= telling
}

// RecordSchema is the schema of the record in a body: that of the whole body where it is not wrapped.
func (m *MediaType) RecordSchema() *Schema {
	if m.Envelope != nil {
		return m.Envelope.Record
	}
	return m.Schema
}

// Enclose is a record as a body of the media type carries it.
func (m *MediaType) Enclose(record any) any {
	if c := m.calling(); c != nil {
		record = renamed(record, c.toBody)
	}
	path := m.RecordPath()
	if m.Envelope != nil && m.Envelope.List != nil {
		record, path = []any{record}, m.Envelope.List.Path
	}
	for _, name := range slices.Backward(path) {
		record = strictjson.Object{{Name: name, Value: record}}
	}
	return record
}

// RecordPath leads from a body to the record in it: empty where the body is the record.
func (m *MediaType) RecordPath() []string {
	if m.Envelope == nil {
		return nil
	}
	return m.Envelope.Path
}

// BodyRecord is the schema of the record in the operation's body; nil without a body.
func (o *Operation) BodyRecord() *Schema {
	if o.Body == nil {
		return nil
	}
	if m := Media(o.Body.Content); m != nil {
		return m.RecordSchema()
	}
	return nil
}
