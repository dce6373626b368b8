package contract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

func queryOf(p *spec.Parameter, text string) string {
	return queryPair(p.Name, text)
}

func queryPair(name, text string) string { return url.QueryEscape(name) + "=" + url.QueryEscape(text) }

// scalarText is a value as a parameter's text; false for arrays and objects.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// plainText is a value as the text of a parameter.
func plainText(v any) string {
	if list, ok := v.([]any); ok {
		var texts []string
		for _, item := range list {
			texts = append(texts, plainText(item))
		}
		return strings.Join(texts, ",")
	}
	if text, ok := scalarText(v); ok {
		return text
	}
	return string(strictjson.Append(nil, v))
}

// bodyMedia is the media type that bodies of an operation are sent in: JSON where there is one, and no list of
// changes; nil for an operation without a body.
func bodyMedia(op *spec.Operation) *spec.MediaType {
	if op.Body == nil {
		return nil
	}
	usable := slices.DeleteFunc(slices.Clone(op.Body.Content), func(m *spec.MediaType) bool {
		return m.IsPatch()
	})
	return spec.Media(usable)
}

// bodyType is the media type that bodies of an operation are sent with.
func bodyType(op *spec.Operation) string {
	m := bodyMedia(op)
	switch {
	case m == nil || strings.HasPrefix(m.Type, "*"):
		return "application/json"
	case strings.Contains(m.Type, "*") && strings.HasSuffix(m.Type, "json"):
		return strings.ReplaceAll(m.Type, "*+", "vnd.understudy+")
	}
	return m.Type
}

// bodySchema is the schema of an operation's JSON body, or of the record in it where bodies carry one in a member; nil
// when it has none. Checks speak of the record: bodyText puts it into a body, and sentRecord takes it out.
func bodySchema(op *spec.Operation) *spec.Schema {
	if m := bodyMedia(op); m != nil && spec.IsJSON(bodyType(op)) {
		return m.RecordSchema()
	}
	return nil
}

// calledOtherwise reports whether only its likeness tells that a member of an operation's body is a property of the record.
func calledOtherwise(op *spec.Operation, property string) bool {
	m := bodyMedia(op)
	return m != nil && m.SentName(property) != property
}

// isForm reports whether a body is a form of texts, without files.
func isForm(m *spec.MediaType) bool {
	return m != nil && strings.HasPrefix(m.Type, "application/x-www-form-urlencoded")
}

// writtenSchema is bodySchema for an operation whose bodies are written in whatever can be read as values of a schema:
// forms, multipart, XML and text too.
func writtenSchema(op *spec.Operation) *spec.Schema {
	if m := bodyMedia(op); m != nil && m.Schema != nil && m.Readable() {
		return m.RecordSchema()
	}
	return bodySchema(op)
}

// bodyText is a record, or what else a body says, as an operation's body: a form where it takes one, else JSON.
func bodyText(op *spec.Operation, record any) []byte {
	m := bodyMedia(op)
	if m != nil {
		record = m.Enclose(record)
	}
	if isForm(m) {
		if text, _, err := m.Encode(record); err == nil {
			return append([]byte{}, text...) // not nil, which is no body
		}
	}
	return strictjson.Append(nil, record)
}

// recordPath leads from a body of the operation to the record in it.
func recordPath(op *spec.Operation) []string {
	if op == nil {
		return nil
	}
	if m := bodyMedia(op); m != nil {
		return m.RecordPath()
	}
	return nil
}

// sentRecord is the record in the body of a request, a plain value; nil where it has none.
func sentRecord(req Request) map[string]any {
	if op := req.operation(); op != nil && bodyMedia(op) != nil && !spec.IsJSON(bodyType(op)) {
		o, _ := strictjson.Plain(req.value).(map[string]any)
		return o
	}
	v, err := strictjson.Decode(req.Body, answerLimits)
	if err != nil {
		return nil
	}
	return extracted(req.operation(), v)
}

// extracted is the record in a body of an operation, a plain value with the record's names; nil where it has none.
func extracted(op *spec.Operation, body any) map[string]any {
	if op != nil {
		if m := bodyMedia(op); m != nil {
			body, _ = m.Extract(body)
		}
	}
	o, _ := body.(map[string]any)
	return o
}

// sentMembers are the members of the record in a request that even a careless server may find; nil for no object.
func sentMembers(req Request) map[string]any {
	if op := req.operation(); op != nil && bodyMedia(op) != nil && !spec.IsJSON(bodyType(op)) {
		return sentRecord(req)
	}
	members := looseMembers(req.Body)
	if members == nil {
		return nil
	}
	if inside := extracted(req.operation(), members); inside != nil {
		return inside
	}
	return members // by a server that does not mind where they are
}

// within is the object at a path of a value; nil where there is none.
func within(v any, path []string) map[string]any {
	v, _ = strictjson.Resolve(v, strictjson.Pointer(path...))
	o, _ := v.(map[string]any)
	return o
}

// encodeBody writes a value as a body of a media type.
func encodeBody(m *spec.MediaType, v any) (body []byte, contentType string, err error) {
	if spec.IsJSON(m.Type) || strings.HasPrefix(m.Type, "*") {
		return strictjson.Append(nil, v), m.Type, nil
	}
	return m.Encode(v)
}
