package spec

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// The reasons of security, looked for once the operation is known and before anything else of the request.
const (
	Unauthenticated Reason = "unauthenticated"
	MissingScopes   Reason = "missing-scopes"
)

// SecurityScheme is a way to authenticate. Only presence and form of credentials are ever looked at.
type SecurityScheme struct {
	Name string // in the document
	Type string // apiKey, http, oauth2, openIdConnect, mutualTLS
	// In (header, query, cookie) and Parameter say where an apiKey stands.
	In, Parameter string
	// Scheme is the authentication scheme of http in lower case: basic, bearer, digest.
	Scheme   string
	Location Location

	enforced bool // its credentials can be told apart from none
}

// SecurityRequirement is one scheme with the scopes that are asked for.
type SecurityRequirement struct {
	Scheme *SecurityScheme
	Scopes []string
}

func (d *Document) buildSchemes() {
	for name, at := range d.root().get("components").get("securitySchemes").members() {
		s := &SecurityScheme{
			Name: name, Type: at.str("type"), In: at.str("in"), Parameter: at.str("name"), Scheme: strings.ToLower(at.str("scheme")),
			Location: at.location(),
		}
		wanted, given := s.incomplete()
		s.enforced = wanted == "" && s.Type != "mutualTLS"          // a matter of the connection, which nothing in a message shows
		if wanted != "" && at.exists() && at.n.kind == objectKind { // else the walk has noted it
			d.securityFlaw(at, wanted, given, meansUnasked)
		}
		if s.Type == "apiKey" {
			d.secretNames = append(d.secretNames, strings.ToLower(s.Parameter))
		}
		d.SecuritySchemes = append(d.SecuritySchemes, s)
	}
	d.security = d.buildSecurity(d.root().get("security"))
}

// buildSecurity reads a security list: alternatives of schemes that hold together. A scheme that is not there is a flaw,
// and not asked for.
func (d *Document) buildSecurity(list place) [][]SecurityRequirement {
	var out [][]SecurityRequirement
	for at := range list.items() {
		all := []SecurityRequirement{}
		for name, scopes := range at.members() {
			i := slices.IndexFunc(d.SecuritySchemes, func(s *SecurityScheme) bool { return s.Name == name })
			if i < 0 {
				means := "the scheme is not asked for" + nearestOf(name, d.schemeNames())
				d.securityFlaw(at, "the name of one of components/securitySchemes", Clip(name), means)
				continue
			}
			all = append(all, SecurityRequirement{d.SecuritySchemes[i], stringList(scopes.n)})
		}
		out = append(out, all)
	}
	return out
}

func (d *Document) schemeNames() []string {
	var out []string
	for _, s := range d.SecuritySchemes {
		out = append(out, s.Name)
	}
	return out
}

func (d *Document) securityFlaw(at place, expected, actual, hint string) {
	d.Flaws = append(d.Flaws, Finding{
		Rule: "security", Level: Must, In: "document", Pointer: at.ptr, Document: at.location(), Expected: expected, Actual: actual, Hint: hint,
	})
}

// securityOf is what an operation asks for: its own list, even an empty one, else the document's.
func (d *Document) securityOf(op place) [][]SecurityRequirement {
	if own := op.get("security"); own.exists() {
		return d.buildSecurity(own)
	}
	return d.security
}

// credentialState is how far credentials go towards what a scheme asks for.
type credentialState int

const (
	missing credentialState = iota
	malformed
	scopesMissing
	present
)

// Authenticate looks for the credentials that one of the operation's alternatives asks for: that they are there and
// have the form of their scheme, never whether they are true. Scopes are only held against tokens of Understudy's own
// form, understudy:SCOPE,SCOPE.
func (o *Operation) Authenticate(h http.Header, rawQuery string) *Refusal {
	if len(o.Security) == 0 {
		return nil
	}
	var fs []Finding
	reason := Unauthenticated
	for _, all := range o.Security {
		worst := present
		var lacking []Finding
		for _, r := range all {
			state := r.state(h, rawQuery)
			worst = min(worst, state)
			if state != present {
				lacking = append(lacking, o.securityFinding(r, state))
			}
		}
		switch worst {
		case present:
			return nil
		case scopesMissing:
			if reason != MissingScopes {
				reason, fs = MissingScopes, nil
			}
			fs = append(fs, lacking...)
		default:
			if reason == Unauthenticated {
				fs = append(fs, lacking...)
			}
		}
	}
	SortFindings(fs)
	fs = slices.CompactFunc(fs, func(a, b Finding) bool { return a == b })
	return refuse(reason, fs[:min(len(fs), MaxFindings)]...)
}

func (r SecurityRequirement) state(h http.Header, rawQuery string) credentialState {
	s := r.Scheme
	if !s.enforced {
		return present
	}
	if s.Type == "apiKey" {
		if s.key(h, rawQuery) {
			return present
		}
		return missing
	}
	state := missing
	for _, v := range h.Values("Authorization") {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(v), " ")
		if !strings.EqualFold(scheme, s.scheme()) {
			continue
		}
		state = max(state, s.form(strings.TrimSpace(rest), r.Scopes))
	}
	return state
}

// scheme is the authentication scheme that the Authorization header has.
func (s *SecurityScheme) scheme() string {
	if s.Type == "http" {
		return s.Scheme
	}
	return "bearer"
}

func (s *SecurityScheme) key(h http.Header, rawQuery string) bool {
	switch s.In {
	case "header":
		return strings.TrimSpace(h.Get(s.Parameter)) != ""
	case "cookie":
		for _, c := range (&http.Request{Header: h}).CookiesNamed(s.Parameter) {
			if c.Value != "" {
				return true
			}
		}
		return false
	}
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil && plain == s.Parameter && value != "" {
			return true
		}
	}
	return false
}

// form looks at what follows the scheme's name.
func (s *SecurityScheme) form(text string, scopes []string) credentialState {
	switch s.scheme() {
	case "basic":
		plain, err := base64.StdEncoding.DecodeString(text)
		if err != nil || !utf8.Valid(plain) || !strings.Contains(string(plain), ":") {
			return malformed
		}
	case "bearer":
		if granted, ours := strings.CutPrefix(text, OwnToken); ours {
			have := strings.Split(granted, ",")
			for _, want := range scopes {
				if !slices.Contains(have, want) {
					return scopesMissing
				}
			}
			return present
		}
		if !token68(text) {
			return malformed
		}
	default:
		if text == "" {
			return malformed
		}
	}
	return present
}

// OwnToken begins a bearer token that says which scopes it grants: understudy:read,write. Any other token grants all.
const OwnToken = "understudy:"

// token68 is the form of bearer tokens (RFC 9110, 11.2).
func token68(s string) bool {
	body := strings.TrimRight(s, "=")
	return body != "" && !strings.ContainsFunc(body, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~+/", r))
	})
}

func (o *Operation) securityFinding(r SecurityRequirement, state credentialState) Finding {
	s := r.Scheme
	in, name := "header", "Authorization"
	if s.Type == "apiKey" {
		in, name = s.In, s.Parameter
	}
	f := o.finding("security", in, strictjson.Pointer(name), s.wanted(), "nothing", "send "+s.demo().hint())
	f.Document = s.Location
	switch state {
	case malformed:
		f.Actual = Hidden
		f.Hint = "the credentials are there, but not in this form"
	case scopesMissing:
		f.Expected, f.Actual = "a token with the scopes "+strings.Join(r.Scopes, ", "), Hidden
		f.Hint = "send " + OwnToken + strings.Join(r.Scopes, ",") + ", or any token that does not begin with " + OwnToken
	}
	return f
}

func (s *SecurityScheme) wanted() string {
	switch {
	case s.Type == "apiKey":
		return "the API key of the scheme " + s.Name
	case s.scheme() == "basic":
		return "Basic and user:password in base64, for the scheme " + s.Name
	case s.scheme() == "bearer":
		return "Bearer and a token, for the scheme " + s.Name
	}
	return titleWord(s.scheme()) + " credentials, for the scheme " + s.Name
}

func titleWord(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Credential is one thing a request carries to authenticate.
type Credential struct {
	In, Name, Value string // In: header, query or cookie
}

func (c Credential) hint() string {
	switch c.In {
	case "header":
		return "the header " + c.Name + ": " + c.Value
	case "query":
		return c.Name + "=" + c.Value + " in the query"
	}
	return "the cookie " + c.Name + "=" + c.Value
}

// demo are credentials of the scheme that pass offline.
func (s *SecurityScheme) demo() Credential {
	switch {
	case s.Type == "apiKey":
		return Credential{s.In, s.Parameter, "demo"}
	case s.scheme() == "basic":
		return Credential{"header", "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("demo:demo"))}
	}
	return Credential{"header", "Authorization", titleWord(s.scheme()) + " demo"}
}

// DemoCredentials are made-up credentials that the mock takes for the operation; none where it asks for none, or where
// no alternative can be met by one request.
func (o *Operation) DemoCredentials() []Credential {
next:
	for _, all := range o.Security {
		var out []Credential
		for _, r := range all {
			if !r.Scheme.enforced {
				continue
			}
			c := r.Scheme.demo()
			if slices.ContainsFunc(out, func(o Credential) bool { return o.In == c.In && o.Name == c.Name && o.Value != c.Value }) {
				continue next
			}
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		return out
	}
	return nil
}

// WrongCredentials are those of DemoCredentials that nobody gave out. Malformed ones have not even the form that one of
// the operation's alternatives asks for, so that a server that takes whatever has the form refuses them: an API key is
// empty, since any other text has its form, and so is an Authorization that an API key may stand in.
func (o *Operation) WrongCredentials(malformed bool) []Credential {
	out := o.DemoCredentials()
	for i, c := range out {
		key := o.takesKey(c)
		switch {
		case malformed && key:
			out[i].Value = ""
		case malformed:
			out[i].Value = "Understudy-Wrong understudy-wrong"
		case key:
			out[i].Value = "understudy-wrong"
		default:
			out[i].Value += "-wrong"
		}
	}
	return out
}

// takesKey reports whether one of the operation's alternatives looks for an API key where a credential stands.
func (o *Operation) takesKey(c Credential) bool {
	for _, all := range o.Security {
		for _, r := range all {
			s := r.Scheme
			if s.Type == "apiKey" && s.In == c.In && (s.Parameter == c.Name || s.In == "header" && strings.EqualFold(s.Parameter, c.Name)) {
				return true
			}
		}
	}
	return false
}

// Challenges are the values of WWW-Authenticate for the schemes of an operation, in document order.
func (o *Operation) Challenges(r *Refusal) []string {
	realm := ` realm="` + quotable(o.doc.Title) + `"`
	var out []string
	for _, all := range o.Security {
		for _, req := range all {
			s := req.Scheme
			if !s.enforced {
				continue
			}
			challenge := titleWord(s.scheme()) + realm
			switch {
			case s.Type == "apiKey":
				challenge = "ApiKey" + realm + `, in="` + s.In + `", name="` + quotable(s.Parameter) + `"`
			case s.scheme() == "basic":
				challenge += `, charset="UTF-8"`
			case s.scheme() == "bearer" && r.Reason == MissingScopes:
				challenge += `, error="insufficient_scope", scope="` + quotable(strings.Join(req.Scopes, " ")) + `"`
			}
			if !slices.Contains(out, challenge) {
				out = append(out, challenge)
			}
		}
	}
	return out
}

// quotable is a text that can stand between quotes in a header.
func quotable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, s)
}
