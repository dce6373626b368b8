package contract

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

// RestoreFile puts back what a run that did not come to its end left changed: it reads the undo file and does what
// PutBack would have done, and removes the file when all is as it was. A target without URL is the file's own.
//
// The error is a *UsageError: a file that is none or damaged (it names the line), or one of another document.
func RestoreFile(ctx context.Context, d *spec.Document, file string, t Target, s Settings) (*Restoration, error) {
	s = s.withDefaults()
	script, err := readUndo(file)
	if err != nil {
		return nil, err
	}
	if t.URL == "" {
		t.URL = script.header.Target
	}
	// The run that wrote the file was allowed to change this target, so putting it back needs no leave.
	s.AllowProduction = s.AllowProduction || sameTarget(t.URL, script.header.Target)
	base, err := parseTarget(d, t, s)
	if err != nil {
		return nil, err
	}
	c := newClient(base, t, s)
	b := newRestorer(d, c, s, newPlaces(fixtures.NewGenerator(fixtures.DefaultNow, spec.In)))
	b.note(script.header.Notes...)
	if script.header.Document.Hash != d.Hash {
		b.note(fmt.Sprintf("%s was written with another document (%s, %s) than this one (%s, %s)", file,
			script.header.Document.Name, script.header.Document.Hash, d.Name(), d.Hash))
	}
	if err := script.fill(b, file); err != nil {
		return nil, err
	}
	if b.ledger.undo, err = reopenUndo(file, script.cut); err != nil {
		return nil, err
	}
	c.watch = b.ledger
	return b.putAllBack(ctx), nil
}

func sameTarget(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && x.Scheme == y.Scheme && strings.EqualFold(x.Host, y.Host)
}

// reopenUndo goes on with a file: what is sent to put records back is ours as well. A line without an end is cut off.
func reopenUndo(path string, cut bool) (*undoFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, usage("undo file %s cannot be written: %v", path, cause(err))
	}
	if cut {
		if err := dropLastLine(f); err != nil {
			_ = f.Close()
			return nil, usage("undo file %s cannot be written: %v", path, cause(err))
		}
	}
	return &undoFile{path: path, file: f}, nil
}
