package mockserver

import (
	"bytes"
	"slices"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// write merges one step into its record and holds the result against the record's schema.
func (u *update) write(t *tx, s step) *answer {
	record, err := t.current(s.key)
	if err != nil {
		return new(u.server.unservable(u.op, err))
	}
	r := s.key.resource
	owner := ""
	if s.key == u.sub.key {
		owner = u.sub.owner()
	}
	merged, sure := u.apply(s, record, owner)
	if sure {
		t.write(s.key, merged, owner)
		return nil
	}
	fs, err := u.server.checkRecord(t.current, r, merged)
	if err != nil {
		return new(u.server.unservable(u.op, err))
	}
	if len(fs) > 0 { // perhaps for the form alone
		if f, name := u.placeless(s, fs); name != "" {
			return u.writeWithout(t, s, name, f.Document, "a member that the record has a place for",
				"it changes nothing: the body's schema allows members that it does not name, and the record's does not")
		}
		fits, unlike, lost := u.fitted(t, s, merged)
		if unlike != "" {
			return u.writeWithout(t, s, unlike, s.key.resource.Schema.KindProperty(unlike).Location,
				"a value that the record can show as "+unlike, "it changes nothing: nothing tells how one becomes the other")
		}
		if lost != nil {
			lost.Pointer = strictjson.Pointer(s.pointer...) + lost.Pointer
			return new(u.refuse(spec.Invalid, []spec.Finding{*lost}))
		}
		if fits != nil {
			if more, err := u.server.checkRecord(t.current, r, fits); err == nil && len(more) == 0 {
				merged, fs = fits, nil
			}
		}
	}
	if len(fs) > 0 {
		for i := range fs {
			fs[i].In, fs[i].Operation = "body", u.op.ID
			fs[i].Pointer = strictjson.Pointer(s.pointer...) + fs[i].Pointer
		}
		return new(u.refuse(reasonMerged, fs))
	}
	t.write(s.key, merged, owner)
	return nil
}

// writeWithout is write without a member that the record cannot have, and that the document does not say it has: what is
// guessed, or not named, refuses nothing.
func (u *update) writeWithout(t *tx, s step, name string, at spec.Location, expected, hint string) *answer {
	ms, _ := membersOf(s.patch)
	i := findMember(ms, name)
	u.x.notices = append(u.x.notices, spec.Finding{
		Rule: "ignored", Level: spec.Should, Operation: u.op.ID, In: "body",
		Pointer:  u.media.SentPointer(strictjson.Pointer(append(slices.Clone(s.pointer), name)...)),
		Document: at, Expected: expected, Actual: spec.Clip(string(ms[i].value)), Hint: hint,
	})
	s.patch, s.asSent = joinMembers(slices.Delete(ms, i, i+1)), false
	return u.write(t, s)
}

// placeless is the first member of a body that its schema does not name and the record has no place for, with the finding
// that says so; "" for none.
func (u *update) placeless(s step, fs []spec.Finding) (spec.Finding, string) {
	if s.key != u.sub.key || s.kind == patching || u.media == nil || u.form == nil || u.form == s.key.resource.Schema {
		return spec.Finding{}, ""
	}
	ms, _ := membersOf(s.patch)
	for _, f := range fs {
		i := slices.IndexFunc(ms, func(m member) bool { return strictjson.Pointer(m.name) == f.Pointer })
		unnamed := f.Rule == "additionalProperties" || f.Rule == "unevaluatedProperties"
		if i >= 0 && unnamed && bodyProperty(u.form, ms[i].name) == nil {
			return f, ms[i].name
		}
	}
	return spec.Finding{}, ""
}

// kindOf is the kind of record that a text is by its schema: the schema itself where it has no kinds.
func kindOf(record *spec.Schema, text []byte) *spec.Schema {
	if text == nil || record.Kinds() == nil {
		return record
	}
	v, err := strictjson.Decode(text, wideOpen)
	if err != nil {
		return record
	}
	return record.Kind(v, spec.Out)
}

// apply makes the record's new text, and tells whether that surely keeps the record's schema.
func (u *update) apply(s step, record []byte, owner string) (text []byte, sure bool) {
	r := s.key.resource
	if _, isObject := scanMembers(s.patch); !isObject {
		return s.patch, false // to be refused by the record's schema
	}
	if s.kind == merging && record != nil {
		if plain, sure := u.mergesPlainly(r, record, s); plain {
			return mergePatch(record, s.patch), sure && r.StandsAlone()
		}
	}
	var ms []member
	switch {
	case record == nil:
		ms = u.whole(s.key, s.patch, nil, owner)
	case s.kind == replacing:
		ms = u.replaced(s, record, owner)
	case s.kind == patching:
		ms, _ = membersOf(s.patch)
	default:
		ms, _ = membersOf(mergePatch(record, s.patch))
		ms = nulled(kindOf(r.Schema, record), ms, s.patch)
	}
	if record != nil {
		ms = staying(r, ms, record)
	}
	return joinMembers(u.stamped(s, ms, record)), false
}

// replaced is a record with another in its place: what stays is what the kind of record has that it was, where the new one
// is of that kind, else what every kind has.
func (u *update) replaced(s step, record []byte, owner string) []member {
	r := s.key.resource
	ms := u.whole(s.key, s.patch, u.kept(r.Schema, record, s.patch), owner)
	was := kindOf(r.Schema, record)
	if was == r.Schema || kindOf(r.Schema, joinMembers(ms)) != was {
		return ms
	}
	return u.whole(s.key, s.patch, u.kept(was, record, s.patch), owner)
}

// mergesPlainly reports whether a merge leaves nothing to put back: the patch removes nothing and gives no other id, and
// of the record nothing is the server's to say, nor whom it belongs to. Sure is a plain merge whose members are all known
// to be as the record's schema wants them.
func (u *update) mergesPlainly(r *spec.Resource, record []byte, s step) (plain, sure bool) {
	if r.Parent != nil || u.server.views.reserves(r.Schema) || !u.server.stampsOf(r).none() {
		return false, false
	}
	var judge *spec.Merge
	if s.asSent {
		judge = r.Schema.Merge(u.keeps)
	}
	sure = judge != nil
	sent, _ := scanMembers(s.patch)
	for sent.next() {
		if isNull(sent.value()) || sent.is(r.ID.Member()) && !bytes.Equal(sent.value(), memberAt(record, r.ID.Member())) {
			return false, false
		}
		sure = sure && judge.Sure(plainName(sent.name), sent.value())
	}
	return true, sure
}

// whole is a record with its id first: the members sent, those that stay, and what else it needs.
func (u *update) whole(k key, sent []byte, stay []member, owner string) []member {
	r := k.resource
	var ms []member
	id := strictjson.Append(nil, fixtures.IDValue(r, k.id))
	if r.ID.Own() {
		ms = withID(ms, r.ID, id)
	}
	body, _ := membersOf(sent)
	for _, m := range append(body, stay...) {
		p := r.Schema.Property(m.name)
		if findMember(ms, m.name) >= 0 || isNull(m.value) && p != nil && !holds(p, m.value) {
			continue
		}
		ms = append(ms, m)
	}
	ms = setID(ms, r.ID, id)
	if owner == "" && r.Parent != nil && namedOwner(r, sent) == "" {
		owner, _ = u.server.placeIn(u.in, r.Parent.Resource)
	}
	if v, is := fixtures.OwnerValue(r, owner); is && namedOwner(r, joinMembers(ms)) == "" {
		ms = setID(ms, r.Parent.ID, strictjson.Append(nil, v))
	}
	u.completeHolder(k, ms)
	return appended(ms, u.server.store.dataset.Additions(r, k.id, objectOf(ms)))
}

// completeHolder gives the object that holds a record's id, where one does, what it needs besides.
func (u *update) completeHolder(k key, ms []member) {
	i := findMember(ms, k.resource.ID.Member())
	if i < 0 || k.resource.ID.Own() {
		return
	}
	if held, isObject := membersOf(ms[i].value); isObject {
		ms[i].value = joinMembers(appended(held, u.server.store.dataset.HeldAdditions(k.resource, k.id, objectOf(held))))
	}
}

// objectOf are members as values.
func objectOf(ms []member) strictjson.Object {
	out := strictjson.Object{}
	for _, m := range ms {
		if v, err := strictjson.DecodeOrdered(m.value, wideOpen); err == nil {
			out = append(out, strictjson.Member{Name: m.name, Value: v})
		}
	}
	return out
}

func appended(ms []member, more strictjson.Object) []member {
	for _, m := range more {
		ms = append(ms, member{m.Name, strictjson.Append(nil, m.Value)})
	}
	return ms
}

// kept are the members of a record that stay when it is replaced: those that are the server's to say, those that nobody
// is shown, and those that the body has no place for or the record cannot be without.
func (u *update) kept(kind *spec.Schema, record, sent []byte) []member {
	schema := u.form
	old, _ := membersOf(record)
	return slices.DeleteFunc(old, func(m member) bool {
		p := kind.Property(m.name)
		needed := slices.Contains(requiredOf(kind), m.name)
		if memberAt(sent, m.name) != nil || p == nil {
			return memberAt(sent, m.name) != nil || !needed
		}
		closed := schema != nil && len(propertiesOf(schema)) > 0 && bodyProperty(schema, m.name) == nil
		return !(isReadOnly(p) || isReadOnly(bodyProperty(schema, m.name)) || p.WriteOnly || closed || needed)
	})
}

// requiredOf are the names that a schema requires by itself or by what it is composed of.
func requiredOf(s *spec.Schema) []string {
	_, required := named(s, nil)
	return required
}

// staying puts back what an update cannot take away: the id, what is readOnly, and whom the record belongs to.
func staying(r *spec.Resource, ms []member, record []byte) []member {
	old, _ := membersOf(record)
	for _, m := range old {
		p := r.Schema.Property(m.name)
		if isReadOnly(p) {
			ms = setMember(ms, m.name, m.value)
		}
	}
	ms = setID(holding(r, ms, record), r.ID, idAt(record, r.ID))
	if r.Parent != nil && lacksID(ms, r.Parent.ID) {
		ms = setID(ms, r.Parent.ID, idAt(record, r.Parent.ID))
	}
	return ms
}

// holding puts back what an update cannot take away of the object that holds the id: what is readOnly in it.
func holding(r *spec.Resource, ms []member, record []byte) []member {
	holder := r.ID.Holder(r.Schema)
	if holder == nil {
		return ms
	}
	old, _ := membersOf(memberAt(record, r.ID.Member()))
	i := findMember(ms, r.ID.Member())
	if i < 0 {
		i, ms = len(ms), append(ms, member{r.ID.Member(), []byte("{}")})
	}
	held, _ := membersOf(ms[i].value)
	for _, m := range old {
		if isReadOnly(holder.Property(m.name)) {
			held = setMember(held, m.name, m.value)
		}
	}
	ms[i].value = joinMembers(held)
	return ms
}

// nulled keeps null where a merge patch sets a member to it that the record may not be without: removing it, as RFC 7396
// says, would make no record.
func nulled(kind *spec.Schema, ms []member, patch []byte) []member {
	sent, _ := membersOf(patch)
	for _, m := range sent {
		if !isNull(m.value) || findMember(ms, m.name) >= 0 || !slices.Contains(requiredOf(kind), m.name) {
			continue
		}
		if p := kind.Property(m.name); p != nil && holds(p, m.value) {
			ms = append(ms, m)
		}
	}
	return ms
}
