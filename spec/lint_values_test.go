package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// answering is a document whose one answer has these members, in flow style.
func answering(members string, more ...string) string {
	return document("3.0.3", append([]string{"paths:", "  /a: {get: {responses: {\"200\": {description: ok, " + members + "}}}}"}, more...)...)
}

// taking is a document whose one operation has these members, in flow style.
func taking(members string, more ...string) string {
	return document("3.0.3", append([]string{"paths:", "  /a: {post: {" + members + ", responses: OK}}"}, more...)...)
}

const answer = "/paths/~1a/get/responses/200"

// Headers are called as their key, which is a token, in any case.
func TestLintOfHeaders(t *testing.T) {
	t.Parallel()
	finds(t, "name and in", answering("headers: {X-A: {name: X-A, in: header, schema: {}}}"), "should header "+answer+"/headers/X-A/name")
	finds(t, "no token", answering(`headers: {"X A": {schema: {}}, "": {schema: {}}}`), "must header "+answer+"/headers/", "must header "+answer+"/headers/X A")
	finds(t, "in another case", answering("headers: {X-A: {schema: {}}, x-a: {schema: {}}, X-B: {schema: {}}}"), "must header "+answer+"/headers/x-a")
	finds(t, "of a parameter", taking(`parameters: [{name: X A, in: header, schema: {}}, {name: q a, in: query, schema: {}}]`),
		"must parameter /paths/~1a/post/parameters/0/name")
	finds(t, "of a part", taking(`requestBody: {content: {multipart/form-data: {schema: {properties: {a: {}}}, encoding: {a: {headers: {"X A": {schema: {}}}}}}}}`),
		"must header /paths/~1a/post/requestBody/content/multipart~1form-data/encoding/a/headers/X A")
}

// What stands under content is called by a media type, wherever that is.
func TestLintOfMediaTypeNames(t *testing.T) {
	t.Parallel()
	for name, sound := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "*/*": true, "application/*+json": true, "text/x;a=b": true,
		"json": false, ";": false, "text/csv, text/plain": false, "a/b/c": false, "application/": false, "text/pl ain": false,
	} {
		for place, text := range map[string]string{
			"/paths/~1a/post/parameters/0": taking(`parameters: [{name: q, in: query, content: {"` + name + `": {schema: {}}}}]`),
			answer + "/headers/X-A":        answering(`headers: {X-A: {content: {"` + name + `": {schema: {}}}}}`),
			answer:                         answering(`content: {"` + name + `": {schema: {}}}`),
			"/paths/~1a/post/requestBody":  taking(`requestBody: {content: {"` + name + `": {schema: {}}}}`),
		} {
			var want []string
			if !sound {
				want = []string{"must mediaType " + place + "/content/" + strings.ReplaceAll(name, "/", "~1")}
			}
			finds(t, name, text, want...)
		}
	}
}

// Members that hold parts hold them by name or in a list, and not nothing.
func TestLintOfMembersOfAnotherKind(t *testing.T) {
	t.Parallel()
	finds(t, "a body", taking("requestBody: {content: null}"), "should type /paths/~1a/post/requestBody/content")
	finds(t, "a list of content", taking("requestBody: {content: [{}]}"), "must type /paths/~1a/post/requestBody/content")
	finds(t, "parameters by name", taking("parameters: {q: {in: query}}"), "must type /paths/~1a/post/parameters")
	finds(t, "examples in a list", answering("content: {text/plain: {examples: [a]}}"), "should type "+answer+"/content/text~1plain/examples")
	finds(t, "a reference that is no text", answering("headers: {X-A: {$ref: 5, schema: {}}}"), "must $ref "+answer+"/headers/X-A/$ref")
}

// Encodings are those of properties, of whatever a schema is composed.
func TestLintOfEncodings(t *testing.T) {
	t.Parallel()
	for schema, sound := range map[string]bool{
		"{type: object, properties: {a: {}}}": false, "{type: object, properties: {a: {}}, additionalProperties: false}": false,
		"{properties: {b: {}}}": true, "{type: object}": true, "{properties: {a: {}}, additionalProperties: true}": true,
		"{allOf: [{properties: {a: {}}}, {$ref: \"#/components/schemas/B\"}]}":                       true,
		"{oneOf: [{required: [a], properties: {a: {}}}, {required: [b], additionalProperties: {}}]}": true,
		"{anyOf: [{properties: {a: {}}}, {properties: {c: {}}}]}":                                    false,
		"{properties: {a: {}}, allOf: [{$ref: \"#/components/schemas/Within\"}]}":                    true,
	} {
		var want []string
		if !sound {
			want = []string{"should encoding /paths/~1a/post/requestBody/content/multipart~1form-data/encoding/b"}
		}
		finds(t, schema, taking("requestBody: {content: {multipart/form-data: {schema: "+schema+", encoding: {b: {contentType: text/plain}}}}}",
			"components: {schemas: {B: {properties: {b: {}}}, Within: {allOf: [{$ref: \"#/components/schemas/B\"}]}}}"), want...)
	}
}

// A style that is for objects or lists is told once, with the number of parameters that have it for something else.
func TestLintOfStyles(t *testing.T) {
	t.Parallel()
	params := func(each ...string) string { return taking("parameters: [" + strings.Join(each, ", ") + "]") }
	for text, want := range map[string]string{
		params("{name: a, in: query, style: deepObject, schema: {type: array, items: {}}}"):                      "deepObject for an object, got an array",
		params("{name: a, in: query, style: deepObject, schema: {type: string}}"):                                "deepObject for an object, got one that is none",
		params("{name: a, in: query, style: pipeDelimited, schema: {anyOf: [{type: string}, {type: boolean}]}}"): "pipeDelimited for an array or an object",
		params("{name: a, in: query, style: spaceDelimited, schema: {type: integer}}"):                           "spaceDelimited for an array or an object",
		params("{name: a, in: query, style: deepObject, schema: {anyOf: [{type: object}, {type: string}]}}"):     "",
		params("{name: a, in: query, style: deepObject, schema: {}}"):                                            "",
		params("{name: a, in: query, style: pipeDelimited, schema: {type: array, items: {}}}"):                   "",
		params("{name: a, in: query, style: form, schema: {type: string}}"):                                      "",
	} {
		lines := lintLines(load(t, text))
		if want == "" && len(lines) > 0 || want != "" && (len(lines) != 1 || !strings.Contains(lines[0], want)) {
			t.Errorf("%s\n%q, want %q", text, lines, want)
		}
	}
	sayOnce(t, load(t, params("{name: a, in: query, style: deepObject, schema: {type: array, items: {}}}",
		"{name: b, in: query, style: deepObject, schema: {type: array, items: {}}}", "{name: c, in: query, style: deepObject, schema: {type: array, items: {}}}")),
		"there are 2 more of this")
}

// An empty reference leads nowhere, and nothing is let through by it.
func TestEmptyReferences(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		d := load(t, document(version, "paths:", "  /a: {post: {requestBody: {content: {application/json: {schema: {$ref: ''}}}}, responses: OK}}",
			"  /b: {post: {parameters: [{$ref: ''}], responses: OK}}", "  /c: {post: {requestBody: {$ref: ''}, responses: OK}}"))
		sayOnce(t, d, `a reference to a schema, got ""; it is empty`, `a reference to a parameter, got ""; it is empty`, `a reference to a request body, got ""; it is empty`)
		for _, o := range d.Operations {
			if _, r := o.CheckRequest(message("{}")); r == nil || r.Reason != spec.NotServed {
				t.Errorf("%s: %v", o.ID, r)
			}
		}
	}
}

// Schemas that lead back to themselves whichever branch is taken are told once a circle; a branch that leads out is enough.
func TestLintOfSchemasWithoutAWayOut(t *testing.T) {
	t.Parallel()
	const ref = `{$ref: "#/components/schemas/`
	for name, tt := range map[string]struct {
		schemas, want string
	}{
		"oneOf":               {`{A: {oneOf: [` + ref + `A"}]}}`, "must oneOf /components/schemas/A/oneOf"},
		"anyOf":               {`{A: {anyOf: [` + ref + `A"}, ` + ref + `A"}]}}`, "must anyOf /components/schemas/A/anyOf"},
		"allOf of no use":     {`{A: {allOf: [{type: object}, ` + ref + `A"}]}}`, "must allOf /components/schemas/A/allOf"},
		"by another":          {`{A: {oneOf: [` + ref + `B"}]}, B: {allOf: [` + ref + `A"}, {type: object}]}}`, "must oneOf /components/schemas/A/oneOf"},
		"what leads there":    {`{A: {oneOf: [` + ref + `B"}]}, B: {anyOf: [` + ref + `B"}]}, C: {allOf: [` + ref + `A"}]}}`, "must anyOf /components/schemas/B/anyOf"},
		"out by a branch":     {`{A: {oneOf: [{type: string}, ` + ref + `A"}]}}`, ""},
		"out further on":      {`{A: {oneOf: [` + ref + `B"}]}, B: {anyOf: [` + ref + `A"}, ` + ref + `C"}]}, C: {type: string}}`, ""},
		"by a property":       {`{A: {oneOf: [{type: object, properties: {a: ` + ref + `A"}}}]}}`, ""},
		"by items, and allOf": {`{A: {allOf: [{type: array, items: ` + ref + `A"}}]}}`, ""},
	} {
		var want []string
		if tt.want != "" {
			want = []string{tt.want}
		}
		text := document("3.0.3", "paths: {/z: {get: {responses: OK}}}", "components: {schemas: "+tt.schemas+"}")
		finds(t, name, text, want...)
	}
}

// A circle that has no way out takes no value.
func TestSchemasWithoutAWayOutTakeNothing(t *testing.T) {
	t.Parallel()
	d := load(t, withSchema("3.0.3", `{oneOf: [{$ref: "#/components/schemas/S"}]}`))
	verdicts(t, bodySchema(t, d), spec.In, "", `1 {} "a" null`)
}
