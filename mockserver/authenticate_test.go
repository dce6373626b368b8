package mockserver

import (
	"log/slog"
	"os/exec"
	"strings"
	"testing"
)

const secured = `openapi: 3.1.0
info: {title: 'T "1"', version: "1"}
security: [{key: []}]
paths:
  /document: {get: {responses: {"200": {description: ok}}}}
  /open: {get: {security: [], responses: {"200": {description: ok}}}}
  /optional: {get: {security: [{basic: []}, {}], responses: {"200": {description: ok}}}}
  /basic: {get: {security: [{basic: []}], responses: {"200": {description: ok}}}}
  /either: {get: {security: [{basic: []}, {bearer: []}], responses: {"200": {description: ok}}}}
  /both: {get: {security: [{inquery: [], incookie: []}], responses: {"200": {description: ok}}}}
  /scopes: {post: {security: [{oauth: ["read:pets", write]}], requestBody: {content: {text/plain: {}}}, responses: {"200": {description: ok}}}}
  /tls: {get: {security: [{tls: []}], responses: {"200": {description: ok}}}}
  /odd: {get: {security: [{odd: []}], responses: {"200": {description: ok}}}}
  /nowhere: {get: {security: [{nowhere: []}], responses: {"200": {description: ok}}}}
  /digest: {get: {security: [{digest: []}], responses: {"200": {description: ok}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Pass}
    inquery: {type: apiKey, in: query, name: pass}
    incookie: {type: apiKey, in: cookie, name: who}
    basic: {type: http, scheme: Basic}
    bearer: {type: http, scheme: bearer}
    digest: {type: http, scheme: digest}
    oauth: {type: oauth2, flows: {}}
    tls: {type: mutualTLS}
    odd: {type: magic}
`

func TestCredentials(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, secured))
	for _, c := range []struct {
		path, headers string // NAME VALUE|NAME VALUE
		status        int
	}{
		{"/document", "", 401},
		{"/document", "X-Pass 1", 200},
		{"/document", "X-Pass  ", 401},
		{"/open", "", 200},
		{"/optional", "", 200},
		{"/optional", "Authorization Basic x", 200},
		{"/basic", "Authorization Basic ZGVtbzpkZW1v", 200},
		{"/basic", "Authorization basic ZGVtbzpkZW1v", 200},
		{"/basic", "Authorization Basic ZGVtbw==", 401},
		{"/basic", "Authorization Basic !", 401},
		{"/basic", "Authorization Bearer ZGVtbzpkZW1v", 401},
		{"/either", "Authorization Bearer a.b-c_d~e+f/g=", 200},
		{"/either", "Authorization Bearer", 401},
		{"/either", "Authorization Bearer a b", 401},
		{"/either", "Authorization Basic ZGVtbzpkZW1v", 200},
		{"/both?pass=1", "Cookie who=me", 200},
		{"/both?pass=1", "", 401},
		{"/both?pass=", "Cookie who=me", 401},
		{"/both", "Cookie who=me", 401},
		{"/tls", "", 200},
		{"/odd", "", 200},
		{"/nowhere", "", 200},
		{"/digest", "Authorization Digest username=\"x\"", 200},
		{"/digest", "Authorization Digest", 401},
		{"/unknown", "", 404},
	} {
		var headers []string
		if name, value, ok := strings.Cut(c.headers, " "); ok {
			headers = []string{name, value}
		}
		if r := s.send("GET", c.path, "", headers...); r.status != c.status {
			t.Errorf("%s %s: %d, want %d", c.path, c.headers, r.status, c.status)
		} else if r.status == 401 && (r.header.Get("WWW-Authenticate") == "" || len(r.findings()) == 0) {
			t.Errorf("%s: a 401 without challenge or finding", c.path)
		}
	}
	if n := len(s.server.Flaws()); n != 2 {
		t.Errorf("%d flaws, want one for the unknown type and one for the unknown name: %v", n, s.server.Flaws())
	}
}

func TestChallenges(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, secured))
	for path, want := range map[string]string{
		"/document": `ApiKey realm="T _1_", in="header", name="X-Pass"`,
		"/either":   `Basic realm="T _1_", charset="UTF-8" | Bearer realm="T _1_"`,
	} {
		if got := strings.Join(s.send("GET", path, "").header.Values("WWW-Authenticate"), " | "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestScopesOfOwnTokens(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, secured))
	post := func(token string) reply { return s.send("POST", "/scopes", "", "Authorization", "Bearer "+token) }
	post("understudy:write,read:pets").want(200)
	post("anything").want(200)
	r := post("understudy:write").wantFinding(403, "security", "header", "/Authorization")
	if got := r.header.Get("WWW-Authenticate"); !strings.Contains(got, `error="insufficient_scope", scope="read:pets write"`) {
		t.Errorf("challenge %s", got)
	}
	// Credentials come before the body, and after the method.
	s.send("POST", "/scopes", "{}").want(401)
	s.send("DELETE", "/scopes", "").want(405)
	s.send("POST", "/scopes", "{}", "Authorization", "Bearer x").want(415)
}

func TestWithoutAuth(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, secured), WithoutAuth())
	s.send("GET", "/document", "").want(200)
	for e := range s.server.Examples("") {
		if strings.Contains(e.Curl, "demo") {
			t.Errorf("credentials that nobody asks for: %s", e.Curl)
		}
	}
}

// TestAPIKeysStayOutOfLogAndJournal: that a name holds a secret, only the document says.
func TestAPIKeysStayOutOfLogAndJournal(t *testing.T) {
	t.Parallel()
	var out syncBuffer
	s := play(t, load(t, secured), WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	s.send("GET", "/both?pass=canary1&x=%zz", "", "Cookie", "who=canary2", "X-Pass", "canary3")
	s.send("GET", "/both?pass=%zzcanary4", "", "Cookie", "who=canary5")
	s.server.journal.each(func(e *entry) {
		if shown := string(encode(s.server.report(e))); strings.Contains(shown, "canary") {
			t.Errorf("the journal shows %s", shown)
		}
	})
	if strings.Contains(out.String(), "canary") {
		t.Errorf("the log shows %s", out.String())
	}
}

// TestExamplesCarryCredentials runs the command lines that are shown.
func TestExamplesCarryCredentials(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	for _, text := range []string{secured, messages} {
		s := play(t, load(t, text))
		for e := range s.server.Examples(s.http.URL) {
			if e.Operation.Path == "/needs" { // which cannot be answered
				continue
			}
			out, err := exec.Command("sh", "-c", e.Curl+" -s -o /dev/null -w '%{http_code}'").Output()
			if err != nil || out[0] != '2' {
				t.Errorf("%s: %s %v", e.Curl, out, err)
			}
		}
	}
}

func TestDemoCredentialsAreTaken(t *testing.T) {
	t.Parallel()
	d := load(t, secured)
	for _, op := range d.Operations {
		s := play(t, d)
		headers, path := []string{}, op.Path
		for _, c := range op.DemoCredentials() {
			switch c.In {
			case "header":
				headers = append(headers, c.Name, c.Value)
			case "cookie":
				headers = append(headers, "Cookie", c.Name+"="+c.Value)
			case "query":
				path += "?" + c.Name + "=" + c.Value
			}
		}
		if r := s.send(op.Method, path, "", headers...); r.status != 200 {
			t.Errorf("%s: %d with %v", op.ID, r.status, headers)
		}
	}
}
