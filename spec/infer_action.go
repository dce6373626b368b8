package spec

import (
	"net/http"
	"slices"
	"strings"
)

// assign links an operation to its resource and says what it does to it.
func (in *inferrer) assign(o *Operation) {
	switch item, collection := in.items[o.Shape()], in.collections[o.Shape()]; {
	case item != nil && in.assignItem(o, item):
	case collection != nil:
		in.assignCollection(o, collection)
	default:
		in.assignSearch(o)
	}
	if part := in.parts[o.Shape()]; part != nil && o.Resource == nil {
		in.assignPart(o, part)
	}
	if o.Resource == nil && o.Batch == nil {
		in.assignBatch(o)
	}
	if o.Resource == nil && o.Batch == nil {
		in.assignDeed(o)
	}
}

// assignDeed is for what is done to a record without changing any of its members by name: an unsafe method at its path or
// below, with an answer that shows it (POST /things/{id}/publish). What makes something shows another record.
func (in *inferrer) assignDeed(o *Operation) {
	status, res := o.SuccessResponse()
	if o.Method == http.MethodGet || o.Method == http.MethodHead || res == nil || status == http.StatusCreated {
		return
	}
	cut := strings.LastIndexByte(o.Shape(), '}') + 1
	r := in.items[o.Shape()[:cut]]
	if r == nil {
		return
	}
	collection, name, param, _ := itemPath(o.Shape()[:cut])
	owners, ok := in.ownersOf(r, collection)
	env, _ := findEnvelope(res, o.pathParam(param), name, nil)
	if !ok || env == nil || env.Record != r.Schema {
		return
	}
	res.Envelope = env
	o.Owners = append([]Owner{{param, r}}, owners...)
}

func (in *inferrer) link(o *Operation, r *Resource, a Action, owners []Owner) {
	o.Resource, o.Action, o.Owners = r, a, owners
	if a == ActionCreate || a == ActionMerge || a == ActionReplace {
		o.enclose(r)
	}
	r.Operations = append(r.Operations, o)
}

// assignItem is for operations on an item path. A GET that does not show the record is none of them.
func (in *inferrer) assignItem(o *Operation, r *Resource) bool {
	collection, name, param, _ := itemPath(o.Shape())
	owners, ok := in.ownersOf(r, collection)
	action := itemAction(o.Method, in.hinted[o])
	if !ok || action == ActionNone || o.Method == http.MethodPost && !changes(o, r) || action != ActionDelete && o.sendsOther(r) {
		return false
	}
	o.envelop(o.pathParam(param), name)
	in.rows(o, r, o.pathParam(param), name)
	if _, res := o.SuccessResponse(); res != nil && res.Envelope == nil && action == ActionGet {
		return false
	}
	o.ItemParam = param
	in.link(o, r, action, owners)
	return true
}

// itemAction is what a method does to the one record that a path names.
func itemAction(method string, hinted Action) Action {
	switch method {
	case http.MethodGet:
		return ActionGet
	case http.MethodDelete:
		return ActionDelete
	case http.MethodPatch, http.MethodPost:
		if hinted != ActionNone {
			return hinted
		}
		return ActionMerge
	case http.MethodPut:
		if hinted != ActionNone {
			return hinted
		}
		return ActionReplace
	}
	return ActionNone
}

// changes reports whether a POST to a record changes it: its body, or its query, has members of the record.
func changes(o *Operation, r *Resource) bool {
	if s := o.sentRecord(r.sought()); s != nil {
		return shared(s, r.Schema) > 0 || len(s.AllProperties()) == 0
	}
	return len(o.Changes(r)) > 0
}

// sendsOther reports whether the body can be no record, nor change members of one: it is a file, a text, a number.
func (o *Operation) sendsOther(r *Resource) bool {
	if o.Body == nil {
		return false
	}
	m := Media(o.Body.Content)
	return m != nil && m.Schema != nil && !m.IsPatch() && !m.Schema.Allows("object") && o.carrier(m.Schema, r.sought()) == nil
}

// bodySchema is the schema of the body, nil without one.
func (o *Operation) bodySchema() *Schema {
	if o.Body == nil {
		return nil
	}
	if m := Media(o.Body.Content); m != nil {
		return m.Schema
	}
	return nil
}

// Changes are the query parameters that carry new values of a record's properties, for an update without a body.
func (o *Operation) Changes(r *Resource) []Filter {
	if o.Body != nil {
		return nil
	}
	var query []*Parameter
	for _, p := range o.Parameters {
		if p.In == "query" && p != o.Unfold {
			query = append(query, p)
		}
	}
	return filters(query, ownValues(r.Schema), plainValue)
}

// assignCollection is for operations on a collection's path: lists, creations, and updates that name the record in the
// body.
func (in *inferrer) assignCollection(o *Operation, r *Resource) {
	owners, ok := in.ownersOf(r, o.Shape())
	if !ok {
		return
	}
	_, res := o.SuccessResponse()
	switch o.Method {
	case http.MethodGet:
		if o.List = findListing(res, r.likeness); o.List != nil {
			o.List.learn(o, res)
			in.link(o, r, ActionList, owners)
		}
	case http.MethodPost:
		in.assignCreation(o, r, owners)
	case http.MethodPut, http.MethodPatch:
		if in.putCreates(o) || o.putCreatesRows(r) {
			in.assignCreation(o, r, owners)
		} else if s := o.sentRecord(r.sought()); s != nil && r.ID.InEvery(s) != nil {
			o.envelop(r.IDParam, pathName(r.collection))
			in.link(o, r, itemAction(o.Method, in.hinted[o]), owners)
			if o.sentRow(o.bodySchema(), r.sought()) != nil {
				o.Batch = in.batchOf(o, r, owners)
				o.showRow(r)
			}
		}
	}
}

// assignCreation is for what makes records of a collection, one or a list of them.
func (in *inferrer) assignCreation(o *Operation, r *Resource, owners []Owner) {
	_, res := o.SuccessResponse()
	o.envelop(r.IDParam, pathName(r.collection))
	batch := in.batchOf(o, r, owners)
	shown := res != nil && res.Envelope != nil
	s := o.sentRecord(r.sought())
	switch {
	case s != nil && slices.Equal(s.Types, []string{"array"}):
		if r.sends(s.Rows()) {
			o.Batch = batch
		}
	case shown || o.takesRows(r) || s != nil && shared(s, r.Schema) > 0:
		in.link(o, r, ActionCreate, owners)
		o.Batch = batch
		o.showRow(r)
	}
}

// putCreates reports whether a PUT to a collection makes a record of it: it says so, by its status or its operationId, and
// no POST there does.
func (in *inferrer) putCreates(o *Operation) bool {
	if o.Method != http.MethodPut || in.doc.at(http.MethodPost, o.Shape()) != nil {
		return false
	}
	status, _ := o.SuccessResponse()
	return status == http.StatusCreated || o.saysCreates()
}

// putCreatesRows reports whether a PUT makes records of a list, by its operationId, whatever a POST there does.
func (o *Operation) putCreatesRows(r *Resource) bool {
	return o.Method == http.MethodPut && o.saysCreates() && !slices.Contains(nameWords(o.ID), "or") &&
		o.sentRow(o.bodySchema(), r.sought()) != nil
}

// saysCreates reports whether an operationId begins with a word for making something.
func (o *Operation) saysCreates() bool {
	words := nameWords(o.ID)
	return len(words) > 0 && slices.Contains([]string{"create", "add", "new", "insert"}, words[0])
}

// envelop finds the record in each success of the operation.
func (o *Operation) envelop(param *Parameter, collection string) {
	_, first := o.SuccessResponse()
	for _, res := range o.Responses {
		if res == first || strings.HasPrefix(res.Status, "2") {
			res.Envelope, _ = findEnvelope(res, param, collection, o.Body)
		}
	}
}

// assignSearch is for a GET elsewhere that lists records of a resource: below an owner of theirs, or a search all of
// whose parameters are understood.
func (in *inferrer) assignSearch(o *Operation) {
	_, res := o.SuccessResponse()
	if o.Method != http.MethodGet || res == nil {
		return
	}
	l := findListing(res, func(item *Schema) int {
		if in.doc.resourceOf(item) == nil {
			return 0
		}
		return 1
	})
	if l == nil {
		return
	}
	r := in.doc.resourceOf(l.Item)
	owners, ok := in.ownersOf(r, o.Shape())
	l.learn(o, res)
	if !ok || len(owners) < strings.Count(o.Shape(), "{") || len(owners) == 0 && len(l.Filters) == 0 || !l.understands() {
		return
	}
	o.List = l
	in.link(o, r, ActionList, owners)
}

// understands reports whether every parameter of the query has a meaning for the list.
func (l *Listing) understands() bool { return len(l.Ignored()) == 0 }
