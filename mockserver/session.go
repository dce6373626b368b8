package mockserver

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// session is one isolated state: the dataset plus the changes made in it.
type session struct {
	name string
	// whole excludes updates while the session is exported, imported or reset as a whole.
	whole  sync.RWMutex
	shards [shardCount]shard
	// made counts the records made at run time, which their ids are taken from.
	made     atomic.Uint64
	changes  atomic.Int64
	lastUsed atomic.Int64 // nanoseconds of the server's clock
	repeats  repeats
}

const shardCount = 16

// shard holds the changed records whose key falls into it. update is held for the length of an update of any of them,
// mu only for a look into the map.
type shard struct {
	update  sync.Mutex
	mu      sync.RWMutex
	records map[key]change
}

// key names a record.
type key struct {
	resource *spec.Resource
	id       string
}

// change is what became of a record: its new text, never altered once stored, or its end.
type change struct {
	text    []byte
	deleted bool
}

var shardSeed = maphash.MakeSeed()

func (k key) shard() int {
	var h maphash.Hash
	h.SetSeed(shardSeed)
	_, _ = h.WriteString(k.resource.Name)
	_, _ = h.WriteString(k.id)
	return int(h.Sum64() % shardCount)
}

func newSession(name string) *session { return &session{name: name} }

// change is what was done to a record; false when nothing was.
func (s *session) change(k key) (change, bool) {
	sh := &s.shards[k.shard()]
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	c, ok := sh.records[k]
	return c, ok
}

func (s *session) put(k key, c change) {
	sh := &s.shards[k.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.records == nil {
		sh.records = map[key]change{}
	}
	if _, had := sh.records[k]; !had {
		s.changes.Add(1)
	}
	sh.records[k] = c
}

// forget takes a change back: the record is the dataset's again.
func (s *session) forget(k key) {
	sh := &s.shards[k.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, had := sh.records[k]; had {
		s.changes.Add(-1)
		delete(sh.records, k)
	}
}

// all lists the changes by resource name and id.
func (s *session) all() map[key]change {
	out := map[key]change{}
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.RLock()
		for k, c := range sh.records {
			out[k] = c
		}
		sh.mu.RUnlock()
	}
	return out
}

// reset drops every change.
func (s *session) reset() {
	s.whole.Lock()
	defer s.whole.Unlock()
	s.clear()
}

func (s *session) clear() {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		sh.records = nil
		sh.mu.Unlock()
	}
	s.changes.Store(0)
	s.made.Store(0)
	s.repeats.clear()
}

// lock takes the update locks of the keys' shards in one order, so that updates of several records never wait for each
// other in a circle.
func (s *session) lock(keys []key) (unlock func()) {
	var held []int
	for _, k := range keys {
		held = append(held, k.shard())
	}
	slices.Sort(held)
	held = slices.Compact(held)
	s.whole.RLock()
	for _, i := range held {
		s.shards[i].update.Lock()
	}
	return func() {
		for _, i := range held {
			s.shards[i].update.Unlock()
		}
		s.whole.RUnlock()
	}
}

// sessions is the bounded set of sessions. The default one is always there.
type sessions struct {
	mu     sync.RWMutex
	byName map[string]*session
	limit  int
	idle   time.Duration
	now    func() time.Time
}

const defaultSession = "default"

func newSessions(limit int, idle time.Duration, now func() time.Time) *sessions {
	ss := &sessions{byName: map[string]*session{}, limit: limit, idle: idle, now: now}
	ss.byName[defaultSession] = newSession(defaultSession)
	return ss
}

// use finds a session or begins it; nil when there are as many as there may be and none has been idle long enough.
func (ss *sessions) use(name string) *session {
	now := ss.now()
	ss.mu.RLock()
	s := ss.byName[name]
	ss.mu.RUnlock()
	if s == nil || ss.expired(s, now) {
		s = ss.begin(name, now)
	}
	if s != nil {
		s.lastUsed.Store(now.UnixNano())
	}
	return s
}

func (ss *sessions) begin(name string, now time.Time) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s := ss.byName[name]; s != nil && !ss.expired(s, now) {
		return s
	}
	delete(ss.byName, name)
	if len(ss.byName) >= ss.limit {
		ss.sweep(now)
	}
	if len(ss.byName) >= ss.limit {
		return nil
	}
	s := newSession(name)
	s.lastUsed.Store(now.UnixNano())
	ss.byName[name] = s
	return s
}

func (ss *sessions) expired(s *session, now time.Time) bool {
	return s.name != defaultSession && now.Sub(time.Unix(0, s.lastUsed.Load())) > ss.idle
}

func (ss *sessions) sweep(now time.Time) {
	for name, s := range ss.byName {
		if ss.expired(s, now) {
			delete(ss.byName, name)
		}
	}
}

// find looks a session up without beginning it; nil when there is none.
func (ss *sessions) find(name string) *session {
	ss.mu.RLock()
	defer ss.mu.RUnlock()
	if s := ss.byName[name]; s != nil && !ss.expired(s, ss.now()) {
		return s
	}
	return nil
}

// list is every live session, by name.
func (ss *sessions) list() []*session {
	ss.mu.RLock()
	defer ss.mu.RUnlock()
	var out []*session
	for _, s := range ss.byName {
		if !ss.expired(s, ss.now()) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *session) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out
}

// end drops a session; the default one only begins anew.
func (ss *sessions) end(name string) {
	ss.mu.Lock()
	s := ss.byName[name]
	if name != defaultSession {
		delete(ss.byName, name)
	}
	ss.mu.Unlock()
	if s != nil {
		s.reset()
	}
}
