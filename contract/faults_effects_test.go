package contract_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

// effectFaults: an update does not do what it says, does more, or is gone later.
func effectFaults() []fault { return slices.Concat(updateFaults(), lastingFaults(), isolationFaults()) }

// shown changes what is answered to an update, not what is stored.
func shown(change func(sent, rec object) object) builder {
	return twisted(twist{answer: func(_, _ string, sent, rec object) object { return change(sent, rec) }})
}

// stored changes what is stored, not what is answered.
func stored(keep func(old, rec object) object) builder {
	return twisted(twist{keep: func(_ *independent, _, _ string, old, rec object) object {
		return keep(old,
			maps.Clone(rec))
	}})
}

// merged changes how an update is worked into a record; the result is stored and answered.
func merged(merge func(rec, changes object) object) builder { return twisted(twist{merge: merge}) }

func updateFaults() []fault {
	var ticks atomic.Int64
	must := func(name, rule string, build builder) fault {
		return fault{name: name, kinds: updates, rule: rule, level: spec.Must, build: build}
	}
	set := func(o object, name string, v any) object { o[name] = v; return o }
	return []fault{
		{
			name: "replaces the whole record, an empty update included", kinds: updates, rule: "lasts", level: spec.Must,
			build: merged(func(rec, changes object) object { return set(patch(object{}, changes), "id", rec["id"]) }),
		},
		must("replaces the whole record, so that others are lost", "others", merged(func(rec, changes object) object {
			if len(changes) == 0 {
				return rec
			}
			return set(patch(object{}, changes), "id", rec["id"])
		})),
		must("answers with what was sent alone", "others", shown(func(sent, rec object) object {
			if len(sent) == 0 {
				return rec
			}
			return set(maps.Clone(sent), "id", rec["id"])
		})),
		must("empties one property whenever another changes", "others", merged(func(rec, changes object) object {
			out := patch(rec, changes)
			if _, sent := changes["rating"]; sent && len(changes) == 1 {
				delete(out, "ratingNote")
			}
			return out
		})),
		must("writes a note to the rating's note too", "others", merged(func(rec, changes object) object {
			out := patch(rec, changes)
			if v, sent := changes["note"]; sent && rec["rating"] != nil && len(changes) == 1 {
				out["ratingNote"] = v
			}
			return out
		})),
		must("sets the time to now with every change", "others", merged(func(rec, changes object) object {
			out := patch(rec, changes)
			if _, sent := changes["time"]; !sent && len(changes) > 0 {
				// A clock that ticks with every change: a fast machine makes several in a millisecond.
				out["time"] = time.Unix(1_800_000_000+ticks.Add(1), 0).UTC().Format(time.RFC3339)
			}
			return out
		})),
		must("appends the rating to the note", "others", merged(func(rec, changes object) object {
			out := patch(rec, changes)
			if r, sent := changes["rating"]; sent && len(changes) == 1 {
				out["note"] = rec["note"].(string) + " " + string(encode(r))
			}
			return out
		})),
		{
			name: "sets what was not sent to null", kinds: and(answers, updates), rule: "type", level: spec.Must,
			build: shown(func(sent, rec object) object {
				for name := range rec {
					if _, there := sent[name]; !there && len(sent) > 0 && name != "id" {
						rec[name] = nil
					}
				}
				return rec
			}),
		},
		{
			name: "swaps two properties", kinds: accepts, rule: "echo", level: spec.Must,
			build: twisted(twist{change: func(collection, _ string, _, changes object) object {
				a, b := changes["externalPhoneNumber"], changes["internalPhoneNumber"]
				delete(changes, "externalPhoneNumber")
				delete(changes, "internalPhoneNumber")
				if a != nil {
					changes["internalPhoneNumber"] = a
				}
				if b != nil {
					changes["externalPhoneNumber"] = b
				}
				return changes
			}}),
		},
		{
			name: "swaps two properties when both are sent", kinds: lasts, rule: "together", level: spec.Must,
			build: twisted(twist{change: func(_, _ string, _, changes object) object {
				a, b := changes["ratingNote"], changes["note"]
				if a != nil && b != nil && len(changes) == 2 {
					changes["ratingNote"], changes["note"] = b, a
				}
				return changes
			}}),
		},
		{
			name: "appends text to what is there", kinds: accepts, rule: "echo", level: spec.Must,
			build: merged(func(rec, changes object) object {
				out := patch(rec, changes)
				if s, sent := changes["transcript"].(string); sent {
					out["transcript"] = rec["transcript"].(string)[:min(len(rec["transcript"].(string)), 100)] + s
				}
				return out
			}),
		},
		{
			name: "adds ratings up", kinds: accepts, rule: "echo", level: spec.Must,
			build: twisted(twist{change: func(_, _ string, rec, changes object) object {
				if v, sent := changes["rating"]; sent && v == rec["rating"] {
					return changes
				} else if sent {
					changes["rating"] = rec["rating"]
				}
				return changes
			}}),
		},
		{name: "answers with the record as it was before", kinds: accepts, rule: "echo", level: spec.Must, build: before()},
		{
			name: "takes no zero", kinds: accepts, rule: "echo", level: spec.Must,
			build: droppingFalsy(func(v any) bool { return string(encode(v)) == "0" }),
		},
		{
			name: "takes no empty text", kinds: accepts, rule: "echo", level: spec.Must,
			build: droppingFalsy(func(v any) bool { return v == "" }),
		},
		must("stores no falsy values, but shows them", "falsy", stored(func(old, rec object) object {
			for name, v := range rec {
				if text := string(encode(v)); text == "0" || text == `""` || text == "{}" {
					rec[name] = old[name]
				}
			}
			return rec
		})),
		must("answers with the id of another record", "id", shown(func(sent, rec object) object {
			if len(sent) == 1 && rec["id"] == firstCall {
				return set(rec, "id", "call_8f2m1q6z4x9b")
			}
			return rec
		})),
		must("lets a body change the id", "id", twisted(twist{takes: func(f string,
			_ any,
		) bool {
			return strings.HasSuffix(f, ".id")
		}})),
		{
			name: "leaves the id out of its answers", kinds: updates, rule: "id", level: spec.Should,
			build: shown(func(_, rec object) object { delete(rec, "id"); return rec }),
		},
		{name: "appends lists within objects", kinds: updates, rule: "array", level: spec.Should, build: appending()},
		{
			name: "takes no list within an object that is empty", kinds: updates, rule: "array", level: spec.Should,
			build: merged(func(rec, changes object) object {
				if o, ok := changes["audioRecording"].(object); ok {
					if list, ok := o["list"].([]any); ok && len(list) == 0 {
						delete(o, "list")
					}
				}
				return patch(rec, changes)
			}),
		},
		{
			name: "refuses an update that follows on its like", kinds: accepts, rule: "format", level: spec.Must,
			build: slowDown(),
		},
	}
}

// droppingFalsy takes some values for none.
func droppingFalsy(none func(any) bool) builder {
	return twisted(twist{change: func(_, _ string, _, changes object) object {
		maps.DeleteFunc(changes, func(_ string, v any) bool { return none(v) })
		return changes
	}})
}

// before answers each update with the record before it.
func before() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		last := map[string]object{}
		s.twist.answer = func(_, id string, _, rec object) object {
			old := last[id]
			last[id] = maps.Clone(rec)
			if old == nil {
				return rec
			}
			return old
		}
		return subject{s, "/api", s.ids()}
	}
}

// appending adds lists to those that are there.
func appending() builder {
	return merged(func(rec, changes object) object {
		out := patch(rec, changes)
		o, _ := changes["audioRecording"].(object)
		list, _ := o["list"].([]any)
		was, _ := rec["audioRecording"].(object)
		if there, ok := was["list"].([]any); ok && list != nil {
			audio := maps.Clone(out["audioRecording"].(object))
			audio["list"] = append(slices.Clone(there), list...)
			out["audioRecording"] = audio
		}
		return out
	})
}

// slowDown takes no more than one change of a property between two looks at the record.
func slowDown() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		var last string
		var mu sync.Mutex
		s.twist.refuses = func(f string, _ any) bool {
			mu.Lock()
			defer mu.Unlock()
			same := last == f
			last = f
			return same && strings.HasSuffix(f, ".time")
		}
		return subject{s, "/api", s.ids()}
	}
}

func lastingFaults() []fault {
	must := func(name, rule string, build builder) fault {
		return fault{name: name, kinds: lasts, rule: rule, level: spec.Must, build: build}
	}
	return []fault{
		{
			name: "stores nothing", kinds: and(updates, lasts), rule: "lasts", level: spec.Must,
			build: stored(func(old, _ object) object { return old }),
		},
		must("does not store a rating", "lasts", without("rating")),
		must("does not store a time", "lasts", without("time")),
		must("does not store what an object holds", "lasts", without("audioRecording")),
		{
			name: "stores text of at most 20 characters", kinds: and(updates, lasts), rule: "lasts", level: spec.Must,
			build: stored(func(_, rec object) object {
				for _, name := range []string{"note", "transcript"} {
					if s, ok := rec[name].(string); ok {
						rec[name] = cut(s, 20)
					}
				}
				return rec
			}),
		},
		must("forgets the update before when another one comes", "undone", forgetful()),
		must("refuses the same update again", "idempotent", merelyOnce(false)),
		must("takes back an update that is sent again", "idempotent", merelyOnce(true)),
		must("loses the second of two properties", "together", twisted(twist{
			keep: func(_ *independent, _, _ string, old, rec object) object {
				out, changed := maps.Clone(rec), 0
				for _, name := range slices.Sorted(maps.Keys(rec)) {
					if !reflect.DeepEqual(old[name], rec[name]) {
						if changed++; changed == 2 {
							out[name] = old[name]
						}
					}
				}
				return out
			},
		})),
		must("keeps each connection its own records", "lasts", perConnection()),
	}
}

// without shows a property as it was sent and stores it as it was.
func without(name string) builder {
	return stored(func(old, rec object) object {
		if _, there := old[name]; there {
			rec[name] = old[name]
		}
		return rec
	})
}

// forgetful keeps one change of a record until the record is looked at; one of another property takes its place.
func forgetful() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		type pending struct {
			name string
			was  any
		}
		waiting := map[string]pending{}
		s.twist.keep = func(_ *independent, _, id string, old, rec object) object {
			var changed []string
			for name, v := range rec {
				if !reflect.DeepEqual(old[name], v) {
					changed = append(changed, name)
				}
			}
			last, out := waiting[id], maps.Clone(rec)
			delete(waiting, id)
			if len(changed) != 1 {
				return out
			}
			if last.name != "" && last.name != changed[0] {
				out[last.name] = last.was
			}
			waiting[id] = pending{changed[0], old[changed[0]]}
			return out
		}
		return subject{s, "/api", s.ids()}
	}
}

// merelyOnce refuses an update that changes nothing, or takes the one before back.
func merelyOnce(back bool) builder {
	return func(testing.TB) subject {
		s := newIndependent()
		previous := map[string]object{}
		same := func(rec, changes object) bool {
			return len(changes) == 1 && changes["id"] == nil && changes["salesRep"] == nil && reflect.DeepEqual(patch(rec,
				changes), rec) &&
				changes["audioRecording"] == nil
		}
		if !back {
			s.twist.change = func(collection, _ string, rec, changes object) object {
				if same(rec, changes) {
					return object{"salesRep": object{"unchanged": true}, "refuse": true}
				}
				return changes
			}
		}
		s.twist.merge = func(rec, changes object) object {
			id := rec["id"].(string)
			if back && same(rec, changes) && previous[id] != nil {
				return previous[id]
			}
			if len(changes) > 0 {
				previous[id] = rec
			}
			return patch(rec, changes)
		}
		if back {
			return subject{s, "/api", s.ids()}
		}
		return subject{refuseUnchanged(s), "/api", s.ids()}
	}
}

// refuseUnchanged answers 409 to an update of one member that changes nothing.
func refuseUnchanged(s *independent) http.Handler {
	s.twist.change, s.twist.merge = nil, nil
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, again := peek(r)
		changes := plain(body)
		m := itemPath.FindStringSubmatch(r.URL.Path)
		if len(changes) == 1 && m != nil && changes["id"] == nil && changes["salesRep"] == nil &&
			changes["audioRecording"] == nil {
			s.mu.Lock()
			rec := s.store[m[1]][m[2]]
			s.mu.Unlock()
			if rec != nil && reflect.DeepEqual(patch(rec, changes), rec) {
				says(http.StatusConflict, object{"error": "nothing would change"}).send(w)
				return
			}
		}
		s.ServeHTTP(w, again)
	})
}

// perConnection is several servers behind one address that know nothing of each other.
func perConnection() builder {
	return func(testing.TB) subject {
		servers := map[string]*independent{}
		var mu sync.Mutex
		ids := newIndependent().ids()
		return subject{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			s := servers[r.RemoteAddr]
			if s == nil {
				s = newIndependent()
				servers[r.RemoteAddr] = s
			}
			mu.Unlock()
			s.ServeHTTP(w, r)
		}), "/api", ids}
	}
}

func isolationFaults() []fault {
	return []fault{
		{
			name: "writes to every record of a kind", kinds: isolates, rule: "isolation", level: spec.Must,
			build: spreading("calls", "calls"),
		},
		{
			name: "writes a call's note to every meeting", kinds: isolates, rule: "isolation", level: spec.Must,
			build: spreading("calls", "meetings"),
		},
		{
			name: "keeps one record for all ids", kinds: isolates, rule: "isolation", level: spec.Must,
			build: twisted(twist{keep: func(s *independent, collection, _ string, _, rec object) object {
				for id := range s.store[collection] {
					other := maps.Clone(rec)
					other["id"] = id
					s.store[collection][id] = other
				}
				return rec
			}}),
		},
		{
			name: "loses one of two updates at once", kinds: isolates, rule: "concurrency", level: spec.Should,
			build: racing(),
		},
	}
}

// spreading writes the note of a record to all others of a collection.
func spreading(from, to string) builder {
	return twisted(twist{keep: func(s *independent, collection, _ string, old, rec object) object {
		if collection == from && old["note"] != rec["note"] {
			for id, other := range s.store[to] {
				other = maps.Clone(other)
				other["note"] = rec["note"]
				s.store[to][id] = other
			}
		}
		return rec
	}})
}

// racing reads a record, waits until another request has read it too, or a moment, and writes what it read with its
// changes.
func racing() builder {
	return func(testing.TB) subject {
		s := newIndependent()
		meet := make(chan struct{})
		s.twist.unlock = func() {
			select {
			case meet <- struct{}{}:
			case <-meet:
			case <-time.After(20 * time.Millisecond):
			}
		}
		return subject{s, "/api", s.ids()}
	}
}
