package spec

import (
	"slices"
	"sync"
)

// members are a schema's properties with those it is composed of, collected when first asked for.
type members struct {
	once  sync.Once
	props []Property
}

// Property is the subschema of a property, looked for in the schema itself and in what it is composed of, as
// AllProperties does; nil when none of them names it.
func (s *Schema) Property(name string) *Schema {
	for _, p := range s.AllProperties() {
		if p.Name == name {
			return p.Schema
		}
	}
	return nil
}

// AllProperties are the schema's own properties, those of its allOf members and those that all objects of a union have
// alike, in document order, each name once: what is true of a value whatever branch it is of. The property by which a
// discriminator tells the branches apart is not among the last.
func (s *Schema) AllProperties() []Property {
	if len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 {
		return s.Properties
	}
	s.members.once.Do(func() { s.members.props = s.collect(map[*Schema][]Property{}) })
	return s.members.props
}

// collect finds the properties of a schema; what has been found, or is being looked for further up, is in done.
func (s *Schema) collect(done map[*Schema][]Property) []Property {
	if props, met := done[s]; met {
		return props
	}
	done[s] = nil
	out := slices.Clone(s.Properties)
	for _, part := range s.AllOf {
		out = addMissing(out, part.collect(done))
	}
	for _, branches := range [][]*Schema{s.AnyOf, s.OneOf} {
		shared := alike(branches, done)
		if d := s.Discriminator; d != nil {
			shared = slices.DeleteFunc(shared, func(p Property) bool { return p.Name == d.Property })
		}
		out = addMissing(out, shared)
	}
	done[s] = out
	return out
}

func addMissing(props, more []Property) []Property {
	for _, p := range more {
		if !slices.ContainsFunc(props, func(o Property) bool { return o.Name == p.Name }) {
			props = append(props, p)
		}
	}
	return props
}

// alike are the properties that every branch of a union has by the same schema, branches of null aside; none where a
// branch takes no object.
func alike(branches []*Schema, done map[*Schema][]Property) []Property {
	var out []Property
	objects := 0
	for _, b := range branches {
		switch {
		case b.Never || b.onlyNull():
			continue
		case !b.Allows("object"):
			return nil
		}
		props := b.collect(done)
		if objects++; objects == 1 {
			out = slices.Clone(props)
			continue
		}
		out = slices.DeleteFunc(out, func(p Property) bool {
			return !slices.ContainsFunc(props, func(o Property) bool {
				return o.Name == p.Name && sameSchema(o.Schema, p.Schema)
			})
		})
	}
	return out
}

func (s *Schema) onlyNull() bool {
	return len(s.Types) == 1 && s.Types[0] == "null" || s.Const != nil && *s.Const == nil ||
		len(s.Enum) == 1 && s.Enum[0] == nil
}

// sameSchema reports whether two schemas say the same of values, by the same words.
func sameSchema(a, b *Schema) bool {
	if a == b {
		return true
	}
	x, y := a.at.n, b.at.n
	if a.at.doc != b.at.doc || a.at.file != b.at.file || x == nil || y == nil || x.kind != y.kind {
		return false // a reference means another thing in another file
	}
	if x.kind != objectKind {
		return sameNode(x, y)
	}
	within := func(x, y *node) bool {
		for key, v := range x.members() {
			if !isAnnotation(key) && (y.get(key) == nil || !sameNode(v, y.get(key))) {
				return false
			}
		}
		return true
	}
	return within(x, y) && within(y, x)
}

// isAnnotation reports whether a keyword only tells people of values.
func isAnnotation(keyword string) bool {
	return slices.Contains([]string{"title", "description", "example", "examples", "deprecated", "$comment"}, keyword)
}

// plainProperties are the properties of values whatever stands in unions: those by which an answer can be built up.
func (s *Schema) plainProperties() []Property {
	if len(s.AllOf) == 0 {
		return s.Properties
	}
	out := slices.Clone(s.Properties)
	met := map[*Schema]bool{s: true}
	var add func(*Schema)
	add = func(s *Schema) {
		for _, part := range s.AllOf {
			if !met[part] {
				met[part] = true
				out = addMissing(out, part.Properties)
				add(part)
			}
		}
	}
	add(s)
	return out
}

// objectBranches are the schemas of a union that is all that a schema says, branches of null aside.
func (s *Schema) objectBranches() []*Schema {
	if len(s.Properties)+len(s.AllOf) > 0 || len(s.AnyOf) > 0 && len(s.OneOf) > 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Concat(s.AnyOf, s.OneOf), func(b *Schema) bool { return b.Never || b.onlyNull() })
}

// mentioned are the names of all properties that a value may have by some branch.
func (s *Schema) mentioned() []string {
	var out []string
	met := map[*Schema]bool{}
	var add func(*Schema)
	add = func(s *Schema) {
		if s == nil || met[s] {
			return
		}
		met[s] = true
		for _, p := range s.Properties {
			out = append(out, p.Name)
		}
		for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*Schema{s.If, s.Then, s.Else}) {
			add(part)
		}
	}
	add(s)
	return out
}
