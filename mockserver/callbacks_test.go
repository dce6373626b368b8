package mockserver

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const subscriptions = `openapi: 3.1.0
info: {title: Subscriptions, version: "1"}
paths:
  /subscriptions:
    post:
      operationId: subscribe
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [callbackUrl], properties: {callbackUrl: {type: string}}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {type: object, properties: {topic: {type: string}}}}}}}
      callbacks:
        onEvent:
          '{$request.body#/callbackUrl}/{$request.query.room}?status={$statusCode}':
            post:
              requestBody: {content: {application/json: {schema: {
                type: object, required: [event], properties: {event: {const: started}}, additionalProperties: false}}}}
              responses: {"200": {description: thanks}}
webhooks:
  nightfall:
    post:
      requestBody: {content: {application/json: {schema: {type: object, required: [moon], properties: {moon: {const: full}}}}}}
      responses: {"200": {description: thanks}}
`

// receiver keeps what it is sent.
func receiver(t *testing.T) (base string, got chan string) {
	t.Helper()
	got = make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), body)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, got
}

// logged collects log lines and tells of each.
type logged struct {
	mu    sync.Mutex
	text  strings.Builder
	lines chan string
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if strings.Contains(string(p), "msg=callback") || strings.Contains(string(p), "msg=webhook") {
		l.lines <- string(p)
	}
	return len(p), nil
}

func newLogged() (*logged, Option) {
	l := &logged{lines: make(chan string, 10)}
	return l, WithLogger(slog.New(slog.NewTextHandler(l, nil)))
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	base, got := receiver(t)
	log, withLog := newLogged()
	s := play(t, load(t, subscriptions), WithCallbacks(), withLog)
	s.send("POST", "/subscriptions?room=7", `{"callbackUrl":"`+base+`/hook"}`).want(201)
	if sent := <-got; sent != `POST /hook/7?status=201 {"event":"started"}` {
		t.Errorf("sent %s", sent)
	}
	if line := <-log.lines; !strings.Contains(line, "status=202") {
		t.Error(line)
	}
	// What leads off this machine, or nowhere, is not sent, and said.
	for body, why := range map[string]string{
		`{"callbackUrl":"http://192.0.2.1/hook"}`:      "--callback-host 192.0.2.1",
		`{"callbackUrl":"http://example.com:80/hook"}`: "--callback-host example.com",
		`{"callbackUrl":"file:///etc/passwd#"}`:        "http or https",
	} {
		s.send("POST", "/subscriptions?room=7", body).want(201)
		if line := <-log.lines; !strings.Contains(line, "not sent") || !strings.Contains(line, why) {
			t.Errorf("%s: %s", body, line)
		}
	}
	s.send("POST", "/subscriptions", `{"callbackUrl":"`+base+`"}`).want(201)
	if line := <-log.lines; !strings.Contains(line, "request.query.room") {
		t.Error(line)
	}
	// A refused request calls nobody back.
	s.send("POST", "/subscriptions?room=7", `{"callbackUrl":7}`).want(422)
	s.send("POST", "/subscriptions?room=8", `{"callbackUrl":"`+base+`"}`).want(201)
	if sent := <-got; !strings.HasPrefix(sent, "POST /8?") {
		t.Errorf("sent %s", sent)
	}
}

// Nothing is sent by a server that was not told to.
func TestCallbacksAreOff(t *testing.T) {
	t.Parallel()
	base, got := receiver(t)
	s := play(t, load(t, subscriptions))
	s.send("POST", "/subscriptions?room=7", `{"callbackUrl":"`+base+`"}`).want(201)
	s.send("POST", "/__understudy/webhooks/nightfall", `{"url":"`+base+`"}`).want(409)
	list := s.send("GET", "/__understudy/webhooks", "").want(200)
	list.wantAt("/0/kind", `"callback"`, "/0/operation", `"subscribe"`, "/1/name", `"nightfall"`)
	if len(got) > 0 {
		t.Errorf("sent %s", <-got)
	}
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	base, got := receiver(t)
	s := play(t, load(t, subscriptions), WithCallbacks())
	s.send("POST", "/__understudy/webhooks/nightfall", `{"url":"`+base+`/moon"}`).want(200).wantAt("/status", "202")
	if sent := <-got; sent != `POST /moon {"moon":"full"}` {
		t.Errorf("sent %s", sent)
	}
	s.send("POST", "/__understudy/webhooks/nightfall", `{"url":"`+base+`","body":[1.0]}`).want(200)
	if sent := <-got; sent != `POST / [1.0]` {
		t.Errorf("sent %s", sent)
	}
	s.send("POST", "/__understudy/webhooks/daybreak", `{"url":"`+base+`"}`).want(404)
	s.send("POST", "/__understudy/webhooks/nightfall", `{"url":"http://192.0.2.1/"}`).want(422)
	s.send("POST", "/__understudy/webhooks/nightfall", `{"url":"http://127.0.0.1:1/"}`).want(502)
}

// A name that is allowed for being local may still lead elsewhere; the connection is what counts.
func TestCallbacksCheckTheConnection(t *testing.T) {
	t.Parallel()
	if err := loopbackOnly("tcp", "192.0.2.1:80", nil); err == nil {
		t.Error("192.0.2.1 passes for this machine")
	}
	for _, here := range []string{"127.0.0.1:80", "[::1]:80"} {
		if err := loopbackOnly("tcp", here, nil); err != nil {
			t.Errorf("%s: %v", here, err)
		}
	}
}
