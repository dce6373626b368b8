package mockserver

import (
	"hash/maphash"
	"math/bits"
	"sync"
)

// updateLocks are held for the length of an update, each for the records that fall to it: so many that updates of
// different records, in one session or in several, hardly ever meet.
type updateLocks [64 * lockWords]sync.Mutex

const lockWords = 16

// locked is a set of update locks.
type locked [lockWords]uint64

// lockOf is the number of the lock that a record of the session falls to.
func (s *session) lockOf(k key) uint64 {
	return (maphash.String(shardSeed, k.id) ^ maphash.String(shardSeed, s.name)) % (64 * lockWords)
}

// lock takes the update locks of the keys in one order, so that updates of several records never wait for each other in a
// circle.
func (s *session) lock(keys []key) locked {
	var held locked
	for _, k := range keys {
		n := s.lockOf(k)
		held[n/64] |= 1 << (n % 64)
	}
	s.whole.RLock()
	held.each(func(n int) { s.locks[n].Lock() })
	return held
}

func (s *session) unlock(held locked) {
	held.each(func(n int) { s.locks[n].Unlock() })
	s.whole.RUnlock()
}

func (l *locked) each(visit func(n int)) {
	for i, word := range l {
		for ; word != 0; word &= word - 1 {
			visit(64*i + bits.TrailingZeros64(word))
		}
	}
}
