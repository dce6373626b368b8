package spec

import (
	"cmp"
	"slices"
	"strings"
)

// maxRelationDepth bounds how deep inside a record relations are looked for, maxRelationSteps in how many places.
const (
	maxRelationDepth = 4
	maxRelationSteps = 5000
)

// relationFinder walks the schema of one resource's records.
type relationFinder struct {
	doc   *Document
	r     *Resource
	seen  map[*Schema]bool // on the way down
	steps int
}

func (d *Document) findAllRelations(r *Resource) {
	f := relationFinder{doc: d, r: r, seen: map[*Schema]bool{}}
	f.below(r.Schema, nil)
}

func (f *relationFinder) below(s *Schema, path []string) {
	if s == nil || len(path) > maxRelationDepth || f.seen[s] {
		return
	}
	f.seen[s] = true
	defer delete(f.seen, s)
	for _, p := range s.AllProperties() {
		f.at(p.Schema, append(slices.Clone(path), p.Name))
	}
	if s.Items != nil {
		f.at(s.Items, append(slices.Clone(path), "*"))
	}
}

func (f *relationFinder) at(s *Schema, path []string) {
	if f.steps++; f.steps > maxRelationSteps {
		return
	}
	target, location := f.doc.relationTarget(s), s.at.raw(hintRelation).location()
	if target == nil && s.Relation == "" {
		target, location = f.doc.unionTarget(s), s.Location
	}
	if target == nil {
		f.below(s, path)
		return
	}
	rel := Relation{Path: path, Target: target, Schema: s, Location: location}
	rel.IDAllowed, rel.ObjectAllowed = forms(s)
	f.r.Relations = append(f.r.Relations, rel)
}

// unionTarget is the resource that a union of an id and a record of it refers to, nil for any other schema. A text beside
// an object is not enough: the object has to be the very schema of a resource's records, and the text free to be an id.
func (d *Document) unionTarget(s *Schema) *Resource {
	branches := s.AnyOf
	if len(branches) == 0 {
		branches = s.OneOf
	}
	if len(branches) < 2 {
		return nil
	}
	var id *Schema
	var target *Resource
	for _, b := range branches {
		switch {
		case len(b.Types) == 1 && b.Types[0] != "object" && b.Types[0] != "null":
			if id != nil || !isScalarID(b) || b.Format != "" && b.Format != "uuid" {
				return nil
			}
			id = b
		default:
			if r := d.resourceOf(b); r != nil {
				if target != nil {
					return nil // it may be of any of several kinds, and an id does not say of which
				}
				target = r
			}
		}
	}
	if id == nil || target == nil || !sameKind(id, target.IDSchema()) {
		return nil
	}
	return target
}

// resourceOf is the resource with an item path whose records are of a schema: of several, the one of the shortest path.
func (d *Document) resourceOf(s *Schema) *Resource {
	var best *Resource
	for _, r := range d.Resources {
		if r.Schema != s || !r.HasItems() || r.Part {
			continue
		}
		if best == nil || strings.Count(r.collection, "/") < strings.Count(best.collection, "/") {
			best = r
		}
	}
	return best
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
	id := idPlace(schema, nil, "")
	if id.None() {
		d.flawedHint(s, hintRelation, "a schema with a property id", s.Relation)
		return nil
	}
	r := &Resource{Name: s.Relation, Schema: schema, ID: id}
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
