package spec_test

import (
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// What one part of an allOf marks readOnly or writeOnly is not asked for by another, nor by the schema around them; where
// the part stands alone it is.
func TestDirectionsAcrossParts(t *testing.T) {
	t.Parallel()
	const (
		marked = "M: {type: object, properties: {id: {type: string, readOnly: true}, key: {type: string, writeOnly: true}}}"
		asks   = "A: {type: object, required: [id, key, name], properties: {id: {type: string}}}"
		heir   = "H: {allOf: [{$ref: '#/components/schemas/A'}]}"
		ins    = `{"key":"k","name":"n"} {"id":"1","key":"k","name":"n"}`
		notIn  = `{"key":"k"} {"name":"n"} {"id":1,"key":"k","name":"n"}`
		outs   = `{"id":"1","name":"n"} {"id":"1","key":"k","name":"n"}`
		notOut = `{"id":"1"} {"name":"n"} {"id":"1","key":1,"name":"n"}`
	)
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for _, schema := range []string{
			"{allOf: [{$ref: '#/components/schemas/M'}, {$ref: '#/components/schemas/A'}]}",
			"{allOf: [{$ref: '#/components/schemas/H'}, {$ref: '#/components/schemas/M'}]}",
			"{allOf: [{$ref: '#/components/schemas/M'}], required: [id, key, name]}",
			"{allOf: [{$ref: '#/components/schemas/M'}, {required: [id, key, name]}]}",
			"{allOf: [{allOf: [{$ref: '#/components/schemas/A'}]}], properties: {id: {readOnly: true}, key: {type: string, writeOnly: true}}}",
			"{type: object, nullable: true, allOf: [{$ref: '#/components/schemas/M'}, {$ref: '#/components/schemas/A'}]}",
		} {
			t.Log(version, schema)
			d := load(t, withSchema(version, schema, marked, asks, heir))
			s := bodySchema(t, d)
			verdicts(t, s, spec.In, ins, notIn)
			verdicts(t, s, spec.Out, outs, notOut)
			alone := d.SchemaAt("/components/schemas/H")
			verdicts(t, alone, spec.In, `{"id":"1","key":"k","name":"n"}`, ins[:22]+" "+notIn)
		}
	}
	s := bodySchema(t, load(t, withSchema("3.1.0", "{$ref: '#/components/schemas/M', required: [id, key, name]}", marked)))
	verdicts(t, s, spec.In, ins, notIn)
	verdicts(t, s, spec.Out, outs, notOut)
}
