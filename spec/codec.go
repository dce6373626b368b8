package spec

import (
	"errors"
	"fmt"
	"math"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// notation is how the bodies of a media type are written.
type notation int

const (
	asBytes notation = iota // as they are, whatever that is
	asText
	asJSON
	asForm
	asMultipart
	asXML
)

func notationOf(mediaType string) notation {
	t := bareType(mediaType)
	switch {
	case IsJSON(t):
		return asJSON
	case t == "application/x-www-form-urlencoded":
		return asForm
	case strings.HasPrefix(t, "multipart/"):
		return asMultipart
	case t == "application/xml" || t == "text/xml" || strings.HasSuffix(t, "+xml"):
		return asXML
	case strings.HasPrefix(t, "text/"):
		return asText
	}
	return asBytes
}

// Readable reports whether messages in the media type can be read as values of its schema, and values be written in it.
// Any schema will do for JSON, XML, forms and multipart; other types are one string.
func (m *MediaType) Readable() bool {
	return m.readable(m.concrete())
}

// readable is Readable for a type that the entry stands for.
func (m *MediaType) readable(contentType string) bool {
	return m.sequential(contentType) != noSequence || m.readableAs(notationOf(contentType))
}

func (m *MediaType) readableAs(n notation) bool {
	return n != asBytes && n != asText || m.Schema == nil || wants(m.Schema).has(scalarTypes)
}

// fault is why a message cannot be decoded, or a part of it may not be as it is.
type fault struct {
	rule, pointer, expected, actual, hint string
	invalid                               bool // it can be decoded, but the document does not allow it
}

func (f *fault) Error() string { return fmt.Sprintf("want %s, got %s", f.expected, f.actual) }

// decode is the plain value of a body in this media type; contentType is what the message says of itself. The error is
// an *strictjson.Error or a *fault.
func (m *MediaType) decode(data []byte, contentType string, t typing) (any, error) {
	if kind := m.sequential(contentType); kind != noSequence {
		return m.decodeSequence(data, kind, t)
	}
	switch notationOf(contentType) {
	case asJSON:
		return strictjson.Decode(data, t.lim)
	case asForm:
		return m.decodeForm(data, t)
	case asMultipart:
		return m.decodeMultipart(data, contentType, t)
	case asXML:
		return decodeXML(data, m.Schema, t)
	case asText:
		if !utf8.Valid(data) && !foreignCharset(contentType) {
			return nil, &fault{rule: "encoding", expected: "UTF-8 text", actual: "other bytes", hint: "send UTF-8"}
		}
		return t.value(textual(string(data)), m.Schema), nil
	}
	return string(data), nil
}

// foreignCharset reports whether a text says that it is not UTF-8; its bytes are then taken as they are.
func foreignCharset(contentType string) bool { return charsetFault(contentType) != "" }

// Encode writes a value in this media type; contentType is the header's value. Where the value would be read back as
// another, the error wraps ErrNotCarried, and the body is the nearest there is.
func (m *MediaType) Encode(value any) (body []byte, contentType string, err error) {
	contentType = m.concrete()
	kind := m.sequential(contentType)
	switch n := notationOf(contentType); {
	case kind != noSequence:
		body, err = m.encodeSequence(value, kind)
	case n == asJSON:
		return strictjson.Append(nil, value), contentType, nil
	case n == asForm:
		body, err = m.encodeForm(value)
	case n == asMultipart:
		body, contentType, err = m.encodeMultipart(value)
	case n == asXML:
		body, err = encodeXML(value, m.Schema)
	default:
		var text string
		text, err = scalarText(value)
		body = []byte(text)
	}
	if err != nil {
		return body, contentType, err
	}
	back, err := m.decode(body, contentType, typing{dir: Out, lim: unlimited})
	if err != nil || !strictjson.Equal(back, value) {
		return body, contentType, fmt.Errorf("%s: %w", m.Type, errors.Join(ErrNotCarried, err))
	}
	return body, contentType, nil
}

// unlimited is for reading what was written here, however much it is.
var unlimited = strictjson.Limits{Depth: deepest, Elements: math.MaxInt32}

// Takes reports whether a body, as it is written, says a value that the schema allows in a request.
func (m *MediaType) Takes(body []byte, contentType string) bool {
	v, err := m.decode(body, contentType, typing{dir: In, lim: unlimited})
	return err == nil && (m.Schema == nil || m.Schema.Valid(v, In))
}

// IsXML reports whether bodies are XML.
func (m *MediaType) IsXML() bool { return notationOf(m.concrete()) == asXML }

// concrete is a media type that can be sent: a range stands for its most usual member.
func (m *MediaType) concrete() string {
	if !strings.Contains(m.Type, "*") {
		return m.Type
	}
	for _, t := range []string{"application/json", "text/plain; charset=utf-8", "application/octet-stream", "image/png"} {
		if mediaScore(bareType(m.Type), bareType(t)) > 0 {
			return t
		}
	}
	return strings.ReplaceAll(m.Type, "*", "x-any")
}

// boundaryOf is the boundary of a multipart type, "" where it has none.
func boundaryOf(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["boundary"]
}

// JSONText is the body's value as compact JSON, nil without a body: for JSON as it was written, else the decoded value,
// in which bytes that are no text stand in base64.
func (r *Request) JSONText() []byte {
	switch {
	case r.MediaType == nil:
		return nil
	case r.notation == asJSON:
		return strictjson.Compact(r.Raw)
	}
	return strictjson.Append(nil, printable(r.body))
}

// Keeps is the schema that the JSON text of the record in the body was found to keep, as it was written; nil where there
// is none.
func (r *Request) Keeps() *Schema {
	if r.MediaType == nil || r.notation != asJSON || r.MediaType.mistakesPatch() || r.MediaType.Renames() {
		return nil
	}
	return r.MediaType.RecordSchema()
}

// ExampleValue is the value of an example: documents give those of XML, and some of JSON, as the text of a message.
func (m *MediaType) ExampleValue(e Example) any {
	text, isText := e.Value.(string)
	n := notationOf(m.Type)
	if kind := m.sequential(m.Type); kind != noSequence {
		return m.exampleSequence(e, kind)
	}
	if !isText || n == asText || n == asBytes || m.Schema == nil || wants(m.Schema).has(stringType) {
		return e.Value
	}
	if n == asJSON {
		if v, err := strictjson.DecodeOrdered([]byte(text), strictjson.Limits{}); err == nil {
			return v
		}
		return e.Value
	}
	if v, err := m.decode([]byte(text), m.concrete(), typing{dir: Out}); err == nil {
		return v
	}
	return e.Value
}
