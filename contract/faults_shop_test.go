package contract_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// sells is the shop with a twist, of its own for each run.
func sells(tw func() shopTwist) builder {
	return func(testing.TB) subject {
		return subject{handler: newShop(tw())}
	}
}

// remembering are the paths that DELETE was sent to, for twists of what comes after.
func remembering(after func(gone map[string]int, w http.ResponseWriter, r *http.Request) bool) func() shopTwist {
	return func() shopTwist {
		gone := map[string]int{}
		return shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodDelete {
				gone[r.URL.Path]++
			}
			return after(gone, w, r)
		}}
	}
}

func shopFaults() []fault {
	f := func(name string, kinds []contract.Kind, rule string, tw func() shopTwist) fault {
		return fault{name: name, kinds: kinds, rule: rule, level: spec.Should, build: sells(tw)}
	}
	fixed := func(tw shopTwist) func() shopTwist { return func() shopTwist { return tw } }
	made := func(change func(s *shop, rec object) object) func() shopTwist { return fixed(shopTwist{made: change}) }
	refusesAll := f("refuses every creation", accepts, "request", fixed(shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && r.URL.Path == "/shops" {
			say(w, http.StatusUnprocessableEntity, object{"error": "no"})
			return true
		}
		return false
	}}))
	refusesAll.level = spec.Must
	takes := func(name, rule, field string, which func(v any) bool) fault {
		of := func(property string, v any) bool { return property == field && which(v) }
		taken := f(name, refuses, rule, fixed(shopTwist{takes: of}))
		taken.level = spec.Must
		return taken
	}
	refused := func(name, rule, field string, which func(v any) bool) fault {
		of := func(property string, v any) bool { return property == field && which(v) }
		out := f(name, accepts, rule, fixed(shopTwist{refuses: of}))
		out.level = spec.Must
		return out
	}
	items := func(v any) int {
		list, _ := v.([]any)
		return len(list)
	}
	open := f("asks for no key", secures, "auth-missing", fixed(shopTwist{noKey: true}))
	open.level = spec.Must
	return []fault{
		refusesAll,
		open,
		f("takes any key", secures, "auth-wrong", fixed(shopTwist{check: func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("X-Key") != "" {
				r.Header.Set("X-Key", shopKey)
			}
			return false
		}})),
		f("answers 400 where a key is missing", secures, "auth-status", fixed(shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("X-Key") == "" {
				say(w, http.StatusBadRequest, object{"error": "no key"})
				return true
			}
			return false
		}})),
		takes("takes a kind of shop that is not listed", "enum", "kind", func(v any) bool { _, ok := v.(string); return ok }),
		takes("takes more tags than allowed", "maxItems", "tags", func(v any) bool { return items(v) > 3 }),
		takes("takes names that are too long", "maxLength", "name", func(v any) bool { text, _ := v.(string); return len(text) > 40 }),
		takes("takes cities that are too long", "maxLength", "city", func(v any) bool { text, _ := v.(string); return len(text) > 30 }),
		takes("takes titles that are empty", "minLength", "title", func(v any) bool { return v == "" }),
		refused("refuses an empty list of tags", "minItems", "tags", func(v any) bool { return v != nil && items(v) == 0 }),
		refused("refuses a tag that is there twice", "uniqueItems", "tags", func(v any) bool {
			list, _ := v.([]any)
			return len(list) > 1 && list[0] == list[1]
		}),
		f("keeps another city than was sent to make a record", creates, "created", made(func(_ *shop, rec object) object {
			other := clone(rec)
			other["city"] = "Elsewhere"
			return other
		})),
		f("does not say which record it made", creates, "created-id", fixed(shopTwist{
			answers: func(w http.ResponseWriter, rec object) (int, any) {
				w.Header().Del("Location")
				delete(rec, "id")
				return http.StatusCreated, rec
			},
		})),
		f("sends a Location that leads nowhere", creates, "created-location", fixed(shopTwist{
			answers: func(w http.ResponseWriter, rec object) (int, any) {
				w.Header().Set("Location", "/shops/nowhere")
				return http.StatusCreated, rec
			},
		})),
		f("gives every new record the same id", creates, "created-apart", fixed(shopTwist{
			made: func(s *shop, rec object) object {
				s.shops = slices.DeleteFunc(s.shops, func(o object) bool { return o["id"] == "shop_77" })
				other := clone(rec)
				other["id"] = "shop_77"
				return other
			},
			answers: func(w http.ResponseWriter, rec object) (int, any) {
				w.Header().Set("Location", "/shops/shop_77")
				rec["id"] = "shop_77"
				return http.StatusCreated, rec
			},
		})),
		f("does not list new records", creates, "listed", fixed(shopTwist{
			list: func(_ url.Values, all []object) []object { return all[:min(3, len(all))] },
		})),
		f("lists new records twice", creates, "listed", fixed(shopTwist{
			list: func(_ url.Values, all []object) []object { return append(all, all[min(3, len(all)):]...) },
		})),
		f("pays no heed to the limit of a list", lists, "limit", fixed(shopTwist{
			page: func(q url.Values, all []object) []object {
				offset, _ := queryNumber(q, "offset", 0, 1<<30, 0)
				return all[min(offset, len(all)):]
			},
		})),
		f("shows the last record of a page on the next one again", lists, "pages", fixed(shopTwist{
			page: func(q url.Values, all []object) []object {
				limit, _ := queryNumber(q, "limit", 1, 50, 20)
				offset, _ := queryNumber(q, "offset", 0, 1<<30, 0)
				if limit < 10 {
					offset = max(offset-1, 0)
				}
				return all[min(offset, len(all)):min(offset+limit, len(all))]
			},
		})),
		f("tells a wrong total", lists, "total", fixed(shopTwist{
			envelope: func(page []object, total int) any {
				return object{"shops": append([]object{}, page...), "total": total + 1}
			},
		})),
		f("pays no heed to a filter", lists, "filter", fixed(shopTwist{check: func(_ http.ResponseWriter, r *http.Request) bool {
			if q := r.URL.Query(); r.Method == http.MethodGet && len(q.Get("city")) <= 30 {
				q.Del("city")
				r.URL.RawQuery = q.Encode()
			}
			return false
		}})),
		f("shows nothing where a filter is given", lists, "filter", fixed(shopTwist{
			list: func(q url.Values, all []object) []object {
				if q.Has("city") {
					return nil
				}
				return all
			},
		})),
		f("pays no heed to the order asked for", lists, "sort", fixed(shopTwist{
			list: func(q url.Values, all []object) []object {
				if q.Has("sort") && len(all) > 2 {
					all[0], all[1], all[2] = object{"floor": json.Number("5"), "name": "a"}, object{"floor": json.Number("9"), "name": "b"},
						object{"floor": json.Number("1"), "name": "c"}
				}
				return all
			},
		})),
		f("deletes nothing", deletes, "deleted", fixed(shopTwist{remove: func(all []object, _ int) []object { return all }})),
		f("answers 422 for what was deleted", deletes, "deleted-status", remembering(func(gone map[string]int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || gone[r.URL.Path] == 0 {
				return false
			}
			say(w, http.StatusUnprocessableEntity, object{"error": "deleted"})
			return true
		})),
		f("still lists what was deleted", deletes, "deleted-listed", func() shopTwist {
			tw := remembering(func(gone map[string]int, w http.ResponseWriter, r *http.Request) bool {
				if gone[r.URL.Path] == 0 || gone[r.URL.Path] == 1 && r.Method == http.MethodDelete {
					return false
				}
				say(w, http.StatusNotFound, object{"error": "deleted"})
				return true
			})()
			tw.remove = func(all []object, _ int) []object { return all }
			return tw
		}),
		f("deletes what is deleted with success", deletes, "deleted-twice", remembering(func(gone map[string]int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodDelete || gone[r.URL.Path] < 2 {
				return false
			}
			w.WriteHeader(http.StatusNoContent)
			return true
		})),
		f("deletes the record before as well", deletes, "deleted-others", fixed(shopTwist{
			remove: func(all []object, at int) []object { return slices.Delete(all, max(at-1, 0), at+1) },
		})),
		f("finds a record below every owner", isolates, "owner", fixed(shopTwist{anyOwner: true})),
		f("names a city in a quote that no shop can be looked for by", relates, "link-follows", fixed(shopTwist{
			quote: func(w http.ResponseWriter, amount int) {
				say(w, http.StatusOK, object{"price": amount, "city": strings.Repeat("far ", 10) + "away"})
			},
		})),
		f("lists the records of every owner below each", isolates, "owner-listed", fixed(shopTwist{allGoods: true})),
	}
}

func clone(o object) object {
	out := object{}
	for name, v := range o {
		out[name] = v
	}
	return out
}
