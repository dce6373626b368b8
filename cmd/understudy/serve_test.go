package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/mockserver/control"
)

// patience is how long a test waits for what should come at once.
const patience = 30 * time.Second

// screen is an output stream that a test can wait on.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newScreen() *screen { return &screen{changed: make(chan struct{})} }

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	return s.text.Write(b)
}

func (s *screen) read() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), s.changed
}

func (s *screen) String() string {
	text, _ := s.read()
	return text
}

// running is a serve under test.
type running struct {
	t              *testing.T
	stdout, stderr *screen
	signals        chan os.Signal
	exited         chan struct{}
	code           int
}

// start runs serve in this process, on a free port of both loopbacks where args do not say otherwise.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	return startTicking(t, nil, args...)
}

// startTicking is start with the moments at which watched files are looked at.
func startTicking(t *testing.T, ticks <-chan time.Time, args ...string) *running {
	t.Helper()
	r := &running{
		t: t, stdout: newScreen(), stderr: newScreen(), signals: make(chan os.Signal, 2), exited: make(chan struct{}),
	}
	a := &app{
		stdin: strings.NewReader(""), stdout: r.stdout, stderr: r.stderr, ticks: ticks,
		signals: func() (<-chan os.Signal, func()) { return r.signals, func() {} },
	}
	go func() {
		defer close(r.exited)
		r.code = a.run(append([]string{"serve", "--addr", "localhost:0"}, args...))
	}()
	t.Cleanup(func() {
		r.signals <- os.Interrupt
		<-r.exited
	})
	return r
}

// see waits until a stream holds the text and returns all of it.
func (r *running) see(s *screen, want string) string {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		text, changed := s.read()
		if strings.Contains(text, want) {
			return text
		}
		select {
		case <-changed:
		case <-r.exited:
			if text := s.String(); strings.Contains(text, want) {
				return text
			}
			r.t.Fatalf("exit code %d before %q came: stdout %q, stderr %q", r.code, want, r.stdout, r.stderr)
		case <-deadline:
			r.t.Fatalf("no %q: stdout %q, stderr %q", want, r.stdout, r.stderr)
		}
	}
}

// ready waits until it says that it is and returns what it says.
func (r *running) ready() string {
	r.t.Helper()
	return r.see(r.stdout, "Ctrl-C stops it.\n")
}

// stop sends a signal and waits for the exit code.
func (r *running) stop(s os.Signal) int {
	r.t.Helper()
	r.signals <- s
	return r.exit()
}

func (r *running) exit() int {
	r.t.Helper()
	select {
	case <-r.exited:
	case <-time.After(patience):
		r.t.Fatalf("still running: stderr %q", r.stderr)
	}
	return r.code
}

// labelled is what follows a label in the announcement: the API's URL, the control API's, the seed.
func labelled(t *testing.T, said, label string) string {
	t.Helper()
	for line := range strings.Lines(said) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == label {
			return words[1]
		}
	}
	t.Fatalf("no %s in %q", label, said)
	return ""
}

// curls are the command lines of the announcement.
func curls(said string) []string {
	var out []string
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "curl ") {
			out = append(out, strings.TrimSuffix(line, "\n"))
		}
	}
	return out
}

// shellWords splits a line as a shell does that knows no quotes but single ones.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			quoted = !quoted
		case c == '\\' && !quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == ' ' && !quoted:
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteByte(c)
		}
	}
	return append(words, word.String())
}

// doCurl sends what a curl line sends: curl -X METHOD URL [-H HEADER]... [-d BODY].
func doCurl(t *testing.T, line string) (int, string) {
	t.Helper()
	words := shellWords(line)
	body := ""
	header := http.Header{}
	for i := 4; i+1 < len(words); i += 2 {
		if words[i] == "-d" {
			body = words[i+1]
			continue
		}
		name, value, _ := strings.Cut(words[i+1], ": ")
		header.Set(name, value)
	}
	return do(t, words[2], words[3], body, header)
}

func do(t *testing.T, method, url, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

var sendsJSON = http.Header{"Content-Type": {"application/json"}}

func patch(t *testing.T, url, body string) (int, string) {
	t.Helper()
	return do(t, http.MethodPatch, url, body, sendsJSON)
}

func TestServeTellsWhatToPaste(t *testing.T) {
	t.Parallel()
	r := start(t, "--seed", "7")
	said := r.ready()
	if got := labelled(t, said, "Seed"); got != "7" {
		t.Errorf("seed %s, want 7", got)
	}
	lines := curls(said)
	if len(lines) != 2 {
		t.Fatalf("%d curl lines, want 2: %s", len(lines), said)
	}
	for _, line := range lines {
		if status, body := doCurl(t, line); status != http.StatusOK {
			t.Errorf("%s: %d %s", line, status, body)
		}
	}
	r.see(r.stderr, "msg=request")
	if strings.Contains(r.stdout.String(), "msg=request") {
		t.Error("request lines are on standard output")
	}
}

func TestServeTellsWhatToPasteIntoAShell(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	for _, line := range curls(start(t).ready()) {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", line+" -sS --fail-with-body").CombinedOutput()
		if err != nil || !strings.Contains(string(out), `"success":true`) {
			t.Errorf("%s: %v %s", line, err, out)
		}
	}
}

func TestServeListensOnBothLoopbacks(t *testing.T) {
	t.Parallel()
	probe, err := bind(loopback6, 0)
	if err != nil {
		t.Skip("this machine has no ::1")
	}
	_ = probe.Close()
	api := labelled(t, start(t).ready(), "API")
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		url := strings.Replace(api, "127.0.0.1", host, 1) + "/calls/call_3d9k2j8s7d2k"
		if status, body := patch(t, url, "{}"); status != http.StatusOK {
			t.Errorf("%s: %d %s", url, status, body)
		}
	}
}

func TestServePlaysAnotherDocument(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "things.yaml")
	text := `openapi: 3.1.0
info: {title: Things, version: "2"}
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: One, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string}, name: {type: string}}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said := start(t, file, "--base-path", "/v2", "--count", "1e9").ready()
	if !strings.HasPrefix(said, "Understudy plays Things 2 (things.yaml)\n") {
		t.Errorf("said %q", said)
	}
	lines := curls(said)
	if len(lines) != 1 || !strings.Contains(lines[0], "/v2/things/") {
		t.Fatalf("curl lines %q", lines)
	}
	if status, body := doCurl(t, lines[0]); status != http.StatusOK {
		t.Errorf("%s: %d %s", lines[0], status, body)
	}
}

// What the document would send is listed, and whether it is.
func TestServeListsWhatIsSent(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "hooks.yaml")
	text := `openapi: 3.1.0
info: {title: Hooks, version: "2"}
paths:
  /subscribe:
    post:
      operationId: subscribe
      responses: {"204": {description: ok}}
      callbacks: {onEvent: {'{$request.query.url}': {post: {responses: {"200": {description: ok}}}}}}
webhooks: {nightfall: {post: {responses: {"200": {description: ok}}}}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := start(t, file).ready(); !strings.Contains(said, "Sends    callback onEvent of subscribe, webhook nightfall (not sent") {
		t.Errorf("said %q", said)
	}
	if said := start(t, file, "--callbacks").ready(); !strings.Contains(said, "(sent to this machine)") {
		t.Errorf("said %q", said)
	}
}

func TestServeLogsJSON(t *testing.T) {
	t.Parallel()
	r := start(t, "--log", "json", "--seed", "9")
	var ready struct {
		Time, Level, Msg, URL, Control, Document, Version string
		Seed                                              uint64
	}
	first, _, _ := strings.Cut(r.see(r.stdout, "\n"), "\n")
	if err := json.Unmarshal([]byte(first), &ready); err != nil {
		t.Fatalf("%v: %s", err, first)
	}
	if ready.Msg != "ready" || ready.Level != "INFO" || ready.Seed != 9 || ready.Document != "commerce.yaml" ||
		ready.Time == "" || ready.Version == "" || !strings.HasSuffix(ready.Control, control.Prefix+"/") {
		t.Errorf("ready event %s", first)
	}
	if status, body := patch(t, ready.URL+"/calls/call_3d9k2j8s7d2k", "{}"); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	r.see(r.stdout, `"msg":"request"`)
	if code := r.stop(os.Interrupt); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	for line := range strings.Lines(r.stdout.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	if !strings.Contains(r.stdout.String(), `"took_ms":`) || r.stderr.String() != "" {
		t.Errorf("stdout %s, stderr %s", r.stdout, r.stderr)
	}
}

func TestServeIsQuiet(t *testing.T) {
	t.Parallel()
	r := start(t, "--log", "off")
	patch(t, labelled(t, r.ready(), "API")+"/calls/nope", "{}")
	if code := r.stop(syscall.SIGTERM); code != exitOK || r.stderr.String() != "" {
		t.Errorf("exit code %d, stderr %q", code, r.stderr)
	}
}

// hanging is a request whose body is on its way: the server has asked for it.
type hanging struct {
	body   *io.PipeWriter
	answer chan error // nil for a 200
}

func hang(t *testing.T, url string) hanging {
	t.Helper()
	asked := make(chan struct{})
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(asked) }})
	read, write := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, url, read)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Expect": {"100-continue"}}
	h := hanging{write, make(chan error, 1)}
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: patience}}
	go func() {
		res, err := client.Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d", res.StatusCode)
			}
		}
		h.answer <- err
	}()
	select {
	case <-asked:
	case err := <-h.answer:
		t.Fatalf("no 100: %v", err)
	}
	return h
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	r := start(t)
	api := labelled(t, r.ready(), "API")
	h := hang(t, api+"/calls/call_3d9k2j8s7d2k")
	r.signals <- syscall.SIGTERM
	// Once nothing listens, the signal has been heard; the request goes on.
	for refused := false; !refused; {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, api, http.NoBody)
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		cancel()
		if refused = err != nil; !refused {
			_ = res.Body.Close()
		}
	}
	_, _ = h.body.Write([]byte("{}"))
	_ = h.body.Close()
	if err := <-h.answer; err != nil {
		t.Errorf("the request that ran: %v", err)
	}
	if code := r.exit(); code != exitOK {
		t.Errorf("exit code %d, stderr %q", code, r.stderr)
	}
}

func TestServeEndsAtOnceOnTheSecondSignal(t *testing.T) {
	t.Parallel()
	r := start(t, "--state", filepath.Join(t.TempDir(), "changes.json"))
	h := hang(t, labelled(t, r.ready(), "API")+"/calls/call_3d9k2j8s7d2k")
	r.signals <- os.Interrupt
	begun := time.Now()
	if code := r.stop(os.Interrupt); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(begun); took >= drainTime {
		t.Errorf("took %s", took)
	}
	r.see(r.stderr, "understudy: warning: requests that were still running were cut off\n")
	_ = h.body.Close() // the client waits for its own body before it looks at the connection
	if err := <-h.answer; err == nil {
		t.Error("the request was answered")
	}
}

func TestServeKeepsState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "changes.json")
	first := start(t, "--state", file)
	url := labelled(t, first.ready(), "API") + "/calls/call_3d9k2j8s7d2k"
	if status, body := patch(t, url, `{"rating":2.50}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if code := first.stop(syscall.SIGTERM); code != exitOK {
		t.Fatalf("exit code %d: %s", code, first.stderr)
	}
	second := start(t, "--state", file)
	url = labelled(t, second.ready(), "API") + "/calls/call_3d9k2j8s7d2k"
	if _, body := patch(t, url, "{}"); !strings.Contains(body, `"rating":2.50`) {
		t.Errorf("after the restart: %s", body)
	}
}

func TestServeRefusesADamagedState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "changes.json")
	const damaged = `{"not": "ours`
	if err := os.WriteFile(file, []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, "--state", file)
	if code := r.exit(); code != exitUsage || r.stdout.String() != "" || strings.Count(r.stderr.String(), "\n") != 1 {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, r.stdout, r.stderr)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != damaged {
		t.Errorf("the file is now %q, %v", after, err)
	}
}

func TestServeSaysThatStateIsLost(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := start(t, "--log", "off", "--state", filepath.Join(dir, "changes.json"))
	r.ready()
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if code := r.stop(os.Interrupt); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if said := r.stderr.String(); !strings.HasPrefix(said, "understudy: ") || strings.Count(said, "\n") != 1 {
		t.Errorf("stderr %q", said)
	}
}

func TestServeMovesTheControlAPI(t *testing.T) {
	t.Parallel()
	said := start(t, "--control-addr", "127.0.0.1:0").ready()
	api, moved := labelled(t, said, "API"), labelled(t, said, "Control")
	if host := strings.TrimSuffix(moved, control.Prefix+"/"); strings.HasPrefix(api, host+"/") {
		t.Fatalf("both are at %s", host)
	} else if _, err := control.New(host).Info(t.Context()); err != nil {
		t.Error(err)
	}
	there := strings.TrimSuffix(api, "/api") + control.Prefix + "/"
	if status, _ := do(t, http.MethodGet, there, "", nil); status != http.StatusNotFound {
		t.Errorf("status %d at the API's address, want 404", status)
	}
}

func TestServeMakesATokenForAnOpenAddress(t *testing.T) {
	t.Parallel()
	said := start(t, "--addr", "0.0.0.0:0").ready()
	token := labelled(t, said, "Token")
	base := strings.TrimSuffix(labelled(t, said, "Control"), control.Prefix+"/")
	if len(token) < 20 {
		t.Errorf("token %q", token)
	}
	if _, err := control.New(base).Info(t.Context()); err == nil {
		t.Error("no token was asked for")
	}
	if _, err := control.New(base, control.WithToken(token)).Info(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestServeKeepsAGivenTokenToItself(t *testing.T) {
	t.Parallel()
	const token = "given-and-not-shown"
	for _, format := range []string{"text", "json"} {
		r := start(t, "--addr", "0.0.0.0:0", "--control-token", token, "--log", format)
		r.see(r.stdout, control.Prefix)
		if code := r.stop(os.Interrupt); code != exitOK {
			t.Errorf("exit code %d", code)
		}
		if strings.Contains(r.stdout.String()+r.stderr.String(), token) {
			t.Errorf("shown: %s %s", r.stdout, r.stderr)
		}
	}
}

// TestBinaryEndsOnSIGTERM is the whole: a built binary, a real signal.
func TestBinaryEndsOnSIGTERM(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the binary")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "understudy")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	state := filepath.Join(dir, "changes.json")
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--addr", "localhost:0", "--log", "json", "--state", state)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ready struct{ URL string }
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("it said nothing")
	}
	if err := json.Unmarshal(lines.Bytes(), &ready); err != nil {
		t.Fatal(err)
	}
	if status, body := patch(t, ready.URL+"/calls/call_3d9k2j8s7d2k", `{"rating":1.5}`); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // the lines that are left
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if saved, err := os.ReadFile(state); err != nil || !bytes.Contains(saved, []byte("1.5")) {
		t.Errorf("saved %s, %v", saved, err)
	}
}
