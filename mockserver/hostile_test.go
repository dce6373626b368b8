package mockserver

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

const hostileDocument = `
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things:
    post:
      operationId: put
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses: {"204": {description: done}}
components:
  schemas:
    Thing:
      type: object
      properties:
        numbers: {type: array, items: {type: integer, minimum: 0}}
        either: {type: array, items: {oneOf: [{type: integer}, {type: string, minLength: 9}, {type: object, required: [a, b]}]}}
        eight:
          type: array
          items:
            oneOf:
              - {type: integer}
              - {type: string, minLength: 9}
              - {type: object, required: [a, b]}
              - {type: object, required: [c], properties: {c: {type: integer}}}
              - {type: object, required: [d], properties: {d: {type: array, items: {type: integer}}}}
              - {type: object, required: [e], properties: {e: {$ref: "#/components/schemas/Tree"}}}
              - {type: array, items: {type: boolean}}
              - {type: boolean}
        unique: {type: array, uniqueItems: true, items: {type: number, multipleOf: 0.01}}
        word: {type: string, pattern: '^(([a-z])+.)+[A-Z]([a-z])+$'}
        tree: {$ref: "#/components/schemas/Tree"}
      additionalProperties: {type: integer}
    Tree:
      type: object
      properties: {t: {$ref: "#/components/schemas/Tree"}, kids: {type: array, items: {$ref: "#/components/schemas/Tree"}}}
      additionalProperties: false
`

// Bodies made to be expensive are refused, with no more findings than there may be and at a bounded cost. The cost is
// counted in memory: time means nothing on a machine that does something else too. No other test runs beside this one, for
// it counts what the whole process allocates.
func TestHostileBodies(t *testing.T) {
	s, err := New(load(t, hostileDocument))
	if err != nil {
		t.Fatal(err)
	}
	const (
		half = 99 // levels
		most = 50 << 20
	)
	bodies := map[string]string{
		"wrong items":          `{"numbers":[` + strings.Repeat(`"",`, 19_990) + `""]}`,
		"long wrong items":     `{"numbers":[` + strings.Repeat(`"`+strings.Repeat("x", 45)+`",`, 19_990) + `""]}`,
		"items of no branch":   `{"either":[` + strings.Repeat(`"x",`, 19_990) + `"x"]}`,
		"objects of no branch": `{"either":[` + strings.Repeat(`{},`, 19_990) + `{}]}`,
		"too many items":       `{"numbers":[` + strings.Repeat(`"",`, 300_000) + `""]}`,
		"deep":                 `{"tree":` + strings.Repeat(`{"t":`, half) + "1" + strings.Repeat("}", half) + "}",
		"deeper than allowed":  `{"tree":` + strings.Repeat(`{"t":`, 100_000) + "1" + strings.Repeat("}", 100_000) + "}",
		"deep and wide": `{"tree":` + strings.Repeat(`{"t":`, 90) + `{"kids":[` + strings.Repeat(`{"x":1},`, 9_000) + `{}]}` +
			strings.Repeat("}", 90) + "}",
		"items of eight branches":   `{"eight":[` + strings.Repeat(`"x",`, 19_980) + `"x"]}`,
		"objects of eight branches": `{"eight":[` + strings.Repeat(`{},`, 19_980) + `{}]}`,
		"large numbers, not unique": `{"unique":[` + strings.Repeat(`1e308,`, 19_980) + `1e308]}`,
		"a long text for a pattern": `{"word":"` + strings.Repeat("x", 1_000_000) + `"}`,
		"wrong members":             "{" + wrongMembers(1_000) + "}",
		"very many wrong members":   "{" + wrongMembers(19_000) + "}",
		"one long wrong text":       `{"numbers":"` + strings.Repeat("x", 1_000_000) + `"}`,
	}
	for name, body := range bodies {
		used, w := allocated(s, body)
		if _, again := allocated(s, body); again.Body.String() != w.Body.String() {
			t.Errorf("%s: told otherwise the second time", name)
		}
		t.Logf("%s: %d bytes sent, %d MB allocated, status %d, %d bytes answered", name, len(body), used>>20, w.Code, w.Body.Len())
		if used > most {
			t.Errorf("%s: %d MB allocated", name, used>>20)
		}
		if w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest || w.Body.Len() > 64<<10 {
			t.Errorf("%s: status %d, %d bytes", name, w.Code, w.Body.Len())
		}
	}
}

func wrongMembers(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"m` + itoa(i) + `":"x"`)
	}
	return b.String()
}

// allocated is what a server allocates to answer one body.
func allocated(s *Server, body string) (uint64, *httptest.ResponseRecorder) {
	ask := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/things", io.NopCloser(strings.NewReader(body)))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	ask() // what is made once is made
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := ask()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, w
}
