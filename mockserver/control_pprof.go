package mockserver

import (
	"net/http"
	"net/http/pprof" // its handlers on http.DefaultServeMux are served by nobody here
	"strings"
)

// WithProfiles adds the profiles of net/http/pprof to the control API, under /__understudy/pprof/ and behind its guard.
func WithProfiles() Option { return func(s *settings) { s.control.profiles = true } }

const profilePrefix = controlPrefix + "/pprof"

// profile answers a request for a profile; false when it is none, or profiles are not served.
func (c *controlAPI) profile(w http.ResponseWriter, r *http.Request) bool {
	if !c.server.set.control.profiles || !under(r.URL.Path, profilePrefix) {
		return false
	}
	if refusal := c.guard.check(c.server, r); refusal != nil {
		c.server.writeAnswer(w, r, *refusal)
		return true
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	switch name := strings.Trim(strings.TrimPrefix(r.URL.Path, profilePrefix), "/"); name {
	case "profile":
		pprof.Profile(w, r)
	case "trace":
		pprof.Trace(w, r)
	case "symbol":
		pprof.Symbol(w, r)
	case "cmdline": // would show a token
		http.NotFound(w, r)
	case "":
		http.Redirect(w, r, profilePrefix+"/goroutine?debug=1", http.StatusFound)
	default:
		pprof.Handler(name).ServeHTTP(w, r)
	}
	return true
}
