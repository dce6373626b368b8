package mockserver

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
)

// Latency is how long answers are held back: between Min and Max, drawn for each request.
type Latency struct{ Min, Max time.Duration }

// ParseLatency reads "50ms" or "50ms..200ms".
func ParseLatency(text string) (Latency, error) {
	low, high, ranged := strings.Cut(text, "..")
	if !ranged {
		high = low
	}
	l, err1 := time.ParseDuration(low)
	h, err2 := time.ParseDuration(high)
	if err1 != nil || err2 != nil || l < 0 || h < l || h > time.Hour {
		return Latency{}, fmt.Errorf("latency %q: want a duration such as 50ms, or a range such as 50ms..200ms", text)
	}
	return Latency{l, h}, nil
}

// Fail makes a share of the requests, from 0 to 1, end with a status.
type Fail struct {
	Share  float64
	Status int
}

// ParseFail reads "2%:503".
func ParseFail(text string) (Fail, error) {
	share, status, _ := strings.Cut(text, ":")
	percent, ok := strings.CutSuffix(share, "%")
	p, err1 := strconv.ParseFloat(percent, 64)
	code, err2 := strconv.Atoi(status)
	if !ok || err1 != nil || err2 != nil || !(p >= 0 && p <= 100) || code < 400 || code > 599 {
		return Fail{}, fmt.Errorf("fail %q: want a share and a status from 400 to 599, such as 2%%:503", text)
	}
	return Fail{p / 100, code}, nil
}

// repeats counts how often a session saw a request, so that a repeated request draws anew. Requests share the counters:
// memory stays the same whatever is sent, and equal sequences still draw equal faults.
type repeats struct{ seen [256]atomic.Uint32 }

func (r *repeats) next(request uint64) uint32 { return r.seen[request%uint64(len(r.seen))].Add(1) }

func (r *repeats) clear() {
	for i := range r.seen {
		r.seen[i].Store(0)
	}
}

// draw is the stream of chance for one request: seed, session, request, and how many times it was sent.
func (s *Server) draw(x *exchange) fixtures.Source {
	h := fnv.New64a()
	_, _ = h.Write([]byte(x.r.Method + " " + x.path + "?" + x.r.URL.RawQuery + "\n"))
	_, _ = h.Write(x.body)
	request := h.Sum64()
	return fixtures.NewSource(s.set.seed, "chance", x.session.name, strconv.FormatUint(request, 16),
		strconv.FormatUint(uint64(x.session.repeats.next(request)), 10))
}

// steady is the stream for values that are the same for an equal request, however often it comes.
func (s *Server) steady(x *exchange) fixtures.Source {
	return fixtures.NewSource(s.set.seed, "steady", x.r.Method, x.path, x.r.URL.RawQuery, string(x.body))
}

// hold waits as --latency says and then decides, as --fail says, whether the request fails.
func (s *Server) hold(x *exchange) *answer {
	if s.set.latency.Max == 0 && s.set.fail.Share == 0 {
		return nil
	}
	src := s.draw(x)
	if l := s.set.latency; l.Max > 0 {
		wait := l.Min + time.Duration(src.Float64()*float64(l.Max-l.Min))
		s.set.sleep(wait, x.r.Context().Done())
	}
	if src.Float64() >= s.set.fail.Share {
		return nil
	}
	row := problemOf(reasonUnreliable)
	a := answer{status: s.set.fail.Status, header: http.Header{"Content-Type": {problemType}}, reason: row.Reason}
	a.body = problemBody(row, a.status, row.Meaning, nil)
	return &a
}

// sleep waits, or returns early when the client is gone.
func sleep(d time.Duration, done <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-done:
	}
}
