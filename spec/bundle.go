package spec

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// bundler makes one document of a tree of files: what references to other files lead to becomes components, and every
// reference leads there. Path items, operations and what else has no place among the components stand where the reference
// stood.
//
// libopenapi has a bundler; it reads files outside the document's directory, and turns an alias of a schema in another
// file, or a schema that refers to itself, into a reference to nothing (its issue 508, daveshanley/vacuum issue 811).
type bundler struct {
	doc   *Document
	refs  map[*node]map[string]reference // by the object that a reference stands in and its key
	names map[spot]string                // pointers of what becomes a component
	order []reference                    // to what becomes a component, first met first
	taken map[string]bool                // pointers of components that are there
	made  map[string][]component         // by section
	files map[*yaml.Node]uint16
	is    map[*node]part // what objects are
	stack []spot         // of what is being put in the place of a reference
}

// spot is a place in one of the files.
type spot struct {
	file int
	ptr  string
}

type component struct {
	name string
	node *yaml.Node
}

// sections are where parts stand among the components.
var sections = map[part]string{
	partSchema: "schemas", partResponse: "responses", partParameter: "parameters", partExample: "examples",
	partBody: "requestBodies", partHeader: "headers", partSecurity: "securitySchemes", partLink: "links",
	partCallback: "callbacks",
}

// bundle is a document of several files as one, with the source that each node comes from.
func (d *Document) bundle() (*yaml.Node, map[*yaml.Node]uint16, error) {
	b := &bundler{
		doc: d, refs: map[*node]map[string]reference{}, names: map[spot]string{}, taken: map[string]bool{},
		made: map[string][]component{}, files: map[*yaml.Node]uint16{}, is: map[*node]part{},
	}
	d.walk(b)
	if err := b.refuse(); err != nil {
		return nil, nil, err
	}
	b.nameComponents()
	root, err := b.copy(d.root())
	if err != nil {
		return nil, nil, err
	}
	for _, r := range b.order {
		if err := b.hoist(r); err != nil {
			return nil, nil, err
		}
	}
	b.addComponents(root)
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}}, b.files, nil
}

func (b *bundler) visit(at place, p part) { b.is[at.n] = p }

func (b *bundler) refer(r reference) {
	if b.refs[r.from.n] == nil {
		b.refs[r.from.n] = map[string]reference{}
	}
	b.refs[r.from.n][r.key] = r
	if _, known := b.names[spotOf(r.target)]; known || r.why != "" || r.several || r.target.file == 0 || sections[r.part] == "" {
		return
	}
	b.names[spotOf(r.target)] = ""
	b.order = append(b.order, r)
}

func spotOf(at place) spot { return spot{at.file, at.ptr} }

// refuse says what one document cannot say as several do.
func (b *bundler) refuse() error {
	for _, f := range b.doc.files[1:] {
		if f.tree.mentions("$dynamicRef", "$dynamicAnchor") {
			return fmt.Errorf("%s: $dynamicRef and $dynamicAnchor in a file beside the document lose their meaning in one "+
				"document; use $ref, or keep them in %s", f.name, b.doc.Name())
		}
	}
	return nil
}

// nameComponents gives what becomes a component its place: that of a component which is a reference to it, else one by
// its own name. What lies within another such place is found there.
func (b *bundler) nameComponents() {
	have := b.doc.root().raw("components")
	for p, section := range sections {
		for _, name := range listOfKeys(have.raw(section).n) {
			at := have.raw(section).raw(name)
			b.taken[at.ptr] = true
			r, is := b.refs[at.n]["$ref"]
			if ptr, wanted := b.names[spotOf(r.target)]; is && wanted && ptr == "" && r.part == p && len(at.n.keys) == 1 {
				b.names[spotOf(r.target)] = at.ptr
			}
		}
	}
	b.order = slices.DeleteFunc(b.order, func(r reference) bool { return b.names[spotOf(r.target)] != "" || b.within(r.target) != "" })
	for _, r := range b.order {
		b.names[spotOf(r.target)] = b.freeName(r)
	}
}

// within is where something stands in the bundle as a part of something else that becomes a component; "" for nowhere.
func (b *bundler) within(at place) string {
	tree, names := b.doc.files[at.file].tree, strictjson.Segments(at.ptr)
	for i := range names {
		above := strictjson.Pointer(names[:i]...)
		ptr, is := b.names[spot{at.file, above}]
		if !is {
			continue
		}
		n := tree.at(above)
		whole := true // no reference on the way, which something else stands for
		for _, s := range names[i:] {
			whole = whole && n.get("$ref") == nil
			n = n.step(s)
		}
		switch {
		case !whole:
		case ptr != "":
			return ptr + strictjson.Pointer(names[i:]...)
		default:
			return "?" // its own place is not known yet
		}
	}
	return ""
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// freeName is a place among the components that nothing else has.
func (b *bundler) freeName(r reference) string {
	file := b.doc.files[r.target.file].name
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if s := strictjson.Segments(r.target.ptr); len(s) > 0 {
		name = s[len(s)-1]
	}
	name = strings.Trim(notInNames.ReplaceAllString(name, "_"), "_")
	if name == "" {
		name = "part"
	}
	for i := 1; ; i++ {
		try := name
		if i > 1 {
			try = fmt.Sprintf("%s_%d", name, i)
		}
		if ptr := strictjson.Pointer("components", sections[r.part], try); !b.taken[ptr] {
			b.taken[ptr] = true
			return ptr
		}
	}
}

// copy is a value of a file as the bundle has it.
func (b *bundler) copy(at place) (*yaml.Node, error) {
	n := at.n
	out := &yaml.Node{Line: int(n.line)}
	b.files[out] = n.file
	switch n.kind {
	case objectKind:
		return out, b.copyObject(at, out)
	case arrayKind:
		out.Kind = yaml.SequenceNode
		for i := range n.kids {
			kid, err := b.copy(at.raw(fmt.Sprint(i)))
			if err != nil {
				return nil, err
			}
			out.Content = append(out.Content, kid)
		}
	default:
		out.Kind, out.Value = yaml.ScalarNode, n.text
		out.Tag = map[nodeKind]string{stringKind: "!!str", nullKind: "!!null", boolKind: "!!bool"}[n.kind]
		if n.kind == nullKind {
			out.Value = "null"
		}
	}
	return out, nil
}

func (b *bundler) copyObject(at place, out *yaml.Node) error {
	out.Kind = yaml.MappingNode
	refs := b.refs[at.n]
	if r, is := refs["$ref"]; is && b.stands(at, r) {
		return b.put(at, r, out)
	}
	schema := b.is[at.n] == partSchema
	for _, key := range at.n.keys {
		if at.file != 0 && schema && (key == "$anchor" || key == "$id") {
			continue // names for references, which lead here by other ways now
		}
		if key == sequenceKey {
			continue // ours
		}
		value, err := b.copy(at.raw(key))
		if err != nil {
			return err
		}
		if r, is := refs[key]; is {
			value.Value = b.text(r)
		}
		b.member(out, key, value)
	}
	if schema {
		b.keepNames(at, out)
	}
	return nil
}

// stands reports whether what a reference leads to stands in its place: what is no component, and what is the component
// of that name.
func (b *bundler) stands(at place, r reference) bool {
	switch {
	case r.several:
		return r.target.deref().exists()
	case r.why != "" || r.target.file == 0:
		return false
	case sections[r.part] != "":
		return at.file == 0 && b.names[spotOf(r.target)] == at.ptr
	}
	return r.target.deref().exists()
}

// keepNames gives a discriminator the names of branches that are called otherwise in the bundle.
func (b *bundler) keepNames(at place, out *yaml.Node) {
	choice := keyIndex(out, "discriminator")
	if choice < 0 || out.Content[choice+1].Kind != yaml.MappingNode {
		return
	}
	mapped := map[spot]bool{}
	for _, r := range b.refs[at.n.get("discriminator").get("mapping")] {
		mapped[spotOf(r.target)] = true
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, branch := range listOf(at.n.get(key)) {
			r, is := b.refs[branch]["$ref"]
			if !is || r.why != "" || mapped[spotOf(r.target)] {
				continue
			}
			before, after := schemaName(branch.get("$ref").str()), b.text(r)
			if before == "" || schemaName(after) == before {
				continue
			}
			value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: after, Line: int(branch.line)}
			b.files[value] = branch.file
			b.member(b.child(out.Content[choice+1], "mapping"), before, value)
		}
	}
}

func (b *bundler) member(out *yaml.Node, key string, value *yaml.Node) {
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: value.Line}
	b.files[k] = b.files[value]
	out.Content = append(out.Content, k, value)
}

// put makes an object what its reference leads to, with what stands beside the reference.
func (b *bundler) put(at place, r reference, out *yaml.Node) error {
	target := r.target
	if sections[r.part] == "" || r.several {
		target = target.deref()
	}
	if slices.Contains(b.stack, spotOf(target)) {
		return fmt.Errorf("%s: the references lead in a circle, which has no end in one document", at.location())
	}
	b.stack = append(b.stack, spotOf(target))
	defer func() { b.stack = b.stack[:len(b.stack)-1] }()
	whole, err := b.copy(target)
	if err != nil {
		return err
	}
	*out = *whole
	b.files[out] = b.files[whole]
	for _, key := range at.n.keys {
		if key == "$ref" || r.part != partPathItem {
			continue
		}
		value, err := b.copy(at.raw(key))
		if err != nil {
			return err
		}
		if i := keyIndex(out, key); i >= 0 {
			out.Content[i+1] = value
		} else {
			b.member(out, key, value)
		}
	}
	return nil
}

// text is a reference as the bundle has it. One that leads nowhere must not lead anywhere from the document's directory.
func (b *bundler) text(r reference) string {
	ref := r.from.n.get(r.key).str()
	switch {
	case r.why != "":
		return b.lost(r, ref)
	case r.target.file == 0 && r.from.file == 0 && (strings.HasPrefix(ref, "#") || r.key != "$ref"):
		return ref
	case r.target.file == 0:
		return "#" + escapeFragment(r.target.ptr)
	}
	ptr := b.names[spotOf(r.target)]
	if ptr == "" {
		ptr = b.within(r.target)
	}
	if ptr == "" { // a circle of references to something that is no component
		return b.doc.files[r.target.file].name + "#" + escapeFragment(r.target.ptr)
	}
	return "#" + escapeFragment(ptr)
}

// lost is a reference that leads nowhere, written so that it leads nowhere from the document itself.
func (b *bundler) lost(r reference, ref string) string {
	name, fragment, _ := strings.Cut(ref, "#")
	if r.from.file == 0 || r.key != "$ref" && !strings.ContainsAny(ref, "#/") {
		return ref
	}
	key := b.doc.files[r.from.file].name
	if name != "" {
		var why string
		if key, why = b.doc.fileName(r.from.file, name); why != "" {
			return ref
		}
	}
	return key + "#" + fragment
}

var fragmentEscapes = strings.NewReplacer("%", "%25", " ", "%20", "{", "%7B", "}", "%7D", `"`, "%22", "<", "%3C", ">", "%3E",
	"^", "%5E", "`", "%60", "|", "%7C", `\`, "%5C", "[", "%5B", "]", "%5D", "#", "%23")

// escapeFragment is a pointer as a fragment of a URI.
func escapeFragment(ptr string) string { return fragmentEscapes.Replace(ptr) }

// hoist makes a component of what a reference leads to.
func (b *bundler) hoist(r reference) error {
	value, err := b.copy(r.target)
	if err != nil {
		return err
	}
	at := strictjson.Segments(b.names[spotOf(r.target)])
	b.made[at[1]] = append(b.made[at[1]], component{at[2], value})
	return nil
}

// addComponents puts what was made behind the components that are there.
func (b *bundler) addComponents(root *yaml.Node) {
	if len(b.made) == 0 {
		return
	}
	components := b.child(root, "components")
	for _, section := range slices.Sorted(maps.Keys(b.made)) {
		in := b.child(components, section)
		for _, c := range b.made[section] {
			b.member(in, c.name, c.node)
		}
	}
}

// child is the object under a key, made where there is none.
func (b *bundler) child(of *yaml.Node, key string) *yaml.Node {
	if i := keyIndex(of, key); i >= 0 && of.Content[i+1].Kind == yaml.MappingNode {
		return of.Content[i+1]
	}
	made := &yaml.Node{Kind: yaml.MappingNode, Line: of.Line}
	b.files[made] = b.files[of]
	b.member(of, key, made)
	return made
}
