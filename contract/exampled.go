package contract

import (
	"slices"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// exampled are the members that examples of a document have, of a body, of an answer or of a schema, where its schemas name
// others: the document names them too. Its zero value is empty and is filled when it is first asked.
type exampled struct {
	once  sync.Once
	names map[*spec.Schema]map[string]bool
	inner map[[2]string]bool    // each member within another, with that one's name first
	seen  map[*spec.Schema]bool // whose own examples were looked at
}

// has reports whether an example shows the member at a place: in a value of one of the schemas, or within a member of the
// same name as here.
func (e *exampled) has(d *spec.Document, by []*spec.Schema, at string) bool {
	e.once.Do(func() { e.fill(d) })
	path := names(at)
	name := path[len(path)-1]
	if len(path) > 1 && e.inner[[2]string{path[len(path)-2], name}] {
		return true
	}
	return slices.ContainsFunc(by, func(s *spec.Schema) bool {
		return slices.ContainsFunc(partsOf(s), func(part *spec.Schema) bool { return e.names[part][name] })
	})
}

// names are those of the members on the way to one, and its own; places in lists have none.
func names(pointer string) []string {
	parts := strictjson.Segments(pointer)
	var out []string
	for i, part := range parts {
		if strings.Trim(part, "0123456789") != "" || i == len(parts)-1 {
			out = append(out, part)
		}
	}
	return out
}

func (e *exampled) fill(d *spec.Document) {
	e.names, e.inner, e.seen = map[*spec.Schema]map[string]bool{}, map[[2]string]bool{}, map[*spec.Schema]bool{}
	for _, op := range d.Operations {
		if op.Body != nil {
			e.media(op.Body.Content)
		}
		for _, res := range op.Responses {
			e.media(res.Content)
		}
	}
	e.seen = nil
}

func (e *exampled) media(all []*spec.MediaType) {
	for _, m := range all {
		if m.Schema == nil {
			continue
		}
		for _, ex := range m.Examples {
			e.note(m.Schema, m.ExampleValue(ex))
		}
		e.schema(m.Schema)
	}
}

// schema takes the examples of a schema and of those within it.
func (e *exampled) schema(s *spec.Schema) {
	if s == nil || e.seen[s] {
		return
	}
	e.seen[s] = true
	for _, ex := range s.Examples {
		e.note(s, ex.Value)
	}
	for _, p := range s.Properties {
		e.schema(p.Schema)
	}
	e.schema(s.Items)
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		e.schema(part)
	}
}

func (e *exampled) note(s *spec.Schema, v any) {
	v = strictjson.Plain(v)
	e.within("", v)
	unnamed([]*spec.Schema{s}, v, "", func(by []*spec.Schema, name, _ string) {
		for _, s := range by {
			if e.names[s] == nil {
				e.names[s] = map[string]bool{}
			}
			e.names[s][name] = true
		}
	})
}

// within notes the members of what stands in a member of that name.
func (e *exampled) within(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for own, inner := range v {
			if name != "" {
				e.inner[[2]string{name, own}] = true
			}
			e.within(own, inner)
		}
	case []any:
		for _, item := range v {
			e.within(name, item)
		}
	}
}
