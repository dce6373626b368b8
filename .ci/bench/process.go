package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that this program started, and ends.
type process struct {
	name  string
	cmd   *exec.Cmd
	base  string // where it listens
	ready time.Duration
}

// startTime is how long a server may take until it says where it listens.
const startTime = 30 * time.Second

var listening = regexp.MustCompile(`http://[0-9.]+:[0-9]+`)

// start runs a command and waits until its output says where it listens, and there it answers.
func start(ctx context.Context, name, command string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = cmd.Stdout
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{name: name, cmd: cmd}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		said := false
		for lines.Scan() {
			if at := listening.FindString(lines.Text()); at != "" && !said {
				said = true
				found <- at
			}
		}
		_, _ = io.Copy(io.Discard, out)
		close(found)
	}()
	select {
	case p.base = <-found:
	case <-time.After(startTime):
	}
	if p.base == "" {
		return nil, errors.Join(fmt.Errorf("%s did not say where it listens", name), p.end())
	}
	if err := p.answers(ctx, begun); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

func (p *process) answers(ctx context.Context, begun time.Time) error {
	for time.Since(begun) < startTime {
		req, err := http.NewRequestWithContext(ctx, http.MethodPatch, p.base+updatePath, strings.NewReader(accepted))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		p.ready = time.Since(begun)
		return nil
	}
	return fmt.Errorf("%s does not answer", p.name)
}

// end ends the process, and only it: politely first.
func (p *process) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	defer time.AfterFunc(5*time.Second, func() { _ = p.cmd.Process.Kill() }).Stop()
	err := p.cmd.Wait()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return nil
	}
	return err
}

// cpu is the processor time that the process has used: of its threads by the nanosecond, where the kernel tells that.
func (p *process) cpu() (time.Duration, error) {
	dir := "/proc/" + strconv.Itoa(p.cmd.Process.Pid)
	threads, err := filepath.Glob(dir + "/task/*/schedstat")
	if err != nil || len(threads) == 0 {
		return p.coarseCPU(dir)
	}
	total := time.Duration(0)
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) { // the thread has ended
			continue
		}
		first, _, _ := strings.Cut(string(text), " ")
		ran, err2 := strconv.ParseInt(first, 10, 64)
		if err := errors.Join(err, err2); err != nil {
			return 0, err
		}
		total += time.Duration(ran)
	}
	return total, nil
}

// tick is what /proc counts the processor time of a whole process in.
const tick = 10 * time.Millisecond

func (p *process) coarseCPU(dir string) (time.Duration, error) {
	text, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return 0, err
	}
	// The name may hold anything; the fields after it are numbers.
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s: %q is no stat", p.name, text)
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// resident is the process's memory in bytes.
func (p *process) resident() (int64, error) { return p.status("VmRSS:") }

// status is a size, in bytes, that /proc says of the process.
func (p *process) status(name string) (int64, error) {
	line, err := p.statusLine(name)
	if err != nil {
		return 0, err
	}
	kb, err := strconv.ParseInt(strings.TrimSuffix(line, " kB"), 10, 64)
	return kb << 10, err
}

func (p *process) statusLine(name string) (string, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(rest), nil
		}
	}
	return "", fmt.Errorf("%s: its status has no %s", p.name, name)
}
