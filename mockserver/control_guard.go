package mockserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// guard keeps web pages of others away from the control API: it runs on the machine of somebody who has a browser open.
type guard struct {
	names []string // lower case, beside localhost
	token []byte   // SHA-256; nil where none is demanded
}

func newGuard(set controlSettings) guard {
	var g guard
	for _, n := range set.hosts {
		g.names = append(g.names, plainHost(n))
	}
	if set.token == "" {
		return g
	}
	sum := sha256.Sum256([]byte(set.token))
	g.token = sum[:]
	if n, err := os.Hostname(); err == nil {
		g.names = append(g.names, plainHost(n))
	}
	return g
}

// plainHost is a host without port, brackets, trailing dot and capital letters.
func plainHost(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// check is the refusal of a request that may not be answered, else nil.
func (g guard) check(s *Server, r *http.Request) *answer {
	if !g.ours(r.Host) {
		// A name that somebody else's DNS points here (DNS rebinding).
		return refuseHeader(s, reasonMisdirected, "Host", "localhost, a loopback address or a name given by --control-host",
			r.Host)
	}
	if name, expected, actual, ok := sameOrigin(r); !ok {
		return refuseHeader(s, reasonForbidden, name, expected, actual)
	}
	if g.token != nil && !g.authorized(r) {
		got := "nothing"
		if r.Header.Get("Authorization") != "" {
			got = spec.Hidden
		}
		a := refuseHeader(s, reasonUnauthorized, "Authorization", "Bearer and the token", got)
		a.header.Set("WWW-Authenticate", `Bearer realm="understudy"`)
		return a
	}
	return nil
}

func refuseHeader(s *Server, reason spec.Reason, name, expected, actual string) *answer {
	return new(s.problem(nil, reason, []spec.Finding{{
		Rule: "guard", Level: spec.Must, In: "header", Pointer: "/" + name, Expected: expected,
		Actual: spec.Clip(toUTF8(actual)),
	}}))
}

// ours reports whether a Host is a name of this server; the port is of no matter.
func (g guard) ours(host string) bool {
	name := plainHost(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(g.names, name) {
		return name != ""
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && (ip.Unmap().IsLoopback() || g.token != nil)
}

// sameOrigin reports whether a browser, if it is one, asks for a page of ours: by Sec-Fetch-Site, else by Origin.
func sameOrigin(r *http.Request) (header, expected, actual string, ok bool) {
	const site = "Sec-Fetch-Site"
	values := r.Header.Values(site)
	for _, v := range values {
		if v != "same-origin" && v != "none" {
			return site, "same-origin, none or no such header", v, false
		}
	}
	if len(values) > 0 {
		return "", "", "", true
	}
	for _, v := range r.Header.Values("Origin") {
		u, err := url.Parse(v)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return "Origin", "http://" + r.Host + " or no such header", v, false
		}
	}
	return "", "", "", true
}

// authorized compares in constant time; of a token only its sum is compared, so not even its length shows.
func (g guard) authorized(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sum[:], g.token) == 1
}
