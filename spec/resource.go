package spec

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Action is what an operation does to its resource.
type Action int

// The actions; ActionNone is an operation that acts on no resource.
const (
	ActionNone    Action = iota
	ActionMerge          // changes some members of one record
	ActionReplace        // puts a record in the place of one
	ActionGet            // shows one record
	ActionDelete         // ends one record
	ActionList           // shows the records of a collection
	ActionCreate         // makes a record
)

func (a Action) String() string {
	return [...]string{"none", "merge", "replace", "get", "delete", "list", "create"}[a]
}

// Resource is a record schema with an id and the operations that act on it, or that is only referred to.
type Resource struct {
	// Name is the last fixed segment of its paths ("things"), with that of its parent in front where two resources share
	// it ("shelves.things"), or the component schema's name for a resource that is only referred to.
	Name string
	// Schema describes a record; ID is where one holds its id.
	Schema *Schema
	ID     IDPlace
	// Part says that there is one record for each value of IDParam, or one alone where that is nil, and that its place names it:
	// the settings of an API, the profile of a user. ID is nowhere if such a record does not say whose it is. Of is the
	// resource whose records have one each, by their own ids; nil where there is one alone.
	Part bool
	Of   *Resource
	// IDParam is the path parameter that names a record; nil for a resource without an item path. Ids keep its schema too.
	IDParam *Parameter
	// OtherParams are path parameters that name its records too, and whose schemas ask for something else.
	OtherParams []*Parameter
	Operations  []*Operation
	// Relations are the properties that refer to other records.
	Relations []Relation
	// Parent owns the records; nil for a resource at the root.
	Parent *Parent

	collection string // path template; that of the record itself for a Part
	ofPath     string // of the collection whose records have one each
	idOnce     sync.Once
	id         *Schema // IDSchema
}

// Parent is the resource whose records own those of another.
type Parent struct {
	Resource *Resource
	// ID is where the owned record holds its owner's id.
	ID IDPlace
}

// Owner is a path parameter that names the record which owns what an operation acts on.
type Owner struct {
	Param    string
	Resource *Resource
}

// Relation is a property of a record, or the items of an array there, that refers to a record of another resource.
type Relation struct {
	// Path leads from the record to the reference; "*" stands for every item of an array.
	Path   []string
	Target *Resource
	Schema *Schema
	// Location is the place of the hint in the document, or of the union from which the relation is inferred.
	Location Location
	// IDAllowed and ObjectAllowed say in which forms the schema takes the reference.
	IDAllowed, ObjectAllowed bool
}

// Envelope is where a record sits in a body.
type Envelope struct {
	// Path leads from the body to the record: empty when the body is the record.
	Path []string
	// Record is the schema of the record, as this body has it.
	Record *Schema
	// List is the list whose only item the record is, Path ending in "0"; nil where the record stands by itself.
	List *Listing
}

// StandsAlone reports whether a record as it is kept, with ids for the records it refers to, is what its schema judges: none
// of its references is valid as an object only. Such a record keeps its schema whatever becomes of others.
func (r *Resource) StandsAlone() bool {
	return !slices.ContainsFunc(r.Relations, func(rel Relation) bool { return !rel.IDAllowed })
}

// HasItems reports whether some operation names a single record of the resource.
func (r *Resource) HasItems() bool { return r.IDParam != nil }

// Find is the resource's first operation of an action, nil when it has none.
func (r *Resource) Find(a Action) *Operation {
	for _, o := range r.Operations {
		if o.Action == a {
			return o
		}
	}
	return nil
}

// OwnerID is where a record holds its owner's id; nowhere where it holds none.
func (r *Resource) OwnerID() IDPlace {
	if r.Parent == nil {
		return IDPlace{}
	}
	return r.Parent.ID
}

// inferrer finds the resources of a document: one for every path that names a record by its last parameter, and for every
// collection whose answers hold records.
type inferrer struct {
	doc *Document
	// items are resources by the template of their item path, collections by that of their collection.
	items, collections map[string]*Resource
	parts              map[string]*Resource  // by the template of their path
	hinted             map[*Operation]Action // x-understudy-update
	itemParams         map[string]*Parameter // what itemOf answers, once it was asked
}

func (d *Document) inferResources() {
	in := inferrer{
		doc: d, items: map[string]*Resource{}, collections: map[string]*Resource{}, parts: map[string]*Resource{},
		hinted: map[*Operation]Action{},
	}
	d.sentWhole = map[*Schema]bool{}
	for _, o := range d.Operations {
		in.hinted[o], o.Action = o.Action, ActionNone
		o.shape = pathShape(o.Path)
		d.notePatches(o)
		if s := o.bodySchema(); s != nil {
			d.sentWhole[s] = true
		}
	}
	// What a path is called for is told best by an answer that shows one record, next by one that makes one, then by a list of
	// many, last by a list of one.
	for _, find := range []func(*Operation){in.byItem, in.byCreation, in.byList, in.byRow} {
		for _, o := range d.Operations {
			find(o)
		}
	}
	for _, o := range d.Operations {
		in.byPart(o)
	}
	in.giveNames()
	in.findParents()
	for _, o := range d.Operations {
		in.assign(o)
	}
	d.Resources = slices.DeleteFunc(d.Resources, func(r *Resource) bool { return r.Part && r.Find(ActionGet) == nil })
	d.findOtherParams()
	for i := 0; i < len(d.Resources); i++ { // grows: a relation may bring a resource that has relations itself
		d.findAllRelations(d.Resources[i])
	}
}

// byItem makes a resource of an item path of which an answer shows the record.
func (in *inferrer) byItem(o *Operation) {
	collection, _, name, ok := itemPath(o.Shape())
	if !ok || o.Method == http.MethodDelete || in.items[o.Shape()] != nil {
		return
	}
	param := o.pathParam(name)
	_, res := o.SuccessResponse()
	if res == nil {
		return
	}
	if env, id := findEnvelope(res, param, pathName(collection), o.Body); env != nil {
		in.add(collection, param, in.living(env.Record, o, collection), id)
	}
}

// byCreation makes a resource of a collection that a POST adds to, by its item path where there is one.
func (in *inferrer) byCreation(o *Operation) {
	if o.Method != http.MethodPost || in.collections[o.Shape()] != nil {
		return
	}
	item := in.itemOf(o.Shape())
	_, res := o.SuccessResponse()
	if res == nil || pathName(o.Shape()) == "" {
		return
	}
	if item == nil {
		in.join(o.Shape(), func(r *Resource) bool {
			env, _ := findEnvelope(res, r.IDParam, pathName(o.Shape()), o.Body)
			return env != nil && env.Record == r.Schema
		})
		return
	}
	if env, id := findEnvelope(res, item, pathName(o.Shape()), o.Body); env != nil {
		in.add(o.Shape(), item, env.Record, id)
	}
}

// byList makes a resource of a collection whose GET answers with a list of records.
func (in *inferrer) byList(o *Operation) {
	if o.Method != http.MethodGet || in.collections[o.Shape()] != nil || in.items[o.Shape()] != nil {
		return
	}
	item := in.itemOf(o.Shape())
	_, res := o.SuccessResponse()
	l := findListing(res, func(s *Schema) int {
		switch {
		case in.doc.resourceOf(s) != nil:
			return 2
		case !listedID(s, item, pathName(o.Shape())).None():
			return 1
		}
		return 0
	})
	if l == nil || pathName(o.Shape()) == "" {
		return
	}
	if item == nil && in.join(o.Shape(), func(r *Resource) bool { return r.Schema == l.Item }) {
		return
	}
	post := in.doc.at("POST", o.Shape())
	id := listedID(l.Item, item, pathName(o.Shape()))
	if item == nil {
		if post == nil || post.bodySchema() == nil || shared(post.sentRecord(sought{l.Item, id, item, pathName(o.Shape())}), l.Item) == 0 {
			return // a search, more likely than a collection
		}
	}
	if !id.None() {
		in.add(o.Shape(), item, l.Item, id)
	}
}

// itemOf is the parameter that names a record of a collection; nil where the document has no path for one.
func (in *inferrer) itemOf(collection string) *Parameter {
	if in.itemParams == nil {
		in.itemParams = map[string]*Parameter{}
		for _, o := range in.doc.Operations {
			c, _, name, ok := itemPath(o.Shape())
			if _, taken := in.itemParams[c]; ok && !taken {
				in.itemParams[c] = o.pathParam(name)
			}
		}
	}
	return in.itemParams[collection]
}

func (d *Document) at(method, path string) *Operation {
	for _, o := range d.Operations {
		if o.Method == method && o.Shape() == path {
			return o
		}
	}
	return nil
}

// pathParam is the parameter of a path's placeholder, made up where the document does not declare it.
func (o *Operation) pathParam(name string) *Parameter {
	for _, p := range o.Parameters {
		if p.In == "path" && p.Name == name {
			return p
		}
	}
	return &Parameter{Name: name, In: "path", Required: true, Style: "simple", Location: o.Location}
}

// add makes a resource, or joins a path to one that has the same name and the same records.
func (in *inferrer) add(collection string, param *Parameter, record *Schema, id IDPlace) {
	r := in.collections[collection]
	if r == nil {
		r = in.known(pathName(collection), record, param)
	}
	if r == nil {
		r = &Resource{Schema: record, ID: id, IDParam: param, collection: collection}
		in.doc.Resources = append(in.doc.Resources, r)
	}
	in.collections[collection] = r
	if param != nil {
		in.items[collection+"/{"+param.Name+"}"] = r
	}
}

// join gives a resource of the collection's name another collection, below another record, where its records are shown
// there. It returns whether there is such a resource.
func (in *inferrer) join(collection string, shows func(*Resource) bool) bool {
	for _, r := range in.doc.Resources {
		if pathName(r.collection) == pathName(collection) && shows(r) {
			in.collections[collection] = r
			return true
		}
	}
	return false
}

// known is a resource of that path name whose records are of that schema, and whose ids a parameter can carry: where one
// path has the number of a record and another its name, there is a resource for each.
func (in *inferrer) known(name string, record *Schema, param *Parameter) *Resource {
	for _, r := range in.doc.Resources {
		if pathName(r.collection) == name && r.Schema == record && (param == nil || carries(param, r.ID.InEvery(record))) {
			return r
		}
	}
	return nil
}

// giveNames names the resources by their collections, those with the shortest path first.
func (in *inferrer) giveNames() {
	order := slices.Clone(in.doc.Resources)
	depth := func(r *Resource) int { return strings.Count(r.collection, "/") }
	slices.SortStableFunc(order, func(a, b *Resource) int { return depth(a) - depth(b) })
	for _, r := range order {
		r.Name = in.freeName(r.collection)
	}
}

// freeName is the last fixed segment of a collection's path, with those above it in front until no resource has the name.
func (in *inferrer) freeName(collection string) string {
	var fixed []string
	for segment := range strings.SplitSeq(collection, "/") {
		if segment != "" && !strings.Contains(segment, "{") {
			fixed = append(fixed, segment)
		}
	}
	name := ""
	for i := len(fixed) - 1; i >= 0; i-- {
		if name = strings.Join(fixed[i:], "."); in.doc.Resource(name) == nil {
			return name
		}
	}
	for n := 2; ; n++ {
		if numbered := fmt.Sprintf("%s-%d", name, n); in.doc.Resource(numbered) == nil {
			return numbered
		}
	}
}
