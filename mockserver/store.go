package mockserver

import (
	"slices"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// store gives the records of a session as they are now.
type store struct {
	dataset *fixtures.Dataset
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
	i, ok := st.dataset.Index(k.resource, k.id)
	if !ok {
		return nil, nil
	}
	rec, err := st.dataset.Record(k.resource, i)
	if err != nil {
		return nil, err
	}
	return strictjson.Append(nil, rec), nil
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

func (t *tx) write(k key, text []byte) { t.set(k, change{text: text}) }

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
	more := int64(0)
	for _, k := range t.order {
		_, had := t.session.change(k)
		switch undone := t.written[k].undone(); {
		case had && undone:
			more--
		case !had && !undone:
			more++
		}
	}
	if !t.session.reserve(more) {
		return false
	}
	for _, k := range t.order {
		if c := t.written[k]; c.undone() {
			t.session.forget(k)
		} else {
			t.session.put(k, c)
		}
	}
	return true
}

func (t *tx) rollback() { t.unlock() }

// fresh is an id for a record made in a session: never one of the dataset's, nor one already made.
func (st *store) fresh(s *session, r *spec.Resource) (string, bool) {
	for {
		id, ok := st.dataset.FreshID(r, s.made.Add(1)-1)
		if !ok {
			return "", false
		}
		if _, taken := s.change(key{r, id}); !taken {
			return id, true
		}
	}
}
