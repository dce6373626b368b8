package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/mockserver"
)

// stage is where a server plays that another can take the place of.
type stage struct {
	now atomic.Pointer[mockserver.Server]
}

func newStage(s *mockserver.Server) *stage {
	st := &stage{}
	st.now.Store(s)
	return st
}

func (s *stage) server() *mockserver.Server { return s.now.Load() }

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server().ServeHTTP(w, r) }

// control is the control API of whichever server plays.
func (s *stage) control() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.server().Control().ServeHTTP(w, r) })
}

// watchTime is how often files are looked at. A change is taken up when it has been the same twice, so that a file half
// written, or gone for a moment while an editor puts another in its place, is nothing yet.
const watchTime = 250 * time.Millisecond

// ticker delivers the moments to look at files.
func (a *app) ticker() (c <-chan time.Time, stop func()) {
	if a.ticks != nil {
		return a.ticks, func() {}
	}
	t := time.NewTicker(watchTime)
	return t.C, t.Stop
}

// watching watches in the background until what it returns is called.
func (p *play) watching(args, files []string) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { p.watch(args, files, done) })
	return func() {
		close(done)
		wg.Wait()
	}
}

// watcher lets a changed document take over from the one that is played.
type watcher struct {
	play  *play
	args  []string
	files []string
	seen  string // what the files were when they were last read; unknown after a load, which may have met a change
	last  string // what they were at the last look
	told  string // the last failure, told once
}

// watch looks at the files until done is closed.
func (p *play) watch(args, files []string, done <-chan struct{}) {
	w := &watcher{play: p, args: args, files: files}
	ticks, stop := p.app.ticker()
	defer stop()
	for {
		select {
		case <-done:
			return
		case <-ticks:
			w.tick()
		}
	}
}

func (w *watcher) tick() {
	now := w.look()
	if settled := now == w.last; settled && now != w.seen {
		w.seen = now
		w.reload()
	}
	w.last = now
}

// look tells the state of the files from others: by their times and sizes, which any way of writing them changes.
func (w *watcher) look() string {
	h := sha256.New()
	for _, name := range w.files {
		info, err := os.Stat(name)
		if err != nil {
			fmt.Fprintf(h, "%s gone\n", name)
			continue
		}
		fmt.Fprintf(h, "%s %d %d\n", name, info.ModTime().UnixNano(), info.Size())
	}
	return string(h.Sum(nil))
}

// reload loads the document anew, beside the one that is played, and lets it take over when it can be played.
func (w *watcher) reload() {
	log := w.play.logger
	doc, text, err := w.play.app.learn(w.args, w.play.set.document)
	old := w.play.stage.server()
	if err == nil && doc.Hash == old.Document().Hash {
		w.told = ""
		return
	}
	var next *mockserver.Server
	if err == nil {
		next, err = w.play.newServer(doc)
	}
	if err != nil {
		if w.told != err.Error() {
			w.told = err.Error()
			log.Warn("the changed document cannot be played; the old one goes on", "reason", oneLine(w.told))
		}
		return
	}
	w.told = ""
	over := next.TakeOver(old)
	w.play.stage.now.Store(next)
	for _, f := range over.Aside {
		log.Warn("a change does not fit the changed document and is set aside until one has room for it",
			"record", oneLine(f.Pointer), "finding", oneLine(f.String()))
	}
	for _, f := range next.Flaws()[:min(len(next.Flaws()), maxFlaws)] {
		log.Warn("flaw", "finding", report.LintLine(f, text.files))
	}
	log.Info("the changed document has taken over", "document", doc.Name(), "hash", doc.Hash, "operations", len(doc.Operations),
		"changes", over.Kept, "aside", len(over.Aside), "back", over.Back)
	w.files, w.seen, w.last = text.opened, "", ""
}
