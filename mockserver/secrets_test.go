package mockserver

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

const secretive = `openapi: 3.1.0
info: {title: Secrets, version: "1"}
paths:
  /login:
    post:
      parameters: [{name: visit, in: cookie, schema: {type: integer}}]
      requestBody:
        content:
          application/x-www-form-urlencoded: {schema: {type: object, properties: {user: {type: string}, password: {type: string}}}}
          application/json: {schema: {type: object, properties: {pin: {type: string, format: password, maxLength: 4}}}}
      responses: {"204": {description: ok}}
`

// What is a secret by its name, by its place or by what the document says is in no answer, log or journal.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := play(t, load(t, secretive), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	const form = "application/x-www-form-urlencoded"
	replies := []reply{
		s.send(http.MethodPost, "/login", "user=ada&password=CANARY1%zz", "Content-Type", form).want(400),
		s.send(http.MethodPost, "/login", `{"pin":"CANARY2"}`).want(422),
		s.send(http.MethodPost, "/login", `{"pin":"CANARY3`).want(400),
		s.send(http.MethodPost, "/login", "", "Cookie", "visit=CANARY4").want(422),
	}
	journal := s.send(http.MethodGet, "/__understudy/requests", "").want(200)
	shown := fmt.Sprintf("%s\n%s\n", log.String(), journal.body)
	for _, r := range replies {
		shown += string(r.body)
	}
	if i := strings.Index(shown, "CANARY"); i >= 0 {
		t.Errorf("...%s...", shown[max(0, i-200):min(len(shown), i+80)])
	}
	if !strings.Contains(shown, "(hidden)") {
		t.Error("nothing was hidden")
	}
}
