package spec

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// encodeXML writes a value as an XML document, the way its schema's xml objects have it.
func encodeXML(value any, s *Schema) ([]byte, error) {
	w := xmlWriter{}
	w.b.WriteString(xml.Header)
	var f facets
	name := "root"
	if s != nil {
		f = facets{s}
		if c := s.Component(); c != "" && validXMLName(c) {
			name = c
		}
	}
	w.value(name, value, f)
	return w.b.Bytes(), w.err
}

type xmlWriter struct {
	b   bytes.Buffer
	err error
}

// value writes one element. Where its schemas name the element, that name is used.
func (w *xmlWriter) value(name string, v any, schemas facets) {
	x := schemas.xml()
	if x.Name != "" {
		name = x.Name
	}
	w.named(name, x, v, schemas)
}

func (w *xmlWriter) named(name string, x XML, v any, schemas facets) {
	if !validXMLName(name) {
		w.err = fmt.Errorf("%q is no name in XML: %w", name, ErrNotCarried)
		return
	}
	f := schemas.branchFor(v)
	if x.Namespace != "" && x.Prefix != "" {
		name = x.Prefix + ":" + name
	}
	w.b.WriteString("<" + name)
	switch {
	case x.Namespace != "" && x.Prefix != "":
		w.attr("xmlns:"+x.Prefix, x.Namespace)
	case x.Namespace != "":
		w.attr("xmlns", x.Namespace)
	}
	switch v := v.(type) {
	case nil:
		w.attr("xmlns:xsi", schemaInstance)
		w.attr("xsi:nil", "true")
		w.b.WriteString(">")
	case map[string]any, strictjson.Object:
		w.object(ordered(v), f)
	case []any:
		w.b.WriteString(">")
		for i, item := range v {
			w.item("item", x.Name, item, f.item(i))
		}
	default:
		w.b.WriteString(">")
		w.text(v)
	}
	w.b.WriteString("</" + name + ">")
}

// item writes an item of an array: under its own name, else that of the array, else a given one.
func (w *xmlWriter) item(name, array string, v any, schemas facets) {
	if array != "" {
		name = array
	}
	w.value(name, v, schemas)
}

// branchFor is the choice of branches that a value keeps, the first where it keeps none.
func (f facets) branchFor(v any) facets {
	choices := alternatives(f...)
	if len(choices) == 1 {
		return choices[0]
	}
	plain := strictjson.Plain(v)
	for _, c := range choices {
		if c.kinds().has(kindOf(v)) && c.accept(plain, Out) {
			return c
		}
	}
	return choices[0]
}

func (w *xmlWriter) object(o strictjson.Object, f facets) {
	var inner strictjson.Object
	for _, m := range o {
		x := f.member(m.Name).xml()
		if !x.Attribute {
			inner = append(inner, m)
			continue
		}
		name := m.Name
		if x.Name != "" {
			name = x.Name
		}
		if !validXMLName(name) || kindOf(m.Value)&(nullType|arrayType|objectType) != 0 {
			w.err = fmt.Errorf("attribute %q: %w", name, ErrNotCarried)
			return
		}
		if x.Prefix != "" && x.Namespace != "" {
			w.attr("xmlns:"+x.Prefix, x.Namespace)
			name = x.Prefix + ":" + name
		}
		text, _ := scalarText(m.Value)
		w.attr(name, text)
	}
	w.b.WriteString(">")
	for _, m := range inner {
		w.member(m.Name, m.Value, f.member(m.Name))
	}
}

func (w *xmlWriter) member(name string, v any, schemas facets) {
	x := schemas.xml()
	list, isList := v.([]any)
	switch {
	case x.Text:
		w.text(v)
	case isList && !x.Wrapped:
		f := schemas.branchFor(v)
		for i, item := range list {
			w.value(name, item, f.item(i))
		}
	case isList:
		label := name
		if x.Name != "" {
			label = x.Name
		}
		x.Name = label // items without a name of their own have that of the array
		w.named(label, x, v, schemas)
	default:
		w.value(name, v, schemas)
	}
}

func (w *xmlWriter) text(v any) {
	text, err := scalarText(v)
	if err != nil {
		w.err = err
	}
	_ = xml.EscapeText(&w.b, []byte(text)) // to memory
}

func (w *xmlWriter) attr(name, value string) {
	w.b.WriteString(" " + name + `="`)
	_ = xml.EscapeText(&w.b, []byte(value)) // to memory
	w.b.WriteString(`"`)
}

// validXMLName reports whether a text can be the name of an element, without a prefix.
func validXMLName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0xBF && r != 0xD7 && r != 0xF7 && r < 0x2000
		if !letter && (i == 0 || !strings.ContainsRune("-.0123456789", r)) {
			return false
		}
	}
	return s != ""
}
