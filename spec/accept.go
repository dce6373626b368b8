package spec

import (
	"mime"
	"strconv"
	"strings"
)

// NotAcceptable is the reason where no media type of the answer is among those that the request accepts.
const NotAcceptable Reason = "not-acceptable"

// acceptRange is one media range of an Accept header (RFC 9110, 12.5.1).
type acceptRange struct {
	kind, subtype string // "*" for any
	params        map[string]string
	q             float64
}

// parseAccept reads Accept headers. What is no media range is left out; without any, everything is accepted.
func parseAccept(headers []string) []acceptRange {
	if len(headers) == 0 || len(headers) == 1 && (headers[0] == "*/*" || headers[0] == "") {
		return nil // the most frequent: anything
	}
	var out []acceptRange
	for _, h := range headers {
		for _, part := range SplitQuoted(h, ',') {
			t, params, err := mime.ParseMediaType(part)
			kind, subtype, ok := strings.Cut(t, "/")
			if err != nil && t == "" || !ok {
				if strings.TrimSpace(t) != "*" { // what some old clients send for */*
					continue
				}
				kind, subtype = "*", "*"
			}
			r := acceptRange{kind, subtype, params, 1}
			if q, err := strconv.ParseFloat(params["q"], 64); err == nil && q >= 0 && q <= 1 {
				r.q = q
			}
			delete(params, "q")
			if cs := strings.ToLower(params["charset"]); cs == "utf-8" || cs == "utf8" {
				delete(params, "charset") // every text here is
			}
			out = append(out, r)
		}
	}
	return out
}

// SplitQuoted splits the value of a header field at a separator that stands outside quoted strings (RFC 9110, 5.6.4).
func SplitQuoted(s string, sep byte) []string {
	if strings.IndexByte(s, '"') < 0 {
		return strings.Split(s, string(sep))
	}
	var out []string
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

// covers tells how precisely a range speaks of a media type, 0 when it does not.
func (r acceptRange) covers(mediaType string) int {
	t, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		t = bareType(mediaType)
	}
	kind, subtype, _ := strings.Cut(t, "/")
	switch {
	case r.kind == "*" && r.subtype == "*":
		return 1
	case r.kind != kind:
		return 0
	case r.subtype == "*":
		return 2
	case r.subtype != subtype:
		return 0
	}
	for name, want := range r.params {
		if !strings.EqualFold(params[name], want) {
			return 0
		}
	}
	return 3 + len(r.params)
}

// Negotiate chooses the media type of an answer by the request's Accept headers, among those of content that offered
// takes: the one of the highest weight; among equals JSON, then document order. An entry that is a range stands for a
// type of it. Nil: content offers nothing; false: it offers something, but nothing that is accepted.
func Negotiate(content []*MediaType, accept []string, offered func(*MediaType) bool) (*MediaType, bool) {
	ranges := parseAccept(accept)
	if len(ranges) == 0 && len(content) == 1 && !strings.Contains(content[0].Type, "*") { // the most frequent case
		if !offered(content[0]) {
			return nil, true
		}
		return content[0], true
	}
	var best *MediaType
	bestQ, offers := 0.0, false
	for _, m := range content {
		if !offered(m) {
			continue
		}
		offers = true
		for _, t := range m.candidates(ranges) {
			q := weight(ranges, t)
			if q > bestQ || best != nil && q == bestQ && q > 0 && IsJSON(t) && !IsJSON(best.Type) {
				best, bestQ = m.as(t), q
			}
		}
	}
	return best, best != nil || !offers
}

// candidates are the types that an entry can be sent as: its own, or for a range its most usual one and those the
// request names.
func (m *MediaType) candidates(ranges []acceptRange) []string {
	if !strings.Contains(m.Type, "*") {
		return []string{m.Type}
	}
	out := []string{m.concrete()}
	for _, r := range ranges {
		t := r.kind + "/" + r.subtype
		if r.subtype != "*" && mediaScore(bareType(m.Type), t) > 0 && m.readable(t) {
			out = append(out, t)
		}
	}
	return out
}

// as is the entry for one type of its range.
func (m *MediaType) as(t string) *MediaType {
	if t == m.Type {
		return m
	}
	one := *m
	one.Type = t
	return &one
}

// weight is what the most precise of the ranges says of a type; 1 where there are none.
func weight(ranges []acceptRange, mediaType string) float64 {
	if len(ranges) == 0 {
		return 1
	}
	q, precise := 0.0, 0
	for _, r := range ranges {
		if c := r.covers(mediaType); c > precise {
			q, precise = r.q, c
		}
	}
	return q
}
