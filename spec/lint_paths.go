package spec

import (
	"fmt"
	"slices"
	"strings"
)

// pathParameters notes parameters that are in the template and not declared, and the other way round.
func (l *linter) pathParameters(o *Operation) {
	inTemplate := templateNames(o.Path)
	var declared []string
	for _, p := range o.Parameters {
		if p.In != "path" || p.implied {
			continue
		}
		declared = append(declared, p.Name)
		if !slices.Contains(inTemplate, p.Name) {
			l.at("parameter", Must, p.Location, "a parameter of the path "+o.Path, p.Name,
				"no request can have it, so none has to"+nearestOf(p.Name, inTemplate))
		}
	}
	for i, name := range inTemplate {
		switch {
		case slices.Contains(inTemplate[:i], name):
			l.at("parameter", Must, o.Location, "each parameter once in "+o.Path, "twice: "+name, "one of its values is lost")
		case !slices.Contains(declared, name):
			l.at("parameter", Must, o.Location, "a parameter "+name+" in path, as in "+o.Path, "none",
				"any text will do for it"+nearestOf(name, declared))
		}
	}
}

func nearestOf(name string, names []string) string {
	if n := Nearest(name, names); n != "" && n != name {
		return fmt.Sprintf("; did you mean %s?", n)
	}
	return ""
}

// templateNames are the parameters of a path template, in order.
func templateNames(template string) []string {
	var out []string
	for _, s := range strings.Split(template, "/") {
		parts := templateParts(s)
		for i := 1; i < len(parts); i += 2 {
			out = append(out, parts[i])
		}
	}
	return out
}

// paths notes templates that cannot be told apart, or not always.
func (l *linter) paths() {
	met := map[string]bool{}
	seen := map[int][]template{} // by the number of segments
	for _, o := range l.doc.Operations {
		if met[o.Path] {
			continue
		}
		met[o.Path] = true
		own := templateOf(o.Path)
		for _, s := range seen[len(own.segments)] {
			if len(l.out) >= maxFlaws {
				return
			}
			at := o.Location
			at.Pointer = at.Pointer[:max(0, strings.LastIndexByte(at.Pointer, '/'))]
			switch s.overlap(own) {
			case sameShape:
				l.at("paths", Must, at, "paths that differ in more than names of parameters and percent-encoding",
					o.Path+" beside "+s.path, "they are served as one; of two operations of one method there, the first whose "+
						"parameters a request keeps")
			case bothMatch:
				l.at("paths", Should, at, "paths of which one is more specific", o.Path+" beside "+s.path,
					"some requests fit both; which of them answers is not defined")
			case apart:
			}
		}
		seen[len(own.segments)] = append(seen[len(own.segments)], own)
	}
}

// likeness of two templates.
type overlapping int

const (
	apart overlapping = iota
	sameShape
	bothMatch // and neither is more specific
)

// template is a path's template taken apart.
type template struct {
	path     string
	segments []templateSegment
}

type templateSegment struct {
	text  string
	param bool
	mixed []string // of a segment with parameters and more: what is fixed of it
}

func templateOf(path string) template {
	out := template{path: path}
	for _, text := range strings.Split(path, "/") {
		s := templateSegment{text: decoded(text)}
		if _, s.param = paramSegment(text); !s.param && strings.Contains(text, "{") {
			s.mixed = shapeOf(text)
		}
		out.segments = append(out.segments, s)
	}
	return out
}

// overlap compares two templates of as many segments, one by one.
func (t template) overlap(with template) overlapping {
	aFixed, bFixed := false, false // somewhere only this one has a fixed segment
	for i, a := range t.segments {
		b := with.segments[i]
		switch {
		case a.param && b.param:
		case a.param:
			bFixed = true
		case b.param:
			aFixed = true
		case a.mixed != nil || b.mixed != nil:
			if a.mixed == nil || b.mixed == nil || !slices.Equal(a.mixed, b.mixed) {
				return apart // mixed segments: which texts fit both is not asked
			}
		case a.text != b.text:
			return apart
		}
	}
	switch {
	case aFixed && bFixed:
		return bothMatch
	case aFixed || bFixed:
		return apart
	}
	return sameShape
}

// shapeOf is a segment without the names of its parameters and percent-encoding.
func shapeOf(segment string) []string {
	parts := namelessParts(templateParts(segment))
	for i, text := range parts {
		parts[i] = decoded(text)
	}
	return parts
}
