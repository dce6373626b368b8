package contract_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// otherFaults: what is not there, what is related, and manners.
func otherFaults() []fault {
	return slices.Concat(unknownFaults(), relationFaults(), mannerFaults(), missedFaults())
}

// peek reads a body and gives the request back with it.
func peek(r *http.Request) ([]byte, *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, r
}

// absent is what the mock says with 404, said otherwise; path tells records from paths.
func absent(records bool, say func() *reply) builder {
	return replies(func(r *http.Request, a *reply) {
		if item := itemPath.MatchString(r.URL.Path); a.status == http.StatusNotFound && item == records {
			*a = *say()
		}
	})
}

func unknownFaults() []fault {
	status := func(status int) func() *reply {
		return func() *reply { return says(status, object{"error": "no"}) }
	}
	row := func(name, rule string, level spec.Level, build builder) fault {
		return fault{name: name, kinds: unknown, rule: rule, level: level, build: build}
	}
	method := func(change func(a *reply)) builder {
		return replies(func(_ *http.Request, a *reply) {
			if a.status == http.StatusMethodNotAllowed {
				change(a)
			}
		})
	}
	return []fault{
		row("answers 200 for an unknown id", "unknown-id", spec.Must, absent(true, func() *reply {
			return says(http.StatusOK, object{"success": false})
		})),
		row("makes a record for an unknown id", "unknown-id", spec.Must, creating()),
		row("answers 204 for an unknown id", "unknown-id", spec.Must, absent(true, func() *reply {
			return &reply{http.StatusNoContent, http.Header{}, nil}
		})),
		row("answers 500 for an unknown id", "unknown-id-status", spec.Should, absent(true,
			status(http.StatusInternalServerError))),
		row("answers 400 for an unknown id", "unknown-id-status", spec.Should, absent(true, status(http.StatusBadRequest))),
		row("answers 422 for an unknown id", "unknown-id-status", spec.Should, absent(true,
			status(http.StatusUnprocessableEntity))),
		row("redirects for an unknown id", "unknown-id-status", spec.Should, absent(true, status(http.StatusFound))),
		row("answers 200 for an unknown path", "unknown-path", spec.Should, absent(false, status(http.StatusOK))),
		row("answers 400 for an unknown path", "unknown-path", spec.Should, absent(false, status(http.StatusBadRequest))),
		row("redirects unknown paths to a page", "unknown-path", spec.Should, absent(false, status(http.StatusFound))),
		row("answers 405 without Allow", "allow", spec.Should, method(func(a *reply) { a.header.Del("Allow") })),
		row("answers GET with an empty object", "method", spec.Should, method(func(a *reply) {
			*a = *says(http.StatusOK,
				object{})
		})),
		row("takes a deletion that the document does not have", "method", spec.Should,
			requests(func(r *http.Request, _ []byte) *reply {
				if r.Method != http.MethodDelete {
					return nil
				}
				return &reply{http.StatusNoContent, http.Header{}, nil}
			})),
		row("answers 400 for another method", "method", spec.Should,
			method(func(a *reply) { a.status = http.StatusBadRequest })),
		row("answers 500 for another method", "method", spec.Should,
			method(func(a *reply) { a.status = http.StatusInternalServerError })),
	}
}

// creating makes every record that is asked for.
func creating() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		return subject{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if m := itemPath.FindStringSubmatch(r.URL.Path); m != nil {
				s.mu.Lock()
				if s.store[m[1]][m[2]] == nil {
					s.store[m[1]][m[2]] = object{"id": m[2]}
				}
				s.mu.Unlock()
			}
			s.ServeHTTP(w, r)
		}), "/api", s.ids()}
	}
}

func relationFaults() []fault {
	should := func(name, rule string, build builder) fault {
		return fault{name: name, kinds: relates, rule: rule, level: spec.Should, build: build}
	}
	// at changes the record of a meeting in answers to requests with that depth.
	at := func(depth string, change func(rec object)) builder {
		return replies(func(r *http.Request, a *reply) {
			if a.status < 300 && r.URL.Query().Get("depth") == depth && strings.Contains(r.URL.Path, "/meetings/") {
				body := plain(a.body)
				change(body["data"].(object))
				a.body = encode(body)
			}
		})
	}
	rep := object{"id": firstRep, "lastName": "Smith"}
	// changing changes a meeting when depth=1 is asked for after depth=0.
	changing := func(change func(s *independent, rec object)) builder {
		return func(testing.TB) subject {
			s, last := newIndependent(), ""
			return subject{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s.mu.Lock()
				depth := r.URL.Query().Get("depth")
				if last+depth == "01" && strings.Contains(r.URL.Path, "/meetings/") {
					change(s, s.store["meetings"][firstMeeting])
				}
				last = depth
				s.mu.Unlock()
				s.ServeHTTP(w, r)
			}), "/api", s.ids()}
		}
	}
	return []fault{
		should("shows objects at every depth", "unfold", at("0", func(rec object) { rec["salesRep"] = rep })),
		should("shows ids at every depth", "unfold", at("1", func(rec object) { rec["salesRep"] = firstRep })),
		should("shows related records by name", "unfold", at("1", func(rec object) { rec["salesRep"] = "John Smith" })),
		should("shows another related record when unfolding", "unfold-id", at("1", func(rec object) {
			if rec["salesRep"] != nil {
				rec["salesRep"].(object)["id"] = "rep_other"
			}
		})),
		should("shows a related record without its id", "unfold-id", at("1", func(rec object) {
			if rec["salesRep"] != nil {
				delete(rec["salesRep"].(object), "id")
			}
		})),
		should("shows an invalid related record", "type", at("1", func(rec object) {
			if rec["salesRep"] != nil {
				rec["salesRep"].(object)["lastName"] = 5
			}
		})),
		should("changes a note when asked for related records", "unfold-changed", changing(func(_ *independent,
			rec object,
		) {
			rec["note"] = "seen"
		})),
		should("links another record when asked for it", "unfold-id", changing(func(_ *independent, rec object) {
			rec["salesRep"] = map[any]string{firstRep: "rep_9q8w7e6r5t4y"}[rec["salesRep"]]
			if rec["salesRep"] == "" {
				rec["salesRep"] = firstRep
			}
		})),
		should("takes references to nobody", "relation", twisted(twist{takes: func(f string,
			v any,
		) bool {
			return f == "meeting.salesRep" && isText(v)
		}})),
		should("removes the reference when it refuses one", "relation-changed", twisted(twist{
			refused: func(s *independent, collection, id string, changes object) {
				if isText(changes["salesRep"]) {
					delete(s.store[collection][id], "salesRep")
				}
			},
		})),
		{
			name: "fails on references to nobody", kinds: relates, rule: "server-error", level: spec.Must,
			build: requestsAndReplies(func(body []byte, a *reply) {
				if a.status == http.StatusUnprocessableEntity && isText(plain(body)["salesRep"]) {
					*a = *says(http.StatusInternalServerError, object{"error": "no"})
				}
			}),
		},
		should("refuses a related record by id", "link", twisted(twist{refuses: func(f string,
			v any,
		) bool {
			return f == "meeting.salesRep" && isText(v) && v == firstRep
		}})),
		should("links the first record whatever the id", "link", twisted(twist{
			keep: func(_ *independent, collection, _ string, _, rec object) object { return rec },
			merge: func(rec, changes object) object {
				if isText(changes["salesRep"]) {
					changes["salesRep"] = "rep_9q8w7e6r5t4y"
				}
				return patch(rec, changes)
			},
		})),
		should("refuses a related record as an object", "link-object", twisted(twist{refuses: func(f string,
			v any,
		) bool {
			return f == "meeting.salesRep" && isObject(v)
		}})),
		should("appends lists of a related record", "link-object", appendingRep()),
		should("empties a related record that is sent as an object", "link-object", twisted(twist{
			change: func(_, _ string, _, changes object) object {
				if o, ok := changes["salesRep"].(object); ok {
					changes["salesRep"] = object{"id": o["id"], "lastName": ""}
				}
				return changes
			},
		})),
		should("takes numbers for related records", "anyOf", twisted(twist{
			takes: func(f string, v any) bool { return f == "meeting.salesRep" && !isText(v) && !isObject(v) && v != nil },
			change: func(_, _ string, _, changes object) object {
				if v := changes["salesRep"]; !isText(v) && !isObject(v) {
					delete(changes, "salesRep")
				}
				return changes
			},
		})),
		should("takes any type within related records", "type", twisted(twist{
			takes: func(f string, v any) bool { return f == "meeting.salesRep" && isObject(v) },
			change: func(_, _ string, _, changes object) object {
				if o, ok := changes["salesRep"].(object); ok {
					for name, v := range o {
						if valid, known := fields["reps"][name]; known && !valid(v) {
							delete(o, name)
						}
					}
				}
				return changes
			},
		})),
	}
}

// appendingRep adds to the lists of a related record what is sent of them.
func appendingRep() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		s.twist.change = func(_, _ string, _, changes object) object {
			o, ok := changes["salesRep"].(object)
			id, named := o["id"].(string)
			if !ok || !named {
				return changes
			}
			for name, v := range o {
				if list, ok := v.([]any); ok {
					there, _ := s.store["reps"][id][name].([]any)
					o[name] = slices.Concat(there, list)
				}
			}
			return changes
		}
		return subject{s, "/api", s.ids()}
	}
}

func mannerFaults() []fault {
	errors := func(body string) builder {
		return replies(func(_ *http.Request, a *reply) {
			if a.status >= 400 {
				a.body = []byte(body)
			}
		})
	}
	leaking := func(name, body string) fault {
		return fault{name: name, kinds: and(unknown, manners), rule: "stack-trace", level: spec.Should, build: errors(body)}
	}
	return []fault{
		leaking("shows a trace of Node in errors", `{"error":"TypeError: x\n    at handle (/srv/app/index.js:10:5)"}`),
		leaking("shows a trace of Java in errors",
			`{"trace":"java.lang.NullPointerException\n\tat com.example.Api.patch(Api.java:81)"}`),
		leaking("shows a trace of Python in errors",
			`{"error":"Traceback (most recent call last):\n  File \"app.py\", line 3"}`),
		leaking("shows a trace of Go in errors", "panic: oops\n\ngoroutine 18 [running]:\nmain.main()"),
		leaking("shows a trace of C# in errors", `{"error":"   at Shop.Api.Patch(String id) in C:\\build\\Api.cs:line 12"}`),
		leaking("shows a file of PHP in errors", `{"error":"Undefined index in \/var\/www\/html\/index.php on line 3"}`),
		leaking("shows a page of HTML in errors", "<!DOCTYPE html><html><body><h1>Bad Request</h1></body></html>"),
		{
			name: "fails with 500 now and then", kinds: and(accepts, manners), rule: "server-error", level: spec.Must,
			build: every(17, http.StatusInternalServerError),
		},
		{
			name: "fails with 500 on two updates at once", kinds: and(isolates, manners), rule: "server-error",
			level: spec.Must,
			build: failingAtOnce(),
		},
		{
			name: "takes longer than it may", kinds: manners, rule: "time", level: spec.Should,
			set:   contract.Settings{MaxTime: 30 * time.Millisecond},
			build: slowEvery(10, 60*time.Millisecond),
		},
		{
			name: "does not answer one kind of request", kinds: accepts, rule: "connection", level: spec.Must,
			set:   contract.Settings{Timeout: 300 * time.Millisecond},
			build: hanging(),
		},
		{
			name: "drops the connection on long bodies", kinds: accepts, rule: "connection", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if len(b) > 32<<10 {
					panic(http.ErrAbortHandler)
				}
				return nil
			}),
		},
		{name: "ends answers too early", kinds: accepts, rule: "connection", level: spec.Must, build: shortened()},
		{
			name: "says success: false of successes", kinds: manners, rule: "success", level: spec.Should,
			build: bodies(func(b object) any { b["success"] = false; return b }),
		},
		{
			name: "does not say success", kinds: manners, rule: "success", level: spec.Should,
			build: bodies(func(b object) any { delete(b, "success"); return b }),
		},
		{
			name: "says success: false of changes alone", kinds: and(accepts, manners), rule: "success", level: spec.Should,
			build: requestsAndReplies(func(body []byte, a *reply) {
				if len(plain(body)) > 0 && a.status == http.StatusOK {
					a.body = bytes.Replace(a.body, []byte(`"success":true`), []byte(`"success":false`), 1)
				}
			}),
		},
		{name: "refuses the sixth update in a row", kinds: manners, rule: "repeat", level: spec.Must, build: queue(6)},
		{name: "refuses the tenth update in a row", kinds: manners, rule: "repeat", level: spec.Must, build: queue(10)},
		{name: "refuses the twentieth update in a row", kinds: manners, rule: "repeat", level: spec.Must, build: queue(20)},
	}
}

// requestsAndReplies changes answers by what was asked.
func requestsAndReplies(change func(body []byte, a *reply)) builder {
	return around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, r := peek(r)
			a := capture(next, r)
			change(body, a)
			a.send(w)
		})
	})
}

// every answers each nth request with a status.
func every(n int32, status int) builder {
	return func(t testing.TB) subject {
		var count atomic.Int32
		return requests(func(*http.Request, []byte) *reply {
			if count.Add(1)%n == 0 {
				return says(status, object{"error": "try again"})
			}
			return nil
		})(t)
	}
}

// failingAtOnce fails while another request is under way.
func failingAtOnce() builder {
	var inside atomic.Int32
	return around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer inside.Add(-1)
			if inside.Add(1) > 1 {
				says(http.StatusInternalServerError, object{"error": "deadlock"}).send(w)
				return
			}
			time.Sleep(3 * time.Millisecond)
			next.ServeHTTP(w, r)
		})
	})
}

// slowEvery takes its time for each nth request.
func slowEvery(n int32, d time.Duration) builder {
	return func(t testing.TB) subject {
		var count atomic.Int32
		return requests(func(*http.Request, []byte) *reply {
			if count.Add(1)%n == 0 {
				time.Sleep(d)
			}
			return nil
		})(t)
	}
}

// hanging never answers updates with emoji.
func hanging() builder {
	return requests(func(r *http.Request, b []byte) *reply {
		if bytes.Contains(b, []byte("👍🏽")) {
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		}
		return nil
	})
}

// shortened announces more than it sends, of long answers.
func shortened() builder {
	return around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := capture(next, r)
			if len(a.body) < 32<<10 {
				a.send(w)
				return
			}
			for name, values := range a.header {
				w.Header()[name] = values
			}
			w.Header().Set("Content-Length", "1000000")
			w.WriteHeader(a.status)
			_, _ = w.Write(a.body)
		})
	})
}

// queue takes fewer than that many updates of one property each in a row, until it is looked at or the same property
// comes twice.
func queue(most int) builder {
	return func(t testing.TB) subject {
		var mu sync.Mutex
		var last string
		waiting := 0
		return requests(func(_ *http.Request, b []byte) *reply {
			mu.Lock()
			defer mu.Unlock()
			changes := plain(b)
			var name string
			for n := range changes {
				name = n
			}
			if len(changes) != 1 || name == last {
				last, waiting = name, 0
				return nil
			}
			last = name
			if waiting++; waiting >= most {
				waiting = 0
				return says(http.StatusConflict, object{"error": "the queue is full"})
			}
			return nil
		})(t)
	}
}

// missedFaults are those that no check can see. They stay here so that nobody believes otherwise.
func missedFaults() []fault {
	same := twisted(twist{})
	return []fault{
		{
			name: "writes to a record that the suite was not told of", kinds: isolates,
			missed: "only records that the suite may use are looked at",
			build: twisted(twist{keep: func(s *independent, collection, _ string, _, rec object) object {
				if other := s.store["calls"]["call_5t7w3n1c8v2e"]; other != nil && collection == "calls" {
					other["note"] = "changed"
				}
				return rec
			}}),
		},
		{
			name: "forgets changes when it is started again", kinds: lasts, missed: "the suite does not start servers",
			build: same,
		},
		{name: "forgets changes after an hour", kinds: lasts, missed: "the suite runs for seconds", build: same},
		{
			name: "answers another client with an older record", kinds: lasts,
			missed: "the suite is one client with one set of headers",
			build:  same,
		},
		{
			name: "refuses the thousandth update of a day", kinds: manners,
			missed: "twenty in a row are tried, and what the checks send in all",
			build:  same,
		},
		{
			name: "takes ratings with more than 400 digits", kinds: refuses, missed: "numbers of that length are not tried",
			build: twisted(twist{takes: func(f string, v any) bool { return f == "call.rating" && len(encode(v)) > 400 }}),
		},
		{
			name: "changes a note that holds one word of a list", kinds: accepts,
			missed: "texts are tried by kind, not by word",
			build: altering(func(_ string, v any) any {
				if s, ok := v.(string); ok {
					return strings.ReplaceAll(s, "scunthorpe", "***")
				}
				return v
			}),
		},
		{
			name: "logs the records that it is asked for", kinds: manners,
			missed: "what a server keeps to itself is not seen", build: same,
		},
	}
}
