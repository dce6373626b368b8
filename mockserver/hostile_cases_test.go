package mockserver

import (
	"fmt"
	"strings"
)

// hostileDoc is a document made to hurt: its text, or its files where it has several; the first is api.yaml. finding is
// part of what the error or a finding about it says, "" where nothing is wrong with it but its size.
type hostileDoc struct {
	text    string
	files   map[string]string // beside the document
	overlay string
	finding string
}

const (
	hostileHead = "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths: {/a: {get: {responses: {\"200\": {description: ok}}}}}\n"
	hostileRef  = `{$ref: "#/components/schemas/S0"}`
)

// hostileSchemas is a document with the schema S0 in a body and an answer, beside other schemas.
func hostileSchemas(s0 string, more ...string) string {
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths:\n  /s:\n    post:\n" +
		"      requestBody: {required: true, content: {application/json: {schema: " + hostileRef + "}}}\n" +
		"      responses: {\"200\": {description: ok, content: {application/json: {schema: " + hostileRef + "}}}}\n" +
		"  /s/{id}:\n    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n    get:\n" +
		"      responses: {\"200\": {description: ok, content: {application/json: {schema: " + hostileRef + "}}}}\n" +
		"components:\n  schemas:\n    S0: " + s0 + "\n")
	for _, line := range more {
		b.WriteString("    " + line + "\n")
	}
	return b.String()
}

// each makes lines, one a number.
func each(n int, line func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = line(i)
	}
	return out
}

func refTo(i int) string { return fmt.Sprintf(`{$ref: "#/components/schemas/S%d"}`, i) }

// hostileDocuments are the documents by what they do. secret is a file outside of their directory, address one where
// somebody counts connections.
func hostileDocuments(secret, address string) map[string]hostileDoc {
	out := map[string]hostileDoc{}
	for _, more := range []map[string]hostileDoc{
		hostileAliases(), hostileNesting(), hostileSchemaKinds(), hostileSizes(), hostileNumbers(), hostilePlaces(secret, address),
		hostileOverlays(),
	} {
		for name, d := range more {
			out[name] = d
		}
	}
	return out
}

func hostileAliases() map[string]hostileDoc {
	bomb := func(open, shut, first string, entry func(prev string) string) string {
		b := hostileHead + "a0: &a0 " + first + "\n"
		for i := range 9 {
			b += fmt.Sprintf("a%d: &a%d %s%s%s\n", i+1, i+1, open, entry(fmt.Sprintf("*a%d", i)), shut)
		}
		return b
	}
	tenfold := func(format string) func(string) string {
		return func(prev string) string {
			return strings.Join(each(10, func(i int) string { return fmt.Sprintf(format, i, prev) }), ", ")
		}
	}
	merges := hostileHead + "m0: &m0 {a: 1, b: 2}\n"
	for i := range 30 {
		merges += fmt.Sprintf("m%d: &m%d {<<: [*m%d, *m%d], k%d: {<<: *m%d}}\n", i+1, i+1, i, i, i, i)
	}
	wideMerges := hostileHead + "m0: &m0 {" + strings.Join(each(2000, func(i int) string { return fmt.Sprintf("k%d: 1", i) }), ", ") + "}\n"
	wideMerges += strings.Join(each(2000, func(i int) string { return fmt.Sprintf("n%d: {<<: *m0, <<: [*m0, *m0]}", i) }), "\n") + "\n"
	anchors := hostileHead + "x:\n" + strings.Join(each(300_000, func(i int) string { return fmt.Sprintf("- &n%d 1", i) }), "\n") + "\n"
	uses := hostileHead + "x: &x [1, 2, 3]\ny: [" + strings.Repeat("*x, ", 300_000) + "1]\n"
	return map[string]hostileDoc{
		"an alias bomb of lists":        {text: bomb("[", "]", "[1, 2]", tenfold("%[2]s")), finding: "aliases make more"},
		"an alias bomb of maps":         {text: bomb("{", "}", "{a: 1}", tenfold("k%d: %s")), finding: "aliases make more"},
		"an alias bomb of keys":         {text: bomb("{", "}", "{a: 1}", tenfold("? [%d, %s] : 1"))},
		"an alias bomb of long texts":   {text: bomb("[", "]", strings.Repeat("x", 1_000_000), tenfold("%[2]s")), finding: "aliases make more"},
		"an alias of itself":            {text: hostileHead + "a: &a [*a]\n", finding: "nested deeper"},
		"an alias of itself by a merge": {text: hostileHead + "a: &a {<<: *a, b: 1}\n", finding: "nested deeper"},
		"merges that double":            {text: merges, finding: "aliases make more"},
		"merges that are wide":          {text: wideMerges, finding: "aliases make more"},
		"an alias bomb in an overlay": {
			text: hostileHead, finding: "larger by as much",
			overlay: "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions:\n- target: $\n  update:\n    x:\n" +
				strings.ReplaceAll("\n"+strings.TrimPrefix(bomb("[", "]", "[1, 2]", tenfold("%[2]s")), hostileHead), "\n", "\n      ") + "\n",
		},
		"very many anchors":               {text: anchors},
		"very many aliases of one anchor": {text: uses, finding: "aliases make more"},
	}
}

func hostileNesting() map[string]hostileDoc {
	nested := func(n int, open, core, shut string) string {
		return strings.Repeat(open, n) + core + strings.Repeat(shut, n)
	}
	block := hostileHead + "x:\n"
	for i := range 3000 {
		block += strings.Repeat(" ", i+1) + "a:\n"
	}
	return map[string]hostileDoc{
		"nesting in flow style":     {text: hostileHead + "x: " + nested(5000, "[", "", "]") + "\n", finding: "nested deeper"},
		"nesting in block style":    {text: block, finding: "nested deeper"},
		"nesting of list dashes":    {text: hostileHead + "x:\n  " + strings.Repeat("- ", 50_000) + "1\n", finding: "max depth"},
		"nesting beyond the parser": {text: hostileHead + "x: " + strings.Repeat("[", 1_000_000) + "\n", finding: "max depth"},
		"nesting in JSON": {
			text: `{"openapi":"3.1.0","x":` + nested(200_000, `{"a":`, "1", "}") + "}", finding: "max depth",
		},
		"nesting of lists in JSON": {text: `{"openapi":"3.1.0","x":` + nested(200_000, `[`, "1", "]") + "}", finding: "max depth"},
		"nesting of schemas":       {text: hostileSchemas(nested(300, "{items: ", "{}", "}"))},
		"nesting of required objects": {text: hostileSchemas(
			nested(190, "{type: object, required: [a], properties: {a: ", "{}", "}}"))},
		"nesting of not":   {text: hostileSchemas(nested(300, "{not: ", "{}", "}"))},
		"nesting of oneOf": {text: hostileSchemas(nested(190, "{oneOf: [{type: string}, ", "{}", "]}"))},
	}
}

func hostileSchemaKinds() map[string]hostileDoc {
	double := func(format string, n int) []string {
		return append(each(n-1, func(i int) string { return fmt.Sprintf("S%d: "+format, i+1, refTo(i+2), refTo(i+2)) }),
			fmt.Sprintf("S%d: {type: object}", n))
	}
	doubling := func(format string, n int) string {
		return hostileSchemas(fmt.Sprintf(format, refTo(1), refTo(1)), double(format, n)...)
	}
	ring := func(format string, n int) string {
		return hostileSchemas(fmt.Sprintf(format, refTo(1)), each(n, func(i int) string {
			return fmt.Sprintf("S%d: "+format, i+1, refTo((i+2)%(n+1)))
		})...)
	}
	wideProps := func(n int) string {
		return "{type: object, properties: {" + strings.Join(each(n, func(i int) string { return fmt.Sprintf("p%d: {type: string}", i) }), ", ") + "}}"
	}
	quadratic := hostileSchemas("{allOf: ["+strings.Join(each(150, func(i int) string { return refTo(i + 1) }), ", ")+"]}",
		each(150, func(int) string { return "" })...)
	quadratic = strings.ReplaceAll(quadratic, "\n    \n", "\n")
	quadratic += strings.Join(each(150, func(i int) string { return fmt.Sprintf("    S%d: %s", i+1, wideProps(150)) }), "\n") + "\n"
	return map[string]hostileDoc{
		"a long chain of references": {text: hostileSchemas(refTo(1), each(3000, func(i int) string {
			return fmt.Sprintf("S%d: %s", i+1, refTo(i+2))
		})...) + "    S3001: {}\n"},
		"a long circle of references": {text: ring("%s", 3000), finding: "circle"},
		"a circle of properties":      {text: ring("{properties: {a: %s}}", 3000)},
		"a circle that is required":   {text: ring("{type: object, required: [a], properties: {a: %s}}", 500)},
		"a circle of allOf":           {text: ring("{allOf: [%s]}", 500)},
		"doubling by allOf":           {text: doubling("{allOf: [%s, %s]}", 40), finding: "ways"},
		"doubling by oneOf":           {text: doubling("{oneOf: [%s, %s]}", 40), finding: "ways"},
		"doubling by anyOf and not":   {text: doubling("{anyOf: [%s], not: %s}", 40), finding: "ways"},
		"doubling by if and then":     {text: doubling("{if: %s, then: %s}", 40), finding: "ways"},
		"doubling by properties":      {text: doubling("{properties: {a: %s, b: %s}}", 40)},
		"doubling by required properties": {
			text: doubling("{type: object, required: [a, b], properties: {a: %s, b: %s}}", 40),
		},
		"doubling by required items": {
			text: doubling("{type: array, minItems: 2, items: %s, contains: %s}", 40),
		},
		"doubling just below the bound": {text: doubling("{allOf: [%s, %s]}", 16)},
		"allOf of wide objects":         {text: quadratic},
		"a wide union of wide objects": {text: hostileSchemas("{oneOf: [" + strings.Join(each(200, func(i int) string {
			return strings.Replace(wideProps(100), "properties: {", fmt.Sprintf("required: [own%d], properties: {own%d: {type: string}, ", i, i), 1)
		}), ", ") + "]}")},
		"a union of unions": {text: hostileSchemas("{oneOf: ["+strings.Join(each(100, func(i int) string { return refTo(i + 1) }), ", ")+"]}",
			each(100, func(i int) string {
				return fmt.Sprintf("S%d: {anyOf: [%s]}", i+1, strings.Join(each(100, func(j int) string { return refTo((i*7+j)%100 + 101) }), ", "))
			})...) + strings.Join(each(100, func(i int) string {
			return fmt.Sprintf("    S%d: {type: object, properties: {a%d: {type: string}}}", i+101, i)
		}), "\n") + "\n"},
		"a long chain of discriminators": {text: hostileSchemas(
			`{type: object, discriminator: {propertyName: kind}, required: [kind], properties: {kind: {type: string}}}`,
			each(400, func(i int) string {
				return fmt.Sprintf("S%d: {allOf: [%s], discriminator: {propertyName: kind}, type: object, properties: {p%d: {type: string}}}", i+1, refTo(i), i)
			})...)},
		"a pattern that backtracks": {text: hostileSchemas(`{type: string, pattern: "(?=a)(a+)+$"}`)},
		"a pattern that is huge":    {text: hostileSchemas(`{type: string, pattern: "^(` + strings.Repeat("a|b[0-9]{1,9}|", 50_000) + `c)$"}`), finding: "pattern"},
		"a pattern that repeats":    {text: hostileSchemas(`{type: string, pattern: "^((((a{1000}){1000}){1000}){1000})$"}`)},
		"an enum that is huge": {text: hostileSchemas("{enum: [" + strings.Join(each(200_000, func(i int) string {
			return fmt.Sprintf("value-%d", i)
		}), ", ") + "]}")},
		"an enum of objects": {text: hostileSchemas("{type: object, enum: [" + strings.Join(each(20_000, func(i int) string {
			return fmt.Sprintf("{a: %d, b: {c: [1, 2]}}", i)
		}), ", ") + "]}")},
	}
}

func hostileSizes() map[string]hostileDoc {
	big := "    Big: {type: object, properties: {" + strings.Join(each(300, func(i int) string {
		return fmt.Sprintf("p%d: {type: string, maxLength: %d}", i, i+1)
	}), ", ") + "}}\n"
	ref := `{$ref: "#/components/schemas/Big"}`
	ok := `responses: {"200": {description: ok, content: {application/json: {schema: ` + ref + `}}}}`
	head := "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths:\n"
	tail := "components:\n  schemas:\n" + big
	paths := head + strings.Join(each(5000, func(i int) string { return fmt.Sprintf("  /p%d: {get: {%s}, post: {%s}}", i, ok, ok) }), "\n") + "\n" + tail
	nestedPaths := head
	for i := range 100 {
		nestedPaths += fmt.Sprintf("  %s/{id%d}: {get: {parameters: [%s], %s}}\n", strings.Join(each(i, func(j int) string { return fmt.Sprintf("/r%d/{id%d}", j, j) }), "")+fmt.Sprintf("/r%d", i), i,
			strings.Join(each(i+1, func(j int) string {
				return fmt.Sprintf("{name: id%d, in: path, required: true, schema: {type: string}}", j)
			}), ", "),
			strings.Replace(ok, ref, "{type: object, properties: {id: {type: string}}}", 1))
	}
	parameters := head + "  /p:\n    get:\n      parameters:\n" + strings.Join(each(5000, func(i int) string {
		return fmt.Sprintf("      - {name: q%d, in: query, schema: %s, style: deepObject}", i, ref)
	}), "\n") + "\n      " + ok + "\n" + tail
	responses := head + "  /p:\n    get:\n      responses:\n" + strings.Join(each(499, func(i int) string {
		return fmt.Sprintf("        \"%d\": {description: ok, headers: {%s}, content: {application/json: {schema: %s}}}", i+100,
			strings.Join(each(20, func(j int) string { return fmt.Sprintf("H%d: {schema: %s}", j, ref) }), ", "), ref)
	}), "\n") + "\n" + tail
	links := head + "  /p: {get: {operationId: g, responses: {\"200\": {description: ok, links: {" + strings.Join(each(5000, func(i int) string {
		return fmt.Sprintf("l%d: {operationId: g}", i)
	}), ", ") + "}}}, callbacks: {" + strings.Join(each(2000, func(i int) string {
		return fmt.Sprintf("c%d: {'{$request.body#/u}': {post: {%s}}}", i, ok)
	}), ", ") + "}}}\n" + tail
	return map[string]hostileDoc{
		"thousands of paths":      {text: paths},
		"paths below paths":       {text: nestedPaths},
		"thousands of parameters": {text: parameters},
		"hundreds of responses":   {text: responses},
		"links and callbacks":     {text: links},
		"a great many templates":  {text: strings.Replace(hostileHead, "/a:", `"/`+strings.Repeat("{a}", 300)+`":`, 1)},
		"templates that match alike": {text: head + strings.Join(each(2000, func(i int) string {
			return fmt.Sprintf("  '/{a%d}/{b}-{c%d}/{d}.{e}': {get: {%s}}", i, i, ok)
		}), "\n") + "\n" + tail},
		"a great many servers": {text: hostileHead + "servers: [" + strings.Repeat(`{url: "/{a}{b}"}, `, 5000) + "{url: /}]\n"},
		"servers with many variables": {text: hostileHead + "servers:\n" + strings.Join(each(300, func(i int) string {
			return fmt.Sprintf("- {url: '/s%d%s', variables: {%s}}", i, strings.Join(each(100, func(j int) string { return fmt.Sprintf("{v%d}", j) }), ""),
				strings.Join(each(100, func(j int) string { return fmt.Sprintf("v%d: {default: x, enum: [x, y, z]}", j) }), ", "))
		}), "\n") + "\n"},
		"a server that grows": {text: hostileHead + `servers: [{url: "/{a}{a}{a}{a}", variables: {a: {default: "{b}{b}"}, b: {default: "` +
			strings.Repeat("x", 1000) + `"}}}]` + "\n"},
		"keys that repeat":    {text: hostileHead + "x:\n" + strings.Repeat("  a: {b: 1}\n", 100_000)},
		"keys that are long":  {text: hostileSchemas("{type: object, properties: {" + strings.Repeat("k", 1_000_000) + ": {type: object, properties: {" + strings.Join(each(2000, func(i int) string { return fmt.Sprintf("p%d: {type: string}", i) }), ", ") + "}}}}"), finding: "the keys that lead here"},
		"no text":             {text: strings.Repeat("\x00", 1_000_000), finding: "not a readable"},
		"one long line":       {text: hostileHead + "x: " + strings.Repeat("a", 5_000_000) + "\n"},
		"a large table":       {text: hostileHead + "x:\n" + strings.Repeat("- {a: 1, b: [x, y], c: {d: null}}\n", 40_000)},
		"names that are long": {text: strings.Replace(hostileHead, "/a:", `? "/`+strings.Repeat("a", 1_000_000)+`" :`, 1), finding: "the keys that lead here"},
		"many security schemes": {text: strings.Replace(hostileHead, "responses", "security: ["+strings.Join(each(3000, func(i int) string {
			return fmt.Sprintf("{s%d: []}", i)
		}), ", ")+"], responses", 1) + "components: {securitySchemes: {" + strings.Join(each(3000, func(i int) string {
			return fmt.Sprintf("s%d: {type: apiKey, in: header, name: k%d}", i, i)
		}), ", ") + "}}\n"},
	}
}

// hostileOverlays make much of a document, or take long to find what they change.
func hostileOverlays() map[string]hostileDoc {
	actions := func(lines ...string) string {
		return "overlay: 1.1.0\ninfo: {title: O, version: '1'}\nactions:\n- " + strings.Join(lines, "\n- ") + "\n"
	}
	nested := hostileHead + "x: " + strings.Repeat("{a: [", 180) + "{b: 1}" + strings.Repeat("]}", 180) + "\n"
	wide := hostileHead + "x:\n" + strings.Join(each(20_000, func(i int) string { return fmt.Sprintf("  k%d: {a: %d, b: [x]}", i, i) }), "\n") + "\n"
	list := hostileHead + "x:\n" + strings.Join(each(20_000, func(i int) string { return fmt.Sprintf("  - {a: %d, b: [x]}", i) }), "\n") + "\n"
	again := func(n int, line string) []string { return each(n, func(int) string { return line }) }
	long := strings.Repeat("x", 1_000_000)
	return map[string]hostileDoc{
		"overlays: into every node, again and again": {
			text: nested, finding: "larger by as much",
			overlay: actions(again(30, "{target: '$..[?@.a || @.b || @.c]', update: {c: {c: {a: 1}, d: {a: 1}, e: {a: 1}}}}")...),
		},
		"overlays: a list to itself":       {text: list, finding: "larger by as much", overlay: actions(again(60, "{target: '$.x', copy: '$.x'}")...)},
		"overlays: a long text everywhere": {text: wide, finding: "larger by as much", overlay: actions("{target: '$.x.*', update: {c: " + long + "}}")},
		"overlays: a long text in place":   {text: wide, finding: "larger by as much", overlay: actions("{target: '$.x.*.a', update: " + long + "}")},
		"overlays: steps down without end": {text: nested, finding: "too long", overlay: actions("{target: '$" + strings.Repeat("..*", 12) + "', update: {a: 1}}")},
		"overlays: down and up":            {text: nested, finding: "too long", overlay: actions("{target: '$" + strings.Repeat("..*^", 12) + "', update: {a: 1}}")},
		"overlays: the same many times":    {text: nested, finding: "too long", overlay: actions("{target: '$" + strings.Repeat("[*,*,*,*]", 30) + "', update: {a: 1}}")},
		"overlays: filters in filters":     {text: nested, finding: "too long", overlay: actions("{target: '$..[?@..[?@..[?@..a]]]', update: {a: 1}}")},
		"overlays: filters of the whole":   {text: wide, finding: "too long", overlay: actions("{target: '$..[?$..nothing]', update: {a: 1}}")},
		"overlays: many that look at all":  {text: wide, finding: "too long", overlay: actions(again(2000, "{target: '$..[?@.a == 7]', update: {c: 1}}")...)},
		"overlays: a long target":          {text: hostileHead, finding: "more than 8192 bytes", overlay: actions("{target: '$" + strings.Repeat(".a", 500_000) + "', update: {a: 1}}")},
		"overlays: all of a wide object":   {text: wide, overlay: actions("{target: '$.x.*', update: {a: 2}}", "{target: '$.x.*', remove: true}")},
		"overlays: all of a long list":     {text: list, overlay: actions("{target: '$.x[*]', update: {a: 2}}", "{target: '$.x[*]', remove: true}")},
		"overlays: one by one":             {text: wide, overlay: actions(each(2000, func(i int) string { return fmt.Sprintf("{target: '$.x.k%d', remove: true}", i) })...)},
		"overlays: many keys": {text: wide, overlay: actions("target: '$.x'\n  update:\n" + strings.Join(each(50_000, func(i int) string {
			return fmt.Sprintf("    k%d: {c: 1}", i)
		}), "\n"))},
	}
}

func hostileNumbers() map[string]hostileDoc {
	out := map[string]hostileDoc{}
	for name, schema := range map[string]string{
		"minLength":               "{type: string, minLength: 1000000000}",
		"minLength and a pattern": "{type: string, minLength: 100000000, pattern: '^[a-z]+$'}",
		"minItems":                "{type: array, minItems: 1000000000, items: {type: string}}",
		"unique items":            "{type: array, minItems: 1000000, uniqueItems: true, items: {type: integer}}",
		"minContains":             "{type: array, minContains: 1000000000, contains: {type: string}}",
		"minProperties":           "{type: object, minProperties: 1000000000}",
		"multipleOf":              "{type: number, multipleOf: 1e-300}",
		"multipleOf and bounds":   "{type: number, multipleOf: 1e-300, minimum: 1e300, maximum: 1.0000001e300}",
		"an exponent":             "{type: number, minimum: 1e999999999}",
		"a negative exponent":     "{type: number, multipleOf: 1e-999999999}",
		"a long number":           "{type: number, minimum: " + strings.Repeat("9", 1_000_000) + "}",
		"a constant":              "{const: 1e400000000}",
		"required by the million": "{type: object, required: [" + strings.Join(each(200_000, func(i int) string { return fmt.Sprintf("r%d", i) }), ", ") + "]}",
	} {
		out["numbers: "+name] = hostileDoc{text: hostileSchemas(schema)}
	}
	return out
}

func hostilePlaces(secret, address string) map[string]hostileDoc {
	out := map[string]hostileDoc{}
	for name, ref := range map[string]string{
		"a way up":               "../outside.yaml",
		"a way up in escapes":    "%2e%2e/outside.yaml",
		"a way up and down":      "sub/../../outside.yaml",
		"a way up with slashes":  `..\outside.yaml`,
		"an absolute path":       secret,
		"a file URL":             "file://" + secret,
		"a file URL with a host": "file://localhost" + secret,
		"a link out":             "link.yaml",
		"a link to a directory":  "linked/outside.yaml",
		"a device":               "/dev/zero",
		"a directory":            ".",
		"a remote file":          "http://" + address + "/x.yaml",
		"a remote file in short": "//" + address + "/x.yaml",
		"another scheme":         "ftp://" + address + "/x.yaml",
	} {
		out["places: "+name] = hostileDoc{text: hostileSchemas(`{type: object, properties: {a: {$ref: '` + ref + `#/Secret'}}}`), finding: "$ref"}
	}
	u := "http://" + address
	out["places: names of schemas"] = hostileDoc{text: "jsonSchemaDialect: " + u + "/d\n" + hostileSchemas(`{$schema: "`+u+`/s", $id: "`+u+
		`/i", $dynamicRef: "`+u+`/r#a", $recursiveRef: "file://`+secret+`", $vocabulary: {"`+u+`/v": true}}`)}
	out["places: names of the document"] = hostileDoc{text: "$self: " + u + "/x\n" +
		strings.Replace(hostileHead, "description: ok", `description: ok, content: {application/json: {examples: {e: {externalValue: "`+u+`/e"}}}}`, 1) +
		"externalDocs: {url: " + u + "}\nservers: [{url: " + u + "}]\n"}
	ring := map[string]string{}
	for i := range 500 {
		ring[fmt.Sprintf("f%d.yaml", i)] = fmt.Sprintf("S: {$ref: 'f%d.yaml#/S'}\n", (i+1)%500)
	}
	out["files in a circle"] = hostileDoc{text: hostileSchemas(`{$ref: "f0.yaml#/S"}`), files: ring, finding: "circle"}
	tree := map[string]string{}
	for i := range 12 { // each names the next one twice, at two places
		tree[fmt.Sprintf("t%d.yaml", i)] = fmt.Sprintf("S: {properties: {a: {$ref: './t%d.yaml#/S'}, b: {$ref: 't%d.yaml#/S'}}}\n", i+1, i+1)
	}
	tree["t12.yaml"] = "S: {type: object}\n"
	out["files that double"] = hostileDoc{text: hostileSchemas(`{$ref: "t0.yaml#/S"}`), files: tree}
	bomb := hostileAliases()["an alias bomb of lists"].text
	out["a bomb in a file"] = hostileDoc{text: hostileSchemas(`{$ref: "b.yaml#/a9"}`), files: map[string]string{"b.yaml": bomb}, finding: "aliases make more"}
	return out
}
