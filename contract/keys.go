package contract

import (
	"encoding/json"
	"fmt"
	"slices"
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
	return r.keyedAs(op.Resource, op, s, o)
}

// keyedRows is a list of new records, each without the id that the server gives, or with one of its own.
func (r *Runner) keyedRows(op *spec.Operation, s *spec.Schema, list []any) []any {
	rows := s.Rows()
	if op.Batch == nil || rows == nil {
		return list
	}
	res := op.Batch.Resource
	out := slices.Clone(list)
	for i, item := range out {
		o, isObject := item.(strictjson.Object)
		if !isObject {
			continue
		}
		without := withoutID(res, o)
		if r.givenByServer(res) && rows.Valid(strictjson.Plain(without), spec.In) {
			out[i] = without
			continue
		}
		out[i] = r.keyedAs(res, op, rows, o)
	}
	if !s.Valid(strictjson.Plain(out), spec.In) {
		return list
	}
	return out
}

// keyedAs is keyed for a record of a resource, in a body of an operation.
func (r *Runner) keyedAs(res *spec.Resource, op *spec.Operation, s *spec.Schema, o strictjson.Object) strictjson.Object {
	place := res.ID
	prop := place.In(s)
	if _, sent := place.Of(o); !sent || prop == nil || isReadOnly(prop) {
		return o
	}
	whole := spec.Together(prop, res.IDSchema())
	fits := s.Valid(strictjson.Plain(o), spec.In)
	for i := range keyTries {
		src := fixtures.NewSource(r.set.Seed, "key", op.ID, strconv.Itoa(r.made()), strconv.Itoa(i))
		v, err := r.gen.Value(whole, src)
		if err != nil {
			return o
		}
		v = rare(whole, v, src)
		if digits := numeral(src); !fixtures.TakenByAll(res, idText(v)) && fixtures.TakenByAll(res, digits) &&
			whole.Valid(digits, spec.In) {
			v = digits // some parameters take nothing else
		}
		with, id := place.With(o, v), idText(v)
		if id == "" || !fixtures.FitsID(res, id) || fits && !s.Valid(strictjson.Plain(with), spec.In) {
			continue
		}
		if r.claim(res, id) {
			return with
		}
	}
	return o
}

// rare is a value that is unlike those that others choose: a text with some digits at its end, where it may have them, or a
// large number.
func rare(s *spec.Schema, v any, src fixtures.Source) any {
	src = src.Sub("rare")
	if _, isNumber := v.(json.Number); isNumber {
		return largeNumber(s, v, src)
	}
	text, isText := v.(string)
	if !isText || len(text) > 100 {
		return v
	}
	digits := fmt.Sprintf("%06d", src.IntN(1_000_000))
	runes := []rune(text)
	for cut := range min(len(runes), len(digits)+1) {
		if longer := string(runes[:len(runes)-cut]) + digits; s.Valid(longer, spec.In) {
			return longer
		}
	}
	return v
}

// largeNumber is a number of as many digits as may be, nine at most; the one given where it has to be small.
func largeNumber(s *spec.Schema, v any, src fixtures.Source) any {
	for least := 100_000_000; least >= 1000; least /= 10 {
		if n := json.Number(strconv.Itoa(least + src.IntN(9*least))); s.Valid(n, spec.In) {
			return n
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
