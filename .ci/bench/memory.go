package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// changedRecord is what updates send to records of which only the number matters.
const changedRecord = `{"note":"Changed, and kept"}`

// recordsDocument is the document whose records are changed by the million.
var recordsDocument = filepath.Join(".ci", "bench", "records.yaml")

// seeded is how many records the measured servers begin with.
const seeded = 1_000_000_000

// recordAt is the path of a record by its number from 0.
func recordAt(i int) string { return "/records/" + strconv.Itoa(i+1) }

// filling is a server whose state is filled, and what was found on the way.
type filling struct {
	b     *bench
	p     *process
	out   strings.Builder
	speed []stateSpeed
}

// memoryTables say what state costs: changed records, sessions, the journal.
func (b *bench) memoryTables(ctx context.Context) (string, error) {
	f := &filling{b: b}
	var err error
	f.p, err = start(ctx, "memory", b.set.understudy, "serve", recordsDocument, "--addr", "127.0.0.1:0", "--log", "off", "--pprof",
		"--count", strconv.Itoa(seeded), "--max-changes", strconv.Itoa(b.set.records), "--max-sessions", strconv.Itoa(b.set.sessions+1))
	if err != nil {
		return "", err
	}
	b.servers = append(b.servers, f.p) // to be ended
	f.out.WriteString("\n## Memory\n\nHeap after its garbage was collected, beside that of the same server with nothing changed.\n\n" +
		"| state | heap, MB | each, bytes | JSON of each, bytes | ratio | at the limit |\n|---|---|---|---|---|---|\n")
	for _, step := range []func(context.Context) error{f.records, f.sessions, f.journal} {
		if err := step(ctx); err != nil {
			return "", err
		}
	}
	f.tellSpeed()
	return f.out.String(), nil
}

// row tells one state: what it takes, of which so many are one kind of thing, of so many bytes of JSON each.
func (f *filling) row(what string, took int64, number, text int, limit string) {
	each := float64(took) / float64(number)
	size, ratio := "", ""
	if text > 0 {
		size, ratio = strconv.Itoa(text), fmt.Sprintf("%.2f", each/float64(text))
	}
	fmt.Fprintf(&f.out, "| %s | %.1f | %.0f | %s | %s | %s |\n", what, float64(took)/1e6, each, size, ratio, limit)
}

// records changes as many records as may be, and looks at the server's speed on the way.
func (f *filling) records(ctx context.Context) error {
	n := f.b.set.records
	// The journal is full, and everything is made that is made once, before anything is measured.
	if _, err := f.update(2000, func(int) string { return recordAt(0) }).measure(f.p, 2000); err != nil {
		return err
	}
	if err := f.fillCache(n); err != nil {
		return err
	}
	empty, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	if err := f.look(1); err != nil {
		return err
	}
	for done := 1; done < n; {
		upTo := min(n, max(done, n/10))
		if upTo == done {
			upTo = n
		}
		first, more := done, upTo-done
		if _, err := f.update(8, func(i int) string { return recordAt(first + i) }).measure(f.p, more/8*8); err != nil {
			return err
		}
		if rest := more % 8; rest > 0 {
			if _, err := f.update(1, func(i int) string { return recordAt(first + more/8*8 + i) }).measure(f.p, rest); err != nil {
				return err
			}
		}
		done = upTo
		if err := f.look(done); err != nil {
			return err
		}
	}
	full, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	text, err := f.meanLength(ctx, n)
	if err != nil {
		return err
	}
	over := load{method: "PATCH", path: recordAt(n), body: changedRecord, status: http.StatusInsufficientStorage, connections: 1}
	if _, err := over.measure(f.p, 1); err != nil {
		return err
	}
	said, err := f.info(ctx)
	if err != nil {
		return err
	}
	f.row(fmt.Sprintf("%d changed records", n), full.inUse-empty.inUse, n, text,
		fmt.Sprintf("507; the control API says %d records, %.1f MB", said.Changes, float64(said.Memory)/1e6))
	return f.reset(ctx, "default")
}

// fillCache asks for more unchanged records than the server keeps when they have been made (8 MiB of them).
func (f *filling) fillCache(most int) error {
	reads := load{method: "GET", status: 200, connections: 8, each: func(l load, i int) load {
		l.path = recordAt(seeded/4 + i)
		return l
	}}
	_, err := reads.measure(f.p, min(40_000, most)/8*8)
	return err
}

// update sends the same change to one record after the other.
func (f *filling) update(connections int, path func(i int) string) load {
	return load{
		method: "PATCH", body: changedRecord, status: 200, connections: min(connections, 8),
		each: func(l load, i int) load { l.path = path(i); return l },
	}
}

// meanLength is how long the JSON of the first records is.
func (f *filling) meanLength(ctx context.Context, records int) (int, error) {
	some, total := min(records, 500), 0
	for i := range some {
		text, err := get(ctx, f.p.base+recordAt(i))
		if err != nil {
			return 0, err
		}
		total += len(text)
	}
	return total / some, nil
}

// info is what the control API says of the server.
type info struct {
	Sessions, Changes, Memory, Journal, Heap int64
}

func (f *filling) info(ctx context.Context) (info, error) {
	text, err := get(ctx, f.p.base+"/__understudy/")
	if err != nil {
		return info{}, err
	}
	var out info
	err = json.Unmarshal(text, &out)
	return out, err
}

func (f *filling) reset(ctx context.Context, session string) error {
	url := f.p.base + "/__understudy/sessions/" + session + "/state"
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// changesEach is how many records each of many sessions changes.
const changesEach = 3

// sessions begins as many sessions as may be, each with a few changes.
func (f *filling) sessions(ctx context.Context) error {
	n := f.b.set.sessions
	changes := min(n*changesEach, f.b.set.records-1) / 8 * 8
	empty, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	inSession := func(i int) string { return fmt.Sprintf("/~s%d%s", i/changesEach, recordAt(i)) }
	if _, err := f.update(8, inSession).measure(f.p, changes); err != nil {
		return err
	}
	full, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	text, err := f.meanLength(ctx, changes)
	if err != nil {
		return err
	}
	said, err := f.info(ctx)
	if err != nil {
		return err
	}
	limit := ""
	if said.Sessions == int64(n+1) {
		limit = "503; "
		over := load{method: "PATCH", path: "/~one-more" + recordAt(0), body: changedRecord, status: 503, connections: 1}
		if _, err := over.measure(f.p, 1); err != nil {
			return err
		}
	}
	sessions := changes / changesEach
	f.row(fmt.Sprintf("%d sessions with %d changes each", sessions, changesEach), full.inUse-empty.inUse, sessions, text*changesEach,
		fmt.Sprintf("%sthe control API says %d sessions", limit, said.Sessions))
	return nil
}

// journal fills the journal with bodies that are as long as it remembers, twice.
func (f *filling) journal(ctx context.Context) error {
	const entries, body = 1000, 16 << 10
	note := load{
		method: "PATCH", path: recordAt(0), body: `{"note":"` + strings.Repeat("x", body-20) + `"}`, status: 200, connections: 1,
	}
	before, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	if _, err := note.measure(f.p, entries); err != nil {
		return err
	}
	full, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	if _, err := note.measure(f.p, entries); err != nil {
		return err
	}
	again, err := f.p.heap(ctx)
	if err != nil {
		return err
	}
	said, err := f.info(ctx)
	if err != nil {
		return err
	}
	f.row(fmt.Sprintf("a journal of %d requests of %d bytes and their answers", entries, body), full.inUse-before.inUse, entries, 2*body,
		fmt.Sprintf("older ones roll off: %.1f MB after as many again; the control API says %d", float64(again.inUse-before.inUse)/1e6,
			said.Journal))
	return nil
}

// stateSpeed is how quick a server is with so many changed records.
type stateSpeed struct {
	changed                      int
	get, update, untouched, list result
}

// look measures the speed with so many records changed: of those that are, anywhere among them, and of others.
func (f *filling) look(changed int) error {
	const requests = 4000
	random := rand.New(rand.NewPCG(1, uint64(changed)))
	order := make([]int, requests)
	for i := range order {
		order[i] = random.IntN(changed)
	}
	reads := load{method: "GET", status: 200, connections: 1}
	page := reads
	page.path = "/records?limit=5&offset=1000"
	at := func(first int) func(load, int) load {
		return func(l load, i int) load { l.path = recordAt(first + order[i]); return l }
	}
	s := stateSpeed{changed: changed}
	n := min(requests, max(f.b.set.requests, 64))
	var err error
	for _, one := range []struct {
		load  load
		first int
		to    *result
	}{
		{reads, 0, &s.get}, {f.update(1, nil), 0, &s.update}, {reads, seeded / 2, &s.untouched}, {page, -1, &s.list},
	} {
		if one.first >= 0 {
			one.load.each = at(one.first)
		}
		if *one.to, err = one.load.measure(f.p, n); err != nil {
			return err
		}
	}
	f.speed = append(f.speed, s)
	return nil
}

func (f *filling) tellSpeed() {
	f.out.WriteString("\nThe same server meanwhile, asked on one connection for changed records anywhere among those there are, to\n" +
		"change them again, for records that nobody has changed (each of which is made), and for a list of five.\n\n" +
		"| changed records | processor, µs: get, update, made, list | p50, µs | p99, µs |\n|---|---|---|---|\n")
	for _, s := range f.speed {
		fmt.Fprintf(&f.out, "| %d | %s | %s | %s |\n", s.changed, s.each("%.1f", func(r result) time.Duration { return r.cpu }),
			s.each("%.0f", func(r result) time.Duration { return r.p50 }), s.each("%.0f", func(r result) time.Duration { return r.p99 }))
	}
}

// each are the figures of one kind, beside each other.
func (s stateSpeed) each(format string, of func(result) time.Duration) string {
	var parts []string
	for _, r := range []result{s.get, s.update, s.untouched, s.list} {
		parts = append(parts, fmt.Sprintf(format, micro(of(r))))
	}
	return strings.Join(parts, ", ")
}
