package mockserver

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/understudy-dev/understudy/spec"
)

// faces is how many different made-up values an answer without a record has: enough that requests which differ are answered
// differently as a rule, few enough that a large schema is not drawn from anew for each request.
const faces = 4

// maxMade bounds what made-up values take, in bytes; where more is made, what was made before is forgotten.
const maxMade = 32 << 20

// madeValues are the made-up values of answers without a record, as compact JSON.
type madeValues struct {
	texts sync.Map // madeKey -> []byte
	size  atomic.Int64
}

// keep keeps a made-up value, in the place of all others where there is no more room.
func (m *madeValues) keep(k madeKey, text []byte) {
	size := int64(len(text))
	if size > maxMade {
		return
	}
	if !add(&m.size, size, maxMade) {
		m.texts.Clear()
		m.size.Store(size) // what others add at the same time may go uncounted, and is forgotten with the next
	}
	if _, there := m.texts.LoadOrStore(k, text); there {
		m.size.Add(-size)
	}
}

// madeKey is an answer in a media type, and which of its made-up values.
type madeKey struct {
	op    *spec.Operation
	res   *spec.Response
	media *spec.MediaType
	face  int
}

// steadyValue is an example of the document, else a made-up value, the same for an equal request.
func (s *Server) steadyValue(x *exchange, m *spec.MediaType, res *spec.Response) ([]byte, error) {
	src := s.steady(x)
	k := madeKey{x.op, res, m, src.IntN(faces)}
	if text, ok := s.made.texts.Load(k); ok {
		return text.([]byte), nil
	}
	text, err := s.exampleValue(x, preference{}, m, res, s.source("made", x.op.ID, res.Status, m.Type, strconv.Itoa(k.face)))
	if err != nil {
		return nil, err
	}
	text = slices.Clip(text)
	s.made.keep(k, text)
	return text, nil
}
