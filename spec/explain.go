package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/jsonschema/v6/kind"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Check validates a plain value (as strictjson.Decode gives it) and returns at most MaxFindings findings, sorted, their
// In and Operation left empty. The error is of the schema, not of the value: it cannot be compiled.
func (s *Schema) Check(v any, dir Direction) ([]Finding, error) {
	if s.together != nil {
		return checkAll(s.together, v, dir)
	}
	if s.calling != nil {
		return s.calling.check(v, dir)
	}
	if s.provesScalar(v, dir) {
		return nil, nil
	}
	return s.check(v, dir)
}

// check is Check by the validator alone.
func (s *Schema) check(v any, dir Direction) ([]Finding, error) {
	js, err := s.validator(dir)
	if err != nil {
		return nil, err
	}
	errs, err := s.firstErrors(js, v, MaxFindings)
	if len(errs) == 0 {
		return nil, err
	}
	return s.explained(errs, v), nil
}

func (s *Schema) explained(errs []*jsonschema.ValidationError, v any) []Finding {
	x := explainer{doc: s.at.doc, root: v}
	for _, e := range errs {
		x.walk(e)
	}
	SortFindings(x.out)
	return slices.CompactFunc(x.out, func(a, b Finding) bool { return a == b })
}

// Valid reports whether a plain value is valid; false too where the schema cannot be compiled.
func (s *Schema) Valid(v any, dir Direction) bool {
	if s.together != nil {
		return !slices.ContainsFunc(s.together, func(p *Schema) bool { return !p.Valid(v, dir) })
	}
	if c := s.calling; c != nil {
		return c.body.Valid(renamed(v, c.toBody), dir)
	}
	js, err := s.validator(dir)
	if err != nil {
		return false
	}
	errs, err := s.firstErrors(js, v, 1)
	return err == nil && len(errs) == 0
}

// Usable is why the schema cannot be used to validate; nil when it can.
func (s *Schema) Usable(dir Direction) error {
	for _, p := range s.together {
		if err := p.Usable(dir); err != nil {
			return err
		}
	}
	if s.together != nil {
		return nil
	}
	if s.calling != nil {
		return s.calling.body.Usable(dir)
	}
	_, err := s.validator(dir)
	return err
}

// MaxFindings bounds the findings of one check; what is beyond is not computed further.
const MaxFindings = 50

// explainer turns the library's tree of errors into findings.
type explainer struct {
	doc  *Document
	root any
	out  []Finding
}

func (x *explainer) walk(e *jsonschema.ValidationError) {
	if len(x.out) >= MaxFindings {
		return
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf:
		x.union(e, "anyOf")
	case *kind.OneOf:
		if len(k.Subschemas) > 0 {
			x.add(e, "oneOf", nil)
			return
		}
		x.union(e, "oneOf")
	case *kind.Not, *kind.PropertyNames, *kind.Contains:
		x.add(e, "", nil)
	case *kind.Required:
		x.each(e, k.Missing)
	case *kind.AdditionalProperties:
		x.each(e, k.Properties)
	case *kind.DependentRequired:
		x.each(e, k.Missing)
	case *kind.Dependency:
		x.each(e, k.Missing)
	default:
		if len(e.Causes) == 0 {
			x.add(e, "", nil)
			return
		}
		for _, c := range e.Causes {
			x.walk(c)
		}
	}
}

// each makes a finding for every name, at the pointer where the member is or should be.
func (x *explainer) each(e *jsonschema.ValidationError, names []string) {
	slices.Sort(names)
	for _, n := range names {
		x.add(e, "", []string{n})
	}
}

// union explains a value that no branch takes: by the one branch it was meant for, if that can be told, else by what
// the branches would take.
func (x *explainer) union(e *jsonschema.ValidationError, keyword string) {
	var meant []*jsonschema.ValidationError
	for _, c := range e.Causes {
		if !wrongType(c, len(e.InstanceLocation)) {
			meant = append(meant, c)
		}
	}
	if len(meant) == 1 {
		x.walk(meant[0])
		return
	}
	x.add(e, keyword, nil)
}

// wrongType reports whether a branch refused the value itself for its type (or a constant), not something inside it.
func wrongType(e *jsonschema.ValidationError, depth int) bool {
	switch e.ErrorKind.(type) {
	case *kind.Type, *kind.Const, *kind.Enum:
		return len(e.InstanceLocation) == depth
	case *kind.Group, *kind.Reference, *kind.Schema, *kind.AllOf, *kind.AnyOf, *kind.OneOf:
		return slices.ContainsFunc(e.Causes, func(c *jsonschema.ValidationError) bool { return wrongType(c, depth) })
	}
	return false
}

// add makes one finding; below names a member of the value it is about, and keyword the rule where it differs from
// the error's own.
func (x *explainer) add(e *jsonschema.ValidationError, keyword string, below []string) {
	if len(x.out) >= MaxFindings {
		return
	}
	path := e.ErrorKind.KeywordPath()
	switch _, cycle := e.ErrorKind.(*kind.RefCycle); {
	case keyword != "":
	case cycle:
		keyword = "$ref"
	case len(path) > 0:
		keyword = path[0]
	}
	under := len(path) > 0
	if _, never := e.ErrorKind.(*kind.FalseSchema); never {
		keyword, under = "false", false
	}
	rule := x.doc.ruleAt(ruleKey{e.SchemaURL, keyword, under})
	f := Finding{
		Rule:     keyword,
		Level:    rule.level,
		Pointer:  strictjson.Pointer(append(slices.Clone(e.InstanceLocation), below...)...),
		Document: rule.location,
	}
	value, there := strictjson.Resolve(x.root, f.Pointer)
	f.Actual = "nothing"
	if there {
		f.Actual = Clip(string(strictjson.Append(nil, value)))
	}
	f.Expected, f.Hint = describe(e.ErrorKind, keyword, value, rule.schema)
	x.out = append(x.out, f)
}

// ruleKey names what a value broke: a keyword of a schema, or the schema itself.
type ruleKey struct {
	schemaURL, keyword string
	under              bool // the keyword stands in the schema
}

// rule is what the document has to say of that: always the same, so it is looked up once.
type rule struct {
	level    Level
	location Location
	schema   *node
}

func (d *Document) ruleAt(k ruleKey) rule {
	if known, ok := d.rules.Load(k); ok {
		return known.(rule)
	}
	r := rule{level: Must}
	if file, ptr, _, ok := parseSchemaURL(k.schemaURL); ok {
		at := ptr
		if k.under {
			at += strictjson.Pointer(k.keyword)
		}
		r.location = d.locate(file, at)
		r.location.Pointer = at
		if d.inferred(file, at) {
			r.level = Should
		}
		r.schema = d.files[file].tree.at(strings.TrimSuffix(at, strictjson.Pointer(k.keyword)))
	}
	d.rules.Store(k, r)
	return r
}

func quoteList(values []any) string {
	const most = 12
	var parts []string
	for i, v := range values {
		if i == most {
			parts = append(parts, fmt.Sprintf("… (%d in all)", len(values)))
			break
		}
		parts = append(parts, Clip(string(strictjson.Append(nil, v))))
	}
	return strings.Join(parts, ", ")
}
