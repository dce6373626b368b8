package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// sessionName is the session a request names, in the query or the header.
func (k *controlCall) sessionName() (string, *answer) {
	query, header := k.text("query", "session"), k.text("header", "Understudy-Session")
	switch {
	case query != "" && header != "" && query != header:
		return "", new(k.refuse(spec.Invalid, spec.Finding{
			Rule: "session", In: "query", Pointer: "/session", Expected: fmt.Sprintf("%q, as in Understudy-Session", header),
			Actual: fmt.Sprintf("%q", query), Hint: "name the session once",
		}))
	case query != "":
		return query, nil
	case header != "":
		return header, nil
	}
	return defaultSession, nil
}

// look is the session a request names, to be read: one that is not there is at the dataset, and is not begun.
func (k *controlCall) look() (*session, *answer) {
	name, refusal := k.sessionName()
	if refusal != nil {
		return nil, refusal
	}
	return k.server.sessions.look(name), nil
}

func (ss *sessions) look(name string) *session {
	if s := ss.find(name); s != nil {
		return s
	}
	return unused(name)
}

// begin is the session a request names, to be changed.
func (k *controlCall) begin() (*session, *answer) {
	name, refusal := k.sessionName()
	if refusal != nil {
		return nil, refusal
	}
	if s := k.server.sessions.use(name); s != nil {
		return s, nil
	}
	return nil, new(k.server.problem(nil, reasonSessionsFull, nil))
}

func (k *controlCall) listResources() answer {
	sess, refusal := k.look()
	if refusal != nil {
		return *refusal
	}
	out := []control.Resource{}
	for _, r := range k.server.doc.Resources {
		v := k.server.changesOf(sess, r, "")
		item := control.Resource{
			Name: r.Name, IDProperty: r.ID.String(), Count: v.total(), Changed: v.changes, Operations: []string{},
		}
		for _, o := range r.Operations {
			item.Operations = append(item.Operations, o.ID)
		}
		out = append(out, item)
	}
	return success(http.StatusOK, out)
}

// resource is the resource that the path names.
func (k *controlCall) resource() (*spec.Resource, *answer) {
	name := k.params["resource"]
	if r := k.server.doc.Resource(name); r != nil {
		return r, nil
	}
	return nil, new(k.refuse(reasonNoResource, k.server.noResource("path", "/resource", name)))
}

func (s *Server) noResource(in, pointer, name string) spec.Finding {
	var names []string
	for _, r := range s.doc.Resources {
		names = append(names, r.Name)
	}
	f := spec.Finding{
		Rule: "resource", Level: spec.Must, In: in, Pointer: pointer, Expected: "a resource of the document",
		Actual: spec.Clip(fmt.Sprintf("%q", name)), Hint: fmt.Sprintf("there are: %q", names),
	}
	if near := spec.Nearest(name, names); near != "" {
		f.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return f
}

// page is a part of a list that need not reach so far.
func page[T any](list []T, offset, limit uint64) []T {
	n := uint64(len(list))
	from := min(offset, n)
	return list[from : from+min(limit, n-from)]
}

func (k *controlCall) listRecords() answer {
	r, refusal := k.resource()
	if refusal != nil {
		return *refusal
	}
	sess, refusal := k.look()
	if refusal != nil {
		return *refusal
	}
	offset, limit := k.number("offset"), k.number("limit")
	only, _ := k.param("query", "changed").(bool)
	look := k.server.viewOf
	if only {
		look = k.server.changesOf
	}
	v := look(sess, r, k.text("query", "owner"))
	total := v.total()
	ids := v.slice(offset, limit)
	if only {
		seeded := uint64(len(v.changed))
		total = seeded + uint64(len(v.made))
		ids = nil
		for _, n := range page(v.changed, offset, limit) {
			ids = append(ids, v.id(n))
		}
		ids = append(ids, page(v.made, max(offset, seeded)-seeded, limit-uint64(len(ids)))...)
	}
	out := control.Records{Records: []json.RawMessage{}, Total: total, Offset: offset, Limit: limit}
	for _, id := range ids {
		text, err := k.server.store.current(sess, key{r, id})
		if err != nil {
			return k.server.unservable(nil, err)
		}
		if text != nil { // else it was deleted meanwhile
			out.Records = append(out.Records, text)
		}
	}
	return success(http.StatusOK, out)
}

func (k *controlCall) noRecord(at key) answer {
	f := spec.Finding{
		Rule: "record", In: "path", Pointer: "/id", Expected: "the id of one of " + at.resource.Name,
		Actual: spec.Clip(string(strictjson.Append(nil, at.id))),
	}
	if known := k.server.knownID(at.resource); known != "" {
		f.Hint = known + " is in the dataset"
	}
	return k.refuse(reasonNoRecord, f)
}

func (k *controlCall) getRecord() answer {
	r, refusal := k.resource()
	if refusal != nil {
		return *refusal
	}
	sess, refusal := k.look()
	if refusal != nil {
		return *refusal
	}
	at := key{r, k.params["id"]}
	text, err := k.server.store.current(sess, at)
	switch {
	case err != nil:
		return k.server.unservable(nil, err)
	case text == nil:
		return k.noRecord(at)
	}
	return successText(http.StatusOK, text)
}

// putRecord writes a whole record. One that is the dataset's to the letter is no change.
func (k *controlCall) putRecord() answer {
	s := k.server
	r, refusal := k.resource()
	if refusal != nil {
		return *refusal
	}
	at := key{r, k.params["id"]}
	text, f := ownID(at, strictjson.Compact(k.req.Raw))
	if f != nil {
		return k.refuse(spec.Invalid, *f)
	}
	sess, refusal := k.begin()
	if refusal != nil {
		return *refusal
	}
	t := s.store.begin(sess, []key{at})
	defer t.rollback()
	owner := k.text("query", "owner")
	fs, err := s.checkWhole(t.current, at, text)
	if f := k.ownerFault(t, at, text, owner); f != nil {
		fs = append(fs, *f)
	}
	was, err2 := t.current(at)
	original, err3 := s.store.original(at)
	if err := firstError(err, err2, err3); err != nil || len(fs) > 0 {
		if err != nil {
			return s.unservable(nil, err)
		}
		return s.problem(nil, spec.Invalid, fs)
	}
	index, _ := s.store.dataset.Index(r, at.id)
	t.write(at, text, owner)
	if bytes.Equal(text, original) && t.owner(at) == s.store.dataset.OwnerID(r, index) {
		t.undo(at)
	}
	switch {
	case !t.commit():
		return s.problem(nil, reasonStateFull, nil)
	case was == nil:
		return successText(http.StatusCreated, text)
	}
	return successText(http.StatusOK, text)
}

// ownerFault is the finding for a record that says nowhere whom it belongs to, or says it twice and differently.
func (k *controlCall) ownerFault(in records, at key, text []byte, owner string) *spec.Finding {
	r := at.resource
	f := &spec.Finding{
		Rule: "owner", Level: spec.Must, In: "query", Pointer: "/owner", Document: r.Schema.Location,
	}
	named := namedOwner(r, text)
	switch {
	case r.Parent == nil && owner == "", r.Parent != nil && cmp.Or(owner, named, in.owner(at)) == "" && !hasOwner(r):
		return nil
	case r.Parent == nil:
		f.Expected, f.Actual = "no owner, since records of "+r.Name+" belong to no others", spec.Clip(owner)
	case owner != "" && named != "" && owner != named:
		f.Expected, f.Actual = fmt.Sprintf("%q, as in the body", named), spec.Clip(owner)
	case cmp.Or(owner, named, in.owner(at)) == "":
		f.Expected, f.Actual = "the id of one of "+r.Parent.Resource.Name+", which the record belongs to", "nothing"
	default:
		return nil
	}
	return f
}

// hasOwner reports whether some path names a record below the one that it belongs to.
func hasOwner(r *spec.Resource) bool {
	return slices.ContainsFunc(r.Operations, func(o *spec.Operation) bool { return len(o.Owners) > 0 })
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *controlCall) deleteRecord() answer {
	r, refusal := k.resource()
	if refusal != nil {
		return *refusal
	}
	sess, refusal := k.begin()
	if refusal != nil {
		return *refusal
	}
	at := key{r, k.params["id"]}
	t := k.server.store.begin(sess, []key{at})
	defer t.rollback()
	text, err := t.current(at)
	switch {
	case err != nil:
		return k.server.unservable(nil, err)
	case text == nil:
		return k.noRecord(at)
	}
	t.delete(at)
	if !t.commit() {
		return k.server.problem(nil, reasonStateFull, nil)
	}
	return done()
}
