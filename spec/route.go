package spec

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// router finds the path template for a path. Fixed segments win over mixed ones ("{id}.json"), those over parameters.
type router struct{ root *branch }

type branch struct {
	fixed  map[string]*branch
	params []*paramBranch
	leaf   []*Operation // the operations of the template that ends here
	broken []Finding    // why not all of them are known
	names  [][]string   // the names of its parameters in order, once for each template that differs in them alone
}

type paramBranch struct {
	parts []string // text, name, text, name, ..., text; names are those of the first template
	next  *branch
}

func (r *router) build(ops []*Operation, broken []brokenPath) {
	r.root = &branch{}
	for _, o := range ops {
		b := r.at(o.Path)
		for _, other := range b.leaf {
			if other.Method == o.Method {
				other.shared, o.shared = true, true
			}
		}
		o.shared = o.shared || o.Query != ""
		b.leaf = append(b.leaf, o)
	}
	for _, p := range broken {
		b := r.at(p.template)
		b.broken = append(b.broken, p.why)
	}
}

// at is the place of a template, made where it is not there yet.
func (r *router) at(template string) *branch {
	b, names := r.root, []string(nil)
	for _, s := range strings.Split(strings.TrimPrefix(template, "/"), "/") {
		b = b.child(s)
		for i, part := range templateParts(s) {
			if i%2 == 1 {
				names = append(names, part)
			}
		}
	}
	if !slices.ContainsFunc(b.names, func(known []string) bool { return slices.Equal(known, names) }) {
		b.names = append(b.names, names)
	}
	return b
}

func (b *branch) child(segment string) *branch {
	if !strings.Contains(segment, "{") {
		segment = decoded(segment)
		if b.fixed == nil {
			b.fixed = map[string]*branch{}
		}
		if b.fixed[segment] == nil {
			b.fixed[segment] = &branch{}
		}
		return b.fixed[segment]
	}
	parts := templateParts(segment)
	for i := 0; i < len(parts); i += 2 {
		parts[i] = decoded(parts[i])
	}
	for _, p := range b.params {
		if slices.Equal(namelessParts(p.parts), namelessParts(parts)) {
			return p.next
		}
	}
	p := &paramBranch{parts: parts, next: &branch{}}
	b.params = append(b.params, p)
	// More fixed text says more; among equals the document's order stands.
	slices.SortStableFunc(b.params, func(x, y *paramBranch) int { return cmp.Compare(y.literal(), x.literal()) })
	return p.next
}

// decoded is the fixed text of a template as requests are matched: without percent-encoding, where it has one.
func decoded(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

func (p *paramBranch) literal() int {
	n := 0
	for i := 0; i < len(p.parts); i += 2 {
		n += len(p.parts[i])
	}
	return n
}

// templateParts splits "{a}-{b}.json" into "", "a", "-", "b", ".json".
func templateParts(segment string) []string {
	var parts []string
	for {
		text, rest, found := strings.Cut(segment, "{")
		parts = append(parts, text)
		if !found {
			return parts
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return append(parts[:len(parts)-1], text+"{"+rest)
		}
		parts = append(parts, name)
		segment = after
	}
}

// namelessParts are parts without the names of parameters.
func namelessParts(parts []string) []string {
	out := slices.Clone(parts)
	for i := 1; i < len(out); i += 2 {
		out[i] = ""
	}
	return out
}

// Match is what a path stands for: the operations of its template and the path parameters, decoded. Escaped are those
// that were percent-encoded, as they came. Broken says why not every operation of the path is known.
type Match struct {
	Operations      []*Operation
	Params, Escaped map[string]string
	Broken          []Finding

	names [][]string // of the template's parameters
	left  int        // of them, from the front, have no value yet
}

// Operation is the matched operation for a method, nil when the path has none; the first where several are Shared. HEAD
// is answered by GET.
func (m Match) Operation(method string) *Operation {
	for _, o := range m.Operations {
		if o.Method == method {
			return o
		}
	}
	if method == "HEAD" {
		return m.Operation("GET")
	}
	return nil
}

// Allow lists the methods of the path for the Allow header: those declared, with HEAD where GET is, and OPTIONS.
func (m Match) Allow() string {
	var out []string
	for _, o := range m.Operations {
		out = append(out, o.Method)
	}
	if slices.Contains(out, "GET") {
		out = append(out, "HEAD")
	}
	out = append(out, "OPTIONS")
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// Route finds the template for an escaped path below the base path ("/things/1"). Empty segments, a trailing slash
// and parameters without a value match nothing.
func (d *Document) Route(escaped string) (Match, bool) {
	if !strings.HasPrefix(escaped, "/") {
		return Match{}, false
	}
	m := Match{}
	if escaped == "/" { // the one path whose only segment is empty
		root := d.router.root.fixed[""]
		if root == nil || !root.finish("", false, &m) {
			return Match{}, false
		}
		return m, true
	}
	if !d.router.root.match(escaped[1:], &m) {
		return Match{}, false
	}
	return m, true
}

func (b *branch) match(path string, m *Match) bool {
	segment, rest, more := strings.Cut(path, "/")
	text, err := url.PathUnescape(segment)
	if err != nil {
		return false
	}
	if segment == "" { // only where the template ends with a slash itself
		next := b.fixed[""]
		return next != nil && !more && next.finish("", false, m)
	}
	if next := b.fixed[text]; next != nil && next.finish(rest, more, m) {
		return true
	}
	for _, p := range b.params {
		var few [4]string // on the stack, enough for most segments
		values, ok := p.values(few[:0], text)
		if !ok || !p.next.finish(rest, more, m) {
			continue
		}
		if m.Params == nil {
			m.Params = make(map[string]string, len(values))
		}
		m.left -= len(values)
		m.name(m.Params, values)
		if len(text) != len(segment) {
			p.keepEscaped(segment, values, m)
		}
		return true
	}
	return false
}

// name keeps values of the parameters that stand behind those without a value yet, by the names that each template has
// for them; where two name others by the same word, the first one's is meant.
func (m *Match) name(to map[string]string, values []string) {
	for n, names := range m.names {
		for i, v := range values {
			name := names[m.left+i]
			if n > 0 && slices.Contains(m.names[0], name) {
				continue
			}
			to[name] = v
		}
	}
}

// keepEscaped notes the parameters as they came. Where an escape stands in the fixed text around them that cannot be
// told, and they are escaped anew.
func (p *paramBranch) keepEscaped(segment string, values []string, m *Match) {
	if m.Escaped == nil {
		m.Escaped = make(map[string]string, len(values))
	}
	escaped, ok := p.values(nil, segment)
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = url.PathEscape(v)
		if !ok {
			continue
		}
		if same, err := url.PathUnescape(escaped[i]); err == nil && same == v {
			texts[i] = escaped[i]
		}
	}
	m.name(m.Escaped, texts)
}

func (b *branch) finish(rest string, more bool, m *Match) bool {
	if more {
		return b.match(rest, m)
	}
	m.Operations, m.Broken, m.names = b.leaf, b.broken, b.names
	if len(b.names) > 0 {
		m.left = len(b.names[0])
	}
	return len(b.leaf) > 0 || len(b.broken) > 0
}

// values adds the parameters that it reads out of one decoded segment.
func (p *paramBranch) values(out []string, text string) ([]string, bool) {
	rest, ok := strings.CutPrefix(text, p.parts[0])
	if !ok {
		return nil, false
	}
	for i := 1; i < len(p.parts); i += 2 {
		after := p.parts[i+1]
		last := i+2 >= len(p.parts)
		end := len(rest)
		if last {
			if !strings.HasSuffix(rest, after) {
				return nil, false
			}
			end -= len(after)
		} else if end = strings.Index(rest, after); end < 0 || after == "" {
			return nil, false
		}
		if end <= 0 {
			return nil, false
		}
		out = append(out, rest[:end])
		rest = rest[end+len(after):]
	}
	return out, rest == ""
}

// NearestPath is what a path was most likely meant to be, for "did you mean": the template most like it, with the segments of
// the path in the place of parameters, or as it is where those do not fit; "" when none is near.
func (d *Document) NearestPath(path string) string {
	var templates []string
	for _, o := range d.Operations {
		if !slices.Contains(templates, o.Path) {
			templates = append(templates, o.Path)
		}
	}
	// Segments in a parameter's place are taken as given, so that an id does not count as a difference.
	shapes := make([]string, len(templates))
	got := strings.Split(path, "/")
	for i, t := range templates {
		want := strings.Split(t, "/")
		for k := range want {
			if strings.Contains(want[k], "{") && k < len(got) {
				want[k] = got[k]
			}
		}
		shapes[i] = strings.Join(want, "/")
	}
	near := Nearest(path, shapes)
	if near == "" {
		return ""
	}
	if _, ok := d.Route(near); ok {
		return near
	}
	return templates[slices.Index(shapes, near)]
}
