package spec

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// Action is what an operation does to its resource.
type Action int

// The actions; ActionNone is an operation that acts on no resource.
const (
	ActionNone Action = iota
	ActionMerge
	ActionReplace
	ActionGet
	ActionDelete
)

func (a Action) String() string {
	return [...]string{"none", "merge", "replace", "get", "delete"}[a]
}

// Resource is a record schema with an id and the operations that act on it, or that is only referred to.
type Resource struct {
	// Name is the last fixed segment of the item path ("things"), or the component schema's name for a resource that is
	// only referred to.
	Name string
	// Schema describes a record; IDProperty is the property that holds its id.
	Schema     *Schema
	IDProperty string
	Operations []*Operation
	// Relations are the properties that refer to other records.
	Relations []Relation
}

// Relation is a property of a record, or the items of an array there, that refers to a record of another resource.
type Relation struct {
	// Path leads from the record to the reference; "*" stands for every item of an array.
	Path   []string
	Target *Resource
	Schema *Schema
	// Location is the place of the hint in the document.
	Location Location
	// IDAllowed and ObjectAllowed say in which forms the schema takes the reference.
	IDAllowed, ObjectAllowed bool
}

// Envelope is where a record sits in an answer's body.
type Envelope struct {
	// Path leads from the body to the record: empty when the body is the record.
	Path []string
	// Record is the schema of the record.
	Record *Schema
}

// inferResources finds the resources: one for every path that ends in a parameter and answers with a record.
func (d *Document) inferResources() {
	for _, o := range d.Operations {
		d.inferItem(o)
	}
	for i := 0; i < len(d.Resources); i++ { // grows: a relation may bring a resource that has relations itself
		r := d.Resources[i]
		d.findRelations(r, r.Schema, nil, map[*Schema]bool{})
	}
}

// inferItem links an operation on an item path ("/things/{id}") to its resource.
func (d *Document) inferItem(o *Operation) {
	name, param, ok := itemPath(o.Path)
	hinted := o.Action
	o.Action = ActionNone
	if !ok {
		return
	}
	_, res := o.SuccessResponse()
	if res == nil {
		return
	}
	env, idProperty := findEnvelope(res, param, o.Body)
	if env == nil {
		return
	}
	o.Action = actionOf(o.Method, hinted)
	if o.Action == ActionNone {
		return
	}
	res.Envelope, o.ItemParam = env, param
	r := d.Resource(name)
	if r == nil {
		r = &Resource{Name: name, Schema: env.Record, IDProperty: idProperty}
		d.Resources = append(d.Resources, r)
	}
	o.Resource = r
	r.Operations = append(r.Operations, o)
}

func actionOf(method string, hinted Action) Action {
	switch method {
	case http.MethodGet:
		return ActionGet
	case http.MethodPatch:
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

// itemPath splits "/a/things/{id}" into the collection's name and the parameter.
func itemPath(template string) (name, param string, ok bool) {
	segs := segments(template)
	if len(segs) < 2 {
		return "", "", false
	}
	param, ok = paramSegment(segs[len(segs)-1])
	name = segs[len(segs)-2]
	if _, isParam := paramSegment(name); !ok || isParam || name == "" {
		return "", "", false
	}
	return name, param, true
}

func paramSegment(s string) (string, bool) {
	if len(s) > 2 && s[0] == '{' && s[len(s)-1] == '}' && !strings.ContainsAny(s[1:len(s)-1], "{}") {
		return s[1 : len(s)-1], true
	}
	return "", false
}

// findEnvelope looks for the record in an answer: the body itself, or a member of it that is an object with an id. Of
// several, the one that shares most properties with the request body is the record.
func findEnvelope(res *Response, param string, body *Body) (*Envelope, string) {
	m := Media(res.Content)
	if m == nil || !IsJSON(m.Type) || m.Schema == nil {
		return nil, ""
	}
	var request *Schema
	if body != nil {
		if b := Media(body.Content); b != nil {
			request = b.Schema
		}
	}
	var best *Envelope
	var bestID string
	bestScore := -1
	consider := func(s *Schema, path ...string) {
		id := idProperty(s, param)
		if id == "" {
			return
		}
		if score := shared(s, request); score > bestScore {
			best, bestID, bestScore = &Envelope{Path: path, Record: s}, id, score
		}
	}
	consider(m.Schema)
	for _, p := range m.Schema.AllProperties() {
		if p.Schema.Allows("object") {
			consider(p.Schema, p.Name)
		}
	}
	return best, bestID
}

func shared(a, b *Schema) int {
	if b == nil {
		return 0
	}
	if a == b {
		return 1 << 20
	}
	n := 0
	for _, p := range a.AllProperties() {
		if b.Property(p.Name) != nil {
			n++
		}
	}
	return n
}

// idProperty is the property of a record that its item path's parameter names: of the parameter's name, or id.
func idProperty(s *Schema, param string) string {
	for _, want := range []string{param, "id"} {
		p := s.Property(want)
		if p != nil && (p.Allows("string") || p.Allows("integer")) && len(p.Properties) == 0 {
			return want
		}
	}
	return ""
}

// maxRelationDepth bounds how deep inside a record relations are looked for.
const maxRelationDepth = 4

func (d *Document) findRelations(r *Resource, s *Schema, path []string, seen map[*Schema]bool) {
	if s == nil || len(path) > maxRelationDepth || seen[s] {
		return
	}
	seen[s] = true
	defer delete(seen, s)
	for _, p := range s.AllProperties() {
		d.findRelation(r, p.Schema, append(slices.Clone(path), p.Name), seen)
	}
	if s.Items != nil {
		d.findRelation(r, s.Items, append(slices.Clone(path), "*"), seen)
	}
}

func (d *Document) findRelation(r *Resource, s *Schema, path []string, seen map[*Schema]bool) {
	target := d.relationTarget(s)
	if target == nil {
		d.findRelations(r, s, path, seen)
		return
	}
	rel := Relation{Path: path, Target: target, Schema: s, Location: s.at.raw(hintRelation).location()}
	rel.IDAllowed, rel.ObjectAllowed = forms(s)
	r.Relations = append(r.Relations, rel)
}

// forms says whether a reference's schema takes an id and whether it takes an object.
func forms(s *Schema) (id, object bool) {
	branches := append(slices.Clone(s.AnyOf), s.OneOf...)
	if len(branches) == 0 {
		branches = []*Schema{s}
	}
	for _, b := range branches {
		id = id || b.Allows("string") || b.Allows("integer")
		object = object || b.Allows("object")
	}
	return id, object
}

// relationTarget is the resource that a schema's hint names; one that only exists by being referred to is made here.
func (d *Document) relationTarget(s *Schema) *Resource {
	if s.Relation == "" {
		return nil
	}
	if r := d.Resource(s.Relation); r != nil {
		return r
	}
	at := d.root().get("components").get("schemas").raw(s.Relation)
	if !at.exists() {
		d.flawedHint(s, hintRelation, "the name of a resource or of a component schema", s.Relation)
		return nil
	}
	schema := d.schema(at)
	for _, r := range d.Resources {
		if r.Schema == schema {
			return r
		}
	}
	id := idProperty(schema, "id")
	if id == "" {
		d.flawedHint(s, hintRelation, "a schema with a property id", s.Relation)
		return nil
	}
	r := &Resource{Name: s.Relation, Schema: schema, IDProperty: id}
	d.Resources = append(d.Resources, r)
	return r
}

// flawedHint notes a hint that cannot be followed; it is then left aside.
func (d *Document) flawedHint(s *Schema, hint, expected, actual string) {
	f := Finding{
		Rule: hint, Level: Should, In: "document", Pointer: s.at.ptr, Document: s.at.raw(hint).location(),
		Expected: expected, Actual: Clip(actual), Hint: "the hint is left aside",
	}
	if !slices.Contains(d.Flaws, f) {
		d.Flaws = append(d.Flaws, f)
	}
}

// Schemas calls visit for every schema that an operation leads to.
func (d *Document) Schemas(visit func(*Schema)) {
	d.schemas.mu.Lock()
	var all []*Schema
	for _, s := range d.schemas.m {
		all = append(all, s)
	}
	d.schemas.mu.Unlock()
	slices.SortFunc(all, func(a, b *Schema) int {
		return cmp.Or(cmp.Compare(a.at.file, b.at.file), strings.Compare(a.at.ptr, b.at.ptr))
	})
	for _, s := range all {
		visit(s)
	}
}
