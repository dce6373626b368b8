package spec_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

const (
	hostileTime   = 20 * time.Second // where nothing goes wrong it is well below one; the bound is for machines under load
	hostileMemory = 200 << 20
)

// hostile are documents made to hurt, each with the beginning of what the error says; "" where the document loads.
func hostile() map[string]struct{ text, want string } {
	const head = "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths: {/a: {get: {responses: {\"200\": {description: ok}}}}}\n"
	schemas := func(lines ...string) string {
		return withSchema("3.1.0", `{$ref: "#/components/schemas/S0"}`, lines...)
	}
	var chain, wide, tangle, bushy []string
	for i := range 3000 {
		chain = append(chain, fmt.Sprintf(`S%d: {$ref: "#/components/schemas/S%d"}`, i, i+1))
		wide = append(wide, fmt.Sprintf(`S%d: {properties: {a: {$ref: "#/components/schemas/S%d"}}}`, i, (i+1)%3000))
	}
	for i := range 40 { // twice as many ways with every step
		next := fmt.Sprintf(`{$ref: "#/components/schemas/S%d"}`, i+1)
		tangle = append(tangle, fmt.Sprintf(`S%d: {allOf: [%s, %s]}`, i, next, next))
		bushy = append(bushy, fmt.Sprintf(`S%d: {properties: {a: %s, b: %s}}`, i, next, next))
	}
	tangle, bushy = append(tangle, `S40: {type: object}`), append(bushy, `S40: {type: object}`)
	return map[string]struct{ text, want string }{
		"an alias bomb":             {aliasBomb(), "aliases make more"},
		"an alias of itself":        {"openapi: 3.1.0\na: &a [*a]\n", "api.yaml"},
		"nesting in flow style":     {head + "x: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n", "nested deeper"},
		"nesting beyond the parser": {head + "x: " + strings.Repeat("[", 1_000_000) + "\n", "api.yaml"},
		"nesting in JSON":           {`{"openapi":"3.1.0","x":` + strings.Repeat(`{"a":`, 200_000) + "1" + strings.Repeat("}", 200_001), "api.yaml"},
		"nesting of schemas":        {withSchema("3.1.0", strings.Repeat("{items: ", 300)+"{}"+strings.Repeat("}", 300)), ""},
		"a long chain":              {schemas(append(chain, `S3000: {}`)...), ""},
		"a long circle":             {schemas(append(chain, `S3000: {$ref: "#/components/schemas/S0"}`)...), ""},
		"a circle of properties":    {schemas(wide...), ""},
		"doubling by allOf":         {schemas(tangle...), ""},
		"doubling by properties":    {schemas(bushy...), ""},
		"a pattern that backtracks": {withSchema("3.1.0", `{type: string, pattern: "(?=a)(a+)+$"}`), ""},
		"a great many parameters":   {strings.Replace(head, "/a:", `"/`+strings.Repeat("{a}", 300)+`":`, 1), ""},
		"a great many servers":      {head + "servers: [" + strings.Repeat(`{url: "/{a}{b}"}, `, 5000) + "{url: /}]\n", ""},
		"a server that grows":       {head + `servers: [{url: "/{a}{a}{a}{a}", variables: {a: {default: "{b}{b}"}, b: {default: "` + strings.Repeat("x", 1000) + `"}}}]` + "\n", ""},
		"no text":                   {strings.Repeat("\x00", 1_000_000), "api.yaml"},
		"one long line":             {head + "x: " + strings.Repeat("a", 5_000_000) + "\n", ""},
		"foreign names":             {withSchema("3.1.0\n$self: http://192.0.2.1/x\njsonSchemaDialect: http://192.0.2.1/d", `{$schema: "http://192.0.2.1/s", $id: "http://192.0.2.1/i", $dynamicRef: "http://192.0.2.1/r#a", $recursiveRef: "file:///etc/passwd"}`), ""},
	}
}

// A document made to hurt is refused or served within a bounded time and memory, whatever is then asked of it.
func TestHostileDocuments(t *testing.T) {
	for name, tt := range hostile() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			done := make(chan string, 1)
			go func() { done <- endure(tt.text, tt.want) }()
			select {
			case fault := <-done:
				if fault != "" {
					t.Error(fault)
				}
			case <-time.After(hostileTime):
				t.Fatal("it takes too long")
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > hostileMemory {
				t.Errorf("%d MB are kept", kept>>20)
			}
		})
	}
}

// endure loads a document and asks of it what a mock asks; it returns what went wrong.
func endure(text, want string) string {
	d, err := loadTexts(text)
	switch {
	case (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want):
		return fmt.Sprintf("error %v, want %q", err, want)
	case err != nil:
		return ""
	}
	for _, o := range d.Operations {
		if _, r := o.CheckRequest(message(`{"a":{"b":{}}}`)); r != nil && len(r.Findings) == 0 {
			return "a refusal without a finding"
		}
		_, _ = d.Route(o.Path)
	}
	_ = spec.Lint(d)
	return ""
}

// A schema that is a part of itself is told, and so is one of more parts than can be looked through.
func TestSchemasThatAreMadeOfThemselves(t *testing.T) {
	t.Parallel()
	var chain []string
	for i := range 600 {
		chain = append(chain, fmt.Sprintf(`S%d: {allOf: [{$ref: "#/components/schemas/S%d"}], properties: {p%d: {readOnly: true}}}`, i, i+1, i))
	}
	for name, tt := range map[string]struct {
		text, rule, actual string
	}{
		"of one": {withSchema("3.1.0", `{allOf: [{$ref: "#/components/schemas/S"}]}`), "allOf", "itself"},
		"of three": {withSchema("3.0.3", `{allOf: [{$ref: "#/components/schemas/A"}]}`, `A: {allOf: [{$ref: "#/components/schemas/B"}]}`,
			`B: {allOf: [{type: object}, {$ref: "#/components/schemas/A"}]}`), "allOf", "itself"},
		"of many": {withSchema("3.1.0", `{$ref: "#/components/schemas/S0"}`, append(chain, `S600: {}`)...), "schema", "more than 500"},
		"of itself by oneOf": {withSchema("3.1.0", `{discriminator: {propertyName: k}, oneOf: [{$ref: "#/components/schemas/A"}]}`,
			`A: {allOf: [{type: object}], properties: {s: {$ref: "#/components/schemas/S"}}}`), "", ""},
	} {
		d := load(t, tt.text)
		if tt.rule == "" {
			if len(d.Flaws) > 0 {
				t.Errorf("%s: %v", name, d.Flaws)
			}
			continue
		}
		if len(d.Flaws) != 1 || d.Flaws[0].Rule != tt.rule || !strings.Contains(d.Flaws[0].Actual, tt.actual) {
			t.Errorf("%s: %v", name, d.Flaws)
		}
		if _, err := bodySchema(t, d).Check(map[string]any{}, spec.In); err == nil {
			t.Errorf("%s: it can be used", name)
		}
		elsewhere := func(f spec.Finding) bool { return f.Document != d.Flaws[0].Document }
		if said := slices.DeleteFunc(spec.Lint(d), elsewhere); len(said) != 1 {
			t.Errorf("%s: lint says it more than once: %v", name, said)
		}
	}
}

// A large schema is compiled in parts, which changes nothing of what it says.
func TestLargeSchemasInParts(t *testing.T) {
	t.Parallel()
	var branches []string
	for i := range 40 {
		var props strings.Builder
		for j := range 100 {
			fmt.Fprintf(&props, ", p%d: {type: integer, maximum: %d}", j, i+j)
		}
		branches = append(branches, fmt.Sprintf("{type: object, additionalProperties: false, required: [own%d], properties: {own%d: {type: string}%s}}", i, i, props.String()))
	}
	d := load(t, withSchema("3.1.0", "{type: object, properties: {in: {oneOf: ["+strings.Join(branches, ", ")+"]}, all: {allOf: ["+
		strings.ReplaceAll(branches[0], "additionalProperties: false, ", "readOnly: false, ")+"], unevaluatedProperties: false}}}"))
	s := bodySchema(t, d)
	for body, want := range map[string]string{
		`{"in":{"own3":"x","p4":7}}`:     "",
		`{"in":{"own3":"x","p4":8}}`:     "/in oneOf",
		`{"in":{"own3":"x","q":8}}`:      "/in oneOf",
		`{"all":{"own0":"x","p1":1}}`:    "",
		`{"all":{"own0":"x","p1":2}}`:    "/all/p1 maximum",
		`{"all":{"own0":"x","other":2}}`: "/all/other false",
		`{"all":{"p1":1}}`:               "/all/own0 required",
	} {
		v, err := strictjson.Decode([]byte(body), strictjson.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		fs, err := s.Check(strictjson.Plain(v), spec.In)
		got := ""
		for _, f := range fs {
			if got = f.Pointer + " " + f.Rule; got == want {
				break
			}
		}
		if err != nil || got != want {
			t.Errorf("%s: %v %v, want %q", body, err, fs, want)
		}
	}
}
