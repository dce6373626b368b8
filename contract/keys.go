package contract

import (
	"fmt"
	"strconv"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// keyTries bounds the values that are drawn for an id that nobody has.
const keyTries = 30

// keyed is a body for a new record that says its id itself, such as a slug or a user's name, with an id that no body
// before had. Other bodies, and those for which there is no other id, stay as they are.
func (r *Runner) keyed(op *spec.Operation, s *spec.Schema, o strictjson.Object) strictjson.Object {
	if op.Action != spec.ActionCreate || s == nil {
		return o
	}
	place := op.Resource.ID
	prop := place.In(s)
	if _, sent := place.Of(o); !sent || prop == nil || isReadOnly(prop) {
		return o
	}
	whole := spec.Together(prop, op.Resource.IDSchema())
	fits := s.Valid(strictjson.Plain(o), spec.In)
	for i := range keyTries {
		src := fixtures.NewSource(r.set.Seed, "key", op.ID, strconv.Itoa(r.made()), strconv.Itoa(i))
		v, err := r.gen.Value(whole, src)
		if err != nil {
			return o
		}
		v = rare(whole, v, src)
		if digits := numeral(src); !fixtures.TakenByAll(op.Resource, idText(v)) && fixtures.TakenByAll(op.Resource, digits) &&
			whole.Valid(digits, spec.In) {
			v = digits // some parameters take nothing else
		}
		with, id := place.With(o, v), idText(v)
		if id == "" || !fixtures.FitsID(op.Resource, id) || fits && !s.Valid(strictjson.Plain(with), spec.In) {
			continue
		}
		if r.claim(op.Resource, id) {
			return with
		}
	}
	return o
}

// rare is a value that is unlike those that others choose: a text with some digits at its end, where it may have them.
func rare(s *spec.Schema, v any, src fixtures.Source) any {
	text, isText := v.(string)
	if !isText || len(text) > 100 {
		return v
	}
	src = src.Sub("rare")
	digits := fmt.Sprintf("%06d", src.IntN(1_000_000))
	runes := []rune(text)
	for cut := range min(len(runes), len(digits)+1) {
		if longer := string(runes[:len(runes)-cut]) + digits; s.Valid(longer, spec.In) {
			return longer
		}
	}
	return v
}

// numeral is a text of seven digits.
func numeral(src fixtures.Source) string {
	src = src.Sub("numeral")
	return strconv.Itoa(1_000_000 + src.IntN(9_000_000))
}

// claim takes an id for a record that is about to be made; false where one was made with it before.
func (r *Runner) claim(res *spec.Resource, id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := fmt.Sprint(res.Name, "/", id)
	if r.claimed[key] {
		return false
	}
	r.claimed[key] = true
	return true
}
