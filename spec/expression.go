package spec

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Exchange is a request and its answer, as runtime expressions of links and callbacks see them (OpenAPI 3.1, 4.8.20.4).
type Exchange struct {
	URL, Method string
	Status      int
	// Path and Query are the parameters of the request, decoded; Header and Body those of the request and of the answer.
	Path                   map[string]string
	Query                  url.Values
	Header, AnswerHeader   http.Header
	Body, AnswerBody       any // plain values, or strictjson.Object
	HasBody, HasAnswerBody bool
}

// Evaluate is the value of an expression such as "$request.body#/id" or "$response.header.Location". The error names the
// expression and what of it is not there.
func (x *Exchange) Evaluate(expression string) (any, error) {
	switch expression {
	case "$url":
		return x.URL, nil
	case "$method":
		return x.Method, nil
	case "$statusCode":
		return json.Number(strconv.Itoa(x.Status)), nil
	}
	if rest, ok := strings.CutPrefix(expression, "$request."); ok {
		return x.source(expression, rest, x.Header, x.Body, x.HasBody, true)
	}
	if rest, ok := strings.CutPrefix(expression, "$response."); ok {
		return x.source(expression, rest, x.AnswerHeader, x.AnswerBody, x.HasAnswerBody, false)
	}
	return nil, fmt.Errorf("%q is no runtime expression", Clip(expression))
}

func (x *Exchange) source(all, rest string, h http.Header, body any, hasBody, request bool) (any, error) {
	missing := fmt.Errorf("%q leads to nothing in this exchange", Clip(all))
	kind, name, _ := strings.Cut(rest, ".")
	switch {
	case rest == "body" || strings.HasPrefix(rest, "body#"):
		v, there := strictjson.Resolve(body, strings.TrimPrefix(strings.TrimPrefix(rest, "body"), "#"))
		if !hasBody || !there {
			return nil, missing
		}
		return v, nil
	case kind == "header":
		if v := h.Get(name); v != "" {
			return v, nil
		}
		return nil, missing
	case kind == "query" && request:
		if x.Query.Has(name) {
			return x.Query.Get(name), nil
		}
		return nil, missing
	case kind == "path" && request:
		if v, ok := x.Path[name]; ok {
			return v, nil
		}
		return nil, missing
	}
	return nil, fmt.Errorf("%q is no runtime expression", Clip(all))
}

// Expand puts the values of the expressions in curly brackets into a text, such as a callback's URL. Text that is one
// expression may stand without brackets.
func (x *Exchange) Expand(text string) (string, error) {
	if strings.HasPrefix(text, "$") {
		text = "{" + text + "}"
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		expression, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("%q: a curly bracket is not closed", Clip(text))
		}
		v, err := x.Evaluate(expression)
		if err != nil {
			return "", err
		}
		b.WriteString(plainText(v))
		text = after
	}
}

// plainText is a value as a part of a URL: texts as they are, anything else as JSON.
func plainText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(strictjson.Append(nil, v))
}
