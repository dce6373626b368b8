package mockserver

import (
	"hash/maphash"
	"maps"
	"slices"
	"strings"
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
	budget *budget
	// locks are those of updates.
	locks *updateLocks
	// ended sessions are nobody's: what an update that came too late does to one counts for nothing. Guarded by whole.
	ended bool
	// made counts the records made at run time, which their ids are taken from.
	made atomic.Uint64
	// born counts the same records as they are stored, whoever chose their ids: lists show them in that order.
	born     atomic.Uint64
	changes  atomic.Int64
	size     atomic.Int64 // bytes that the changes cost
	lastUsed atomic.Int64 // nanoseconds of the server's clock
	repeats  repeats
	// aside are changes that the document had no room for when it took over; a later one may have. They count in the
	// budget. Guarded by whole.
	aside map[key]change
}

const shardCount = 16

// shard holds the changed records whose key falls into it: those that lists show where the dataset has them, and the odd
// ones, which were made, deleted or given to another owner.
type shard struct {
	mu           sync.RWMutex
	records, odd map[key]kept
}

func (sh *shard) find(k key) (kept, bool) {
	c, ok := sh.records[k]
	if !ok && len(sh.odd) > 0 {
		c, ok = sh.odd[k]
	}
	return c, ok
}

// key names a record.
type key struct {
	resource *spec.Resource
	id       string
}

var shardSeed = maphash.MakeSeed()

func (k key) shard() int {
	return int(maphash.String(shardSeed, k.id) % shardCount)
}

func newSession(name string, b *budget) *session {
	return &session{name: name, budget: b, locks: &b.locks}
}

// unused is a session as it is before anybody used it, to look at the dataset through.
func unused(name string) *session { return &session{name: name, ended: true, locks: &updateLocks{}} }

// change is what was done to a record; false when nothing was.
func (s *session) change(k key) (change, bool) {
	c, ok := s.kept(k)
	if !ok {
		return change{}, false
	}
	return c.change(), true
}

func (s *session) kept(k key) (kept, bool) {
	sh := &s.shards[k.shard()]
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return sh.find(k)
}

func (s *session) put(k key, c kept) {
	sh := &s.shards[k.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	old, had := sh.find(k)
	into := &sh.records
	if !c.stays() {
		into = &sh.odd
	}
	if had && old.stays() != c.stays() {
		delete(sh.records, k)
		delete(sh.odd, k)
	}
	if *into == nil {
		*into = map[key]kept{}
	}
	if had {
		s.size.Add(c.cost() - old.cost())
	} else {
		k.id = strings.Clone(k.id) // which is a piece of the request
		s.changes.Add(1)
		s.size.Add(c.cost())
	}
	(*into)[k] = c
}

// forget takes a change back: the record is the dataset's again.
func (s *session) forget(k key) {
	sh := &s.shards[k.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if old, had := sh.find(k); had {
		s.changes.Add(-1)
		s.size.Add(-old.cost())
		delete(sh.records, k)
		delete(sh.odd, k)
	}
}

// odd lists the changes of one resource's records that lists have to know of.
func (s *session) odd(r *spec.Resource) map[key]change {
	out := map[key]change{}
	s.each(func(k key, c kept) {
		if k.resource == r && !c.stays() {
			out[k] = c.change()
		}
	}, (*shard).oddOnes)
	return out
}

// staying lists the other changes of one resource's records.
func (s *session) staying(r *spec.Resource) map[key]change {
	out := map[key]change{}
	s.each(func(k key, c kept) {
		if k.resource == r {
			out[k] = c.change()
		}
	}, (*shard).stayingOnes)
	return out
}

// all lists the changes by resource name and id.
func (s *session) all() map[key]change {
	out := map[key]change{}
	s.each(func(k key, c kept) { out[k] = c.change() }, (*shard).oddOnes, (*shard).stayingOnes)
	return out
}

func (sh *shard) oddOnes() map[key]kept     { return sh.odd }
func (sh *shard) stayingOnes() map[key]kept { return sh.records }

func (s *session) each(visit func(key, kept), of ...func(*shard) map[key]kept) {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.RLock()
		for _, part := range of {
			for k, c := range part(sh) {
				visit(k, c)
			}
		}
		sh.mu.RUnlock()
	}
}

// clear takes every change back. The caller holds whole.
func (s *session) clear() {
	if !s.ended {
		s.budget.give(s.used())
	}
	s.drop()
}

func (s *session) drop() {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		sh.records, sh.odd = nil, nil
		sh.mu.Unlock()
	}
	s.changes.Store(0)
	s.size.Store(0)
	s.made.Store(0)
	s.born.Store(0)
	s.repeats.clear()
	s.aside = nil
}

// used is what the changes take of the budget. The caller holds whole, or alone knows the session.
func (s *session) used() usage { return usage{s.changes.Load(), s.size.Load()}.plus(usageOf(s.aside)) }

// reserve makes room for more, or says that there is none. The caller holds whole.
func (s *session) reserve(more usage) bool { return s.ended || s.budget.take(more) }

// replace puts other changes in the place of all, or says that there is no room for them.
func (s *session) replace(made uint64, changes map[key]change) bool {
	s.whole.Lock()
	defer s.whole.Unlock()
	if !s.reserve(usageOf(changes).less(s.used())) {
		return false
	}
	s.drop()
	s.load(made, changes)
	return true
}

// load puts changes that were read into a session that has none.
func (s *session) load(made uint64, changes map[key]change) {
	born := uint64(0)
	for k, c := range changes {
		s.put(k, keep(c))
		born = max(born, c.nth)
	}
	s.made.Store(made)
	s.born.Store(born)
}

// snapshot is the whole state at one instant.
func (s *session) snapshot() (made uint64, changes map[key]change) {
	s.whole.Lock()
	defer s.whole.Unlock()
	return s.made.Load(), s.all()
}

// setAside are the changes that wait for a document with room for them.
func (s *session) setAside() map[key]change {
	s.whole.Lock()
	defer s.whole.Unlock()
	return maps.Clone(s.aside)
}

// retire ends a session unless it is being used this very moment.
func (s *session) retire() bool {
	if !s.whole.TryLock() {
		return false
	}
	defer s.whole.Unlock()
	s.clear()
	s.ended = true
	return true
}

// sessions is the bounded set of sessions. The default one is always there.
type sessions struct {
	mu     sync.RWMutex
	byName map[string]*session
	limit  int
	idle   time.Duration
	now    func() time.Time
	budget budget
}

const defaultSession = "default"

func newSessions(b Bounds, now func() time.Time) *sessions {
	ss := &sessions{byName: map[string]*session{}, limit: b.Sessions, idle: b.SessionIdle, now: now}
	ss.budget.limit, ss.budget.reclaim = usage{b.Changes, b.Memory}, ss.reclaim
	ss.byName[defaultSession] = newSession(defaultSession, &ss.budget)
	return ss
}

// use finds a session or begins it; nil when there are as many as there may be and none has been idle long enough.
func (ss *sessions) use(name string) *session { return ss.useAt(ss.now(), name) }

func (ss *sessions) useAt(now time.Time, name string) *session {
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
	if s := ss.byName[name]; s != nil && (!ss.expired(s, now) || !s.retire()) {
		return s
	}
	delete(ss.byName, name)
	if len(ss.byName) >= ss.limit {
		ss.sweep(now)
	}
	if len(ss.byName) >= ss.limit {
		return nil
	}
	s := newSession(name, &ss.budget)
	s.lastUsed.Store(now.UnixNano())
	ss.byName[name] = s
	return s
}

func (ss *sessions) expired(s *session, now time.Time) bool {
	return s.name != defaultSession && now.Sub(time.Unix(0, s.lastUsed.Load())) > ss.idle
}

func (ss *sessions) reclaim() {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.sweep(ss.now())
}

func (ss *sessions) sweep(now time.Time) {
	for name, s := range ss.byName {
		if ss.expired(s, now) && s.retire() {
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
	slices.SortFunc(out, func(a, b *session) int { return strings.Compare(a.name, b.name) })
	return out
}

// end drops a session; the default one only begins anew.
func (ss *sessions) end(name string) {
	ss.mu.Lock()
	s := ss.byName[name]
	if name != defaultSession {
		delete(ss.byName, name)
	}
	ss.mu.Unlock() // an update that holds the session may want it
	if s != nil {
		s.end(name != defaultSession)
	}
}

// replace puts other sessions in the place of all.
func (ss *sessions) replace(loaded map[string]*session) {
	if loaded[defaultSession] == nil {
		loaded[defaultSession] = newSession(defaultSession, &ss.budget)
	}
	ss.mu.Lock()
	old := ss.byName
	ss.byName = loaded
	ss.mu.Unlock()
	for _, s := range old {
		s.end(true)
	}
}

// end waits for the updates that run and takes every change back, for good when the session is nobody's any more.
func (s *session) end(forGood bool) {
	s.whole.Lock()
	defer s.whole.Unlock()
	s.clear()
	s.ended = s.ended || forGood
}
