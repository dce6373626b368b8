package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// rehearse is --dry-run: the checks, and below each what it would send. Nothing goes to the target: the run is rehearsed
// with a mock in this process, whose answers steer what is sent next, and told with the target's URL and ids in place of
// the mock's. What a target answers otherwise may change what follows.
func (a *app) rehearse(
	set *verifySettings, settings contract.Settings, doc *spec.Document, target contract.Target, run *contract.Runner,
) error {
	mock, stop, err := mockTarget(doc, append(mockOptions(set), mockserver.WithoutAuth())...)
	if err != nil {
		return err
	}
	defer stop()
	script := &recorder{next: http.DefaultTransport, base: mock.URL, target: shownURL(target.URL)}
	if set.target != "" {
		mock.IDs = script.cast(mock.IDs, target.IDs)
	}
	mock.Transport, mock.Credentials = script, nil
	settings.NoRestore, settings.Rate, settings.MaxTotal, settings.Known = true, 0, 0, nil
	rehearsal, err := contract.NewRunner(doc, mock, settings)
	if err != nil {
		return err
	}
	total := 0
	var failure error
	tell := func(format string, args ...any) {
		if _, err := fmt.Fprintf(a.stdout, format, args...); err != nil && failure == nil {
			failure = err
		}
	}
	rehearsal.RunAll(context.Background(), func(o contract.Outcome) {
		c, lines := o.Check, script.take()
		tell("%s  [%s] %s\n", c.Name, strings.Join(c.Labels(), " "), c.Document)
		if why := run.LeavesOut(c); why != "" {
			tell("  left out: %s\n", why)
			return
		}
		for _, line := range lines {
			tell("  %s\n", oneLine(line))
		}
		if len(lines) == 0 && o.Reason != "" {
			tell("  nothing: %s\n", oneLine(o.Reason))
		}
		total += len(lines)
	})
	tell("%d checks, about %d requests to %s, and those that read, take and put back records; nothing was sent\n",
		len(run.Checks()), total, script.target)
	return failed(failure)
}

// shownURL is a target's URL without credentials.
func shownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Redacted(), "/")
}

// recorder passes requests on to the mock and keeps a line of each, as it would go to the target.
type recorder struct {
	next         http.RoundTripper
	base, target string
	mu           sync.Mutex
	lines        []string
	names        []string // ids of the mock, each followed by the one of the target in whose place it stands
}

// cast gives each id of the target one of the mock to stand in for it, and returns those.
func (r *recorder) cast(mock, target map[string][]string) map[string][]string {
	out := map[string][]string{}
	for name, ids := range target {
		for i, id := range ids {
			if i >= len(mock[name]) {
				break
			}
			out[name] = append(out[name], mock[name][i])
			r.names = append(r.names, url.PathEscape(mock[name][i]), url.PathEscape(id))
		}
	}
	return out
}

// take are the lines since it was called last.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.lines
	r.lines = nil
	return out
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.GetBody != nil {
		if b, err := req.GetBody(); err == nil {
			text, _ := io.ReadAll(b)
			body = spec.Clip(string(text))
		}
	}
	cast := strings.NewReplacer(r.names...)
	line := req.Method + " " + r.target + cast.Replace(strings.TrimPrefix(req.URL.String(), r.base))
	for _, part := range []string{req.Header.Get("Content-Type"), cast.Replace(body)} {
		if part != "" {
			line += "  " + part
		}
	}
	r.mu.Lock()
	r.lines = append(r.lines, line)
	r.mu.Unlock()
	return r.next.RoundTrip(req)
}
