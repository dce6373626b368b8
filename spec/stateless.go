package spec

import (
	"net/http"
	"slices"
	"strings"
)

// Stateless is a path whose operations show, change or end one thing, and of which no resource could be inferred: what
// they do is not remembered.
type Stateless struct {
	Path       string
	Operations []*Operation // those of the path, in document order
	// Why says what is missing, in a clause.
	Why string
}

// Stateless lists the paths at which somebody would look for state in vain: they end in a parameter, a GET shows what the
// parameter names, and another method writes it.
func (d *Document) Stateless() []Stateless {
	var out []Stateless
	for _, o := range d.Operations {
		if o.Method != http.MethodGet || o.Resource != nil || len(o.Owners) > 0 {
			continue
		}
		collection, _, param, ok := itemPath(o.Shape())
		if !ok {
			continue
		}
		s := Stateless{Path: o.Path}
		for _, other := range d.Operations {
			if other.Path == o.Path && other.Resource == nil {
				s.Operations = append(s.Operations, other)
			}
		}
		if slices.ContainsFunc(s.Operations, (*Operation).writes) {
			s.Why = whyStateless(o, o.pathParam(param), collection)
			out = append(out, s)
		}
	}
	return out
}

func (o *Operation) writes() bool {
	return slices.Contains([]string{http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete}, o.Method)
}

func whyStateless(get *Operation, param *Parameter, collection string) string {
	_, res := get.SuccessResponse()
	var m *MediaType
	if res != nil {
		m = Media(res.Content)
	}
	if m == nil || m.Schema == nil {
		return "no answer has a schema that shows a record"
	}
	if env, _ := findEnvelope(res, param, pathName(collection), get.Body); env != nil {
		return "its records are also found below others than the path names, and whose they are cannot be told"
	}
	telling, usual := idNames(param, pathName(collection))
	names := slices.Concat(telling, usual)
	lacks := func(k *Schema) bool {
		return !slices.ContainsFunc(k.AllProperties(), func(p Property) bool { return slices.Contains(names, flat(p.Name)) })
	}
	if kinds := m.Schema.Kinds(); len(kinds) > 0 && !slices.ContainsFunc(kinds, lacks) {
		return "the kinds of its records have ids that no one value can be"
	}
	return "no answer shows a record with an id that {" + param.Name + "} can be"
}

// Methods are those of its operations, in document order.
func (s Stateless) Methods() string {
	var out []string
	for _, o := range s.Operations {
		out = append(out, o.Method)
	}
	return strings.Join(out, ", ")
}

// stateless notes the paths that remember nothing.
func (l *linter) stateless() {
	for _, s := range l.doc.Stateless() {
		get := s.Operations[slices.IndexFunc(s.Operations, func(o *Operation) bool { return o.Method == http.MethodGet })]
		l.at("state", Should, get.Location, "a record that the path names", "none: "+s.Why,
			s.Methods()+" of "+s.Path+" remember nothing, and answer from examples")
	}
}
