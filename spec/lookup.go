package spec

// lookup finds values by names that are all known beforehand, the members of a schema, say. It looks at three bytes of a
// name and its length instead of reading all of it, as the hash of a map does.
type lookup[V any] struct {
	slots []slot[V] // twice as many as there are names at least, a power of two
}

type slot[V any] struct {
	name  string
	used  bool
	value V
}

func newLookup[V any](from map[string]V) lookup[V] {
	if len(from) == 0 {
		return lookup[V]{}
	}
	size := 4
	for size < 2*len(from) {
		size *= 2
	}
	l := lookup[V]{make([]slot[V], size)}
	for name, v := range from {
		at := slotOf(name) & (size - 1)
		for l.slots[at].used {
			at = (at + 1) & (size - 1)
		}
		l.slots[at] = slot[V]{name, true, v}
	}
	return l
}

// find is the value of a name; it stays where it is.
func (l *lookup[V]) find(name string) (*V, bool) {
	if len(l.slots) == 0 {
		return nil, false
	}
	for at := slotOf(name) & (len(l.slots) - 1); l.slots[at].used; at = (at + 1) & (len(l.slots) - 1) {
		if l.slots[at].name == name {
			return &l.slots[at].value, true
		}
	}
	return nil, false
}

// slotOf is where a name is looked for first.
func slotOf(name string) int {
	n := len(name)
	if n == 0 {
		return 0
	}
	return n*7 + int(name[0])*31 + int(name[n/2])*131 + int(name[n-1])*1009
}
