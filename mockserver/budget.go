package mockserver

import "sync/atomic"

// usage is what changes take: how many there are, and what they cost in bytes.
type usage struct{ changes, size int64 }

func (u usage) plus(other usage) usage { return usage{u.changes + other.changes, u.size + other.size} }

func (u usage) less(other usage) usage { return usage{u.changes - other.changes, u.size - other.size} }

func usageOf(changes map[key]change) usage {
	u := usage{changes: int64(len(changes))}
	for _, c := range changes {
		u.size += keep(c).cost()
	}
	return u
}

// budget bounds the changes in all sessions together.
type budget struct {
	changes, size atomic.Int64
	limit         usage
	// reclaim frees what idle sessions hold.
	reclaim func()
	// locks are there once for all sessions.
	locks updateLocks
}

// take makes room for more, or says that there is none.
func (b *budget) take(more usage) bool {
	if b.tryTake(more) {
		return true
	}
	b.reclaim()
	return b.tryTake(more)
}

func (b *budget) tryTake(more usage) bool {
	if !add(&b.changes, more.changes, b.limit.changes) {
		return false
	}
	if !add(&b.size, more.size, b.limit.size) {
		b.changes.Add(-more.changes)
		return false
	}
	return true
}

// add adds to a counter unless it would rise beyond its limit.
func add(used *atomic.Int64, n, limit int64) bool {
	for n != 0 {
		now := used.Load()
		if n > 0 && n > limit-now {
			return false
		}
		if used.CompareAndSwap(now, now+n) {
			break
		}
	}
	return true
}

func (b *budget) give(back usage) {
	b.changes.Add(-back.changes)
	b.size.Add(-back.size)
}

// charge counts what is there already, such as the changes of a file that was read.
func (b *budget) charge(taken usage) {
	b.changes.Add(taken.changes)
	b.size.Add(taken.size)
}

// used is what all sessions take.
func (b *budget) used() usage { return usage{b.changes.Load(), b.size.Load()} }
