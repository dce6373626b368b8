package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// reading is a twist that sees requests with their bodies before the shop does, and may change both.
func reading(see func(r *http.Request, body []byte) []byte) func() shopTwist {
	return func() shopTwist {
		return shopTwist{check: func(_ http.ResponseWriter, r *http.Request) bool {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(see(r, body)))
			return false
		}}
	}
}

// answering is a twist that answers some requests itself.
func answering(method, path string, answer func(w http.ResponseWriter, r *http.Request) bool) func() shopTwist {
	return func() shopTwist {
		return shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == method && r.URL.Path == path && r.Header.Get("X-Key") == shopKey && answer(w, r)
		}}
	}
}

// callFaults are those of creations, deletions, replacements, lists and actions, beside what they do to records.
func callFaults() []fault {
	return slices.Concat(bodyFaults(), parameterFaults(), listFaults(), replacementFaults(), answerShapeFaults())
}

func bodyFaults() []fault {
	f := func(name, rule string, tw func() shopTwist) fault {
		return fault{name: name, kinds: refuses, rule: rule, level: spec.Must, build: sells(tw)}
	}
	post := func(path string, change func(body []byte) []byte) func() shopTwist {
		return reading(func(r *http.Request, body []byte) []byte {
			if r.Method == http.MethodPost && r.URL.Path == path {
				return change(body)
			}
			return body
		})
	}
	const some = `{"name":"Some","city":"Rome","floor":1}`
	return []fault{
		f("makes a record without what it must have", "required", post("/shops", func(body []byte) []byte {
			o := plain(body)
			if _, there := o["city"]; o == nil || there || o["name"] == nil {
				return body
			}
			o["city"] = "Nowhere"
			return encode(o)
		})),
		f("makes a record without a body", "required", func() shopTwist {
			tw := post("/shops", func(body []byte) []byte { return body })()
			read := tw.check
			tw.check = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && r.URL.Path == "/shops" && r.ContentLength == 0 {
					r.Body = io.NopCloser(strings.NewReader(some))
					r.Header.Set("Content-Type", "application/json")
				}
				return read(w, r)
			}
			return tw
		}),
		f("makes a record of JSON that ends too early", "json-malformed", post("/shops", func(body []byte) []byte {
			if o := append(slices.Clone(body), '}'); !json.Valid(body) && json.Valid(o) {
				return o
			}
			return body
		})),
		f("makes a record of a list", "type", post("/shops", func(body []byte) []byte {
			if bytes.HasPrefix(body, []byte("[")) && json.Valid(body) {
				return []byte(some)
			}
			return body
		})),
		f("makes a record of a floor in quotes", "type", post("/shops", func(body []byte) []byte {
			o := plain(body)
			if _, isText := o["floor"].(string); !isText {
				return body
			}
			o["floor"] = 1
			return encode(o)
		})),
		f("makes a record below the ground", "minimum", post("/shops", func(body []byte) []byte {
			o := plain(body)
			if n, isNumber := o["floor"].(json.Number); !isNumber || !strings.HasPrefix(n.String(), "-") {
				return body
			}
			o["floor"] = 0
			return encode(o)
		})),
	}
}

func parameterFaults() []fault {
	f := func(name string, tw func() shopTwist) fault {
		return fault{name: name, kinds: refuses, rule: "parameter", level: spec.Must, build: sells(tw)}
	}
	strict := func(name string, tw func() shopTwist) fault {
		out := f(name, tw)
		out.kinds = accepts
		return out
	}
	action := func(name string, tw func() shopTwist) fault { // of which nobody knows what it is for
		out := strict(name, tw)
		out.rule, out.level = "status", spec.Should
		return out
	}
	header := func(change func(h http.Header)) func() shopTwist {
		return reading(func(r *http.Request, body []byte) []byte {
			if r.URL.Path == "/quotes" {
				change(r.Header)
			}
			return body
		})
	}
	query := func(path string, change func(q url.Values)) func() shopTwist {
		return reading(func(r *http.Request, body []byte) []byte {
			if r.URL.Path == path {
				q := r.URL.Query()
				change(q)
				r.URL.RawQuery = q.Encode()
			}
			return body
		})
	}
	refused := func(method, path string, which func(r *http.Request) bool) func() shopTwist {
		return answering(method, path, func(w http.ResponseWriter, r *http.Request) bool {
			if which(r) {
				say(w, http.StatusBadRequest, object{"error": "no"})
				return true
			}
			return false
		})
	}
	return []fault{
		f("takes a currency that is not listed", header(func(h http.Header) {
			if h.Get("X-Currency") != "" {
				h.Set("X-Currency", "EUR")
			}
		})),
		f("asks for no currency", header(func(h http.Header) {
			if h.Get("X-Currency") == "" {
				h.Set("X-Currency", "EUR")
			}
		})),
		action("refuses a currency that is listed", refused(http.MethodPost, "/quotes", func(r *http.Request) bool {
			return r.Header.Get("X-Currency") == "CHF"
		})),
		action("refuses the most days that may be", refused(http.MethodPost, "/quotes", func(r *http.Request) bool {
			return r.URL.Query().Get("days") == "30"
		})),
		f("takes words for days", query("/quotes", func(q url.Values) {
			if strings.Trim(q.Get("days"), "0123456789") != "" {
				q.Del("days")
			}
		})),
		f("takes a list of no records at a time", query("/shops", func(q url.Values) {
			if q.Get("limit") == "0" {
				q.Set("limit", "1")
			}
		})),
		f("takes an order that is not listed", query("/shops", func(q url.Values) {
			if s := q.Get("sort"); s != "floor" && s != "-floor" {
				q.Del("sort")
			}
		})),
		strict("refuses the most records that may be asked for", refused(http.MethodGet, "/shops", func(r *http.Request) bool {
			return r.URL.Query().Get("limit") == "50"
		})),
		strict("refuses an order that is listed", refused(http.MethodGet, "/shops", func(r *http.Request) bool {
			return r.URL.Query().Get("sort") == "-floor"
		})),
	}
}

func listFaults() []fault {
	f := func(name, rule string, tw shopTwist) fault {
		return fault{name: name, kinds: lists, rule: rule, level: spec.Should, build: sells(func() shopTwist { return tw })}
	}
	return []fault{
		f("leaves out a record between two pages", "pages", shopTwist{page: func(q url.Values, all []object) []object {
			limit, _ := queryNumber(q, "limit", 1, 50, 20)
			offset, _ := queryNumber(q, "offset", 0, 1<<30, 0)
			if limit < 10 && offset > 0 {
				offset++
			}
			return all[min(offset, len(all)):min(offset+limit, len(all))]
		}}),
		f("shows the first record alone where a filter is given", "filter", shopTwist{list: func(q url.Values, all []object) []object {
			if q.Has("city") {
				return all[:min(len(all), 1)]
			}
			return all
		}}),
		f("has one order for both ways", "sort", shopTwist{check: func(_ http.ResponseWriter, r *http.Request) bool {
			if q := r.URL.Query(); q.Get("sort") == "-floor" {
				q.Set("sort", "floor")
				r.URL.RawQuery = q.Encode()
			}
			return false
		}}),
	}
}

func replacementFaults() []fault {
	put := func(answer func(w http.ResponseWriter, rec object)) func() shopTwist {
		return func() shopTwist {
			return shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPut || r.Header.Get("X-Key") != shopKey {
					return false
				}
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				rec := plain(body)
				title, isText := rec["title"].(string)
				n, priced := rec["price"]
				right := isText && title != "" && len([]rune(title)) <= 40 && (!priced || wholeNumber(0, 100000)(n))
				_, number, _ := strings.Cut(r.URL.Path, "/goods/")
				if !right || r.Header.Get("Content-Type") != "application/json" || strings.HasPrefix(number, "999") {
					return false
				}
				rec["number"] = json.Number(number)
				answer(w, rec)
				return true
			}}
		}
	}
	return []fault{
		{
			name: "answers a replacement and keeps what was there", kinds: lasts, rule: "lasts", level: spec.Must,
			build: sells(put(func(w http.ResponseWriter, rec object) { say(w, http.StatusOK, rec) })),
		},
		{
			name: "answers a replacement of the price with another title", kinds: accepts, rule: "echo", level: spec.Must,
			build: func(tb testing.TB) subject { return sells(put(retitling()))(tb) },
		},
	}
}

// retitling answers a replacement with another title where the last one had the same, and another price.
func retitling() func(w http.ResponseWriter, rec object) {
	var mu sync.Mutex
	last := map[any]object{}
	return func(w http.ResponseWriter, rec object) {
		mu.Lock()
		was := last[rec["number"]]
		last[rec["number"]] = maps.Clone(rec)
		mu.Unlock()
		if was["title"] == rec["title"] && was["price"] != rec["price"] {
			rec["title"] = "Other"
		}
		say(w, http.StatusOK, rec)
	}
}

func answerShapeFaults() []fault {
	f := func(name, rule string, level spec.Level, tw func() shopTwist) fault {
		return fault{name: name, kinds: answers, rule: rule, level: level, build: sells(tw)}
	}
	list := func(envelope func(page []object, total int) any) func() shopTwist {
		return func() shopTwist { return shopTwist{envelope: envelope} }
	}
	forgets := fault{
		name: "answers a creation with an id of nobody", kinds: creates, rule: "link-follows", level: spec.Should,
		build: sells(func() shopTwist {
			return shopTwist{answers: func(_ http.ResponseWriter, rec object) (int, any) {
				rec["id"] = fmt.Sprint(rec["id"], "0")
				return http.StatusCreated, rec
			}}
		}),
	}
	return []fault{
		f("answers a list without its total", "required", spec.Must, list(func(page []object, _ int) any {
			return object{"shops": append([]object{}, page...)}
		})),
		f("answers a list of ids", "type", spec.Must, list(func(page []object, total int) any {
			ids := []any{}
			for _, rec := range page {
				ids = append(ids, rec["id"])
			}
			return object{"shops": ids, "total": total}
		})),
		f("shows a member of its database in a list", "undeclared", spec.Should, list(func(page []object, total int) any {
			out := []object{}
			for _, rec := range page {
				o := clone(rec)
				o["_rev"] = 1
				out = append(out, o)
			}
			return object{"shops": out, "total": total}
		})),
		f("answers a creation with a status that is not there", "status", spec.Should, func() shopTwist {
			return shopTwist{answers: func(_ http.ResponseWriter, rec object) (int, any) { return http.StatusAccepted, rec }}
		}),
		f("answers a creation with a floor in quotes", "type", spec.Must, func() shopTwist {
			return shopTwist{answers: func(_ http.ResponseWriter, rec object) (int, any) {
				rec["floor"] = fmt.Sprint(rec["floor"])
				return http.StatusCreated, rec
			}}
		}),
		f("answers a quote without a price", "required", spec.Must, func() shopTwist {
			return shopTwist{quote: func(w http.ResponseWriter, _ int) { say(w, http.StatusOK, object{"city": "Bern"}) }}
		}),
		forgets,
	}
}
