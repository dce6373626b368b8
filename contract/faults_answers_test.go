package contract_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// answerFaults: what comes back is not as documented.
func answerFaults() []fault {
	typed := func(value string) func(*reply) {
		return func(a *reply) { a.header.Set("Content-Type", value) }
	}
	out := []fault{
		{
			name: "answers 201 to an update", kinds: answers, rule: "status", level: spec.Should,
			build: successes(func(a *reply) { a.status = http.StatusCreated }),
		},
		{
			name: "answers 202 to an update", kinds: answers, rule: "status", level: spec.Should,
			build: successes(func(a *reply) { a.status = http.StatusAccepted }),
		},
		{
			name: "answers 204 without a body", kinds: and(answers, accepts), rule: "status", level: spec.Should,
			build: successes(func(a *reply) { a.status, a.body = http.StatusNoContent, nil }),
		},
		{
			name: "answers as text/html", kinds: answers, rule: "contentType", level: spec.Must,
			build: successes(typed("text/html; charset=utf-8")),
		},
		{
			name: "answers as text/plain", kinds: answers, rule: "contentType", level: spec.Must,
			build: successes(typed("text/plain")),
		},
		{
			name: "answers in ISO 8859-1 by its own word", kinds: answers, rule: "contentType", level: spec.Must,
			build: successes(typed("application/json; charset=iso-8859-1")),
		},
		{
			name: "answers without a content type", kinds: answers, rule: "contentType", level: spec.Must,
			build: successes(func(a *reply) { a.header["Content-Type"] = nil }),
		},
		{
			name: "answers with text in place of JSON", kinds: answers, rule: "json-malformed", level: spec.Must,
			build: successes(func(a *reply) { a.body = []byte("OK") }),
		},
		{
			name: "answers with JSON that ends too early", kinds: answers, rule: "json-malformed", level: spec.Must,
			build: successes(func(a *reply) { a.body = a.body[:len(a.body)/2] }),
		},
		{
			name: "answers with single quotes", kinds: answers, rule: "json-malformed", level: spec.Must,
			build: successes(func(a *reply) { a.body = bytes.ReplaceAll(a.body, []byte(`"`), []byte(`'`)) }),
		},
		{
			name: "answers with a byte order mark", kinds: answers, rule: "json-bom", level: spec.Must,
			build: successes(func(a *reply) { a.body = append([]byte("\xEF\xBB\xBF"), a.body...) }),
		},
		{
			name: "answers with bytes that are no UTF-8", kinds: answers, rule: "json-encoding", level: spec.Must,
			build: successes(func(a *reply) { a.body = bytes.Replace(a.body, []byte(`"id":"`), []byte("\"id\":\"\xE9"), 1) }),
		},
		{
			name: "answers with NaN", kinds: answers, rule: "json-malformed", level: spec.Must,
			build: successes(func(a *reply) {
				a.body = bytes.Replace(a.body, []byte(`"success":true`),
					[]byte(`"success":NaN`), 1)
			}),
		},
		{
			name: "answers with a warning before the JSON", kinds: answers, rule: "json-malformed", level: spec.Must,
			build: successes(func(a *reply) { a.body = append([]byte("<b>Warning</b>: date() in line 3\n"), a.body...) }),
		},
		{
			name: "answers with an empty body", kinds: answers, rule: "json-empty", level: spec.Must,
			build: successes(func(a *reply) { a.body = nil }),
		},
		{
			name: "answers with a member twice", kinds: answers, rule: "json-duplicate", level: spec.Should,
			build: successes(func(a *reply) { a.body = append([]byte(`{"success":true,`), a.body[1:]...) }),
		},
		{
			name: "answers with null in place of the record", kinds: answers, rule: "type", level: spec.Must,
			build: bodies(func(b object) any { b["data"] = nil; return b }),
		},
		{
			name: "answers with a list of one record", kinds: answers, rule: "type", level: spec.Must,
			build: bodies(func(b object) any { b["data"] = []any{b["data"]}; return b }),
		},
		{
			name: "answers with the record's id alone", kinds: answers, rule: "type", level: spec.Must,
			build: bodies(func(b object) any { b["data"] = b["data"].(object)["id"]; return b }),
		},
		{
			name: "answers with a list around it all", kinds: answers, rule: "type", level: spec.Must,
			build: bodies(func(b object) any { return []any{b} }),
		},
		{
			name: "answers without the envelope", kinds: and(answers, accepts), rule: "undeclared", level: spec.Should,
			build: bodies(func(b object) any { return b["data"] }),
		},
		{
			name: "answers without the record", kinds: accepts, rule: "record", level: spec.Must,
			build: bodies(func(b object) any { return object{"success": true} }),
		},
		{
			name: "says success in quotes", kinds: answers, rule: "type", level: spec.Must,
			build: bodies(func(b object) any { b["success"] = "true"; return b }),
		},
		{
			name: "says success with 1", kinds: answers, rule: "type", level: spec.Must,
			build: bodies(func(b object) any { b["success"] = 1; return b }),
		},
		{
			name: "shows a member of its database", kinds: answers, rule: "undeclared", level: spec.Should,
			build: records(func(rec object) { rec["__v"] = 0 }),
		},
		{
			name: "adds a member beside the record", kinds: answers, rule: "undeclared", level: spec.Should,
			build: bodies(func(b object) any { b["debug"] = object{"took": 3}; return b }),
		},
		{
			name: "breaks every tenth answer", kinds: and(answers, accepts), rule: "json-malformed", level: spec.Must,
			build: everyTenth(),
		},
		{
			name: "breaks answers to updates with members", kinds: and(answers, accepts), rule: "type", level: spec.Must,
			build: twisted(twist{answer: func(_, _ string, sent, rec object) object {
				if len(sent) > 0 {
					rec["note"] = nil
				}
				return rec
			}}),
		},
	}
	return append(out, propertyFaults()...)
}

// propertyFaults: one property of the record is not as its schema says.
func propertyFaults() []fault {
	rows := []struct {
		name, property string
		value          any
		rule           string
		level          spec.Level
	}{
		{"shows the id as a number", "id", 17, "type", spec.Must},
		{"shows a rating in quotes", "rating", "4.5", "type", spec.Must},
		{"shows a rating above the maximum", "rating", json.Number("5.1"), "maximum", spec.Must},
		{"shows a rating below the minimum", "rating", json.Number("-0.1"), "minimum", spec.Must},
		{"shows a rating off the step", "rating", json.Number("2.55"), "multipleOf", spec.Must},
		{
			"shows a rating from arithmetic in binary floats", "rating", json.Number("0.30000000000000004"), "multipleOf",
			spec.Must,
		},
		{"shows a phone number that does not match", "externalPhoneNumber", "n/a", "pattern", spec.Must},
		{"shows a phone number with an extension", "internalPhoneNumber", "212 555-0100 ext. 3", "pattern", spec.Must},
		{"shows a phone number as a number", "phoneNumber", json.Number("2125550100"), "type", spec.Must},
		{"shows a time without offset", "time", "2024-03-12T10:00:00", "format", spec.Must},
		{"shows a time with a space", "time", "2024-03-12 10:00:00Z", "format", spec.Must},
		{"shows a time in seconds since 1970", "time", 1710237600, "type", spec.Must},
		{"shows a time of 30 February", "time", "2023-02-30T10:00:00Z", "format", spec.Must},
		{"shows a URL without scheme", "conversationURL", "/conversations/1", "format", spec.Must},
		{"shows a URL with a space", "conversationURL", "https://example.com/a b", "format", spec.Must},
		{"shows an e-mail address without @", "email", "unknown", "format", spec.Must},
		{"shows null for a text", "note", nil, "type", spec.Must},
		{"shows a number for a text", "note", 12, "type", spec.Must},
		{"shows a list for a text", "transcript", []any{"a", "b"}, "type", spec.Must},
		{"shows an object for a text", "ratingNote", object{"text": "a"}, "type", spec.Must},
		{"shows a text for an object", "audioRecording", "http://example.com/audio", "type", spec.Must},
		{"shows an empty list for an empty object", "audioRecording", []any{}, "type", spec.Must},
		{"shows a related record as a number", "salesRep", 5, "anyOf", spec.Should},
		{
			"shows a related record with a list as text", "salesRep",
			object{"id": firstRep, "emails": "a@example.com"},
			"type", spec.Should,
		},
	}
	var out []fault
	for _, r := range rows {
		out = append(out, fault{
			name: r.name, kinds: answers, rule: r.rule, level: r.level,
			build: shows(r.property, r.value),
		})
	}
	return out
}

// everyTenth breaks an answer now and then.
func everyTenth() func(t testing.TB) subject {
	return func(t testing.TB) subject {
		var n atomic.Int32
		return successes(func(a *reply) {
			if n.Add(1)%10 == 0 {
				a.body = a.body[:len(a.body)-1]
			}
		})(t)
	}
}
