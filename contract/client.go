package contract

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Took   time.Duration

	parsed *parsed   // nil until it is asked for
	made   recordKey // the record that it tells of, zero until it is asked for
}

// Step is one request and its answer, or why there is none.
type Step struct {
	Request Request
	URL     string
	Answer  *Answer
	Err     string
	// Note says what the step is for.
	Note string
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 16 << 20

// client sends requests to a target: paced, bounded, retried where the target says so.
type client struct {
	base     *url.URL
	set      Settings
	http     *http.Client
	refresh  func() (http.Header, error)
	carry    func(*spec.Operation) []spec.Credential
	watch    *ledger // nil where records are not put back
	mu       sync.Mutex
	header   http.Header
	next     time.Time // when the next request may leave
	sent     int
	deadline time.Time // from the first request on; none before, or where time is not bounded
}

func newClient(base *url.URL, t Target, s Settings) *client {
	c := &client{base: base, set: s, header: t.Header.Clone(), refresh: t.Refresh, carry: t.Credentials}
	transport := t.Transport
	if transport == nil {
		transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	c.http = &http.Client{
		Transport: transport,
		Timeout:   s.Timeout,
		// A redirect is an answer to judge, and following it could carry the headers elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

var (
	errBudgetRequests = errors.New("the budget of requests is spent (--max-requests)")
	errBudgetTime     = errors.New("the budget of time is spent (--max-time-total)")
)

// errDropped is a connection that ended without an answer while the target is there.
type transportError struct{ err error }

func (e *transportError) Error() string { return plainTransport(e.err) }
func (e *transportError) Unwrap() error { return e.err }

// neverArrived reports whether an error came up before the target could have seen anything of a request.
func neverArrived(err error) bool {
	if err == nil {
		return false
	}
	var lost *transportError
	if !errors.As(err, &lost) {
		return true // a budget is spent, or the run has ended
	}
	var (
		dial  *net.OpError
		name  *net.DNSError
		plain tls.RecordHeaderError
		cert  *tls.CertificateVerificationError
	)
	return errors.As(err, &dial) && dial.Op == "dial" || errors.As(err, &name) || errors.As(err, &plain) || errors.As(err, &cert) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

func isTimeout(err error) bool {
	var u *url.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &u) && u.Timeout()
}

// plainTransport says what happened to a connection without the URL, which may hold secrets.
func plainTransport(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if isTimeout(err) || u != nil && u.Timeout() {
		return "no answer in time"
	}
	return spec.Clip(err.Error())
}

// send makes one request and retries it while the target asks for patience.
func (c *client) send(ctx context.Context, r Request) (*Answer, error) {
	if c.watch != nil {
		if err := c.watch.before(r); err != nil {
			return nil, err
		}
	}
	a, err := c.sendPatiently(ctx, r)
	if c.watch != nil {
		c.watch.after(r, a, err)
	}
	return a, err
}

func (c *client) sendPatiently(ctx context.Context, r Request) (*Answer, error) {
	refreshed := false
	for try := 0; ; try++ {
		if err := c.pace(ctx); err != nil {
			return nil, err
		}
		a, err := c.once(ctx, r)
		if err != nil && isTimeout(err) && c.late() {
			err = errBudgetTime // it was sent all the same
		}
		if err != nil {
			return nil, &transportError{err}
		}
		if a.Status == http.StatusUnauthorized && c.refresh != nil && !refreshed && !r.bare {
			refreshed = true
			h, err := c.refresh()
			if err != nil {
				return nil, fmt.Errorf("the header command failed: %w", err)
			}
			c.mu.Lock()
			c.header = h
			c.mu.Unlock()
			continue
		}
		wait, again := c.retryAfter(a, try)
		if !again {
			return a, nil
		}
		if err := sleepContext(ctx, wait); err != nil {
			return a, nil //nolint:nilerr // the answer stands; the context ends the run by itself
		}
	}
}

// unbounded is a client without budgets: what they were spent on must be put back all the same.
func (c *client) unbounded() *client {
	c.mu.Lock()
	defer c.mu.Unlock()
	set := c.set
	set.MaxRequests, set.MaxTotal = 0, 0
	return &client{base: c.base, set: set, http: c.http, refresh: c.refresh, carry: c.carry, watch: c.watch, header: c.header}
}

// retryAfter says whether an answer asks to try again, and when.
func (c *client) retryAfter(a *Answer, try int) (time.Duration, bool) {
	if a.Status != http.StatusTooManyRequests && a.Status != http.StatusServiceUnavailable || try >= c.set.Retries {
		return 0, false
	}
	wait := time.Duration(100<<try) * time.Millisecond
	if v := a.Header.Get("Retry-After"); v != "" {
		if s, err := strconv.Atoi(v); err == nil && s >= 0 {
			wait = time.Duration(s) * time.Second
		} else if at, err := http.ParseTime(v); err == nil {
			wait = max(at.Sub(c.set.Clock()), 0)
		}
	}
	const longest = time.Minute
	return min(wait, longest), true
}

// pace waits for the rate and counts against the budgets.
func (c *client) pace(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	now := c.set.Clock()
	if c.set.MaxTotal > 0 && c.deadline.IsZero() {
		c.deadline = now.Add(c.set.MaxTotal)
	}
	if err := c.spentAt(now); err != nil {
		c.mu.Unlock()
		return err
	}
	c.sent++
	var wait time.Duration
	if c.set.Rate > 0 {
		wait = max(c.next.Sub(now), 0)
		c.next = now.Add(wait).Add(time.Duration(float64(time.Second) / c.set.Rate))
	}
	c.mu.Unlock()
	if wait > 0 {
		return sleepContext(ctx, wait)
	}
	return nil
}

// spent is which budget is spent; nil for none.
func (c *client) spent() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spentAt(c.set.Clock())
}

func (c *client) spentAt(now time.Time) error {
	switch {
	case c.set.MaxRequests > 0 && c.sent >= c.set.MaxRequests:
		return errBudgetRequests
	case !c.deadline.IsZero() && now.After(c.deadline):
		return errBudgetTime
	}
	return nil
}

// late reports whether the budget of time is spent.
func (c *client) late() bool {
	until := c.until()
	return !until.IsZero() && !c.set.Clock().Before(until)
}

// until is when the budget of time is spent; zero where it is not bounded, or not begun.
func (c *client) until() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deadline
}

func sleepContext(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// makingGrace is how long the answer to a request that makes a record is waited for when the run has ended: without it nobody
// knows which record to delete.
const makingGrace = 3 * time.Second

// graced is a context that ends some time after another.
func graced(ctx context.Context, grace time.Duration) (context.Context, func()) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if sleepContext(out, grace) == nil {
			cancel()
		}
	})
	return out, func() { stop(); cancel() }
}

func (c *client) once(ctx context.Context, r Request) (*Answer, error) {
	grace := time.Duration(0)
	if makes(r) && c.watch != nil {
		grace = makingGrace
		patient, done := graced(ctx, grace)
		defer done()
		ctx = patient
	}
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, c.url(r), body)
	if err != nil {
		return nil, err
	}
	if !r.bare {
		c.identify(req, r)
	}
	for name, values := range r.Header {
		if have := req.Header.Get("Cookie"); name == "Cookie" && have != "" {
			values = []string{have + "; " + strings.Join(values, "; ")}
		}
		req.Header[name] = values
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	if until := c.until(); !until.IsZero() { // no answer is waited for longer than the run may take
		timed, cancel := context.WithTimeout(ctx, until.Sub(c.set.Clock())+grace)
		defer cancel()
		req = req.WithContext(timed)
	}
	start := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return &Answer{Status: res.StatusCode, Header: res.Header, Body: b, Took: time.Since(start)}, nil
}

// identify gives a request the target's headers, and the credentials that its operation asks for.
func (c *client) identify(req *http.Request, r Request) {
	c.mu.Lock()
	for name, values := range c.header {
		req.Header[name] = values
	}
	c.mu.Unlock()
	as := r.as
	if as == nil {
		as = r.Operation
	}
	if c.carry != nil && as != nil {
		addCredentials(req, c.carry(as))
	}
}

func addCredentials(req *http.Request, all []spec.Credential) {
	for _, c := range all {
		switch c.In {
		case "header":
			req.Header.Set(c.Name, c.Value)
		case "cookie":
			req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value}) //nolint:gosec // a cookie that is sent has no attributes
		case "query":
			pair := url.QueryEscape(c.Name) + "=" + url.QueryEscape(c.Value)
			req.URL.RawQuery = strings.TrimPrefix(req.URL.RawQuery+"&"+pair, "&")
		}
	}
}

func (c *client) url(r Request) string {
	u := c.baseOf(r.operation()) + r.Path
	if r.Query != "" {
		u += "?" + r.Query
	}
	return u
}

// baseOf is the URL that the paths of an operation begin below; that of the document where it is nil.
func (c *client) baseOf(op *spec.Operation) string {
	base := strings.TrimSuffix(c.base.String(), "/")
	if op == nil {
		return base
	}
	return op.BaseFor(base)
}

// requests is how many were sent.
func (c *client) requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}
