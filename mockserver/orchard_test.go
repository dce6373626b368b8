package mockserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/mockserver/control"
)

// orchard has farms, trees that belong to them, and pickings that belong to trees; lists with pages, filters and an
// order; records shown in part; and every way to change them.
const orchard = `openapi: 3.1.0
info: {title: Orchard, version: "1"}
servers: [{url: https://orchard.example/v1}]
components:
  parameters:
    farm: {name: farmId, in: path, required: true, schema: {type: integer}}
    tree: {name: treeId, in: path, required: true, schema: {type: string}}
  schemas:
    Farm: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string, minLength: 1}}}
    Tree:
      type: object
      required: [id, kind, height, farm_id, planted]
      properties:
        id: {type: string, readOnly: true, pattern: '^tree_[a-z0-9]{10}$'}
        farm_id: {type: integer}
        kind: {type: string, enum: [apple, pear, plum]}
        height: {type: number, minimum: 0, maximum: 40}
        planted: {type: string, format: date-time, readOnly: true}
        state: {type: string, default: young}
        secret: {type: string, writeOnly: true}
        note: {type: [string, "null"]}
    NewTree:
      type: object
      required: [kind]
      properties:
        kind: {type: string, enum: [apple, pear, plum]}
        height: {type: number, minimum: 0, maximum: 40}
        farm_id: {type: integer}
        state: {type: string}
        secret: {type: string, writeOnly: true}
        note: {type: [string, "null"]}
    TreeRow:
      type: object
      additionalProperties: false
      required: [id, kind, label]
      properties: {id: {type: string}, kind: {type: string}, label: {type: string, minLength: 3}, height: {type: number}}
    Picking:
      type: object
      required: [id, kilos]
      properties: {id: {type: string, format: uuid}, kilos: {type: integer, minimum: 1}}
paths:
  /farms:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Farm'}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Farm'}}}}
      responses:
        "201":
          description: made
          headers: {Location: {required: true, schema: {type: string, format: uri}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Farm'}}}
  /farms/{farmId}:
    parameters: [{$ref: '#/components/parameters/farm'}]
    get: {responses: {"200": &farm {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Farm'}}}}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Farm'}}}}
      responses: {"200": *farm, "201": *farm}
    delete: {responses: {"204": {description: gone}}}
  /farms/{farmId}/trees:
    parameters: [{$ref: '#/components/parameters/farm'}]
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: offset, in: query, schema: {type: integer, minimum: 0}}
        - {name: kind, in: query, schema: {type: string, enum: [apple, pear, plum]}}
        - {name: planted, in: query, schema: {type: string, format: date-time}}
        - {name: sort, in: query, schema: {type: string}}
      responses:
        "200":
          description: ok
          headers: {Link: {schema: {type: string}}, X-Total-Count: {schema: {type: integer}}}
          content:
            application/json:
              schema:
                type: object
                required: [trees, total, has_more, version]
                properties:
                  trees: {type: array, items: {$ref: '#/components/schemas/TreeRow'}}
                  total: {type: integer}
                  has_more: {type: boolean}
                  version: {const: 3}
                  prev: {type: string}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewTree'}}}}
      responses:
        "201":
          description: made
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}
  /farms/{farmId}/trees/{treeId}:
    parameters: [{$ref: '#/components/parameters/farm'}, {$ref: '#/components/parameters/tree'}]
    get: {responses: {"200": &tree {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {type: object, properties: {height: {type: number, minimum: 0, maximum: 40}, kind: {type: string}}}}, application/json-patch+json: {schema: {type: array}}}}
      responses: {"200": *tree}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewTree'}}}}
      responses: {"200": *tree}
    delete:
      responses:
        "200":
          description: gone
          content: {application/json: {schema: {type: object, required: [id, deleted, object], properties: {
            id: {type: string}, deleted: {type: boolean}, object: {const: tree}}}}}
  /farms/{farmId}/trees/{treeId}/pickings:
    parameters: [{$ref: '#/components/parameters/farm'}, {$ref: '#/components/parameters/tree'}]
    get:
      parameters: [{name: after, in: query, schema: {type: string}}, {name: limit, in: query, schema: {type: integer, default: 2}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {
        data: {type: array, items: {$ref: '#/components/schemas/Picking'}}, next_cursor: {type: [string, "null"]}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Picking'}}}}
      responses: {"201": &picking {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Picking'}}}}}
  /farms/{farmId}/trees/{treeId}/pickings/{id}:
    parameters:
      - {$ref: '#/components/parameters/farm'}
      - {$ref: '#/components/parameters/tree'}
      - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
    get: {responses: {"200": *picking}}
  /farms/{farmId}/reset:
    parameters: [{$ref: '#/components/parameters/farm'}]
    post: {responses: {}}
`

const (
	farms        = "/v1/farms"
	sessionState = "/__understudy/sessions/default/state"
)

// ids of the dataset's n-th records.
func (s *stage) id(resource string, n uint64) string {
	s.Helper()
	r := s.server.doc.Resource(resource)
	if r == nil {
		s.Fatalf("no resource %s", resource)
	}
	return s.server.store.dataset.ID(r, n)
}

func TestRecordsBelowTheirOwners(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	first, second := farms+"/"+s.id("farms", 0)+"/trees", farms+"/"+s.id("farms", 1)+"/trees"
	own, other := s.id("trees", 0), s.id("trees", 5)
	s.send("GET", first+"/"+own, "").want(200).wantAt("/farm_id", s.id("farms", 0), "/id", `"`+own+`"`)
	s.send("GET", second+"/"+other, "").want(200).wantAt("/farm_id", s.id("farms", 1))
	s.send("GET", second+"/"+own, "").wantFinding(404, "record", "path", "/treeId")
	s.send("GET", farms+"/999999/trees/"+own, "").wantFinding(404, "record", "path", "/farmId")
	s.send("GET", farms+"/999999/trees", "").wantFinding(404, "record", "path", "/farmId")
	for _, n := range []uint64{0, 1} {
		list := s.send("GET", farms+"/"+s.id("farms", n)+"/trees", "").want(200).wantAt("/total", "5", "/has_more", "false", "/version", "3")
		var want []string
		for i := range uint64(5) {
			want = append(want, s.id("trees", 5*n+i))
		}
		if diff := cmp.Diff(want, list.ids("/trees", "id")); diff != "" {
			t.Error(diff)
		}
	}
	s.send("GET", first+"/"+own+"/pickings/"+s.id("pickings", 0), "").want(200)
	s.send("GET", second+"/"+own+"/pickings/"+s.id("pickings", 0), "").wantFinding(404, "record", "path", "/treeId")

	// What is made below an owner is found there and nowhere else.
	made := s.send("POST", second, `{"kind":"plum","secret":"x","note":null}`).want(201)
	made.wantAt("/kind", `"plum"`, "/farm_id", s.id("farms", 1), "/state", `"young"`, "/secret", "absent", "/note", "null")
	at := second + "/" + made.text("/id")
	if got := made.header.Get("Location"); got != s.http.URL+at {
		t.Errorf("Location %q, want %q", got, s.http.URL+at)
	}
	s.send("GET", at, "").want(200).wantBody(string(made.body))
	s.send("GET", first+"/"+made.text("/id"), "").want(404)
	s.send("GET", first, "").wantAt("/total", "5")
	s.send("GET", second, "").wantAt("/total", "6", "/trees/5/id", `"`+made.text("/id")+`"`)
	s.send("POST", second, `{"kind":"plum","farm_id":`+s.id("farms", 0)+`}`).wantFinding(422, "owner", "body", "/farm_id")
	s.send("POST", second, `{"kind":"plum","farm_id":`+s.id("farms", 1)+`}`).want(201)

	// Its owner gone, it is found no longer.
	s.send("DELETE", strings.TrimSuffix(second, "/trees"), "").want(204)
	s.send("GET", at, "").wantFinding(404, "record", "path", "/farmId")
	s.send("POST", second, `{"kind":"plum"}`).wantFinding(404, "record", "path", "/farmId")
}

func TestUpdatesKeepWhatIsTheServers(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	at := farms + "/" + s.id("farms", 0) + "/trees/" + s.id("trees", 1)
	before := s.send("GET", at, "").want(200)
	planted := before.at("/planted")
	s.patch(at, `{"planted":"2001-01-01T00:00:00Z","height":7.50,"farm_id":null}`).want(200).
		wantAt("/planted", planted, "/height", "7.50", "/farm_id", s.id("farms", 0))
	s.send("PUT", at, `{"kind":"pear","note":"n"}`).want(200).
		wantAt("/planted", planted, "/kind", `"pear"`, "/note", `"n"`, "/farm_id", s.id("farms", 0), "/state", `"young"`, "/height", "7.50")
	s.send("PUT", at, `{"kind":"pear"}`).want(200).wantAt("/note", "absent")
	s.patch(at, `{"farm_id":`+s.id("farms", 3)+`}`).wantFinding(422, "owner", "body", "/farm_id")
	s.patch(at, `[{"op":"replace","path":"/planted","value":"2001-01-01T00:00:00Z"},{"op":"replace","path":"/height","value":1.250}]`,
		"Content-Type", "application/json-patch+json").want(200).wantAt("/planted", planted, "/height", "1.250")
}

func TestPutMakesWhatTheDocumentLetsItMake(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	s.send("PUT", farms+"/4711", `{"id":4711,"name":"New"}`).want(201).wantAt("/id", "4711", "/name", `"New"`)
	s.send("PUT", farms+"/4711", `{"id":4711,"name":"Newer"}`).want(200).wantAt("/name", `"Newer"`)
	s.send("PUT", farms+"/4711", `{"id":4712,"name":"Other"}`).wantFinding(422, "id", "body", "/id")
	s.send("PUT", farms+"/"+s.id("farms", 0)+"/trees/tree_0000000000", `{"kind":"pear"}`).want(404)
}

func TestGivenIDs(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	s.send("POST", farms, `{"id":4711,"name":"New"}`).want(201).wantAt("/id", "4711")
	s.send("POST", farms, `{"id":4711.0,"name":"Again"}`).wantFinding(409, "id", "body", "/id")
	s.send("POST", farms, `{"id":`+s.id("farms", 2)+`,"name":"Taken"}`).want(409)
	list := s.send("GET", farms, "").want(200).ids("", "id")
	if len(list) != 101 || count(list, "4711") != 1 {
		t.Errorf("%d farms, the new one %d times", len(list), count(list, "4711"))
	}
	s.send("DELETE", farms+"/"+s.id("farms", 2), "").want(204)
	s.send("POST", farms, `{"id":`+s.id("farms", 2)+`,"name":"Back"}`).want(201)
	s.send("GET", farms+"/"+s.id("farms", 2), "").want(200).wantAt("/name", `"Back"`)
}

func TestDeletionsAnswerAsDeclared(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	at := farms + "/" + s.id("farms", 0) + "/trees/" + s.id("trees", 2)
	s.send("DELETE", at, "").want(200).wantAt("/id", `"`+s.id("trees", 2)+`"`, "/deleted", "true", "/object", `"tree"`)
	for _, method := range []string{"GET", "DELETE"} {
		s.send(method, at, "").wantFinding(404, "record", "path", "/treeId")
	}
	s.patch(at, `{"height":1}`).want(404)
	s.send("GET", farms+"/"+s.id("farms", 0)+"/trees", "").wantAt("/total", "4")
	// A document that declares no success at all.
	s.send("POST", farms+"/1/reset", "").want(204).wantBody("")
}

func TestListsPageFilterAndSort(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	base := farms + "/" + s.id("farms", 0) + "/trees"
	r := s.send("GET", base+"?limit=2&offset=2", "").want(200).wantAt("/total", "5", "/has_more", "true",
		"/prev", `"`+s.http.URL+base+`?limit=2&offset=0"`, "/trees/0/id", `"`+s.id("trees", 2)+`"`, "/trees/2", "absent")
	link := func(rel string, offset int) string {
		return fmt.Sprintf(`<%s%s?limit=2&offset=%d>; rel="%s"`, s.http.URL, base, offset, rel)
	}
	if want := strings.Join([]string{link("next", 4), link("prev", 0), link("first", 0), link("last", 4)}, ", "); r.header.Get("Link") != want {
		t.Errorf("Link %s, want %s", r.header.Get("Link"), want)
	}
	if got := r.header.Get("X-Total-Count"); got != "5" {
		t.Errorf("X-Total-Count %s", got)
	}
	// The head of a list says what the list would.
	if head := s.send("HEAD", base+"?limit=2&offset=2", "").want(200); head.header.Get("X-Total-Count") != "5" || len(head.body) > 0 {
		t.Errorf("HEAD answers %v %q", head.header, head.body)
	}
	for i, kind := range []string{"apple", "apple", "pear", "plum", "apple"} {
		s.patch(base+"/"+s.id("trees", uint64(i)), fmt.Sprintf(`{"kind":%q,"height":%d}`, kind, 10-i)).want(200)
	}
	apples := s.send("GET", base+"?kind=apple", "").want(200).wantAt("/total", "3")
	if diff := cmp.Diff([]string{s.id("trees", 0), s.id("trees", 1), s.id("trees", 4)}, apples.ids("/trees", "id")); diff != "" {
		t.Error(diff)
	}
	for _, sort := range []string{"height", "-height", "height:desc", "kind,-height"} {
		want := map[string][]uint64{
			"height": {4, 3, 2, 1, 0}, "-height": {0, 1, 2, 3, 4}, "height:desc": {0, 1, 2, 3, 4}, "kind,-height": {0, 1, 4, 2, 3},
		}[sort]
		for i, id := range s.send("GET", base+"?sort="+sort, "").want(200).ids("/trees", "id") {
			if id != s.id("trees", want[i]) {
				t.Errorf("%s: %d is %s, want tree %d", sort, i, id, want[i])
			}
		}
	}
	planted := strings.Replace(s.send("GET", base+"/"+s.id("trees", 0), "").text("/planted"), "Z", "%2B00:00", 1)
	s.send("GET", base+"?planted="+planted, "").want(200).wantAt("/trees/0/id", `"`+s.id("trees", 0)+`"`)
}

func TestListsShowRecordsInPart(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	base := farms + "/" + s.id("farms", 0) + "/trees"
	list, again := s.send("GET", base, "").want(200), s.send("GET", base, "").want(200)
	list.wantBody(string(again.body))
	tree := s.send("GET", base+"/"+s.id("trees", 0), "").want(200)
	list.wantAt("/trees/0/kind", tree.at("/kind"), "/trees/0/height", tree.at("/height"), "/trees/0/farm_id", "absent")
	if len(list.text("/trees/0/label")) < 3 {
		t.Error("no label")
	}
}

func TestCursors(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	base := farms + "/" + s.id("farms", 0) + "/trees/" + s.id("trees", 0) + "/pickings"
	made := s.send("POST", base, `{"id":"7b0cbb3f-31a6-4bb4-9d4c-9c24eb4e4b10","kilos":3}`).want(201).text("/id")
	var got []string
	for cursor := ""; ; {
		r := s.send("GET", base+"?after="+cursor, "").want(200)
		got = append(got, r.ids("/data", "id")...)
		if cursor = r.text("/next_cursor"); cursor == "null" || len(got) > 10 {
			break
		}
		if cursor == s.id("pickings", 3) { // a record that is deleted between two pages hides no other
			sess := s.server.sessions.use(defaultSession)
			k := key{s.server.doc.Resource("pickings"), cursor}
			tx := s.server.store.begin(sess, []key{k})
			tx.delete(k)
			tx.commit()
		}
	}
	want := []string{}
	for i := range uint64(5) {
		want = append(want, s.id("pickings", i))
	}
	if diff := cmp.Diff(append(want, made), got); diff != "" {
		t.Error(diff)
	}
}

func TestHugeListsCostNothing(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, strings.Replace(orchard, "    get:\n      responses: {\"200\": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Farm'",
		"    get:\n      parameters: [{name: page, in: query, schema: {type: integer}}, {name: name, in: query, schema: {type: string}}]\n      responses: {\"200\": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Farm'", 1)),
		WithCount(1_000_000_000))
	s.send("GET", farms+"?page=40000000", "").want(200).wantAt("/0/id", s.id("farms", 799_999_980))
	r := s.send("GET", farms+"?name=nobody", "").wantFinding(http.StatusNotImplemented, "scan", "query", "")
	if !strings.Contains(string(r.body), "--max-scan") {
		t.Errorf("the way out is missing: %s", r.body)
	}
}

func TestManyMakeRecordsAtOnce(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	base := farms + "/" + s.id("farms", 0) + "/trees"
	const n = 40
	ids := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { ids[i] = s.send("POST", base, `{"kind":"apple"}`).want(201).text("/id") })
	}
	conflicts := make([]int, 8)
	for i := range conflicts {
		wg.Go(func() { conflicts[i] = s.send("POST", farms, `{"id":4711,"name":"x"}`).status })
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	made := 0
	for _, status := range conflicts {
		if status == 201 {
			made++
		}
	}
	if len(seen) != n || made != 1 {
		t.Errorf("%d ids for %d records; one id given to %d", len(seen), n, made)
	}
	s.send("GET", base+"?limit=50", "").want(200).wantAt("/total", fmt.Sprint(5+n))
}

func TestOwnersInStateAndControl(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, orchard))
	base := farms + "/" + s.id("farms", 1) + "/trees/" + s.id("trees", 5) + "/pickings"
	made := s.send("POST", base, `{"id":"7b0cbb3f-31a6-4bb4-9d4c-9c24eb4e4b10","kilos":3}`).want(201).text("/id")
	earlier := s.send("POST", base, `{"id":"00000000-31a6-4bb4-9d4c-9c24eb4e4b10","kilos":4}`).want(201).text("/id")
	state := s.send("GET", sessionState, "").want(200)
	var parsed control.SessionState
	if err := json.Unmarshal(state.body, &parsed); err != nil {
		t.Fatal(err)
	}
	if parsed.Owners["pickings"][made] != s.id("trees", 5) || !cmp.Equal(parsed.Order["pickings"], []string{made, earlier}) {
		t.Errorf("owners %v, order %v", parsed.Owners, parsed.Order)
	}
	s.send("DELETE", sessionState, "").want(204)
	s.send("GET", base+"/"+made, "").want(404)
	s.send("PUT", sessionState, string(state.body)).want(204)
	s.send("GET", base+"/"+made, "").want(200)
	if ids := s.send("GET", base+"?limit=10", "").ids("/data", "id"); !cmp.Equal(ids[len(ids)-2:], []string{made, earlier}) {
		t.Errorf("order lost: %v", ids)
	}

	const records = "/__understudy/resources/pickings/records"
	const put = records + "/11111111-31a6-4bb4-9d4c-9c24eb4e4b10"
	s.send("PUT", put, `{"kilos":5}`).wantFinding(422, "owner", "query", "/owner")
	s.send("PUT", put+"?owner="+s.id("trees", 5), `{"kilos":5}`).want(201)
	s.send("GET", base+"/11111111-31a6-4bb4-9d4c-9c24eb4e4b10", "").want(200)
	s.send("GET", records+"?owner="+s.id("trees", 5), "").want(200).wantAt("/total", "8")
	s.send("PUT", "/__understudy/resources/trees/records/tree_0123456789",
		`{"kind":"pear","height":1,"planted":"2020-01-01T00:00:00Z","farm_id":`+s.id("farms", 1)+`}`).want(201)
	s.send("GET", farms+"/"+s.id("farms", 1)+"/trees/tree_0123456789", "").want(200)
}
