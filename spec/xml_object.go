package spec

import (
	"encoding/xml"
)

// objectReading makes an object of an element: first the properties of its schemas, then what is left.
type objectReading struct {
	t     typing
	from  *element
	attrs []xml.Attr
	taken map[*element]bool
	used  map[xml.Name]bool // attributes
	out   map[string]any
	text  bool // the element's text is a property
}

func (t typing) object(e *element, f facets) any {
	r := objectReading{
		t: t, from: e, attrs: e.ownAttrs(), taken: map[*element]bool{}, used: map[xml.Name]bool{}, out: map[string]any{},
	}
	for _, s := range f {
		for _, p := range s.Properties {
			if _, done := r.out[p.Name]; !done {
				r.property(p.Name, f.member(p.Name))
			}
		}
	}
	r.rest(f)
	if !r.text && !e.blank() {
		r.out["#text"] = string(e.text) // text that no property stands for
	}
	return r.out
}

func (r *objectReading) property(name string, schemas facets) {
	x := schemas.xml()
	label := x.Name
	if label == "" {
		label = name
	}
	switch {
	case x.Text:
		r.text = true
		r.out[name] = r.t.value(textual(string(r.from.text)), schemas...)
	case x.Attribute:
		for _, a := range r.attrs {
			if a.Name.Local == label && (x.Namespace == "" || a.Name.Space == x.Namespace) {
				r.used[a.Name] = true
				r.out[name] = r.t.value(textual(a.Value), schemas...)
				return
			}
		}
	default:
		r.elements(name, label, x, schemas)
	}
}

// elements takes the elements of one property: one, or for an array that is not wrapped all that are its items.
func (r *objectReading) elements(name, label string, x XML, schemas facets) {
	list := false
	var items facets
	for _, f := range alternatives(schemas...) {
		if k := f.kinds(); k.has(arrayType) && !k.has(objectType) {
			list, items = true, f.item(0)
			break
		}
	}
	if !list || x.Wrapped {
		found := r.find(x.Namespace, label, name)
		switch {
		case len(found) == 1:
			r.out[name] = r.t.element(found[0], schemas)
		case len(found) > 1: // more than the schema has room for, unless it takes a list
			r.out[name] = r.t.listOfElements(found, nil)
		}
		return
	}
	ix := items.xml()
	labels := []string{ix.Name, name, label}
	if ix.Name == "" {
		labels = labels[1:]
	}
	if found := r.find(ix.Namespace, labels...); len(found) > 0 {
		r.out[name] = r.list(found, schemas)
	}
}

func (r *objectReading) list(found []*element, schemas facets) any {
	choices := alternatives(schemas...)
	for _, f := range choices {
		if v := r.t.listOfElements(found, f); len(choices) == 1 || schemas.accept(v, r.t.dir) {
			return v
		}
	}
	return r.t.listOfElements(found, choices[0])
}

// find takes the children of the first of the names that is there.
func (r *objectReading) find(space string, names ...string) []*element {
	for _, name := range names {
		var out []*element
		for _, k := range r.from.kids {
			if !r.taken[k] && k.is(name, space) {
				out = append(out, k)
			}
		}
		if len(out) > 0 {
			for _, k := range out {
				r.taken[k] = true
			}
			return out
		}
	}
	return nil
}

// rest takes what no property stands for, by its own name; what comes twice is a list.
func (r *objectReading) rest(f facets) {
	for _, a := range r.attrs {
		if _, there := r.out[a.Name.Local]; !r.used[a.Name] && !there {
			r.out[a.Name.Local] = r.t.value(textual(a.Value), f.member(a.Name.Local)...)
		}
	}
	more := map[string][]*element{}
	for _, k := range r.from.kids {
		if !r.taken[k] {
			more[k.name.Local] = append(more[k.name.Local], k)
		}
	}
	for name, kids := range more {
		if _, there := r.out[name]; there {
			name += "#other" // of another namespace, or beside an attribute of that name
		}
		member := f.member(name)
		if len(kids) == 1 {
			r.out[name] = r.t.element(kids[0], member)
			continue
		}
		r.out[name] = r.list(kids, member)
	}
}
