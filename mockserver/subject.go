package mockserver

import (
	"cmp"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// records are those of a session as a request, or an update in it, sees them.
type records interface {
	// current is a record's text, nil when there is no such record. The error is of a schema that no value meets.
	current(key) ([]byte, error)
	exists(key) bool
	// owner is the id of the record that another belongs to; "" where it belongs to none.
	owner(key) string
}

// seen are the records of a session as everybody sees them.
type seen struct {
	store   *store
	session *session
}

func (s seen) current(k key) ([]byte, error) { return s.store.current(s.session, k) }
func (s seen) owner(k key) string            { return s.store.owner(s.session, k) }
func (s seen) exists(k key) bool {
	c, changed := s.session.change(k)
	return s.store.existsIn(k, c, changed) && !orphaned(s, k)
}

// orphaned reports whether the record that another belongs to, or one above that, is gone: so is the other then, on
// whichever path it is asked for.
func orphaned(in records, k key) bool {
	if k.resource.Of != nil {
		return !in.exists(whole(k))
	}
	if k.resource.Parent == nil {
		return false
	}
	owner := in.owner(k)
	return owner != "" && !in.exists(key{k.resource.Parent.Resource, owner})
}

func (st *store) existsIn(k key, c change, changed bool) bool {
	if changed {
		return !c.deleted
	}
	_, ofDataset := st.dataset.Index(k.resource, k.id)
	return ofDataset || k.resource.Of != nil // of a record made since: whether that is there is another question
}

// subject is what a request is about: a record, or a collection where its id is "", and the records above it that the
// path names, the nearest first.
type subject struct {
	key    key
	owners []key
	params []string // of the owners
	item   string   // the parameter of the record; "" where its id is in the body
}

func subjectOf(x *exchange, req *spec.Request) subject {
	op := x.op
	id := func(param string) string { return cmp.Or(req.PathParam(param), x.params[param]) }
	sub := subject{key: key{op.Resource, id(op.ItemParam)}, item: op.ItemParam}
	switch {
	case op.ItemParam != "":
	case op.Resource != nil && op.Resource.Part:
		sub.key.id = spec.OnlyID
	default:
		sub.key.id = ""
	}
	owners := op.Owners
	if op.Resource == nil && op.Batch != nil {
		sub.key.resource, owners = op.Batch.Resource, op.Batch.Owners
	}
	for _, o := range owners {
		sub.owners = append(sub.owners, key{o.Resource, id(o.Param)})
		sub.params = append(sub.params, o.Param)
	}
	return sub
}

// keys adds the records that an update of the subject must have to itself.
func (sub subject) keys(to []key) []key { return append(append(to, sub.key), sub.owners...) }

// owner is the nearest record above; "" where the path names none.
func (sub subject) owner() string {
	if len(sub.owners) == 0 {
		return ""
	}
	return sub.owners[0].id
}

// missing is the answer where one of the records that the path names above the subject is not there, or does not belong
// to the next; or where the subject is there but belongs to another than the path says.
func (s *Server) missing(op *spec.Operation, in records, sub subject) *answer {
	for i, owner := range sub.owners {
		if !in.exists(owner) || i+1 < len(sub.owners) && in.owner(owner) != sub.owners[i+1].id {
			return new(s.noRecord(op, in, owner, sub.params[i]))
		}
	}
	if sub.key.id != "" && len(sub.owners) > 0 && in.exists(sub.key) && in.owner(sub.key) != sub.owner() {
		return new(s.noRecord(op, in, sub.key, sub.item))
	}
	return nil
}

// noRecord is the answer for an id that no record has, in the path's parameter of that name or, where that is "", in the
// body.
func (s *Server) noRecord(op *spec.Operation, in records, k key, param string) answer {
	return s.problem(op, reasonNoRecord, []spec.Finding{s.lacking(op, in, k, param)})
}

// lacking is the finding of noRecord.
func (s *Server) lacking(op *spec.Operation, in records, k key, param string) spec.Finding {
	f := spec.Finding{
		Rule: "record", Level: spec.Must, Operation: op.ID, In: "path", Pointer: strictjson.Pointer(param),
		Expected: "the id of one of " + k.resource.Name, Actual: spec.Clip(string(strictjson.Append(nil, k.id))),
		Document: op.Location,
	}
	if param == "" {
		f.In, f.Pointer = "body", k.resource.ID.Pointer()
	}
	known, owner := s.placeIn(in, k.resource)
	switch {
	case known != "" && owner != "" && len(op.Owners) > 0:
		f.Hint = known + " is there, below " + owner
	case known != "":
		f.Hint = known + " is there"
	}
	return f
}

// knownID is the first id of the dataset, for hints.
func (s *Server) knownID(r *spec.Resource) string {
	id, _ := s.knownPlace(r)
	return id
}

// knownPlace is the first id of the dataset and that of its owner.
func (s *Server) knownPlace(r *spec.Resource) (id, owner string) {
	if s.store.dataset.Count(r) == 0 {
		return "", ""
	}
	return s.store.dataset.ID(r, 0), s.store.dataset.OwnerID(r, 0)
}

// maxHinted bounds the records that are looked at for one to name in a hint.
const maxHinted = 8

// placeIn is the id of one of the dataset's first records that is there still, and that of its owner; "" where all of
// those are gone.
func (s *Server) placeIn(in records, r *spec.Resource) (id, owner string) {
	for i := range min(s.store.dataset.Count(r), maxHinted) {
		if k := (key{r, s.store.dataset.ID(r, i)}); in.exists(k) {
			return k.id, in.owner(k)
		}
	}
	return "", ""
}

// contradiction is the finding for a body that says its record belongs to another than the path says, or than any there
// is.
func (s *Server) contradiction(op *spec.Operation, in records, sub subject, body []byte) *spec.Finding {
	r := sub.key.resource
	named := namedOwner(r, body)
	if named == "" || named == cmp.Or(sub.owner(), in.owner(sub.key)) {
		return nil
	}
	f := &spec.Finding{
		Rule: "owner", Level: spec.Must, Operation: op.ID, In: "body", Pointer: r.Parent.ID.Pointer(),
		Document: r.Parent.ID.In(r.Schema).Location, Actual: spec.Clip(string(idAt(body, r.Parent.ID))),
	}
	switch {
	case sub.owner() != "":
		v, _ := fixtures.OwnerValue(r, sub.owner())
		f.Expected = string(strictjson.Append(nil, v)) + ", as in the path"
		f.Hint = "leave it out, or send the same"
		return f
	case !in.exists(key{r.Parent.Resource, named}):
		f.Expected = "the id of one of " + r.Parent.Resource.Name
		if known, _ := s.placeIn(in, r.Parent.Resource); known != "" {
			f.Hint = known + " is there"
		}
		return f
	}
	return nil
}
