package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// restorer takes records and puts them back. A run has one, and so has a later restore from an undo file.
type restorer struct {
	doc      *spec.Document
	client   *client
	set      Settings
	loopback bool
	held     []*held
	ledger   *ledger
	places   *places
	notes    []string
	away     bool  // the target did not answer for as long as we wait; it is asked once a record from then on
	keeping  bool  // records are being put back
	silent   error // in a run whose time is bounded: the target gave no answer, so it is not asked again
}

func newRestorer(d *spec.Document, c *client, s Settings, pl *places) *restorer {
	return &restorer{
		doc: d, client: c, set: s, loopback: isLoopback(c.base.Hostname()), places: pl,
		ledger: &ledger{held: map[recordKey]*held{}, places: pl},
	}
}

func (b *restorer) hold(h *held) {
	b.held = append(b.held, h)
	b.ledger.held[h.key] = h
}

func (b *restorer) note(lines ...string) {
	for _, line := range lines {
		if !slices.Contains(b.notes, line) {
			b.notes = append(b.notes, line)
		}
	}
}

// The waiting between tries of a request that had no usable answer.
const (
	restoreTries   = 5
	firstPatience  = 50 * time.Millisecond
	patienceGrowth = 3
	// leastPatience is how long an answer is waited for at least while records are put back in a run whose time is bounded.
	leastPatience = 5 * time.Second
)

// send makes a request and tries again while the target cannot answer it.
func (b *restorer) send(ctx context.Context, req Request) (*Answer, error) {
	if b.silent != nil {
		return nil, b.silent
	}
	if b.set.MaxTotal > 0 {
		timed, cancel := context.WithTimeout(ctx, max(b.set.MaxTotal, leastPatience))
		defer cancel()
		ctx = timed
	}
	wait := firstPatience
	for try := 1; ; try++ {
		a, err := b.client.send(ctx, req)
		var lost *transportError
		passing := errors.As(err, &lost) || err == nil && (isWeather(a.Status) || a.Status >= 500)
		if !passing || b.away || try == restoreTries || ctx.Err() != nil {
			b.away = errors.As(err, &lost)
			if b.away && b.set.MaxTotal > 0 && b.keeping && (neverArrived(err) || ctx.Err() != nil || isTimeout(err)) {
				b.silent = err
			}
			return a, err
		}
		if sleepContext(ctx, wait) != nil {
			return a, err
		}
		wait *= patienceGrowth
	}
}

// read is the record as it is now. The error is a sentence.
func (b *restorer) read(ctx context.Context, h *held) (map[string]any, error) {
	op := h.layout.reader
	var body []byte
	if op.Action != spec.ActionGet {
		body = bodyText(op, strictjson.Object{})
	}
	a, err := b.send(ctx, b.places.itemRequest(op, h.key.id, h.layout.query, body))
	switch {
	case err != nil:
		return nil, fmt.Errorf("it could not be read: %w", err)
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		return nil, fmt.Errorf("the target answers %s for it", statusLine(a.Status))
	case !isSuccess(a.Status):
		return nil, fmt.Errorf("it could not be read: the target answers %s", statusLine(a.Status))
	}
	rec := recordIn(op, a)
	if rec == nil {
		return nil, errors.New("it could not be read: the answer carries no record")
	}
	id, there := h.key.resource.ID.Of(rec)
	if there && !strictjson.Equal(id, fixtures.IDValue(h.key.resource, h.key.ownID())) {
		return nil, errors.New("the target answers with another record")
	}
	return rec, nil
}

// write sends slots in one update; "" when the target says that it took them.
func (b *restorer) write(ctx context.Context, h *held, values slots) string {
	body := h.layout.update(values, h.taken)
	if s := h.layout.body; h.layout.writer.Action == spec.ActionMerge && !s.Valid(strictjson.Plain(body), spec.In) {
		body = completed(s, body, h.taken) // what an update must say besides is as it was
	}
	if h.layout.writer.Action == spec.ActionReplace && !h.key.resource.ID.None() {
		body = h.key.resource.ID.With(body, fixtures.IDValue(h.key.resource, h.key.ownID()))
	}
	req, err := b.places.saying(h.layout.writer, h.key, body)
	if err != nil {
		return fmt.Sprintf("%s cannot write it: %s", h.layout.writer.ID, err)
	}
	a, err := b.send(ctx, req)
	switch {
	case err != nil:
		return err.Error()
	case !isSuccess(a.Status):
		return "the target answers " + statusLine(a.Status)
	case saysFailure(h.layout.writer, a):
		return "the target says that it failed"
	}
	return ""
}

// differing are the slots that are not as they were: of those that an update can set, and those that something was
// sent to.
func (b *restorer) differing(h *held, now slots) []string {
	all := slots{}
	for slot := range h.taken {
		all[slot] = nil
	}
	for slot := range now {
		if h.layout.declared(slot) && (len(slotSegments(slot)) == 1 || b.linkKept(h, slot, now)) {
			all[slot] = nil
		}
	}
	for _, slot := range b.ledger.touched(h) {
		all[slot] = nil
	}
	return slices.DeleteFunc(h.layout.sorted(all), func(slot string) bool {
		if len(slotSegments(slot)) > 1 && !b.linkKept(h, slot, now) {
			return true // the members of another record, or of one that is not shown
		}
		if _, was := h.taken[slot]; !was && len(slotSegments(slot)) > 1 && !b.shown(h, slot) {
			return true
		}
		return h.layout.same(slot, h.taken[slot], now[slot])
	})
}

// linkKept reports whether a relation still shows the record whose members were taken.
func (b *restorer) linkKept(h *held, slot string, now slots) bool {
	link := slotName(slotSegments(slot)[0])
	prefix := link + "/"
	below := func(s slots) bool {
		for name := range s {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
		return false
	}
	return h.taken[link] != nil && h.layout.same(link, h.taken[link], now[link]) && below(now)
}

// shown reports whether the related record's members were taken at all.
func (b *restorer) shown(h *held, slot string) bool {
	prefix := slotName(slotSegments(slot)[0]) + "/"
	for name := range h.taken {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// show is a value as it may be shown: masked off loopback.
func (b *restorer) show(values slots, slot string) string {
	v, there := values[slot]
	switch {
	case !there:
		return "absent"
	case v == nil:
		return "null"
	case !b.loopback && !b.set.ShowValues:
		return masked(v)
	}
	return spec.Clip(string(strictjson.Append(nil, v)))
}

// whyLeft are the reasons for which records of a resource, or all of them, are left alone; "" when none are.
func (b *restorer) whyLeft(res *spec.Resource) string {
	var out []string
	for _, h := range b.held {
		if h.left != "" && (res == nil || h.key.resource == res) {
			out = append(out, fmt.Sprintf("%s: %s", h, h.left))
		}
	}
	const most = 3
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("and %d more", len(out)-most))
	}
	return strings.Join(out, "; ")
}
