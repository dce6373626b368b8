package mockserver

import (
	"fmt"
	"strings"
	"testing"
)

// anything is a resource whose records may have any members.
const anything = `openapi: 3.1.0
info: {title: Anything, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": &ok {description: ok, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}}}}
    put:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"200": *ok}
    patch:
      requestBody: {content: {application/json-patch+json: {schema: {type: array, items: {type: object}}}}}
      responses: {"200": *ok}
`

const jsonPatchType = "application/json-patch+json"

// TestJSONPatchOfRFC6902 has the cases of the RFC's appendix A whose documents are objects.
func TestJSONPatchOfRFC6902(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ record, patch, want string }{
		"A.1 add a member":        {`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"foo":"bar","baz":"qux"}`},
		"A.2 add an element":      {`{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		"A.3 remove a member":     {`{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		"A.4 remove an element":   {`{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		"A.5 replace a value":     {`{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		"A.6 move a value":        {`{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`, `[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`, `{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		"A.7 move an element":     {`{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		"A.8 test, passing":       {`{"baz":"qux","foo":["a",2,"c"]}`, `[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		"A.9 test, failing":       {`{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, ""},
		"A.10 add nested":         {`{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"foo":"bar","child":{"grandchild":{}}}`},
		"A.11 unknown members":    {`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`, `{"foo":"bar","baz":"qux"}`},
		"A.12 no such place":      {`{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, ""},
		"A.14 escapes":            {`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`, `{"/":9,"~1":10}`},
		"A.15 texts and numbers":  {`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, ""},
		"A.16 add to the end":     {`{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},
		"numbers keep their text": {`{"n":1.50,"big":12345678901234567890}`, `[{"op":"add","path":"/m","value":2.500},{"op":"copy","from":"/big","path":"/c"}]`, `{"n":1.50,"big":12345678901234567890,"m":2.500,"c":12345678901234567890}`},
		"no negative index":       {`{"foo":["a","b"]}`, `[{"op":"remove","path":"/foo/-1"}]`, ""},
		"a null is a value":       {`{"foo":1}`, `[{"op":"add","path":"/foo","value":null}]`, `{"foo":null}`},
		"all or nothing":          {`{"foo":1}`, `[{"op":"replace","path":"/foo","value":2},{"op":"remove","path":"/bar"}]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, load(t, anything))
			at := "/things/" + s.id("things", 0)
			before := s.send("PUT", at, c.record).want(200)
			r := s.patch(at, c.patch, "Content-Type", jsonPatchType)
			if c.want == "" {
				r.wantFinding(409, "json-patch", "body", fmt.Sprintf("/%d", strings.Count(c.patch, `{"op"`)-1))
				s.send("GET", at, "").wantBody(string(before.body))
				return
			}
			got := r.want(200)
			want := s.send("PUT", at, c.want).want(200)
			for _, pointer := range []string{"/foo", "/baz", "/qux", "/child", "/n", "/m", "/c", "/big", "/~1", "/~01"} {
				if a, b := got.at(pointer), want.at(pointer); a != b {
					t.Errorf("%s is %s, want %s", pointer, a, b)
				}
			}
		})
	}
}

func TestJSONPatchRefusals(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, anything), WithBounds(Bounds{Body: 4096}))
	at := "/things/" + s.id("things", 0)
	for patch, pointer := range map[string]string{
		`[{"op":"jump","path":"/a"}]`:            "/0/op",
		`[{"op":"add","path":"a","value":1}]`:    "/0/path",
		`[{"op":"add","path":"/a"}]`:             "/0",
		`[{"op":"copy","path":"/a"}]`:            "/0/from",
		`[{"op":"test","path":"/~2","value":1}]`: "/0/path",
	} {
		s.patch(at, patch, "Content-Type", jsonPatchType).wantFinding(422, "json-patch", "body", pointer)
	}
	s.patch(at, `[{"op":"replace","path":"/id","value":"other"}]`, "Content-Type", jsonPatchType).wantFinding(422, "id", "body", "/id")
	// Each copy doubles the record.
	var bomb []string
	for range 40 {
		bomb = append(bomb, `{"op":"copy","from":"","path":"/a"}`, `{"op":"copy","from":"","path":"/b"}`)
	}
	s.patch(at, "["+strings.Join(bomb, ",")+"]", "Content-Type", jsonPatchType).want(409)
}
