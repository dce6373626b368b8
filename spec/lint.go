package spec

import (
	"fmt"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Lint finds what is wrong with a document itself: what loading noted, schemas that cannot be used, examples and
// defaults that break their own schema. Findings have In "document" and the place of the fault as their pointer.
func Lint(d *Document) []Finding {
	out := append([]Finding(nil), d.Flaws...)
	seen := map[*Schema]bool{}
	d.Schemas(func(s *Schema) {
		if s.Usable(Out) != nil {
			return // told where it is used
		}
		out = append(out, lintExamples(s, s.Examples, "example")...)
		if s.Default != nil {
			out = append(out, lintExamples(s, []Example{{Value: *s.Default, Location: s.KeywordLocation("default")}}, "default")...)
		}
	})
	for _, o := range d.Operations {
		for _, m := range o.media() {
			if m.Schema == nil {
				continue
			}
			if err := m.Schema.Usable(Out); err != nil && !seen[m.Schema] {
				seen[m.Schema] = true
				out = append(out, Finding{
					Rule: "schema", Level: Must, Operation: o.ID, In: "document",
					Pointer: m.Schema.Location.Pointer, Document: m.Schema.Location, Expected: "a schema that can be used",
					Actual: Clip(err.Error()), Hint: "the operation answers 501 until this is mended",
				})
				continue
			}
			out = append(out, lintExamples(m.Schema, m.Examples, "example")...)
		}
	}
	for i := range out {
		out[i].In = "document"
	}
	return out
}

// media lists the bodies of an operation, in both directions.
func (o *Operation) media() []*MediaType {
	var out []*MediaType
	if o.Body != nil {
		out = append(out, o.Body.Content...)
	}
	for _, r := range o.Responses {
		out = append(out, r.Content...)
	}
	return out
}

// lintExamples holds values of the document against the schema they are given for.
func lintExamples(s *Schema, examples []Example, what string) []Finding {
	var out []Finding
	for _, e := range examples {
		fs, err := s.Check(strictjson.Plain(e.Value), Out)
		if err != nil {
			return out
		}
		for _, f := range fs {
			f.Hint = fmt.Sprintf("this %s breaks its own schema (%s)", what, f.Document)
			f.Level = Should
			f.Document = e.Location
			f.Document.Pointer += f.Pointer
			f.Pointer = f.Document.Pointer
			out = append(out, f)
		}
	}
	return out
}
