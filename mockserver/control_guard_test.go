package mockserver

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/mockserver/control"
)

// serveControl serves the control API alone, as at an address of its own.
func serveControl(t testing.TB, s *Server) *stage {
	t.Helper()
	srv := httptest.NewServer(s.Control())
	t.Cleanup(srv.Close)
	return &stage{t, s, srv}
}

// knock sends a request as a browser or an attacker would. Host is the whole field, "" for the real one; headers are
// name, value, name, value.
func (s *stage) knock(method, path, host string, headers ...string) reply {
	s.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	req.Host = host
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	return s.do(req)
}

type knock struct {
	name, host string // PORT in a host is the server's
	headers    []string
	status     int
}

func (s *stage) knockAll(t *testing.T, knocks []knock) {
	_, port, _ := strings.Cut(strings.TrimPrefix(s.http.URL, "http://"), ":")
	for _, k := range knocks {
		for i := range k.headers {
			k.headers[i] = strings.ReplaceAll(k.headers[i], "PORT", port)
		}
		r := s.knock("DELETE", "/__understudy/requests", strings.ReplaceAll(k.host, "PORT", port), k.headers...)
		if r.status != k.status {
			t.Errorf("%s: status %d, want %d: %s", k.name, r.status, k.status, r.body)
		}
		if k.status >= 400 {
			r.findings()
		}
		if r.header.Get("Access-Control-Allow-Origin") != "" || r.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", k.name, r.header)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithControlHosts("Mock.Test"))
	s.control()
	s.patch(call, `{}`).want(200)
	s.knockAll(t, []knock{
		{"cross-site fetch", "", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://evil.test"}, 403},
		{"same-site fetch", "", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, 403},
		{"cross-site without Origin", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"two answers", "", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Site", "cross-site"}, 403},
		{"another Origin", "", []string{"Origin", "http://evil.test"}, 403},
		{"another port's Origin", "", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"our name in another Origin", "", []string{"Origin", "http://127.0.0.1:PORT.evil.test"}, 403},
		{"our name as a user", "", []string{"Origin", "http://127.0.0.1:PORT@evil.test"}, 403},
		{"a sandboxed page", "", []string{"Origin", "null"}, 403},
		{"an empty Origin", "", []string{"Origin", ""}, 403},
		{"DNS rebinding", "evil.test:PORT", []string{"Sec-Fetch-Site", "same-origin"}, 421},
		{"DNS rebinding with Origin", "evil.test:PORT", []string{"Origin", "http://evil.test:PORT"}, 421},
		{"a name that ends like ours", "notlocalhost", nil, 421},
		{"a name that begins like ours", "127.0.0.1.evil.test", nil, 421},
		{"localhost in the middle", "localhost.evil.test", nil, 421},
		{"any address", "0.0.0.0:PORT", nil, 421},
		{"another address", "192.0.2.1:PORT", nil, 421},
		{"an address as a number", "2130706433", nil, 421},
	})
	s.send("GET", "/__understudy/requests", "").want(200).wantAt("/total", "1") // no attack cleared the journal
	s.knockAll(t, []knock{
		{"no browser", "", nil, 204},
		{"typed into the address bar", "", []string{"Sec-Fetch-Site", "none"}, 204},
		{"a page of ours", "", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://127.0.0.1:PORT"}, 204},
		{"a page of ours in an old browser", "", []string{"Origin", "http://127.0.0.1:PORT"}, 204},
		{"localhost", "localhost:PORT", nil, 204},
		{"localhost with another port, through a proxy", "localhost:1", nil, 204},
		{"below localhost", "Mock.LocalHost.:PORT", nil, 204},
		{"IPv6", "[::1]:PORT", nil, 204},
		{"IPv6 without a port", "[::1]", nil, 204},
		{"mapped", "[::ffff:127.0.0.1]:PORT", nil, 204},
		{"a name given", "mock.test:PORT", nil, 204},
	})
}

func TestPreflightIsNotAnswered(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for _, site := range []string{"cross-site", "same-site"} {
		r := s.knock("OPTIONS", "/__understudy/requests", "", "Sec-Fetch-Site", site, "Origin", "http://evil.test",
			"Access-Control-Request-Method", "DELETE", "Access-Control-Request-Private-Network", "true")
		r.want(403)
		for name := range r.header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s is sent", name)
			}
		}
	}
	r := s.knock("OPTIONS", "/__understudy/requests", "", "Sec-Fetch-Site", "same-origin").want(204)
	if allow := r.header.Get("Allow"); allow != "DELETE, GET, HEAD, OPTIONS" {
		t.Errorf("Allow %q", allow)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	const token = "correct-horse-battery"
	s := play(t, embedded(t), WithControlToken(token))
	right := []string{"Authorization", "Bearer " + token}
	machine, err := os.Hostname()
	noError(t, err)
	s.knockAll(t, []knock{
		{"no token", "", nil, 401},
		{"an empty one", "", []string{"Authorization", "Bearer "}, 401},
		{"a wrong one", "", []string{"Authorization", "Bearer correct-horse-batterz"}, 401},
		{"a part of it", "", []string{"Authorization", "Bearer correct-horse"}, 401},
		{"more than it", "", []string{"Authorization", "Bearer " + token + "x"}, 401},
		{"another scheme", "", []string{"Authorization", "Basic " + token}, 401},
		{"bare", "", []string{"Authorization", token}, 401},
		{"right, from another site", "", append([]string{"Sec-Fetch-Site", "cross-site"}, right...), 403},
		{"right, under another name", "evil.test", right, 421},
		{"right", "", right, 204},
		{"right, in small letters", "", []string{"Authorization", "bearer " + token}, 204},
		{"right, by address", "192.0.2.1:PORT", right, 204},
		{"right, by the machine's name", machine, right, 204},
	})
	r := s.knock("GET", "/__understudy/health", "", "Authorization", "Bearer wrong-secret").want(401)
	challenge := r.header.Get("WWW-Authenticate")
	if challenge != `Bearer realm="understudy"` || strings.Contains(string(r.body), "wrong-secret") {
		t.Errorf("headers %v, body %s", r.header, r.body)
	}
	noError(t, s.control(control.WithToken(token)).Health(t.Context()))
	wantProblem(t, s.control().Health(t.Context()), 401, reasonUnauthorized)
	s.patch(call, `{}`).want(200) // the API itself demands none
}
