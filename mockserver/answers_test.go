package mockserver

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

func TestRatings(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for i := range 51 {
		for _, text := range []string{fmt.Sprintf("%d.%d", i/10, i%10), fmt.Sprintf("%de-1", i), fmt.Sprintf("%d.%d0", i/10, i%10)} {
			s.patch(call, `{"rating":`+text+`}`).want(200).wantAt("/data/rating", text)
		}
	}
	for text, rule := range map[string]string{
		"2.55": "multipleOf", "0.05": "multipleOf", "5.1": "maximum", "-0.1": "minimum", "5.0000000000000001": "maximum",
		"2.2999999999999998": "multipleOf", "1e-400": "multipleOf", "0.30000000000000004": "multipleOf", `"4"`: "type",
		"true": "type", "[]": "type", "1e300": "maximum",
	} {
		s.patch(call, `{"rating":`+text+`}`).wantFinding(422, rule, "body", "/rating")
	}
	s.patch(call, `{"rating":2.55}`).wantAt("/errors/0/hint", `"the nearest are 2.5 and 2.6"`,
		"/errors/0/expected", `"a multiple of 0.1"`, "/errors/0/actual", `"2.55"`,
		"/errors/0/document/pointer", `"/components/schemas/Call/properties/rating/multipleOf"`)
}

func TestFormatsAreAsserted(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for _, c := range []struct {
		path, member string
		good, bad    []string
	}{
		{
			call, "conversationURL",
			[]string{"https://müller.example/straße?q=ü#ß", "http://例え.テスト/", "urn:isbn:0451450523", "http://[2001:db8::1]:8080/"},
			[]string{"not an iri", "http://example.com/a b", "http://example.com/\u202e", "http://", "/relative", ""},
		},
		{
			meeting, "email",
			[]string{"zoë@müller.example", "a@b.test", `"quoted local"@example.com`, "用户@例え.テスト"},
			[]string{"a@", "@b", "nope", "a b@c.test", "a@b@c", ""},
		},
		{
			call, "time",
			[]string{"2024-02-29T12:00:00Z", "2024-02-29t12:00:00.5+05:30", "1998-12-31T23:59:60Z"},
			[]string{"2023-02-30T00:00:00Z", "2024-01-01T12:00:+1Z", "2024-01-01", "2024-01-01T00:00:00", "yesterday"},
		},
		{
			call, "externalPhoneNumber",
			[]string{"4155550132", "+1 (415) 555-0132", "1-415 555-0132"},
			[]string{"555-0132", "x4155550132", "4155550132x", "4155550132\n", "٤١٥٥٥٥٠١٣٢"},
		},
	} {
		for _, v := range c.good {
			s.patch(c.path, fmt.Sprintf(`{%q:%q}`, c.member, v)).want(200)
		}
		for _, v := range c.bad {
			r := s.patch(c.path, fmt.Sprintf(`{%q:%q}`, c.member, v)).want(422)
			if f := r.findings()[0]; f.Pointer != "/"+c.member || f.Hint == "" {
				t.Errorf("%q: %+v", v, f)
			}
		}
	}
}

func TestAllErrorsAtOnceInOrder(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	body := `{"time":"x","rating":9,"note":1,"audioRecording":[],"conversationURL":""}`
	first := s.patch(call+"?depth=x", body).want(422)
	var got []string
	for _, f := range first.findings() {
		got = append(got, f.In+f.Pointer+" "+f.Rule)
	}
	want := "query/depth type, body/audioRecording type, body/conversationURL format, body/note type, body/rating maximum, body/time format"
	if joined := strings.Join(got, ", "); joined != want {
		t.Errorf("findings %s, want %s", joined, want)
	}
	for range 5 {
		s.patch(call+"?depth=x", body).wantBody(string(first.body))
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for path, hint := range map[string]string{
		"/calls/call_3d9k2j8s7d2k":           "/api/calls/call_3d9k2j8s7d2k?",
		"/api/calls/":                        "",
		"/api/calls":                         "",
		"/api//calls/call_3d9k2j8s7d2k":      "/api/calls/call_3d9k2j8s7d2k?",
		"/api/calls/call_3d9k2j8s7d2k/":      "/api/calls/call_3d9k2j8s7d2k?",
		"//api/calls/call_3d9k2j8s7d2k":      "/api/calls/call_3d9k2j8s7d2k?",
		"/apicalls/call_3d9k2j8s7d2k":        "",
		"/api/call/call_3d9k2j8s7d2k":        "/api/calls/call_3d9k2j8s7d2k?",
		"/API/calls/call_3d9k2j8s7d2k":       "",
		"/api/./calls/call_3d9k2j8s7d2k":     "",
		"/api/x/../calls/call_3d9k2j8s7d2k":  "",
		"/nowhere":                           "",
		"/~mine/calls/call_3d9k2j8s7d2k":     "/~mine/api/calls/call_3d9k2j8s7d2k?",
		"/api/calls/call_3d9k2j8s7d2k/extra": "",
	} {
		req, err := http.NewRequest(http.MethodPatch, s.http.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = "//" + req.URL.Host + path // as written, without cleaning
		r := s.do(req).wantFinding(404, "path", "path", "")
		if got := r.findings()[0].Hint; !strings.HasSuffix(got, hint) {
			t.Errorf("%s: hint %q, want %q", path, got, hint)
		}
	}
	s.patch("/api/c%61lls/call_3d9k2j8s7d2k", "{}").want(200)
	for _, id := range []string{"a%2Fb", "%00", "%ff", "..", "%2e%2e", "a;v=2", "%7Bid%7D", "☃", "call_3d9k2j8s7d2K"} {
		req, err := http.NewRequest(http.MethodPatch, s.http.URL+"/api/calls/"+id, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		r := s.do(req)
		if id == "%ff" {
			r.wantFinding(400, "encoding", "path", "/id")
			continue
		}
		r.wantFinding(404, "record", "path", "/id")
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "FOO", "patch"} {
		r := s.send(m, call, "").want(405)
		if got := r.header.Get("Allow"); got != "OPTIONS, PATCH" {
			t.Errorf("%s: Allow %q", m, got)
		}
	}
	r := s.send("OPTIONS", call, "").want(204)
	if got := r.header.Get("Allow"); got != "OPTIONS, PATCH" {
		t.Errorf("OPTIONS: Allow %q", got)
	}
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for _, ct := range []string{"application/json", "Application/JSON; charset=UTF-8", "application/json;charset=utf8"} {
		s.patch(call, `{"note":"x"}`, "Content-Type", ct).want(200)
	}
	for ct, rule := range map[string]string{
		"": "contentType", "text/plain": "contentType", "application/merge-patch+json": "contentType", "text/json": "contentType",
		"*/*": "contentType", "application/x-www-form-urlencoded": "contentType", "application/json; charset=utf-16": "charset",
	} {
		r := s.patch(call, `{"note":"x"}`, "Content-Type", ct).wantFinding(415, rule, "header", "/Content-Type")
		if got := r.header.Get("Accept-Patch"); got != "application/json" {
			t.Errorf("%q: Accept-Patch %q", ct, got)
		}
	}
	// Without a body there is nothing to have a type.
	s.patch(call, "", "Content-Type", "text/plain").want(200)
}

func TestBodiesThatCannotBeDecoded(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithBounds(Bounds{Body: 4096, Depth: 20, Elements: 50}))
	for body, want := range map[string]string{
		`{`:                            "malformed",
		`{"note":}`:                    "malformed",
		`{"note":"x",}`:                "malformed",
		`{"note":"x"} {}`:              "trailing",
		`{"note":"x","note":"y"}`:      "duplicate",
		`{"note":"x","n\u006fte":"y"}`: "duplicate",
		"{\"note\":\"\xff\"}":          "encoding",
		`{"note":"\ud800"}`:            "encoding",
		"\xef\xbb\xbf{}":               "bom",
		" ":                            "empty",
		`{"x":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}`: "too-deep",
		`{"x":[1` + strings.Repeat(",1", 60) + `]}`:                       "too-many",
		`{"rating":1e999}`:          "number",
		`{"rating":1e-1000000000}`:  "number",
		`{"x":99999999999e9999999}`: "number",
	} {
		r := s.patch(call, body).want(400)
		if f := r.findings()[0]; f.Rule != "json-"+want || f.In != "body" || f.Hint == "" {
			t.Errorf("%.40q: %+v, want json-%s", body, f, want)
		}
		// A limit of the mock's own names the way out.
		if hint := r.findings()[0].Hint; strings.HasPrefix(want, "too-") != strings.Contains(hint, "--max-") {
			t.Errorf("%.40q: hint %q", body, hint)
		}
	}
	s.patch(call, `{"note":"`+strings.Repeat("x", 5000)+`"}`).wantFinding(413, "size", "body", "")
	for _, wrong := range []string{`[]`, `"x"`, `1`, `null`, `true`} {
		s.patch(call, wrong).wantFinding(422, "type", "body", "")
	}
	s.patch(call, "{}").wantAt("/data/note", `"Follow up with more information"`)
}

func TestChunkedAndGzip(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithBounds(Bounds{Body: 10_000}))
	send := func(body []byte, coding string) reply {
		req, err := http.NewRequest(http.MethodPatch, s.http.URL+call, io.MultiReader(bytes.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if coding != "" {
			req.Header.Set("Content-Encoding", coding)
		}
		return s.do(req)
	}
	zip := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.Bytes()
	}
	send([]byte(`{"note":"chunked"}`), "").want(200).wantAt("/data/note", `"chunked"`)
	send(nil, "").want(200)
	send(zip(`{"note":"zipped"}`), "gzip").want(200).wantAt("/data/note", `"zipped"`)
	send(zip(`{"note":"`+strings.Repeat("x", 1_000_000)+`"}`), "gzip").wantFinding(413, "size", "body", "")
	send([]byte(`{"note":"plain"}`), "gzip").wantFinding(400, "body", "body", "")
	send(zip(`{"note":"cut"}`)[:20], "gzip").wantFinding(400, "body", "body", "")
	send([]byte(`{}`), "br").wantFinding(415, "contentEncoding", "header", "/Content-Encoding")
}

// A client that waits for 100 Continue gets its refusal before it has sent the body.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithBounds(Bounds{Body: 1000}))
	ask := func(path string, length int, body string) []string {
		c, err := net.Dial("tcp", s.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "PATCH %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
			"Expect: 100-continue\r\nConnection: close\r\n\r\n", path, length)
		r := bufio.NewReader(c)
		first, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		got := []string{strings.TrimSpace(first)}
		if strings.Contains(first, "100") {
			fmt.Fprint(c, body)
			_, _ = r.ReadString('\n')
			second, _ := r.ReadString('\n')
			got = append(got, strings.TrimSpace(second))
		}
		return got
	}
	for _, c := range []struct {
		path, body string
		length     int
		want       string
	}{
		{call, `{"note":"x"}`, 12, "[HTTP/1.1 100 Continue HTTP/1.1 200 OK]"},
		{call, "", 5000, "[HTTP/1.1 413 Request Entity Too Large]"},
		{"/calls/x", "", 12, "[HTTP/1.1 404 Not Found]"},
	} {
		if got := fmt.Sprint(ask(c.path, c.length, c.body)); got != c.want {
			t.Errorf("%s %d: %s, want %s", c.path, c.length, got, c.want)
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for query, want := range map[string]string{
		"depth=abc": "type", "depth=1.5": "type", "depth=": "type", "depth": "type", "depth=1,2": "type", "depth=%201": "type",
		"depth=true": "type", "depth=NaN": "type", "depth=0x1": "type", "depth=01": "type", "depth=+1": "type",
		"depth=1&depth=2": "repeated", "depth=1;x=2": "type", "depth=1e999": "type",
	} {
		s.patch(call+"?"+query, `{}`).wantFinding(422, want, "query", "/depth")
	}
	for _, query := range []string{"depth=%zz", "x=%", "depth=%ff", "a=b%2"} {
		s.patch(call+"?"+query, `{}`).want(400)
	}
	for _, query := range []string{"", "&", "depth=1", "unknown=1", "Depth=x", "depth[]=x", "depth=1e0", "depth=-5"} {
		s.patch(call+"?"+query, `{}`).want(200)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithBounds(Bounds{URL: 200, Header: 2000}))
	s.patch(call+"?x="+strings.Repeat("y", 300), `{}`).wantFinding(414, "size", "path", "")
	s.patch(call, `{}`, "X-Long", strings.Repeat("y", 3000)).wantFinding(431, "size", "header", "")
}

func TestCORS(t *testing.T) {
	t.Parallel()
	open, named := play(t, embedded(t)), play(t, embedded(t), WithCORSOrigins("https://app.test"))
	header := func(r reply, name, want string) {
		t.Helper()
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	preflight := func(s *stage, origin string) reply {
		return s.send("OPTIONS", call, "", "Origin", origin, "Access-Control-Request-Method", "PATCH",
			"Access-Control-Request-Headers", "content-type,prefer,understudy-session")
	}
	r := preflight(open, "https://a.test").want(204)
	header(r, "Access-Control-Allow-Origin", "*")
	header(r, "Access-Control-Allow-Methods", "PATCH")
	header(r, "Access-Control-Allow-Headers", "content-type,prefer,understudy-session")
	header(r, "Access-Control-Allow-Credentials", "")
	for _, r := range []reply{
		open.patch(call, `{}`, "Origin", "https://a.test").want(200),
		open.patch(call, `{"rating":9}`, "Origin", "https://a.test").want(422),
		open.patch("/calls/x", `{}`, "Origin", "https://a.test").want(404),
		open.send("GET", call, "", "Origin", "https://a.test").want(405),
	} {
		header(r, "Access-Control-Allow-Origin", "*")
		if !strings.Contains(r.header.Get("Access-Control-Expose-Headers"), "Preference-Applied") {
			t.Error("our headers are not exposed")
		}
	}
	r = preflight(named, "https://app.test").want(204)
	header(r, "Access-Control-Allow-Origin", "https://app.test")
	header(r, "Access-Control-Allow-Credentials", "true")
	r = named.patch(call, `{"rating":9}`, "Origin", "https://app.test").want(422)
	header(r, "Access-Control-Allow-Origin", "https://app.test")
	header(r, "Access-Control-Allow-Credentials", "true")
	header(named.patch(call, `{}`, "Origin", "https://evil.test"), "Access-Control-Allow-Origin", "")
	header(preflight(named, "https://evil.test"), "Access-Control-Allow-Origin", "")
}

func TestProblemTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[spec.Reason]bool{}
	for _, p := range Problems() {
		if seen[p.Reason] || p.Title == "" || p.Meaning == "" || p.Status != 0 && (p.Status < 400 || p.Status > 599) || p.Status == 500 {
			t.Errorf("row %+v", p)
		}
		seen[p.Reason] = true
	}
}
