package report

import (
	_ "embed" // the schema
	"encoding/json"
	"io"
	"reflect"
)

//go:embed report.schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of the JSON report.
func Schema() []byte { return schema }

// JSON writes a run for programs.
func JSON(w io.Writer, run Run) error {
	v := newView(run)
	fill(reflect.ValueOf(v))
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// fill makes empty lists of those that are nil, so that readers meet [] and never null.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		fill(v.Elem())
	case reflect.Struct:
		for _, f := range v.Fields() {
			fill(f)
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	}
}
