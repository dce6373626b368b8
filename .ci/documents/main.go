// Command documents measures what it takes to serve large documents: a real process each, asked with the command lines
// that the mock itself shows.
//
//	go run ./.ci/documents -understudy dist/understudy FILE...
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("documents", flag.ContinueOnError)
	flags.SetOutput(errs)
	binary := flags.String("understudy", "dist/understudy", "the binary to measure")
	verbose := flags.Bool("v", false, "show every operation")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	fmt.Fprint(out, "| document | size | operations | listening | first answer: median, longest | later: median, longest | "+
		"refused | 501 | resident at the start, after all |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, file := range flags.Args() {
		m, err := measure(ctx, *binary, file)
		if err != nil {
			fmt.Fprintf(errs, "%s: %v\n", file, err)
			return 1
		}
		fmt.Fprintln(out, m)
		for _, a := range m.answers {
			if *verbose {
				fmt.Fprintf(errs, "%s %d first %s later %s\n", a.operation, a.status, a.first, a.later)
			}
		}
	}
	return 0
}

// measured is what one document took.
type measured struct {
	name        string
	size        int64
	listening   time.Duration
	answers     []answered
	begun, full int // MiB resident
}

// answered is how long an operation took for its first request and for the same again.
type answered struct {
	operation    string
	status       int
	first, later time.Duration
}

func (m *measured) String() string {
	refused, unserved := 0, 0
	for _, a := range m.answers {
		switch {
		case a.status == 501:
			unserved++
		case a.status >= 400:
			refused++
		}
	}
	return fmt.Sprintf("| %s | %.1f MB | %d | %d ms | %s | %s | %d | %d | %d MB, %d MB |", m.name, float64(m.size)/1e6, len(m.answers),
		m.listening.Milliseconds(), spread(m.answers, func(a answered) time.Duration { return a.first }),
		spread(m.answers, func(a answered) time.Duration { return a.later }), refused, unserved, m.begun, m.full)
}

// spread is the median and the longest of some times.
func spread(all []answered, of func(answered) time.Duration) string {
	times := make([]time.Duration, 0, len(all))
	for _, a := range all {
		times = append(times, of(a))
	}
	if len(times) == 0 {
		return "none"
	}
	slices.SortFunc(times, cmp.Compare)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return fmt.Sprintf("%.1f ms, %.1f ms", ms(times[len(times)/2]), ms(times[len(times)-1]))
}

var listening = regexp.MustCompile(`http://[0-9.]+:[0-9]+`)

func measure(ctx context.Context, binary, file string) (*measured, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	m := &measured{name: filepath.Base(file), size: info.Size()}
	cmd := exec.CommandContext(ctx, binary, "serve", file, "--addr", "127.0.0.1:0", "--log", "off")
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	base, in := "", bufio.NewScanner(lines)
	for base == "" && in.Scan() {
		base = listening.FindString(in.Text())
	}
	if base == "" {
		return nil, fmt.Errorf("%s did not say where it listens", binary)
	}
	m.listening = time.Since(begun)
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	m.begun = resident(cmd.Process.Pid)
	if m.answers, err = ask(ctx, file, base); err != nil {
		return nil, err
	}
	m.full = resident(cmd.Process.Pid)
	return m, nil
}

// ask runs the command line of every operation, twice.
func ask(ctx context.Context, file, base string) ([]answered, error) {
	src, err := spec.ReadSource(file, nil)
	if err != nil {
		return nil, err
	}
	d, err := spec.Load(src)
	if err != nil {
		return nil, err
	}
	s, err := mockserver.New(d)
	if err != nil {
		return nil, err
	}
	var out []answered
	for e := range s.Examples(base) {
		a := answered{operation: e.Operation.Method + " " + e.Operation.Path}
		for _, to := range []*time.Duration{&a.first, &a.later} {
			// In a session of its own: one before it may have deleted what it names.
			line := e.Curl + ` -H 'Understudy-Session: ` + strconv.Itoa(len(out)) + `' -s -o /dev/null --max-time 60 -w '%{http_code} %{time_total}'`
			text, err := exec.CommandContext(ctx, "sh", "-c", line).Output()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.operation, err)
			}
			code, took, _ := strings.Cut(string(text), " ")
			seconds, err := strconv.ParseFloat(took, 64)
			if err != nil {
				return nil, err
			}
			if a.status == 0 {
				a.status, _ = strconv.Atoi(code)
			}
			*to = time.Duration(seconds * float64(time.Second))
		}
		out = append(out, a)
	}
	return out, nil
}

// resident is how many MiB a process holds.
func resident(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(text, []byte("VmRSS:"))
	fields := strings.Fields(string(after))
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.Atoi(fields[0])
	return kb / 1024
}
