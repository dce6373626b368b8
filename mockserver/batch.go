package mockserver

import (
	"slices"

	"github.com/understudy-dev/understudy/spec"
)

// batch makes a record of each item of a list that was sent, or changes the one that it names: all of them or none.
func (s *Server) batch(x *exchange, req *spec.Request) answer {
	whole := s.update(x, req)
	defer whole.end()
	items, isList := elementsOf(whole.body)
	if r := whole.sub.key.resource; x.op.Resource == nil {
		if err := s.recordsFault(r, x.op.Batch.Owners); err != nil {
			return s.unservable(x.op, err)
		}
	}
	if !isList { // no body at all, or null
		items = nil
	}
	switch m := req.MediaType; {
	case carriesList(m):
		items, whole.form, whole.at = sentRows(req), m.RecordSchema(), m.Envelope.List.Path
	case m != nil:
		whole.form, whole.at = m.RecordSchema().Rows(), m.RecordPath()
	default:
		whole.form = whole.form.Rows()
	}
	all := make([]*update, len(items))
	keys := whole.sub.keys(nil)
	for i, item := range items {
		one := *whole
		one.body, one.keeps, one.at = item, nil, append(slices.Clone(whole.at), itoa(i))
		if a := one.begin(); a != nil {
			return *a
		}
		if one.sub.key.id != "" {
			keys = append(keys, one.sub.key)
		}
		all[i] = &one
	}
	for range maxRetries {
		a, more := whole.attemptAll(all, keys)
		if len(more) == 0 {
			return a
		}
		keys = append(keys, more...)
	}
	return s.problem(x.op, reasonBusy, nil)
}

// begin decides what to do with an item of a list; the answer is for one that names no record and has to.
func (u *update) begin() *answer {
	switch u.op.Action {
	case spec.ActionMerge:
		return u.named()
	case spec.ActionReplace:
		u.kind = replacing
		return u.named()
	}
	u.create()
	return nil
}

// attemptAll writes the records of a list with those of the keys locked; without an answer it says which more are needed.
func (u *update) attemptAll(all []*update, keys []key) (a answer, more []key) {
	t := u.server.store.begin(u.session, keys)
	defer t.rollback()
	if a := u.server.missing(u.op, t, u.sub); a != nil {
		return *a, nil
	}
	for _, one := range all {
		steps, problem := one.plan(t)
		if problem != nil {
			return *problem, nil
		}
		for _, s := range steps {
			if !t.holds(s.key) {
				more = append(more, s.key)
			}
		}
		for _, s := range steps { // which those that follow may refer to
			if problem := one.write(t, s); problem != nil {
				return *problem, nil
			}
		}
	}
	if len(more) > 0 {
		return a, more
	}
	var made []key
	for _, one := range all {
		made = append(made, one.sub.key)
	}
	if a = u.server.batchAnswer(u.x, t, u.sub, made, u.levels); a.status < 400 && !t.commit() {
		a = u.server.problem(u.op, reasonStateFull, nil)
	}
	return a, nil
}

// batchAnswer shows the records that were written where the answer lists them, else the first of them; where it shows none,
// or there are none, it says that it was done.
func (s *Server) batchAnswer(x *exchange, in records, sub subject, made []key, levels int) answer {
	making := x.op.Action != spec.ActionMerge && x.op.Action != spec.ActionReplace
	status, res := successOf(x.op, making)
	m := x.media(res)
	b := x.op.Batch
	switch {
	case m == nil:
		return s.finish(x, result{status: status, res: res})
	case b.List == nil && len(made) > 0:
		return s.recordAnswer(x, in, made[0], levels, making)
	case b.List == nil || m.Schema == nil:
		return s.acknowledge(x, sub.key, result{status: status, res: res})
	}
	g := &listing{s: s, x: x, op: x.op, l: b.List, in: in, sub: sub, levels: levels, total: uint64(len(made))}
	g.limit, g.first = g.total, b.List.FirstPage()
	g.page = g.first
	for _, k := range made {
		g.ids = append(g.ids, k.id)
	}
	out := result{status: status, res: res}
	var err error
	if out.text, out.known, err = g.text(m.Schema); err != nil {
		return s.unservable(x.op, err)
	}
	return s.finish(x, out)
}
