package contract

import (
	"slices"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// kindFor is the kind of body in which changes of a record are sent: one that has them, else one that has most of what
// the record is. The schema itself where it has no kinds.
func kindFor(s *spec.Schema, now map[string]any, changes strictjson.Object) *spec.Schema {
	best, most := s, 0
	for i, k := range s.Kinds() {
		if n := likeness(k, now, changes); i == 0 || n > most {
			best, most = k, n
		}
	}
	return best
}

// The weights of what speaks for a kind: a change counts more than all that the record has.
const (
	changeFits   = 1000
	memberFits   = 2
	memberLacks  = 3
	wordOfOthers = 100
)

// likeness says how well changes, and a record as it is, go into a kind of body.
func likeness(k *spec.Schema, now map[string]any, changes strictjson.Object) int {
	n := 0
	for _, m := range changes {
		p := k.Property(m.Name)
		switch {
		case p != nil && p.Valid(strictjson.Plain(m.Value), spec.In):
			n += changeFits
		case p != nil && isWord(p):
			n -= changeFits
		}
	}
	for _, p := range k.AllProperties() {
		v, there := now[p.Name]
		switch {
		case there && p.Schema.Valid(v, spec.In):
			n += memberFits
		case there && isWord(p.Schema):
			n -= wordOfOthers
		}
	}
	for _, name := range requiredOf(k) {
		if _, there := now[name]; !there {
			n -= memberLacks
		}
	}
	return n
}

// isWord reports whether a property's values are one or few, by which kinds are told apart.
func isWord(s *spec.Schema) bool { return s.Const != nil || len(s.Enum) > 0 }

// everyProperty lists the properties of a schema, and those that only some of its kinds have; of one name the first.
func everyProperty(s *spec.Schema) []spec.Property {
	out := s.AllProperties()
	if s.Kinds() == nil {
		return out
	}
	out = slices.Clone(out)
	for _, k := range s.Kinds() {
		for _, p := range k.AllProperties() {
			if !slices.ContainsFunc(out, func(o spec.Property) bool { return o.Name == p.Name }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// canHave reports whether a value can be that of a property, by some kind of a schema that has it.
func canHave(s *spec.Schema, name string, v any, dir spec.Direction) bool {
	if p := s.Property(name); p != nil {
		return p.Valid(v, dir)
	}
	return slices.ContainsFunc(s.Kinds(), func(k *spec.Schema) bool {
		p := k.Property(name)
		return p != nil && p.Valid(v, dir)
	})
}

// kindred is a record that is of the same kind after an update with a case's body as before, and that body; false where
// there is none. What makes another kind of a record is for the server to take or not.
func (p *probe) kindred(op *spec.Operation, body any) (string, any, bool) {
	first := p.firstID(op)
	for _, id := range p.r.knownTo(op, op.Resource) {
		own := p.ownRecords(op, id, body)
		if id == first && op.Resource.Schema.Kinds() == nil || keepsKind(op, p.current(op, id), own) {
			return id, own, true
		}
	}
	return first, nil, false
}

// kindTakes reports whether the record that checks work on can have a value as the kind of record it was when last seen.
func (p *probe) kindTakes(op *spec.Operation, name string, v any) bool {
	if op.Resource == nil || op.Resource.Schema.Kinds() == nil || len(p.r.target.IDs[op.Resource.Name]) == 0 {
		return true
	}
	last := p.r.recordFor(recordKey{op.Resource, p.r.firstOf(op, op.Resource)}).last
	return keepsKind(op, last, one(name, v))
}

// ofOneKind reports whether one kind of record can have all members of a body that any kind has.
func ofOneKind(record *spec.Schema, body strictjson.Object) bool {
	kinds := record.Kinds()
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(k *spec.Schema) bool { return holdsMembers(record, k, body) })
}

// holdsMembers reports whether a kind of record can have all members of a body that any kind has.
func holdsMembers(record, kind *spec.Schema, body strictjson.Object) bool {
	return !slices.ContainsFunc(body, func(m strictjson.Member) bool {
		own := kind.Property(m.Name)
		if own == nil {
			return record.KindProperty(m.Name) != nil
		}
		return !isReadOnly(own) && !own.Valid(strictjson.Plain(m.Value), spec.Out)
	})
}

// keepsKind reports whether a record is of the same kind after an update with a body as it was before.
func keepsKind(op *spec.Operation, now map[string]any, body any) bool {
	o, isObject := body.(strictjson.Object)
	record := op.Resource.Schema
	kind := kindOf(record, now)
	if !isObject || kind == nil {
		return true
	}
	if !holdsMembers(record, kind, o) {
		return false
	}
	if op.Action != spec.ActionReplace || len(o) == 1 { // one member is a change of what is there
		return true
	}
	return !slices.ContainsFunc(requiredOf(kind), func(name string) bool {
		_, sent := o.Get(name)
		sendable := bodySchema(op).KindProperty(name)
		return !sent && sendable != nil && !isReadOnly(sendable) && !isReadOnly(kind.Property(name))
	})
}

// completed gives changes what their body must have besides, with values that the record has: members that a body may
// leave out are left out.
func completed(s *spec.Schema, changes strictjson.Object, now map[string]any) strictjson.Object {
	kind := kindFor(s, now, changes)
	out := withUndescribed(kind, changes, now)
	for _, prop := range kind.AllProperties() {
		v, there := now[prop.Name]
		if _, sent := out.Get(prop.Name); there && !sent && !isReadOnly(prop.Schema) {
			out = out.With(prop.Name, v)
		}
	}
	for _, m := range out {
		if _, asked := changes.Get(m.Name); asked {
			continue
		}
		if without := withoutMember(out, m.Name); s.Valid(strictjson.Plain(without), spec.In) {
			out = without
		}
	}
	return out
}

// withUndescribed is a body with what its kind requires and describes nowhere, as the record has it.
func withUndescribed(kind *spec.Schema, body strictjson.Object, now map[string]any) strictjson.Object {
	for _, name := range requiredOf(kind) {
		v, there := now[name]
		if _, sent := body.Get(name); there && !sent && kind.Property(name) == nil {
			body = body.With(name, v)
		}
	}
	return body
}

// kindOf is the kind that a record is of; nil where its schema has no kinds, or none is the record's.
func kindOf(record *spec.Schema, now map[string]any) *spec.Schema {
	if len(record.Kinds()) == 0 || len(now) == 0 {
		return nil
	}
	if kind := record.Kind(now, spec.Out); kind != record {
		return kind
	}
	return nil
}

// fittingRecord is a record of a kind that can have all members of a body, those too that are the server's to say, and that
// body; false where there is none.
func (p *probe) fittingRecord(op *spec.Operation, body any) (string, any, bool) {
	for _, id := range p.r.knownTo(op, op.Resource) {
		own := p.ownRecords(op, id, body)
		if kind := kindOf(op.Resource.Schema, p.current(op, id)); kind == nil || everyMemberFits(kind, own) {
			return id, own, true
		}
	}
	return "", nil, false
}

// everyMemberFits reports whether a kind of record can have all members of a body that it names, those too that are the
// server's to say: some kinds are told apart by nothing else.
func everyMemberFits(kind *spec.Schema, body any) bool {
	o, _ := body.(strictjson.Object)
	return !slices.ContainsFunc(o, func(m strictjson.Member) bool {
		v := strictjson.Plain(m.Value)
		return slices.ContainsFunc(propertiesOfParts(kind, m.Name), func(own *spec.Schema) bool { return !own.Valid(v, spec.Out) })
	})
}
