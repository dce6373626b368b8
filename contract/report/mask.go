package report

import (
	"cmp"
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

// readValues are what the target told before any request did: other people's. A request can carry it, as the id of a
// related record or because an update sends whole records, and so can a finding.
//
// A text counts wherever it stands, a number under its name only.
type readValues struct {
	sent, read map[string]bool
}

func newReadValues() *readValues {
	return &readValues{sent: map[string]bool{}, read: map[string]bool{}}
}

// learn notes the values of a step.
func (r *readValues) learn(s contract.Step) {
	for _, key := range valueKeys(s.Request.Body) {
		if !r.read[key] {
			r.sent[key] = true
		}
	}
	if s.Answer == nil {
		return
	}
	for _, key := range valueKeys(s.Answer.Body) {
		// What stands in the URL is an id that we were given.
		if !r.sent[key] && !strings.Contains(s.URL, key) {
			r.read[key] = true
		}
	}
}

// valueKey is what a value is known by; "" for one that tells nothing of anybody.
func valueKey(name string, v any) string {
	switch v := v.(type) {
	case string:
		if len([]rune(v)) >= minRead {
			return v
		}
		return name + "\x00" + v
	case json.Number:
		return name + "\x00" + v.String()
	}
	return ""
}

// valueKeys are the keys of the values in a JSON body.
func valueKeys(body []byte) []string {
	v, err := strictjson.Decode(body, bodyLimits)
	if err != nil {
		return nil
	}
	var out []string
	var walk func(string, any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(name, item)
			}
		case map[string]any:
			for member, item := range v {
				walk(member, item)
			}
		default:
			if key := valueKey(name, v); key != "" {
				out = append(out, key)
			}
		}
	}
	walk("", v)
	return out
}

// request is a request without what the target told. A number or short text that stands alone in a body is a case of
// ours that happens to equal it.
func (r *readValues) request(body []byte) []byte {
	n, texts := 0, 0
	for _, key := range valueKeys(body) {
		if r.read[key] {
			n++
			if !strings.Contains(key, "\x00") {
				texts++
			}
		}
	}
	if texts == 0 && n < 2 {
		return body
	}
	v, err := strictjson.DecodeOrdered(body, bodyLimits)
	if err != nil {
		return body
	}
	return strictjson.Append(nil, r.without("", v))
}

func (r *readValues) without(name string, v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = r.without(name, v[i])
		}
	case strictjson.Object:
		for i := range v {
			v[i].Value = r.without(v[i].Name, v[i].Value)
		}
	default:
		if r.read[valueKey(name, v)] {
			return maskedText
		}
	}
	return v
}

// finding is a finding without texts of the outcome's answers. Short ones may be words of ours, so they count in
// quotes only.
func (r *readValues) finding(f spec.Finding, steps []contract.Step) spec.Finding {
	var pairs []string
	for _, s := range steps {
		if s.Answer == nil {
			continue
		}
		for _, key := range valueKeys(s.Answer.Body) {
			if !r.read[key] || strings.Contains(key, "\x00") {
				continue
			}
			pairs = append(pairs, string(strictjson.Append(nil, key)))
			if len(key) >= minWhole {
				pairs = append(pairs, key)
			}
		}
	}
	slices.SortFunc(pairs, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, p := range slices.Compact(pairs) {
		f.Expected, f.Actual = strings.ReplaceAll(f.Expected, p, maskedText), strings.ReplaceAll(f.Actual, p, maskedText)
	}
	return f
}
