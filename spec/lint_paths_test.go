package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// ok is an answer that says enough.
const ok = `{"200": {description: ok}}`

// document is a document of a version with members, each on lines of its own.
func document(version string, members ...string) string {
	return "openapi: " + version + "\ninfo: {title: T, version: \"1\"}\n" + strings.ReplaceAll(strings.Join(members, "\n"), "OK", ok) + "\n"
}

// finds wants exactly these findings of a document, each as level, rule and pointer, in order of the text.
func finds(t *testing.T, name, text string, want ...string) {
	t.Helper()
	var got []string
	for _, f := range spec.Lint(load(t, text)) {
		got = append(got, string(f.Level)+" "+f.Rule+" "+f.Pointer)
		if f.Document.Line == 0 || f.Hint == "" || f.Expected == "" || f.Actual == "" || f.In != "document" {
			t.Errorf("%s: a finding that lacks something: %+v", name, f)
		}
		if !documented(t, f.Rule) {
			t.Errorf("%s: docs/lint.md does not tell of %s", name, f.Rule)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n  %s\nwant\n  %s", name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// Names of operations are names in paths, webhooks and callbacks together. What several places refer to is one operation.
func TestLintOfOperationIDs(t *testing.T) {
	t.Parallel()
	const callback = `callbacks: {done: {"{$request.body#/url}": {post: {operationId: ID, responses: OK}}}}`
	for name, tt := range map[string]struct {
		paths, more string
		want        []string
	}{
		"a webhook":             {"/a: {get: {operationId: a, responses: OK}}", "webhooks: {b: {post: {operationId: a, responses: OK}}}", []string{"must operationId /webhooks/b/post/operationId"}},
		"two webhooks":          {"/a: {get: {responses: OK}}", "webhooks: {b: {post: {operationId: b, responses: OK}}, c: {post: {operationId: b, responses: OK}}}", []string{"must operationId /webhooks/c/post/operationId"}},
		"one of two webhooks":   {"/a: {get: {responses: OK}}", "webhooks: {b: {$ref: \"#/components/pathItems/W\"}, c: {$ref: \"#/components/pathItems/W\"}}\ncomponents: {pathItems: {W: {post: {operationId: b, responses: OK}}}}", nil},
		"of nobody":             {"/a: {get: {operationId: a, responses: OK}}", "components: {pathItems: {W: {post: {operationId: a, responses: OK}}}}", nil},
		"a callback":            {"/a: {post: {operationId: a, responses: OK, " + strings.ReplaceAll(callback, "ID", "a") + "}}", "", []string{"must operationId /paths/~1a/post/callbacks/done/{$request.body#~1url}/post/operationId"}},
		"another callback":      {"/a: {post: {operationId: a, responses: OK, " + strings.ReplaceAll(callback, "ID", "b") + "}}", "", nil},
		"a callback before":     {"/a: {post: {responses: OK, " + strings.ReplaceAll(callback, "ID", "b") + "}}\n  /b: {get: {operationId: b, responses: OK}}", "", []string{"must operationId /paths/~1a/post/callbacks/done/{$request.body#~1url}/post/operationId"}},
		"a callback of several": {"/a: {post: {responses: OK, callbacks: {done: {$ref: \"#/components/callbacks/C\"}}}}\n  /b: {post: {responses: OK, callbacks: {done: {$ref: \"#/components/callbacks/C\"}}}}", "components: {callbacks: {C: {\"{$request.body#/u}\": {post: {operationId: b, responses: OK}}}}}", nil},
	} {
		finds(t, name, document("3.1.0", "paths:", "  "+tt.paths, tt.more), tt.want...)
	}
}

// A parameter of a template is closed before the next slash, and has a name.
func TestLintOfTemplates(t *testing.T) {
	t.Parallel()
	declared := func(name string) string {
		return `: {get: {parameters: [{name: "` + name + `", in: path, required: true, schema: {type: string}}], responses: OK}}`
	}
	for path, want := range map[string][]string{
		`/a/{b`: {"must path /paths/~1a~1{b"}, `/a/b}`: {"must path /paths/~1a~1b}"}, `/a/{b/c`: {"must path /paths/~1a~1{b~1c"},
		`/a/{b/c}`: {"must path /paths/~1a~1{b~1c}"},
	} {
		finds(t, path, document("3.0.3", "paths:", `  "`+path+`": {get: {responses: OK}}`), want...)
	}
	finds(t, "within", document("3.0.3", "paths:", `  "/{{id}}"`+declared("{id")), "must path /paths/~1{{id}}")
	finds(t, "no name", document("3.0.3", "paths:", `  "/{}": {get: {responses: OK}}`), "must path /paths/~1{}", "must parameter /paths/~1{}/get")
	finds(t, "mixed", document("3.0.3", "paths:", `  "/{id}.json"`+declared("id"), `  "/v{id}:{b}": {get: {parameters: [{name: id, in: path, required: true, schema: {}}, {name: b, in: path, required: true, schema: {}}], responses: OK}}`))
	finds(t, "a server", document("3.0.3", "servers: [{url: \"https://{a.example.com\"}]", "paths:", "  /a: {get: {responses: OK}}"), "must server /servers/0/url")
}

// Percent-encoding makes no other path of one, and a path that is written with it is served.
func TestPathsWithPercentEncoding(t *testing.T) {
	t.Parallel()
	text := document("3.0.3", "paths:", "  /%61bc/x: {get: {operationId: a, responses: OK}}", "  /a%62c/x: {put: {operationId: b, responses: OK}}",
		"  /%7Bid%7D: {get: {operationId: c, responses: OK}}",
		"  \"/a%20{id}\": {get: {operationId: d, parameters: [{name: id, in: path, required: true, schema: {}}], responses: OK}}")
	finds(t, "encoded", text, "must paths /paths/~1a%62c~1x")
	d := load(t, text)
	for _, want := range []struct{ method, path, id string }{
		{"GET", "/abc/x", "a"}, {"GET", "/%61bc/x", "a"}, {"PUT", "/ab%63/x", "b"}, {"GET", "/%7Bid%7D", "c"}, {"GET", "/a%20b", "d"},
	} {
		m, found := d.Route(want.path)
		if o := m.Operation(want.method); !found || o == nil || o.ID != want.id {
			t.Errorf("%s: %v %v", want.path, found, o)
		}
	}
	if _, found := d.Route("/x"); found {
		t.Error("encoded brackets were taken for a parameter")
	}
}

// What OpenAPI has in later versions only is told in documents of earlier ones.
func TestLintOfVersions(t *testing.T) {
	t.Parallel()
	parts := []string{
		"webhooks: {b: {post: {responses: OK}}}",
		"paths:",
		"  /a:",
		"    query: {responses: OK}",
		"    additionalOperations: {COPY: {responses: OK}}",
		"components:",
		"  pathItems: {P: {get: {responses: OK}}}",
		"  securitySchemes: {m: {type: mutualTLS}}",
		"  parameters: {q: {name: q, in: querystring, content: {text/plain: {}}}, c: {name: c, in: cookie, style: cookie, schema: {}}}",
	}
	later := []string{
		"should version /paths/~1a/query", "should version /paths/~1a/additionalOperations",
		"should version /components/parameters/c/style", "should version /components/parameters/q/in",
	}
	finds(t, "3.2", document("3.2.0", parts...))
	finds(t, "3.1", document("3.1.0", parts...), later...)
	finds(t, "3.0", document("3.0.3", parts...), "should version /webhooks", later[0], later[1], "should version /components/pathItems",
		"should version /components/securitySchemes/m/type", later[2], later[3])
}

// Methods that have members of their own stand there, in OpenAPI's way of writing them.
func TestLintOfAdditionalOperations(t *testing.T) {
	t.Parallel()
	finds(t, "methods", document("3.2.0", "paths:", "  /a:", "    get: {operationId: a, responses: OK}", "    additionalOperations:",
		"      COPY: {responses: OK}", "      GET: {operationId: b, responses: OK}", "      POST: {responses: OK}", "      post: {responses: OK}",
		"      A B: {responses: OK}"),
		"must method /paths/~1a/additionalOperations/GET", "must method /paths/~1a/additionalOperations/POST",
		"should method /paths/~1a/additionalOperations/post", "must method /paths/~1a/additionalOperations/A B")
}

// Answers are there, and one of them at least.
func TestLintOfNoAnswers(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for _, responses := range []string{"{}", "{x-a: 1}"} {
			finds(t, version, document(version, "paths:", "  /a: {get: {responses: "+responses+"}}"), "must responses /paths/~1a/get/responses")
		}
	}
}

// The values of a server's variable are there once.
func TestLintOfServerVariables(t *testing.T) {
	t.Parallel()
	finds(t, "twice", document("3.0.3", "servers: [{url: \"https://{r}.example.com\", variables: {r: {default: a, enum: [a, b, a]}}}]",
		"paths:", "  /a: {get: {responses: OK}}"), "should server /servers/0/variables/r/enum/2")
	finds(t, "none", document("3.0.3", "servers: [{url: \"https://{r}.example.com\", variables: {r: {default: a, enum: []}}}]",
		"paths:", "  /a: {get: {responses: OK}}"), "should server /servers/0/variables/r/enum")
}
