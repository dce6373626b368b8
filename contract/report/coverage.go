package report

import (
	"slices"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// Coverage is what a document demands of requests and how much of it was tried.
type Coverage struct {
	Operations []OperationCoverage `json:"operations"`
}

// OperationCoverage is one operation. Checks is how many of its checks ran.
type OperationCoverage struct {
	Operation   string        `json:"operation"`
	Document    spec.Location `json:"document"`
	Checks      int           `json:"checks"`
	Constraints []Constraint  `json:"constraints"`
	// LeftOut is why none of its checks was tried; "" where one was, or none was selected.
	LeftOut string `json:"leftOut,omitempty"`
}

// Constraint is one keyword of a schema that the body or a parameter of an operation reaches, those of its path apart. It is covered when
// a check that is about it ran.
type Constraint struct {
	Place    string        `json:"place"` // body.emails[], query.limit
	Keyword  string        `json:"keyword"`
	Document spec.Location `json:"document"`
	Checks   int           `json:"checks"`
}

// Cover counts what a document demands of bodies and parameters, and the checks that were about each demand.
// Properties that only the server writes demand nothing of a request. A check is about a keyword when it stands at the
// keyword's schema and tests its group: boundaries are tested together, and so are sizes, branches and values.
func Cover(d *spec.Document, outcomes []contract.Outcome) Coverage {
	var out Coverage
	left := map[string]string{}
	for _, l := range (&contract.Result{Outcomes: outcomes}).LeftOut() {
		left[l.Operation] = l.Reason
	}
	tried := map[string][]*contract.Check{} // by operation
	for _, o := range outcomes {
		if ran(o.Status) {
			tried[o.Check.Operation] = append(tried[o.Check.Operation], o.Check)
		}
	}
	for _, op := range d.Operations {
		w := walker{op: op, seen: map[*spec.Schema]bool{}, ran: map[testedKey]int{}}
		oc := OperationCoverage{
			Operation: op.ID, Document: op.Location, LeftOut: left[op.ID], Checks: len(tried[op.ID]),
		}
		for _, c := range tried[op.ID] {
			w.note(c)
		}
		w.operation()
		oc.Constraints = w.found
		out.Operations = append(out.Operations, oc)
	}
	return out
}

func (c Coverage) operations() of {
	out := of{Total: len(c.Operations)}
	for _, o := range c.Operations {
		if o.Checks > 0 {
			out.Covered++
		}
	}
	return out
}

func (c Coverage) constraints() of {
	var out of
	for _, o := range c.Operations {
		out.Total += len(o.Constraints)
		out.Covered += o.Covered()
	}
	return out
}

// testedKey is a place in the document together with a group of keywords.
type testedKey struct{ file, pointer, group string }

// walker finds the constraints of one operation.
type walker struct {
	op    *spec.Operation
	ran   map[testedKey]int
	seen  map[*spec.Schema]bool
	found []Constraint
}

// note counts a check that ran for the place it is about.
func (w *walker) note(c *contract.Check) {
	group := keywordGroup(c.Rule)
	w.ran[testedKey{c.Document.File, c.Document.Pointer, group}]++
}

// keywordGroup is the keyword that stands for those that one check tests together.
func keywordGroup(rule string) string {
	switch rule {
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "number":
		return "minimum"
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		return "minLength"
	case "anyOf", "oneOf":
		return "anyOf"
	case "enum", "const":
		return "enum"
	}
	return rule
}

func (w *walker) operation() {
	if b := w.op.Body; b != nil {
		if b.Required {
			w.add("body", "required", b.Location, w.at(b.Location, "required"))
		}
		if m := spec.Media(b.Content); m != nil && m.Readable() {
			w.schema("body", m.Schema, nil)
		}
	}
	for _, p := range w.op.Parameters {
		if p.In == "path" {
			continue // a record is not changed by a path that names none
		}
		place := p.In + "." + p.Name
		if p.Required {
			w.add(place, "required", p.Location, w.at(p.Location, "required"))
		}
		// One check of a parameter tests all of its schema.
		w.schema(place, p.Schema, &p.Location)
	}
}

// at is how many checks of a group of keywords at a place ran.
func (w *walker) at(l spec.Location, rule string) int {
	return w.ran[testedKey{l.File, l.Pointer, keywordGroup(rule)}]
}

func (w *walker) add(place, keyword string, l spec.Location, checks int) {
	w.found = append(w.found, Constraint{place, keyword, l, checks})
}

// schema adds the constraints of a schema and of all it leads to, each schema once. Those of a parameter are tested
// by the checks that stand at the parameter.
func (w *walker) schema(place string, s *spec.Schema, parameter *spec.Location) {
	if s == nil || s.ReadOnly || w.seen[s] {
		return
	}
	w.seen[s] = true
	for _, keyword := range keywords(s) {
		checks := w.at(s.Location, keyword)
		if parameter != nil {
			checks += w.at(*parameter, "parameter")
		}
		w.add(place, keyword, s.KeywordLocation(keyword), checks)
	}
	for _, p := range s.Properties {
		w.schema(place+"."+p.Name, p.Schema, parameter)
	}
	w.schema(place+"[]", s.Items, parameter)
	for _, sub := range s.PrefixItems {
		w.schema(place+"[]", sub, parameter)
	}
	w.schema(place+".*", s.AdditionalProperties, parameter)
	for _, p := range s.PatternProperties {
		w.schema(place+".*", p.Schema, parameter)
	}
	for _, list := range [][]*spec.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, sub := range list {
			w.schema(place, sub, parameter)
		}
	}
}

// keywords are those of a schema that refuse some values.
func keywords(s *spec.Schema) []string {
	var out []string
	has := func(keyword string, there bool) {
		if there {
			out = append(out, keyword)
		}
	}
	has("type", len(s.Types) > 0)
	has("enum", len(s.Enum) > 0)
	has("const", s.Const != nil)
	has("format", s.Format != "")
	has("pattern", s.Pattern != "")
	has("minLength", s.MinLength != nil)
	has("maxLength", s.MaxLength != nil)
	has("minimum", s.Minimum != "")
	has("maximum", s.Maximum != "")
	has("exclusiveMinimum", s.ExclusiveMinimum != "")
	has("exclusiveMaximum", s.ExclusiveMaximum != "")
	has("multipleOf", s.MultipleOf != "")
	has("contains", s.Contains != nil)
	has("minItems", s.MinItems != nil)
	has("maxItems", s.MaxItems != nil)
	has("uniqueItems", s.UniqueItems)
	has("required", len(s.Required) > 0)
	has("additionalProperties", s.AdditionalProperties != nil)
	has("propertyNames", s.PropertyNames != nil)
	has("minProperties", s.MinProperties != nil)
	has("maxProperties", s.MaxProperties != nil)
	has("dependentRequired", len(s.DependentRequired) > 0)
	has("anyOf", len(s.AnyOf) > 0)
	has("oneOf", len(s.OneOf) > 0)
	has("not", s.Not != nil)
	has("if", s.If != nil)
	return slices.Clip(out)
}

// Covered is how many of the constraints have a check that ran.
func (o OperationCoverage) Covered() int {
	n := 0
	for _, c := range o.Constraints {
		if c.Checks > 0 {
			n++
		}
	}
	return n
}

// Percent is Covered as a part of all; 100 where nothing is demanded.
func (o OperationCoverage) Percent() int {
	if len(o.Constraints) == 0 {
		return 100
	}
	return 100 * o.Covered() / len(o.Constraints)
}
