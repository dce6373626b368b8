package spec

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/pb33f/jsonschema/v6"

	"github.com/understudy-dev/understudy/spec/format"
)

// claim is a compiled schema in the form that proofs read. A limit of -1 is none.
type claim struct {
	types    kindSet // that the schema takes
	unproven kindSet // of which it demands what is not understood here

	same   *claim   // nothing is demanded but this
	all    []*claim // these are demanded too
	unions []union
	enum   *enumeration
	when   *condition // of a claim that is nothing else, and unproven by itself

	format               string
	pattern              jsonschema.Regexp
	minLength, maxLength int

	integer bool
	limits  []limit

	properties                   map[string]property
	named                        lookup[property] // the same, to be asked again and again
	required                     [maxSeen / 64]uint64
	additional                   *claim
	minProperties, maxProperties int

	prefix             []*claim
	items              *claim
	minItems, maxItems int
	unique             bool
}

// property is a named member; its index tells it from the others.
type property struct {
	claim   *claim
	index   int
	unnamed bool // it is only required
}

// union is an anyOf, or a oneOf.
type union struct {
	branches   []*claim
	exactlyOne bool
	told       *told
}

// enumeration is the values that a schema takes, by kind.
type enumeration struct {
	words   []string // null, true, false
	texts   []string
	numbers []json.Number
}

// claims are the claims of compiled schemas, each made once, so that recursive ones end.
type claims map[*jsonschema.Schema]*claim

func newClaim() *claim {
	c := &claim{types: anyKind, maxLength: -1, maxProperties: -1, maxItems: -1}
	c.additional, c.items = c, c // where a schema is silent, what is inside is free too
	return c
}

// of is the claim of a compiled schema; for none a claim that everything keeps.
func (cs claims) of(s *jsonschema.Schema) *claim {
	if c, ok := cs[s]; ok {
		return c
	}
	c := newClaim()
	cs[s] = c
	if s == nil {
		return c
	}
	free := cs.of(nil)
	c.additional, c.items = free, free
	if s.Bool != nil {
		if !*s.Bool {
			c.types = 0
		}
		return c
	}
	if when := cs.conditionOf(s, free); when != nil {
		c.unproven, c.when = anyKind, when
		return c
	}
	if s.DraftVersion < 2020 || s.RecursiveRef != nil || s.DynamicRef != nil || s.Not != nil || s.If != nil ||
		len(s.Extensions) > 0 {
		c.unproven = anyKind
		return c
	}
	c.ofTypes(s)
	c.ofEnum(s)
	c.ofStrings(s)
	c.ofNumbers(s)
	cs.objects(c, s)
	cs.arrays(c, s)
	cs.composed(c, s)
	if len(c.all) == 1 && c.silent(free) {
		c.same = c.all[0]
	}
	return c
}

// silent reports whether a claim demands nothing beside its parts.
func (c *claim) silent(free *claim) bool {
	return c.types == anyKind && c.unproven == 0 && len(c.unions) == 0 && c.enum == nil && c.format == "" &&
		c.pattern == nil && c.minLength == 0 && c.maxLength < 0 && len(c.limits) == 0 && len(c.properties) == 0 &&
		c.additional == free && c.minProperties == 0 && c.maxProperties < 0 && len(c.prefix) == 0 && c.items == free &&
		c.minItems == 0 && c.maxItems < 0 && !c.unique
}

func (c *claim) ofTypes(s *jsonschema.Schema) {
	if s.Types == nil || s.Types.IsEmpty() {
		return
	}
	c.types = 0
	number := false
	for _, t := range s.Types.ToStrings() {
		switch t {
		case "null":
			c.types |= isNullKind
		case "boolean":
			c.types |= isBoolKind
		case "number":
			c.types |= isNumberKind
			number = true
		case "integer":
			c.types |= isNumberKind
			c.integer = true
		case "string":
			c.types |= isStringKind
		case "array":
			c.types |= isArrayKind
		case "object":
			c.types |= isObjectKind
		}
	}
	c.integer = c.integer && !number
}

func (c *claim) ofEnum(s *jsonschema.Schema) {
	var values []any
	switch {
	case s.Enum != nil && s.Const != nil:
		c.unproven = anyKind
		return
	case s.Enum != nil:
		values = s.Enum.Values
	case s.Const != nil:
		values = []any{*s.Const}
	default:
		return
	}
	c.enum = &enumeration{}
	c.unproven |= isArrayKind | isObjectKind
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			c.enum.words = append(c.enum.words, "null")
		case bool:
			c.enum.words = append(c.enum.words, fmt.Sprint(v))
		case string:
			c.enum.texts = append(c.enum.texts, v)
		case json.Number:
			c.enum.numbers = append(c.enum.numbers, v)
		}
	}
}

func (c *claim) ofStrings(s *jsonschema.Schema) {
	if s.ContentEncoding != nil || s.ContentMediaType != nil || s.ContentSchema != nil {
		c.unproven |= isStringKind
	}
	if s.Format != nil {
		c.format = s.Format.Name
		if !format.Known(c.format) {
			c.unproven |= isStringKind | isNumberKind
		}
	}
	c.pattern = s.Pattern
	setLimit(&c.minLength, s.MinLength)
	setLimit(&c.maxLength, s.MaxLength)
}

func setLimit(to *int, from *int) {
	if from != nil {
		*to = *from
	}
}

func (c *claim) ofNumbers(s *jsonschema.Schema) {
	for _, l := range []struct {
		rule  limitRule
		bound *big.Rat
	}{
		{atLeast, s.Minimum},
		{atMost, s.Maximum},
		{above, s.ExclusiveMinimum},
		{below, s.ExclusiveMaximum},
		{multiple, s.MultipleOf},
	} {
		if l.bound == nil {
			continue
		}
		d, ok := fixedOf(l.bound)
		if !ok {
			c.unproven |= isNumberKind
			return
		}
		c.limits = append(c.limits, limit{l.rule, d})
	}
}

// fixedOf is a bound in that form; false where it has too many digits.
func fixedOf(r *big.Rat) (fixed, bool) {
	for scale := range maxScale + 1 {
		x := new(big.Rat).Mul(r, new(big.Rat).SetInt64(tenTo(scale)))
		if x.IsInt() {
			n := x.Num()
			return fixed{n.Int64(), scale}, n.IsInt64() && n.CmpAbs(big.NewInt(tenTo(maxDigits))) <= 0
		}
	}
	return fixed{}, false
}

func (cs claims) objects(c *claim, s *jsonschema.Schema) {
	setLimit(&c.minProperties, s.MinProperties)
	setLimit(&c.maxProperties, s.MaxProperties)
	if s.PropertyNames != nil || len(s.PatternProperties) > 0 || len(s.Dependencies) > 0 || len(s.DependentRequired) > 0 ||
		len(s.DependentSchemas) > 0 || s.UnevaluatedProperties != nil || len(s.Properties)+len(s.Required) > maxSeen {
		c.unproven |= isObjectKind
		return
	}
	switch a := s.AdditionalProperties.(type) {
	case bool:
		if !a {
			c.additional = &claim{}
		}
	case *jsonschema.Schema:
		c.additional = cs.of(a)
	}
	c.properties = make(map[string]property, len(s.Properties))
	for name, sub := range s.Properties {
		c.properties[name] = property{claim: cs.of(sub), index: len(c.properties)}
	}
	for _, name := range s.Required {
		p, named := c.properties[name]
		if !named { // a member that is required but has no schema of its own is like any other that has none
			p = property{c.additional, len(c.properties), true}
			c.properties[name] = p
		}
		c.required[p.index/64] |= 1 << (p.index % 64)
	}
	c.named = newLookup(c.properties)
}

func (cs claims) arrays(c *claim, s *jsonschema.Schema) {
	setLimit(&c.minItems, s.MinItems)
	setLimit(&c.maxItems, s.MaxItems)
	c.unique = s.UniqueItems
	if s.Contains != nil || s.MinContains != nil || s.MaxContains != nil || s.Items != nil || s.AdditionalItems != nil ||
		s.UnevaluatedItems != nil {
		c.unproven |= isArrayKind
		return
	}
	for _, sub := range s.PrefixItems {
		c.prefix = append(c.prefix, cs.of(sub))
	}
	if s.Items2020 != nil {
		c.items = cs.of(s.Items2020)
	}
}

func (cs claims) composed(c *claim, s *jsonschema.Schema) {
	if s.Ref != nil {
		c.all = append(c.all, cs.of(s.Ref))
	}
	for _, sub := range s.AllOf {
		c.all = append(c.all, cs.of(sub))
	}
	for _, u := range []struct {
		subs       []*jsonschema.Schema
		exactlyOne bool
	}{{s.AnyOf, false}, {s.OneOf, true}} {
		if len(u.subs) == 0 {
			continue
		}
		made := union{exactlyOne: u.exactlyOne, told: &told{}}
		for _, sub := range u.subs {
			made.branches = append(made.branches, cs.of(sub))
		}
		c.unions = append(c.unions, made)
	}
}
