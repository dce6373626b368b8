package mockserver

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// reader gives a record's text as a session, or an update in it, sees it.
type reader func(key) ([]byte, error)

// unfold puts the records that a record refers to in the places of their ids, so many levels deep. A reference the
// schema wants as an object is unfolded at any level; a record already on the way down stays an id, so circles end.
func unfold(read reader, r *spec.Resource, text []byte, levels int, above []key) ([]byte, error) {
	if len(above) > maxUnfold {
		return text, nil
	}
	var failed error
	for _, rel := range r.Relations {
		if levels <= 0 && rel.IDAllowed || !rel.ObjectAllowed {
			continue
		}
		text = editAt(text, rel.Path, func(id []byte) []byte {
			k := key{rel.Target, idOf(id)}
			if failed != nil || k.id == "" || slices.Contains(above, k) {
				return id
			}
			related, err := read(k)
			if err != nil || related == nil {
				failed = err
				return id
			}
			out, err := unfold(read, rel.Target, related, levels-1, append(slices.Clone(above), k))
			if err != nil {
				failed = err
				return id
			}
			return out
		})
	}
	return text, failed
}

// maxUnfold is the deepest there is, whatever the parameter asks for.
const maxUnfold = 16

// levelsOf is how many levels a request asks for: its parameter, where it is absent the parameter's default, and none
// where the operation has no such parameter. Negative counts as 0, huge as the deepest there is.
func levelsOf(req *spec.Request) int {
	p := req.Operation.Unfold
	if p == nil {
		return 0
	}
	v, ok := req.Param(p)
	if !ok {
		return p.UnfoldDefault
	}
	n, _ := v.(json.Number)
	f, err := n.Float64()
	if err != nil {
		return maxUnfold
	}
	return int(math.Max(0, math.Min(f, maxUnfold)))
}

// checkRecord holds a record against its schema, in the form with ids where the schema takes them.
func (s *Server) checkRecord(read reader, r *spec.Resource, text []byte) ([]spec.Finding, error) {
	text, err := unfold(read, r, text, 0, nil)
	if err != nil {
		return nil, err
	}
	if r.Schema.Proves(text, spec.Out, wideOpen) {
		return nil, nil
	}
	v, err := strictjson.Decode(text, wideOpen)
	if err != nil {
		return nil, err
	}
	return r.Schema.Check(v, spec.Out)
}

// wideOpen are the limits for texts of our own making, which came in through narrower ones.
var wideOpen = strictjson.Limits{Depth: 10_000, Elements: math.MaxInt32}
