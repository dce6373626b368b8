package mockserver

import (
	"net/http"
	"testing"
)

// Profiles are not there unless asked for, and then only for those whom the control API answers.
func TestProfilesAreGuarded(t *testing.T) {
	t.Parallel()
	const path = "/__understudy/pprof/heap"
	off := play(t, embedded(t))
	off.knock(http.MethodGet, path, "").want(http.StatusNotFound)
	on := play(t, embedded(t), WithProfiles())
	if r := on.knock(http.MethodGet, path, "").want(http.StatusOK); len(r.body) == 0 {
		t.Error("an empty profile")
	}
	on.knock(http.MethodGet, "/__understudy/pprof/cmdline", "").want(http.StatusNotFound)
	on.knock(http.MethodGet, "/__understudy/pprof/nonsense", "").want(http.StatusNotFound)
	on.knock(http.MethodGet, path, "rebound.example.test").want(http.StatusMisdirectedRequest)
	on.knock(http.MethodGet, path, "", "Sec-Fetch-Site", "cross-site").want(http.StatusForbidden)
	on.knock(http.MethodGet, path, "", "Origin", "http://other.example.test").want(http.StatusForbidden)
	locked := play(t, embedded(t), WithProfiles(), WithControlToken("t0ken"))
	locked.knock(http.MethodGet, path, "").want(http.StatusUnauthorized)
	locked.knock(http.MethodGet, path, "", "Authorization", "Bearer t0ken").want(http.StatusOK)
	elsewhere := play(t, embedded(t), WithProfiles(), WithControlElsewhere())
	elsewhere.knock(http.MethodGet, path, "").want(http.StatusNotFound)
	serveControl(t, elsewhere.server).knock(http.MethodGet, path, "").want(http.StatusOK)
}
