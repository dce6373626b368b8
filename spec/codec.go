package spec

import (
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// decode is the plain value of a message in this media type; contentType is what the message says of itself. The error
// is an *strictjson.Error where the text is no JSON.
func (m *MediaType) decode(data []byte, contentType string, t typing) (any, error) {
	if IsJSON(contentType) {
		return strictjson.Decode(data, t.lim)
	}
	return string(data), nil
}

// Encode writes a value in this media type.
func (m *MediaType) Encode(value any) (body []byte, contentType string, err error) {
	return strictjson.Append(nil, value), m.Type, nil
}
