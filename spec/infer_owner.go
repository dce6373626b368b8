package spec

import (
	"slices"
	"strings"
)

// plainNames are parameters' names that tell nothing of what they name.
var plainNames = []string{"id", "name", "key", "slug", "code", "uuid", "number", "type", "version"}

// findParents finds the resource that owns another: the one whose record the nearest parameter above it in its path names.
func (in *inferrer) findParents() {
	defer in.findPartsParents()
	for _, r := range in.doc.Resources {
		if r.Part {
			continue
		}
		path := r.collection
		// Records that are made below those of another resource belong to it, wherever else they are shown.
		for other := range in.collectionsOf(r) {
			if in.ownerOf(path) == nil && in.ownerOf(other) != nil && in.makes(other, r) && !in.makes(path, r) {
				path = other
			}
		}
		owner := in.ownerOf(path)
		if owner == nil || owner.Resource == r || owns(r, owner.Resource) {
			continue
		}
		r.Parent = &Parent{Resource: owner.Resource, ID: parentProperty(r, owner)}
	}
}

// findPartsParents gives parts the owners of what they are parts of.
func (in *inferrer) findPartsParents() {
	for _, r := range in.doc.Resources {
		if r.Of != nil && r.Of.Parent != nil {
			r.Parent = &Parent{Resource: r.Of.Parent.Resource}
		}
	}
}

// makes reports whether a collection has a POST that answers with a record of the resource.
func (in *inferrer) makes(collection string, r *Resource) bool {
	post := in.doc.at("POST", collection)
	if post == nil {
		return false
	}
	_, res := post.SuccessResponse()
	if res == nil {
		return false
	}
	env, _ := findEnvelope(res, r.IDParam, pathName(collection), post.Body)
	return env != nil
}

func (in *inferrer) collectionsOf(r *Resource) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, o := range in.doc.Operations {
			for _, path := range []string{o.Shape(), o.Shape()[:max(strings.LastIndexByte(o.Shape(), '/'), 0)]} {
				if in.collections[path] != r || seen[path] {
					continue
				}
				seen[path] = true
				if !yield(path) {
					return
				}
			}
		}
	}
}

// owns reports whether a is somewhere above b.
func owns(a, b *Resource) bool {
	for ; b != nil && b.Parent != nil; b = b.Parent.Resource {
		if b.Parent.Resource == a {
			return true
		}
	}
	return false
}

// ownerOf is the nearest parameter of a collection's path that names a record, with the record's resource.
func (in *inferrer) ownerOf(collection string) *Owner {
	for at, below := collection, "{}"; ; {
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return nil
		}
		segment := at[i+1:]
		if name, ok := paramSegment(segment); ok {
			before := at[:i]
			if strings.HasPrefix(below, "{") {
				before = "" // one of several that name a record together
			}
			if r := in.named(at, before, name); r != nil {
				return &Owner{name, r}
			}
		}
		at, below = at[:i], segment
	}
}

// named is the resource that a parameter at the end of a path names a record of: that of the very path, or of the
// collection before it, else one elsewhere whose records are named by a parameter of the same telling name.
func (in *inferrer) named(path, collection, param string) *Resource {
	if r := in.items[path]; r != nil {
		return r
	}
	if r := in.collections[collection]; r != nil {
		return r
	}
	for _, r := range in.doc.Resources {
		if r.Part || r.IDParam == nil || r.IDParam.Name != param {
			continue
		}
		if !slices.Contains(plainNames, flat(param)) || collection != "" && pathName(collection) == pathName(r.collection) {
			return r
		}
	}
	return nil
}

// parentProperty is the property of an owned record that holds its owner's id, by its name: userId, user_id, user.
func parentProperty(r *Resource, owner *Owner) IDPlace {
	one := flat(singularName(pathName(owner.Resource.collection)))
	is := func(p Property) bool {
		name := flat(p.Name)
		if name != flat(owner.Param) && name != one+"id" && name != one || name == "id" || !isScalarID(p.Schema) {
			return false
		}
		id := owner.Resource.IDSchema()
		return id != nil && sameKind(p.Schema, id)
	}
	for _, p := range r.Schema.AllProperties() {
		if !r.ID.Is(p.Name) && is(p) {
			return IDPlace{name: p.Name}
		}
	}
	return heldOwner(r, is)
}

// ownersOf are the owners that an operation's path names, the nearest first. False when the path names an owner that is
// none of the resource's, or none at all although it has one: what the operation acts on cannot be told then.
func (in *inferrer) ownersOf(r *Resource, collection string) ([]Owner, bool) {
	var out []Owner
	for path, parent := collection, r.Parent; ; {
		owner := in.ownerOf(path)
		if owner == nil {
			return out, parent == nil || len(out) > 0 || !strings.Contains(collection, "{")
		}
		if parent == nil || owner.Resource != parent.Resource {
			return out, len(out) > 0
		}
		out = append(out, *owner)
		path = path[:strings.LastIndex(path, "/{"+owner.Param+"}")]
		parent = owner.Resource.Parent
	}
}

// flat is a name without case and separators: "user_id" and "userId" are the same.
func flat(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// singularName is a collection's name for one of its records, as far as English is regular.
func singularName(name string) string {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(lower, "sses"), strings.HasSuffix(lower, "xes"), strings.HasSuffix(lower, "ches"):
		return name[:len(name)-2]
	case strings.HasSuffix(lower, "s") && !strings.HasSuffix(lower, "ss") && len(name) > 2:
		return name[:len(name)-1]
	}
	return name
}
