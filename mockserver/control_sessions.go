package mockserver

import (
	"net/http"
	"time"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

func (k *controlCall) listSessions() answer {
	now := k.server.set.clock()
	out := []control.Session{}
	for _, s := range k.server.sessions.list() {
		item := control.Session{Name: s.name, Changes: s.changes.Load()}
		if used := s.lastUsed.Load(); used != 0 {
			item.LastUsed = time.Unix(0, used).UTC()
			item.IdleSeconds = max(0, now.Sub(item.LastUsed).Seconds())
		}
		out = append(out, item)
	}
	return success(http.StatusOK, out)
}

// resetSession has nothing to do for a session nobody used: it is at the dataset already.
func (k *controlCall) resetSession() answer {
	k.server.sessions.end(k.params["session"])
	return done()
}

func (k *controlCall) getState() answer {
	sess := k.server.sessions.look(k.params["session"])
	export, _ := exportSession(sess)
	return success(http.StatusOK, control.State{StateHeader: k.server.stateHeader(), SessionState: export})
}

// putState imports a session, whole or not at all.
func (k *controlCall) putState() answer {
	s := k.server
	text := strictjson.Compact(k.req.Raw)
	if fs := s.foreignState(text); len(fs) > 0 {
		return k.refuseState(reasonForeignState, fs)
	}
	made, changes, fs, err := s.readSession(text)
	switch {
	case err != nil:
		return s.unservable(nil, err)
	case len(fs) > 0:
		return k.refuseState(spec.Invalid, fs)
	}
	sess := s.sessions.use(k.params["session"])
	switch {
	case sess == nil:
		return s.problem(nil, reasonSessionsFull, nil)
	case !sess.replace(made, changes):
		return s.problem(nil, reasonStateFull, nil)
	}
	return done()
}

func (k *controlCall) refuseState(reason spec.Reason, fs []spec.Finding) answer {
	for i := range fs {
		fs[i].In, fs[i].Operation = "body", k.req.Operation.ID
	}
	return k.server.problem(nil, reason, fs)
}
