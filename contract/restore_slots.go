package contract

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// slots are the values of a record that are put back one by one, as plain values: a property by its name, relations
// as ids. A member of the related record that a relation shows is "relation/member". Names are escaped as in JSON
// pointers.
type slots map[string]any

func slotName(segments ...string) string { return strictjson.Pointer(segments...)[1:] }

func slotSegments(slot string) []string {
	out := strings.Split(slot, "/")
	for i, s := range out {
		out[i] = strictjson.Unescape(s)
	}
	return out
}

// layout is how the records of a resource are read and written.
type layout struct {
	resource *spec.Resource
	reader   *spec.Operation // nil where records cannot be read without changing them
	query    string          // of the reader, so that related records are shown
	writer   *spec.Operation // nil where no operation updates
	body     *spec.Schema    // of the writer
	secret   []string        // properties that can be written and not read
}

func layoutOf(res *spec.Resource) *layout {
	l := &layout{resource: res}
	for _, op := range res.Operations {
		updates := isUpdate(op) && writtenSchema(op) != nil
		switch {
		case op.Action == spec.ActionGet && l.reader == nil:
			l.reader = op
		case updates && (l.writer == nil || l.writer.Action == spec.ActionReplace && op.Action == spec.ActionMerge):
			l.writer = op
		}
	}
	if l.writer == nil {
		return l
	}
	if l.reader == nil && l.writer.Action == spec.ActionMerge {
		l.reader = l.writer // an update that changes nothing
	}
	l.body = writtenSchema(l.writer)
	for _, p := range everyProperty(l.body) {
		if p.Schema.WriteOnly {
			l.secret = append(l.secret, p.Name)
		}
	}
	if l.reader != nil && l.reader.Unfold != nil && len(res.Relations) > 0 && validText(l.reader.Unfold, "1") {
		l.query = queryOf(l.reader.Unfold, "1")
	}
	return l
}

// serverOnly reports whether a property is none that an update sets: the id, and what only the server writes.
func (l *layout) serverOnly(name string) bool {
	if l.resource.ID.Is(name) {
		return true
	}
	for _, s := range []*spec.Schema{l.resource.Schema.KindProperty(name), l.body.KindProperty(name)} {
		if s != nil && (isReadOnly(s) || s.WriteOnly || s.Never) {
			return true
		}
	}
	return false
}

// lone is the relation that a property is by itself, nil when it is none or a list.
func lone(r *spec.Resource, name string) *spec.Relation {
	if rel := relationOf(r, name); rel != nil && len(rel.Path) == 1 {
		return rel
	}
	return nil
}

// of are the slots of a record, or of the members that an update sends.
func (l *layout) of(members map[string]any) slots {
	out := slots{}
	for name, v := range members {
		if l.serverOnly(name) {
			continue
		}
		rel := lone(l.resource, name)
		object, isObject := v.(map[string]any)
		if rel == nil || !isObject {
			out[slotName(name)] = byID(l.resource, name, v)
			continue
		}
		for member, mv := range object {
			s := rel.Target.Schema.Property(member)
			switch {
			case rel.Target.ID.Holds(member):
				out[slotName(name)], _ = rel.Target.ID.Of(object)
			case s == nil || !isReadOnly(s) && !s.WriteOnly:
				out[slotName(name, member)] = byID(rel.Target, member, mv)
			}
		}
	}
	return out
}

// byID is a property's value with every related record in it as its id.
func byID(r *spec.Resource, name string, v any) any {
	for i := range r.Relations {
		if rel := &r.Relations[i]; len(rel.Path) > 0 && rel.Path[0] == name {
			v = idAt(rel, rel.Path[1:], v)
		}
	}
	return v
}

func idAt(rel *spec.Relation, path []string, v any) any {
	switch here := v.(type) {
	case map[string]any:
		if len(path) == 0 {
			if id := referenceID(rel, here); id != "" {
				shown, _ := rel.Target.ID.Of(here)
				return reference(rel, shown)
			}
			return v
		}
		if inner, there := here[path[0]]; there {
			here = maps.Clone(here)
			here[path[0]] = idAt(rel, path[1:], inner)
		}
		return here
	case []any:
		if len(path) > 0 && path[0] == "*" {
			here = slices.Clone(here)
			for i := range here {
				here[i] = idAt(rel, path[1:], here[i])
			}
		}
		return here
	}
	return v
}

// reference is a related record's id in the form that the relation takes.
func reference(rel *spec.Relation, id any) any {
	if rel.IDAllowed || !rel.ObjectAllowed || id == nil {
		return id
	}
	return strictjson.Plain(idBody(rel.Target, id))
}

// schema is what a slot's values are described by; nil for members that the document does not name.
func (l *layout) schema(slot string) *spec.Schema {
	names := slotSegments(slot)
	if len(names) == 2 {
		if rel := lone(l.resource, names[0]); rel != nil {
			return rel.Target.Schema.Property(names[1])
		}
		return nil
	}
	if s := l.body.KindProperty(names[0]); s != nil {
		return s
	}
	return l.resource.Schema.KindProperty(names[0])
}

// declared reports whether the update's body names the property of a slot.
func (l *layout) declared(slot string) bool { return l.body.KindProperty(slotSegments(slot)[0]) != nil }

// update is the body that sets slots. A member of a related record comes in an object that carries the record's id.
func (l *layout) update(values slots, taken slots) strictjson.Object {
	out := strictjson.Object{}
	for _, slot := range l.sorted(values) {
		names := slotSegments(slot)
		rel := lone(l.resource, names[0])
		if len(names) == 1 {
			v := values[slot]
			if rel != nil {
				v = reference(rel, v)
			}
			out = out.With(names[0], v)
			continue
		}
		object, _ := strictjson.Plain(idBody(rel.Target, taken[slotName(names[0])])).(map[string]any)
		if before, there := out.Get(names[0]); there {
			if o, isObject := before.(map[string]any); isObject {
				object = o
			}
		}
		object[names[1]] = values[slot]
		out = out.With(names[0], object)
	}
	return out
}

// sorted are the names of slots: in the order of the document, others after it, a relation before what is below it.
func (l *layout) sorted(values slots) []string {
	place := map[string]int{}
	for i, p := range everyProperty(l.body) {
		place[p.Name] = i + 1
	}
	names := slices.Sorted(maps.Keys(values))
	rank := func(slot string) int {
		if n := place[slotSegments(slot)[0]]; n > 0 {
			return n
		}
		return len(place) + 1
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

// same reports whether two values of a slot are the same to people: as JSON, or as an instant. Absent and null are the
// same to a merge patch.
func (l *layout) same(slot string, a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	s := l.schema(slot)
	return sameValue(s, a, b) && sameValue(s, b, a)
}

// mayBeNull reports whether the document lets an update set a slot to null, which removes it.
func (l *layout) mayBeNull(slot string) bool {
	if s := l.schema(slot); s != nil {
		return s.Valid(nil, spec.In)
	}
	return l.writer.Action == spec.ActionMerge
}

// sent are the slots that a request sets. unclear: it may also have removed any property, by what cannot be told.
func (l *layout) sent(req Request) (values slots, unclear bool) {
	if req.Operation == nil || req.Operation.Action == spec.ActionGet {
		switch req.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
			return nil, false
		}
		return nil, true
	}
	if len(req.Body) == 0 {
		return nil, req.Operation.Action != spec.ActionMerge
	}
	members := sentMembers(req)
	return l.of(members), members == nil || req.Operation.Action != spec.ActionMerge
}

// blind are the properties that a request sets and nobody can read.
func (l *layout) blind(req Request) []string {
	if len(l.secret) == 0 || len(req.Body) == 0 {
		return nil
	}
	members := sentMembers(req)
	return slices.DeleteFunc(slices.Clone(l.secret), func(name string) bool {
		_, sent := members[name]
		return !sent
	})
}

// looseMembers are the members that even a careless server may find in a body; nil when it is no object. Of malformed
// text they are those before the fault.
func looseMembers(text []byte) map[string]any {
	v, err := strictjson.Decode(text, answerLimits)
	if err == nil {
		members, _ := v.(map[string]any)
		return members
	}
	members := leadingMembers(string(text))
	if len(members) == 0 {
		members = leadingMembers(strings.ReplaceAll(string(text), "'", `"`))
	}
	return members
}

func leadingMembers(text string) map[string]any {
	d := jsontext.NewDecoder(strings.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return nil
	}
	var out map[string]any
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		key := name.String()
		raw, err := d.ReadValue()
		if err != nil {
			break
		}
		if v, err := strictjson.Decode(raw, answerLimits); err == nil {
			if out == nil {
				out = map[string]any{}
			}
			out[key] = v
		}
	}
	return out
}

// merged is what a merge patch makes of a value.
func merged(now, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out := map[string]any{}
	if o, ok := now.(map[string]any); ok {
		maps.Copy(out, o)
	}
	for name, v := range changes {
		if v == nil {
			delete(out, name)
			continue
		}
		out[name] = merged(out[name], v)
	}
	return out
}

// unmerge is the patch that takes an object back to what it was by removing, with null, what came to be in it.
func unmerge(now, was any) any {
	n, ok1 := now.(map[string]any)
	w, ok2 := was.(map[string]any)
	if !ok1 || !ok2 {
		return was
	}
	out := maps.Clone(w)
	for name, v := range n {
		before, had := w[name]
		if !had {
			out[name] = nil
		} else {
			out[name] = unmerge(v, before)
		}
	}
	return out
}

// telling reports whether a value is long enough that nobody else would have set the very same.
func telling(v any) bool {
	if _, isNumber := v.(json.Number); isNumber || v == nil {
		return false
	}
	const long = 10
	return len(strictjson.Append(nil, v)) >= long
}

// sideEffects are what updates of the resource do that nothing can undo.
func (l *layout) sideEffects() []string {
	var out []string
	var drifts []string
	for _, p := range everyProperty(l.resource.Schema) {
		if isReadOnly(p.Schema) && !l.resource.ID.Is(p.Name) {
			drifts = append(drifts, p.Name)
		}
	}
	if len(drifts) > 0 {
		out = append(out, l.resource.Name+": only the server writes "+joinNames(drifts)+
			": where updates move it, nothing can move it back")
	}
	if len(l.secret) > 0 {
		out = append(out, l.resource.Name+": "+joinNames(l.secret)+" cannot be read, so it cannot be put back")
	}
	return out
}
