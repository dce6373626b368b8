package contract

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// Target is what the suite talks to. A mock and a deployment are the same to it.
type Target struct {
	// URL stands for the whole server URL, base path included: http://127.0.0.1:4010/api.
	URL string
	// Header is sent with every request. Its values are secrets: no output shows them.
	Header http.Header
	// HeaderSource names where a header's value came from (an environment variable), for curl lines.
	HeaderSource map[string]string
	// Refresh makes the headers anew after a 401; nil when there is no way to.
	Refresh func() (http.Header, error)
	// Credentials are what requests to an operation carry beside Header where it asks for them; nil for nothing.
	Credentials func(*spec.Operation) []spec.Credential
	// IDs are records that may be used, by resource name.
	IDs map[string][]string
	// Transport carries the requests; http.DefaultTransport where it is nil.
	Transport http.RoundTripper
	// Notes are facts about the way to the target that every report repeats, such as certificates not being verified.
	Notes []string
}

// Settings are how the checks are run. The zero value is usable.
type Settings struct {
	Seed    uint64
	Only    []string // patterns over names and labels; all checks where there are none
	Skip    []string
	Strict  bool       // findings of level should fail a check too
	Formats spec.Level // of accepted format garbage; Should where it is empty
	// Destructive also runs checks that may harm a record on a target off loopback.
	Destructive bool
	// AllowProduction lets the target be one of the document's own servers.
	AllowProduction bool
	// NoRestore changes records without putting them back: for targets that are thrown away, such as our own mock.
	NoRestore bool
	// Overwrite also puts back what somebody else seems to have changed meanwhile.
	Overwrite bool
	// ShowValues shows values that were read from a target off loopback.
	ShowValues bool

	Timeout     time.Duration // of one request; 10 s
	MaxTime     time.Duration // an answer should not take longer; 2 s
	Retries     int           // after 429 and 503; 3, negative for none
	Rate        float64       // requests a second; 0 as fast as can be
	MaxRequests int           // in all; 0 no limit
	MaxTotal    time.Duration // in all; 0 no limit

	Known *KnownFailures // nil where there are none
	Clock func() time.Time
}

func (s Settings) withDefaults() Settings {
	if s.Timeout <= 0 {
		s.Timeout = 10 * time.Second
	}
	if s.MaxTime <= 0 {
		s.MaxTime = 2 * time.Second
	}
	if s.Retries == 0 {
		s.Retries = 3
	}
	if s.Formats == "" {
		s.Formats = spec.Should
	}
	if s.Clock == nil {
		s.Clock = time.Now
	}
	return s
}

// UsageError is a setting that cannot be used: a wrong URL, a pattern that matches nothing, ids that are missing.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// parseTarget checks the URL and what may be done with it.
func parseTarget(d *spec.Document, t Target, s Settings) (*url.URL, error) {
	u, err := url.Parse(t.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usage("target %q: want the URL of a server, such as http://127.0.0.1:4010%s", spec.Clip(t.URL), d.BasePath)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, usage("target %q: leave query and fragment out", spec.Clip(u.Redacted()))
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	if !s.AllowProduction && isProduction(d, u) {
		return nil, usage("target %s is a server that the document names, so it may be production: its records would be "+
			"changed and put back. Say --allow-production if that is meant", u.Redacted())
	}
	return u, nil
}

// isProduction reports whether a URL has the host of one of the document's own servers, loopback aside.
func isProduction(d *spec.Document, u *url.URL) bool {
	return !isLoopback(u.Hostname()) && slices.ContainsFunc(d.Servers, func(server string) bool {
		s, err := url.Parse(server)
		return err == nil && s.Hostname() != "" && strings.EqualFold(s.Hostname(), u.Hostname())
	})
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// UnreachableError says that the target, or the suite, could not be got to work: nothing was learned about the contract.
type UnreachableError struct{ Message string }

func (e *UnreachableError) Error() string { return e.Message }

// IsUsage and IsUnreachable tell the errors of this package apart.
func IsUsage(err error) bool {
	var e *UsageError
	return errors.As(err, &e)
}

// IsUnreachable reports whether an error is an UnreachableError.
func IsUnreachable(err error) bool {
	var e *UnreachableError
	return errors.As(err, &e)
}
