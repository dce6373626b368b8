package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// What a flaw means for whoever uses the document.
const (
	meansUnserved  = "what depends on it answers 501 until it is mended"
	meansLeftAside = "it is left aside"
	meansUnasked   = "operations that ask for this scheme are served without it"
)

// maxFlaws bounds the flaws of a document that are told.
const maxFlaws = 10_000

// flawFinder notes, while a document is loaded, what of it cannot be served as it says.
type flawFinder struct {
	doc  *Document
	out  []Finding
	lost map[string]*lostFile // by name
}

func (f *flawFinder) add(rule string, level Level, at place, expected, actual, means string) {
	if len(f.out) == maxFlaws {
		return
	}
	f.out = append(f.out, documentFinding(rule, level, at.location(), expected, actual, means))
}

// documentFinding is a finding about a document itself.
func documentFinding(rule string, level Level, at Location, expected, actual, hint string) Finding {
	return Finding{
		Rule: rule, Level: level, In: "document", Pointer: at.Pointer, Document: at, Expected: expected,
		Actual: ClipReason(actual), Hint: hint,
	}
}

// nameOperations gives findings about the document the operation they stand in.
func (d *Document) nameOperations(fs []Finding) {
	for i, f := range fs {
		for _, o := range d.Operations {
			if o.Location.File == f.Document.File && isBelow(f.Document.Pointer, o.Location.Pointer) {
				fs[i].Operation = o.ID
				break
			}
		}
	}
}

// isBelow reports whether a pointer leads to something within what another leads to.
func isBelow(pointer, other string) bool {
	return len(pointer) > len(other) && pointer[len(other)] == '/' && pointer[:len(other)] == other
}

// refer notes a reference that leads nowhere: what should stand there cannot be checked, so nothing that depends on it
// is let through.
func (f *flawFinder) refer(r reference) {
	rule, what := r.key, "a reference to "+article(r.part.String())
	if r.key != "$ref" && r.key != "$dynamicRef" {
		rule, what = "mapping", "the name of a schema, or a reference to one"
	}
	at := r.from.raw(r.key)
	given := at.n.str()
	if given == "" {
		given = `""`
	}
	switch {
	case r.several && r.why == "" && r.target.deref().exists():
		f.add(rule, Should, at, "the entries themselves", given, "OpenAPI has no reference to several at once; it is followed all the same")
	case r.why != "" && !f.toldOf(r, at):
		f.add(rule, Must, at, what, given, r.why+"; "+r.part.unread())
	case r.why != "":
	case !r.target.deref().exists() && r.circle():
		f.add(rule, Must, at, what, given, "the references lead in a circle; "+r.part.unread())
	}
}

// unread is what it means for a part of a document that it cannot be read.
func (p part) unread() string {
	switch p {
	case partExample, partLink, partCallback:
		return meansLeftAside
	case partSecurity:
		return meansUnasked
	}
	return meansUnserved
}

// circle reports whether a reference whose target is there comes back to itself.
func (r reference) circle() bool {
	at := r.target
	for range maxRefHops {
		ref, is := at.n.reference()
		if !is {
			return false
		}
		if at = at.doc.resolve(at.file, ref); !at.exists() {
			return false
		}
	}
	return true
}

func (f *flawFinder) visit(at place, p part) {
	if at.n.kind != objectKind && (p != partSchema || at.n.kind != boolKind) {
		f.add("type", Must, at, "an object: "+article(p.String()), at.n.kind.String(), p.unread())
		return
	}
	switch p {
	case partDocument:
		f.document(at)
	case partOperation:
		f.operation(at)
	case partParameter:
		f.parameter(at)
	case partSchema:
		f.schema(at)
	}
}

func (k nodeKind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

func (f *flawFinder) document(at place) {
	version := f.doc.Version
	if !slices.ContainsFunc([]string{"3.0", "3.1", "3.2"}, func(v string) bool {
		return version == v || strings.HasPrefix(version, v+".")
	}) {
		f.add("openapi", Should, at.raw("openapi"), "3.0, 3.1 or 3.2", version, "it is read as 3.2 is")
	}
	switch info := at.get("info"); {
	case !info.exists():
		f.add("info", Must, at, "the member info", "nothing", "the document has no title and no version")
	case info.raw("title").n.scalarText() == "" || info.raw("version").n.scalarText() == "":
		f.add("info", Must, info, "a title and a version", "not both", "reports show what there is")
	}
	paths := at.raw("paths")
	if !paths.exists() && f.doc.is30() {
		f.add("paths", Must, at, "the member paths", "nothing", "no request is served")
	}
	for _, template := range listOfKeys(paths.n) {
		if !strings.HasPrefix(template, "/") && !strings.HasPrefix(template, "x-") {
			f.add("path", Must, paths.raw(template), "a path that begins with /", template, meansLeftAside)
		}
		if i := strings.IndexAny(template, "#?"); i >= 0 {
			f.add("path", Must, paths.raw(template), "a path without fragment and query", template, meansOfKey(template))
		}
		f.brackets(paths.raw(template), template)
	}
}

// brackets notes parameters of a path's template that are not closed, or that are none.
func (f *flawFinder) brackets(at place, key string) {
	path, _ := splitKey(key)
	if why := bracketFault(path); why != "" {
		f.add("path", Must, at, "parameters in curly brackets, such as {id}", why, "what stands there is taken as it is written")
		return
	}
	for segment := range strings.SplitSeq(path, "/") {
		if why := bracketFault(segment); why != "" {
			f.add("path", Must, at, "parameters that end before the next slash", why, "what stands there is taken as it is written")
			return
		}
	}
}

// meansOfKey says how a path's key with a fragment or a query is served.
func meansOfKey(key string) string {
	template, query := splitKey(key)
	if query != "" {
		return fmt.Sprintf("requests to %s whose query has %s are its own", template, query)
	}
	return fmt.Sprintf("it is served as %s; operations of one method there are told apart by the parameters they require, "+
		"and where that cannot be done the first answers", template)
}

func listOfKeys(n *node) []string {
	if n == nil {
		return nil
	}
	return n.keys
}

func isNoExtension(key string) bool { return !strings.HasPrefix(key, "x-") }

// statusKey is what responses may be called.
var statusKey = regexp.MustCompile(`^([1-5]([0-9][0-9]|XX|xx)|default)$`)

func (f *flawFinder) operation(at place) {
	responses := at.get("responses")
	if responses.n == nil {
		if f.doc.is30() {
			f.add("responses", Must, at, "the member responses", "nothing", "every answer is undocumented")
		}
		return
	}
	if responses.n.kind == objectKind && !slices.ContainsFunc(responses.n.keys, isNoExtension) {
		f.add("responses", Must, responses, "one answer at least", "none", "every answer is undocumented")
	}
	for _, status := range listOfKeys(responses.n) {
		if !statusKey.MatchString(status) && !strings.HasPrefix(status, "x-") {
			f.add("status", Must, responses.raw(status), "a status such as 200, 4XX or default", status,
				"no answer can have this status")
		}
	}
}

func (f *flawFinder) parameter(at place) {
	in := at.n.get("in").scalarText()
	switch {
	case at.n.get("name").scalarText() == "":
		f.add("parameter", Must, at, "a parameter with a name", "none", "it cannot be sent")
	case !slices.Contains([]string{"path", "query", "header", "cookie", "querystring"}, in):
		f.add("parameter", Must, at, "in: path, query, header or cookie", strconv.Quote(in), "it cannot be sent")
	case in == "path" && !at.isTrue("required"):
		f.add("parameter", Must, at, "required: true, as for every parameter in a path", "not required",
			"it is required all the same")
	case !at.raw("schema").exists() && !at.raw("content").exists():
		f.add("parameter", Must, at, "a schema or content", "neither", "every value is taken")
	}
}

// repeated notes keys that are there twice, and statuses that are numbers.
func (f *flawFinder) repeated(file int, odd []oddKey) {
	for _, k := range odd {
		at := place{f.doc, file, strictjson.Pointer(k.path...), &node{line: k.line, file: k.file}}
		key := k.path[len(k.path)-1]
		switch {
		case k.tag == "" && k.same:
			f.add("key", Should, at, "each key once", "twice: "+key, "the values are equal, so it does no harm")
		case k.tag == "":
			f.add("key", Must, at, "each key once", "twice: "+key, "the last counts")
		case k.tag == "!!int" && len(k.path) > 1 && k.path[len(k.path)-2] == "responses":
			f.add("key", Should, at, "a status in quotes", "the number "+key, "it is read as if it were quoted")
		}
	}
}
