package contract

import (
	"net/http"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// TestShelf: an equal answer is judged once, whatever its time; another status, header, body or operation is judged anew.
func TestShelf(t *testing.T) {
	t.Parallel()
	a, b := &spec.Operation{}, &spec.Operation{}
	answer := func(status int, body string, header ...string) *Answer {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Add(header[i], header[i+1])
		}
		return &Answer{Status: status, Header: h, Body: []byte(body)}
	}
	var s answerShelf
	for i, c := range []struct {
		op   *spec.Operation
		a    *Answer
		want bool
	}{
		{a, answer(200, "x", "Date", "1"), false},
		{a, answer(200, "x", "Date", "2"), true},
		{a, answer(201, "x"), false},
		{a, answer(200, "y"), false},
		{a, answer(200, "x", "ETag", "1"), false},
		{a, answer(200, "x", "ETag", "1"), true},
		{b, answer(200, "x"), false},
		{a, answer(200, ""), false},
		{a, answer(200, ""), false},
	} {
		if got := s.seen(c.op, c.a); got != c.want {
			t.Errorf("%d: seen is %t", i, got)
		}
	}
	first, second := answer(200, "long"), answer(200, "long")
	s.seen(a, first)
	s.seen(a, second)
	if &first.Body[0] != &second.Body[0] {
		t.Error("equal bodies are kept twice")
	}
	if big := answer(200, string(make([]byte, maxShelf))); s.seen(a, big) || s.seen(a, big) || s.size > maxShelf {
		t.Errorf("%d bytes are kept", s.size)
	}
}
