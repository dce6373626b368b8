package mockserver

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// listShape is how an API known to many pages: its parameters, the body of a page with W for a list of records, and how
// a client gets from one page to the next.
type listShape struct {
	params, body, headers string
	begin                 string // the query of the first page, of three records
	list, total, prev     string // pointers into a page; total and prev "" where it tells none
	next                  func(r reply) string
}

const (
	integer = ", in: query, schema: {type: integer}}"
	text    = ", in: query, schema: {type: string}}"
)

// linked follows a URL in the body.
func linked(pointer string) func(reply) string {
	return func(r reply) string {
		var s string
		_ = json.Unmarshal([]byte(r.at(pointer)), &s)
		return s
	}
}

// token puts a value of the body into a parameter.
func token(begin, param, pointer string) func(reply) string {
	return func(r reply) string {
		if s := strings.Trim(r.at(pointer), `"`); s != "" && s != "null" && s != "absent" {
			return begin + "&" + param + "=" + url.QueryEscape(s)
		}
		return ""
	}
}

func shapes() map[string]listShape {
	object := func(members string) string { return "{type: object, properties: {" + members + "}}" }
	return map[string]listShape{
		"GitHub": {
			params: `{name: per_page` + integer + `, {name: page` + integer, body: "W",
			headers: "{Link: {schema: {type: string}}, X-Total-Count: {schema: {type: integer}}}", begin: "per_page=3",
			next: func(r reply) string {
				for l := range strings.SplitSeq(r.header.Get("Link"), ", ") {
					if at, ok := strings.CutSuffix(l, `>; rel="next"`); ok {
						return strings.TrimPrefix(at, "<")
					}
				}
				return ""
			},
		},
		"GitLab": {
			params: `{name: per_page` + integer + `, {name: page` + integer, body: "W",
			headers: "{X-Next-Page: {schema: {type: string}}, X-Prev-Page: {schema: {type: string}}, X-Total: {schema: {type: string}}}",
			begin:   "per_page=3",
			next: func(r reply) string {
				if n := r.header.Get("X-Next-Page"); n != "" {
					return "per_page=3&page=" + n
				}
				return ""
			},
		},
		"Stripe": {
			params: `{name: limit` + integer + `, {name: starting_after` + text + `, {name: ending_before` + text,
			body:   object("data: W, has_more: {type: boolean}"), begin: "limit=3", list: "/data",
			next: func(r reply) string {
				if r.at("/has_more") != "true" {
					return ""
				}
				ids := r.ids("/data", "id")
				return "limit=3&starting_after=" + ids[len(ids)-1]
			},
		},
		"Google": {
			params: `{name: pageSize` + integer + `, {name: pageToken` + text,
			body:   object("widgets: W, nextPageToken: {type: string}, totalSize: {type: integer}"), begin: "pageSize=3",
			list: "/widgets", total: "/totalSize", next: token("pageSize=3", "pageToken", "/nextPageToken"),
		},
		"Microsoft Graph": {
			params: `{name: $top` + integer + `, {name: $skip` + integer + `, {name: $filter` + text,
			body:   object(`"@odata.count": {type: integer}, "@odata.nextLink": {type: string}, value: W`), begin: "$top=3",
			list: "/value", total: "/@odata.count", next: linked("/@odata.nextLink"),
		},
		"JSON:API": {
			params: `{name: "page[number]"` + integer + `, {name: "page[size]"` + integer,
			body: object("data: W, meta: " + object("total: {type: integer}") + ", links: " + object(
				`self: {type: string}, first: {type: string}, last: {type: string}, prev: {type: [string, "null"]}, next: {type: [string, "null"]}`)),
			begin: "page[size]=3", list: "/data", total: "/meta/total", prev: "/links/prev", next: linked("/links/next"),
		},
		"JSON:API by deepObject": {
			params: "{name: page, in: query, style: deepObject, schema: {type: object, properties: {number: {type: integer}, size: {type: integer}}}}",
			body:   object("data: W, links: " + object("next: "+object("href: {type: string}"))), begin: "page[size]=3", list: "/data",
			next: linked("/links/next/href"),
		},
		"Spring": {
			params: "{name: pageable, in: query, required: true, schema: {type: object, properties: {page: {type: integer, minimum: 0}, " +
				"size: {type: integer}, sort: {type: array, items: {type: string}}}}}",
			body: object("content: W, totalElements: {type: integer}, totalPages: {type: integer}, first: {type: boolean}, " +
				"last: {type: boolean}, number: {type: integer}, numberOfElements: {type: integer}"),
			begin: "page=0&size=3", list: "/content", total: "/totalElements",
			next: func(r reply) string {
				var n int
				_ = json.Unmarshal([]byte(r.at("/number")), &n)
				if r.at("/last") == "true" {
					return ""
				}
				return fmt.Sprintf("size=3&page=%d", n+1)
			},
		},
		"Django": {
			params: `{name: limit` + integer + `, {name: offset` + integer,
			body: object(`count: {type: integer}, next: {type: [string, "null"], format: uri}, ` +
				`previous: {type: [string, "null"], format: uri}, results: W`),
			begin: "limit=3", list: "/results", prev: "/previous", next: linked("/next"),
		},
		"a page's number and a token, in a link": {
			params: `{name: PageSize` + integer + `, {name: Page` + integer + `, {name: PageToken` + text,
			body: object(`items: W, meta: ` + object(`next_page_url: {type: [string, "null"], format: uri}, `+
				`previous_page_url: {type: string, format: uri}`)),
			begin: "PageSize=3", list: "/items", prev: "/meta/previous_page_url", next: linked("/meta/next_page_url"),
		},
		"the token of a link alone": {
			params: `{name: PageSize` + integer + `, {name: Page` + integer + `, {name: PageToken` + text,
			body:   object(`items: W, meta: ` + object(`next_page_url: {type: string, format: uri}`)),
			begin:  "PageSize=3", list: "/items",
			next: func(r reply) string {
				u, err := url.Parse(linked("/meta/next_page_url")(r))
				if err != nil || u.RawQuery == "" {
					return ""
				}
				return "PageSize=3&PageToken=" + url.QueryEscape(u.Query().Get("PageToken"))
			},
		},
		"a marker": {
			params: `{name: marker` + text + `, {name: limit` + integer, body: object("items: W, next_marker: {type: string}"),
			begin: "limit=3", list: "/items", next: token("limit=3", "marker", "/next_marker"),
		},
	}
}

const shapedDocument = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /widgets:
    get:
      parameters: [PARAMS]
      responses: {"200": {description: ok, headers: HEADERS, content: {application/json: {schema: BODY}}}}
  /widgets/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Widget"}}}}}
components:
  schemas:
    Widget:
      type: object
      required: [id, name, tags, rank]
      properties:
        id: {type: string}
        name: {type: string, maxLength: 9}
        rank: {type: integer, minimum: 0, maximum: 2}
        tags: {type: array, items: {enum: [a, b, c]}, minItems: 1}
`

func (l listShape) document() string {
	headers := l.headers
	if headers == "" {
		headers = "{}"
	}
	return strings.NewReplacer("PARAMS", l.params, "HEADERS", headers, "BODY", strings.ReplaceAll(l.body, "W",
		`{type: array, items: {$ref: "#/components/schemas/Widget"}}`)).Replace(shapedDocument)
}

// Whichever way an API pages, a client that follows it sees every record once, and the totals are right.
func TestPagingAsKnown(t *testing.T) {
	t.Parallel()
	const count, size = 8, 3
	for name, shape := range shapes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, load(t, shape.document()), WithCount(count))
			seen := map[string]bool{}
			pages := 0
			before := ""
			for target := "/widgets?" + shape.begin; target != ""; pages++ {
				r := s.send("GET", target, "").want(200)
				ids := r.ids(shape.list, "id")
				if len(ids) == 0 || len(ids) > size {
					t.Fatalf("%s shows %v", target, ids)
				}
				for _, id := range ids {
					if seen[id] {
						t.Fatalf("%s shows %s again", target, id)
					}
					seen[id] = true
				}
				if got := r.at(shape.total); shape.total != "" && got != fmt.Sprint(count) {
					t.Errorf("total %s", got)
				}
				if shape.prev != "" && pages > 0 {
					back := s.send("GET", inPath(linked(shape.prev)(r)), "").want(200).ids(shape.list, "id")
					if strings.Join(back, " ") != before {
						t.Errorf("before %s: %v, want %s", target, back, before)
					}
				}
				before = strings.Join(ids, " ")
				target = shape.next(r)
				if target != "" && !strings.Contains(target, "?") {
					target = "?" + target
				}
				target = inPath(target)
			}
			if len(seen) != count || pages != 3 {
				t.Errorf("%d records on %d pages", len(seen), pages)
			}
		})
	}
}

// inPath is a URL, or a query, as a path of the API.
func inPath(target string) string {
	if target == "" {
		return ""
	}
	_, query, _ := strings.Cut(target, "?")
	return "/widgets?" + query
}

func TestListDetails(t *testing.T) {
	t.Parallel()
	all := shapes()
	spring := play(t, load(t, all["Spring"].document()), WithCount(8))
	spring.send("GET", "/widgets?page=0&size=3", "").wantAt("/first", "true", "/last", "false", "/number", "0", "/totalPages", "3")
	spring.send("GET", "/widgets?page=2&size=3", "").wantAt("/first", "false", "/last", "true", "/numberOfElements", "2")
	names := func(r reply) string {
		var page struct{ Content []struct{ Rank int } }
		_ = json.Unmarshal(r.body, &page)
		return fmt.Sprint(page.Content)
	}
	up := names(spring.send("GET", "/widgets?page=0&size=9&sort=rank", "").want(200))
	down := names(spring.send("GET", "/widgets?page=0&size=9&sort=rank,desc", "").want(200))
	if up == down || !strings.HasPrefix(down, "[{2}") || !strings.HasPrefix(up, "[{0}") {
		t.Errorf("up %s, down %s", up, down)
	}
	if curl := firstExample(spring.server); !strings.Contains(curl, "page=0&") {
		t.Errorf("the example is not of the first page: %s", curl)
	}
	api := play(t, load(t, all["JSON:API"].document()), WithCount(8))
	r := api.send("GET", "/widgets?page[size]=3&page[number]=2", "").want(200)
	for pointer, want := range map[string]string{"/links/self": "2", "/links/first": "1", "/links/last": "3", "/links/prev": "1", "/links/next": "3"} {
		u, err := url.Parse(linked(pointer)(r))
		if err != nil || u.Query().Get("page[number]") != want || u.Query().Get("page[size]") != "3" {
			t.Errorf("%s: %s", pointer, r.at(pointer))
		}
	}
	api.send("GET", "/widgets?page[size]=3&page[number]=3", "").wantAt("/links/next", "null")
	gitlab := play(t, load(t, all["GitLab"].document()), WithCount(8))
	h := gitlab.send("GET", "/widgets?per_page=3&page=2", "").want(200).header
	if h.Get("X-Total") != "8" || h.Get("X-Prev-Page") != "1" || h.Get("X-Next-Page") != "3" {
		t.Errorf("%v", h)
	}
}

func firstExample(s *Server) string {
	for e := range s.Examples("http://x") {
		return e.Curl
	}
	return ""
}

// What a list is asked for that nothing tells the meaning of is said; a filter of a property that is a list asks for one
// of its items; a parameter that is a property is a filter where another one says the page's size.
func TestFiltersOfLists(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, listShape{
		params: `{name: limit` + integer + `, {name: rank` + integer + `, {name: tags` + text + `, {name: "$filter"` + text + `, {name: order` + text,
		body:   "W", headers: "{Content-Range: {schema: {type: string}}}",
	}.document()), WithCount(40))
	var page []struct {
		Rank int
		Tags []string
	}
	r := s.send("GET", "/widgets?limit=40&tags=b", "").want(200)
	if err := json.Unmarshal(r.body, &page); err != nil || len(page) == 0 {
		t.Fatal(err, page)
	}
	for _, w := range page {
		if !strings.Contains(strings.Join(w.Tags, ""), "b") {
			t.Errorf("%v", w)
		}
	}
	if got, want := r.header.Get("Content-Range"), fmt.Sprintf("widgets 0-%d/%d", len(page)-1, len(page)); got != want {
		t.Errorf("Content-Range %q, want %q", got, want)
	}
	r = s.send("GET", "/widgets?limit=9&order=-rank", "").want(200)
	if err := json.Unmarshal(r.body, &page); err != nil || page[0].Rank != 2 {
		t.Errorf("order=-rank: %v %v", err, page)
	}
	s.send("GET", "/widgets?$filter=name%20eq%20'x'", "").want(200)
	if got := s.send("GET", "/__understudy/requests?limit=1", "").want(200); !strings.Contains(string(got.body), `"rule":"ignored"`) {
		t.Errorf("nothing is said of $filter: %s", got.body)
	}
}
