package mockserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

const (
	hostileVariable = "UNDERSTUDY_HOSTILE_DOCUMENT" // says to the test binary which document it is to serve, and no more
	hostileMemory   = 200                           // MB a process with the document may ever hold
	hostilePatience = time.Minute                   // for what never ends; how long the others took is only told
	hostileSecret   = "secretly-outside"
)

// endured is what a process says of a document.
type endured struct {
	Load, Answer, Lint time.Duration // Answer is the longest of an operation
	Held               int           // MB at the most
	Statuses           map[int]int
	Findings           []string
	Bodies             string // where the secret would be seen
}

// TestServeHostile is no test: it is the process that TestHostileDocuments starts for each document.
func TestServeHostile(t *testing.T) {
	file := os.Getenv(hostileVariable)
	if file == "" {
		t.Skip("started by TestHostileDocuments alone")
	}
	got := endure(t, file)
	got.Held = mostHeld()
	out, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".endured", out, 0o600); err != nil {
		t.Fatal(err)
	}
}

// mostHeld is how many MB this process ever had resident; 0 where the system does not tell.
func mostHeld() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(text, []byte("VmHWM:"))
	kb, _, _ := bytes.Cut(bytes.TrimSpace(after), []byte(" "))
	n, _ := strconv.Atoi(string(kb))
	return n >> 10
}

// endure loads a document, asks for the first answers of its operations and lints it.
func endure(t *testing.T, file string) endured {
	var out endured
	begun := time.Now()
	src, err := spec.ReadSource(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	var overlays []spec.Source
	if o, err := spec.ReadSource(filepath.Join(filepath.Dir(file), "overlay.yaml"), nil); err == nil {
		overlays = append(overlays, o)
	}
	d, err := spec.Load(src, overlays...)
	out.Load = time.Since(begun)
	if err != nil {
		out.Findings = []string{err.Error()}
		return out
	}
	for _, f := range d.Flaws {
		out.Findings = append(out.Findings, f.Rule+" "+f.String()+" "+f.Hint)
	}
	s, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	out.Load = time.Since(begun)
	out.Statuses = map[int]int{}
	const asked = 5
	for _, op := range d.Operations[:min(len(d.Operations), asked)] {
		begun = time.Now()
		e := s.example(op)
		r := httptest.NewRequest(op.Method, "http://127.0.0.1"+e.target, nil)
		if e.body != nil {
			r = httptest.NewRequest(op.Method, "http://127.0.0.1"+e.target, strings.NewReader(e.body.text))
			r.Header.Set("Content-Type", e.body.mediaType)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		out.Answer = max(out.Answer, time.Since(begun))
		out.Statuses[w.Code]++
		if b := w.Body.Bytes(); w.Code >= http.StatusBadRequest || bytes.Contains(b, []byte(hostileSecret)) {
			out.Bodies += string(b[:min(len(b), 2000)])
		}
	}
	begun = time.Now()
	fs := spec.Lint(d)
	out.Lint = time.Since(begun)
	for _, f := range fs {
		out.Findings = append(out.Findings, f.Rule+" "+f.String())
	}
	return out
}

// A document made to hurt is refused or served by a process that stays small, without a look at a file outside of its
// directory and without a connection; what is wrong with it is said.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("what documents take is not measured under the race detector")
	}
	var connections atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_ = c.Close()
		}
	}()
	outside := t.TempDir()
	secret := filepath.Join(outside, "outside.yaml")
	write(t, secret, "Secret: {type: string, const: "+hostileSecret+"}\n")
	docs := hostileDocuments(secret, listener.Addr().String())
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endureApart(t, docs[name], outside)
		})
	}
	t.Cleanup(func() {
		if n := connections.Load(); n > 0 {
			t.Errorf("%d connections were made", n)
		}
	})
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// endureApart lets a process of its own serve a document.
func endureApart(t *testing.T, doc hostileDoc, outside string) {
	dir := filepath.Join(t.TempDir(), "documents")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "api.yaml")
	write(t, file, doc.text)
	if doc.overlay != "" {
		write(t, filepath.Join(dir, "overlay.yaml"), doc.overlay)
	}
	for name, text := range doc.files {
		write(t, filepath.Join(dir, name), text)
	}
	write(t, filepath.Join(filepath.Dir(dir), "outside.yaml"), "Secret: {type: string, const: "+hostileSecret+"}\n")
	_ = os.Symlink(filepath.Join(outside, "outside.yaml"), filepath.Join(dir, "link.yaml"))
	_ = os.Symlink(outside, filepath.Join(dir, "linked"))

	got, processor := endureOnce(t, file)
	for range 2 { // how much garbage there is at once depends on what else the machine does
		if got.Held > hostileMemory {
			again, took := endureOnce(t, file)
			got.Held, processor = min(got.Held, again.Held), min(processor, took)
		}
	}
	first := "nothing"
	if len(got.Findings) > 0 {
		first = got.Findings[0]
	}
	t.Logf("| %s | %d ms | %d ms | %d ms | %d ms | %d MB | %v | %s |", strings.TrimPrefix(t.Name(), "TestHostileDocuments/"), got.Load.Milliseconds(),
		got.Answer.Milliseconds(), got.Lint.Milliseconds(),
		processor.Milliseconds(), got.Held, got.Statuses, first[:min(len(first), 150)])
	if got.Held > hostileMemory {
		t.Errorf("it held %d MB", got.Held)
	}
	if got.Statuses[http.StatusInternalServerError] > 0 {
		t.Errorf("an answer was 500: %s", got.Bodies)
	}
	all := fmt.Sprint(got.Findings, got.Bodies)
	if !strings.Contains(all, doc.finding) {
		t.Errorf("no finding says %q: %.500s", doc.finding, all)
	}
	if strings.Contains(all, hostileSecret) {
		t.Error("what stands outside was read")
	}
}

// endureOnce runs the process, and tells what it took of the processor.
func endureOnce(t *testing.T, file string) (got endured, processor time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hostilePatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestServeHostile$", "-test.count=1")
	cmd.Env = append(os.Environ(), hostileVariable+"="+file)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said[:min(len(said), 4000)])
	}
	text, err := os.ReadFile(file + ".endured")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
