package contract_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// variation is a server that is not like the mock and breaks no word of the document.
type variation struct {
	name  string
	build builder
	set   contract.Settings
	// notRun: checks that cannot judge what the server says may stay undone.
	notRun bool
}

// TestVariations: no server that keeps the document is accused, whatever else it does its own way.
func TestVariations(t *testing.T) {
	t.Parallel()
	for _, v := range slices.Concat(ownAnswers(), ownRefusals(), ownRecords(), ownWays()) {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			res := run(t, v.build(t), v.set)
			for _, o := range res.Outcomes {
				accused := slices.ContainsFunc(o.Findings, func(f spec.Finding) bool { return f.Level == spec.Must })
				if accused || o.Status == contract.Failed || o.Status == contract.NotRun && !v.notRun {
					t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
				}
			}
			t.Logf("%d passed, %d warned, %d skipped, %d not run", res.Count(contract.Passed), res.Count(contract.Warned),
				res.Count(contract.Skipped), res.Count(contract.NotRun))
		})
	}
}

// ownAnswers: other ways to write the same answer.
func ownAnswers() []variation {
	header := func(name, value string) builder {
		return replies(func(_ *http.Request, a *reply) { a.header.Set(name, value) })
	}
	return []variation{
		{name: "more members in the record", build: records(func(rec object) {
			rec["createdAt"], rec["_links"] = "2024-01-01T00:00:00Z", object{"self": "/"}
		})},
		{name: "more members beside the record", build: bodies(func(b object) any {
			b["meta"], b["requestId"] = object{"took": 3}, "r1"
			return b
		})},
		{
			name:  "a charset in the content type",
			build: successes(func(a *reply) { a.header.Set("Content-Type", "application/json; charset=utf-8") }),
		},
		{
			name:  "capitals in the content type",
			build: successes(func(a *reply) { a.header.Set("Content-Type", "Application/JSON;charset=UTF-8") }),
		},
		{name: "pretty JSON", build: successes(func(a *reply) {
			var out bytes.Buffer
			_ = json.Indent(&out, a.body, "", "\t")
			a.body = out.Bytes()
		})},
		{name: "escapes for all that is not ASCII", build: successes(func(a *reply) { a.body = escaped(a.body) })},
		{
			name:  "escaped slashes",
			build: successes(func(a *reply) { a.body = bytes.ReplaceAll(a.body, []byte("/"), []byte(`\/`)) }),
		},
		{
			name:  "spaces around the JSON",
			build: successes(func(a *reply) { a.body = slices.Concat([]byte("\r\n  "), a.body, []byte("\n\n")) }),
		},
		{name: "members in another order", build: successes(func(a *reply) {
			b := plain(a.body)
			a.body = slices.Concat([]byte(`{"success":true,"data":`), encode(b["data"]), []byte("}"))
		})},
		{name: "4 written as 4.0", build: records(func(rec object) {
			if n, ok := rec["rating"].(json.Number); ok && !strings.ContainsAny(n.String(), ".eE") {
				rec["rating"] = json.Number(n.String() + ".0")
			}
		})},
		{name: "numbers with two decimals", build: records(func(rec object) {
			if n, ok := rec["rating"].(json.Number); ok {
				f, _ := n.Float64()
				rec["rating"] = json.Number(fmt.Sprintf("%.2f", f))
			}
		})},
		{name: "numbers with an exponent", build: records(func(rec object) {
			if n, ok := rec["rating"].(json.Number); ok {
				f, _ := n.Float64()
				rec["rating"] = json.Number(fmt.Sprintf("%.1e", f))
			}
		})},
		{name: "headers for caches and cookies", build: header("Set-Cookie", "session=1; HttpOnly")},
		{name: "answers that may not be kept", build: header("Cache-Control", "no-store")},
		{name: "chunks without a length", build: around(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := capture(next, r)
				maps.Copy(w.Header(), a.header)
				w.Header().Del("Content-Length")
				w.WriteHeader(a.status)
				half := len(a.body) / 2
				_, _ = w.Write(a.body[:half])
				_ = http.NewResponseController(w).Flush()
				_, _ = w.Write(a.body[half:])
			})
		})},
		{name: "compressed answers", build: successes(func(a *reply) {
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			_, _ = z.Write(a.body)
			_ = z.Close()
			a.body = out.Bytes()
			a.header.Set("Content-Encoding", "gzip")
		})},
		{name: "a connection for each request", build: header("Connection", "close")},
		{name: "no success beside the record", build: bodies(func(b object) any { delete(b, "success"); return b })},
		{
			name:  "a member twice, of one value",
			build: successes(func(a *reply) { a.body = append([]byte(`{"success":true,`), a.body[1:]...) }),
		},
		{name: "201 for every update", build: successes(func(a *reply) { a.status = http.StatusCreated })},
	}
}

// escaped writes every character beyond ASCII as an escape.
func escaped(text []byte) []byte {
	var out strings.Builder
	for _, c := range string(text) {
		switch {
		case c < 0x80:
			out.WriteRune(c)
		case c > 0xFFFF:
			c -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xD800+(c>>10), 0xDC00+(c&0x3FF))
		default:
			fmt.Fprintf(&out, `\u%04X`, c)
		}
	}
	return []byte(out.String())
}

// ownRefusals: other ways to say no.
func ownRefusals() []variation {
	refusing := func(change func(a *reply)) builder {
		return replies(func(_ *http.Request, a *reply) {
			if a.status >= 400 && a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
				change(a)
			}
		})
	}
	all := func(status int) builder {
		return refusing(func(a *reply) { *a = *says(status, object{"message": "no", "statusCode": status}) })
	}
	return []variation{
		{name: "400 for every refusal", build: all(http.StatusBadRequest)},
		{name: "409 for every refusal", build: all(http.StatusConflict)},
		{name: "422 for every refusal", build: all(http.StatusUnprocessableEntity)},
		{name: "418 for every refusal", build: all(http.StatusTeapot)},
		{name: "refusals without a body", build: refusing(func(a *reply) { a.body = nil; a.header.Del("Content-Type") })},
		{name: "refusals in plain text", build: refusing(func(a *reply) {
			a.body = []byte("no")
			a.header.Set("Content-Type", "text/plain")
		})},
		{
			name:  "refusals as a list",
			build: refusing(func(a *reply) { a.body = []byte(`[{"field":"x","messages":["no"]}]`) }),
		},
		{name: "refusals that repeat what was sent", build: requestsAndReplies(func(body []byte, a *reply) {
			if a.status >= 400 && a.status < 500 {
				a.body = encode(object{"error": "cannot take " + string(body)})
			}
		})},
		{name: "refusals as HTML", build: refusing(func(a *reply) {
			a.body = []byte("<!DOCTYPE html><html><body>no</body></html>")
			a.header.Set("Content-Type", "text/html")
		})},
		{
			name:  "410 for records that are not there",
			build: absent(true, func() *reply { return says(http.StatusGone, object{}) }),
		},
		{
			name:  "400 for records that are not there",
			build: absent(true, func() *reply { return says(http.StatusBadRequest, object{}) }),
		},
		{name: "404 for another method", build: replies(func(_ *http.Request, a *reply) {
			if a.status == http.StatusMethodNotAllowed {
				a.status = http.StatusNotFound
			}
		})},
		{name: "records can be read with GET too", build: readable()},
	}
}

// readable shows records to GET as well.
func readable() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		return subject{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && itemPath.MatchString(r.URL.Path) {
				r.Method, r.Body = http.MethodPatch, http.NoBody
			}
			s.ServeHTTP(w, r)
		}), "/api", s.ids()}
	}
}

// ownRecords: other records, and other ways to keep them.
func ownRecords() []variation {
	times := func(write func(time.Time) string) builder {
		return records(func(rec object) {
			text, _ := rec["time"].(string)
			// The last hours of the year 9999 are in the year 10000 elsewhere, which cannot be written.
			if at, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil && at.Year() < 9999 {
				rec["time"] = write(at)
			}
		})
	}
	return []variation{
		{
			name:  "times in UTC milliseconds",
			build: times(func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }),
		},
		{
			name:  "times in UTC microseconds",
			build: times(func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000+00:00") }),
		},
		{
			name:  "times of another offset",
			build: times(func(at time.Time) string { return at.In(time.FixedZone("", 2*3600)).Format(time.RFC3339Nano) }),
		},
		{name: "sparse records", build: sparse(false)},
		{name: "records that are nothing but an id", build: sparse(true)},
		{name: "no ids in answers", build: records(func(rec object) { delete(rec, "id") })},
		{name: "an object is replaced, not merged", build: merged(func(rec, changes object) object {
			out := maps.Clone(rec)
			maps.Copy(out, changes)
			return out
		})},
		{
			name: "members that are not named are dropped",
			build: twisted(twist{change: func(collection, _ string, _, changes object) object {
				maps.DeleteFunc(changes, func(name string, _ any) bool {
					_, known := fields[collection][name]
					return !known && name != "salesRep" && name != "id"
				})
				return changes
			}}),
		},
		{name: "members that are not named are refused", build: twisted(twist{refuses: func(f string, _ any) bool {
			collection, name, _ := strings.Cut(f, ".")
			_, known := fields[collection+"s"][name]
			return !known && name != "salesRep" && name != "id"
		}})},
		{
			name:  "null removes a property",
			build: twisted(twist{takes: func(f string, v any) bool { return v == nil && !strings.HasSuffix(f, ".id") }}),
		},
		{name: "another id in a body is left unread", build: twisted(twist{
			takes: func(f string, _ any) bool { return strings.HasSuffix(f, ".id") },
			change: func(_, id string, _, changes object) object {
				if changes["id"] != nil {
					changes["id"] = id
				}
				return changes
			},
		})},
		{name: "related records are shown as ids unless asked for", build: unasked("0")},
		{name: "related records are never shown", build: depths(func(string) string { return "0" })},
		{name: "related records are always shown", build: depths(func(string) string { return "1" })},
		{
			name:  "references to nobody are taken",
			build: twisted(twist{takes: func(f string, v any) bool { return f == "meeting.salesRep" && isText(v) }}),
		},
		{name: "null characters are refused", build: twisted(twist{refuses: func(_ string, v any) bool {
			s, ok := v.(string)
			return ok && strings.ContainsAny(s, "\x00\x01")
		}})},
		{name: "leap seconds are the next second", build: records(func(rec object) {
			if s, ok := rec["time"].(string); ok && strings.Contains(s, ":60") {
				at, err := time.Parse(time.RFC3339, strings.Replace(s, ":60", ":59", 1))
				if err == nil {
					rec["time"] = at.Add(time.Second).Format(time.RFC3339)
				}
			}
		})},
	}
}

// sparse is a server whose records have few properties, or none.
func sparse(bare bool) builder {
	return func(testing.TB) subject {
		s := newIndependent()
		for _, collection := range []string{"calls", "meetings"} {
			for id, rec := range s.store[collection] {
				maps.DeleteFunc(rec, func(name string, _ any) bool {
					return name != "id" && (bare || name != "note" &&
						name != "time")
				})
				s.store[collection][id] = rec
			}
		}
		return subject{s, "/api", s.ids()}
	}
}

// depths asks the mock for another depth than the client did.
func depths(other func(asked string) string) builder {
	return requests(func(r *http.Request, _ []byte) *reply {
		asked := r.URL.Query().Get("depth")
		if (asked == "" && !r.URL.Query().Has("depth")) || strings.Trim(asked, "-0123456789") == "" {
			r.URL.RawQuery = url.Values{"depth": {other(asked)}}.Encode()
		}
		return nil
	})
}

// unasked is another default of depth.
func unasked(depth string) builder {
	return depths(func(asked string) string {
		if asked == "" {
			return depth
		}
		return asked
	})
}

// ownWays: weather and manners.
func ownWays() []variation {
	return []variation{
		{name: "slow now and then", build: slowEvery(100, 100*time.Millisecond)},
		{name: "429 now and then", build: busy(http.StatusTooManyRequests)},
		{name: "503 now and then", build: busy(http.StatusServiceUnavailable)},
		{
			name:  "429 for one in ten, and no retries",
			build: every(10, http.StatusTooManyRequests), set: contract.Settings{Retries: -1}, notRun: true,
		},
		{name: "504 now and then", build: every(50, http.StatusGatewayTimeout), notRun: true},
		{name: "one update of a record at a time", build: oneAtATime()},
		{name: "more methods in Allow than the document has", build: header405()},
	}
}

// busy answers each 40th request with a status and asks for patience of no time at all.
func busy(status int) builder {
	return func(t testing.TB) subject {
		var count atomic.Int32
		return requests(func(*http.Request, []byte) *reply {
			if count.Add(1)%40 != 0 {
				return nil
			}
			a := says(status, object{"error": "busy"})
			a.header.Set("Retry-After", "0")
			return a
		})(t)
	}
}

// oneAtATime answers 409 to an update while another is under way.
func oneAtATime() builder {
	var inside sync.Mutex
	return around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !inside.TryLock() {
				says(http.StatusConflict, object{"error": "another update is under way"}).send(w)
				return
			}
			defer inside.Unlock()
			next.ServeHTTP(w, r)
		})
	})
}

// header405 lists more methods than the document has.
func header405() builder {
	return replies(func(_ *http.Request, a *reply) {
		if a.status == http.StatusMethodNotAllowed {
			a.header.Set("Allow", "PATCH, OPTIONS,HEAD")
		}
	})
}
