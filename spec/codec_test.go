package spec_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// withBody is a document whose operation takes and answers with one media type; content is its entry, in flow style.
func withBody(mediaType, content string, components ...string) string {
	text := `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /s:
    post:
      operationId: s
      requestBody: {required: true, content: {"` + mediaType + `": {` + content + `}}}
      responses: {"200": {description: ok, content: {"` + mediaType + `": {` + content + `}}}}
components:
  schemas:
    None: {}
`
	for _, c := range components {
		text += "    " + c + "\n"
	}
	return text
}

// bodyMessage is a request with a body of a media type.
func bodyMessage(contentType, body string) *spec.RequestMessage {
	return &spec.RequestMessage{
		Header: http.Header{"Content-Type": {contentType}}, HasBody: true,
		Body: func() ([]byte, error) { return []byte(body), nil },
	}
}

// verdict is what becomes of a body: its value as JSON, or reason, pointer and rule of the refusal.
func verdict(o *spec.Operation, contentType, body string) string {
	req, refusal := o.CheckRequest(bodyMessage(contentType, body))
	if refusal != nil {
		f := refusal.Findings[0]
		return fmt.Sprintf("%s %s %s", refusal.Reason, f.Pointer, f.Rule)
	}
	return string(req.JSONText())
}

const form = "application/x-www-form-urlencoded"

func TestFormBodies(t *testing.T) {
	t.Parallel()
	schema := "schema: {type: object, required: [name], properties: {name: {type: string}, age: {type: integer}, tags: {type: array, " +
		"items: {type: string}, maxItems: 2}, address: {type: object, properties: {city: {type: string}, zip: {type: integer}}}, " +
		"'literal[]': {type: array, items: {type: integer}}}}"
	for _, c := range []struct{ encoding, body, want string }{
		{"", "name=A+B&age=5", `{"age":5,"name":"A B"}`},
		{"", "name=A&tags=x&tags=y", `{"name":"A","tags":["x","y"]}`},
		{"", "name=A&tags=x", `{"name":"A","tags":["x"]}`},
		{"", "name=A&tags[]=x&tags[]=y", `{"name":"A","tags":["x","y"]}`},
		{"", "name=A&tags[1]=y&tags[0]=x", `{"name":"A","tags":["x","y"]}`},
		{"", "name=A&tags=x&tags=y&tags=z", "invalid /tags maxItems"},
		{"", "name=A&literal[]=1&literal[]=2", `{"literal[]":[1,2],"name":"A"}`},
		{"", "name=A&address[city]=X&address[zip]=12", `{"address":{"city":"X","zip":12},"name":"A"}`},
		{"", "name=A&address=%7B%22zip%22:12%7D", `{"address":{"zip":12},"name":"A"}`},
		{"", "name=A&address[zip]=x", "invalid /address/zip type"},
		{"", "age=5", "invalid /name required"},
		{"", "name=A&name=B", "invalid /name type"},
		{"", "name=A&age=old", "invalid /age type"},
		{"", "name=%zz", "not-decodable /name percent-encoding"},
		{"", "name=%ff", "not-decodable /name encoding"},
		{"", "", "invalid /name required"},
		{", encoding: {tags: {style: pipeDelimited, explode: false}}", "name=A&tags=x|y", `{"name":"A","tags":["x","y"]}`},
		{", encoding: {tags: {explode: false}}", "name=A&tags=x,y", `{"name":"A","tags":["x","y"]}`},
		{", encoding: {tags: {explode: false}}", "name=A&tags=x,y,z", "invalid /tags maxItems"},
		{", encoding: {address: {style: deepObject, explode: true}}", "name=A&address[zip]=1", `{"address":{"zip":1},"name":"A"}`},
	} {
		d := load(t, withBody(form, schema+c.encoding))
		if got := verdict(d.Operations[0], form, c.body); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.encoding, c.body, got, c.want)
		}
	}
}

func TestMultipartBodies(t *testing.T) {
	t.Parallel()
	d := load(t, withBody("multipart/form-data", "schema: {type: object, required: [file], properties: {file: {type: string, format: binary}, "+
		"meta: {type: object, properties: {n: {type: integer}}}, n: {type: integer}, pics: {type: array, items: {type: string, "+
		"contentMediaType: image/png}}, text: {type: string}}}, encoding: {file: {contentType: 'image/*', headers: {X-Rate: {required: true, "+
		"schema: {type: integer}}}}}"))
	const head = "Content-Disposition: form-data; name="
	file := head + "file; filename=a.png\r\nContent-Type: image/png\r\nX-Rate: 5\r\n\r\n\xff\x00\r\n"
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{file}, `{"file":"/wA="}`},
		{[]string{file, head + "n\r\n\r\n12\r\n"}, `{"file":"/wA=","n":12}`},
		{[]string{file, head + "n\r\n\r\nx\r\n"}, "invalid /n type"},
		{[]string{file, head + "meta\r\nContent-Type: application/json\r\n\r\n{\"n\":1}\r\n"}, `{"file":"/wA=","meta":{"n":1}}`},
		{[]string{file, head + "meta\r\n\r\n{\"n\":1}\r\n"}, `{"file":"/wA=","meta":{"n":1}}`},
		{[]string{file, head + "meta\r\nContent-Type: application/json\r\n\r\n{\"n\":\r\n"}, "not-decodable /meta json"},
		{[]string{file, head + "pics; filename=a\r\n\r\n1\r\n", head + "pics; filename=b\r\n\r\n2\r\n"}, `{"file":"/wA=","pics":["1","2"]}`},
		{[]string{file, head + "pics; filename=a\r\n\r\n1\r\n"}, `{"file":"/wA=","pics":["1"]}`},
		{[]string{file, head + "text\r\n\r\n\xff\r\n"}, "not-decodable /text encoding"},
		{[]string{strings.Replace(file, "X-Rate: 5\r\n", "", 1)}, "invalid /file required"},
		{[]string{strings.Replace(file, "X-Rate: 5", "X-Rate: x", 1)}, "invalid /file type"},
		{[]string{strings.Replace(file, "image/png", "text/html", 1)}, "invalid /file contentType"},
		{[]string{"\r\n\r\nx\r\n"}, "not-decodable  multipart"},
		{[]string{head + "text\r\n\r\nx\r\n"}, "invalid /file required"},
	} {
		body := "--b\r\n" + strings.Join(c.parts, "--b\r\n") + "--b--\r\n"
		if got := verdict(d.Operations[0], "multipart/form-data; boundary=b", body); got != c.want {
			t.Errorf("%q: got %s, want %s", c.parts, got, c.want)
		}
	}
	for contentType, want := range map[string]string{
		"multipart/form-data": "not-decodable  boundary", "multipart/form-data; boundary=c": "not-decodable  multipart",
	} {
		if got := verdict(d.Operations[0], contentType, "--b--"); got != want {
			t.Errorf("%s: got %s, want %s", contentType, got, want)
		}
	}
	mixed := load(t, withBody("multipart/mixed", "schema: {type: array, items: {type: integer}}"))
	if got := verdict(mixed.Operations[0], "multipart/mixed; boundary=b", "--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--"); got != "[1,2]" {
		t.Errorf("mixed: %s", got)
	}
}

func TestBytesAndTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mediaType, content, body, want string }{
		{"application/octet-stream", "schema: {type: string, format: binary}", "\xff\x00", `"/wA="`},
		{"image/*", "", "\xff", `"/w=="`},
		{"text/plain", "schema: {type: string, maxLength: 3}", "abcd", "invalid  maxLength"},
		{"text/plain", "schema: {type: integer}", "12", "12"},
		{"text/plain", "schema: {type: string}", "12", `"12"`},
		{"text/plain", "schema: {type: string}", "\xff", "not-decodable  encoding"},
		{"text/csv", "schema: {type: array}", "a,b", "not-served /Content-Type contentType"},
		{"application/json-patch+json", "", `[ {"op": "test"} ]`, `[{"op":"test"}]`},
		{"application/vnd.api+json", "schema: {type: object}", `[]`, "invalid  type"},
	} {
		d := load(t, withBody(c.mediaType, c.content))
		if got := verdict(d.Operations[0], strings.ReplaceAll(c.mediaType, "*", "png"), c.body); got != c.want {
			t.Errorf("%s %s %q: got %s, want %s", c.mediaType, c.content, c.body, got, c.want)
		}
	}
}

const petXML = `Pet: {type: object, required: [name], xml: {name: pet}, properties: {id: {type: integer, xml: {attribute: true}}, name: {type: string}, ` +
	`tags: {type: array, xml: {wrapped: true}, items: {$ref: "#/components/schemas/Tag"}}, photos: {type: array, items: {type: string, ` +
	`xml: {name: photo}}}, owner: {type: object, properties: {age: {type: integer, xml: {name: years}}}}, nums: {type: array, items: ` +
	`{type: integer}}, spaced: {type: string, xml: {namespace: "http://example.com/s", prefix: s}}, gone: {type: ["null", string]}, flag: {type: boolean}}}`

const tagXML = `Tag: {type: object, xml: {name: tag}, additionalProperties: false, properties: {label: {type: string}}}`

func TestXMLBodies(t *testing.T) {
	t.Parallel()
	d := load(t, withBody("application/xml", `schema: {$ref: "#/components/schemas/Pet"}`, petXML, tagXML))
	deep := strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200)
	for body, want := range map[string]string{
		`<pet id="5"><name>A &amp; B</name></pet>`: `{"id":5,"name":"A & B"}`,
		`<?xml version="1.0" encoding="UTF-8"?><pet><name>A</name><tags><tag><label>x</label></tag><tag/></tags></pet>`: `{"name":"A","tags":[{"label":"x"},{}]}`,
		`<pet><name>A</name><tags/></pet>`:                                                           `{"name":"A","tags":[]}`,
		`<pet><name>A</name><photo>x</photo><photo>y</photo></pet>`:                                  `{"name":"A","photos":["x","y"]}`,
		`<pet><name>A</name><nums> 1 </nums><nums>2</nums></pet>`:                                    `{"name":"A","nums":[1,2]}`,
		`<pet><name>A</name><owner><years>7</years></owner><flag>true</flag></pet>`:                  `{"flag":true,"name":"A","owner":{"age":7}}`,
		`<pet xmlns:q="http://example.com/s"><name>A</name><q:spaced>x</q:spaced></pet>`:             `{"name":"A","spaced":"x"}`,
		`<pet xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><name/><gone x:nil="true"/></pet>`: `{"gone":null,"name":""}`,
		`<pet><name>A</name><more><n>1</n></more></pet>`:                                             `{"more":{"n":"1"},"name":"A"}`,
		`<pet id="x"><name>A</name></pet>`:                                                           "invalid /id type",
		`<pet></pet>`:                                                                                "invalid /name required",
		`<pet><name>A</name><name>B</name></pet>`:                                                    "invalid /name type",
		`<pet><name>A</name><nums>x</nums></pet>`:                                                    "invalid /nums/0 type",
		`<pet><name>A</name><tags><tag><other/></tag></tags></pet>`:                                  "invalid /tags/0/other additionalProperties",
		`<dog><name>A</name></dog>`:                                                                  "invalid  xml",
		`<pet><name>A</name>`:                                                                        "not-decodable  xml",
		`<pet a="1" a="2"/>`:                                                                         "not-decodable  xml",
		`<pet/><pet/>`:                                                                               "not-decodable  xml",
		``:                                                                                           "not-decodable  xml",
		`text`:                                                                                       "not-decodable  xml",
		`<!DOCTYPE pet [<!ENTITY a "b">]><pet><name>&a;</name></pet>`:                                "not-decodable  xml",
		`<!DOCTYPE pet SYSTEM "file:///etc/passwd"><pet/>`:                                           "not-decodable  xml",
		`<pet><name>&a;</name></pet>`:                                                                "not-decodable  xml",
		"<pet><name>\xff</name></pet>":                                                               "not-decodable  xml",
		`<?xml version="1.0" encoding="UTF-16"?><pet/>`:                                              "not-decodable  xml",
		deep: "not-decodable  too-deep",
		"<pet>" + strings.Repeat("<a/>", 30_000) + "</pet>": "not-decodable  too-many",
	} {
		if got := verdict(d.Operations[0], "application/xml", body); got != want {
			t.Errorf("%.200s: got %s, want %s", body, got, want)
		}
	}
}

func TestWrittenXML(t *testing.T) {
	t.Parallel()
	d := load(t, withBody("application/xml", `schema: {$ref: "#/components/schemas/Pet"}`, petXML, tagXML))
	m := d.Operations[0].Body.Content[0]
	v := decodeOrdered(t, `{"id":5,"name":"<A>","tags":[{"label":"x"}],"photos":["p"],"owner":{"age":7},"nums":[1,2],"spaced":"s","gone":null}`)
	body, _, err := m.Encode(v)
	want := `<?xml version="1.0" encoding="UTF-8"?>
<pet id="5"><name>&lt;A&gt;</name><tags><tag><label>x</label></tag></tags><photo>p</photo><owner><years>7</years></owner>` +
		`<nums>1</nums><nums>2</nums><s:spaced xmlns:s="http://example.com/s">s</s:spaced>` +
		`<gone xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></gone></pet>`
	if err != nil || string(body) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, body, want)
	}
}

// TestEncodedBodiesComeBack draws values for every notation: what Encode takes is read back as it was, and what it does
// not take it says so.
func TestEncodedBodiesComeBack(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	const schema = "schema: {type: object, properties: {a: {type: string}, b: {type: array, items: {type: string}}, c: {type: object, " +
		"properties: {a: {type: string}, d: {type: array, items: {type: integer}}}}, e: {type: number}, f: {type: boolean}}}"
	// A list of objects, which brackets have room for.
	ofObjects := strings.Replace(schema, "e: {type: number}", "e: {type: array, items: {type: object, required: [a], properties: "+
		"{a: {type: string}, b: {type: array, items: {type: integer}}}}}", 1)
	d := load(t, withBody(form, ofObjects+", encoding: {e: {style: deepObject, explode: true}}"))
	v := decodeOrdered(t, `{"e":[{"a":"x","b":[1,2]},{"a":"y"}]}`)
	body, _, err := d.Operations[0].Body.Content[0].Encode(v)
	if want := "e%5B0%5D%5Ba%5D=x&e%5B0%5D%5Bb%5D%5B%5D=1&e%5B0%5D%5Bb%5D%5B%5D=2&e%5B1%5D%5Ba%5D=y"; err != nil || string(body) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, body, want)
	}
	if got := verdict(d.Operations[0], form, string(body)); got != string(strictjson.Append(nil, v)) {
		t.Errorf("read back as %s", got)
	}
	for _, mediaType := range []string{
		form, "multipart/form-data", "application/xml", "application/json", form + " encoding",
	} {
		content := schema
		mediaType, styled := strings.CutSuffix(mediaType, " encoding")
		if styled {
			content += ", encoding: {c: {style: deepObject, explode: true}, b: {explode: false}}"
		}
		d := load(t, withBody(mediaType, content))
		m := d.Operations[0].Body.Content[0]
		carried := 0
		for range 400 {
			v := drawValue(rnd, m.Schema)
			body, contentType, err := m.Encode(v)
			if errors.Is(err, spec.ErrNotCarried) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			carried++
			req, refusal := d.Operations[0].CheckRequest(bodyMessage(contentType, string(body)))
			if refusal != nil || !strictjson.Equal(req.Value(), v) {
				t.Fatalf("%s: %s is %q: %v", mediaType, strictjson.Append(nil, v), body, refusal)
			}
			if fs := d.Operations[0].CheckResponse(200, http.Header{"Content-Type": {contentType}}, body, strictjson.Limits{}); len(fs) > 0 {
				t.Fatalf("as an answer: %v", fs)
			}
		}
		if carried < 100 {
			t.Errorf("%s: only %d of 400 values were carried", mediaType, carried)
		}
	}
}

func FuzzBodies(f *testing.F) {
	f.Add(0, "a=b&c[d]=e&b[]=1&b[0]=2&c=1&c[x]=2")
	f.Add(1, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--")
	f.Add(2, `<r a="1"><b>x</b><c><a/></c>text</r>`)
	types := []string{form, "multipart/form-data; boundary=b", "application/xml"}
	schemas := "schema: {type: object, properties: {a: {type: string}, b: {type: array, items: {type: integer}}, c: {anyOf: [{type: string}, " +
		"{type: object, additionalProperties: {type: number}}]}}}"
	ops := make([]*spec.Operation, len(types))
	for i, contentType := range types {
		mediaType, _, _ := strings.Cut(contentType, ";")
		ops[i] = load(f, withBody(mediaType, schemas)).Operations[0]
	}
	f.Fuzz(func(t *testing.T, kind int, body string) {
		i := int(uint(kind) % uint(len(types)))
		req, refusal := ops[i].CheckRequest(bodyMessage(types[i], body))
		if (req == nil) == (refusal == nil) {
			t.Fatal("neither taken nor refused, or both")
		}
		if req != nil && !utf8.Valid(req.JSONText()) {
			t.Fatalf("%q is no text", req.JSONText())
		}
	})
}

// XML in another encoding is refused in the document's words, not the library's.
func TestXMLInAnotherEncoding(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths: {/a: {post: {requestBody: {content: {application/xml: {schema: {type: object, xml: {name: a}}}}}, responses: {"200": {description: ok}}}}}
`)
	m := message("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>")
	m.Header.Set("Content-Type", "application/xml")
	_, r := d.Operations[0].CheckRequest(m)
	if r == nil || r.Reason != spec.NotDecodable || r.Findings[0].Actual != "one in ISO-8859-1" {
		t.Errorf("%v", r)
	}
}
