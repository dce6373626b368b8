package contract_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// dressing stands in front of the shop and answers as other frameworks do.
type dressing func(next http.Handler) http.Handler

// dressed changes each answer of a server.
func dressed(change func(r *http.Request, a *reply)) dressing {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := capture(next, r)
			change(r, a)
			a.send(w)
		})
	}
}

// renamed has the shop's ids look otherwise, outside.
func renamed(to func(n string) string, from *regexp.Regexp) dressing {
	shopID := regexp.MustCompile(`shop_\d{6}`)
	out := func(text string) string {
		return shopID.ReplaceAllStringFunc(text, func(id string) string { return to(strings.TrimPrefix(id, "shop_")) })
	}
	in := func(text string) string {
		return from.ReplaceAllStringFunc(text, func(id string) string { return "shop_" + id[len(id)-6:] })
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(in(string(body))))
			r.URL.Path, r.URL.RawPath = in(r.URL.Path), in(r.URL.RawPath)
			a := capture(next, r)
			a.body = []byte(out(string(a.body)))
			if at := a.header.Get("Location"); at != "" {
				a.header.Set("Location", out(at))
			}
			a.send(w)
		})
	}
}

func isCreation(r *http.Request, a *reply) bool {
	return r.Method == http.MethodPost && a.status == http.StatusCreated
}

// rightDressings are ways of servers that keep the document, as far as it says anything.
func rightDressings() map[string]dressing {
	none := func(a *reply) { a.body = nil; a.header.Del("Content-Type") }
	refusals := func(change func(a *reply)) dressing {
		return dressed(func(_ *http.Request, a *reply) {
			if a.status >= 400 {
				change(a)
			}
		})
	}
	at := func(r *http.Request, a *reply) {
		if a.header.Get("Location") == "" {
			if id, ok := plain(a.body)["number"]; ok {
				a.header.Set("Location", r.URL.Path+"/"+fmt.Sprint(id))
			}
		}
	}
	return map[string]dressing{
		"ids are UUIDs": renamed(func(n string) string { return "0b5c0a3e-9d5f-4d3c-8a51-3f9d2c" + n },
			regexp.MustCompile(`0b5c0a3e-9d5f-4d3c-8a51-3f9d2c\d{6}`)),
		"ids are digits": renamed(func(n string) string { return "7" + n }, regexp.MustCompile(`\b7\d{6}\b`)),
		"creations answer 202": dressed(func(r *http.Request, a *reply) {
			if isCreation(r, a) {
				a.status = http.StatusAccepted
			}
		}),
		"creations answer 204 with a Location": dressed(func(r *http.Request, a *reply) {
			if isCreation(r, a) {
				at(r, a)
				a.status = http.StatusNoContent
				none(a)
			}
		}),
		"deletions answer 202": dressed(func(r *http.Request, a *reply) {
			if r.Method == http.MethodDelete && a.status == http.StatusNoContent {
				a.status = http.StatusAccepted
			}
		}),
		"deletions answer with the record": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodDelete {
					next.ServeHTTP(w, r)
					return
				}
				was := capture(next, clonedAs(r, http.MethodGet))
				if a := capture(next, r); a.status >= 300 {
					a.send(w)
					return
				}
				was.send(w)
			})
		},
		"headers of all kinds": dressed(func(_ *http.Request, a *reply) {
			for name, v := range map[string]string{
				"ETag": `W/"1"`, "Vary": "Accept, Origin", "X-Request-Id": "r1", "Server": "nginx", "Cache-Control": "private, max-age=0",
				"Strict-Transport-Security": "max-age=1", "X-RateLimit-Remaining": "9", "Set-Cookie": "a=b", "Content-Language": "en",
			} {
				a.header.Set(name, v)
			}
		}),
		"problem details": refusals(func(a *reply) {
			a.body = encode(object{"type": "about:blank", "title": http.StatusText(a.status), "status": a.status})
			a.header.Set("Content-Type", "application/problem+json")
		}),
		"refusals in words":    refusals(func(a *reply) { a.body = []byte("nope\n"); a.header.Set("Content-Type", "text/plain; charset=utf-8") }),
		"refusals say nothing": refusals(none),
		"400 in place of 422": refusals(func(a *reply) {
			if a.status == http.StatusUnprocessableEntity || a.status == http.StatusUnsupportedMediaType {
				a.status = http.StatusBadRequest
			}
		}),
		"403 in place of 401": refusals(func(a *reply) {
			if a.status == http.StatusUnauthorized {
				a.status = http.StatusForbidden
			}
		}),
		"HEAD is not allowed, nor is OPTIONS": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead || r.Method == http.MethodOptions {
					notAllowed(w, "GET")
					return
				}
				next.ServeHTTP(w, r)
			})
		},
		"compressed": dressed(func(_ *http.Request, a *reply) {
			if len(a.body) == 0 {
				return
			}
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			_, _ = z.Write(a.body)
			_ = z.Close()
			a.body = out.Bytes()
			a.header.Set("Content-Encoding", "gzip")
			a.header.Set("Vary", "Accept-Encoding")
		}),
		"chunks": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := capture(next, r)
				a.header.Del("Content-Length")
				maps.Copy(w.Header(), a.header)
				w.WriteHeader(a.status)
				for _, b := range a.body {
					_, _ = w.Write([]byte{b})
				}
				_ = http.NewResponseController(w).Flush()
			})
		},
		"a body that ends with its connection, as in HTTP/1.0": closing,
		"a slash at the end is led to the path without": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if bare, slash := strings.CutSuffix(r.URL.Path, "/"); slash && bare != "" {
					http.Redirect(w, r, bare, http.StatusPermanentRedirect)
					return
				}
				next.ServeHTTP(w, r)
			})
		},
		"names are taken once": onceNamed,
		"429 now and then":     patience(http.StatusTooManyRequests),
		"503 now and then":     patience(http.StatusServiceUnavailable),
	}
}

// closing answers with no length and an end of the connection.
func closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := capture(next, r)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		a.header.Del("Content-Length")
		fmt.Fprintf(conn, "HTTP/1.0 %d %s\r\n", a.status, http.StatusText(a.status))
		_ = a.header.Write(conn)
		_, _ = conn.Write(append([]byte("\r\n"), a.body...))
	})
}

// onceNamed answers 409 to a shop whose name another has.
func onceNamed(next http.Handler) http.Handler {
	taken := map[string]bool{}
	var busy atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/shops" || r.Header.Get("X-Key") == "" {
			next.ServeHTTP(w, r)
			return
		}
		for !busy.CompareAndSwap(false, true) {
			continue // requests come one after the other
		}
		defer busy.Store(false)
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		name, isText := plain(body)["name"].(string)
		if isText && taken[name] {
			say(w, http.StatusConflict, object{"error": "the name is taken"})
			return
		}
		a := capture(next, r)
		taken[name] = taken[name] || isText && a.status < 300
		a.send(w)
	})
}

// patience asks for some at each 25th request.
func patience(status int) dressing {
	return func(next http.Handler) http.Handler {
		var n atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1)%25 == 0 {
				w.Header().Set("Retry-After", strconv.Itoa(0))
				say(w, status, object{"error": "later"})
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// TestShopsInOtherDress: right servers that differ from the mock in what nobody forbids have no failure, and are left as they
// were.
func TestShopsInOtherDress(t *testing.T) {
	t.Parallel()
	for name, dress := range rightDressings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(shopTwist{})
			res := runShop(t, dress(s), contract.Settings{})
			for _, o := range res.Outcomes {
				if o.Status == contract.Failed || o.Status == contract.NotRun {
					t.Errorf("%s: %s %s%s", o.Check.Name, o.Status, o.Reason, story(o))
				}
			}
			if len(s.shops) != 3 || s.goodsLeft() > 0 || !res.Restored.Complete() {
				t.Errorf("%d shops and %d goods are left: %s", len(s.shops)-3, s.goodsLeft(), res.Restored)
			}
			t.Logf("%d passed, %d warned, %d skipped", res.Count(contract.Passed), res.Count(contract.Warned), res.Count(contract.Skipped))
		})
	}
}
