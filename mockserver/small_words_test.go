package mockserver

import (
	"strings"
	"testing"
)

// An error that has no text but a title says all in it.
func TestATitleAloneTellsAll(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    get:
      responses:
        "200": {description: ok, content: {application/xml: {schema: {type: string}}}}
        default: {description: bad, content: {application/json: {schema: {type: object, required: [title], properties: {title: {type: string}}}}}}
`))
	if r := s.send("GET", "/a", "", "Accept", "image/png").want(406); !strings.Contains(r.at("/title"), "application/xml") {
		t.Errorf("%s", r.body)
	}
	page := string(s.send("GET", "/", "").want(200).body)
	for line := range strings.SplitSeq(page, "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%q ends with a blank", line)
		}
	}
}
