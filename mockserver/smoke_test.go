package mockserver_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

func TestSmoke(t *testing.T) {
	p, o := spec.Embedded()
	d, err := spec.Load(p, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	do := func(method, path, body string, h ...string) {
		r, _ := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(h); i += 2 {
			r.Header.Set(h[i], h[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		t.Logf("%s %s %s\n -> %d %v\n%s", method, path, body, res.StatusCode, res.Header, b)
	}
	do("GET", "/", "")
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k", `{"rating":4.50,"note":"hi","ratting":1}`)
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k", ``)
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k", `{"rating":2.55,"conversationURL":"not an iri","externalPhoneNumber":"1","time":"2023-02-30T00:00:00Z"}`)
	do("PATCH", "/calls/call_3d9k2j8s7d2k", `{}`)
	do("PATCH", "/api/calls/nope", `{}`)
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k?depth=abc", `{"a":1,"a":2}`)
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k?depth=abc", `{}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2?depth=0", `{"salesRep":{"firstName":"Ada"}}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{"salesRep":{"id":"rep_new000000000","firstName":"Bob"}}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{"salesRep":"rep_3kd93d3j93d2"}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{"salesRep":"rep_unknown"}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{"salesRep":12}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{"salesRep":{"emails":[1]}}`)
	do("DELETE", "/api/meetings/met_3kd93d3j93d2", `{}`)
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{}`, "Prefer", "code=404, delay=10")
	do("PATCH", "/api/meetings/met_3kd93d3j93d2", `{}`, "Prefer", "example=example")
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k", `{}`, "Prefer", "example=example")
	do("PATCH", "/api/calls/call_3d9k2j8s7d2k", `{}`, "Prefer", "dynamic=true")
	do("PATCH", "/~mine/api/calls/call_3d9k2j8s7d2k", `{"id":"x"}`, "Origin", "http://a.test")
}
