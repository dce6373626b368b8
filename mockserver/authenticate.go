package mockserver

import "github.com/understudy-dev/understudy/spec"

// authenticate refuses a request without the credentials that the document asks for. Their presence and form count;
// there are no real secrets here to hold them against.
func (s *Server) authenticate(x *exchange) *answer {
	if s.set.noAuth {
		return nil
	}
	refusal := x.op.Authenticate(x.r.Header, x.r.URL.RawQuery)
	if refusal == nil {
		return nil
	}
	a := s.problem(x.op, refusal.Reason, refusal.Findings)
	if a.status == 401 || refusal.Reason == spec.MissingScopes {
		a.header.Del("WWW-Authenticate")
		for _, challenge := range x.op.Challenges(refusal) {
			a.header.Add("WWW-Authenticate", challenge)
		}
	}
	return &a
}
