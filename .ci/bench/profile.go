package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// profiled is how many seconds of a loaded server a CPU profile covers.
const profiled = 5

// profile loads a server and writes its CPU and heap profiles, for go tool pprof, while it is loaded.
func profile(ctx context.Context, set settings) error {
	p, err := start(ctx, "understudy", set.understudy, "serve", "--addr", "127.0.0.1:0", "--log", "off", "--pprof")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	loaded := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if _, err := kinds()[0].load.measure(p, set.requests); err != nil {
				loaded <- err
				return
			}
		}
		loaded <- nil
	}()
	err = errors.Join(
		fetch(ctx, fmt.Sprintf("%s/__understudy/pprof/profile?seconds=%d", p.base, profiled), filepath.Join(set.profile, "cpu.pprof")),
		fetch(ctx, p.base+"/__understudy/pprof/allocs", filepath.Join(set.profile, "heap.pprof")),
	)
	stop()
	return errors.Join(err, <-loaded, p.end())
}

func fetch(ctx context.Context, url, to string) error {
	body, err := get(ctx, url)
	if err != nil {
		return err
	}
	return os.WriteFile(to, body, 0o600)
}

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d", url, res.StatusCode)
	}
	return body, err
}
