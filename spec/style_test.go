package spec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// withParameter is a document with one parameter, in flow style without braces.
func withParameter(parameter string) string {
	path := "/s"
	if strings.Contains(parameter, "in: path") {
		path = "/s/{color}"
	}
	return `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  ` + path + `:
    get:
      operationId: s
      parameters: [{` + parameter + `}]
      responses: {"200": {description: ok}}
`
}

// sentText is a message that carries the text of one parameter, as Encode gives it.
func sentText(t *testing.T, d *spec.Document, p *spec.Parameter, text string) *spec.RequestMessage {
	t.Helper()
	m := message("")
	switch p.In {
	case "path":
		match, ok := d.Route("/s/" + text)
		if !ok {
			t.Fatalf("/s/%s is not routed", text)
		}
		m.PathParams, m.EscapedPathParams = match.Params, match.Escaped
	case "header":
		m.Header.Set(p.Name, text)
	case "cookie":
		m.Header = http.Header{"Cookie": {text}}
	default:
		m.RawQuery = text
	}
	return m
}

// styleTable is the table of the OpenAPI Specification (Style Values), with what RFC 6570 says where its versions differ.
//
//nolint:dupword // cookie is a place and a style
const styleTable = `
path simple false    "blue" | blue
path simple false    ["blue","black","brown"] | blue,black,brown
path simple false    {"R":"100","G":"200","B":"150"} | R,100,G,200,B,150
path simple true     ["blue","black","brown"] | blue,black,brown
path simple true     {"R":"100","G":"200","B":"150"} | R=100,G=200,B=150
path label false     "blue" | .blue
path label false     ["blue","black","brown"] | .blue,black,brown
path label false     {"R":"100","G":"200","B":"150"} | .R,100,G,200,B,150
path label true      ["blue","black","brown"] | .blue.black.brown
path label true      {"R":"100","G":"200","B":"150"} | .R=100.G=200.B=150
path matrix false    "blue" | ;color=blue
path matrix false    ["blue","black","brown"] | ;color=blue,black,brown
path matrix false    {"R":"100","G":"200","B":"150"} | ;color=R,100,G,200,B,150
path matrix true     ["blue","black","brown"] | ;color=blue;color=black;color=brown
path matrix true     {"R":"100","G":"200","B":"150"} | ;R=100;G=200;B=150
query form false     "" | color=
query form false     "blue" | color=blue
query form false     ["blue","black","brown"] | color=blue,black,brown
query form false     {"R":"100","G":"200","B":"150"} | color=R,100,G,200,B,150
query form true      ["blue","black","brown"] | color=blue&color=black&color=brown
query form true      {"R":"100","G":"200","B":"150"} | R=100&G=200&B=150
query spaceDelimited false ["blue","black","brown"] | color=blue%20black%20brown
query spaceDelimited false {"R":"100","G":"200","B":"150"} | color=R%20100%20G%20200%20B%20150
query pipeDelimited false  ["blue","black","brown"] | color=blue%7Cblack%7Cbrown
query pipeDelimited false  {"R":"100","G":"200","B":"150"} | color=R%7C100%7CG%7C200%7CB%7C150
query deepObject true      {"R":"100","G":"200","B":"150"} | color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150
header simple false  ["blue","black","brown"] | blue,black,brown
header simple true   {"R":"100","G":"200","B":"150"} | R=100,G=200,B=150
cookie form false    ["blue","black","brown"] | color=blue,black,brown
cookie form true     "blue" | color=blue
cookie cookie true   ["blue","black"] | color=blue; color=black
`

func TestStylesOfTheSpecification(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(strings.TrimSpace(styleTable)) {
		head, want, _ := strings.Cut(strings.TrimSpace(line), " | ")
		fields := strings.Fields(head)
		value := decodeOrdered(t, fields[3])
		d := load(t, withParameter(fmt.Sprintf("name: color, in: %s, required: true, style: %s, explode: %s, schema: {type: %s}",
			fields[0], fields[1], fields[2], typeName(value))))
		// An open object in a query has to say so.
		if typeName(value) == "object" {
			d = load(t, withParameter(fmt.Sprintf("name: color, in: %s, required: true, style: %s, explode: %s, "+
				"schema: {type: object, properties: {R: {type: string}, G: {type: string}, B: {type: string}}}",
				fields[0], fields[1], fields[2])))
		}
		p := d.Operations[0].Parameters[0]
		got, err := p.Encode(value)
		if err != nil || got != want {
			t.Errorf("%s: encoded as %q, want %q (%v)", head, got, want, err)
			continue
		}
		checkSent(t, d, p, got, value)
	}
}

// checkSent sends an encoded parameter and expects the value to arrive.
func checkSent(t *testing.T, d *spec.Document, p *spec.Parameter, text string, want any) {
	t.Helper()
	req, refusal := d.Operations[0].CheckRequest(sentText(t, d, p, text))
	if refusal != nil {
		t.Errorf("%s %s %q is refused: %v", p.In, p.Style, text, refusal)
		return
	}
	if got, _ := req.Param(p); !strictjson.Equal(got, want) {
		t.Errorf("%s %s %q: got %#v, want %#v", p.In, p.Style, text, got, want)
	}
}

func decodeOrdered(t *testing.T, text string) any {
	t.Helper()
	v, err := strictjson.DecodeOrdered([]byte(text), strictjson.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func typeName(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// TestParameterReadings holds texts of every style, right ones with their value and wrong ones, against schemas.
func TestParameterReadings(t *testing.T) {
	t.Parallel()
	ints := "schema: {type: array, items: {type: integer}, maxItems: 2}"
	for _, c := range []struct{ parameter, text, want string }{
		{"in: query, " + ints, "color=1&color=2", `[1,2]`},
		{"in: query, " + ints, "color=1&color=2&color=3", "query /color maxItems"},
		{"in: query, " + ints, "color=1&color=x", "query /color/1 type"},
		{"in: query, explode: false, " + ints, "color=1,2", `[1,2]`},
		{"in: query, explode: false, " + ints, "color=1%2C2", `[1,2]`},
		{"in: query, explode: false, " + ints, "color=1,2,3", "query /color maxItems"},
		{"in: query, explode: false, " + ints, "color=1&color=2", "query /color repeated"},
		{"in: query, explode: false, schema: {type: array, items: {type: string}}", "color=a%2Cb,c", `["a,b","c"]`},
		{"in: query, style: pipeDelimited, " + ints, "color=1|2", `[1,2]`},
		{"in: query, style: pipeDelimited, " + ints, "color=1%7c2", `[1,2]`},
		{"in: query, style: spaceDelimited, " + ints, "color=1+2", `[1,2]`},
		{
			"in: query, style: deepObject, schema: {type: object, properties: {a: {type: array, items: {type: integer}}, b: " +
				"{type: object, properties: {c: {type: boolean}}}}}", "color[a][]=1&color[a][]=2&color[b][c]=true",
			`{"a":[1,2],"b":{"c":true}}`,
		},
		{
			"in: query, style: deepObject, schema: {type: object, properties: {a: {type: integer}}}", "color%5Ba%5D=x",
			"query /color/a type",
		},
		{"in: query, style: deepObject, required: true, schema: {type: object}", "color=1", "query /color style"},
		{"in: query, style: deepObject, schema: {type: array, items: {type: string}}", "color[1]=b&color[0]=a", `["a","b"]`},
		{"in: query, schema: {anyOf: [{type: integer}, {enum: [all]}]}", "color=all", `"all"`},
		{"in: query, schema: {anyOf: [{type: integer}, {enum: [all]}]}", "color=7", `7`},
		{"in: query, schema: {anyOf: [{type: integer}, {enum: [all]}]}", "color=some", "query /color anyOf"},
		{"in: query, schema: {oneOf: [{type: integer}, {type: array, items: {type: integer}}]}", "color=1&color=2", `[1,2]`},
		{"in: query, schema: {oneOf: [{type: integer}, {type: array, items: {type: integer}}]}", "color=1", `1`},
		{"in: query, schema: {allOf: [{type: integer}, {minimum: 3}]}", "color=3", `3`},
		{"in: query, schema: {allOf: [{type: integer}, {minimum: 3}]}", "color=2", "query /color minimum"},
		{"in: query, schema: {const: 5}", "color=5", `5`},
		{"in: query, schema: {const: 5}", "color=6", "query /color const"},
		{"in: query, schema: {type: string}", "color=5", `"5"`},
		{"in: query, schema: {type: [integer, 'null']}", "color=", `null`},
		{"in: query, schema: {type: [string, 'null']}", "color=null", `"null"`},
		{"in: query, schema: {type: integer}, allowEmptyValue: true", "color", `""`},
		{"in: query, schema: {type: integer}", "color", "query /color type"},
		{"in: query, schema: {type: object, required: [R], properties: {R: {type: integer}}}", "R=1", `{"R":1}`},
		{"in: query, schema: {type: object, additionalProperties: {type: integer}}", "x=1&y=2", `{"x":1,"y":2}`},
		{"in: query, content: {application/json: {schema: {type: object, required: [a]}}}", "color=%7B%22a%22:1%7D", `{"a":1}`},
		{"in: query, content: {application/json: {schema: {type: object, required: [a]}}}", "color=%7B%7D", "query /color/a required"},
		{"in: query, content: {application/json: {schema: {type: object}}}", "color=%7B", "query /color json-malformed"},
		{"in: path, required: true, " + ints, "1,2", `[1,2]`},
		{"in: path, required: true, schema: {type: array, items: {type: string}}", "a%2Cb,c%2Fd", `["a,b","c/d"]`},
		{"in: path, required: true, style: label, " + ints, ".1.2", `[1,2]`},
		{"in: path, required: true, style: label, " + ints, "1,2", "path /color style"},
		{"in: path, required: true, style: matrix, schema: {type: integer}", ";color=5", `5`},
		{"in: path, required: true, style: matrix, schema: {type: integer}", ";colour=5", "path /color style"},
		{"in: path, required: true, style: matrix, schema: {type: integer}", ";color=x", "path /color type"},
		{"in: path, required: true, explode: true, schema: {type: object, properties: {a: {type: integer}}}", "a=1,b=2", `{"a":1,"b":"2"}`},
		{"in: path, required: true, schema: {type: object}", "a,1,b", "path /color style"},
		{"in: header, " + ints, "1, 2", `[1,2]`},
		{"in: header, " + ints, "1,2,3", "header /color maxItems"},
		{"in: cookie, " + ints, "x=y; color=1; color=2", `[1,2]`},
		{"in: cookie, schema: {type: string}", "color=a%20b", `"a b"`},
		{"in: cookie, explode: false, schema: {type: object, properties: {a: {type: integer}}}", "color=a,1", `{"a":1}`},
	} {
		d := load(t, withParameter("name: color, "+c.parameter))
		p := d.Operations[0].Parameters[0]
		got := ""
		req, refusal := d.Operations[0].CheckRequest(sentText(t, d, p, c.text))
		if refusal != nil {
			f := refusal.Findings[0]
			got = f.In + " " + f.Pointer + " " + f.Rule
		} else if v, ok := req.Param(p); ok {
			got = string(strictjson.Append(nil, v))
		}
		if got != c.want {
			t.Errorf("%s\n%s: got %s, want %s", c.parameter, c.text, got, c.want)
		}
	}
}

func TestIgnoredHeaderParameters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Accept", "content-type", "AUTHORIZATION"} {
		d := load(t, withParameter("name: "+name+", in: header, required: true, schema: {type: string}"))
		if n := len(d.Operations[0].Parameters); n != 0 {
			t.Errorf("%s is a parameter", name)
		}
	}
}

func TestStyleOfAnotherPlaceIsAFlaw(t *testing.T) {
	t.Parallel()
	d := load(t, withParameter("name: color, in: path, required: true, style: deepObject, schema: {type: string}"))
	if len(d.Flaws) != 1 || d.Flaws[0].Rule != "style" || d.Operations[0].Parameters[0].Style != "simple" {
		t.Errorf("flaws %v", d.Flaws)
	}
}

// TestEncodedParametersComeBack draws values for every style: what Encode takes arrives as it was.
func TestEncodedParametersComeBack(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	carried := 0
	for _, place := range []string{
		"path simple", "path label", "path matrix", "query form", "query spaceDelimited", "query pipeDelimited",
		"query deepObject", "header simple", "cookie form", "cookie cookie", //nolint:dupword // a place and a style
	} {
		in, style, _ := strings.Cut(place, " ")
		for _, explode := range []string{"true", "false"} {
			for _, schema := range []string{
				"{type: string}", "{type: number}", "{type: array, items: {type: string}}", "{type: array, items: {type: integer}}",
				"{type: object, properties: {a: {type: string}, 'b c': {type: integer}, d: {type: boolean}}}",
				"{anyOf: [{type: integer}, {type: array, items: {type: string}}]}",
			} {
				d := load(t, withParameter(fmt.Sprintf("name: color, in: %s, required: true, style: %s, explode: %s, schema: %s",
					in, style, explode, schema)))
				carried += drawn(t, rnd, d)
			}
		}
	}
	if carried < 1000 {
		t.Errorf("only %d values were carried", carried)
	}
}

func drawn(t *testing.T, rnd *rand.Rand, d *spec.Document) (carried int) {
	t.Helper()
	p := d.Operations[0].Parameters[0]
	for range 40 {
		v := drawValue(rnd, p.Schema)
		text, err := p.Encode(v)
		if errors.Is(err, spec.ErrNotCarried) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		carried++
		checkSent(t, d, p, text, v)
	}
	return carried
}

// drawValue draws a value of a schema's type, with texts that are hard on separators.
func drawValue(rnd *rand.Rand, s *spec.Schema) any {
	if len(s.AnyOf) > 0 {
		return drawValue(rnd, s.AnyOf[rnd.IntN(len(s.AnyOf))])
	}
	switch s.Types[0] {
	case "number", "integer":
		return json.Number([]string{"0", "-1", "17", "12345678901234567890"}[rnd.IntN(4)])
	case "boolean":
		return rnd.IntN(2) == 0
	case "array":
		out := make([]any, rnd.IntN(4))
		for i := range out {
			out[i] = drawValue(rnd, s.Items)
		}
		return out
	case "object":
		out := map[string]any{}
		for _, p := range s.Properties {
			if rnd.IntN(4) > 0 {
				out[p.Name] = drawValue(rnd, p.Schema)
			}
		}
		return out
	}
	letters := []rune("ab1 ,;.=|&%+/?#[]é\"")
	text := make([]rune, rnd.IntN(6))
	for i := range text {
		text[i] = letters[rnd.IntN(len(letters))]
	}
	return string(text)
}
