package spec

import (
	"slices"
	"strconv"
)

// serverVariables notes variables of the URLs of an object's servers that have no value.
func (l *linter) serverVariables(at place) {
	for s := range at.get("servers").items() {
		url := s.raw("url")
		if url.n.str() == "" {
			l.add("server", Must, s, "the member url", "nothing", "the server is left aside")
		}
		if why := bracketFault(url.n.str()); why != "" {
			l.add("server", Must, url, "a URL with variables such as {region}", why, "the server is left aside")
		}
		for _, name := range templateNames(url.n.str()) {
			v := s.get("variables").get(name)
			given := v.raw("default").n.scalarText()
			allowed := v.get("enum")
			l.allowedOnce(allowed)
			switch {
			case !v.exists() || !v.raw("default").exists():
				l.add("server", Must, url, "a default for the variable "+name, "none", "the server is left aside")
			case len(listOf(allowed.n)) > 0 && !slices.Contains(stringList(allowed.n), given):
				l.add("server", Must, v.raw("default"), "one of the values under enum", given, "the default is used all the same")
			}
		}
	}
}

// allowedOnce notes values that a variable may have twice, or that there are none.
func (l *linter) allowedOnce(list place) {
	seen := map[string]bool{}
	for i, v := range listOf(list.n) {
		text := v.scalarText()
		if seen[text] {
			l.add("server", Should, list.raw(strconv.Itoa(i)), "each value once", "twice: "+text, "it does no harm")
		}
		seen[text] = true
	}
	if list.n.isList() && len(list.n.kids) == 0 {
		l.add("server", Should, list, "a list of values", "an empty one", "it is left aside, and any value taken")
	}
}
