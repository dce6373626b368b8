package contract_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// shopDocument has what the Commerce API lacks: lists with pages, filters and an order, creations, deletions, records
// below records, an action, a key.
const shopDocument = `
openapi: 3.1.0
info: {title: Shop, version: "1"}
security: [{key: []}]
paths:
  /shops:
    get:
      operationId: listShops
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: offset, in: query, schema: {type: integer, minimum: 0}}
        - {name: city, in: query, schema: {type: string, maxLength: 30}}
        - {name: sort, in: query, schema: {enum: [floor, -floor]}}
      responses:
        "200":
          description: Shops
          content:
            application/json:
              schema:
                type: object
                required: [shops, total]
                properties:
                  shops: {type: array, items: {$ref: "#/components/schemas/Shop"}}
                  total: {type: integer}
    post:
      operationId: createShop
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewShop"}}}}
      responses:
        "201":
          description: Made
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Shop"}}}
          links: {shop: {operationId: getShop, parameters: {shopId: "$response.body#/id"}}}
        "200": {description: Made, content: {application/json: {schema: {$ref: "#/components/schemas/Shop"}}}}
  /shops/{shopId}:
    parameters: [{name: shopId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getShop
      responses: {"200": {description: A shop, content: {application/json: {schema: {$ref: "#/components/schemas/Shop"}}}}}
    patch:
      operationId: updateShop
      requestBody: {required: true, content: {application/merge-patch+json: {schema: {$ref: "#/components/schemas/ShopChange"}}}}
      responses: {"200": {description: The shop, content: {application/json: {schema: {$ref: "#/components/schemas/Shop"}}}}}
    delete:
      operationId: deleteShop
      responses:
        "204": {description: Gone}
        "200": {description: Gone, content: {application/json: {schema: {type: object}}}}
  /shops/{shopId}/goods:
    parameters: [{name: shopId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: listGoods
      responses: {"200": {description: Goods, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Good"}}}}}}
    post:
      operationId: createGood
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewGood"}}}}
      responses: {"201": {description: Made, content: {application/json: {schema: {$ref: "#/components/schemas/Good"}}}}}
  /shops/{shopId}/goods/{number}:
    parameters:
      - {name: shopId, in: path, required: true, schema: {type: string}}
      - {name: number, in: path, required: true, schema: {type: integer, minimum: 1}}
    get:
      operationId: getGood
      responses: {"200": {description: A good, content: {application/json: {schema: {$ref: "#/components/schemas/Good"}}}}}
    put:
      operationId: putGood
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewGood"}}}}
      responses: {"200": {description: The good, content: {application/json: {schema: {$ref: "#/components/schemas/Good"}}}}}
    delete: {operationId: deleteGood, responses: {"204": {description: Gone}}}
  /quotes:
    post:
      operationId: quote
      parameters:
        - {name: X-Currency, in: header, required: true, schema: {enum: [EUR, CHF]}}
        - {name: days, in: query, schema: {type: integer, minimum: 1, maximum: 30}}
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [amount], properties: {amount: {type: integer, minimum: 1}}}}}
      responses:
        "200":
          description: A price
          content: {application/json: {schema: {type: object, required: [price], properties: {price: {type: integer}, city: {type: string}}}}}
          links: {shops: {operationId: listShops, parameters: {query.city: "$response.body#/city"}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    ShopChange: &change
      type: object
      properties:
        name: {type: string, minLength: 1, maxLength: 40}
        city: {type: string, maxLength: 30}
        floor: {type: integer, minimum: 0, maximum: 90}
        kind: {enum: [books, tools, food]}
        tags: {type: array, maxItems: 3, items: {type: string, maxLength: 8}}
    NewShop: {<<: *change, required: [name, city, floor]}
    Shop:
      allOf:
        - {$ref: "#/components/schemas/ShopChange"}
        - {type: object, required: [name], properties: {id: {type: string, readOnly: true}}}
    NewGood:
      type: object
      required: [title]
      properties: {title: {type: string, minLength: 1, maxLength: 40}, price: {type: integer, minimum: 0, maximum: 100000}}
    Good:
      allOf:
        - {$ref: "#/components/schemas/NewGood"}
        - {type: object, required: [number], properties: {number: {type: integer, readOnly: true}}}
`

var shopDoc = sync.OnceValue(func() *spec.Document {
	d, err := spec.Load(spec.Source{Name: "shop.yaml", Data: []byte(shopDocument)})
	if err != nil {
		panic(err)
	}
	return d
})

const shopKey = "k-3d9k2j8s7d2k"

// shop is a correct server of the shop document, which shares nothing with the mock. What it keeps and how it answers
// are changed by faults and variations: a nil field changes nothing.
type shop struct {
	mu    sync.Mutex
	next  int
	shops []object
	goods map[string][]object
	twist shopTwist
}

type shopTwist struct {
	// check is asked before a request is looked at; true means that it has answered.
	check func(w http.ResponseWriter, r *http.Request) bool
	// checks: none of the rules of bodies and parameters is kept.
	lax bool
	// takes: a value that the rules of a field forbid is taken; refuses: one that they allow is not.
	takes, refuses func(name string, v any) bool
	// made is what a creation keeps, by the record it should keep; nil for nothing.
	made func(s *shop, rec object) object
	// answers changes the answer of a creation.
	answers func(w http.ResponseWriter, rec object) (status int, body any)
	// list changes what is listed: before the page is cut, and after.
	list func(q url.Values, all []object) []object
	page func(q url.Values, all []object) []object
	// envelope is the answer of a list.
	envelope func(page []object, total int) any
	// remove: what a deletion leaves, of all the records and the one to delete.
	remove func(all []object, at int) []object
	// gone is the status for what is not there, removed the one of a deletion.
	gone, removed int
	// anyOwner: goods are found below every shop.
	anyOwner bool
	// allGoods: the list below a shop shows the goods of every shop.
	allGoods bool
	noKey    bool
	quote    func(w http.ResponseWriter, amount int)
}

func newShop(tw shopTwist) *shop {
	s := &shop{goods: map[string][]object{}, twist: tw, next: 1}
	for i, city := range []string{"Rome", "Oslo", "Rome"} {
		s.shops = append(s.shops, object{
			"id": s.newID(), "name": fmt.Sprint("Shop ", i), "city": city, "floor": json.Number(strconv.Itoa(7 - i)),
		})
	}
	return s
}

func (s *shop) newID() string {
	s.next++
	return "shop_" + strconv.Itoa(100000+s.next)
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.twist.check != nil && s.twist.check(w, r) {
		return
	}
	if !s.twist.noKey && r.Header.Get("X-Key") != shopKey {
		w.Header().Set("WWW-Authenticate", "ApiKey")
		say(w, http.StatusUnauthorized, object{"error": "no key"})
		return
	}
	segs := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i := range segs {
		segs[i], _ = url.PathUnescape(segs[i])
	}
	switch {
	case len(segs) == 1 && segs[0] == "shops":
		s.collection(w, r)
	case len(segs) == 2 && segs[0] == "shops":
		s.one(w, r, segs[1])
	case len(segs) >= 3 && segs[0] == "shops" && segs[2] == "goods" && len(segs) <= 4:
		s.below(w, r, segs[1], segs[3:])
	case len(segs) == 1 && segs[0] == "quotes":
		s.quote(w, r)
	default:
		s.notFound(w)
	}
}

func say(w http.ResponseWriter, status int, v any) {
	if v == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *shop) notFound(w http.ResponseWriter) {
	status := http.StatusNotFound
	if s.twist.gone > 0 {
		status = s.twist.gone
	}
	say(w, status, object{"error": "not there"})
}

func notAllowed(w http.ResponseWriter, allow string) {
	w.Header().Set("Allow", allow)
	say(w, http.StatusMethodNotAllowed, object{"error": "no such method"})
}

// body reads and checks a body; nil where it has answered.
func (s *shop) body(w http.ResponseWriter, r *http.Request, mediaType string, required []string, rules map[string]func(any) bool) object {
	var v any
	text, _ := io.ReadAll(r.Body)
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil || d.More() || !s.twist.lax && !jsontext.Value(text).IsValid() {
		say(w, http.StatusBadRequest, object{"error": "no JSON"})
		return nil
	}
	o, ok := v.(object)
	if s.twist.lax && ok {
		return o
	}
	if r.Header.Get("Content-Type") != mediaType {
		say(w, http.StatusUnsupportedMediaType, object{"error": "want " + mediaType})
		return nil
	}
	for _, name := range required {
		_, there := o[name]
		ok = ok && there
	}
	for name, v := range o {
		if rule := rules[name]; rule != nil && !rule(v) && (s.twist.takes == nil || !s.twist.takes(name, v)) {
			ok = false
		}
		ok = ok && (s.twist.refuses == nil || !s.twist.refuses(name, v))
	}
	if !ok {
		say(w, http.StatusUnprocessableEntity, object{"error": "that is not as the document says"})
		return nil
	}
	return o
}

func wholeNumber(low, high int) func(any) bool {
	return func(v any) bool {
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		f, err := n.Float64()
		return err == nil && f == float64(int64(f)) && f >= float64(low) && f <= float64(high)
	}
}

func textOf(low, high int) func(any) bool {
	return func(v any) bool {
		text, ok := v.(string)
		return ok && len([]rune(text)) >= low && len([]rune(text)) <= high
	}
}

var shopRules = map[string]func(any) bool{
	"name": textOf(1, 40), "city": textOf(0, 30), "floor": wholeNumber(0, 90),
	"kind": func(v any) bool { return v == "books" || v == "tools" || v == "food" },
	"tags": func(v any) bool {
		list, ok := v.([]any)
		for _, tag := range list {
			ok = ok && textOf(0, 8)(tag)
		}
		return ok && len(list) <= 3
	},
}

var goodRules = map[string]func(any) bool{"title": textOf(1, 40), "price": wholeNumber(0, 100000)}

func (s *shop) collection(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		s.list(w, r.URL.Query())
	case http.MethodPost:
		rec := s.body(w, r, "application/json", []string{"name", "city", "floor"}, shopRules)
		if rec == nil {
			return
		}
		rec["id"] = s.newID()
		shown := maps.Clone(rec)
		if s.twist.made != nil {
			rec = s.twist.made(s, rec)
		}
		if rec != nil {
			s.shops = append(s.shops, rec)
		}
		w.Header().Set("Location", "/shops/"+fmt.Sprint(shown["id"]))
		status, body := http.StatusCreated, any(shown)
		if s.twist.answers != nil {
			status, body = s.twist.answers(w, shown)
		}
		say(w, status, body)
	default:
		notAllowed(w, "GET, POST")
	}
}

func queryNumber(q url.Values, name string, low, high, otherwise int) (int, bool) {
	if !q.Has(name) {
		return otherwise, true
	}
	n, err := strconv.Atoi(q.Get(name))
	return n, err == nil && n >= low && n <= high
}

func (s *shop) list(w http.ResponseWriter, q url.Values) {
	limit, ok1 := queryNumber(q, "limit", 1, 50, 20)
	offset, ok2 := queryNumber(q, "offset", 0, 1<<62, 0)
	sort := q.Get("sort")
	ok := ok1 && ok2 && len([]rune(q.Get("city"))) <= 30 && slices.Contains([]string{"", "floor", "-floor"}, sort)
	if !ok && !s.twist.lax || q.Has("sort") && sort == "" && !s.twist.lax {
		say(w, http.StatusBadRequest, object{"error": "a parameter is wrong"})
		return
	}
	all := slices.Clone(s.shops)
	if q.Has("city") {
		all = slices.DeleteFunc(all, func(rec object) bool { return rec["city"] != q.Get("city") })
	}
	if sort != "" {
		slices.SortStableFunc(all, func(a, b object) int {
			x, _ := a["floor"].(json.Number).Float64() // 5.0 is a floor too
			y, _ := b["floor"].(json.Number).Float64()
			if sort == "-floor" {
				x, y = y, x
			}
			return cmp.Compare(x, y)
		})
	}
	if s.twist.list != nil {
		all = s.twist.list(q, all)
	}
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	if s.twist.page != nil {
		page = s.twist.page(q, all)
	}
	if s.twist.envelope != nil {
		say(w, http.StatusOK, s.twist.envelope(page, len(all)))
		return
	}
	say(w, http.StatusOK, object{"shops": append([]object{}, page...), "total": len(all)})
}

func indexOf(all []object, property string, id string) int {
	return slices.IndexFunc(all, func(rec object) bool { return fmt.Sprint(rec[property]) == id })
}

func (s *shop) one(w http.ResponseWriter, r *http.Request, id string) {
	at := indexOf(s.shops, "id", id)
	switch {
	case !slices.Contains([]string{"GET", "PATCH", "DELETE"}, r.Method):
		notAllowed(w, "GET, PATCH, DELETE")
	case at < 0:
		s.notFound(w)
	case r.Method == http.MethodGet:
		say(w, http.StatusOK, s.shops[at])
	case r.Method == http.MethodDelete:
		s.shops = s.without(s.shops, at)
		s.deleted(w)
	default:
		if changes := s.body(w, r, "application/merge-patch+json", nil, shopRules); changes != nil {
			rec := maps.Clone(s.shops[at])
			delete(changes, "id")
			maps.Copy(rec, changes)
			s.shops[at] = rec
			say(w, http.StatusOK, rec)
		}
	}
}

func (s *shop) without(all []object, at int) []object {
	if s.twist.remove != nil {
		return s.twist.remove(slices.Clone(all), at)
	}
	return slices.Delete(slices.Clone(all), at, at+1)
}

func (s *shop) deleted(w http.ResponseWriter) {
	if s.twist.removed > 0 {
		say(w, s.twist.removed, object{"deleted": true})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *shop) below(w http.ResponseWriter, r *http.Request, id string, rest []string) {
	if indexOf(s.shops, "id", id) < 0 {
		s.notFound(w)
		return
	}
	owner := id
	if s.twist.anyOwner {
		owner = "all"
	}
	goods := s.goods[owner]
	if len(rest) == 0 {
		switch r.Method {
		case http.MethodGet:
			if s.twist.allGoods {
				goods = slices.Concat(slices.Collect(maps.Values(s.goods))...)
			}
			say(w, http.StatusOK, append([]object{}, goods...))
		case http.MethodPost:
			if rec := s.body(w, r, "application/json", []string{"title"}, goodRules); rec != nil {
				s.next++
				rec["number"] = s.next
				s.goods[owner] = append(goods, rec)
				say(w, http.StatusCreated, rec)
			}
		default:
			notAllowed(w, "GET, POST")
		}
		return
	}
	at := indexOf(goods, "number", rest[0])
	switch {
	case !slices.Contains([]string{"GET", "PUT", "DELETE"}, r.Method):
		notAllowed(w, "GET, PUT, DELETE")
	case at < 0:
		s.notFound(w)
	case r.Method == http.MethodGet:
		say(w, http.StatusOK, goods[at])
	case r.Method == http.MethodDelete:
		s.goods[owner] = s.without(goods, at)
		s.deleted(w)
	default:
		if rec := s.body(w, r, "application/json", []string{"title"}, goodRules); rec != nil {
			rec["number"] = goods[at]["number"]
			goods[at] = rec
			say(w, http.StatusOK, rec)
		}
	}
}

func (s *shop) quote(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		notAllowed(w, "POST")
		return
	}
	rec := s.body(w, r, "application/json", []string{"amount"}, map[string]func(any) bool{"amount": wholeNumber(1, 1<<62)})
	if rec == nil {
		return
	}
	_, ok := queryNumber(r.URL.Query(), "days", 1, 30, 1)
	if c := r.Header.Get("X-Currency"); (!ok || c != "EUR" && c != "CHF") && !s.twist.lax {
		say(w, http.StatusBadRequest, object{"error": "a parameter is wrong"})
		return
	}
	if s.twist.quote != nil {
		s.twist.quote(w, 1)
		return
	}
	say(w, http.StatusOK, object{"price": 12, "city": "Bern"})
}

// TestShop: the suite finds nothing in a correct server with lists, creations and deletions, and leaves none of its records.
func TestShop(t *testing.T) {
	t.Parallel()
	s := newShop(shopTwist{})
	before := len(s.shops)
	res := runShop(t, s, contract.Settings{Strict: true})
	for _, o := range res.Outcomes {
		if o.Status != contract.Passed {
			t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
		}
	}
	t.Logf("%d checks, %d requests, %s", len(res.Outcomes), res.Requests, res.Took)
	if len(s.shops) != before || s.goodsLeft() > 0 {
		t.Errorf("%d shops were there, %d are; %d goods are left", before, len(s.shops), s.goodsLeft())
	}
	if !res.Restored.Complete() {
		t.Error(res.Restored)
	}
}

func (s *shop) goodsLeft() int {
	n := 0
	for _, list := range s.goods {
		n += len(list)
	}
	return n
}
