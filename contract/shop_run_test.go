package contract_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// runShop runs the suite against a server of the shop document, over real TCP, and puts everything back.
func runShop(t *testing.T, s http.Handler, set contract.Settings) *contract.Result {
	t.Helper()
	srv := httptest.NewServer(s)
	defer srv.Close()
	target := contract.Target{URL: srv.URL, Header: http.Header{"X-Key": {shopKey}}}
	r, err := contract.NewRunner(shopDoc(), target, set)
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RunRestoring(t.Context(), filepath.Join(t.TempDir(), "undo"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestShopVariations: servers that do otherwise what the document leaves open are no worse for it.
func TestShopVariations(t *testing.T) {
	t.Parallel()
	for name, tw := range map[string]shopTwist{
		"creations answer 200": {answers: func(_ http.ResponseWriter, rec object) (int, any) { return http.StatusOK, rec }},
		"Location is a whole URL": {answers: func(w http.ResponseWriter, rec object) (int, any) {
			w.Header().Set("Location", "https://shop.example.com"+w.Header().Get("Location"))
			return http.StatusCreated, rec
		}},
		"Location leads to another place of the record": {answers: func(w http.ResponseWriter, rec object) (int, any) {
			w.Header().Set("Location", w.Header().Get("Location")+"?fresh=1")
			return http.StatusCreated, rec
		}},
		"creations answer with the id alone": {answers: func(_ http.ResponseWriter, rec object) (int, any) {
			return http.StatusCreated, object{"id": rec["id"], "name": rec["name"]}
		}},
		"lists have further members": {envelope: func(page []object, total int) any {
			return object{"shops": append([]object{}, page...), "total": total, "took": 3, "links": []object{{"rel": "self"}}}
		}},
		"what was deleted is answered with 410": {gone: http.StatusGone},
		"deletions have a body":                 {removed: http.StatusOK},
		"a page has three records at most": {page: func(q url.Values, all []object) []object {
			limit, _ := queryNumber(q, "limit", 1, 50, 20)
			offset, _ := queryNumber(q, "offset", 0, 1<<30, 0)
			return all[min(offset, len(all)):min(offset+min(limit, 3), len(all))]
		}},
		"the newest record comes first": {list: func(q url.Values, all []object) []object {
			if !q.Has("sort") {
				slices.Reverse(all)
			}
			return all
		}},
		"prices have another currency": {quote: func(w http.ResponseWriter, amount int) {
			say(w, http.StatusOK, object{"price": amount, "currency": "EUR"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(tw)
			res := runShop(t, s, contract.Settings{})
			for _, o := range res.Outcomes {
				if o.Status == contract.Failed {
					t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
				}
			}
			if len(s.shops) != 3 || s.goodsLeft() > 0 || !res.Restored.Complete() {
				t.Errorf("%d shops and %d goods are left: %s", len(s.shops)-3, s.goodsLeft(), res.Restored)
			}
		})
	}
}
