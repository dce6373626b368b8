package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// object notes what an object of OpenAPI lacks, or has too much of.
func (l *linter) object(at place, p part) {
	switch p {
	case partDocument:
		l.document(at)
	case partPathItem:
		l.moreOperations(at)
		l.parametersOnce(at)
		l.serverVariables(at)
	case partOperation:
		l.parametersOnce(at)
		l.serverVariables(at)
	case partParameter:
		l.parameter(at)
	case partHeader:
		l.header(at)
	case partBody:
		l.body(at)
	case partResponse:
		l.contentTypes(at)
		l.headerNames(at)
		if !at.raw("description").exists() && !l.doc.isAtLeast(2) {
			l.add("description", Should, at, "the member description", "nothing", "OpenAPI before 3.2 requires it; nothing here needs it")
		}
	case partExample:
		l.example(at)
	case partCallback:
		l.callback(at)
	case partSecurity:
		l.securityScheme(at)
	case partComponents:
		l.componentNames(at)
	case partEncoding:
		l.encoding(at)
		l.headerNames(at)
	case partSchema:
		l.xml(at)
	case partMedia:
		l.encoded(at)
	case partLink:
	}
}

func (l *linter) callback(at place) {
	for key := range at.n.members() {
		if why := expressionsIn(key); why != "" && !strings.HasPrefix(key, "x-") {
			l.add("callback", Should, at.raw(key), "a URL with runtime expressions such as {$request.body#/url}", key, why+"; it cannot be sent")
		}
	}
}

// componentName is what components may be called.
var componentName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

func (l *linter) componentNames(at place) {
	for section, named := range at.n.members() {
		if strings.HasPrefix(section, "x-") {
			continue
		}
		for _, name := range listOfKeys(named) {
			if !componentName.MatchString(name) && !strings.HasPrefix(name, "x-") {
				l.add("name", Should, at.raw(section).raw(name), "a name of letters, digits, \".\", \"_\" and \"-\"", name, "it is found all the same")
			}
		}
	}
}

var nodeTypes = []string{"element", "attribute", "text", "cdata", "none"}

func (l *linter) document(at place) {
	l.serverVariables(at)
	if len(l.doc.Operations)+len(l.doc.Webhooks)+len(l.doc.brokenPaths) == 0 {
		l.add("paths", Should, at, "an operation under paths, or a webhook", "none",
			"there is nothing to serve or to check; a document of components is for others to refer to")
	}
	seen := map[string]bool{}
	for i, tag := range listOf(at.n.get("tags")) {
		name := tag.get("name").str()
		if seen[name] && name != "" {
			l.add("tag", Should, at.raw("tags").raw(strconv.Itoa(i)), "each tag once", "twice: "+name, "the first says what there is to say")
		}
		seen[name] = true
		if name == "" {
			l.add("tag", Should, at.raw("tags").raw(strconv.Itoa(i)), "a tag with a name", "none", meansLeftAside)
		}
	}
}

// parametersOnce notes parameters that a list has twice, and what only one of may be there.
func (l *linter) parametersOnce(at place) {
	type spot struct{ in, name string }
	seen := map[spot]bool{}
	list := at.raw("parameters")
	for i := range listOf(list.n) {
		raw := list.raw(strconv.Itoa(i))
		p := raw.deref()
		key := spot{p.n.get("in").str(), p.n.get("name").str()}
		if key.in == "header" {
			key.name = strings.ToLower(key.name)
		}
		if key.in == "querystring" {
			key.name = ""
		}
		if seen[key] && key.in != "" {
			l.add("parameter", Must, raw, "each parameter once", "twice: "+strings.TrimSpace(key.name+" in "+key.in), "the last counts")
		}
		seen[key] = true
	}
}

func (l *linter) parameter(at place) {
	name, in := at.n.get("name").str(), at.n.get("in").str()
	if in == "header" && ignoredHeader(name) {
		l.add("parameter", Should, at, "a header that OpenAPI does not describe in another way", name,
			"it is left aside, as OpenAPI says: media types and security schemes describe it")
	}
	if in == "querystring" && !at.raw("content").exists() {
		l.add("parameter", Must, at, "content, which says how the whole query is written", "none", "it cannot be sent")
	}
	if in == "header" && name != "" && !isToken(name) {
		l.add("parameter", Must, at.raw("name"), "the name of a header (RFC 9110, 5.1)", name, "no request can have it")
	}
	l.valued(at, "parameter")
	l.suited(at)
}

// xml notes what of an xml object is not followed (OpenAPI 3.2).
func (l *linter) xml(at place) {
	xml := at.raw("xml")
	given := xml.raw("nodeType")
	if !given.exists() {
		return
	}
	switch kind := given.n.str(); {
	case !slices.Contains(nodeTypes, kind):
		l.add("xml", Should, given, "one of "+strings.Join(nodeTypes, ", "), show(given.n), meansLeftAside+nearestOf(kind, nodeTypes))
	case kind == "none" && !slices.Contains(l.typesOf(at), "array"):
		l.add("xml", Should, given, "a node", "none, for what is no list", "it is written and read as an element")
	case xml.raw("attribute").exists() || xml.raw("wrapped").exists():
		l.add("xml", Should, given, "nodeType alone", "nodeType beside attribute or wrapped", "both are followed")
	}
}

// example notes an example that says its value in several ways, or only where it could be fetched.
func (l *linter) example(at place) {
	var says []string
	for _, key := range []string{"value", "dataValue", "serializedValue", "externalValue"} {
		if at.raw(key).exists() {
			says = append(says, key)
		}
	}
	pair := strings.Join(says, " and ")
	switch {
	case len(says) == 1 && says[0] == "externalValue":
		l.add("example", Should, at.raw("externalValue"), "a value", "externalValue alone", "nothing is fetched; other values are made up")
	case len(says) > 1 && pair != "dataValue and serializedValue" && pair != "dataValue and externalValue":
		l.add("example", Should, at.raw(says[1]), "one value", pair, says[0]+" counts")
	}
	if text := at.raw("serializedValue"); text.exists() && text.n.kind != stringKind {
		l.add("example", Should, text, "a text", show(text.n), meansLeftAside)
	}
}

// runtimeExpression is what ABNF of OpenAPI allows (4.12.8 of 3.1.1).
var runtimeExpression = regexp.MustCompile(
	`^\$(url|method|statusCode|(request|response)\.(header\.[!#$%&'*+.^_` + "`" + `|~0-9A-Za-z-]+|query\..+|path\..+|body(#(/.*)?)?))$`)

// expressionsIn says what is wrong with the runtime expressions in a text, "" where nothing is. A text that begins with $
// is one expression.
func expressionsIn(text string) string {
	if strings.HasPrefix(text, "$") {
		if !runtimeExpression.MatchString(text) {
			return strconv.Quote(Clip(text)) + " is no runtime expression"
		}
		return ""
	}
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return ""
		}
		expression, after, closed := strings.Cut(rest, "}")
		switch {
		case !closed:
			return "a curly bracket is not closed"
		case !runtimeExpression.MatchString(expression):
			return strconv.Quote(Clip(expression)) + " is no runtime expression"
		}
		text = after
	}
}

// links notes what links give to operations that have no such parameter.
func (l *linter) links(o *Operation) {
	for _, r := range o.Responses {
		for _, link := range r.Links {
			if link.Operation == nil {
				continue // loading has noted that
			}
			var names []string
			for _, p := range link.Operation.Parameters {
				names = append(names, p.Name)
			}
			for _, p := range link.Parameters {
				in, name, qualified := strings.Cut(p.Name, ".")
				if !slices.Contains(names, p.Name) && !(qualified && isPlaceOfParameters(in) && slices.Contains(names, name)) {
					l.at("link", Should, link.Location, "parameters of "+link.Operation.ID, p.Name, "it is left aside"+nearestOf(p.Name, names))
				}
				if text, ok := p.Value.(string); ok && strings.HasPrefix(text, "$") {
					if why := expressionsIn(text); why != "" {
						l.at("link", Should, link.Location, "a runtime expression such as $response.body#/id", text, why+"; it is sent as it stands")
					}
				}
			}
		}
	}
}

func isPlaceOfParameters(in string) bool {
	return slices.Contains([]string{"path", "query", "header", "cookie", "querystring"}, in)
}
