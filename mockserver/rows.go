package mockserver

import (
	"fmt"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// listOfOne is the list in which an answer shows a single record.
func listOfOne(s *Server, x *exchange, e *spec.Envelope) *listing {
	first := e.List.FirstPage()
	return &listing{s: s, x: x, op: x.op, l: e.List, limit: 1, page: first, first: first, total: 1}
}

// wrapped is an answer with a record that nobody keeps, as the answer's schema has it.
func (s *Server) wrapped(x *exchange, m *spec.MediaType, e *spec.Envelope, record []byte) ([]byte, error) {
	if e.List != nil {
		return listOfOne(s, x, e).body(m.Schema, nil, joinElements([][]byte{record}))
	}
	text, _, err := s.envelop(x.op, m, e, record)
	return text, err
}

// carriesList reports whether bodies of a media type carry records as the items of a list.
func carriesList(m *spec.MediaType) bool {
	return m != nil && m.Envelope != nil && m.Envelope.List != nil
}

// sentRows are the records of a body that carries them as the items of a list, with the records' names.
func sentRows(req *spec.Request) [][]byte {
	items, _ := elementsOf(memberIn(req.JSONText(), req.MediaType.Envelope.List.Path))
	for i := range items {
		items[i] = calledText(req.MediaType, items[i])
	}
	return items
}

// severalRows refuses a list of several records where the path names the one that is meant.
func severalRows(op *spec.Operation, req *spec.Request) *spec.Finding {
	if !carriesList(req.MediaType) {
		return nil
	}
	e, items := req.MediaType.Envelope, sentRows(req)
	if len(items) < 2 {
		return nil
	}
	return &spec.Finding{
		Rule: "maxItems", Level: spec.Must, Operation: op.ID, In: "body", Pointer: strictjson.Pointer(e.List.Path...),
		Document: op.Body.Location, Expected: "one record", Actual: fmt.Sprintf("%d of them", len(items)),
		Hint: "the path names one of " + op.Resource.Name + ", which the list has alone: send each to its own path",
	}
}
