package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
)

// served is a document with its mock on loopback.
type served struct {
	doc    *spec.Document
	mock   *mockserver.Server
	server *http.Server
	origin string
	base   string
	file   string // the document as the tester reads it
}

func serve(name, dir string) (*served, error) {
	source, overlay := spec.Embedded()
	doc, err := spec.Load(source, overlay)
	s := &served{file: name}
	if name != "commerce" {
		if source, err = spec.ReadSource(name, nil); err != nil {
			return nil, err
		}
		doc, err = spec.Load(source)
	}
	if err != nil {
		return nil, err
	}
	if s.mock, err = mockserver.New(doc); err != nil {
		return nil, err
	}
	if name == "commerce" {
		s.file = filepath.Join(dir, source.Name)
		if err := os.WriteFile(s.file, source.Data, 0o600); err != nil {
			return nil, err
		}
	}
	if s.file, err = filepath.Abs(s.file); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.origin = "http://" + l.Addr().String()
	s.doc, s.base = doc, s.origin+s.mock.BasePath()
	s.server = &http.Server{Handler: s.mock, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *served) close() { _ = s.server.Close() }

// test runs the tester; failures that it finds are in its reports, so only one that did not run is an error. It is told
// ids of records that are there, but where it makes records itself.
func (s *served) test(ctx context.Context, set settings, dir string) ([]byte, error) {
	config := filepath.Join(dir, "schemathesis.toml")
	out, err := s.phases(ctx, set, config, "stateful")
	if err != nil {
		return out, err
	}
	if err := s.reset(ctx); err != nil { // the first run has deleted what it found
		return nil, err
	}
	if err := os.WriteFile(config, []byte(s.config()), 0o600); err != nil {
		return nil, err
	}
	return s.phases(ctx, set, config, "examples,coverage,fuzzing")
}

// reset takes every change back.
func (s *served) reset(ctx context.Context) error {
	target := s.origin + control.Prefix + "/sessions/default/state"
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, target, http.NoBody)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("the mock cannot be reset: %s", res.Status)
	}
	return nil
}

// phases runs some of the tester's phases; the report is named after the first.
func (s *served) phases(ctx context.Context, set settings, config, phases string) ([]byte, error) {
	dir := filepath.Dir(config)
	first, _, _ := strings.Cut(phases, ",")
	args := []string{}
	if _, err := os.Stat(config); err == nil {
		args = append(args, "--config-file", config)
	}
	args = append(args, "run", s.file, "--url", s.base,
		"--checks", "all", "--phases", phases, "--continue-on-failure",
		"--max-examples", strconv.Itoa(set.examples), "--seed", strconv.Itoa(set.seed), "--suppress-health-check", "all",
		"--report", "ndjson", "--report-ndjson-path", filepath.Join(dir, first+".ndjson"))
	for name, value := range s.credentials() {
		args = append(args, "--header", name+": "+value)
	}
	command := exec.CommandContext(ctx, set.command, args...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if ctx.Err() != nil {
		return out, fmt.Errorf("it took too long: %s", tail(out))
	}
	// 1: it found something; 2 with these words: the document has nothing for the phase, which the whole is judged for.
	if errors.As(err, &exit) && (exit.ExitCode() == 1 || bytes.Contains(out, []byte("No test cases were generated"))) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%w: %s", err, tail(out))
	}
	return out, err
}

// credentials are headers with which the mock takes the requests of every operation.
func (s *served) credentials() map[string]string {
	out := map[string]string{}
	for _, o := range s.doc.Operations {
		for _, c := range o.DemoCredentials() {
			if c.In == "header" && out[c.Name] == "" {
				out[c.Name] = c.Value
			}
		}
	}
	return out
}

// config tells the tester ids of records that are there; it cannot guess them.
func (s *served) config() string {
	var b strings.Builder
	for _, o := range s.doc.Operations {
		ids := map[string]string{}
		if o.ItemParam != "" {
			ids[o.ItemParam] = first(s.mock, o.Resource)
		}
		for _, owner := range o.Owners {
			ids[owner.Param] = first(s.mock, owner.Resource)
		}
		// A deletion takes the record away that the other operations are tried on.
		if o.Action == spec.ActionDelete {
			if more := s.mock.KnownIDs(o.Resource, 6); len(more) == 6 && len(o.Owners) == 0 {
				ids[o.ItemParam] = more[5]
			}
		}
		if len(ids) == 0 {
			continue
		}
		fmt.Fprintf(&b, "[[operations]]\ninclude-path = %q\ninclude-method = %q\n[operations.parameters]\n", o.Path, o.Method)
		for name, id := range ids {
			fmt.Fprintf(&b, "%q = %s\n", "path."+name, literal(o, name, id))
		}
	}
	return b.String()
}

func first(mock *mockserver.Server, r *spec.Resource) string {
	if ids := mock.KnownIDs(r, 1); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// literal is an id as the parameter's type has it.
func literal(o *spec.Operation, param, id string) string {
	for _, p := range o.Parameters {
		if p.In == "path" && p.Name == param && p.Schema != nil && !p.Schema.Allows("string") {
			return id
		}
	}
	return strconv.Quote(id)
}

// untested are the operations that the tester never got a success from, though they have one: what it says of them says
// little.
func (s *served) untested(r *report) []string {
	var out []string
	for _, o := range s.doc.Operations {
		label := o.Method + " " + o.Path
		switch {
		case !r.operations[label]:
			out = append(out, label+" was not tested")
		case r.successes[label] == 0:
			if status, _ := o.SuccessResponse(); status != 0 && o.Action != spec.ActionDelete {
				out = append(out, label+" was never a success")
			}
		}
	}
	return out
}
