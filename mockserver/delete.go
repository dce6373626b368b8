package mockserver

import "github.com/understudy-dev/understudy/spec"

// remove ends a record. Those that belong to it are found no longer, on no path; references to it stay.
func (s *Server) remove(x *exchange, req *spec.Request) answer {
	sub := subjectOf(x, req)
	t := s.store.begin(x.session, sub.keys(nil))
	defer t.rollback()
	if a := s.missing(x.op, t, sub); a != nil {
		return *a
	}
	text, err := t.current(sub.key)
	if err != nil {
		return s.unservable(x.op, err)
	}
	if text == nil {
		return s.noRecord(x.op, seen{s.store, x.session}, sub.key, sub.item)
	}
	if a := s.condition(x, t, sub.key, text, levelsOf(req)); a != nil {
		return *a
	}
	a := s.farewell(x, t, sub.key, levelsOf(req))
	if a.status >= 400 {
		return a
	}
	t.delete(sub.key)
	if !t.commit() {
		return s.problem(x.op, reasonStateFull, nil)
	}
	return a
}

// farewell is what a deletion answers with: the record as it was, where the document shows it there, else that it is
// done.
func (s *Server) farewell(x *exchange, t *tx, k key, levels int) answer {
	_, res := successOf(x.op, false)
	// An envelope that has nothing but the id says which record is gone; it shows none.
	if res != nil && res.Envelope != nil && (res.Envelope.Record == k.resource.Schema || len(res.Envelope.Path) > 0) {
		return s.recordAnswer(x, t, k, levels, false)
	}
	status, res := successOf(x.op, false)
	out := result{status: status, res: res}
	if x.media(res) == nil {
		return s.finish(x, out)
	}
	return s.acknowledge(x, k, out)
}
