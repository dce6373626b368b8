package mockserver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// A body may carry a member in another form than the record shows it: the id of what is shown as an object, a list of what
// is shown in pages, a number as text. Where nothing of what was sent is lost by it, the record has it in its own form.

// fitter gives values the form that a record has them in.
type fitter struct {
	u   *update
	t   *tx
	r   *spec.Resource
	src fixtures.Source
	// lost is an id that was sent of a record that is not there.
	lost *spec.Finding
}

// fitted is a record that breaks its schema with the members sent in the record's own form. Nil where that cannot be: the
// finding is of a reference to a record that is not there, unlike names a member that only its likeness to a property of the
// record speaks for, and its value against.
func (u *update) fitted(t *tx, s step, record []byte) (out []byte, unlike string, lost *spec.Finding) {
	r := s.key.resource
	sent, isObject := membersOf(s.patch)
	ms, _ := membersOf(record)
	if !isObject {
		return nil, "", nil
	}
	f := fitter{u: u, t: t, r: r, src: fixtures.NewSource(u.server.set.seed, "fit", r.Name, s.key.id)}
	changed := false
	for _, m := range sent {
		i, shown := findMember(ms, m.name), r.Schema.KindProperty(m.name)
		if i < 0 || shown == nil || holds(shown, ms[i].value) || relates(r, m.name) {
			continue
		}
		text, ok := f.fit(shown, ms[i].value, []string{m.name})
		switch {
		case ok:
			ms[i].value, changed = text, true
		case f.lost == nil && s.key == u.sub.key && u.media != nil && (u.media.SentName(m.name) != m.name || otherType(shown, m.value)):
			return nil, m.name, nil
		default:
			return nil, "", f.lost
		}
	}
	if !changed {
		return nil, "", nil
	}
	return joinMembers(ms), "", nil
}

// otherType reports whether a value, or one within it, is of a type that a schema has no room for.
func otherType(schema *spec.Schema, text []byte) bool {
	v, err := strictjson.Decode(text, wideOpen)
	return err == nil && schema.HasNoRoom(v)
}

// relates reports whether a member of a record is a reference to another, or a list of them.
func relates(r *spec.Resource, name string) bool {
	return slices.ContainsFunc(r.Relations, func(rel spec.Relation) bool {
		return rel.Path[0] == name && (len(rel.Path) == 1 || len(rel.Path) == 2 && rel.Path[1] == "*")
	})
}

// fit is a value in a form that a schema takes; at is where it stands in the record.
func (f *fitter) fit(schema *spec.Schema, text []byte, at []string) ([]byte, bool) {
	if holds(schema, text) {
		return text, true
	}
	if len(at) > maxShown || len(text) == 0 {
		return nil, false
	}
	switch text[0] {
	case '{':
		if out, ok := f.object(schema, text, at); ok && holds(schema, out) {
			return out, true
		}
		return f.row(schema, text, at)
	case '[':
		if out, ok := f.items(schema, text, at); ok {
			return out, true
		}
		return f.list(schema, text, at)
	}
	if out := otherNotation(text); out != nil && holds(schema, out) {
		return out, true
	}
	if out, ok := f.byID(schema, text, at); ok {
		return out, true
	}
	return f.row(schema, text, at)
}

// row is a list of the one value that was sent for it.
func (f *fitter) row(schema *spec.Schema, text []byte, at []string) ([]byte, bool) {
	rows := schema.Rows()
	if rows == nil || isNull(text) {
		return nil, false
	}
	one, ok := f.fit(rows, text, append(slices.Clone(at), "0"))
	if !ok {
		return nil, false
	}
	out := joinElements([][]byte{one})
	return out, holds(schema, out)
}

// otherNotation is a number or a boolean as text, or a text that is one as that; nil for anything else.
func otherNotation(text []byte) []byte {
	isBoolean := func(text string) bool { return text == "true" || text == "false" }
	if text[0] != '"' {
		if text[0] == '-' || text[0] >= '0' && text[0] <= '9' || isBoolean(string(text)) {
			return strictjson.Append(nil, string(text))
		}
		return nil
	}
	said := unquote(text)
	if isBoolean(said) {
		return []byte(said)
	}
	if _, err := strictjson.Decode([]byte(said), strictjson.Limits{}); err != nil || said[0] != '-' && (said[0] < '0' || said[0] > '9') {
		return nil
	}
	return []byte(said)
}

// object fits the members of an object, and makes those that it cannot be without.
func (f *fitter) object(schema *spec.Schema, text []byte, at []string) ([]byte, bool) {
	ms, _ := membersOf(text)
	for i, m := range ms {
		p := schema.KindProperty(m.name)
		if p == nil {
			continue
		}
		fits, ok := f.fit(p, m.value, append(slices.Clone(at), m.name))
		if !ok {
			return nil, false
		}
		ms[i].value = fits
	}
	return f.whole(schema, ms, at)
}

func (f *fitter) items(schema *spec.Schema, text []byte, at []string) ([]byte, bool) {
	rows := schema.Rows()
	if rows == nil {
		return nil, false
	}
	es, _ := elementsOf(text)
	for i := range es {
		fits, ok := f.fit(rows, es[i], append(slices.Clone(at), itoa(i)))
		if !ok {
			return nil, false
		}
		es[i] = fits
	}
	out := joinElements(es)
	return out, holds(schema, out)
}

// list puts an array into an object that shows it as the one page of a list.
func (f *fitter) list(schema *spec.Schema, text []byte, at []string) ([]byte, bool) {
	name, array := schema.ListMember()
	if array == nil {
		return nil, false
	}
	items, ok := f.items(array, text, append(slices.Clone(at), name))
	if !ok {
		return nil, false
	}
	es, _ := elementsOf(items)
	ms := []member{{name, items}}
	for _, p := range propertiesOf(schema) {
		var said []byte
		switch spec.HeaderRole(p.Name) {
		case spec.TotalRole, spec.CountRole:
			said = strconv.AppendInt(nil, int64(len(es)), 10)
		case spec.MoreRole:
			said = []byte("false")
		}
		if said != nil && holds(p.Schema, said) {
			ms = append(ms, member{p.Name, said})
		}
	}
	return f.whole(schema, ms, at)
}

// byID is what a record shows for the id of another: that record, as it is now, else an object with the id.
func (f *fitter) byID(schema *spec.Schema, text []byte, at []string) ([]byte, bool) {
	id := idOf(text)
	if id == "" {
		return nil, false
	}
	name := at[len(at)-1]
	if len(at) > 1 && name[0] >= '0' && name[0] <= '9' { // an item
		name = strings.TrimSuffix(at[len(at)-2], "s")
	}
	target, ids := f.r.Referred(schema, name)
	if target != nil {
		return f.related(target, schema, id, at)
	}
	ids = slices.DeleteFunc(ids, func(p spec.Property) bool { return !holds(p.Schema, text) })
	if len(ids) != 1 {
		return nil, false
	}
	return f.whole(schema, []member{{ids[0].Name, text}}, at)
}

// related is a record that an id names, as a schema shows it.
func (f *fitter) related(target *spec.Resource, schema *spec.Schema, id string, at []string) ([]byte, bool) {
	k := key{target, id}
	text, err := f.t.current(k)
	if err == nil && text == nil {
		hint := ""
		if first, _ := f.u.server.placeIn(f.t, target); first != "" {
			hint = fmt.Sprintf("%q is there", first)
		}
		f.lost = &spec.Finding{
			Rule: "relation", Level: spec.Should, Operation: f.u.op.ID, In: "body", Pointer: strictjson.Pointer(at...),
			Document: schema.Location, Expected: "the id of one of " + target.Name,
			Actual: spec.Clip(string(strictjson.Append(nil, id))), Hint: hint,
		}
	}
	if err != nil || text == nil {
		return nil, false
	}
	shown, err := f.u.server.show(f.t, k, text, schema, 0)
	return shown, err == nil && holds(schema, shown)
}

// whole is an object with what it cannot be without.
func (f *fitter) whole(schema *spec.Schema, ms []member, at []string) ([]byte, bool) {
	branches := [][]*spec.Schema{nil}
	for _, b := range slices.Concat(schema.OneOf, schema.AnyOf) {
		branches = append(branches, []*spec.Schema{b})
	}
	for _, branch := range branches {
		props, required := named(schema, branch)
		out := slices.Clone(ms)
		for _, p := range props {
			if findMember(out, p.Name) >= 0 || !slices.Contains(required, p.Name) || p.Schema.WriteOnly {
				continue
			}
			v, err := f.u.server.generator.Named(p.Schema, p.Name, f.src.Sub(strings.Join(at, "/")).Sub(p.Name))
			if err != nil {
				continue
			}
			out = append(out, member{p.Name, strictjson.Append(nil, v)})
		}
		if text := joinMembers(out); holds(schema, text) {
			return text, true
		}
	}
	return f.completed(schema, ms, at)
}

// completed is an object with members of one that is made as a whole: those that are required, else all that it has not.
// Several parts of a schema may each say something of a member.
func (f *fitter) completed(schema *spec.Schema, ms []member, at []string) ([]byte, bool) {
	v, err := f.u.server.generator.Value(schema, f.src.Sub(strings.Join(at, "/")))
	made, isObject := v.(strictjson.Object)
	if err != nil || !isObject {
		return nil, false
	}
	_, required := named(schema, nil)
	for _, all := range []bool{false, true} {
		out := slices.Clone(ms)
		for _, m := range made {
			if findMember(out, m.Name) < 0 && (all || slices.Contains(required, m.Name)) {
				out = append(out, member{m.Name, strictjson.Append(nil, m.Value)})
			}
		}
		if text := joinMembers(out); holds(schema, text) {
			return text, true
		}
	}
	return nil, false
}
