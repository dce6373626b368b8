package spec_test

import (
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// A branch of a oneOf is proved where a word tells that no other takes the object.
func TestProvesByAWord(t *testing.T) {
	t.Parallel()
	s := bodySchema(t, load(t, withSchema("3.1.0", `{oneOf: [
      {properties: {k: {const: T}, a: {type: integer}}},
      {allOf: [{properties: {k: {enum: [U, V, W]}}}, {properties: {k: {enum: [S, U, V]}, b: {type: string}}, required: [b]}]},
      {type: object, properties: {k: {enum: [V, X]}}},
      {type: string}]}`)))
	for text, want := range map[string]bool{
		`{"k":"T","a":1}`: true, `{"x":[{"k":"V"},"}"],"k":"T"}`: true, `{ "a" : 1 , "k" : "T" }`: true, `{"k":"U","b":"x"}`: true, `{"k":"X"}`: true,
		`"x"`: false, `{"k":"T","a":"x"}`: false, `{"k":"V"}`: false, `{"k":"U"}`: false, `{"k":"W","b":"x"}`: false, `{"a":1}`: false,
		`{"k":1}`: false, `{"k":"T","k":"T"}`: false, `{"x":[}],"k":"T"}`: false, `{"x":,"k":"T"}`: false, `{"k":"T"`: false,
	} {
		if got := s.Proves([]byte(text), spec.In, strictjson.Limits{}); got != want {
			t.Errorf("%s: proved is %v", text, got)
		}
		provedIsValid(t, s, "by a word", text)
	}
}

// What a discriminator chooses is proved, of a union and of heirs.
func TestProvesWhatADiscriminatorChooses(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"union": `{oneOf: [{$ref: '#/components/schemas/Owl'}, {$ref: '#/components/schemas/Duck'}],
      discriminator: {propertyName: kind, mapping: {owl: '#/components/schemas/Owl', duck: '#/components/schemas/Duck'}}}`,
		"heirs": `{$ref: '#/components/schemas/Bird'}`,
	} {
		s := bodySchema(t, load(t, withSchema("3.1.0", schema,
			"Bird: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind, mapping: {owl: '#/components/schemas/Owl', duck: '#/components/schemas/Duck'}}}",
			"Owl: {allOf: [{$ref: '#/components/schemas/Bird'}, {properties: {kind: {const: owl}, hoots: {type: integer}}}]}",
			"Duck: {allOf: [{$ref: '#/components/schemas/Bird'}, {properties: {kind: {const: duck}, swims: {type: boolean}}}]}")))
		for text, want := range map[string]bool{
			`{"kind":"owl","hoots":1}`: true, `{"swims":true,"kind":"duck"}`: true, `{"kind":"owl","hoots":"x"}`: false, `{"kind":"duck","swims":1}`: false,
			`{"kind":1}`: false, `{}`: false, `"owl"`: false,
		} {
			if got := s.Proves([]byte(text), spec.In, strictjson.Limits{}); got != want {
				t.Errorf("%s: %s: proved is %v", name, text, got)
			}
			provedIsValid(t, s, name, text)
		}
	}
}
