package spec

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// flowURLs are what the flows of OAuth 2 need.
var flowURLs = map[string][]string{
	"implicit":            {"authorizationUrl"},
	"password":            {"tokenUrl"},
	"clientCredentials":   {"tokenUrl"},
	"authorizationCode":   {"authorizationUrl", "tokenUrl"},
	"deviceAuthorization": {"deviceAuthorizationUrl", "tokenUrl"},
}

// registered are the authentication schemes of HTTP that IANA's registry has, in lower case.
var registered = []string{
	"basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "oauth", "privatetoken",
	"scram-sha-1", "scram-sha-256", "vapid",
}

const meansNotFound = "clients cannot find where credentials come from; nothing here needs it"

func (l *linter) securityScheme(at place) {
	switch at.n.get("type").str() {
	case "apiKey":
		if name := at.n.get("name").str(); at.n.get("in").str() == "header" && name != "" && !isToken(name) {
			l.add("security", Must, at.raw("name"), "the name of a header (RFC 9110, 5.1)", name, "no request can have it")
		}
	case "http":
		scheme := at.n.get("scheme").str()
		if scheme != "" && !slices.Contains(registered, strings.ToLower(scheme)) {
			l.add("security", Should, at.raw("scheme"), "an authentication scheme of IANA's registry, such as basic or bearer", scheme,
				"it is asked for as it stands"+nearestOf(scheme, registered))
		}
	case "openIdConnect":
		l.credentialURL(at, "openIdConnectUrl")
	case "oauth2":
		l.flows(at)
	}
}

func (l *linter) flows(at place) {
	flows := at.raw("flows")
	switch {
	case !flows.exists():
		l.add("security", Should, at, "the member flows", "nothing", meansNotFound)
	case flows.n.kind != objectKind:
		l.add("security", Should, flows, "an object of flows", show(flows.n), meansNotFound)
	case !slices.ContainsFunc(flows.n.keys, isNoExtension):
		l.add("security", Should, flows, "a flow of OAuth 2", "none", meansNotFound)
	}
	for name, flow := range flows.members() {
		urls, known := flowURLs[name]
		if !known && !strings.HasPrefix(name, "x-") {
			nearest := nearestOf(name, slices.Sorted(maps.Keys(flowURLs)))
			l.add("security", Should, flows.raw(name), "a flow of OAuth 2", name, meansLeftAside+nearest)
			continue
		}
		for _, u := range urls {
			l.credentialURL(flow, u)
		}
		switch scopes := flow.raw("scopes"); {
		case !known:
		case !scopes.exists():
			l.add("security", Should, flow, "the member scopes, be it empty", "nothing", "nothing needs it; no scope has a description")
		case scopes.n.kind != objectKind:
			l.add("security", Should, scopes, "an object of scopes and what each is for", show(scopes.n), "nothing needs it")
		}
		if flow.raw("refreshUrl").exists() {
			l.credentialURL(flow, "refreshUrl")
		}
	}
}

// credentialURL notes a URL that clients need and that is not there, or is none.
func (l *linter) credentialURL(at place, key string) {
	switch given := at.raw(key); {
	case !given.exists():
		l.add("security", Should, at, "the member "+key, "nothing", meansNotFound)
	case given.n.kind != stringKind || !isURL(given.n.text):
		l.add("security", Should, given, "a URL", show(given.n), meansNotFound)
	}
}

// isURL reports whether a text is a URL, or one that is relative to the server's (RFC 3986, 4.1). Characters of all languages
// are taken.
func isURL(text string) bool {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>\\^`{|}", r) }) {
		return false
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return r == '/' || unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return false // "-" and the like lead nowhere, though a relative reference could look so
	}
	u, err := url.Parse(text)
	return err == nil && !(u.Host == "" && (u.Scheme == "http" || u.Scheme == "https"))
}
