package report

import (
	"bufio"
	"bytes"
	_ "embed" // the schema
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
)

//go:embed report.schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of the JSON report.
func Schema() []byte { return schema }

// JSON writes a run for programs. It goes out part by part: of a large document there are a hundred thousand of them, and
// the text of all at once takes more room than the run.
func JSON(w io.Writer, run Run) error {
	v := reflect.ValueOf(newView(run)).Elem()
	fill(v)
	out := indented{w: bufio.NewWriter(w)}
	out.object(v, "")
	out.text("\n")
	return errors.Join(out.err, out.w.Flush())
}

// indented writes values as encoding/json does with an indent of two spaces, but objects and lists of objects member by
// member.
type indented struct {
	w             *bufio.Writer // which keeps the first error
	compact, part bytes.Buffer
	err           error // the first of encoding
}

func (d *indented) text(s string) { _, _ = d.w.WriteString(s) }

// object writes a struct whose fields all have a name and are never left out.
func (d *indented) object(v reflect.Value, indent string) {
	before := "{\n"
	for field, value := range v.Fields() {
		d.text(before + indent + "  \"" + field.Tag.Get("json") + "\": ")
		d.value(value, indent+"  ")
		before = ",\n"
	}
	d.text("\n" + indent + "}")
}

func (d *indented) value(v reflect.Value, indent string) {
	switch {
	case v.Kind() == reflect.Struct && alwaysWhole(v.Type()):
		d.object(v, indent)
	case v.Kind() == reflect.Slice && v.Len() > 0:
		d.list(v, indent)
	default:
		d.leaf(v, indent)
	}
}

func (d *indented) list(v reflect.Value, indent string) {
	before := "[\n"
	for i := range v.Len() {
		d.text(before + indent + "  ")
		d.leaf(v.Index(i), indent+"  ")
		before = ",\n"
	}
	d.text("\n" + indent + "]")
}

// leaf writes a value in one piece.
func (d *indented) leaf(v reflect.Value, indent string) {
	d.compact.Reset()
	d.part.Reset()
	e := json.NewEncoder(&d.compact)
	e.SetEscapeHTML(false)
	err := e.Encode(v.Interface())
	if err == nil {
		err = json.Indent(&d.part, bytes.TrimSuffix(d.compact.Bytes(), []byte("\n")), indent, "  ")
	}
	if d.err == nil {
		d.err = err
	}
	_, _ = d.w.Write(d.part.Bytes())
}

// alwaysWhole reports whether every field of a struct is one of its JSON form, whatever it holds.
func alwaysWhole(t reflect.Type) bool {
	for f := range t.Fields() {
		if name := f.Tag.Get("json"); name == "" || strings.Contains(name, ",") {
			return false
		}
	}
	return t.NumField() > 0
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
