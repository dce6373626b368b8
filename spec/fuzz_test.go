package spec_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Whatever a document is, loading it ends with a document or an error of one line, and what it learned can be asked.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"testdata/shop30.yaml", "testdata/shapes31.yaml"} {
		f.Add(readSource(f, name))
	}
	for _, text := range []string{
		routes, filters, answers, twoLists, withSchema("3.0.3", "{type: string, nullable: true}"),
		withSchema("3.1.0", `{allOf: [{$ref: "#/components/schemas/S"}]}`), "", "a: &a [*a]",
		"openapi: 3.1.0\npaths: {/a: {get: 1}}",
		"openapi: 3.1.0\npaths: {/a: {get: {parameters: {}, requestBody: [], responses: 5}}}",
		`{"openapi":"3.1.0","paths":{"/{a}{b}":{"post":{"requestBody":{"content":{"*/*":{"schema":true}}}}}}}`,
	} {
		f.Add([]byte(text))
	}
	for _, h := range hostile() {
		f.Add([]byte(h.text))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		d, err := spec.Load(spec.Source{Name: "fuzz.yaml", Data: data})
		if err != nil {
			return
		}
		for _, o := range d.Operations {
			m := message(`{"a":[1,"x",null]}`)
			_, _ = o.CheckRequest(m)
			h := http.Header{"Content-Type": {"application/json"}}
			_ = o.CheckResponse(200, h, []byte(`{"a":1}`), strictjson.Limits{})
			_, _ = d.Route(o.Path)
		}
	})
}

// What is taken for a body is JSON that the compiled schema accepts, and what is refused has findings.
func FuzzRequestBody(f *testing.F) {
	d := embedded(f)
	for _, body := range []string{
		`{}`, `{"rating":2.55}`, `{"rating":1e-400}`, `{"salesRep":"rep_3kd93d3j93d2"}`,
		`{"salesRep":{"emails":["a@b.test"]}}`,
		`{"time":"2016-12-31T23:59:60Z"}`, `{"email":"jörg@müller.test"}`,
		`{"conversationURL":"https://例子.test/路径"}`,
		`null`, ``, `{"a":1,"a":2}`, "\ufeff{}", `{"externalPhoneNumber":"+1 (212) 555-0142"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, o := range d.Operations {
			m := message(string(body))
			m.PathParams["id"] = "x"
			m.Header.Set("Content-Type", "application/json")
			m.HasBody, m.Body = true, text(string(body))
			req, r := o.CheckRequest(m)
			if (req == nil) == (r == nil) || r != nil && len(r.Findings) == 0 {
				t.Fatalf("%q: %v, %v", body, req, r)
			}
			s := o.Body.Content[0].Schema
			v, err := strictjson.Decode(body, strictjson.Limits{})
			if accepted := err == nil && s.Valid(v, spec.In); accepted != (r == nil) {
				t.Fatalf("%q: the schema says %v, the request check %v", body, accepted, r)
			}
			if r == nil {
				theirsAgree(t, o, body)
			}
		}
	})
}

// theirsAgree fails the test when we accept what libopenapi-validator refuses.
func theirsAgree(t *testing.T, o *spec.Operation, body []byte) {
	t.Helper()
	x := exchange{kind: "body", method: o.Method, path: "/calls/x", contentType: "application/json", body: string(body)}
	if o.ID == "updateMeeting" {
		x.path = "/meetings/x"
	}
	j, err := embeddedJudges()
	if err != nil {
		t.Fatal(err)
	}
	if ok, why := j.theirVerdict(&x, j.request(&x)); !ok && !listedInFuzz(string(body), why) {
		t.Fatalf("%q: accepted, and refused by libopenapi-validator: %s", body, why)
	}
}

func FuzzQuery(f *testing.F) {
	d := embedded(f)
	wide := load(f, filters)
	for _, query := range []string{
		"depth=1", "depth=%zz", "depth", "depth=1&depth=2", "a=b;c=d", "depth=1e999999999", "depth=1%20", "ids=1,2,,3",
		"tags=a&tags=b",
		"either=all&fixed=x&maybe=null&flag=true&day=2024-02-29", "&&&", "%00=%ff", "depth=\x00", "maybe=-0.0e-0",
	} {
		f.Add(query)
	}
	operations := slices.Concat(d.Operations, wide.Operations)
	f.Fuzz(func(t *testing.T, query string) {
		for _, o := range operations {
			m := message("{}")
			m.RawQuery = query
			m.PathParams = map[string]string{"id": "x", "n": "1"}
			m.Header.Set("X-Trace", "ab")
			req, r := o.CheckRequest(m)
			if (req == nil) == (r == nil) || r != nil && (len(r.Findings) == 0 || r.Reason == spec.NotServed) {
				t.Fatalf("%q: %v, %v", query, req, r)
			}
		}
	})
}

// A path that matches gives every parameter of its template a value, and another path does not panic.
func FuzzPath(f *testing.F) {
	docs := []*spec.Document{embedded(f), load(f, routes)}
	for _, path := range []string{
		"/calls/call_3d9k2j8s7d2k", "/calls/%zz", "/calls/", "//", "/calls/a%2Fb", "/p/1-2-3", "/calls/%ff", "/a/b/c",
		"", "/calls/\x00",
		"/calls/.json", "/p/--", "/caf%C3%A9/1",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, d := range docs {
			_ = d.NearestPath(path)
			m, ok := d.Route(path)
			if !ok {
				continue
			}
			o := m.Operations[0]
			for name, value := range m.Params {
				if value == "" {
					t.Fatalf("%q: parameter %s is empty", path, name)
				}
			}
			msg := message("")
			msg.PathParams = m.Params
			if _, r := o.CheckRequest(msg); r != nil && len(r.Findings) == 0 {
				t.Fatalf("%q: %v", path, r)
			}
		}
	})
}
