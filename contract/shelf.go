package contract

import (
	"bytes"
	"hash/maphash"
	"maps"
	"slices"
	"sync"

	"github.com/understudy-dev/understudy/spec"
)

// maxShelf bounds the bytes of the bodies that are on a shelf.
const maxShelf = 64 << 20

// answerShelf keeps each body that a target answers with once, and which answers were judged: a target says much the same
// many times over. Its zero value is empty.
type answerShelf struct {
	mu     sync.Mutex
	hash   maphash.Seed
	bodies map[uint64][]byte
	size   int
	judged map[judgedKey]bool
}

// judgedKey is an answer to an operation: the body by its place in memory.
type judgedKey struct {
	op     *spec.Operation
	status int
	body   *byte
	header uint64
}

// seen reports whether an equal answer to the operation was judged before, and puts a body that is equal to an earlier one
// in the place of the answer's own.
func (s *answerShelf) seen(op *spec.Operation, a *Answer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(a.Body) == 0 || !s.keep(a) {
		return false
	}
	k := judgedKey{op, a.Status, &a.Body[0], s.headerHash(a)}
	before := s.judged[k]
	s.judged[k] = true
	return before
}

// keep puts a body on the shelf, or takes the equal one that is there; false where there is no room.
func (s *answerShelf) keep(a *Answer) bool {
	if s.bodies == nil {
		s.hash, s.bodies, s.judged = maphash.MakeSeed(), map[uint64][]byte{}, map[judgedKey]bool{}
	}
	h := maphash.Bytes(s.hash, a.Body)
	have, there := s.bodies[h]
	switch {
	case there && bytes.Equal(have, a.Body):
		a.Body = have
	case there || s.size+len(a.Body) > maxShelf:
		return false
	default:
		a.Body = slices.Clip(a.Body)
		s.bodies[h], s.size = a.Body, s.size+len(a.Body)
	}
	return true
}

// headerHash stands for all that an answer says besides its body, save the time.
func (s *answerShelf) headerHash(a *Answer) uint64 {
	var h maphash.Hash
	h.SetSeed(s.hash)
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		if name == "Date" {
			continue
		}
		for _, v := range a.Header[name] {
			_, _ = h.WriteString(name + ": " + v + "\n")
		}
	}
	return h.Sum64()
}
