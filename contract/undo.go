package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// An undo file is JSON, one value a line. The first line is an undoHeader: the target and the records as they were,
// written whole and synced to the disk before the first change. Each line after it is an undoLine, written before
// the update that it tells of is sent, so that a later restore can tell our values from somebody else's. Those lines
// are not synced: what is written outlives the end of this process, however it ends; should the machine itself stop,
// a restore may take the last of our values for somebody else's, and says so, but never loses what was taken.
//
// Neither headers nor credentials of the target are in it; values of records are, so only the owner may read it.
type undoHeader struct {
	Understudy string       `json:"understudy"` // undoKind
	Version    int          `json:"version"`
	Target     string       `json:"target"`
	Document   undoDocument `json:"document"`
	Time       time.Time    `json:"time"`
	Notes      []string     `json:"notes,omitempty"`
	Records    []undoRecord `json:"records"`
}

const (
	undoKind    = "undo"
	undoVersion = 1
)

type undoDocument struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
}

// undoRecord is a record as it was: values by slot.
type undoRecord struct {
	Resource string                     `json:"resource"`
	ID       string                     `json:"id"`
	Values   map[string]json.RawMessage `json:"values"`
}

// undoLine has one of its members.
type undoLine struct {
	Send   *undoSend   `json:"send,omitempty"`
	Answer *undoAnswer `json:"answer,omitempty"`
	Leave  *undoLeave  `json:"leave,omitempty"`
	Take   *undoRecord `json:"take,omitempty"` // a record that was found, as it was
	Making *undoMaking `json:"making,omitempty"`
	Made   *undoMade   `json:"made,omitempty"`
}

// undoKey names a record.
type undoKey struct {
	Resource string `json:"resource"`
	ID       string `json:"id"`
}

// undoMaking tells that a record is about to be made: where, and with which values, by which it can be found.
type undoMaking struct {
	Number    int                        `json:"number"`
	Operation string                     `json:"operation"`
	ID        string                     `json:"id,omitempty"` // where the request names what it makes
	Owner     *undoKey                   `json:"owner,omitempty"`
	Values    map[string]json.RawMessage `json:"values,omitempty"`
}

// undoMade tells which record the making of that number made, or that it was refused.
type undoMade struct {
	Number  int    `json:"number"`
	ID      string `json:"id,omitempty"`
	Refused bool   `json:"refused,omitempty"`
}

// undoSend tells what is about to be sent.
type undoSend struct {
	Resource string                     `json:"resource"`
	ID       string                     `json:"id"`
	Values   map[string]json.RawMessage `json:"values,omitempty"`
	// Blind names properties that are set and cannot be read.
	Blind []string `json:"blind,omitempty"`
	// Unclear: what it changes cannot be told; it may remove any property.
	Unclear bool `json:"unclear,omitempty"`
}

// undoAnswer tells what the target made of it: slots that came back as sent, and other values that came of it.
type undoAnswer struct {
	Resource string                     `json:"resource"`
	ID       string                     `json:"id"`
	Took     []string                   `json:"took,omitempty"`
	Made     map[string]json.RawMessage `json:"made,omitempty"`
}

// undoLeave tells of a record that failed the proof.
type undoLeave struct {
	Resource string `json:"resource"`
	ID       string `json:"id"`
	Reason   string `json:"reason"`
	// Changed: the proof changed it.
	Changed bool `json:"changed,omitempty"`
}

func textOf(values slots) map[string]json.RawMessage {
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]json.RawMessage, len(values))
	for slot, v := range values {
		out[slot] = strictjson.Append(nil, v)
	}
	return out
}

// undoHeader is the first line for the records that could be read.
func (b *restorer) undoHeader(target *url.URL) undoHeader {
	h := undoHeader{
		Understudy: undoKind, Version: undoVersion, Target: withoutCredentials(target), Time: b.set.Clock().UTC(),
		Document: undoDocument{b.doc.Name(), b.doc.Hash}, Notes: b.notes, Records: []undoRecord{},
	}
	for _, rec := range b.held {
		if rec.left == "" {
			values := textOf(rec.taken)
			if values == nil {
				values = map[string]json.RawMessage{}
			}
			h.Records = append(h.Records, undoRecord{rec.key.resource.Name, rec.key.id, values})
		}
	}
	return h
}

func withoutCredentials(u *url.URL) string {
	plain := *u
	plain.User = nil
	return plain.String()
}

// undoFile is an undo file that is being written; nil writes nothing.
type undoFile struct {
	path string
	mu   sync.Mutex
	file *os.File
}

// createUndo writes the header to a file that is not there yet: all of it or nothing. The error is a *UsageError.
func createUndo(path string, h undoHeader) (*undoFile, error) {
	if path == "" {
		return nil, usage("an undo file must be named, so that records can be put back after a crash")
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	if err := placeNew(path, append(text, '\n')); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, usage("undo file %s is there already, so an earlier run may not have put its records back: run "+
				"understudy restore %s first, or name another file", path, path)
		}
		return nil, usage("undo file %s cannot be written, so nothing is changed: %v", path, cause(err))
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, usage("undo file %s cannot be written, so nothing is changed: %v", path, cause(err))
	}
	return &undoFile{path: path, file: f}, nil
}

// placeNew makes a file appear whole and on the disk, or not at all; it never replaces one.
func placeNew(path string, text []byte) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".understudy-undo-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		// A file system without links: the name is taken first, so that no other file is lost.
		claim, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_ = claim.Close()
		if err := os.Rename(tmp.Name(), path); err != nil {
			_ = os.Remove(path)
			return err
		}
	}
	syncDirectory(dir)
	return nil
}

// syncDirectory makes a new name last. Not every system lets a directory be synced, and none loses data by it.
func syncDirectory(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// append writes a line with one write, so that a process that is killed leaves whole lines or an end without a newline.
func (u *undoFile) append(line undoLine) error {
	if u == nil {
		return nil
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, err := u.file.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("undo file %s cannot be written, so nothing more is sent: %w", u.path, cause(err))
	}
	return nil
}

// close ends the writing; remove also takes the file away.
func (u *undoFile) close() {
	if u != nil {
		_ = u.file.Close()
	}
}

func (u *undoFile) remove() error {
	u.close()
	if u == nil {
		return nil
	}
	return os.Remove(u.path)
}

// cause is what happened to a file, without its name, which may be a temporary one.
func cause(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	if l := new(os.LinkError); errors.As(err, &l) {
		return l.Err
	}
	return err
}
