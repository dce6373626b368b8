package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// play is a server on its addresses.
type play struct {
	app    *app
	stage  *stage
	set    *serveSettings
	logger *slog.Logger
	doors  []door // the API's first, the control API's last
}

// newServer makes the server of a document by the flags.
func (p *play) newServer(doc *spec.Document) (*mockserver.Server, error) {
	return mockserver.New(doc, append(p.set.options(), mockserver.WithLogger(p.logger))...)
}

// door is what answers at one place.
type door struct {
	place     place
	listeners []net.Listener
	http      *http.Server
}

// url is the scheme, the host and the port of a door.
func (d door) url() string {
	return "http://" + net.JoinHostPort(d.place.host(), fmt.Sprint(portOf(d.listeners[0])))
}

// listen binds every place, or none.
func (p *play) listen(at places) error {
	handlers := []http.Handler{p.stage, p.stage.control()}
	for i, pl := range at {
		ls, err := pl.listen()
		if err != nil {
			for _, d := range p.doors {
				d.close()
			}
			return err
		}
		p.doors = append(p.doors, door{pl, ls, p.httpServer(handlers[i])})
	}
	if len(p.doors) > 1 {
		p.stage.server().SetOrigin(p.doors[0].url())
	}
	return nil
}

func (d door) close() {
	for _, l := range d.listeners {
		_ = l.Close()
	}
}

const (
	headerTime = 10 * time.Second
	readTime   = time.Minute
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	// headerRoom is what the HTTP server reads of a header, so that the handler can say what is wrong with a large one.
	headerRoom = 1 << 20
	// drainTime is how long running requests may go on after the first signal.
	drainTime = 10 * time.Second
)

func (p *play) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime + p.set.latency.Max + p.set.bounds.Delay,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerRoom + p.set.bounds.Header + p.set.bounds.URL,
		ErrorLog:          slog.NewLogLogger(p.logger.Handler(), slog.LevelWarn),
	}
}

// run answers requests, says where, and returns when a signal or a fault ended it and the state is saved.
func (p *play) run(say announcement) error {
	signals, stop := p.app.signals()
	defer stop()
	broken := p.open()
	p.app.tellFlaws(p.stage.server().Flaws())
	err := p.app.announce(p, say)
	debug.FreeOSMemory() // what reading the document took, several times what is kept of it
	gatherGarbage()
	if err == nil {
		select {
		case <-signals:
		case err = <-broken:
		}
	}
	p.drain(signals)
	return failed(errors.Join(err, p.save()))
}

// open lets every door answer. What it returns delivers the first fault of a listener.
func (p *play) open() <-chan error {
	broken := make(chan error, 1)
	for _, d := range p.doors {
		for _, l := range d.listeners {
			go func() {
				if err := d.http.Serve(noted(l)); !errors.Is(err, http.ErrServerClosed) {
					select {
					case broken <- fmt.Errorf("stopped listening on %s: %w", l.Addr(), err):
					default:
					}
				}
			}()
		}
	}
	return broken
}

// drain stops accepting and waits for the requests that run, for drainTime at most or until a second signal.
func (p *play) drain(signals <-chan os.Signal) {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	go func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	var wg sync.WaitGroup
	var cut atomic.Bool
	for _, d := range p.doors {
		wg.Go(func() {
			if d.http.Shutdown(ctx) != nil {
				_ = d.http.Close()
				cut.Store(true)
			}
		})
	}
	wg.Wait()
	if cut.Load() {
		p.app.warn("requests that were still running were cut off")
	}
}

func (p *play) save() error {
	if p.set.state == "" {
		return nil
	}
	return p.stage.server().SaveState(p.set.state)
}
