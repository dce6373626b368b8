package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// styleMessages are parameters in every style, each accepted or refused by us; theirs says what is different about
// libopenapi-validator where it judges otherwise.
const styleMessages = `
in: query, schema: {type: array, items: {type: integer}} | color=1&color=2 | yes |
in: query, schema: {type: array, items: {type: integer}} | color=1&color=x | no |
in: query, explode: false, schema: {type: array, items: {type: integer}} | color=1,2 | yes |
in: query, explode: false, schema: {type: array, items: {type: integer}} | color=1,x | no |
in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}} | color=1%7C2 | yes |
in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}} | color=1%7Cx | no |
in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: integer}} | color=1%202 | yes |
in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: integer}} | color=1%20x | no |
in: query, style: deepObject, schema: {type: object, properties: {a: {type: integer}}} | color[a]=1 | yes |
in: query, style: deepObject, schema: {type: object, properties: {a: {type: integer}}} | color[a]=x | no |
in: query, content: {application/json: {schema: {type: object, required: [a]}}} | color=%7B%22a%22:1%7D | yes |
in: query, content: {application/json: {schema: {type: object, properties: {a: {type: integer}}}}} | color=%7B%22a%22:true%7D | no |
in: path, required: true, schema: {type: array, items: {type: integer}} | 1,2 | yes |
in: path, required: true, schema: {type: array, items: {type: integer}} | 1,x | no |
in: path, required: true, style: label, schema: {type: integer} | .1 | yes | it keeps the dot
in: path, required: true, style: label, schema: {type: integer} | .x | no |
in: path, required: true, style: matrix, schema: {type: integer} | ;color=1 | yes | it keeps the name
in: path, required: true, style: matrix, schema: {type: integer} | ;color=x | no |
in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: integer}} | ;color=1;color=2 | yes | it keeps the names
in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: integer}} | ;color=1;color=x | no |
in: header, schema: {type: array, items: {type: integer}} | 1,2 | yes |
in: header, schema: {type: array, items: {type: integer}} | 1,x | no |
in: cookie, schema: {type: integer} | color=1 | yes |
in: cookie, schema: {type: integer} | color=x | no |
`

// TestDifferentialStyles holds both validators together on parameters that no embedded document has.
func TestDifferentialStyles(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(strings.TrimSpace(styleMessages)) {
		f := strings.SplitN(strings.TrimSpace(line), " | ", 4)
		if len(f) == 3 {
			f[2] = strings.TrimSuffix(f[2], " |")
		}
		reason := ""
		if len(f) == 4 {
			reason = f[3]
		}
		text := withParameter("name: color, " + f[0])
		j, err := newJudges(spec.Source{Name: "api.yaml", Data: []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		x := exchange{document: "api.yaml", operation: "s", method: "GET", path: "/s", noBody: true}
		m := sentText(t, j.doc, j.doc.Operations[0].Parameters[0], f[1])
		switch {
		case strings.HasPrefix(f[0], "in: path"):
			x.path += "/" + f[1]
		case strings.HasPrefix(f[0], "in: query"):
			x.query = f[1]
		}
		r := j.request(&x)
		for name, values := range m.Header {
			r.Header[name] = values
		}
		_, refusal := j.doc.Operations[0].CheckRequest(m)
		theirs, why := j.theirVerdict(&x, r)
		if ours := refusal == nil; ours != (f[2] == "yes") {
			t.Errorf("%s %s: ours %v: %v", f[0], f[1], ours, refusal)
		}
		if (theirs == (f[2] == "yes")) != (reason == "") {
			t.Errorf("%s %s: theirs %v: %s (listed: %q)", f[0], f[1], theirs, why, reason)
		}
	}
}
