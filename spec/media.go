package spec

import (
	"mime"
	"net/http"
	"strings"
)

// usualType is the media type of nearly every body.
const usualType = "application/json"

// IsJSON reports whether a media type (parameters allowed) is JSON: application/json, text/json or a +json suffix.
func IsJSON(mediaType string) bool {
	t := bareType(mediaType)
	return t == usualType || t == "text/json" || strings.HasSuffix(t, "+json")
}

// IsForm reports whether a media type is that of forms with files.
func IsForm(mediaType string) bool { return bareType(mediaType) == "multipart/form-data" }

// contentTypeOf is the field of a header; "" where it has none. Unlike Get it need not be told how the name is spelt.
func contentTypeOf(h http.Header) string {
	if values := h["Content-Type"]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// bareType is a media type without its parameters, in lower case.
func bareType(mediaType string) string {
	if isBare(mediaType) {
		return mediaType
	}
	t, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

func isBare(mediaType string) bool {
	if mediaType == usualType {
		return true
	}
	for _, c := range []byte(mediaType) {
		if c <= ' ' || c == ';' || 'A' <= c && c <= 'Z' || c >= 0x80 {
			return false
		}
	}
	return true
}

func isForm(mediaType string) bool { return bareType(mediaType) == "application/x-www-form-urlencoded" }

// matchMedia finds the entry for a Content-Type: the exact type, else a range ("application/*", "*/*",
// "application/*+json").
func matchMedia(content []*MediaType, contentType string) *MediaType {
	want := bareType(contentType)
	var best *MediaType
	bestScore := 0
	for _, m := range content {
		if s := mediaScore(bareType(m.Type), want); s > bestScore {
			best, bestScore = m, s
		}
	}
	return best
}

func mediaScore(key, want string) int {
	before, after, star := strings.Cut(key, "*")
	switch {
	case key == want:
		return 1000
	case star && strings.HasPrefix(want, before) && strings.HasSuffix(want[len(before):], strings.TrimPrefix(after, "/*")):
		return 1 + len(key)
	}
	return 0
}

// charsetFault is the charset of a Content-Type that JSON cannot come in; "" when there is none to complain of.
func charsetFault(contentType string) string {
	if !strings.Contains(contentType, ";") {
		return ""
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	switch cs := strings.ToLower(params["charset"]); cs {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return ""
	default:
		return cs
	}
}

func mediaTypes(content []*MediaType) string {
	var names []string
	for _, m := range content {
		names = append(names, m.Type)
	}
	return strings.Join(names, " or ")
}
