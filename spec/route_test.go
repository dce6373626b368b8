package spec_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

const routes = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /calls/{id}:
    get: {responses: {"200": {description: ok}}}
    patch: {responses: {"200": {description: ok}}}
  /calls/latest:
    put: {responses: {"200": {description: ok}}}
  /calls/{id}.json:
    get: {responses: {"200": {description: ok}}}
  /a/{x}/c:
    get: {responses: {"200": {description: ok}}}
  /a/b/{y}:
    get: {responses: {"200": {description: ok}}}
  /p/{a}-{b}:
    get: {responses: {"200": {description: ok}}}
  /n/{num}:
    get: {responses: {"200": {description: ok}}}
  /n/{word}:
    post: {responses: {"200": {description: ok}}}
  /shelves/:
    get: {responses: {"200": {description: ok}}}
  /caf%C3%A9/{id}:
    get: {responses: {"200": {description: ok}}}
`

// The paths are those below the base path: who serves cuts that off first.
func TestRoutes(t *testing.T) {
	t.Parallel()
	d := load(t, routes)
	for path, want := range map[string]string{
		"/calls/1":                       "/calls/{id} id=1",
		"/shelves/":                      "/shelves/",
		"/shelves":                       "",
		"/shelves//":                     "",
		"/calls/a%2Fb":                   "/calls/{id} id=a/b",
		"/calls/%00":                     "/calls/{id} id=\x00",
		"/calls/%ff":                     "/calls/{id} id=\xff", // refused by the request check, which says why
		"/calls/ü":                       "/calls/{id} id=ü",
		"/calls/..":                      "/calls/{id} id=..",
		"/calls/%2e%2e":                  "/calls/{id} id=..",
		"/calls/a;v=2":                   "/calls/{id} id=a;v=2",
		"/calls/{id}":                    "/calls/{id} id={id}",
		"/calls/+":                       "/calls/{id} id=+",
		"/c%61lls/1":                     "/calls/{id} id=1",
		"/calls/latest":                  "/calls/latest",
		"/calls/1.json":                  "/calls/{id}.json id=1",
		"/calls/.json":                   "/calls/{id} id=.json",
		"/a/b/c":                         "/a/b/{y} y=c",
		"/a/x/c":                         "/a/{x}/c x=x",
		"/p/1-2":                         "/p/{a}-{b} a=1 b=2",
		"/p/1-2-3":                       "/p/{a}-{b} a=1 b=2-3",
		"/p/12":                          "",
		"/p/-2":                          "",
		"/p/1-":                          "",
		"/calls/%zz":                     "",
		"/calls/%":                       "",
		"/calls/%2":                      "",
		"/calls":                         "",
		"/calls/":                        "",
		"/calls//":                       "",
		"/calls/1/":                      "",
		"/calls//1":                      "",
		"//calls/1":                      "",
		"/./calls/1":                     "",
		"/x/../calls/1":                  "",
		"/Calls/1":                       "",
		"/calls/1/2":                     "",
		"":                               "",
		"/":                              "",
		"calls/1":                        "",
		"/calls/latest/":                 "",
		"/" + strings.Repeat("a/", 5000): "",
	} {
		m, ok := d.Route(path)
		got := ""
		if ok {
			got = m.Operations[0].Path
			for _, name := range []string{"id", "x", "y", "a", "b"} {
				if v, there := m.Params[name]; there {
					got += fmt.Sprintf(" %s=%s", name, v)
				}
			}
		}
		if got != want {
			t.Errorf("%.60q is %q, want %q", path, got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	d := load(t, routes)
	m, _ := d.Route("/calls/1")
	for method, want := range map[string]string{
		"GET": "GET", "PATCH": "PATCH", "HEAD": "GET", "DELETE": "", "OPTIONS": "", "get": "", "FOO": "", "": "",
	} {
		got := ""
		if o := m.Operation(method); o != nil {
			got = o.Method
		}
		if got != want {
			t.Errorf("%q is %q, want %q", method, got, want)
		}
	}
	if got := m.Allow(); got != "GET, HEAD, OPTIONS, PATCH" {
		t.Errorf("Allow: %s", got)
	}
	// Fixed text wins, whatever methods the other template has.
	m, _ = d.Route("/calls/latest")
	if got := m.Allow(); got != "OPTIONS, PUT" {
		t.Errorf("Allow: %s", got)
	}
}

func TestNearestPath(t *testing.T) {
	t.Parallel()
	d := load(t, routes)
	for path, want := range map[string]string{
		"/call/1": "/calls/1", "/call/a%2Fb": "/calls/a%2Fb", "/calls/": "/calls/{id}", "/cals/latest": "/calls/latest", "/completely/other/thing": "",
	} {
		if got := d.NearestPath(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// What another template calls a parameter further up is nothing to this one.
func TestParametersGoByTheNamesOfTheirOwnTemplate(t *testing.T) {
	t.Parallel()
	ok := "{responses: {\"204\": {description: ok}}}\n"
	d, err := loadTexts("openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths:\n" +
		"  /owners/{id}:\n    get: " + ok + "  /owners/{ownerId}:\n    put: " + ok +
		"  /owners/{ownerId}/things/{id}:\n    get: " + ok + "  /owners/{id}/things/{thing}:\n    put: " + ok)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]map[string]string{
		"/owners/a":             {"id": "a", "ownerId": "a"},
		"/owners/a%20/things/b": {"ownerId": "a ", "id": "b", "thing": "b"},
	} {
		if m, _ := d.Route(path); !maps.Equal(m.Params, want) {
			t.Errorf("%s: %v, want %v", path, m.Params, want)
		}
	}
}
