package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// reach is the target that the flags name, with everything needed to talk to it.
func (a *app) reach(s *targetSettings) (contract.Target, error) {
	t := contract.Target{URL: s.target, Header: http.Header{}, HeaderSource: map[string]string{}}
	transport, err := s.transport()
	if err != nil {
		return t, err
	}
	t.Transport = transport
	if s.insecure {
		t.Notes = append(t.Notes, "Certificates are not verified (--insecure): this may not be the server it says it is.")
	}
	if err := s.readHeaders(t.Header); err != nil {
		return t, err
	}
	if s.headerCommand == "" {
		return t, nil
	}
	fixed := t.Header.Clone()
	t.Refresh = func() (http.Header, error) {
		h := fixed.Clone()
		return h, a.runHeaderCommand(s.headerCommand, h)
	}
	t.Header, err = t.Refresh()
	return t, err
}

// readHeaders puts the headers of the flags and of the file in. Errors name the place and never the text.
func (s *targetSettings) readHeaders(h http.Header) error {
	for _, text := range s.headers {
		name, value, err := readHeader(text)
		if err != nil {
			return err
		}
		h.Set(name, value)
	}
	if s.headerFile == "" {
		return nil
	}
	f, err := os.Open(s.headerFile)
	if err != nil {
		return fmt.Errorf("--header-file: cannot read %q: %w", s.headerFile, errors.Unwrap(err))
	}
	defer f.Close()
	return scanHeaders(f, s.headerFile, h)
}

func scanHeaders(in io.Reader, name string, h http.Header) error {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		key, value, err := readHeader(text)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		h.Set(key, value)
	}
	return lines.Err()
}

// maxCommandTime bounds a header command.
const maxCommandTime = 30 * time.Second

func (a *app) runHeaderCommand(command string, h http.Header) error {
	ctx, cancel := context.WithTimeout(context.Background(), maxCommandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command) //nolint:gosec // running what the user named is what the flag is for
	cmd.Stderr = a.stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("--header-command failed: %w", err)
	}
	return scanHeaders(bytes.NewReader(out), "--header-command", h)
}

// transport carries requests, by the proxy of the environment where one is set.
func (s *targetSettings) transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.insecure} //nolint:gosec // asked for, and said in every report
	if s.ca != "" {
		pem, err := os.ReadFile(s.ca)
		if err != nil {
			return nil, fmt.Errorf("--cacert: cannot read %q: %w", s.ca, errors.Unwrap(err))
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--cacert: there is no certificate in %q", s.ca)
		}
	}
	if s.cert != "" {
		key := s.key
		if key == "" {
			key = s.cert
		}
		pair, err := tls.LoadX509KeyPair(s.cert, key)
		if err != nil {
			return nil, fmt.Errorf("--cert: cannot use %q: %w", s.cert, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	} else if s.key != "" {
		return nil, errors.New("--key goes with --cert")
	}
	t.TLSClientConfig = cfg
	return t, nil
}

// needed is how many records of the mock the suite works on: those that can be deleted and not be made are used up.
func needed(r *spec.Resource) uint64 {
	const some, many = 3, 40
	if r.Find(spec.ActionCreate) == nil && r.Find(spec.ActionDelete) != nil {
		return many
	}
	return some
}

// mockTarget starts a mock in this process, on loopback, and is a session of it that nobody else uses.
//
// Requests carry credentials that it takes, so that what it asks of others is asked of the suite too.
func mockTarget(d *spec.Document, options ...mockserver.Option) (contract.Target, func(), error) {
	mock, err := mockserver.New(d, options...)
	if err != nil {
		return contract.Target{}, nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return contract.Target{}, nil, err
	}
	srv := &http.Server{Handler: mock, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }()
	t := contract.Target{URL: "http://" + l.Addr().String() + "/~verify" + mock.BasePath(), IDs: map[string][]string{}}
	t.Credentials = (*spec.Operation).DemoCredentials
	for _, r := range d.Resources {
		if r.Parent == nil { // those that belong to others are found below them
			t.IDs[r.Name] = mock.KnownIDs(r, needed(r))
		}
	}
	return t, func() { _ = srv.Close() }, nil
}
