// Command schemathesis lets Schemathesis, a tester that knows nothing of Understudy, run all its checks in all its
// phases against the mock of each document:
//
//	go run ./.ci/schemathesis -run PATH/TO/schemathesis DOCUMENT...
//
// A document is a file, or "commerce" for the one that is built in. Every failure must be listed in exceptions.tsv with
// its reason: the columns are document, code, operation ("*" for any), status ("4XX" for a range) and reason. A line there
// that is not met is told, since what is tried depends on what was answered before. Exit codes: 0 nothing unlisted, 1
// something, 2 it could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

type settings struct {
	command    string
	exceptions string
	examples   int
	seed       int
	timeout    time.Duration // for one document
}

func run(args []string, stdout, stderr io.Writer) int {
	var set settings
	flags := flag.NewFlagSet("schemathesis", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.command, "run", "schemathesis", "the program")
	flags.StringVar(&set.exceptions, "exceptions", ".ci/schemathesis/exceptions.tsv", "failures that are known, with reasons")
	flags.IntVar(&set.examples, "examples", 30, "generated cases an operation and phase")
	flags.IntVar(&set.seed, "seed", 1, "what they are drawn from")
	flags.DurationVar(&set.timeout, "timeout", 5*time.Minute, "how long one document may take")
	if flags.Parse(args) != nil {
		return 2
	}
	if flags.NArg() == 0 {
		fmt.Fprintln(stderr, "schemathesis: name at least one document")
		return 2
	}
	// The program runs in a directory of its own.
	if strings.ContainsRune(set.command, filepath.Separator) {
		set.command, _ = filepath.Abs(set.command)
	}
	known, err := readExceptions(set.exceptions)
	if err != nil {
		fmt.Fprintln(stderr, "schemathesis:", err)
		return 2
	}
	unlisted := 0
	for _, name := range flags.Args() {
		n, err := checkDocument(set, name, known, stdout)
		if err != nil {
			fmt.Fprintf(stderr, "schemathesis: %s: %v\n", name, err)
			return 2
		}
		unlisted += n
	}
	return sumUp(known, flags.Args(), unlisted, stdout)
}

// sumUp says what was found beyond the exceptions, and which of them were not met.
func sumUp(known []*exception, names []string, unlisted int, stdout io.Writer) int {
	stale := 0
	for _, e := range known {
		for _, name := range names {
			if e.met == 0 && e.document == shortName(name) {
				stale++
				fmt.Fprintf(stdout, "%s:%d: no longer met: %s %s %s\n", e.file, e.line, e.document, e.code, e.operation)
			}
		}
	}
	fmt.Fprintf(stdout, "schemathesis: %d documents, %d failures not listed, %d listed and not met\n", len(names), unlisted, stale)
	if unlisted > 0 {
		return 1
	}
	return 0
}

// checkDocument runs the tester against one document's mock and returns how many failures are not listed.
func checkDocument(set settings, name string, known []*exception, stdout io.Writer) (int, error) {
	dir, err := os.MkdirTemp("", "schemathesis")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := serve(name, dir)
	if err != nil {
		return 0, err
	}
	defer s.close()
	ctx, cancel := context.WithTimeout(context.Background(), set.timeout)
	defer cancel()
	out, err := s.test(ctx, set, dir)
	if err != nil {
		return 0, err
	}
	r := newReport()
	for _, phase := range []string{"stateful", "examples"} {
		if err := r.readFile(filepath.Join(dir, phase+".ndjson")); err != nil {
			return 0, fmt.Errorf("%w: %s", err, tail(out))
		}
	}
	if r.cases == 0 {
		return 0, errors.New("no test case was tried")
	}
	missing := s.untested(r)
	unlisted := judge(shortName(name), r, known, stdout) + len(missing)
	for _, m := range missing {
		fmt.Fprintf(stdout, "%s: %s\n", shortName(name), m)
	}
	fmt.Fprintf(stdout, "%-28s %d operations, %d cases, %d failures, %d of them not listed\n",
		shortName(name), len(r.operations), r.cases, len(r.failures), unlisted)
	return unlisted, nil
}

func shortName(name string) string { return filepath.Base(name) }

// tail is the end of a program's output, for a message.
func tail(out []byte) string {
	text := strings.TrimSpace(string(out))
	const most = 2000
	if len(text) > most {
		text = "..." + text[len(text)-most:]
	}
	return text
}
