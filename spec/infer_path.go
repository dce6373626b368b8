package spec

import (
	"regexp"
	"strings"
)

// Shape is the operation's path as inference and its users compare it: without a slash at the end, and with a segment of its
// own for a key in parentheses, as OData writes them: "/things('{id}')" has the shape "/things/{id}".
func (o *Operation) Shape() string { return o.shape }

var keyInParentheses = regexp.MustCompile(`([^/(){}]+)\('?(\{[^{}]+\})'?\)`)

func pathShape(template string) string {
	if trimmed := strings.TrimRight(template, "/"); trimmed != "" {
		template = trimmed
	}
	if !strings.Contains(template, "(") {
		return template
	}
	return keyInParentheses.ReplaceAllString(template, "$1/$2")
}

// itemPath splits "/a/things/{id}" into the collection's path, its name and the parameter.
func itemPath(template string) (collection, name, param string, ok bool) {
	at := strings.LastIndexByte(template, '/')
	if at <= 0 {
		return "", "", "", false
	}
	if param, ok = paramSegment(template[at+1:]); !ok {
		return "", "", "", false
	}
	collection = template[:at]
	return collection, pathName(collection), param, pathName(collection) != ""
}

// pathName is the last fixed segment of a path; "" where a segment that is not a parameter alone stands after it, as in
// "/things/{id}:cancel".
func pathName(template string) string {
	segs := strings.Split(template, "/")
	for i := len(segs) - 1; i >= 0; i-- {
		if segs[i] == "" {
			continue
		}
		if _, param := paramSegment(segs[i]); !param && strings.Contains(segs[i], "{") {
			return ""
		} else if !param {
			return segs[i]
		}
	}
	return ""
}

func paramSegment(s string) (string, bool) {
	if len(s) > 2 && s[0] == '{' && s[len(s)-1] == '}' && !strings.ContainsAny(s[1:len(s)-1], "{}") {
		return s[1 : len(s)-1], true
	}
	return "", false
}
