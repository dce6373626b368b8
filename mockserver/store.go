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
	if !ok {
		return nil, nil
	}
	rec, err := st.dataset.Record(k.resource, i)
	if err != nil {
		return nil, err
	}
	text := slices.Clip(strictjson.Append(nil, rec))
	st.originals.put(k, text)
	return text, nil
}

// owner is the id of the record that another belongs to; "" where it belongs to none.
func (st *store) owner(s *session, k key) string {
	c, _ := s.change(k)
	return st.ownerIn(k, c)
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
	if r.Parent == nil || r.Parent.Property == "" {
		return ""
	}
	id := idOf(memberAt(text, r.Parent.Property))
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
	written map[key]change
	order   []key
	unlock  func()
}

// begin takes the locks of the keys.
func (st *store) begin(s *session, keys []key) *tx {
	return &tx{store: st, session: s, held: keys, written: map[key]change{}, unlock: s.lock(keys)}
}

func (t *tx) holds(keys []key) bool {
	return !slices.ContainsFunc(keys, func(k key) bool { return !slices.Contains(t.held, k) })
}

func (t *tx) current(k key) ([]byte, error) {
	c, ok := t.written[k]
	switch {
	case !ok:
		return t.store.current(t.session, k)
	case c.undone():
		return t.store.original(k)
	}
	return c.text, nil
}

// change is what was done to a record as the update sees it.
func (t *tx) change(k key) change {
	if c, ok := t.written[k]; ok {
		return c
	}
	c, _ := t.session.change(k)
	return c
}

// owner is the id of the record that another belongs to; "" where it belongs to none.
func (t *tx) owner(k key) string { return t.store.ownerIn(k, t.change(k)) }

// write gives a record another text, or makes it. It belongs to the owner that the text names, else to the one given,
// else to the one it had.
func (t *tx) write(k key, text []byte, owner string) {
	had := t.change(k)
	c := change{text: text, nth: had.nth}
	if k.resource.Parent != nil {
		c.owner = cmp.Or(namedOwner(k.resource, text), owner, t.owner(k))
	}
	if _, ofDataset := t.store.dataset.Index(k.resource, k.id); !ofDataset && c.nth == 0 {
		c.nth = t.session.born.Add(1)
	}
	t.set(k, c)
}

// delete ends a record: one of the dataset is remembered as deleted, one made since is forgotten.
func (t *tx) delete(k key) {
	_, ofDataset := t.store.dataset.Index(k.resource, k.id)
	t.set(k, change{deleted: ofDataset})
}

// undo makes a record the dataset's again.
func (t *tx) undo(k key) { t.set(k, change{}) }

func (t *tx) set(k key, c change) {
	if _, again := t.written[k]; !again {
		t.order = append(t.order, k)
	}
	t.written[k] = c
}

// commit lets the writes be seen by everybody. It returns false, and nothing has changed, when as many records are
// changed as may be.
func (t *tx) commit() bool {
	defer t.unlock()
	more := usage{}
	made := make([]kept, len(t.order)) // nil where nothing is left of a change
	for i, k := range t.order {
		old, had := t.session.kept(k)
		if had {
			more = more.less(usage{1, old.cost()})
		}
		if c := t.written[k]; !c.undone() {
			made[i] = keep(c)
			more = more.plus(usage{1, made[i].cost()})
		}
	}
	if !t.session.reserve(more) {
		return false
	}
	for i, k := range t.order {
		if made[i] == nil {
			t.session.forget(k)
		} else {
			t.session.put(k, made[i])
		}
	}
	return true
}

func (t *tx) rollback() { t.unlock() }

// maxReused bounds how many ids are tried again where all have been given.
const maxReused = 10_000

// fresh is an id for a record made in a session: never one of the dataset's, nor one that a record has. Only where a
// resource has too few ids those of records that are gone are given again.
func (st *store) fresh(s *session, r *spec.Resource) (string, bool) {
	for {
		id, ok := st.dataset.FreshID(r, s.made.Add(1)-1)
		if !ok {
			break
		}
		if _, taken := s.change(key{r, id}); !taken {
			return id, true
		}
	}
	for n := range uint64(maxReused) {
		id, ok := st.dataset.FreshID(r, n)
		if !ok {
			break
		}
		if _, taken := s.change(key{r, id}); !taken {
			return id, true
		}
	}
	for {
		id, ok := st.dataset.SpareID(r, s.made.Add(1)-1)
		if !ok {
			return "", false
		}
		if _, taken := s.change(key{r, id}); !taken {
			return id, true
		}
	}
}
