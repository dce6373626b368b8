package mockserver

import (
	"cmp"
	"slices"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// store gives the records of a session as they are now.
type store struct {
	dataset   *fixtures.Dataset
	originals originals
}

// current is a record's text, nil when there is no such record. The error is of the dataset: a schema that no value
// meets.
func (st *store) current(s *session, k key) ([]byte, error) {
	if orphaned(seen{st, s}, k) {
		return nil, nil
	}
	if c, changed := s.change(k); changed {
		if c.deleted {
			return nil, nil
		}
		return c.text, nil
	}
	return st.original(k)
}

// original is a record's text in the dataset, nil when there is no such record there.
func (st *store) original(k key) ([]byte, error) {
	if text, ok := st.originals.get(k); ok {
		return text, nil
	}
	i, ok := st.dataset.Index(k.resource, k.id)
	if !ok && k.resource.Of == nil {
		return nil, nil
	}
	var rec strictjson.Object
	var err error
	if ok {
		rec, err = st.dataset.Record(k.resource, i)
	} else {
		rec, err = st.dataset.Part(k.resource, k.id)
	}
	if err != nil {
		return nil, err
	}
	text := slices.Clip(strictjson.Append(nil, rec))
	st.originals.put(k, text)
	return text, nil
}

// owner is the id of the record that another belongs to; "" where it belongs to none.
func (st *store) owner(s *session, k key) string {
	k = whole(k)
	c, _ := s.change(k)
	return st.ownerIn(k, c)
}

// whole is what a part is a part of, which says whom both belong to; any other record is that itself.
func whole(k key) key {
	if k.resource.Of != nil {
		return key{k.resource.Of, k.id}
	}
	return k
}

func (st *store) ownerIn(k key, c change) string {
	switch i, ofDataset := st.dataset.Index(k.resource, k.id); {
	case k.resource.Parent == nil:
		return ""
	case c.owner != "":
		return c.owner
	case ofDataset:
		return st.dataset.OwnerID(k.resource, i)
	}
	return namedOwner(k.resource, c.text)
}

// namedOwner is the id of its owner that a record's text holds; "" where it holds none.
func namedOwner(r *spec.Resource, text []byte) string {
	if r.Parent == nil {
		return ""
	}
	id := idOf(idAt(text, r.Parent.ID))
	if _, is := fixtures.OwnerValue(r, id); !is {
		return ""
	}
	return id
}

// tx is an update being made: it sees its own writes, and nobody else does before commit.
type tx struct {
	store   *store
	session *session
	held    []key
	locked  locked
	ended   bool
	touched []touched
	few     [1]touched  // what most updates touch
	index   map[key]int // of touched, once there are many
}

// touched is a record that an update looked at, or writes.
type touched struct {
	key     key
	had     change // to others, where changed
	cost    int64  // of had
	changed bool
	now     change // to the update, where written
	keep    kept   // of now, at the end
	written bool
}

// begin takes the locks of the keys.
func (st *store) begin(s *session, keys []key) *tx {
	t := new(tx)
	t.begin(st, s, keys)
	return t
}

func (t *tx) begin(st *store, s *session, keys []key) {
	*t = tx{store: st, session: s, held: keys, locked: s.lock(keys)}
	t.touched = t.few[:0]
}

func (t *tx) holds(k key) bool {
	if len(t.held) < manyTouched {
		return slices.Contains(t.held, k)
	}
	n := t.session.lockOf(k)
	return t.locked[n/64]&(1<<(n%64)) != 0
}

// at is what the update knows of a record; it stays where it is until another is asked for.
func (t *tx) at(k key) *touched {
	if i, ok := t.find(k); ok {
		return &t.touched[i]
	}
	at := touched{key: k}
	if old, changed := t.session.kept(k); changed {
		at.had, at.cost, at.changed = old.change(), old.cost(), true
	}
	t.touched = append(t.touched, at)
	switch n := len(t.touched); {
	case n == manyTouched:
		t.index = make(map[key]int, 2*manyTouched)
		for i := range t.touched {
			t.index[t.touched[i].key] = i
		}
	case n > manyTouched:
		t.index[k] = n - 1
	}
	return &t.touched[len(t.touched)-1]
}

// manyTouched is from where on a map finds records sooner than a look at each.
const manyTouched = 16

func (t *tx) find(k key) (int, bool) {
	if t.index != nil {
		i, ok := t.index[k]
		return i, ok
	}
	for i := range t.touched {
		if t.touched[i].key == k {
			return i, true
		}
	}
	return 0, false
}

// change is what was done to a record as the update sees it; false when nothing was.
func (t *tx) change(k key) (change, bool) {
	at := t.at(k)
	if !at.written {
		return at.had, at.changed
	}
	return at.now, !at.now.undone()
}

func (t *tx) current(k key) ([]byte, error) {
	if orphaned(t, k) {
		return nil, nil
	}
	c, changed := t.change(k)
	if !changed {
		return t.store.original(k)
	}
	return c.text, nil
}

func (t *tx) exists(k key) bool {
	c, changed := t.change(k)
	return t.store.existsIn(k, c, changed) && !orphaned(t, k)
}

// owner is the id of the record that another belongs to; "" where it belongs to none.
func (t *tx) owner(k key) string {
	k = whole(k)
	c, _ := t.change(k)
	return t.store.ownerIn(k, c)
}

// write gives a record another text, or makes it. It belongs to the owner that the text names, else to the one given,
// else to the one it had.
func (t *tx) write(k key, text []byte, owner string) {
	had, _ := t.change(k)
	c := change{text: text, nth: had.nth}
	if k.resource.Parent != nil {
		c.owner = cmp.Or(namedOwner(k.resource, text), owner, t.owner(k))
	}
	if c.nth == 0 {
		index, ofDataset := t.store.dataset.Index(k.resource, k.id)
		if !ofDataset {
			c.nth = t.session.born.Add(1)
		}
		c.stays = ofDataset && (k.resource.Parent == nil || c.owner == t.store.dataset.OwnerID(k.resource, index))
	}
	t.set(k, c)
}

// delete ends a record: one of the dataset is remembered as deleted, one made since is forgotten. A part is as it was at first:
// nothing could make it again.
func (t *tx) delete(k key) {
	if k.resource.Part {
		t.undo(k)
		return
	}
	_, ofDataset := t.store.dataset.Index(k.resource, k.id)
	t.set(k, change{deleted: ofDataset})
}

// undo makes a record the dataset's again.
func (t *tx) undo(k key) { t.set(k, change{}) }

func (t *tx) set(k key, c change) {
	at := t.at(k)
	at.now, at.written = c, true
}

// commit lets the writes be seen by everybody. It returns false, and nothing has changed, when as many records are
// changed as may be.
func (t *tx) commit() bool {
	defer t.rollback()
	more := usage{}
	for i := range t.touched {
		at := &t.touched[i]
		if !at.written {
			continue
		}
		if at.changed {
			more = more.less(usage{1, at.cost})
		}
		if !at.now.undone() {
			at.keep = keep(at.now)
			more = more.plus(usage{1, at.keep.cost()})
		}
	}
	if !t.session.reserve(more) {
		return false
	}
	for i := range t.touched {
		switch at := &t.touched[i]; {
		case !at.written:
		case at.keep == nil:
			t.session.forget(at.key)
		default:
			t.session.put(at.key, at.keep)
		}
	}
	return true
}

// rollback gives the locks back; what was not committed is forgotten. It is safe to call again, and to be deferred: not
// even a fault of ours may leave a record locked.
func (t *tx) rollback() {
	if !t.ended {
		t.ended = true
		t.session.unlock(t.locked)
	}
}

// maxReused bounds how many ids are tried again where all have been given.
const maxReused = 10_000

// fresh is an id for a record made in a session: never one of the dataset's, nor one that a record has, or that the update
// has given. Only where a resource has too few ids those of records that are gone are given again.
func (t *tx) fresh(r *spec.Resource) (string, bool) {
	for {
		id, ok := t.store.dataset.FreshID(r, t.session.made.Add(1)-1)
		if !ok {
			break
		}
		if !t.given(key{r, id}) {
			return id, true
		}
	}
	for n := range uint64(maxReused) {
		id, ok := t.store.dataset.FreshID(r, n)
		if !ok {
			break
		}
		if !t.given(key{r, id}) {
			return id, true
		}
	}
	for {
		id, ok := t.store.dataset.SpareID(r, t.session.made.Add(1)-1)
		if !ok {
			return "", false
		}
		if !t.given(key{r, id}) {
			return id, true
		}
	}
}

// given reports whether an id is not free: in the session something was done to its record, or the update does.
func (t *tx) given(k key) bool {
	if i, met := t.find(k); met && t.touched[i].written {
		return true
	}
	_, taken := t.session.kept(k)
	return taken
}
