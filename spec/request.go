package spec

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Reason says at which step of its way a request is refused. The mock's table of answers is keyed by it.
type Reason string

// The reasons a document itself gives, in the order they are looked for.
const (
	NoSuchPath           Reason = "no-such-path"
	MethodNotAllowed     Reason = "method-not-allowed"
	UnsupportedMediaType Reason = "unsupported-media-type"
	ContentTooLarge      Reason = "content-too-large"
	NotDecodable         Reason = "not-decodable"
	Invalid              Reason = "invalid"
	NotServed            Reason = "not-served" // what the document says here cannot be used
)

// Refusal is why a request is not taken: the first step it fails, with every finding of that step.
type Refusal struct {
	Reason   Reason
	Findings []Finding
}

func (r *Refusal) Error() string {
	if len(r.Findings) == 0 {
		return string(r.Reason)
	}
	return string(r.Reason) + ": " + r.Findings[0].String()
}

func refuse(reason Reason, fs ...Finding) *Refusal { return &Refusal{reason, fs} }

// RequestMessage is a request as it came, already routed.
type RequestMessage struct {
	// PathParams are the path's parameters, decoded, and EscapedPathParams those that differ, as they came; see Match.
	PathParams, EscapedPathParams map[string]string
	RawQuery                      string
	Header                        http.Header
	// HasBody tells a body from none at all; Body reads it whole. An error that is a *Refusal is passed on.
	HasBody bool
	Body    func() ([]byte, error)
	Limits  strictjson.Limits
}

// Request is a request that the document allows, decoded once.
type Request struct {
	Operation *Operation
	MediaType *MediaType // nil without a body
	// Raw is the body as it came; nil without a body. See Value for what it says.
	Raw []byte
	// Notices are findings that refuse nothing: members and parameters the document does not name.
	Notices []Finding

	notation notation // of Raw
	hasBody  bool
	body     any  // of Raw, unless it was proved
	proved   bool // to be valid without being decoded
	params   []paramValue
	few      [2]paramValue // room for params
}

// paramValue is a parameter that came, decoded.
type paramValue struct {
	param *Parameter
	value any
}

// Value is the plain value of the body; nil without a body.
func (r *Request) Value() any {
	if r.proved {
		// What is proved can be decoded; its limits were held already.
		v, _ := strictjson.Decode(r.Raw, strictjson.Limits{Depth: deepest, Elements: math.MaxInt})
		return v
	}
	return r.body
}

// Param is the decoded value of a parameter.
func (r *Request) Param(p *Parameter) (any, bool) {
	if p.of != nil {
		whole, _ := r.Param(p.of)
		members, _ := whole.(map[string]any)
		v, sent := members[p.member]
		return v, sent
	}
	for _, came := range r.params {
		if came.param == p {
			return came.value, true
		}
	}
	return nil, false
}

// PathParam is the text of a path parameter without its style: 5 for ;id=5. It is "" for one that is not there.
func (r *Request) PathParam(name string) string {
	for _, came := range r.params {
		if came.param.In != "path" || came.param.Name != name {
			continue
		}
		text, err := scalarText(came.value)
		if err != nil {
			return ""
		}
		return text
	}
	return ""
}

// CheckRequest holds a request against the operation: media type, then the body's size and syntax and the query's
// syntax, then parameters and body against their schemas. Exactly one of the results is nil.
func (o *Operation) CheckRequest(m *RequestMessage) (*Request, *Refusal) {
	req, r := o.checkRequest(m)
	if r != nil {
		o.doc.hideSecrets(r.Findings)
	}
	return req, r
}

func (o *Operation) checkRequest(m *RequestMessage) (*Request, *Refusal) {
	if len(o.broken) > 0 {
		return nil, refuse(NotServed, o.broken...)
	}
	req := &Request{Operation: o}
	req.params = req.few[:0]
	if r := o.readBody(m, req); r != nil {
		return nil, r
	}
	query, r := o.parseQuery(m.RawQuery)
	if r != nil {
		return nil, r
	}
	fs, r := o.checkParameters(m, query, req)
	if r != nil {
		return nil, r
	}
	more, r := o.checkBody(req)
	if r != nil {
		return nil, r
	}
	if fs = append(fs, more...); len(fs) > 0 {
		SortFindings(fs)
		return nil, refuse(Invalid, fs[:min(len(fs), MaxFindings)]...)
	}
	return req, nil
}

// readBody checks that the media type is declared, reads the body and decodes it.
func (o *Operation) readBody(m *RequestMessage, req *Request) *Refusal {
	if !m.HasBody {
		return nil
	}
	req.hasBody = true
	if o.Body == nil || len(o.Body.Content) == 0 {
		// A body nobody declared, or declared without a media type, has no defined meaning (RFC 9110, 9.3.1); it is
		// read so that it stays bounded, and otherwise ignored.
		_, err := m.Body()
		return asRefusal(err)
	}
	req.MediaType = matchMedia(o.Body.Content, contentTypeOf(m.Header))
	if f := o.mediaFault(m.Header, req.MediaType); f != nil {
		return refuse(UnsupportedMediaType, *f)
	}
	raw, err := m.Body()
	if err != nil {
		return asRefusal(err)
	}
	req.Raw = raw
	contentType := contentTypeOf(m.Header)
	if contentType == "" { // which a range takes, and which then means its most usual type
		contentType = req.MediaType.concrete()
	}
	if req.notation = notationOf(contentType); !req.MediaType.readable(contentType) {
		f := o.finding("contentType", "header", "/Content-Type", "a media type whose bodies can be read as the schema's values",
			Clip(contentType), "bodies of this media type can only be read as a string, which the schema does not take")
		f.Document = req.MediaType.Location
		return refuse(NotServed, f)
	}
	if req.notation == asJSON && req.MediaType.Schema != nil {
		if unnamed, ok := req.MediaType.Schema.prove(raw, In, m.Limits, nil); ok && !unnamed {
			req.proved = true
			return nil
		}
	}
	req.body, err = req.MediaType.decode(raw, contentType, typing{In, m.Limits})
	if err == nil {
		return nil
	}
	reason := NotDecodable
	var f *fault
	if errors.As(err, &f) && f.invalid {
		reason = Invalid
	}
	return refuse(reason, o.syntaxFinding("body", err))
}

func asRefusal(err error) *Refusal {
	if err == nil {
		return nil
	}
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return refuse(NotDecodable, Finding{
		Rule: "body", Level: Must, In: "body", Expected: "a readable body",
		Actual: Clip(err.Error()),
	})
}

func (o *Operation) mediaFault(h http.Header, m *MediaType) *Finding {
	got := contentTypeOf(h)
	if m == nil {
		hint := ""
		if want := Media(o.Body.Content); want != nil {
			hint = "send the header Content-Type: " + want.Type
		}
		actual := "no Content-Type"
		if got != "" {
			actual = Clip(got)
		}
		f := o.finding("contentType", "header", "/Content-Type", mediaTypes(o.Body.Content), actual, hint)
		f.Document = o.Body.Location
		f.Document.Pointer += "/content"
		return &f
	}
	if all := h.Values("Content-Type"); len(all) > 1 && slices.ContainsFunc(all, func(t string) bool { return t != got }) {
		f := o.finding("contentType", "header", "/Content-Type", "one Content-Type", Clip(strings.Join(all, ", ")), "send the header once")
		f.Document = m.Location
		return &f
	}
	if cs := charsetFault(got); cs != "" && IsJSON(got) {
		f := o.finding("charset", "header", "/Content-Type", "charset utf-8", Clip(cs),
			"JSON is UTF-8 (RFC 8259); encode the body as UTF-8 and leave the charset out")
		f.Document = m.Location
		return &f
	}
	return nil
}

// checkBody holds the decoded body against its schema.
func (o *Operation) checkBody(req *Request) ([]Finding, *Refusal) {
	if o.Body == nil {
		return nil, nil
	}
	if req.MediaType == nil {
		if !o.Body.Required || req.hasBody {
			return nil, nil
		}
		f := o.finding("required", "body", "", "a body", "nothing", "the document requires a body here")
		f.Document = o.Body.Location
		return []Finding{f}, nil
	}
	s := req.MediaType.Schema
	if s == nil || req.proved || req.MediaType.mistakesPatch() {
		return nil, nil
	}
	fs, err := s.Check(req.body, In)
	if err != nil {
		return nil, o.notServed(s, err)
	}
	for i := range fs {
		fs[i].In, fs[i].Operation = "body", o.ID
	}
	if len(fs) == 0 {
		req.Notices = append(req.Notices, o.unknownMembers(s, req.body)...)
	}
	return fs, nil
}

// notServed is the refusal for a schema that cannot be used: nothing is let through unchecked.
func (o *Operation) notServed(s *Schema, err error) *Refusal {
	return refuse(NotServed, Finding{
		Rule: "schema", Level: Must, Operation: o.ID, In: "document", Document: s.Location,
		Expected: "a schema that can be compiled", Actual: ClipReason(err.Error()),
		Hint: "mend the document at this place; until then this operation cannot be served",
	})
}

// unknownMembers notices members that the schema allows but does not name, when they look like one that it does.
func (o *Operation) unknownMembers(s *Schema, body any) []Finding {
	obj, ok := body.(map[string]any)
	if !ok {
		return nil
	}
	names := s.mentioned()
	var out []Finding
	for name := range obj {
		if len(s.AllProperties()) == 0 || slices.Contains(names, name) {
			continue
		}
		f := o.finding("unknown", "body", strictjson.Pointer(name), "a member that the document names", Clip(name), "")
		f.Level, f.Document = Should, s.Location
		if n := Nearest(name, names); n != "" {
			f.Hint = fmt.Sprintf("did you mean %s?", n)
		}
		out = append(out, f)
	}
	SortFindings(out)
	return out
}

// finding makes a finding of level must about a message to this operation.
func (o *Operation) finding(rule, in, pointer, expected, actual, hint string) Finding {
	return Finding{
		Rule: rule, Level: Must, Operation: o.ID, In: in, Pointer: pointer, Document: o.Location,
		Expected: expected, Actual: actual, Hint: hint,
	}
}

// syntaxFinding tells where a text stops being what its media type says.
func (o *Operation) syntaxFinding(in string, err error) Finding {
	f := o.finding("json", in, "", "acceptable JSON", "", "")
	var e *strictjson.Error
	var bad *fault
	switch {
	case errors.As(err, &bad):
		f.Rule, f.Pointer, f.Expected, f.Actual, f.Hint = bad.rule, bad.pointer, bad.expected, bad.actual, bad.hint
	case errors.As(err, &e):
		f.Rule, f.Pointer = "json-"+strings.ReplaceAll(e.Kind.String(), " ", "-"), e.Pointer
		f.Actual = e.Reason
		f.Hint = fmt.Sprintf("look at line %d, column %d of the body", e.Line, e.Column)
	default:
		f.Actual = Clip(err.Error())
	}
	return f
}
