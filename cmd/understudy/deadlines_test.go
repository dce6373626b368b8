package main

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// timed is a server as serve has it, whose deadlines are looked at when the test says so.
type timed struct {
	addr  string
	ticks chan time.Time
}

func startTimed(t *testing.T, h http.HandlerFunc) timed {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := timed{addr: l.Addr().String(), ticks: make(chan time.Time)}
	p := &play{set: &serveSettings{}, logger: slog.New(slog.DiscardHandler)}
	srv, d := p.httpServer(h), noted(l)
	d.ticks = func() (<-chan time.Time, func()) { return s.ticks, func() {} }
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(d) }()
	t.Cleanup(func() {
		_ = srv.Close()
		<-ended
		close(s.ticks)
	})
	return s
}

// dial connects and says something.
func (s timed) dial(t *testing.T, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// look lets the deadlines be looked at, as if it were so long from now; twice, so that the first time is over.
func (s timed) look(later time.Duration) {
	for range 2 {
		s.ticks <- time.Now().Add(later)
	}
}

// half is a request whose body never comes whole.
const half = "PATCH / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab"

// readsBody answers when the body is there, and says before that it waits for it and afterwards what became of it.
func readsBody() (h http.HandlerFunc, waits chan bool, read chan error) {
	waits, read = make(chan bool, 1), make(chan error, 1)
	return func(_ http.ResponseWriter, r *http.Request) {
		waits <- true
		_, err := io.ReadAll(r.Body)
		read <- err
	}, waits, read
}

// outcome waits for what becomes of something that should be over.
func outcome(t *testing.T, of <-chan error) error {
	t.Helper()
	select {
	case err := <-of:
		return err
	case <-time.After(patience):
		t.Fatal("it is not over")
		return nil
	}
}

func TestDeadlinesEndABodyThatDoesNotCome(t *testing.T) {
	t.Parallel()
	h, waits, read := readsBody()
	s := startTimed(t, h)
	s.dial(t, half)
	<-waits
	s.look(readTime + lateness)
	if err := outcome(t, read); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the handler got %v, want that its time is over", err)
	}
}

func TestDeadlinesLetABodyComeInTime(t *testing.T) {
	t.Parallel()
	h, waits, read := readsBody()
	s := startTimed(t, h)
	conn := s.dial(t, half)
	<-waits
	s.look(readTime / 2)
	if _, err := io.WriteString(conn, "cd"); err != nil {
		t.Fatal(err)
	}
	if err := outcome(t, read); err != nil {
		t.Errorf("the handler got %v, want the body", err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _ = res.Body.Close(); res.StatusCode != http.StatusOK {
		t.Errorf("got %s, want an answer", res.Status)
	}
}

func TestDeadlinesEndAnAnswerThatNobodyReads(t *testing.T) {
	t.Parallel()
	begins, ends := make(chan bool, 1), make(chan error, 1)
	s := startTimed(t, func(w http.ResponseWriter, _ *http.Request) {
		begins <- true
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				ends <- err
				return
			}
		}
	})
	s.dial(t, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	<-begins
	s.look(writeTime + lateness)
	if err := outcome(t, ends); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the handler got %v, want that its time is over", err)
	}
}

func TestDeadlinesEndAHeaderThatDoesNotComeAndAConnectionThatIsIdle(t *testing.T) {
	t.Parallel()
	const whole = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, said := range []string{"", "GET / HTTP", whole, whole + "GET"} {
		s := startTimed(t, func(http.ResponseWriter, *http.Request) {})
		conn := s.dial(t, said)
		ended := make(chan error)
		go func() {
			_, err := io.Copy(io.Discard, conn)
			ended <- err
		}()
		for over := false; !over; {
			select {
			case s.ticks <- time.Now().Add(idleTime + lateness):
			case err := <-ended:
				over = true
				if errors.Is(err, os.ErrDeadlineExceeded) { // the client's own
					t.Errorf("after %q: %v, want that the server ends the connection", said, err)
				}
			}
		}
	}
}

// A deadline that was told is taken back by the next: net/http interrupts its own reading so, many times on a connection.
func TestDeadlinesAreTakenBack(t *testing.T) {
	t.Parallel()
	s := startTimed(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	conn := s.dial(t, "")
	r := bufio.NewReader(conn)
	for range 100 {
		if _, err := io.WriteString(conn, half+"cd"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		s.look(0)
	}
}

func TestDeadlinesForgetConnectionsThatAreGone(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := noted(l)
	ticks, stopped := make(chan time.Time), make(chan bool, 1)
	d.ticks = func() (<-chan time.Time, func()) { return ticks, func() { stopped <- true } }
	defer func() { _ = d.Close() }()
	for range 2 { // the watch begins again with the next connection
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := d.Accept()
		if err != nil {
			t.Fatal(err)
		}
		ticks <- time.Now()
		_ = client.Close()
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case ticks <- time.Now():
			<-stopped
		case <-stopped: // the look at the first tick came only now, and found the connection gone
		}
	}
}

// A client that hangs up is noticed when the deadlines have been looked at, and one that stays is not taken for it.
func TestDeadlinesLetHangingUpBeNoticed(t *testing.T) {
	t.Parallel()
	handled, gone := make(chan bool, 1), make(chan error, 1)
	s := startTimed(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		handled <- true
		<-r.Context().Done()
		gone <- nil
	})
	conn := s.dial(t, half+"cd")
	<-handled
	s.look(0)
	select {
	case <-gone:
		t.Error("a client that waits was taken for gone")
	default:
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	for over := false; !over; { // with the last connection the looking ends
		select {
		case s.ticks <- time.Now():
		case <-gone:
			over = true
		case <-time.After(patience):
			t.Fatal("nobody noticed")
		}
	}
}

// What a client says before it is answered is not lost, whether the deadlines are looked at meanwhile or not.
func TestDeadlinesKeepWhatIsSaidEarly(t *testing.T) {
	t.Parallel()
	for looks := range 2 {
		handled, on := make(chan bool, 1), make(chan bool)
		s := startTimed(t, func(w http.ResponseWriter, r *http.Request) {
			text, _ := io.ReadAll(r.Body)
			handled <- true
			<-on
			_, _ = w.Write(text)
		})
		conn := s.dial(t, half+"cd"+half+"ef")
		r := bufio.NewReader(conn)
		for _, want := range []string{"abcd", "abef"} {
			<-handled
			for range looks {
				s.look(0)
			}
			on <- true
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(res.Body)
			if _ = res.Body.Close(); err != nil || string(got) != want {
				t.Errorf("got %q %v, want %q", got, err, want)
			}
		}
	}
}
