package spec

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// names are operations by the names they have.
type names struct {
	first map[string]Location
	seen  map[*node]bool // operations, which several path items and callbacks may refer to
}

// operationIDs notes names that several operations have: of paths, webhooks and callbacks.
func (l *linter) operationIDs() {
	n := names{map[string]Location{}, map[*node]bool{}}
	var met []place
	root := l.doc.root()
	for key, item := range pathItems(root.get("paths")) {
		if !strings.HasPrefix(key, "/") {
			continue
		}
		for method, at := range item.operations() {
			l.named(n, at, fmt.Sprintf("this one is called %q here", method+" "+key))
			n.seen[at.n] = true
			met = append(met, at)
		}
	}
	met = append(met, l.othersNamed(n, pathItems(root.get("webhooks")))...)
	for len(met) > 0 {
		callbacks := met[0].get("callbacks")
		met = met[1:]
		for _, callback := range callbacks.members() {
			met = append(met, l.othersNamed(n, pathItems(callback))...)
		}
	}
}

// othersNamed looks at the operations of webhooks or callbacks, each once, and tells which they are.
func (l *linter) othersNamed(n names, items iter.Seq2[string, pathItem]) []place {
	var met []place
	for _, item := range items {
		for _, at := range item.operations() {
			if n.seen[at.n] {
				continue
			}
			n.seen[at.n] = true
			met = append(met, at)
			l.named(n, at, "by this name only that one is found")
		}
	}
	return met
}

func (l *linter) named(n names, operation place, means string) {
	id := operation.raw("operationId")
	name := id.n.str()
	if name == "" {
		return
	}
	if before, taken := n.first[name]; taken {
		l.add("operationId", Must, id, "a name no other operation has", name, before.String()+" has it too; "+means)
		return
	}
	n.first[name] = id.location()
}

// pathItems are the path items under an object, by their keys; extensions are none.
func pathItems(under place) iter.Seq2[string, pathItem] {
	return func(yield func(string, pathItem) bool) {
		for _, key := range listOfKeys(under.n) {
			raw := under.raw(key)
			if !strings.HasPrefix(key, "x-") && !yield(key, pathItem{raw, raw.deref()}) {
				return
			}
		}
	}
}

// moreOperations notes methods under additionalOperations that have members of their own, or that are none.
func (l *linter) moreOperations(at place) {
	more := at.get("additionalOperations")
	for _, method := range listOfKeys(more.n) {
		own := strings.ToLower(method)
		switch {
		case strings.HasPrefix(method, "x-"):
		case !isToken(method):
			l.add("method", Must, more.raw(method), "a method of HTTP", method, "no request can have it")
		case !slices.Contains(methods, own):
		case method != strings.ToUpper(method):
			l.add("method", Should, more.raw(method), "a method that has no member of its own", method,
				"methods are told apart by case: requests with "+strings.ToUpper(method)+" are not meant; did you mean the member "+own+"?")
		case at.get(own).exists():
			l.add("method", Must, more.raw(method), "a method that has no member of its own", method, "it is served where "+own+
				" does not take the request")
		default:
			l.add("method", Must, more.raw(method), "a method that has no member of its own", method,
				"it is served all the same; write it under "+own)
		}
	}
}

// isToken reports whether a text is a token of HTTP: the name of a header, a method or an authentication scheme (RFC 9110,
// 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// bracketFault says what is wrong with the curly brackets of a template, "" where nothing is.
func bracketFault(template string) string {
	for rest := template; ; {
		text, after, opened := strings.Cut(rest, "{")
		if strings.Contains(text, "}") {
			return "a curly bracket that is closed and was not opened"
		}
		if !opened {
			return ""
		}
		name, behind, closed := strings.Cut(after, "}")
		switch {
		case !closed:
			return "a curly bracket that is not closed"
		case strings.Contains(name, "{"):
			return "a curly bracket within others"
		case name == "":
			return "curly brackets without a name"
		}
		rest = behind
	}
}
