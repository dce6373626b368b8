package contract_test

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec"
)

// acceptFaults: what the document allows is refused, or comes back as something else.
func acceptFaults() []fault {
	out := append(refusedValues(), alteredValues()...)
	for _, field := range []string{
		"call.externalPhoneNumber", "call.internalPhoneNumber", "call.ratingNote", "call.note", "call.rating",
		"call.audioRecording", "call.transcript", "call.conversationURL", "call.time",
		"meeting.phoneNumber", "meeting.email", "meeting.time", "meeting.note",
	} {
		rule := "properties"
		if strings.HasPrefix(field, "meeting.") {
			rule = "examples" // the published example has all of these
		}
		out = append(out, fault{
			name: "refuses " + field, field: field, kinds: accepts, rule: rule, level: spec.Must,
			build: twisted(twist{refuses: func(f string, _ any) bool { return f == field }}),
		})
	}
	refusal := says(http.StatusBadRequest, object{"error": "no"})
	return append(out,
		fault{
			name: "refuses an empty update", kinds: accepts, rule: "empty", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if string(b) == "{}" {
					return refusal
				}
				return nil
			}),
		},
		fault{
			name: "changes something in an empty update", kinds: accepts, rule: "empty", level: spec.Must,
			build: twisted(twist{merge: func(rec, changes object) object {
				if len(changes) == 0 {
					changes = object{"note": rec["note"].(string) + "!"}
				}
				return patch(rec, changes)
			}}),
		},
		fault{
			name: "refuses an absent body", kinds: accepts, rule: "required", level: spec.Should,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if len(b) == 0 {
					return refusal
				}
				return nil
			}),
		},
		fault{
			name: "refuses more than five properties at once", kinds: accepts, rule: "properties", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if len(plain(b)) > 5 {
					return refusal
				}
				return nil
			}),
		},
		fault{
			name: "takes one property at a time and drops the others", kinds: accepts, rule: "echo", level: spec.Must,
			build: twisted(twist{change: func(_, _ string, _, changes object) object {
				first := true
				for _, name := range []string{"note", "time", "email", "rating", "transcript"} {
					if _, sent := changes[name]; sent && len(changes) > 1 && !first {
						delete(changes, name)
					}
					first = first && changes[name] == nil
				}
				return changes
			}}),
		},
		fault{
			name: "refuses the published example", kinds: accepts, rule: "examples", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if plain(b)["note"] == "Discuss annual contract terms" {
					return refusal
				}
				return nil
			}),
		},
		fault{
			name: "refuses the record's own id", kinds: accepts, rule: "id", level: spec.Must,
			build: twisted(twist{refuses: func(f string, _ any) bool { return strings.HasSuffix(f, ".id") }}),
		},
		fault{
			name: "refuses depth=0", kinds: accepts, rule: "parameter", level: spec.Must,
			build: queries(func(depth string) bool { return depth == "0" }),
		},
		fault{
			name: "refuses depth=2", kinds: accepts, rule: "parameter", level: spec.Must,
			build: queries(func(depth string) bool { return depth == "2" }),
		},
		fault{
			name: "refuses any depth", kinds: accepts, rule: "parameter", level: spec.Must,
			build: queries(func(depth string) bool { return depth != "" }),
		},
		fault{
			name: "refuses a huge depth", kinds: accepts, rule: "parameter", level: spec.Should,
			build: queries(func(depth string) bool { return len(depth) > 3 }),
		},
		fault{
			name: "refuses bodies above 32 KiB", kinds: accepts, rule: "text", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if len(b) > 32<<10 {
					return says(http.StatusRequestEntityTooLarge, object{"error": "too large"})
				}
				return nil
			}),
		},
		fault{
			name: "refuses chunks of SQL as an attack", kinds: accepts, rule: "text", level: spec.Must,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if bytes.Contains(b, []byte("DROP TABLE")) {
					return says(http.StatusNotAcceptable, object{"error": "attack"})
				}
				return nil
			}),
		},
		fault{
			name: "forbids chunks of SQL with 403", kinds: accepts, notRun: true,
			build: requests(func(_ *http.Request, b []byte) *reply {
				if bytes.Contains(b, []byte("DROP TABLE")) {
					return says(http.StatusForbidden, object{"error": "attack"})
				}
				return nil
			}),
		},
	)
}

// queries refuses values of depth.
func queries(no func(depth string) bool) builder {
	return requests(func(r *http.Request, _ []byte) *reply {
		if no(r.URL.Query().Get("depth")) {
			return says(http.StatusBadRequest, object{"error": "depth"})
		}
		return nil
	})
}

// refusedValues: a value that the rules of a property allow is refused.
func refusedValues() []fault {
	text := func(no func(string) bool) func(any) bool {
		return func(v any) bool {
			s, ok := v.(string)
			return ok && no(s)
		}
	}
	has := func(part string) func(any) bool {
		return text(func(s string) bool { return strings.Contains(s, part) })
	}
	matches := func(expr string) func(any) bool { return text(regexp.MustCompile(expr).MatchString) }
	number := func(no func(float64, string) bool) func(any) bool {
		return func(v any) bool {
			n, ok := v.(json.Number)
			f, err := n.Float64()
			return ok && err == nil && no(f, n.String())
		}
	}
	beyondASCII := text(func(s string) bool {
		return strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf })
	})
	rows := []struct {
		name, field string
		no          func(any) bool
		rule        string
		level       spec.Level
	}{
		{"refuses a rating of 0", "rating", number(func(f float64, _ string) bool { return f == 0 }), "minimum", spec.Must},
		{"refuses a rating of 5", "rating", number(func(f float64, _ string) bool { return f == 5 }), "maximum", spec.Must},
		{"refuses ratings that binary floats break", "rating", number(func(f float64, _ string) bool {
			q := f / 0.1
			return q != float64(int(q))
		}), "multipleOf", spec.Must},
		{
			"takes whole ratings alone", "rating", number(func(f float64, _ string) bool { return f != float64(int(f)) }),
			"properties", spec.Must,
		},
		{"refuses a rating of 1.0, written so", "rating", number(func(_ float64,
			s string,
		) bool {
			return strings.HasSuffix(s, ".0")
		}), "number", spec.Should},
		{"refuses a rating with an exponent", "rating", number(func(_ float64,
			s string,
		) bool {
			return strings.Contains(s, "e")
		}), "number", spec.Should},
		{"refuses letters beyond ASCII in an IRI", "conversationURL", beyondASCII, "format", spec.Must},
		{
			"takes web addresses alone as an IRI", "conversationURL",
			text(func(s string) bool { return !strings.HasPrefix(strings.ToLower(s), "http") }), "format", spec.Must,
		},
		{"refuses an IPv6 host", "conversationURL", has("["), "format", spec.Must},
		{"refuses a port", "conversationURL", matches(`:\d{4}`), "format", spec.Must},
		{"refuses emoji in an IRI", "conversationURL", has("👍"), "format", spec.Must},
		{"refuses an international e-mail domain", "email", matches(`@.*[^\x00-\x7f]`), "format", spec.Must},
		{"refuses an international e-mail name", "email", matches(`[^\x00-\x7f].*@`), "format", spec.Must},
		{"refuses a plus sign in an e-mail address", "email", has("+"), "format", spec.Must},
		{"refuses a quoted e-mail name", "email", has(`"`), "format", spec.Should},
		{"takes times in UTC alone", "time", matches(`[+-]\d\d:\d\d$`), "format", spec.Must},
		{"refuses fractions of a second", "time", has("."), "format", spec.Must},
		{"takes milliseconds at most", "time", matches(`\.\d{4}`), "format", spec.Must},
		{"refuses a lower-case t", "time", has("t"), "format", spec.Must},
		{"refuses 29 February", "time", has("-02-29"), "format", spec.Must},
		{"refuses times before 1970", "time", matches(`^19[0-6]`), "format", spec.Must},
		{"refuses times after January 2038", "time", matches(`^20(3[89]|[4-9])`), "format", spec.Must},
		{"refuses a leap second", "time", has(":60"), "format", spec.Should},
		{
			"wants the country code in a phone number", "externalPhoneNumber",
			text(func(s string) bool { return !strings.HasPrefix(s, "+") && !strings.HasPrefix(s, "1") }), "properties",
			spec.Must,
		},
		{"refuses parentheses in a phone number", "externalPhoneNumber", has(")"), "pattern", spec.Must},
		{"refuses a phone number without separators", "internalPhoneNumber", matches(`^\+?\d+$`), "pattern", spec.Must},
		{"refuses empty text", "note", text(func(s string) bool { return s == "" }), "text", spec.Must},
		{"refuses text of spaces alone", "note", text(func(s string) bool {
			return s != "" &&
				strings.TrimSpace(s) == ""
		}), "text", spec.Must},
		{"refuses emoji", "note", text(func(s string) bool {
			return strings.ContainsFunc(s,
				func(c rune) bool { return c > 0xFFFF })
		}), "text", spec.Must},
		{"refuses text beyond Latin", "note", text(func(s string) bool {
			return strings.ContainsFunc(s,
				func(c rune) bool { return c > 0xFF })
		}), "text", spec.Must},
		{"refuses line breaks", "transcript", has("\n"), "text", spec.Must},
		{"refuses markup", "transcript", has("<b>"), "text", spec.Must},
		{"refuses control characters", "note", has("\x01"), "text", spec.Should},
		{
			"refuses text of more than 255 characters", "ratingNote", text(func(s string) bool { return len(s) > 255 }),
			"text", spec.Must,
		},
		{"refuses digits as text", "note", matches(`^\d+$`), "text", spec.Must},
		{
			"refuses an empty object", "audioRecording", func(v any) bool { o, ok := v.(object); return ok && len(o) == 0 },
			"required", spec.Must,
		},
		{"refuses members within an object", "audioRecording", func(v any) bool {
			o, _ := v.(object)
			return o["list"] != nil
		}, "properties", spec.Must},
		{
			"refuses members that the document does not name", "key", func(any) bool { return true }, "properties",
			spec.Should,
		},
	}
	var out []fault
	for _, r := range rows {
		out = append(out, fault{
			name: r.name, field: r.field, kinds: accepts, rule: r.rule, level: r.level,
			build: twisted(twist{refuses: func(f string, v any) bool {
				_, name, _ := strings.Cut(f, ".")
				return name == r.field && r.no(v)
			}}),
		})
	}
	return out
}

// alteredValues: a value is taken, and is another one in the answer.
func alteredValues() []fault {
	spaces := regexp.MustCompile(`\s+`)
	tags := regexp.MustCompile(`<[^>]*>`)
	rows := []struct {
		name  string
		field string // "" for every text
		alter func(string) any
	}{
		{"cuts text at 255 characters", "", func(s string) any { return cut(s, 255) }},
		{"cuts text at 65,535 bytes", "", func(s string) any { return cut(s, 65535) }},
		{"trims text", "", func(s string) any { return strings.TrimSpace(s) }},
		{"joins runs of spaces", "", func(s string) any { return spaces.ReplaceAllString(s, " ") }},
		{"normalises text to NFC", "", func(s string) any { return strings.ReplaceAll(s, "e\u0308", "ë") }},
		{"lower-cases text", "note", func(s string) any { return strings.ToLower(s) }},
		{"escapes markup in text", "", func(s string) any { return html.EscapeString(s) }},
		{"strips markup from text", "", func(s string) any { return tags.ReplaceAllString(s, "") }},
		{"replaces letters beyond Latin by question marks", "note", func(s string) any {
			return strings.Map(func(c rune) rune {
				if c > 0xFF {
					return '?'
				}
				return c
			}, s)
		}},
		{"drops characters beyond the basic plane", "note", func(s string) any {
			return strings.Map(func(c rune) rune {
				if c > 0xFFFF {
					return -1
				}
				return c
			}, s)
		}},
		{"turns line breaks into those of Unix", "", func(s string) any { return strings.ReplaceAll(s, "\r\n", "\n") }},
		{"doubles backslashes", "", func(s string) any { return strings.ReplaceAll(s, `\`, `\\`) }},
		{"undoes percent-encoding of text", "note", func(s string) any {
			if u, err := url.QueryUnescape(s); err == nil {
				return u
			}
			return s
		}},
		{"puts in values for templates", "note", func(s string) any { return strings.ReplaceAll(s, "{{7*7}}", "49") }},
		{"drops the fragment of an IRI", "conversationURL", func(s string) any {
			before, _, _ := strings.Cut(s,
				"#")
			return before
		}},
		{"percent-encodes an IRI", "conversationURL", func(s string) any {
			if u, err := url.Parse(s); err == nil {
				return u.String()
			}
			return s
		}},
		{"drops what follows a plus sign in an e-mail address", "email", func(s string) any {
			return regexp.MustCompile(`\+[^@]*`).ReplaceAllString(s, "")
		}},
		{"drops the offset of a time", "time", func(s string) any {
			if strings.Contains(s, ":60") {
				return s
			}
			return regexp.MustCompile(`[+-]\d\d:\d\d$`).ReplaceAllString(s, "Z")
		}},
		{
			"drops fractions of a second", "time",
			func(s string) any { return regexp.MustCompile(`\.\d+`).ReplaceAllString(s, "") },
		},
		{"keeps the date of a time alone", "time", func(s string) any { return s[:10] + "T00:00:00Z" }},
		{"shifts times by an hour", "time", func(s string) any {
			at, err := time.Parse(time.RFC3339, strings.ToUpper(s))
			if err != nil || at.Year() == 9999 {
				return s
			}
			return at.Add(time.Hour).Format(time.RFC3339Nano)
		}},
		{"keeps the digits of a phone number alone", "internalPhoneNumber", func(s string) any {
			return regexp.MustCompile(`\D`).ReplaceAllString(s, "")
		}},
	}
	var out []fault
	for _, r := range rows {
		out = append(out, fault{
			name: r.name, field: r.field, kinds: accepts, rule: "echo", level: spec.Must,
			build: altering(func(name string, v any) any {
				if s, ok := v.(string); ok && (name == r.field || r.field == "" && (name == "note" || name == "transcript")) {
					return r.alter(s)
				}
				return v
			}),
		})
	}
	rating := func(alter func(float64) string) builder {
		return altering(func(name string, v any) any {
			n, ok := v.(json.Number)
			if !ok || name != "rating" {
				return v
			}
			f, _ := n.Float64()
			return json.Number(alter(f))
		})
	}
	return append(out,
		fault{
			name: "keeps ratings as 32-bit floats", kinds: and(answers, accepts), rule: "multipleOf", level: spec.Must,
			build: rating(func(f float64) string { return strconv.FormatFloat(float64(float32(f)), 'g', -1, 64) }),
		},
		fault{
			name: "rounds ratings to whole numbers", kinds: accepts, rule: "echo", level: spec.Must,
			build: rating(func(f float64) string { return strconv.FormatFloat(float64(int(f+0.5)), 'g', -1, 64) }),
		},
		fault{
			name: "rounds ratings to halves", kinds: accepts, rule: "echo", level: spec.Must,
			build: rating(func(f float64) string { return strconv.FormatFloat(float64(int(f*2+0.5))/2, 'g', -1, 64) }),
		},
		fault{
			name: "drops lists within objects", kinds: accepts, rule: "echo", level: spec.Must,
			build: altering(func(_ string, v any) any {
				if o, ok := v.(object); ok {
					delete(o, "list")
				}
				return v
			}),
		},
		fault{
			name: "keeps objects as they were", kinds: accepts, rule: "echo", level: spec.Must,
			build: twisted(twist{change: func(_, _ string, rec, changes object) object {
				if _, sent := changes["audioRecording"]; sent {
					changes["audioRecording"] = rec["audioRecording"]
				}
				return changes
			}}),
		},
	)
}

// altering stores something else than what was sent.
func altering(alter func(name string, v any) any) builder {
	return twisted(twist{change: func(_, _ string, _, changes object) object {
		for name, v := range changes {
			changes[name] = alter(name, v)
		}
		return changes
	}})
}

func cut(s string, most int) string {
	for len(s) > most || !utf8.ValidString(s) {
		s = s[:min(len(s)-1, most)]
	}
	return s
}
