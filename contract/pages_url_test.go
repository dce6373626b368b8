package contract_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// pageURLDocument has a list with a page's number and a token, whose body tells the next page by its URL.
const pageURLDocument = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /parcels:
    get:
      operationId: listParcels
      parameters:
        - {name: PageSize, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: Page, in: query, schema: {type: integer, minimum: 0}}
        - {name: PageToken, in: query, schema: {type: string}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  parcels: {type: array, items: {$ref: "#/components/schemas/Parcel"}}
                  meta: {type: object, properties: {next_page_url: {type: string, format: uri, nullable: true}}}
  /parcels/{id}:
    get:
      operationId: getParcel
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}}
components: {schemas: {Parcel: {type: object, required: [id], properties: {id: {type: integer}}}}}
`

// parcels is a server of nine records that knows its pages by one parameter alone, and tells the next one's URL.
type parcels struct {
	by      string // the parameter
	beside  string // what else the URL says
	repeats bool   // a page begins with the record that the one before ended with
}

func (s parcels) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const all = 9
	if r.URL.Path != "/parcels" {
		say(w, http.StatusNotFound, object{"error": "not there"})
		return
	}
	q := r.URL.Query()
	limit, ok := queryNumber(q, "PageSize", 1, 50, 20)
	n := 0
	if text := strings.TrimPrefix(q.Get(s.by), "PT"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		ok = ok && err == nil
	}
	if !ok {
		say(w, http.StatusBadRequest, object{"error": "no such page"})
		return
	}
	from := n * limit
	if s.repeats && from > 0 {
		from--
	}
	page := []object{}
	for id := from + 1; id <= min((n+1)*limit, all); id++ {
		page = append(page, object{"id": id})
	}
	var next any
	if (n+1)*limit < all {
		next = "http://example.com/parcels?" + s.beside + s.by + "=" + map[bool]string{true: "PT"}[s.by == "PageToken"] + strconv.Itoa(n+1)
	}
	say(w, http.StatusOK, object{"parcels": page, "meta": object{"next_page_url": next}})
}

// TestPageURLs: where a body tells the next page's URL, it is asked for with all parameters for pages that the URL has,
// and with a cursor only if the URL has one.
func TestPageURLs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server parcels
		want   contract.Status
	}{
		"by token":                           {parcels{by: "PageToken", beside: "Page=7&"}, contract.Passed},
		"by token, a fault":                  {parcels{by: "PageToken", beside: "Page=7&", repeats: true}, contract.Warned},
		"by number":                          {parcels{by: "Page", beside: "PageSize=2&"}, contract.Passed},
		"by number, a fault":                 {parcels{by: "Page", beside: "PageSize=2&", repeats: true}, contract.Warned},
		"by what the document does not have": {parcels{by: "AfterId", beside: "PageSize=2&", repeats: true}, contract.Passed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(c.server)
			defer srv.Close()
			r, err := contract.NewRunner(docOf(t, pageURLDocument), contract.Target{URL: srv.URL}, contract.Settings{Only: []string{"pages"}})
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
