package spec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// remoteTime bounds what all the fetches of one document take together.
const remoteTime = 30 * time.Second

// remote fetches referenced files from the hosts that are allowed, and connects to nothing else.
type remote struct {
	hosts    []string
	deadline time.Time
	client   http.Client
}

func newRemote(hosts []string) *remote {
	r := &remote{hosts: hosts, deadline: time.Now().Add(remoteTime)}
	r.client = http.Client{
		// No proxy: it would be another host.
		Transport:     &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true},
		CheckRedirect: r.checkRedirect,
	}
	return r
}

// allows reports whether a URL may be fetched: a host named with its port is that port only.
func (r *remote) allows(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.User == nil &&
		(slices.Contains(r.hosts, u.Host) || slices.Contains(r.hosts, u.Hostname()))
}

const maxRedirects = 5

var errForeignRedirect = errors.New("it redirects to a host that is not allowed")

func (r *remote) checkRedirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errors.New("it redirects too often")
	case !r.allows(req.URL):
		return errForeignRedirect
	}
	return nil
}

// fetch gets a URL, at most one byte more than the limit; or says why not.
func (r *remote) fetch(address string, limit int64) (data []byte, why string) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "it is no URL"
	}
	if !r.allows(u) {
		return nil, fmt.Sprintf("nothing is fetched from %q; --allow-remote %s allows it", Clip(u.Host), Clip(u.Hostname()))
	}
	ctx, cancel := context.WithDeadline(context.Background(), r.deadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "it is no URL"
	}
	res, err := r.client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, "fetching it failed: " + plain(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Sprintf("fetching it was answered with %s", Clip(res.Status))
	}
	data, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, "fetching it failed: " + plain(err)
	}
	return data, ""
}
