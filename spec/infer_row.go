package spec

import (
	"net/http"
	"slices"
	"strings"
)

// Some documents show the record that a path names as a list of one, and take it so: {"things": [{...}]}. That is believed
// of item paths only where the rest of the document fits it, for a list at the end of a path may as well be of what belongs to
// the record that the path names; and of collections, which take as many as they are sent, where the answer lists them too.

// byRow makes a resource of an item path that shows its record as a list of one and has a method that ends it or takes members of it.
func (in *inferrer) byRow(o *Operation) {
	collection, name, param, ok := itemPath(o.Shape())
	if !ok || o.Method != http.MethodGet || in.items[o.Shape()] != nil {
		return
	}
	_, res := o.SuccessResponse()
	env, id := findRow(o, res, o.pathParam(param), name)
	if env != nil && in.doc.writes(o.Shape(), sought{env.Record, id, o.pathParam(param), name}) {
		in.add(collection, o.pathParam(param), env.Record, id)
	}
}

// writes reports whether a path has a method that ends a record, or that takes members of it.
func (d *Document) writes(path string, record sought) bool {
	return slices.ContainsFunc(d.Operations, func(o *Operation) bool {
		if o.Shape() != path || !o.writes() {
			return false
		}
		s := o.sentRecord(record)
		return o.Method == http.MethodDelete || s != nil && shared(s, record.schema) > 0
	})
}

// rows finds the record in each success of an operation on an item path that shows it as a list of one, where nothing else
// shows one. An answer to what writes it is one only where GET shows it so, or there is none.
func (in *inferrer) rows(o *Operation, r *Resource, param *Parameter, collection string) {
	if get := in.doc.at(http.MethodGet, o.Shape()); get != nil && get != o {
		_, res := get.SuccessResponse()
		if env, _ := findRow(get, res, param, collection); env == nil {
			return
		}
	}
	_, first := o.SuccessResponse()
	for _, res := range o.Responses {
		if res.Envelope != nil || res != first && !strings.HasPrefix(res.Status, "2") {
			continue
		}
		if env, id := findRow(o, res, param, collection); env != nil && id == r.ID && r.likeness(env.Record) > 0 {
			res.Envelope = env
		}
	}
}

// findRow looks for the one record of a list in an answer, with the property that holds its id: the list is the body, or in
// members whose names say that they carry it; the parameter names a record of the collection, and the record has a property
// of a telling name for it. A list that is asked for by pages is no record.
func findRow(o *Operation, res *Response, param *Parameter, collection string) (*Envelope, IDPlace) {
	if !namesOneOf(param, collection) {
		return nil, IDPlace{}
	}
	telling, _ := idNames(param, collection)
	idOf := func(item *Schema) string {
		return propertyNamed(item, telling, func(s *Schema) bool { return carries(param, s) })
	}
	l := findListing(res, func(item *Schema) int {
		if idOf(item) == "" {
			return 0
		}
		return 1
	})
	if l == nil || slices.ContainsFunc(l.Path, func(name string) bool { return !carriesRows(name, collection) }) {
		return nil, IDPlace{}
	}
	l.learn(o, res)
	if l.Limit != nil || l.Offset != nil || l.Page != nil || l.Cursor != nil || l.Before != nil {
		return nil, IDPlace{}
	}
	return l.alone(l.Item), IDPlace{name: idOf(l.Item)}
}

// alone is the envelope of a record that is the list's only one.
func (l *Listing) alone(record *Schema) *Envelope {
	return &Envelope{Path: append(slices.Clone(l.Path), "0"), Record: record, List: l}
}

// namesOneOf reports whether a parameter is named for a record of a collection: as one of it, or as an id of whatever.
func namesOneOf(param *Parameter, collection string) bool {
	name := flat(param.Name)
	return slices.Contains([]string{"id", "uuid", "guid"}, name) || strings.Contains(name, flat(singularName(collection)))
}

// carriesRows reports whether a member of that name is what a list of records is in.
func carriesRows(name, collection string) bool {
	return wraps(name, collection) || wraps(singularName(name), collection)
}

// sentRow looks for the record in a body that carries it as a list of one: the body is the list, or its only list is, in a
// member named for it, and nothing else is required. It is sent to an item path, or to what answers with a list of them.
func (o *Operation) sentRow(s *Schema, record sought) *Envelope {
	if _, _, _, ok := itemPath(o.Shape()); s == nil || !ok && !o.listsMade(record) {
		return nil
	}
	if s.isList() {
		return record.row(s)
	}
	var found *Envelope
	for _, p := range s.plainProperties() {
		env := record.row(p.Schema)
		switch {
		case env != nil && found == nil && carriesRows(p.Name, record.collection):
			found = env
			found.Path = append([]string{p.Name}, found.Path...)
			found.List.Path = []string{p.Name}
		case slices.Contains(s.requiredNames(), p.Name):
			return nil
		}
	}
	return found
}

// listsMade reports whether a request with a body is answered with a list of such records, as the body would be one.
func (o *Operation) listsMade(record sought) bool {
	if !o.writes() || record.id.None() {
		return false
	}
	_, res := o.SuccessResponse()
	l := findListing(res, func(item *Schema) int {
		if item != record.schema && (record.id.InEvery(item) == nil || shared(item, record.schema) == 0) {
			return 0
		}
		return 1
	})
	return l != nil && !slices.ContainsFunc(l.Path, func(name string) bool { return !carriesRows(name, record.collection) })
}

// showRow says that the record which an operation makes, or changes, is the only one of the list that its answer is.
func (o *Operation) showRow(r *Resource) {
	_, res := o.SuccessResponse()
	if res == nil || res.Envelope != nil || o.Batch == nil || o.Batch.List == nil {
		return
	}
	l := o.Batch.List
	named := !slices.ContainsFunc(l.Path, func(name string) bool { return !carriesRows(name, pathName(r.collection)) })
	if named && (len(l.Path) > 0 || Media(res.Content).Schema.isList()) {
		res.Envelope = l.alone(l.Item)
	}
}

// isList reports whether values of a schema are lists of one kind of item, and nothing else.
func (s *Schema) isList() bool {
	return s.Items != nil && s.Allows("array") && !s.Allows("object")
}

// row is the record in a list of one that a body has, nil where the list is of something else.
func (w sought) row(list *Schema) *Envelope {
	if !list.isList() {
		return nil
	}
	as := list.Items.called(w.schema)
	if all := len(as.AllProperties()); list.Items != w.schema && (all == 0 || 2*shared(as, w.schema) <= all) {
		return nil
	}
	return (&Listing{Item: list.Items}).alone(as)
}
