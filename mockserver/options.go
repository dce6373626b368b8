package mockserver

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Option sets one thing about a Server; see the With functions. A later option wins over an earlier one.
type Option func(*settings)

type settings struct {
	seed, count uint64
	now         time.Time
	basePath    *string
	bounds      Bounds
	origins     []string
	latency     Latency
	fail        Fail
	logger      *slog.Logger
	clock       func() time.Time
	sleep       func(d time.Duration, done <-chan struct{})
	control     controlSettings
	callbacks   *callbackSettings // nil: nothing is sent
	version     string
	noAuth      bool
}

// Bounds are the limits of a Server. A zero field means the default.
type Bounds struct {
	Body        int64         // bytes of a body, before and after decompression; 1 MiB
	Depth       int           // nesting of a body; 100
	Elements    int           // array items and object members of a body; 20,000
	URL         int           // bytes of a request's path and query; 8 KiB
	Header      int           // bytes of all header fields together; 64 KiB
	Sessions    int           // sessions beside each other; 1,000
	SessionIdle time.Duration // after which an unused session may go; 1 h
	Changes     int64         // changed records in all sessions together; 1,000,000
	Memory      int64         // bytes that changed records take in all sessions together; 2 GiB
	State       int64         // bytes of a state file and of an imported state; 256 MiB
	Scan        int           // records that a filter or a sorting looks through; 10,000
	Journal     int           // requests remembered; 1,000
	JournalBody int           // bytes of a body remembered; 16 KiB
	Delay       time.Duration // longest delay a request may ask for; 30 s
}

// DefaultBounds are the limits where none are set.
var DefaultBounds = Bounds{
	Body: 1 << 20, Depth: strictjson.DefaultDepth, Elements: strictjson.DefaultElements, URL: 8 << 10, Header: 64 << 10,
	Sessions: 1000, SessionIdle: time.Hour, Changes: 1_000_000, Memory: 2 << 30, State: 256 << 20, Scan: 10_000,
	Journal: 1000, JournalBody: 16 << 10, Delay: 30 * time.Second,
}

func (b Bounds) withDefaults() Bounds {
	d := DefaultBounds
	pick(&d.Body, b.Body)
	pick(&d.Depth, b.Depth)
	pick(&d.Elements, b.Elements)
	pick(&d.URL, b.URL)
	pick(&d.Header, b.Header)
	pick(&d.Sessions, b.Sessions)
	pick(&d.SessionIdle, b.SessionIdle)
	pick(&d.Changes, b.Changes)
	pick(&d.Memory, b.Memory)
	pick(&d.State, b.State)
	pick(&d.Scan, b.Scan)
	pick(&d.Journal, b.Journal)
	pick(&d.JournalBody, b.JournalBody)
	pick(&d.Delay, b.Delay)
	return d
}

func pick[T int | int64 | time.Duration](to *T, from T) {
	if from > 0 {
		*to = from
	}
}

func defaultSettings() settings {
	return settings{
		seed: 1, count: 100, now: fixtures.DefaultNow, logger: slog.New(slog.DiscardHandler), clock: time.Now,
		sleep: sleep, version: "devel",
	}
}

// WithSeed sets what every made-up value is drawn from; 1 where it is not set.
func WithSeed(seed uint64) Option { return func(s *settings) { s.seed = seed } }

// WithCount sets how many records each resource has; 100 where it is not set.
func WithCount(n uint64) Option { return func(s *settings) { s.count = n } }

// WithNow sets the instant that past and future are told by; fixtures.DefaultNow where it is not set.
func WithNow(now time.Time) Option { return func(s *settings) { s.now = now } }

// WithBasePath serves the API under another path than that of the document's first server.
func WithBasePath(path string) Option {
	return func(s *settings) { s.basePath = new(strings.TrimSuffix(path, "/")) }
}

// WithBounds sets limits; zero fields keep the default.
func WithBounds(b Bounds) Option { return func(s *settings) { s.bounds = b } }

// WithCORSOrigins names the origins that browsers may call the API from, with credentials. Without it every origin may,
// without credentials.
func WithCORSOrigins(origins ...string) Option { return func(s *settings) { s.origins = origins } }

// WithLatency delays every answer of the API.
func WithLatency(l Latency) Option { return func(s *settings) { s.latency = l } }

// WithFail makes some answers of the API fail.
func WithFail(f Fail) Option { return func(s *settings) { s.fail = f } }

// WithLogger sets where each request is logged; nowhere without it.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.logger = l } }

// WithVersion sets what the control API says it is.
func WithVersion(v string) Option { return func(s *settings) { s.version = v } }

// WithoutAuth lets requests in without the credentials that the document asks for.
func WithoutAuth() Option { return func(s *settings) { s.noAuth = true } }

// withClock replaces the clock and the waiting, for tests.
func withClock(now func() time.Time, wait func(time.Duration, <-chan struct{})) Option {
	return func(s *settings) { s.clock, s.sleep = now, wait }
}

var errBasePath = errors.New("want a path such as /api, or nothing")

func checkBasePath(p string) error {
	if p != "" && (!strings.HasPrefix(p, "/") || strings.Contains(p, "//") || strings.ContainsAny(p, "?#%{} ")) {
		return fmt.Errorf("base path %q: %w", p, errBasePath)
	}
	return nil
}
