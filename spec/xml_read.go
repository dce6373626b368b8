package spec

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// XML is the OpenAPI xml object: how a schema's values look in XML.
type XML struct {
	Name, Namespace, Prefix string
	Attribute, Wrapped      bool
	// Text: the value is the text of the element of its object (nodeType text or cdata, since 3.2).
	Text bool
}

func buildXML(at place) *XML {
	if !at.exists() {
		return nil
	}
	node := at.str("nodeType")
	return &XML{
		Name: at.str("name"), Namespace: at.str("namespace"), Prefix: at.str("prefix"),
		Attribute: at.isTrue("attribute") || node == "attribute", Wrapped: at.isTrue("wrapped") || node == "element",
		Text: node == "text" || node == "cdata",
	}
}

// xml is what the schemas say together about XML; the first to say something counts.
func (f facets) xml() XML {
	var out XML
	choices := alternatives(f...)
	for _, s := range choices[0] {
		x := s.XML
		if x == nil {
			continue
		}
		if out.Name == "" {
			out.Name = x.Name
		}
		if out.Namespace == "" {
			out.Namespace, out.Prefix = x.Namespace, x.Prefix
		}
		out.Attribute = out.Attribute || x.Attribute
		out.Wrapped = out.Wrapped || x.Wrapped
		out.Text = out.Text || x.Text
	}
	return out
}

const (
	schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"
	xmlnsSpace     = "xmlns"
)

// element is an XML element as it was read.
type element struct {
	name  xml.Name
	attrs []xml.Attr
	kids  []*element
	text  []byte
}

// decodeXML reads an XML document as a value of a schema. It knows no entities but the five of XML and refuses a
// document type, so nothing can grow or be fetched.
func decodeXML(data []byte, s *Schema, t typing) (any, error) {
	root, err := parseXML(data, t)
	if err != nil {
		return nil, err
	}
	var f facets
	if s != nil {
		f = facets{s}
		if x := f.xml(); x.Name != "" && !root.is(x.Name, x.Namespace) {
			return nil, &fault{
				rule: "xml", expected: "the element " + x.Name + inNamespace(x.Namespace),
				actual:  Clip(root.name.Local) + inNamespace(Clip(root.name.Space)),
				invalid: true, hint: "the document names the element in the schema's xml object",
			}
		}
	}
	return t.element(root, f), nil
}

func inNamespace(space string) string {
	if space == "" {
		return ""
	}
	return " in the namespace " + space
}

func malformedXML(err error) *fault {
	f := &fault{rule: "xml", expected: "an XML document in UTF-8", actual: Clip(err.Error())}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		f.actual, f.hint = Clip(syntax.Msg), "look at line "+strconv.Itoa(syntax.Line)+" of the body"
	}
	return f
}

func parseXML(data []byte, t typing) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, &fault{
			rule: "xml", expected: "an XML document in UTF-8", actual: "one in " + Clip(charset),
			hint: "write it in UTF-8, and say so in its declaration or say nothing",
		}
	}
	p := xmlParser{depth: t.depth(), left: t.elements()}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.take(token)
		}
		var f *fault
		if errors.As(err, &f) {
			return nil, f
		}
		if err != nil {
			return nil, malformedXML(err)
		}
	}
	if p.root == nil {
		return nil, malformedXML(errors.New("no element"))
	}
	return p.root, nil
}

type xmlParser struct {
	root        *element
	open        []*element
	depth, left int
}

func (p *xmlParser) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return p.start(token)
	case xml.EndElement:
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		if n := len(p.open); n > 0 {
			p.open[n-1].text = append(p.open[n-1].text, token...)
		} else if len(bytes.TrimSpace(token)) > 0 {
			return errors.New("text outside of the element")
		}
	case xml.Directive:
		return &fault{
			rule: "xml", expected: "XML without a document type", actual: "<!" + Clip(string(token)) + ">",
			hint: "leave DOCTYPE and entities out; they are never read",
		}
	}
	return nil
}

func (p *xmlParser) start(token xml.StartElement) error {
	if p.left -= 1 + len(token.Attr); p.left < 0 {
		return &fault{rule: "too-many", expected: "fewer elements and attributes", actual: "more than are accepted"}
	}
	if len(p.open) >= p.depth {
		return &fault{rule: "too-deep", expected: "at most " + strconv.Itoa(p.depth) + " levels of elements", actual: "more"}
	}
	e := &element{name: token.Name, attrs: token.Attr}
	seen := make(map[xml.Name]bool, len(token.Attr))
	for _, a := range token.Attr {
		if seen[a.Name] {
			return errors.New("the attribute " + a.Name.Local + " stands twice")
		}
		seen[a.Name] = true
	}
	switch n := len(p.open); {
	case n > 0:
		p.open[n-1].kids = append(p.open[n-1].kids, e)
	case p.root != nil:
		return errors.New("a second element after the first")
	default:
		p.root = e
	}
	p.open = append(p.open, e)
	return nil
}

func (e *element) is(name, space string) bool {
	return e.name.Local == name && (space == "" || e.name.Space == space)
}

// isNil reports whether the element says that it has no value.
func (e *element) isNil() bool {
	for _, a := range e.attrs {
		if a.Name.Space == schemaInstance && a.Name.Local == "nil" {
			return a.Value == "true" || a.Value == "1"
		}
	}
	return false
}

// hasParts reports whether an element holds more than text.
func (e *element) hasParts() bool { return len(e.kids) > 0 || len(e.ownAttrs()) > 0 }

// ownAttrs are the attributes that are data.
func (e *element) ownAttrs() []xml.Attr {
	var out []xml.Attr
	for _, a := range e.attrs {
		if a.Name.Space != xmlnsSpace && a.Name.Local != xmlnsSpace && a.Name.Space != schemaInstance {
			out = append(out, a)
		}
	}
	return out
}

func (e *element) blank() bool { return len(bytes.TrimSpace(e.text)) == 0 }

// element is the value of an element under schemas that hold together.
func (t typing) element(e *element, schemas facets) any {
	if e.isNil() {
		return nil
	}
	choices := alternatives(schemas...)
	if len(choices) == 1 {
		return t.elementAs(e, choices[0])
	}
	var first any
	for i, f := range choices {
		v := t.elementAs(e, f)
		if schemas.accept(v, t.dir) {
			return v
		}
		if i == 0 {
			first = v
		}
	}
	return first
}

func (t typing) elementAs(e *element, f facets) any {
	want := f.kinds()
	switch {
	case len(f) == 0 && e.hasParts():
		return t.object(e, f)
	case len(f) == 0:
		return string(e.text)
	case want.has(objectType) && (e.hasParts() || !want.has(scalarTypes) && e.blank() || f.hasText()):
		return t.object(e, f)
	case want.has(arrayType) && (len(e.kids) > 0 || !want.has(scalarTypes) && e.blank()):
		return t.listOfElements(e.kids, f)
	case e.hasParts():
		return t.object(e, f) // of the wrong type; the schema says so
	case !want.has(stringType):
		return t.scalar(strings.TrimSpace(string(e.text)), f, want&scalarTypes)
	}
	return t.scalar(string(e.text), f, want&scalarTypes)
}

func (t typing) listOfElements(kids []*element, f facets) any {
	out := make([]any, len(kids))
	for i, k := range kids {
		out[i] = t.element(k, f.item(i))
	}
	return out
}

// hasText reports whether a property is the element's own text.
func (f facets) hasText() bool {
	for _, s := range f {
		for _, p := range s.Properties {
			if p.Schema.XML != nil && p.Schema.XML.Text {
				return true
			}
		}
	}
	return false
}
