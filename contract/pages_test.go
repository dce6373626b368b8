package contract_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// cursorDocument has a list that goes on by a cursor, which is a text while ids are numbers.
const cursorDocument = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /deliveries:
    get:
      operationId: listDeliveries
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: CURSOR, in: query, schema: {type: string}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Delivery"}}}}}}
  /deliveries/{id}:
    get:
      operationId: getDelivery
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Delivery"}}}}}
components: {schemas: {Delivery: {type: object, required: [id], properties: {id: {type: integer}}}}}
`

// deliveries is a server of nine records whose cursors are its own affair, told in Link or not at all.
type deliveries struct {
	cursor         string // the parameter
	links, repeats bool
	byID           bool // the cursor is the last record's id
}

func (s deliveries) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const all = 9
	if id, below := strings.CutPrefix(r.URL.Path, "/deliveries/"); below {
		n, err := strconv.Atoi(id)
		if err != nil || n < 1 || n > all {
			say(w, http.StatusNotFound, object{"error": "not there"})
			return
		}
		say(w, http.StatusOK, object{"id": n})
		return
	}
	if r.URL.Path != "/deliveries" {
		say(w, http.StatusNotFound, object{"error": "not there"})
		return
	}
	q := r.URL.Query()
	limit, ok := queryNumber(q, "limit", 1, 50, 20)
	text, from := q.Get(s.cursor), 0
	if text != "" {
		if !s.byID {
			text, ok = strings.CutPrefix(text, "opaque-")
		}
		n, err := strconv.Atoi(text)
		from, ok = n, ok && err == nil
	}
	if !ok {
		say(w, http.StatusUnprocessableEntity, object{"error": "no such cursor"})
		return
	}
	if s.repeats && from > 0 {
		from--
	}
	page := []object{}
	for id := from + 1; id <= min(from+limit, all); id++ {
		page = append(page, object{"id": json.Number(strconv.Itoa(id))})
	}
	if end := from + len(page); s.links && end < all {
		w.Header().Add("Link", `</deliveries>; rel="first", </deliveries?limit=`+strconv.Itoa(limit)+"&"+s.cursor+"=opaque-"+strconv.Itoa(end)+`>; rel="next"`)
	} else if s.links {
		w.Header().Add("Link", `</deliveries>; rel=first`)
	}
	say(w, http.StatusOK, page)
}

// TestCursors: pages are turned by what answers say of the next one, or by ids where the parameter asks after which record to
// go on; a cursor that nobody tells is not guessed.
func TestCursors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server deliveries
		want   contract.Status
	}{
		"cursors in Link":          {deliveries{cursor: "cursor", links: true}, contract.Passed},
		"cursors in Link, a fault": {deliveries{cursor: "cursor", links: true, repeats: true}, contract.Warned},
		"cursors nobody tells":     {deliveries{cursor: "cursor"}, contract.Passed},
		"ids":                      {deliveries{cursor: "starting_after", byID: true}, contract.Passed},
		"ids, a fault":             {deliveries{cursor: "starting_after", byID: true, repeats: true}, contract.Warned},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(c.server)
			defer srv.Close()
			d := docOf(t, strings.ReplaceAll(cursorDocument, "CURSOR", c.server.cursor))
			r, err := contract.NewRunner(d, contract.Target{URL: srv.URL}, contract.Settings{Only: []string{"pages"}})
			if err != nil {
				t.Fatal(err)
			}
			res := r.RunAll(t.Context(), nil)
			if len(res.Outcomes) != 1 || res.Outcomes[0].Status != c.want {
				t.Errorf("%s %s%s", res.Outcomes[0].Status, res.Outcomes[0].Reason, story(res.Outcomes[0]))
			}
		})
	}
}
