package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// since are members that not every version of OpenAPI 3 has, by the minor version that brought them. Keywords of schemas are
// none of these: later ones are in wide use in OpenAPI 3.0, and harm nobody.
var since = map[part]map[string]int{
	partDocument:   {"webhooks": 1, "$self": 2},
	partComponents: {"pathItems": 1, "mediaTypes": 2},
	partPathItem:   {"query": 2, "additionalOperations": 2},
	partMedia:      {"itemSchema": 2, "prefixEncoding": 2, "itemEncoding": 2},
	partExample:    {"dataValue": 2, "serializedValue": 2},
}

// valuesSince are values of members that not every version has, likewise.
var valuesSince = map[part]map[string]map[string]int{
	partSecurity:  {"type": {"mutualTLS": 1}},
	partParameter: {"in": {"querystring": 2}, "style": {styleCookie: 2}},
}

// versions notes what of an object OpenAPI has in later versions than the document's only.
func (l *linter) versions(at place, p part) {
	if l.doc.isAtLeast(latestMinor) {
		return
	}
	for _, key := range at.n.keys {
		if minor := since[p][key]; !l.doc.isAtLeast(minor) {
			l.tooNew(at.raw(key), key, minor)
		}
		value := at.n.get(key).str()
		if minor := valuesSince[p][key][value]; !l.doc.isAtLeast(minor) {
			l.tooNew(at.raw(key), key+": "+value, minor)
		}
	}
}

func (l *linter) tooNew(at place, what string, minor int) {
	l.add("version", Should, at, "what OpenAPI "+Clip(l.doc.Version)+" has", fmt.Sprintf("%s, of OpenAPI 3.%d", what, minor),
		"it counts here; tools that keep to the version leave it aside")
}

// latestMinor is the minor version of the newest OpenAPI 3 that is known here.
const latestMinor = 2

// isAtLeast reports whether a document has this minor version of OpenAPI 3 or a later one, or one that is not known.
func (d *Document) isAtLeast(minor int) bool {
	text, _, _ := strings.Cut(strings.TrimPrefix(d.Version, "3."), ".")
	n, err := strconv.Atoi(text)
	return err != nil || n >= minor
}
