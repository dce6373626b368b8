package spec_test

import (
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

func TestTogether(t *testing.T) {
	t.Parallel()
	d := load(t, withSchema("3.1.0", `{type: object, properties: {
		low: {type: integer, minimum: 3}, even: {multipleOf: 2, readOnly: true, default: 4}, never: false, lost: {pattern: "("}}}`))
	p := func(name string) *spec.Schema { return bodySchema(t, d).Property(name) }
	if spec.Together() != nil || spec.Together(nil, p("low"), p("low")) != p("low") {
		t.Error("one schema is not itself")
	}
	both := spec.Together(spec.Together(p("low"), nil), spec.Together(p("even"), p("low")))
	for text, rules := range map[string]int{"4": 0, "2": 1, "5": 1, "1": 2, `"x"`: 1} {
		v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		fs, err := both.Check(v, spec.In)
		if err != nil || len(fs) != rules || both.Valid(v, spec.In) != (rules == 0) {
			t.Errorf("%s: %v %v", text, fs, err)
		}
	}
	if !both.ReadOnly || both.Default == nil || both.Usable(spec.In) != nil {
		t.Errorf("%+v", both)
	}
	if !spec.Together(p("low"), p("never")).Never || spec.Together(p("low"), p("lost")).Usable(spec.In) == nil {
		t.Error("a schema for nothing, or for nobody, is hidden by the other")
	}
}

// An empty allOf is no JSON Schema, but it asks for nothing; what stands beside it counts.
func TestEmptyAllOf(t *testing.T) {
	t.Parallel()
	s := bodySchema(t, load(t, withSchema("3.0.3", `{type: string, allOf: []}`)))
	if err := s.Usable(spec.In); err != nil {
		t.Fatal(err)
	}
	if !s.Valid("x", spec.In) || s.Valid(true, spec.In) {
		t.Error("the type beside it does not count")
	}

	// A discriminator whose branches have no names adds none either.
	s = bodySchema(t, load(t, withSchema("3.1.0", `{oneOf: [{type: object}], discriminator: {propertyName: kind}}`)))
	if err := s.Usable(spec.In); err != nil {
		t.Error(err)
	}
}

// A reference to a schema that is a reference with more beside it is not one to the last in the chain.
func TestWhatStandsBesideAReference(t *testing.T) {
	t.Parallel()
	s := bodySchema(t, load(t, withSchema("3.1.0",
		`{$ref: "#/components/schemas/Open", required: [a], unevaluatedProperties: false}`,
		`Open: {type: object, properties: {a: {type: integer}}}`)))
	for value, want := range map[string]bool{`{"a":1}`: true, `{}`: false, `{"a":1,"b":2}`: false, `{"a":"x"}`: false} {
		v, err := strictjson.Decode([]byte(value), strictjson.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Valid(v, spec.In) != want {
			t.Errorf("%s: valid %v", value, !want)
		}
	}
	if s.Property("a") == nil || len(s.Required) != 1 {
		t.Errorf("%+v", s)
	}
}
