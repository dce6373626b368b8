package report

import (
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

var bodyLimits = strictjson.Limits{Depth: 1000, Elements: 1_000_000}

// answerText is an answer's body as a report shows it: without the values where they are somebody's, else without those
// that are secret by their name.
func answerText(a *contract.Answer, masked bool) string {
	if len(a.Body) == 0 {
		return ""
	}
	v, err := strictjson.DecodeOrdered(a.Body, bodyLimits)
	switch {
	case err != nil && masked:
		kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
		if kind == "" {
			kind = "no stated type"
		}
		return fmt.Sprintf("(%d bytes of %s, masked)", len(a.Body), kind)
	case err != nil:
		return strings.ToValidUTF8(string(a.Body), "\uFFFD")
	case masked:
		return string(strictjson.Append(nil, shape(v)))
	}
	return string(strictjson.Append(nil, withoutSecrets(v)))
}

// shape is a value with every scalar replaced by what kind it is; names of members stay.
func shape(v any) any {
	switch v := v.(type) {
	case strictjson.Object:
		out := make(strictjson.Object, 0, len(v))
		for _, m := range v {
			out = append(out, strictjson.Member{Name: m.Name, Value: shape(m.Value)})
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			out = append(out, shape(item))
		}
		return out
	case string:
		return fmt.Sprintf("(text of %d)", len([]rune(v)))
	case json.Number:
		return "(number)"
	case bool:
		return "(boolean)"
	}
	return v
}

// withoutSecrets is a value without the members that are secret by their name.
func withoutSecrets(v any) any {
	switch v := v.(type) {
	case strictjson.Object:
		out := make(strictjson.Object, 0, len(v))
		for _, m := range v {
			if _, isText := m.Value.(string); isText && spec.IsSecretName(m.Name) {
				m.Value = spec.Hidden
			}
			out = append(out, strictjson.Member{Name: m.Name, Value: withoutSecrets(m.Value)})
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			out = append(out, withoutSecrets(item))
		}
		return out
	}
	return v
}

// maskedText stands for a value of the target.
const maskedText = "(masked)"

// minRead is the length in characters from which a text of a record is looked for in other places.
const minRead = 4

// readValues are the texts that the target told before any request did: other people's. A request can carry one, as
// the id of a related record, and so can a finding.
type readValues struct {
	sent, read map[string]bool
}

func newReadValues() *readValues {
	return &readValues{sent: map[string]bool{}, read: map[string]bool{}}
}

// learn notes the texts of a step.
func (r *readValues) learn(s contract.Step) {
	for _, t := range texts(s.Request.Body) {
		if !r.read[t] {
			r.sent[t] = true
		}
	}
	if s.Answer == nil {
		return
	}
	for _, t := range texts(s.Answer.Body) {
		// What stands in the URL is an id that we were given.
		if !r.sent[t] && !strings.Contains(s.URL, t) {
			r.read[t] = true
		}
	}
}

// texts are the strings that a JSON body holds.
func texts(body []byte) []string {
	v, err := strictjson.Decode(body, bodyLimits)
	if err != nil {
		return nil
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if len([]rune(v)) >= minRead {
				out = append(out, v)
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(v)
	return out
}

// request is a request without texts that the target told.
func (r *readValues) request(body []byte) []byte {
	v, err := strictjson.DecodeOrdered(body, bodyLimits)
	if err != nil || !slices.ContainsFunc(texts(body), func(t string) bool { return r.read[t] }) {
		return body
	}
	return strictjson.Append(nil, r.without(v))
}

func (r *readValues) without(v any) any {
	switch v := v.(type) {
	case string:
		if r.read[v] {
			return maskedText
		}
	case []any:
		for i := range v {
			v[i] = r.without(v[i])
		}
	case strictjson.Object:
		for i := range v {
			v[i].Value = r.without(v[i].Value)
		}
	}
	return v
}

// finding is a finding without texts of the outcome's answers.
func (r *readValues) finding(f spec.Finding, steps []contract.Step) spec.Finding {
	for _, s := range steps {
		if s.Answer == nil {
			continue
		}
		for _, t := range texts(s.Answer.Body) {
			if r.read[t] {
				f.Expected, f.Actual = strings.ReplaceAll(f.Expected, t, maskedText), strings.ReplaceAll(f.Actual, t, maskedText)
			}
		}
	}
	return f
}
