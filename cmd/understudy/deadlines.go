package main

import (
	"math"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// net/http sets and clears the deadlines of a connection eight times a request, and each that is set is a timer of the
// runtime's, which may have to wake a thread to wait for it: a tenth of what an update costs. Nobody meets them but who is
// slow for seconds. So a connection here only notes its deadlines, and once a second all are looked at: who is late is told
// then.
//
// While a request is handled, net/http waits for a byte of the next one, to notice when the client hangs up, and interrupts that
// with a deadline when the answer is made: a system call that finds nothing, and a wait for the connection, for each request.
// Such a wait is one for the interruption alone here, until the deadlines have been looked at twice: then it is for the
// client too, who is waited for longer than a second.

// lateness is how long after its time a deadline may be noticed.
const lateness = time.Second

// deadlines are those of all connections of a listener.
type deadlines struct {
	net.Listener
	begun   time.Time
	now     atomic.Int64 // nanoseconds from begun to the last look
	ticks   func() (ticks <-chan time.Time, stop func())
	mu      sync.Mutex
	conns   map[*timedConn]struct{}
	looking bool
}

// noted is a listener whose connections only note their deadlines.
func noted(l net.Listener) *deadlines {
	return &deadlines{Listener: l, begun: time.Now(), conns: map[*timedConn]struct{}{}, ticks: func() (<-chan time.Time, func()) {
		t := time.NewTicker(lateness)
		return t.C, t.Stop
	}}
}

// Accept waits for the next connection.
func (d *deadlines) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	tcp, ok := c.(*net.TCPConn)
	if err != nil || !ok {
		return c, err
	}
	timed := &timedConn{
		TCPConn: tcp, of: d, reading: deadline{at: never, wake: make(chan struct{}, 1)}, writing: deadline{at: never, busy: true},
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns[timed] = struct{}{}
	if !d.looking {
		d.looking = true
		d.now.Store(int64(time.Since(d.begun)))
		go d.watch()
	}
	return timed, nil
}

// watch looks at the deadlines as long as there are connections.
func (d *deadlines) watch() {
	ticks, stop := d.ticks()
	defer stop()
	for now := range ticks {
		if !d.look(now) {
			return
		}
	}
}

// look tells the connections whose deadlines have passed; false when there is none left.
func (d *deadlines) look(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Store(int64(now.Sub(d.begun)))
	for c := range d.conns {
		c.reading.look(d, c.TCPConn.SetReadDeadline)
		c.writing.look(d, c.TCPConn.SetWriteDeadline)
	}
	d.looking = len(d.conns) > 0
	return d.looking
}

// timedConn is a connection that notes its deadlines.
type timedConn struct {
	*net.TCPConn
	of               *deadlines
	reading, writing deadline
}

// SetReadDeadline is that of net.Conn, but for the lateness.
func (c *timedConn) SetReadDeadline(t time.Time) error {
	return c.reading.set(t, c.of, c.TCPConn.SetReadDeadline)
}

// SetWriteDeadline is that of net.Conn, but for the lateness.
func (c *timedConn) SetWriteDeadline(t time.Time) error {
	return c.writing.set(t, c.of, c.TCPConn.SetWriteDeadline)
}

// SetDeadline is that of net.Conn, but for the lateness.
func (c *timedConn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// Read is that of net.Conn. A single byte is not looked for at once.
func (c *timedConn) Read(p []byte) (int, error) {
	if cap(p) == 1 {
		c.reading.idle(c.of)
	}
	if !c.reading.begin(c.of) {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := c.TCPConn.Read(p)
	c.reading.end()
	return n, err
}

// Close ends the connection.
func (c *timedConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.conns, c)
	c.of.mu.Unlock()
	err := c.TCPConn.Close()
	c.reading.mu.Lock()
	defer c.reading.mu.Unlock()
	c.reading.closed = true
	c.reading.rouse()
	return err
}

// never is the deadline of a connection that has none.
const never = math.MaxInt64

// deadline is one of a connection's two. The lock sees to it that one which is put off in time is not noticed after all.
type deadline struct {
	mu    sync.Mutex
	at    int64 // nanoseconds after the listener began
	busy  bool  // the connection itself is asked, so that it has to be told
	told  bool  // the connection itself has it
	waits int   // how often it will be looked at before who waits for the connection asks it; 0 when nobody waits so
	wake  chan struct{}

	closed bool // so that nobody is to wait
}

// idle waits until the deadline passes, the connection is closed, or the deadline has been looked at twice.
func (d *deadline) idle(of *deadlines) {
	d.mu.Lock()
	if d.closed || d.passed(of) {
		d.mu.Unlock()
		return
	}
	d.waits = 2
	d.mu.Unlock()
	<-d.wake
}

// rouse ends a wait. The lock is held.
func (d *deadline) rouse() {
	if d.waits > 0 {
		d.waits = 0
		d.wake <- struct{}{} // has room: nobody else ends this wait
	}
}

// begin says that the connection is asked now; false where the time for that has passed.
func (d *deadline) begin(of *deadlines) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = !d.passed(of)
	return d.busy
}

func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = false
}

func (d *deadline) passed(of *deadlines) bool { return d.at <= of.now.Load() }

// set notes a deadline. One that has passed is told at once.
func (d *deadline) set(t time.Time, of *deadlines, tell func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = never
	if !t.IsZero() {
		d.at = int64(t.Sub(of.begun))
	}
	if d.passed(of) {
		return d.tell(of, tell)
	}
	if d.told {
		d.told = false
		return tell(time.Time{})
	}
	return nil
}

// tell lets who waits know that the time has passed. The lock is held.
func (d *deadline) tell(of *deadlines, tell func(time.Time) error) error {
	d.rouse()
	if !d.busy || d.told {
		return nil
	}
	d.told = true
	return tell(of.begun)
}

// look tells a deadline that has passed, and lets who waits ask the connection when it is time.
func (d *deadline) look(of *deadlines, tell func(time.Time) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.passed(of):
		_ = d.tell(of, tell) // fails only where the connection is closed
	case d.waits == 1:
		d.rouse()
	case d.waits > 1:
		d.waits--
	}
}
