package mockserver

import (
	"bytes"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Records tell when they were made and changed last, where they have members for it that are the server's to say. No clock
// is asked, for equal requests have equal answers: the time is that of the server's options, and a second passes with each
// record that is made, and with each change of one.

// stamps are the members of a resource's records that tell when they were made and changed.
type stamps struct{ created, changed []spec.Property }

func (s stamps) none() bool { return len(s.created)+len(s.changed) == 0 }

// stampsOf are those of a resource; it looks once.
func (s *Server) stampsOf(r *spec.Resource) stamps {
	if known, ok := s.stamps.Load(r); ok {
		return known.(stamps)
	}
	var out stamps
	for _, p := range propertiesOf(r.Schema) {
		switch fixtures.StampOf(p) {
		case fixtures.Created:
			out.created = append(out.created, p)
		case fixtures.Changed:
			out.changed = append(out.changed, p)
		}
	}
	s.stamps.Store(r, out)
	return out
}

// stamped is a record as a step of an update leaves it, with when that was: one that is made has it in all of its stamps,
// one that is there in those of its last change, if anything was changed.
func (u *update) stamped(s step, ms []member, record []byte) []member {
	known := u.server.stampsOf(s.key.resource)
	if known.none() || record != nil && (len(known.changed) == 0 || bytes.Equal(joinMembers(ms), record)) {
		return ms
	}
	at := u.server.set.now
	if record == nil {
		at = at.Add(time.Duration(u.session.born.Load()) * time.Second)
		for _, p := range known.created {
			u.stamp(s, ms, p, at)
		}
	}
	for _, p := range known.changed {
		when := at
		if was := instant(idOf(memberAt(record, p.Name))); !was.IsZero() && !was.Before(at) {
			when = was.Add(time.Second)
		}
		u.stamp(s, ms, p, when)
	}
	return ms
}

// stamp sets a member that is there, and that is not the request's to say.
func (u *update) stamp(s step, ms []member, p spec.Property, at time.Time) {
	i := findMember(ms, p.Name)
	if i < 0 || !isReadOnly(p.Schema) && (!u.closes(s, p.Name) || memberAt(s.patch, p.Name) != nil) {
		return
	}
	if text := strictjson.Append(nil, at.UTC().Format(time.RFC3339)); holds(p.Schema, text) {
		ms[i].value = text
	}
}

// closes reports whether the body that a step is made of has no place for a member.
func (u *update) closes(s step, name string) bool {
	return s.key == u.sub.key && u.form != nil && len(propertiesOf(u.form)) > 0 && bodyProperty(u.form, name) == nil
}
