package spec_test

import (
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// The word of a base's discriminator says which of the schemas built on it a value is.
func TestHeirs(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		d := load(t, withSchema(version, `{type: object, required: [pet], properties: {pet: {$ref: "#/components/schemas/Pet"},
			cat: {$ref: "#/components/schemas/Cat"}, old: {allOf: [{$ref: "#/components/schemas/Pet"}]}}}`,
			`Pet: {type: object, required: [kind], properties: {kind: {type: string}, friend: {$ref: "#/components/schemas/Pet"}},
      discriminator: {propertyName: kind, mapping: {wuff: Dog, self: Pet, odd: Odd}}}`,
			`Cat: {allOf: [{$ref: "#/components/schemas/Pet"}, {type: object, required: [lives], properties: {lives: {type: integer}}}]}`,
			`Kitten: {allOf: [{$ref: "#/components/schemas/Cat"}, {type: object, required: [age]}]}`,
			`Dog: {allOf: [{$ref: "#/components/schemas/Pet"}, {type: object, required: [bark]}]}`,
			`Odd: {oneOf: [{$ref: "#/components/schemas/Pet"}]}`,
		))
		s := bodySchema(t, d)
		for text, want := range map[string]bool{
			`{"pet":{"kind":"Cat","lives":9}}`:                                   true,
			`{"pet":{"kind":"Cat"}}`:                                             false,
			`{"pet":{"kind":"Cat","lives":9,"friend":{"kind":"wuff"}}}`:          false,
			`{"pet":{"kind":"Cat","lives":9,"friend":{"kind":"wuff","bark":1}}}`: true,
			`{"pet":{"kind":"wuff"}}`:                                            false,
			`{"pet":{"kind":"Dog"}}`:                                             true, // the mapping calls it wuff
			`{"pet":{"kind":"Kitten"}}`:                                          false,
			`{"pet":{"kind":"Kitten","lives":1,"age":1}}`:                        true,
			`{"pet":{"kind":"self"}}`:                                            true,
			`{"pet":{"kind":"odd"}}`:                                             true,
			`{"pet":{"kind":"bird"}}`:                                            true,
			`{"pet":{}}`:                                                         false,
			`{"pet":{"kind":"bird"},"cat":{"kind":"Cat","lives":1}}`:             true,
			`{"pet":{"kind":"bird"},"cat":{"kind":"Cat"}}`:                       false,
			`{"pet":{"kind":"bird"},"old":{"kind":"Cat"}}`:                       false,
		} {
			v, err := strictjson.Decode([]byte(text), strictjson.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if fs, err := s.Check(v, spec.In); err != nil || (len(fs) == 0) != want {
				t.Errorf("%s: %s: %v %v", version, text, fs, err)
			}
		}
		disc := s.Property("pet").Discriminator
		if len(disc.Heirs) != 3 || disc.Heirs["wuff"] == nil || disc.Heirs["Cat"] == nil {
			t.Errorf("heirs %v", disc.Heirs)
		}
	}
}
