package contract_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
)

// everywhere has parameters in every place, of every shape, each with something that is forbidden.
const everywhere = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /rows/{row}/{cells}:
    get:
      operationId: look
      parameters:
        - {name: row, in: path, required: true, schema: {type: integer, maximum: 9}}
        - {name: cells, in: path, required: true, style: label, explode: true, schema: {type: array, items: {enum: [a, b]}, maxItems: 2}}
        - {name: ids, in: query, schema: {type: array, items: {type: integer}, maxItems: 3}}
        - {name: piped, in: query, style: pipeDelimited, explode: false, schema: {type: array, minItems: 2, items: {enum: [x, y]}}}
        - {name: deep, in: query, style: deepObject, explode: true, schema: {type: object, required: [from], properties: {from: {type: integer}}}}
        - {name: query, in: query, content: {application/json: {schema: {type: object, required: [q], properties: {q: {type: integer}}}}}}
        - {name: mail, in: query, schema: {type: string, format: email}}
        - {name: X-Point, in: header, schema: {type: object, required: [x], properties: {x: {type: integer}}}}
        - {name: crumb, in: cookie, schema: {type: integer, minimum: 3}}
        - {name: tray, in: cookie, explode: false, schema: {type: array, items: {type: integer}, maxItems: 2}}
      responses: {"200": {description: ok}}
  /pages/{page}.{kind}:
    get:
      operationId: page
      parameters:
        - {name: page, in: path, required: true, schema: {type: integer}}
        - {name: kind, in: path, required: true, schema: {type: string}}
      responses: {"200": {description: ok}}
`

// Parameters of every place and shape are tried with what the document forbids: a server that takes everything is found
// out, and a mock refuses it all. Garbage in a format is good practice alone.
func TestBrokenParametersEverywhere(t *testing.T) {
	t.Parallel()
	noFailure(t, verifyMock(t, everywhere))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	t.Cleanup(srv.Close)
	r, err := contract.NewRunner(docOf(t, everywhere), contract.Target{URL: srv.URL},
		contract.Settings{NoRestore: true, MaxTime: time.Hour, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]contract.Status{}
	sent := map[string][]string{}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		got[o.Check.Name] = o.Status
		for _, s := range o.Steps {
			sent[o.Check.Name] = append(sent[o.Check.Name], s.Request.Path+"?"+s.Request.Query+" "+
				s.Request.Header.Get("X-Point")+s.Request.Header.Get("Cookie"))
		}
	}
	for _, param := range []string{
		"path.row", "path.cells", "query.ids", "query.piped", "query.deep", "query.query", "header.X-Point", "cookie.crumb", "cookie.tray",
	} {
		name := "look " + param + " refuses other values"
		if got[name] != contract.Failed {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	if name := "look query.mail refuses other values (good practice)"; got[name] != contract.Warned {
		t.Errorf("%s: %q", name, got[name])
	}
	for name, want := range map[string]string{
		"look path.cells refuses other values":  "/.a.b.",
		"look query.ids refuses other values":   "ids=",
		"look query.deep refuses other values":  "deep%5Bfrom%5D=",
		"look query.query refuses other values": "query=%7B",
		"look cookie.tray refuses other values": "tray=",
		"look path.row refuses other values":    "/rows/abc/",
	} {
		if !strings.Contains(strings.Join(sent[name], "\n"), want) {
			t.Errorf("%s: no %s in %q", name, want, sent[name])
		}
	}
}
