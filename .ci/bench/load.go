package main

import (
	"bufio"
	"bytes"
	_ "embed" // the bodies
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Where the requests go that are measured.
const (
	updatePath = "/api/calls/call_3d9k2j8s7d2k"
	recordPath = "/records/1"
)

// accepted changes most of a record; refused has three faults.
var (
	//go:embed accepted.json
	accepted string
	//go:embed refused.json
	refused string
)

// load is what one measurement sends: a request, again and again, on some connections at once.
type load struct {
	method, path, body string
	status             int
	connections        int
	// each changes the request for its number, where that is wanted.
	each func(l load, i int) load
}

// result is what one measurement found.
type result struct {
	cpu        time.Duration // of the server, a request
	throughput float64       // requests a second
	p50, p99   time.Duration
}

// timeLimit bounds one measurement.
const timeLimit = 2 * time.Minute

// measure sends so many requests in all and reads every answer.
func (l load) measure(p *process, requests int) (result, error) {
	before, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	begun := time.Now()
	each := requests / l.connections
	took := make([][]time.Duration, l.connections)
	failed := make([]error, l.connections)
	var wg sync.WaitGroup
	for i := range l.connections {
		wg.Go(func() { took[i], failed[i] = l.talk(p.base, i*each, each) })
	}
	wg.Wait()
	elapsed := time.Since(begun)
	after, err := p.cpu()
	if err := errors.Join(errors.Join(failed...), err); err != nil {
		return result{}, fmt.Errorf("%s: %w", p.name, err)
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	n := len(all)
	return result{
		cpu: (after - before) / time.Duration(n), throughput: float64(n) / elapsed.Seconds(), p50: all[n/2], p99: all[n*99/100],
	}, nil
}

// requestsFrom gives the texts of the requests from a number on.
func (l load) requestsFrom(first int) func() []byte {
	raw := l.raw()
	if l.each == nil {
		return func() []byte { return raw }
	}
	next := first - 1
	return func() []byte {
		next++
		return l.each(l, next).raw()
	}
}

func (l load) raw() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n", l.method, l.path)
	if l.body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(l.body))
	}
	b.WriteString("\r\n" + l.body)
	return b.Bytes()
}

// talk sends requests on one connection, each when the one before is answered.
func (l load) talk(base string, first, requests int) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(timeLimit)); err != nil {
		return nil, err
	}
	r := bufio.NewReader(conn)
	took := make([]time.Duration, 0, requests)
	next := l.requestsFrom(first)
	for range requests {
		raw := next()
		begun := time.Now()
		if _, err := conn.Write(raw); err != nil {
			return nil, err
		}
		status, err := readAnswer(r)
		if err != nil {
			return nil, err
		}
		if l.status != 0 && status != l.status {
			return nil, fmt.Errorf("%s %s: status %d, want %d", l.method, l.path, status, l.status)
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}

// readAnswer reads one answer: by its length, and by net/http where it says none.
func readAnswer(r *bufio.Reader) (status int, err error) {
	const enough = 2 << 10
	head, _ := r.Peek(1) // wait until it comes
	if len(head) > 0 {
		head, _ = r.Peek(min(r.Buffered(), enough))
	}
	end := bytes.Index(head, []byte("\r\n\r\n"))
	length := -1
	if end > 0 {
		for line := range bytes.SplitSeq(head[:end], []byte("\r\n")) {
			if name, value, ok := bytes.Cut(line, []byte(": ")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
				if length, err = strconv.Atoi(string(value)); err != nil {
					return 0, err
				}
			}
		}
	}
	if length < 0 || end < len("HTTP/1.1 200") {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode, errors.Join(err, res.Body.Close())
	}
	status, err = strconv.Atoi(string(head[9:12]))
	if err != nil {
		return 0, err
	}
	_, err = r.Discard(end + 4 + length)
	return status, err
}
