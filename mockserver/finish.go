package mockserver

import (
	"net/http"

	"github.com/understudy-dev/understudy/spec"
)

// result is a success in the making: what an operation says, not yet how it is written down.
type result struct {
	status int
	res    *spec.Response
	header http.Header // what is known of it already (Location, say); nil where nothing is
	text   []byte      // the body's value as JSON text; nil for none
}

// finish makes the answer of a result: the value in the media type chosen for it, the headers that the document
// declares, and the whole held against the document before it leaves. Every success of an operation goes through here.
func (s *Server) finish(x *exchange, r result) answer {
	a := answer{status: r.status, header: r.header}
	if a.header == nil {
		a.header = http.Header{}
	}
	if m := x.media(r.res); m != nil && r.text != nil {
		a.header.Set("Content-Type", m.Type)
		a.body = r.text
	}
	if fs := x.op.CheckResponse(a.status, a.header, a.body, wideOpen); len(fs) > 0 {
		return s.problem(x.op, reasonOwnAnswer, fs)
	}
	return a
}

// media is the media type that an answer to this exchange is written in; nil where the document declares none.
func (x *exchange) media(res *spec.Response) *spec.MediaType {
	if res == nil {
		return nil
	}
	return spec.Media(res.Content)
}
