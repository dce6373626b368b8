package spec

import (
	"slices"
	"strings"
)

func (d *Document) buildParameter(at place) *Parameter {
	p := &Parameter{
		Name:            at.str("name"),
		In:              at.str("in"),
		Description:     at.str("description"),
		Required:        at.isTrue("required"),
		AllowReserved:   at.isTrue("allowReserved"),
		AllowEmptyValue: at.isTrue("allowEmptyValue"),
		Location:        at.location(),
	}
	d.buildStyle(p, at)
	p.unfolds, p.UnfoldDefault = unfoldHint(at)
	return p
}

// buildStyle reads how a parameter or a header is written, and its schema. A style that its place does not have is a
// flaw and stands for the default.
func (d *Document) buildStyle(p *Parameter, at place) {
	styles := stylesOf(p.In)
	p.Style = styles[0]
	if given := at.get("style"); given.exists() {
		if slices.Contains(styles, given.n.str()) {
			p.Style = given.n.str()
		} else {
			d.Flaws = append(d.Flaws, Finding{
				Rule: "style", Level: Should, In: "document", Pointer: given.ptr, Document: given.location(),
				Expected: "a style that is for " + p.In + " parameters: " + strings.Join(styles, ", "),
				Actual:   Clip(given.n.scalarText()), Hint: "the style " + p.Style + " is used",
			})
		}
	}
	p.Explode = p.Style == styleForm || p.Style == styleCookie
	if e := at.get("explode"); e.exists() {
		p.Explode = e.n.isTrue()
	}
	if s := at.raw("schema"); s.exists() {
		p.Schema = d.schema(s)
	} else if content := d.buildContent(at.get("content")); len(content) > 0 {
		p.Media, p.Schema = content[0], content[0].Schema
	}
	p.wants = wants(p.Schema)
	p.single = p.Schema != nil && p.Schema.plainScalar()
}

// ignored reports whether OpenAPI gives the parameter no meaning: these headers are described in other ways.
func (p *Parameter) ignored() bool {
	return p.In == "header" && ignoredHeader(p.Name) || p.Name == "" && p.In != "querystring"
}

func ignoredHeader(name string) bool {
	return strings.EqualFold(name, "Accept") || strings.EqualFold(name, "Content-Type") || strings.EqualFold(name, "Authorization")
}

// buildHeaders reads the headers of a response or of a part. Content-Type is described by the content's key instead.
func (d *Document) buildHeaders(list place) []*Header {
	var out []*Header
	for name, at := range list.members() {
		if strings.EqualFold(name, "Content-Type") {
			continue
		}
		h := &Header{Name: name, Required: at.isTrue("required"), Location: at.location()}
		h.param = Parameter{Name: name, In: "header", Location: h.Location}
		d.buildStyle(&h.param, at)
		if !at.exists() {
			h.param.Schema = d.unusable(list.raw(name))
		}
		h.Schema = h.param.Schema
		out = append(out, h)
	}
	return out
}
