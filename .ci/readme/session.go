package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// bash is one shell for all examples of a file.
type bash struct {
	set     settings
	dir     string // for what is built and what is written, removed at the end
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	results chan result
	marker  string
	count   int
	groups  []int // process groups of the background
}

// result is how a command ended: what it printed and its exit code.
type result struct {
	output string
	code   int
}

var (
	errTime = errors.New("it did not end in time; the examples below it were not run")
	errGone = errors.New("it ended the shell; the examples below it were not run")
)

// open builds the command and starts the shell in the file's directory.
func open(root string, set settings) (*bash, error) {
	dir, err := os.MkdirTemp("", "readme")
	if err != nil {
		return nil, err
	}
	s := &bash{set: set, dir: dir, results: make(chan result), marker: "end-" + rand.Text()}
	if err := s.start(root); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *bash) start(root string) error {
	if s.set.build != "" {
		build := exec.Command("go", "build", "-buildvcs=false", "-o", s.dir+string(filepath.Separator), s.set.build)
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build %s: %w\n%s", s.set.build, err, out)
		}
	}
	s.cmd = exec.Command("bash", "--noprofile", "--norc")
	s.cmd.Dir = root
	s.cmd.Env = environment(s.dir)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	s.cmd.Stdout, s.cmd.Stderr = write, write
	if err := s.cmd.Start(); err != nil {
		return err
	}
	_ = write.Close()
	go s.listen(read)
	return nil
}

// environment is ours without what would set flags behind the README's back.
func environment(bin string) []string {
	env := slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "UNDERSTUDY_") })
	return append(env, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=dumb")
}

// listen delivers what each command printed; a line of the marker and the exit code ends it.
func (s *bash) listen(from *os.File) {
	defer close(s.results)
	defer from.Close()
	var output strings.Builder
	for r := bufio.NewReader(from); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if code, ok := strings.CutPrefix(line, s.marker+" "); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(code))
			s.results <- result{strings.TrimSuffix(output.String(), "\n"), n}
			output.Reset()
			continue
		}
		output.WriteString(line)
	}
}

// send runs a line of shell and waits for its end. A command finds the exit code of the one before it in $?.
func (s *bash) send(line string) (result, error) {
	line = fmt.Sprintf("%s\nreadme_code=$?; printf '\\n%%s %%d\\n' %s $readme_code; (exit $readme_code)\n", line, s.marker)
	if _, err := io.WriteString(s.stdin, line); err != nil {
		return result{}, errGone
	}
	select {
	case r, ok := <-s.results:
		if !ok {
			return result{}, errGone
		}
		return r, nil
	case <-time.After(s.set.patience):
		return result{}, errTime
	}
}

// try runs an example. The complaint says how it is not as shown; the error, that nothing can be run any more.
func (s *bash) try(e example) (complaint string, err error) {
	s.count++
	file := filepath.Join(s.dir, fmt.Sprintf("example-%d.sh", s.count))
	if err := os.WriteFile(file, []byte(e.command+"\n"), 0o600); err != nil {
		return "", err
	}
	switch e.kind {
	case background:
		return s.tryBackground(e, file)
	case script:
		return s.tryScript(file)
	}
	r, err := s.send(". " + file + " </dev/null")
	if got := splitLines(r.output); err == nil && !matches(e.want, got) {
		complaint = difference(e.want, got)
	}
	return complaint, err
}

func (s *bash) tryScript(file string) (complaint string, err error) {
	r, err := s.send("(set -e; . " + file + ") </dev/null")
	if err == nil && r.code != 0 {
		complaint = fmt.Sprintf("exit code %d\n%s", r.code, r.output)
	}
	return complaint, err
}

// poll is how often the output of the background is looked at.
const poll = 20 * time.Millisecond

func (s *bash) tryBackground(e example, file string) (complaint string, err error) {
	output := file + ".out"
	if err := os.WriteFile(output, nil, 0o600); err != nil {
		return "", err
	}
	// Job control gives it a process group of its own.
	r, err := s.send("set -m; (. " + file + ") >" + output + " 2>&1 </dev/null & set +m; echo $!")
	if err != nil {
		return "", err
	}
	group, err := strconv.Atoi(strings.TrimSpace(r.output))
	if err != nil {
		return "", fmt.Errorf("no process: %q", r.output)
	}
	s.groups = append(s.groups, group)
	return s.await(e, group, output)
}

// await looks at a file until it holds what a process group must print.
func (s *bash) await(e example, group int, output string) (complaint string, err error) {
	for deadline := time.Now().Add(s.set.wait); ; time.Sleep(poll) {
		ended := !runs(group)
		text, err := os.ReadFile(output)
		if err != nil {
			return "", err
		}
		got := splitLines(string(text))
		if begins(e.want, got) {
			return "", nil
		}
		if ended || time.Now().After(deadline) {
			return difference(e.want, got), nil
		}
	}
}

// grace is how long a process may take to end after it was asked to.
const grace = 15 * time.Second

// close ends the background and the shell, each by its process group.
func (s *bash) close() {
	for _, group := range s.groups {
		end(group)
	}
	_ = s.stdin.Close()
	go func() {
		for range s.results { // nobody waits for them any more
		}
	}()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = s.cmd.Wait()
	}()
	select {
	case <-gone:
	case <-time.After(grace / 10):
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		<-gone
	}
	_ = os.RemoveAll(s.dir)
}

// runs reports whether any process of a group does.
func runs(group int) bool { return syscall.Kill(-group, 0) == nil }

func end(group int) {
	_ = syscall.Kill(-group, syscall.SIGTERM)
	for deadline := time.Now().Add(grace); time.Now().Before(deadline); time.Sleep(poll) {
		if !runs(group) {
			return
		}
	}
	_ = syscall.Kill(-group, syscall.SIGKILL)
}
