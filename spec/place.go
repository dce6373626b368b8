package spec

import (
	"fmt"
	"iter"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// place is a node together with where it stands, so that walking a document never loses the pointer.
type place struct {
	doc  *Document
	file int
	ptr  string
	n    *node
}

func (d *Document) root() place { return place{doc: d, n: d.files[0].tree} }

func (p place) exists() bool { return p.n != nil }

// raw is the child as it stands, a reference not followed.
func (p place) raw(segment string) place {
	return place{p.doc, p.file, p.ptr + strictjson.Pointer(segment), p.n.step(segment)}
}

// get is the child with its reference followed.
func (p place) get(segment string) place { return p.raw(segment).deref() }

func (p place) str(segment string) string { return p.get(segment).n.str() }

func (p place) isTrue(segment string) bool { return p.get(segment).n.isTrue() }

// members walks the children of an object in document order, references followed.
func (p place) members() iter.Seq2[string, place] {
	return func(yield func(string, place) bool) {
		if p.n == nil || p.n.kind != objectKind {
			return
		}
		for _, k := range p.n.keys {
			if !yield(k, p.get(k)) {
				return
			}
		}
	}
}

// items walks the children of an array, references followed.
func (p place) items() iter.Seq[place] {
	return func(yield func(place) bool) {
		if p.n == nil || p.n.kind != arrayKind {
			return
		}
		for i, k := range p.n.kids {
			c := place{p.doc, p.file, fmt.Sprintf("%s/%d", p.ptr, i), k}
			if !yield(c.deref()) {
				return
			}
		}
	}
}

// maxRefHops ends reference chains that lead nowhere but to one another.
const maxRefHops = 64

// deref follows $ref until a node that is none; a place that does not exist when the reference is broken. Load has
// reported every broken reference by then.
func (p place) deref() place {
	for range maxRefHops {
		ref, is := p.n.reference()
		if !is {
			return p
		}
		p = p.doc.resolve(p.file, ref)
	}
	return place{doc: p.doc}
}

// schemaTarget follows $ref as long as a schema is nothing else: since 3.1 what stands beside it counts.
func (p place) schemaTarget() place {
	for range maxRefHops {
		ref, is := p.n.reference()
		if !is || !p.doc.is30() && len(p.n.keys) > 1 {
			return p
		}
		p = p.doc.resolve(p.file, ref)
	}
	return place{doc: p.doc}
}

// resolve finds what a reference in a file points to.
func (d *Document) resolve(file int, ref string) place {
	at, _ := d.follow(file, ref)
	return at
}

// follow is resolve with the reason why there is nothing.
func (d *Document) follow(file int, ref string) (at place, why string) {
	if ref == "" {
		return place{doc: d}, "it is empty"
	}
	name, fragment, _ := strings.Cut(ref, "#")
	base := place{d, file, "", d.files[file].tree}
	if name != "" {
		if base, why = d.base(file, name); why != "" {
			return place{doc: d}, why
		}
	}
	ptr := unescapeFragment(fragment)
	if ptr != "" && ptr[0] != '/' {
		anchor, ok := d.files[base.file].anchors[ptr]
		if !ok {
			return place{doc: d}, "nothing there has this $anchor"
		}
		base.ptr, base.n, ptr = "", d.files[base.file].tree, anchor
	}
	if at = (place{d, base.file, base.ptr + ptr, base.n.at(ptr)}); !at.exists() {
		return place{doc: d}, "there is nothing at this place"
	}
	return at, ""
}

// base is what a reference without its fragment names: a file, or a schema by its $id.
func (d *Document) base(file int, name string) (place, string) {
	if at, ok := d.ids[d.idFrom(file, name)]; ok {
		return at, ""
	}
	key, why := d.fileName(file, name)
	if why != "" {
		return place{}, why
	}
	i, why := d.open(key)
	if why != "" {
		return place{}, why
	}
	return place{d, i, "", d.files[i].tree}, ""
}

// location is the public form of a place. A node that an overlay brought is located in the overlay.
func (p place) location() Location {
	loc := Location{Pointer: p.ptr}
	if p.doc == nil || len(p.doc.files) == 0 {
		return loc
	}
	loc.File = p.doc.files[p.file].name
	if p.n != nil {
		loc.File, loc.Line = p.doc.sources[p.n.file], int(p.n.line)
	}
	return loc
}

// locate is the location of a pointer, or of its nearest ancestor that is there.
func (d *Document) locate(file int, ptr string) Location {
	p := place{d, file, ptr, d.files[file].tree}
	for _, s := range strictjson.Segments(ptr) {
		next := p.n.step(s)
		if next == nil {
			break
		}
		p.n = next
	}
	return p.location()
}

// inferred reports whether the node a pointer names, or one above it, is marked x-understudy-inferred.
func (d *Document) inferred(file int, ptr string) bool {
	n := d.files[file].tree
	for _, s := range strictjson.Segments(ptr) {
		if n.get(hintInferred).isTrue() {
			return true
		}
		n = n.step(s)
	}
	return n.get(hintInferred).isTrue()
}
