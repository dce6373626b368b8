package spec

import (
	"net/url"
	"slices"
	"strings"
)

// The styles of parameters.
const (
	styleSimple = "simple"
	styleLabel  = "label"
	styleMatrix = "matrix"
	styleForm   = "form"
	styleSpace  = "spaceDelimited"
	stylePipe   = "pipeDelimited"
	styleDeep   = "deepObject"
	styleCookie = "cookie" // since 3.2: form without percent-encoding
)

// stylesOf lists the styles a place has, its default first.
func stylesOf(in string) []string {
	switch in {
	case "path":
		return []string{styleSimple, styleLabel, styleMatrix}
	case "header":
		return []string{styleSimple}
	case "cookie":
		return []string{styleForm, styleCookie}
	}
	return []string{styleForm, styleSpace, stylePipe, styleDeep}
}

// given is what a message holds of one parameter, escaped as it came.
type given struct {
	texts []string // what stands under the parameter's name, one a repetition
	parts untyped  // what stands under names of its own: members of an exploded object, brackets
}

func (g *given) none() bool { return len(g.texts) == 0 && len(g.parts.names) == 0 }

// shapes are the structures that what is given can have, the likeliest first, for a schema that wants these types. None
// means that the text is not written in the parameter's style.
func (p *Parameter) shapes(g *given, want kinds) []untyped {
	if len(g.parts.names) > 0 {
		return []untyped{g.parts}
	}
	var out []untyped
	if want.has(arrayType) {
		out = append(out, p.lists(g.texts)...)
	}
	if want.has(objectType) && len(g.texts) == 1 && p.Style != styleDeep && !p.spreads() {
		if u, ok := p.object(g.texts[0]); ok {
			out = append(out, u)
		}
	}
	if want.has(scalarTypes) && len(g.texts) == 1 {
		if text, ok := p.bare(g.texts[0]); ok {
			out = append(out, textual(p.unescape(text)))
		}
	}
	return out
}

// bare is a text without what the style puts in front of it.
func (p *Parameter) bare(text string) (string, bool) {
	switch p.Style {
	case styleLabel:
		return strings.CutPrefix(text, ".")
	case styleMatrix:
		name, value, _ := strings.Cut(text, "=")
		return value, name == ";"+p.Name
	}
	return text, true
}

// lists are the ways to take texts for an array.
func (p *Parameter) lists(texts []string) []untyped {
	if len(texts) > 1 || p.repeats() || p.Style == styleDeep {
		return []untyped{p.items(texts)}
	}
	text, separator := texts[0], p.separator()
	if p.Style == styleMatrix && p.Explode {
		parts := strings.Split(text, ";")
		for i, part := range parts[1:] {
			name, value, _ := strings.Cut(part, "=")
			if name != p.Name {
				return nil
			}
			parts[i+1] = value
		}
		return []untyped{p.items(parts[1:])}
	}
	text, ok := p.bare(text)
	if !ok {
		return nil
	}
	if text == "" {
		return []untyped{p.items(nil), p.items([]string{""})}
	}
	out := []untyped{p.items(splitAny(text, separator))}
	// Clients that encode the separators as well, and the labels of OpenAPI before 3.0.4, are understood where the
	// items are not otherwise those of the schema.
	switch {
	case p.Style == styleLabel && !p.Explode && strings.Contains(text, "."):
		out = append(out, p.items(strings.Split(text, ".")))
	case p.In == "query" && strings.Contains(text, "%"):
		if whole := p.unescape(text); len(splitAny(whole, separator)) > len(out[0].items) {
			out = append(out, listed(splitAny(whole, separator)))
		}
	}
	return out
}

// separator is what stands between the items of one text, each of them a way to write it.
func (p *Parameter) separator() []string {
	switch p.Style {
	case styleLabel:
		if p.Explode {
			return []string{"."}
		}
	case styleSpace:
		return []string{"%20", "+", " "}
	case stylePipe:
		return []string{"|", "%7C", "%7c"}
	}
	return []string{","}
}

func splitAny(text string, separators []string) []string {
	for _, s := range separators[1:] {
		text = strings.ReplaceAll(text, s, separators[0])
	}
	return strings.Split(text, separators[0])
}

func (p *Parameter) items(texts []string) untyped {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = p.unescape(t)
	}
	return listed(out)
}

// object takes one text for an object.
func (p *Parameter) object(text string) (untyped, bool) {
	separator, spread := p.separator(), p.Explode && p.Style != styleForm
	if p.Style == styleMatrix && p.Explode {
		rest, ok := strings.CutPrefix(text, ";")
		if !ok {
			return untyped{}, false
		}
		text, separator = rest, []string{";"}
	} else {
		rest, ok := p.bare(text)
		if !ok {
			return untyped{}, false
		}
		text = rest
	}
	u := untyped{form: aNamed}
	if text == "" {
		return u, true
	}
	parts := splitAny(text, separator)
	if spread {
		for _, part := range parts {
			name, value, ok := strings.Cut(part, "=")
			if !ok && p.Style != styleMatrix {
				return untyped{}, false
			}
			u.put(p.unescape(name), textual(p.unescape(value)))
		}
		return u, true
	}
	if len(parts)%2 != 0 {
		return untyped{}, false
	}
	for pair := range slices.Chunk(parts, 2) {
		u.put(p.unescape(pair[0]), textual(p.unescape(pair[1])))
	}
	return u, true
}

// unescape undoes the percent-encoding of the parameter's place. Queries were looked through before.
func (p *Parameter) unescape(text string) string {
	switch p.In {
	case "query":
		if u, err := url.QueryUnescape(text); err == nil {
			return u
		}
	case "path":
		if u, err := url.PathUnescape(text); err == nil {
			return u
		}
	case "header":
		return strings.Trim(text, " \t")
	case "cookie":
		if p.Style != styleCookie {
			if u, err := url.PathUnescape(text); err == nil {
				return u
			}
		}
	}
	return text
}

// example tells how the style writes values, for findings.
func (p *Parameter) example(want kinds) string {
	value := "VALUE"
	switch {
	case want.has(arrayType):
		value = "ITEM" + p.separator()[0] + "ITEM"
	case want.has(objectType) && p.Explode:
		value = "NAME=VALUE"
	case want.has(objectType):
		value = "NAME" + p.separator()[0] + "VALUE"
	}
	switch p.Style {
	case styleLabel:
		return "." + value
	case styleMatrix:
		if want.has(objectType) && p.Explode {
			return ";" + value
		}
		return ";" + p.Name + "=" + value
	case styleDeep:
		return p.Name + "[NAME]=VALUE"
	}
	return value
}
