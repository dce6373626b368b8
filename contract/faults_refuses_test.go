package contract_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// refuseFaults: what the document forbids is taken.
func refuseFaults() []fault {
	return slices.Concat(takenTypes(), takenValues(), takenBodies(), falseRefusals())
}

// takenTypes: a property takes any type. What it makes of it differs from server to server.
func takenTypes() []fault {
	var out []fault
	for _, field := range []string{
		"call.externalPhoneNumber", "call.internalPhoneNumber", "call.ratingNote", "call.note", "call.rating",
		"call.audioRecording", "call.transcript", "call.conversationURL", "call.time",
		"meeting.phoneNumber", "meeting.email", "meeting.time", "meeting.note",
	} {
		collection, name, _ := strings.Cut(field, ".")
		valid := fields[collection+"s"][name]
		wrong := func(v any) bool {
			_, text := v.(string)
			return !valid(v) && v != nil && (!text || name == "rating" || name == "audioRecording")
		}
		out = append(out, fault{
			name: "drops wrong types for " + field + " in silence", field: field, kinds: refuses, rule: "type",
			level: spec.Must,
			build: twisted(twist{
				takes: func(f string, v any) bool { return f == field && wrong(v) },
				change: func(_, _ string, _, changes object) object {
					if v, sent := changes[name]; sent && wrong(v) {
						delete(changes, name)
					}
					return changes
				},
			}),
		})
	}
	return append(out,
		fault{
			name: "takes any type and keeps it", kinds: and(answers, refuses), rule: "type", level: spec.Must,
			build: twisted(twist{takes: func(f string, v any) bool {
				return strings.HasPrefix(f, "call.") && !isText(v) && v != nil && f != "call.id"
			}}),
		},
		fault{
			name: "makes text of numbers", kinds: refuses, rule: "type", level: spec.Must,
			build: coercing(func(v any) any {
				if n, ok := v.(json.Number); ok {
					return n.String()
				}
				return nil
			}, isText),
		},
		fault{
			name: "makes text of truth values", kinds: refuses, rule: "type", level: spec.Must,
			build: coercing(func(v any) any {
				if b, ok := v.(bool); ok {
					return map[bool]string{true: "true", false: "false"}[b]
				}
				return nil
			}, isText),
		},
		fault{
			name: "makes numbers of text", kinds: refuses, rule: "type", level: spec.Must,
			build: coercing(func(v any) any {
				if s, ok := v.(string); ok {
					return json.Number(s)
				}
				return nil
			}, isRating),
		},
		fault{
			name: "takes a list of one for its item", kinds: refuses, rule: "type", level: spec.Must,
			build: coercing(func(v any) any {
				if list, ok := v.([]any); ok && len(list) == 1 {
					return list[0]
				}
				return nil
			}, isText),
		},
		fault{
			name: "takes null and removes the property", kinds: refuses, rule: "type", level: spec.Should,
			build: twisted(twist{takes: func(f string, v any) bool {
				return v == nil && f != "call.id" &&
					f != "meeting.id"
			}}),
		},
	)
}

// coercing converts values that are wrong into ones that are not.
func coercing(convert func(any) any, fits func(any) bool) builder {
	converted := func(f string, v any) any {
		collection, name, _ := strings.Cut(f, ".")
		valid, known := fields[collection+"s"][name]
		if !known || valid(v) {
			return nil
		}
		if c := convert(v); c != nil && fits(c) && valid(c) {
			return c
		}
		return nil
	}
	return twisted(twist{
		takes: func(f string, v any) bool { return converted(f, v) != nil },
		change: func(collection, _ string, _, changes object) object {
			for name, v := range changes {
				if c := converted(strings.TrimSuffix(collection, "s")+"."+name, v); c != nil {
					changes[name] = c
				}
			}
			return changes
		},
	})
}

// takenValues: values of the right type that break another rule are dropped or mended in silence.
func takenValues() []fault {
	number := func(yes func(*big.Rat) bool) func(any) bool {
		return func(v any) bool {
			n, ok := v.(json.Number)
			r, valid := new(big.Rat).SetString(n.String())
			return ok && valid && yes(r)
		}
	}
	text := func(expr string) func(any) bool {
		re := regexp.MustCompile(expr)
		return func(v any) bool { s, ok := v.(string); return ok && re.MatchString(s) }
	}
	five, hundred := big.NewRat(5, 1), big.NewRat(100, 1)
	rows := []struct {
		name, field string
		takes       func(any) bool
		rule        string
		level       spec.Level
	}{
		{"takes ratings above 5", "rating", number(func(r *big.Rat) bool { return r.Cmp(five) > 0 }), "maximum", spec.Must},
		{"takes ratings up to 100", "rating", number(func(r *big.Rat) bool {
			return r.Cmp(five) > 0 &&
				r.Cmp(hundred) <= 0
		}), "maximum", spec.Must},
		{"takes ratings below 0", "rating", number(func(r *big.Rat) bool { return r.Sign() < 0 }), "minimum", spec.Must},
		{
			"takes ratings of any step", "rating", number(func(r *big.Rat) bool { return r.Sign() > 0 && r.Cmp(five) < 0 }),
			"multipleOf", spec.Must,
		},
		{"takes ratings in steps of 0.05", "rating", number(func(r *big.Rat) bool {
			return r.Sign() > 0 && r.Cmp(five) < 0 && new(big.Rat).Mul(r, big.NewRat(20, 1)).IsInt()
		}), "multipleOf", spec.Must},
		{"compares ratings as binary floats", "rating", number(func(r *big.Rat) bool {
			f, _ := r.Float64()
			return f == 5 || f == 2.5
		}), "maximum", spec.Should},
		{"takes any text for a phone number", "externalPhoneNumber", text(`^`), "pattern", spec.Must},
		{
			"looks for a phone number anywhere in the text", "externalPhoneNumber",
			text(`\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})`), "pattern", spec.Must,
		},
		{
			"takes junk after a phone number", "internalPhoneNumber",
			text(`^\+?1?[- ]?\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})`), "pattern", spec.Must,
		},
		{
			"takes junk before a phone number", "internalPhoneNumber", text(`\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})$`),
			"pattern", spec.Must,
		},
		{
			"takes a line break after a phone number", "externalPhoneNumber",
			text(`^\+?1?[- ]?\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})\n?$`), "pattern", spec.Must,
		},
		{
			"looks for a phone number line by line", "externalPhoneNumber",
			text(`(?m)^\+?1?[- ]?\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})$`), "pattern", spec.Must,
		},
		{"takes any text for an IRI", "conversationURL", text(`^`), "format", spec.Should},
		{"takes relative references for an IRI", "conversationURL", text(`^(/|example)`), "format", spec.Should},
		{"takes spaces in an IRI", "conversationURL", text(`^https?:.* `), "format", spec.Should},
		{"takes any text for a time", "time", text(`^`), "format", spec.Should},
		{"takes days that are not in the calendar", "time", text(`-(02-29|02-30|04-31)T`), "format", spec.Should},
		{"takes times without offset", "time", text(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`), "format", spec.Should},
		{"takes dates for times", "time", text(`^\d{4}-\d\d-\d\d$`), "format", spec.Should},
		{"takes seconds since 1970 in quotes", "time", text(`^\d{10}$`), "format", spec.Should},
		{"takes hour 24", "time", text(`T24`), "format", spec.Should},
		{"takes any text for an e-mail address", "email", text(`^`), "format", spec.Should},
		{"takes a name and an e-mail address", "email", text(`^Jane <`), "format", spec.Should},
		{"takes e-mail addresses with two dots", "email", text(`\.\.`), "format", spec.Should},
		{"takes two e-mail addresses", "email", text(`,`), "format", spec.Should},
	}
	var out []fault
	for _, r := range rows {
		bad := func(f string, v any) bool {
			collection, name, _ := strings.Cut(f, ".")
			return name == r.field && !fields[collection+"s"][name](v) && r.takes(v)
		}
		out = append(out, fault{name: r.name, field: r.field, kinds: refuses, rule: r.rule, level: r.level, build: twisted(twist{
			takes: bad,
			change: func(collection, _ string, _, changes object) object {
				maps.DeleteFunc(changes, func(name string, v any) bool {
					return bad(strings.TrimSuffix(collection,
						"s")+"."+name, v)
				})
				return changes
			},
		})})
	}
	return append(out, fault{
		name: "keeps a rating above the maximum at the maximum", kinds: refuses, rule: "maximum",
		level: spec.Must,
		build: twisted(twist{
			takes: func(f string, v any) bool {
				n, ok := v.(json.Number)
				return f == "call.rating" && ok && !strings.HasPrefix(n.String(), "-")
			},
			change: func(_, _ string, _, changes object) object {
				if n, ok := changes["rating"].(json.Number); ok && !isRating(n) {
					changes["rating"] = json.Number("5")
				}
				return changes
			},
		}),
	})
}

// takenBodies: bodies that are wrong as a whole.
func takenBodies() []fault {
	lenient := func(mend func(text string) string) builder {
		return twisted(twist{lenient: func(body []byte) object {
			o, err := decode([]byte(mend(string(body))))
			if err != nil {
				return nil
			}
			return o
		}})
	}
	empty := func(starts string) builder {
		return twisted(twist{lenient: func(body []byte) object {
			if bytes.HasPrefix(body, []byte(starts)) {
				return object{}
			}
			return nil
		}})
	}
	json := func(name string, build builder) fault {
		return fault{name: name, kinds: refuses, rule: "json-malformed", level: spec.Must, build: build}
	}
	whole := func(name string, build builder) fault {
		return fault{name: name, kinds: refuses, rule: "type", level: spec.Must, build: build}
	}
	depth := func(name string, takes func(string) bool) fault {
		return fault{
			name: name, kinds: refuses, rule: "parameter", level: spec.Must,
			build: twisted(twist{depth: func(text string) (int, bool) { return 1, takes(text) }}),
		}
	}
	media := func(name string, takes func(contentType string) bool) fault {
		return fault{
			name: name, kinds: refuses, rule: "contentType", level: spec.Should,
			build: around(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if takes(r.Header.Get("Content-Type")) {
						r.Header.Set("Content-Type", "application/json")
					}
					next.ServeHTTP(w, r)
				})
			}),
		}
	}
	return []fault{
		json("takes a comma too many", lenient(func(s string) string { return strings.Replace(s, ",}", "}", 1) })),
		{
			name: "leaves text after the body unread", kinds: refuses, rule: "json-trailing", level: spec.Must,
			build: lenient(func(s string) string { return strings.TrimSuffix(s, "x") }),
		},
		json("takes single quotes", lenient(func(s string) string { return strings.ReplaceAll(s, "'", `"`) })),
		json("closes bodies that end too early", lenient(func(s string) string { return s + "}" })),
		json("takes what is no JSON for an empty update", empty("<")),
		{
			name: "takes the later of two members of one name", kinds: refuses, rule: "json-duplicate", level: spec.Should,
			build: lenient(func(s string) string {
				if strings.Contains(s, "\xff") {
					return "-"
				}
				return regexp.MustCompile(`^\{("[^"]*"):.*?,("[^"]*"):`).ReplaceAllString(s, `{$2:`)
			}),
		},
		{
			name: "takes bytes that are no UTF-8", kinds: refuses, rule: "json-encoding", level: spec.Should,
			build: lenient(func(s string) string { return strings.ToValidUTF8(s, "") }),
		},
		whole("takes a list for an empty update", empty("[")),
		whole("takes a text for an empty update", empty(`"`)),
		whole("takes a truth value for an empty update", empty("t")),
		whole("takes a number for an empty update", empty("5")),
		whole("takes null for an empty update", empty("null")),
		whole("takes the record in a list", twisted(twist{lenient: func(body []byte) object {
			if len(body) > 4 && body[0] == '[' && body[1] == '{' {
				return object{}
			}
			return nil
		}})),
		depth("takes words for a depth", func(s string) bool { return s == "abc" }),
		depth("takes fractions for a depth", func(s string) bool { return s == "1.5" }),
		depth("reads a depth up to where it is no number", func(s string) bool { return s[0] >= '0' && s[0] <= '9' }),
		depth("takes truth values for a depth", func(s string) bool { return s == "true" }),
		media("takes text/plain", func(c string) bool { return c == "text/plain" }),
		media("takes forms", func(c string) bool { return strings.Contains(c, "form") }),
		media("takes bodies without a content type", func(c string) bool { return c == "" }),
	}
}

// falseRefusals: something is said of what is forbidden, but it is no refusal, or not one alone.
func falseRefusals() []fault {
	// refusals changes what the mock says of broken bodies, depths and media types.
	refusals := func(change func(r *http.Request, a *reply)) builder {
		return replies(func(r *http.Request, a *reply) {
			switch a.status {
			case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType:
				change(r, a)
			}
		})
	}
	status := func(status int) builder {
		return refusals(func(_ *http.Request, a *reply) { *a = *says(status, object{"error": "no"}) })
	}
	all := and(answers, refuses)
	partly := func(s *independent, collection, id string, changes object) {
		valid := object{}
		for name, v := range changes {
			if check, known := fields[collection][name]; known && check(v) {
				valid[name] = v
			}
		}
		s.store[collection][id] = patch(s.store[collection][id], valid)
	}
	return []fault{
		{
			name: "refuses with 200 and success: false", kinds: refuses, rule: "type", level: spec.Should,
			build: refusals(func(_ *http.Request, a *reply) { *a = *says(http.StatusOK, object{"success": false}) }),
		},
		{name: "says success: false and stores it", kinds: all, rule: "type", level: spec.Must, build: twisted(twist{
			takes: func(f string, v any) bool { return f == "call.note" && v != nil && !isText(v) },
		})},
		{
			name: "refuses with 200 and the record", kinds: refuses, rule: "type", level: spec.Must,
			build: around(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					rec := capture(next, r)
					if rec.status == http.StatusUnprocessableEntity && r.URL.RawQuery == "" {
						empty, _ := http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), strings.NewReader("{}"))
						empty.Header = r.Header
						empty.RequestURI, empty.Host = r.URL.RequestURI(), r.Host
						rec = capture(next, empty)
					}
					rec.send(w)
				})
			}),
		},
		{
			name: "refuses with a redirect to a form", kinds: refuses, rule: "type", level: spec.Must,
			build: refusals(func(_ *http.Request, a *reply) {
				*a = *says(http.StatusFound, object{})
				a.header.Set("Location", "/form")
			}),
		},
		{
			name: "refuses with 500", kinds: refuses, rule: "server-error", level: spec.Must,
			build: status(http.StatusInternalServerError),
		},
		{name: "refuses with 501", kinds: refuses, rule: "type", level: spec.Must, build: status(http.StatusNotImplemented)},
		{name: "refuses everything with 404", kinds: refuses, notRun: true, build: status(http.StatusNotFound)},
		{name: "refuses everything with 401", kinds: refuses, notRun: true, build: status(http.StatusUnauthorized)},
		{name: "refuses everything with 403", kinds: refuses, notRun: true, build: status(http.StatusForbidden)},
		{
			name: "refuses everything with 503", kinds: refuses, notRun: true, build: status(http.StatusServiceUnavailable),
			set: contract.Settings{Retries: -1},
		},
		{
			name: "fails with 500 on lists in place of text", kinds: refuses, rule: "server-error", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if _, list := plain(b)["note"].([]any); list {
					return says(http.StatusInternalServerError, object{"error": "list has no attribute strip"})
				}
				return nil
			}),
		},
		{
			name: "fails with 500 on malformed JSON", kinds: refuses, rule: "server-error", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if len(b) > 0 && !json.Valid(b) {
					return says(http.StatusInternalServerError, object{"error": "unexpected token"})
				}
				return nil
			}),
		},
		{
			name: "drops the connection on malformed JSON", kinds: refuses, rule: "connection", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if len(b) > 0 && !json.Valid(b) {
					panic(http.ErrAbortHandler)
				}
				return nil
			}),
		},
		{
			name: "stores the valid part of what it refuses", kinds: refuses, rule: "refusal-changed", level: spec.Must,
			build: twisted(twist{refused: partly}),
		},
		{
			name: "empties a record when it refuses an update", kinds: refuses, rule: "refusal-changed", level: spec.Must,
			build: twisted(twist{refused: func(s *independent, collection, id string, _ object) {
				s.store[collection][id] = object{"id": id}
			}}),
		},
		{
			name: "resets a property that it refuses", kinds: refuses, rule: "refusal-changed", level: spec.Must,
			build: twisted(twist{refused: func(s *independent, collection, id string, changes object) {
				s.store[collection][id] = patch(s.store[collection][id], object{"note": "-"})
			}}),
		},
	}
}

// capture is what a handler answers.
func capture(h http.Handler, r *http.Request) *reply {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return &reply{rec.Code, rec.Header(), rec.Body.Bytes()}
}
