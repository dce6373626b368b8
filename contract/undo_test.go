package contract_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// childVariable makes the test binary the process that is killed: it holds a childOrder.
const childVariable = "UNDERSTUDY_TEST_RESTORE_CHILD"

type childOrder struct {
	URL  string
	Undo string
	IDs  map[string][]string
}

// TestKilledChild is the process that TestKilled kills; on its own it does nothing.
func TestKilledChild(t *testing.T) {
	text, there := os.LookupEnv(childVariable)
	if !there {
		return
	}
	var o childOrder
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	r, err := contract.NewRunner(commerce(), contract.Target{URL: o.URL, IDs: o.IDs}, contract.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.RunRestoring(t.Context(), o.Undo, nil)
	t.Fatal("it was not killed", err)
}

// TestKilled kills a run while its updates are under way, and puts back what it left by its undo file.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		update  int32 // that it is killed at
		applied bool  // whether the target still takes that update
	}{
		"in the proof":           {2, true},
		"early":                  {12, true},
		"before it was taken":    {60, false},
		"after it was taken":     {61, true},
		"while two are sent":     {395, true},
		"among the last refused": {420, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kill, killed := make(chan struct{}), make(chan struct{})
			var updates atomic.Int32
			s := mockStand(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if body := bodyOf(r); body != "{}" && body != "" && updates.Add(1) >= c.update {
						if updates.Load() == c.update {
							close(kill)
						}
						<-killed
						if !c.applied {
							return
						}
					}
					next.ServeHTTP(w, r)
				})
			})
			before := s.records()
			killRun(t, s, kill, killed)
			var owner string
			if c.update > 20 {
				s.patch("/calls/"+s.ids["calls"][1], `{"note":"changed by somebody else"}`)
				owner = s.ids["calls"][1]
			}
			updates.Store(-1 << 30)
			got := s.restore(contract.Settings{})
			if owner != "" {
				rec := s.wantOpen(got, owner, contract.NotBack, "note")
				if !rec.Properties[0].Conflict {
					t.Errorf("%+v", rec)
				}
				got = s.restore(contract.Settings{Overwrite: true})
			}
			s.wantDone(got)
			s.wantRecords(before)
		})
	}
}

// killRun starts a run in a process of its own and kills it when it is told to.
func killRun(t *testing.T, s *stand, kill <-chan struct{}, killed chan<- struct{}) {
	t.Helper()
	order, err := json.Marshal(childOrder{s.front.URL + s.base, s.undo, s.ids})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// The end of the context is SIGKILL.
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledChild$", "-test.count=1")
	cmd.Env = append(os.Environ(), childVariable+"="+string(order))
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-kill:
		cancel()
		<-ended
	case err := <-ended:
		t.Fatalf("it ended by itself: %v\n%s", err, out.String())
	}
	close(killed)
}

func TestUndoFileIsNeverReplaced(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	if err := os.WriteFile(s.undo, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := s.records()
	for path, want := range map[string]string{
		s.undo: "is there already", "": "must be named", filepath.Join(s.undo, "below"): "cannot be written",
	} {
		res, err := s.runner(fewChecks).RunRestoring(t.Context(), path, nil)
		if !contract.IsUsage(err) || !strings.Contains(err.Error(), want) || res != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
	if text, err := os.ReadFile(s.undo); string(text) != "mine" {
		t.Errorf("%q %v", text, err)
	}
	s.wantRecords(before)
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(s.undo), ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestDamagedUndoFile(t *testing.T) {
	t.Parallel()
	s := mockStand(t, nil)
	const header = `{"understudy":"undo","version":1,"target":"http://127.0.0.1:1/api","document":{"name":"a","hash":"b"},` +
		`"time":"2026-01-05T09:00:00Z","records":[{"resource":"calls","id":"call_3d9k2j8s7d2k","values":{"note":"a"}}]}`
	short := header[:len(header)-3]
	for text, want := range map[string]string{
		"":       ":1: this is no undo file",
		"hello":  ":1: this is no undo file",
		"{}\n":   ":1: this is no undo file",
		`[1]`:    ":1: this is no undo file",
		"\n{}\n": ":1: this is no undo file",
		strings.Replace(header, `"version":1`, `"version":2`, 1) + "\n": ":1: this undo file is of version 2",
		strings.Replace(header, `"time"`, `"tmie"`, 1) + "\n":           ":1: the line is damaged",
		short: ":1: this is no undo file",
		strings.Replace(header, `"calls"`, `"cells"`, 1) + "\n":             `:1: the document has no resource "cells"`,
		strings.Replace(header, `"calls"`, `"SalesRep"`, 1) + "\n":          `:1: the document has no way`,
		strings.Replace(header, `"note":`, `"no/te":`, 1) + "\n":            `:1: the document has no related record`,
		strings.Replace(header, `http://127.0.0.1:1/api`, `here`, 1) + "\n": `:1: the target is no URL`,
		header + "\nnonsense\n": ":2: the line is damaged",
		header + "\n{}\n":       ":2: the line is damaged",
		header + "\n" + `{"send":{"resource":"calls","id":"x"}}` + "\n":                                                  `:2: line 1 has no record "x"`,
		header + "\n" + `{"send":{"resource":"calls","id":"x","value":1}}` + "\n":                                        ":2: the line is damaged",
		header + "\n" + `{"leave":{}}{}` + "\n":                                                                          ":2: the line is damaged",
		header + "\n" + `{"leave":{"resource":"calls","id":"call_3d9k2j8s7d2k","reason":"r"}}` + "\n" + `{"send"` + "\n": ":3: the line is damaged",
	} {
		path := filepath.Join(t.TempDir(), "undo.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := contract.RestoreFile(t.Context(), commerce(), path, s.target(), contract.Settings{})
		if !contract.IsUsage(err) || !strings.HasPrefix(err.Error(), path+want) {
			t.Errorf("%q\n%v, want %s", text, err, want)
		}
		if now, _ := os.ReadFile(path); string(now) != text {
			t.Errorf("%q was changed to %q", text, now)
		}
	}
	_, err := contract.RestoreFile(t.Context(), commerce(), filepath.Join(t.TempDir(), "none"), s.target(), contract.Settings{})
	if !contract.IsUsage(err) {
		t.Error(err)
	}
}

// A line that the end of the process cut short was written before its update was sent, so it stands for nothing.
func TestCutUndoFile(t *testing.T) {
	t.Parallel()
	l := &later{do: func(w http.ResponseWriter, _ *http.Request, body string) bool {
		if body == "{}" {
			return false
		}
		http.Error(w, "{}", http.StatusConflict)
		return true
	}}
	s := mockStand(t, l.through)
	before := s.records()
	r := s.runner(fewChecks)
	if _, err := r.RunRestoring(t.Context(), s.undo, atTheEnd(r, func() { l.on.Store(true) })); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(s.undo)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.undo, append(text, `{"send":{"resource":"ca`...), 0o600); err != nil {
		t.Fatal(err)
	}
	s.restore(contract.Settings{}) // fails, and goes on with the file
	l.on.Store(false)
	s.wantDone(s.restore(contract.Settings{}))
	s.wantRecords(before)
}
