package mockserver

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// result is a success in the making: what an operation says, not yet how it is written down.
type result struct {
	status int
	res    *spec.Response
	header http.Header  // what is known of it already (Location, say); nil where nothing is
	text   []byte       // the body's value as JSON text; nil for none
	known  []spec.Known // parts of text
}

// finish makes the answer of a result: the value in the media type chosen for it, the headers that the document
// declares, and the whole held against the document before it leaves. Every success of an operation goes through here.
func (s *Server) finish(x *exchange, r result) answer {
	a := answer{status: r.status, header: r.header}
	if a.header == nil {
		a.header = http.Header{}
	}
	if m := x.media(r.res); m != nil && r.text != nil {
		body, contentType, err := written(m, r.text)
		if err != nil {
			return s.unservable(x.op, err)
		}
		a.header["Content-Type"] = []string{contentType}
		a.body = body
	}
	if r.res == nil { // the document declares no success, so nothing can be said of one
		return a
	}
	if f := unwritten(x.op, r); f != nil {
		return s.problem(x.op, reasonOwnAnswer, []spec.Finding{*f})
	}
	s.addHeaders(x.op, r.res, &a)
	if fs := x.op.CheckResponseAround(r.known, a.status, a.header, a.body, wideOpen); len(fs) > 0 {
		return s.problem(x.op, reasonOwnAnswer, fs)
	}
	return a
}

// unwritten says that a body cannot be made in any media type that the answer has.
func unwritten(op *spec.Operation, r result) *spec.Finding {
	if len(r.res.Content) == 0 || r.status == http.StatusNoContent || slices.ContainsFunc(r.res.Content, offerOf(r.res).takes) {
		return nil
	}
	var have []string
	for _, m := range r.res.Content {
		have = append(have, m.Type)
	}
	at := r.res.Location
	at.Pointer += "/content"
	return &spec.Finding{
		Rule: "mediaType", Level: spec.Must, Operation: op.ID, In: "document", Pointer: at.Pointer, Document: at,
		Expected: "a media type that values of its schema can be written in", Actual: spec.Clip(strings.Join(have, ", ")),
		Hint: "nothing defines how such values are written in it; a schema of type string stands for the text itself",
	}
}

// written is a value, given as JSON text, in a media type. What a notation cannot carry as it is, such as null in a
// form, is written as near as can be; the answer's check decides whether that will do.
func written(m *spec.MediaType, text []byte) (body []byte, contentType string, err error) {
	if spec.IsJSON(m.Type) {
		return text, m.Type, nil
	}
	v, err := strictjson.DecodeOrdered(text, wideOpen)
	if err != nil {
		return nil, "", err
	}
	body, contentType, err = m.Encode(v)
	if errors.Is(err, spec.ErrNotCarried) && body != nil {
		err = nil
	}
	return body, contentType, err
}

// media is the media type that an answer to this exchange is written in: what was negotiated for it, for other answers
// JSON where the document has it; nil where it declares none.
func (x *exchange) media(res *spec.Response) *spec.MediaType {
	switch res {
	case nil:
		return nil
	case x.agreed.res:
		return x.agreed.media
	}
	m, _ := spec.Negotiate(res.Content, nil, offerOf(res).takes)
	return m
}

// agreement is the outcome of negotiating an answer's media type.
type agreement struct {
	res   *spec.Response
	media *spec.MediaType // nil where the answer has no body
}

// negotiate chooses the media type of the success, or of what the request forces, by the request's Accept header.
// Errors are not negotiated: they are problem documents, or as declared.
func (s *Server) negotiate(x *exchange) *answer {
	_, res := x.op.SuccessResponse()
	if x.prefer.code != 0 {
		res = x.op.Response(x.prefer.code)
	}
	if res == nil || x.prefer.code >= 400 {
		return nil
	}
	accept := x.r.Header["Accept"]
	m, ok := spec.Negotiate(res.Content, accept, offerOf(res).takes)
	if ok {
		x.agreed = agreement{res, m}
		return nil
	}
	var have []string
	for _, m := range res.Content {
		if offerOf(res).takes(m) {
			have = append(have, m.Type)
		}
	}
	at := res.Location
	at.Pointer += "/content"
	return new(s.problem(x.op, spec.NotAcceptable, []spec.Finding{{
		Rule: "accept", Level: spec.Must, Operation: x.op.ID, In: "header", Pointer: "/Accept", Document: at,
		Expected: strings.Join(have, " or "), Actual: spec.Clip(toUTF8(strings.Join(accept, ", "))),
		Hint: "accept one of these, or leave the header out",
	}}))
}

// offer tells the media types of an answer that the mock can make: values of the schema can be written in them, and
// where the answer holds a record, the record is in it in the same place.
type offer struct {
	res   *spec.Response
	first *spec.MediaType
}

func offerOf(res *spec.Response) offer { return offer{res, spec.Media(res.Content)} }

func (o offer) takes(m *spec.MediaType) bool {
	return m.Readable() && (o.res.Envelope == nil || m.Schema == o.first.Schema)
}

// addHeaders makes up the headers that the document declares for an answer and that are not known yet. One that has a
// meaning for HTTP itself is made only where it is required: a made-up value would mislead clients.
func (s *Server) addHeaders(op *spec.Operation, res *spec.Response, a *answer) {
	if res == nil {
		return
	}
	for _, h := range res.Headers {
		if len(a.header.Values(h.Name)) > 0 || !h.Required && meansSomething(h.Name) {
			continue
		}
		if strings.EqualFold(h.Name, "Content-Length") {
			a.header.Set(h.Name, itoa(len(a.body)))
			continue
		}
		if text, ok := s.headerText(op, h); ok {
			a.header.Set(h.Name, text)
		}
	}
}

// meansSomething reports whether clients act on a header by the standards of HTTP.
func meansSomething(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return strings.HasPrefix(name, "Access-Control-") || strings.HasPrefix(name, "Content-") || slices.Contains([]string{
		"Accept-Ranges", "Age", "Allow", "Alt-Svc", "Cache-Control", "Clear-Site-Data", "Connection", "Date", "Etag", "Expires",
		"Keep-Alive", "Last-Modified", "Link", "Location", "Preference-Applied", "Proxy-Authenticate", "Refresh", "Retry-After",
		"Server", "Set-Cookie", "Strict-Transport-Security", "Trailer", "Transfer-Encoding", "Upgrade", "Vary", "Via",
		"Www-Authenticate",
	}, name)
}

// headerText is the value made up for a header: always the same, so it is made once.
func (s *Server) headerText(op *spec.Operation, h *spec.Header) (string, bool) {
	if text, known := s.headerTexts.Load(h); known {
		return text.(string), text != ""
	}
	text := s.makeHeader(op, h)
	s.headerTexts.Store(h, text)
	return text, text != ""
}

func (s *Server) makeHeader(op *spec.Operation, h *spec.Header) string {
	const tries, longest = 5, 2048
	if h.Schema == nil {
		return "1"
	}
	for i := range tries {
		v, err := s.generator.Value(h.Schema, s.source("header", op.ID, h.Name, itoa(i)))
		if err != nil {
			return ""
		}
		if text, err := h.Encode(v); err == nil && len(text) <= longest {
			return text
		}
	}
	return ""
}

// declaredHeaders are the names of all headers that answers of a document have, each once.
func declaredHeaders(d *spec.Document) []string {
	var out []string
	for _, op := range d.Operations {
		for _, res := range op.Responses {
			for _, h := range res.Headers {
				out = append(out, http.CanonicalHeaderKey(h.Name))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
