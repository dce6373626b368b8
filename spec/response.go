package spec

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// CheckResponse holds an answer against the operation: status, content type, body and headers. An undocumented status
// is one finding of level should; nothing else can be said of such an answer.
func (o *Operation) CheckResponse(status int, h http.Header, body []byte, lim strictjson.Limits) []Finding {
	return o.CheckResponseAround(nil, status, h, body, lim)
}

// CheckResponseAround is CheckResponse of an answer with a JSON body of which parts are known.
func (o *Operation) CheckResponseAround(
	known []Known, status int, h http.Header, body []byte, lim strictjson.Limits,
) []Finding {
	res := o.Response(status)
	if res == nil {
		f := o.finding("status", "status", "", "a status that the document has", statusText(status), "")
		f.Level = Should
		f.Document.Pointer += "/responses"
		return []Finding{f}
	}
	if len(res.broken) > 0 {
		return slices.Clone(res.broken)
	}
	fs := o.checkHeaders(res, h, lim)
	if bodiless(status) || o.Method == http.MethodHead || len(res.Content) == 0 {
		return fs
	}
	contentType := contentTypeOf(h)
	m := matchMedia(res.Content, contentType)
	if m == nil || charsetFault(contentType) != "" && IsJSON(m.Type) {
		f := o.finding("contentType", "header", "/Content-Type", mediaTypes(res.Content),
			Clip(fmt.Sprintf("%q", contentType)), "")
		f.Document = res.Location
		f.Document.Pointer += "/content"
		return append(fs, f)
	}
	fs = append(fs, o.checkAnswerBody(m, h, answerText{body, known, lim})...)
	SortFindings(fs)
	return fs
}

func bodiless(status int) bool {
	return status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}

// answerText is the body of an answer, with what is known of it.
type answerText struct {
	text  []byte
	known []Known
	lim   strictjson.Limits
}

func (o *Operation) checkAnswerBody(m *MediaType, h http.Header, body answerText) []Finding {
	contentType := contentTypeOf(h)
	// Without a schema there is nothing to hold a body against, not even its syntax: Content-Type may be all it says.
	if m.Schema == nil || !m.readable(contentType) {
		return nil
	}
	if IsJSON(contentType) {
		if _, ok := m.Schema.prove(body.text, Out, body.lim, body.known); ok {
			return nil
		}
	}
	v, err := m.decode(body.text, contentType, typing{Out, body.lim})
	if err != nil {
		f := o.syntaxFinding("body", err)
		f.Document = m.Location
		return []Finding{f}
	}
	fs, err := m.Schema.Check(v, Out)
	if err != nil {
		return o.notServed(m.Schema, err).Findings
	}
	for i := range fs {
		fs[i].In, fs[i].Operation = "body", o.ID
	}
	return fs
}

func (o *Operation) checkHeaders(res *Response, h http.Header, lim strictjson.Limits) []Finding {
	var fs []Finding
	for _, d := range res.Headers {
		at := strictjson.Pointer(d.Name)
		values := h.Values(d.Name)
		if len(values) == 0 {
			if d.Required {
				f := o.finding("required", "header", at, "a value", "nothing", "")
				f.Document = d.Location
				fs = append(fs, f)
			}
			continue
		}
		_, more, r := o.decodeParameter(&d.param, &given{texts: []string{strings.Join(values, ",")}}, typing{Out, lim})
		if r != nil {
			more = r.Findings
		}
		fs = append(fs, more...)
	}
	return fs
}
