package mockserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// stateFile is what the server knows of the file it loaded its state from, or saved it to.
type stateFile struct {
	mu       sync.Mutex
	path     string   // "" where there is none
	there    bool     // it was there when it was last read or written
	sum      [32]byte // of its content then
	conflict string   // where the state went when somebody else had changed the file
}

func (f *stateFile) name() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.path
}

// LoadState replaces the state of every session by that in a file; a missing file is an empty state. The file is what
// the control API saves to from then on.
//
// The error says what is wrong with the file: it cannot be read, is damaged (line and column), belongs to another
// document or seed, or holds what the document or the bounds do not allow. Then nothing is loaded.
func (s *Server) LoadState(path string) error {
	s.stateFile.mu.Lock()
	defer s.stateFile.mu.Unlock()
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("state file %q: %w", path, err)
	}
	text, err := readStateFile(path, s.bounds.State)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return fmt.Errorf("state file %q: %w", path, err)
	}
	if dir, err := os.Stat(filepath.Dir(path)); missing && (err != nil || !dir.IsDir()) {
		return fmt.Errorf("state file %q: there is no directory %q to write it to; make it first", path, filepath.Dir(path))
	}
	loaded := map[string]*session{}
	if !missing {
		if loaded, err = s.readState(text); err != nil {
			return fmt.Errorf("state file %q: %w", path, err)
		}
	}
	s.sessions.replace(loaded)
	s.stateFile.path, s.stateFile.there, s.stateFile.sum = path, !missing, sha256.Sum256(text)
	return nil
}

func readStateFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, bare(err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("it is larger than %d bytes; raise the limit with --max-state", limit)
	}
	return text, nil
}

// bare is a file error without the path, which the message has already.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// readState reads the text of a state file into new sessions.
func (s *Server) readState(text []byte) (map[string]*session, error) {
	v, err := strictjson.Decode(text, wideOpen)
	if err != nil {
		return nil, fmt.Errorf("it is damaged: %w", err)
	}
	if o, ok := v.(map[string]any); !ok || o["understudy"] != "state" {
		return nil, errors.New("it is no state file of understudy")
	}
	found, err := checkState("StateFile", v)
	if err != nil {
		return nil, err
	}
	text = strictjson.Compact(text)
	if len(found) == 0 {
		found = s.foreignState(text)
	}
	if len(found) > 0 {
		return nil, stateFault(found)
	}
	return s.readSessions(text)
}

// checkState holds a state against its schema in the document of the control API.
func checkState(schema string, v any) ([]spec.Finding, error) {
	doc, err := controlDocument()
	if err != nil {
		return nil, err
	}
	return doc.SchemaAt("/components/schemas/"+schema).Check(v, spec.In)
}

func (s *Server) readSessions(text []byte) (map[string]*session, error) {
	ms, _ := membersOf(memberAt(text, "sessions"))
	loaded := map[string]*session{}
	var found []spec.Finding
	total := usage{}
	for _, m := range ms {
		made, changes, more, err := s.readSession(m.value)
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			f.Pointer = strictjson.Pointer("sessions", m.name) + f.Pointer
			found = append(found, f)
		}
		one := newSession(m.name, &s.sessions.budget)
		one.lastUsed.Store(s.set.clock().UnixNano())
		one.load(made, changes)
		total = total.plus(one.used())
		loaded[m.name] = one
	}
	beside := 1 // the default session is always there
	if loaded[defaultSession] != nil {
		beside = 0
	}
	switch {
	case len(found) > 0:
		return nil, stateFault(found)
	case len(loaded)+beside > s.bounds.Sessions:
		return nil, fmt.Errorf("it holds %d sessions, more than --max-sessions allows", len(loaded))
	case total.changes > s.bounds.Changes:
		return nil, fmt.Errorf("it holds %d changed records, more than --max-changes allows", total.changes)
	case total.size > s.bounds.Memory:
		return nil, fmt.Errorf("its changed records take %d bytes, more than --max-memory allows", total.size)
	}
	s.sessions.budget.charge(total)
	return loaded, nil
}

// stateFault is what findings about a file say, as one error.
func stateFault(found []spec.Finding) error {
	f := found[0]
	text := fmt.Sprintf("at %s: want %s, got %s", f.Pointer, f.Expected, f.Actual)
	if f.Hint != "" {
		text += "; " + f.Hint
	}
	if n := len(found) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return errors.New(text)
}

// SaveState writes the state of every session that is not at the dataset to a file: whole or not at all, in place of
// what the server loaded from there or wrote before.
//
// A file that somebody else wrote since, or that was never read, is left as it is: the state is written beside it, and
// the error says where.
func (s *Server) SaveState(path string) error {
	_, err := s.saveState(path)
	return err
}

func (s *Server) saveState(path string) (control.Saved, error) {
	s.stateFile.mu.Lock()
	defer s.stateFile.mu.Unlock()
	path, err := filepath.Abs(path)
	if err != nil {
		return control.Saved{}, fmt.Errorf("state file %q: %w", path, err)
	}
	state := control.StateFile{StateHeader: s.stateHeader(), Sessions: map[string]control.SessionState{}}
	saved := control.Saved{File: path}
	for _, one := range s.sessions.list() {
		export, changes := exportSession(one)
		if changes > 0 || export.Made > 0 {
			state.Sessions[one.name] = export
			saved.Sessions++
			saved.Changes += changes
		}
	}
	if err := s.stateFile.write(path, lines(encode(state))); err != nil {
		return control.Saved{}, fmt.Errorf("state file %q: %w", path, err)
	}
	return saved, nil
}

// lines is JSON text with one member or element a line, so that versions of a file compare well.
func lines(text []byte) []byte {
	var b bytes.Buffer
	_ = json.Indent(&b, text, "", "  ") // the text is our own
	b.WriteByte('\n')
	return b.Bytes()
}
