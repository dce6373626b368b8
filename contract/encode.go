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
		return strings.HasPrefix(m.Type, "application/json-patch")
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

// bodySchema is the schema of an operation's JSON body; nil when it has none.
func bodySchema(op *spec.Operation) *spec.Schema {
	if m := bodyMedia(op); m != nil && spec.IsJSON(bodyType(op)) {
		return m.Schema
	}
	return nil
}

// encodeBody writes a value as a body of a media type.
func encodeBody(m *spec.MediaType, v any) (body []byte, contentType string, err error) {
	if spec.IsJSON(m.Type) || strings.HasPrefix(m.Type, "*") {
		return strictjson.Append(nil, v), m.Type, nil
	}
	return m.Encode(v)
}
