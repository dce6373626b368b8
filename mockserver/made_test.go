package mockserver

import (
	"fmt"
	"net/http"
	"testing"
)

const oracle = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /oracle:
    get:
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: object, required: [says], properties: {says: {type: string, minLength: 20, maxLength: 30}}}}}
`

// TestMadeUpAnswers: an equal request has an equal answer, on another server too; requests that differ have one of a few,
// which are made up once.
func TestMadeUpAnswers(t *testing.T) {
	t.Parallel()
	d := load(t, oracle)
	one, two := play(t, d), play(t, d)
	different := map[string]bool{}
	for i := range 40 {
		path := fmt.Sprintf("/oracle?q=%d", i)
		first := one.send(http.MethodGet, path, "")
		said, again, elsewhere := string(first.body), one.send(http.MethodGet, path, "").body, two.send(http.MethodGet, path, "").body
		if first.status != http.StatusOK || said != string(again) || said != string(elsewhere) {
			t.Errorf("%s: %d %s, %s, %s", path, first.status, said, again, elsewhere)
		}
		different[said] = true
	}
	if n := len(different); n < 2 || n > faces {
		t.Errorf("%d different answers", n)
	}
	kept := 0
	one.server.made.texts.Range(func(_, _ any) bool { kept++; return true })
	if kept != len(different) || one.server.made.size.Load() == 0 {
		t.Errorf("%d are kept, of %d bytes", kept, one.server.made.size.Load())
	}
	var m madeValues
	for face, size := range []int{maxMade / 2, maxMade / 2, 1, maxMade + 1} {
		m.keep(madeKey{face: face}, make([]byte, size))
	}
	kept = 0
	m.texts.Range(func(k, _ any) bool {
		if kept++; k != (madeKey{face: 2}) {
			t.Errorf("%v is kept where there is no more room", k)
		}
		return true
	})
	if kept != 1 || m.size.Load() != 1 {
		t.Errorf("%d are kept, of %d bytes", kept, m.size.Load())
	}
}
