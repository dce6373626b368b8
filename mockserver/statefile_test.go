package mockserver

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

func readFile(t testing.TB, path string) string {
	t.Helper()
	return string(ok[[]byte](t)(os.ReadFile(path)))
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	noError(t, os.WriteFile(path, []byte(text), 0o644))
}

// wantError demands an error that says all of the words.
func wantError(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// saved is a state file with changes in three sessions, one of which is at the dataset.
func saved(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "state.json")
	s := play(t, embedded(t))
	noError(t, s.server.LoadState(path))
	s.patch(call, `{"note":"<\u00e9>","rating":4.50,"big":123456789012345678901234567890}`).want(200)
	s.patch("/~two"+meeting, `{"salesRep":{"id":"rep_made","firstName":"Ada"}}`).want(200)
	s.patch("/~idle"+call, `{"rating":9}`).want(422)
	noError(t, s.control(control.WithSession("two")).DeleteRecord(t.Context(), "calls", "call_3d9k2j8s7d2k"))
	noError(t, s.server.SaveState(path))
	return path
}

func TestStateIsKept(t *testing.T) {
	t.Parallel()
	path := saved(t)
	text := readFile(t, path)
	s := play(t, embedded(t))
	noError(t, s.server.LoadState(path))
	s.patch(call, `{}`).want(200).wantAt("/data/rating", "4.50", "/data/big", "123456789012345678901234567890")
	if raw := string(s.patch(call, `{}`).body); !strings.Contains(raw, `"<\u00e9>"`) {
		t.Errorf("the text of a string is not kept: %s", raw)
	}
	s.patch("/~two"+meeting, `{}`).want(200).wantAt("/data/salesRep/firstName", `"Ada"`)
	s.patch("/~two"+call, `{}`).want(404)
	noError(t, s.server.SaveState(path))
	if again := readFile(t, path); again != text {
		t.Errorf("saved\n%s\nafter\n%s", again, text)
	}
	if n := s.server.sessions.budget.used().changes; n != 4 {
		t.Errorf("%d changes counted, want 4", n)
	}
	if strings.Contains(text, "idle") {
		t.Errorf("a session at the dataset is saved: %s", text)
	}
	info := ok[os.FileInfo](t)(os.Stat(path))
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

func TestStateFileIsReadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	s := play(t, load(t, circular), WithSeed(1<<64-1))
	noError(t, s.server.LoadState(path))
	s.control()
	s.send("PUT", "/__understudy/resources/people/records/b", `{"fans": []}`).want(201)
	s.send("PUT", "/__understudy/resources/people/records/a?session=x", `{"id":"a"}`).want(201)
	s.send("DELETE", "/__understudy/resources/people/records/per_aaaa1?session=x", "").want(204)
	s.send("POST", "/__understudy/save", "").want(200).wantAt("/sessions", "2", "/changes", "3")
	want := fmt.Sprintf(`{
  "understudy": "state",
  "version": 1,
  "document": {
    "title": "Circles",
    "hash": %q
  },
  "seed": 18446744073709551615,
  "sessions": {
    "default": {
      "made": 0,
      "changes": {
        "people": {
          "b": {
            "id": "b",
            "fans": []
          }
        }
      }
    },
    "x": {
      "made": 0,
      "changes": {
        "people": {
          "a": {
            "id": "a"
          },
          "per_aaaa1": null
        }
      }
    }
  }
}
`, s.server.doc.Hash)
	if got := readFile(t, path); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStateFileIsRefused(t *testing.T) {
	t.Parallel()
	good := readFile(t, saved(t))
	replace := func(old, now string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in %s", old, good)
		}
		return strings.Replace(good, old, now, 1)
	}
	hash := embedded(t).Hash
	for name, p := range map[string]struct {
		text  string
		words []string
	}{
		"empty":            {"", []string{"damaged"}},
		"cut off":          {good[:len(good)/2], []string{"damaged", "line ", "column "}},
		"trailing":         {good + "x", []string{"damaged"}},
		"duplicate":        {replace(`"made": 0,`, `"made": 0, "made": 0,`), []string{"damaged", "already has a member"}},
		"something else":   {`{"name":"package"}`, []string{"no state file of understudy"}},
		"a list":           {`[]`, []string{"no state file of understudy"}},
		"another version":  {replace(`"version": 1`, `"version": 2`), []string{"/version", "exactly 1", "2"}},
		"another document": {replace(hash, "0123456789abcdef"), []string{"/document/hash", hash, "0123456789abcdef"}},
		"another seed":     {replace(`"seed": 1`, `"seed": 7`), []string{"/seed", "--seed 7"}},
		"unknown member":   {replace(`"seed": 1`, `"seed": 1, "sead": 1`), []string{"/sead"}},
		"capital letters":  {replace(`"made"`, `"Made"`), []string{"/sessions/default/"}},
		"session's name":   {replace(`"two"`, `"t/o"`), []string{"/sessions"}},
		"unknown resource": {replace(`"meetings"`, `"meeting"`), []string{"/two/changes/meeting", `mean "meetings"?`}},
		"broken record":    {replace(`4.50`, `4.55`), []string{"/calls/call_3d9k2j8s7d2k/rating", "4.5 and 4.6"}},
		"another id":       {replace(`"id": "rep_made"`, `"id": "rep_maid"`), []string{"/SalesRep/rep_made/id", "rep_maid"}},
		"an object for id": {replace(`"salesRep": "rep_made"`, `"salesRep": {}`), []string{"/salesRep", "an object"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.json")
			writeFile(t, path, p.text)
			s := play(t, embedded(t))
			s.patch(call, `{"note":"kept"}`).want(200)
			wantError(t, s.server.LoadState(path), append(p.words, path)...)
			s.patch(call, `{}`).wantAt("/data/note", `"kept"`)
			wantProblem(t, errorOf(s.control().Save(t.Context())), 409, reasonNoStateFile)
			if readFile(t, path) != p.text {
				t.Error("the file was touched")
			}
			if entries := ok[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(path))); len(entries) != 1 {
				t.Errorf("files %v", entries)
			}
		})
	}
}

func errorOf[T any](_ T, err error) error { return err }

func TestStateFileKeepsTheBounds(t *testing.T) {
	t.Parallel()
	path := saved(t)
	for flag, b := range map[string]Bounds{
		"--max-changes": {Changes: 3}, "--max-sessions": {Sessions: 1}, "--max-state": {State: 100},
	} {
		s := play(t, embedded(t), WithBounds(b))
		wantError(t, s.server.LoadState(path), flag)
		s.patch(call, `{"note":"x"}`).want(200)
	}
	noError(t, play(t, embedded(t), WithBounds(Bounds{Changes: 4, Sessions: 2})).server.LoadState(path))
}

func TestStateFileOfSomebodyElseIsKept(t *testing.T) {
	t.Parallel()
	start := func(path string) *stage {
		s := play(t, embedded(t))
		noError(t, s.server.LoadState(path))
		s.patch(call, `{"note":"mine"}`).want(200)
		return s
	}
	t.Run("changed since it was loaded", func(t *testing.T) {
		t.Parallel()
		path := saved(t)
		s := start(path)
		writeFile(t, path, "theirs")
		writeFile(t, path+".conflict", "theirs, earlier")
		wantError(t, s.server.SaveState(path), "somebody else", path+".conflict-2")
		problem := wantProblem(t, errorOf(s.control().Save(t.Context())), 409, reasonStateNotSaved)
		if !strings.Contains(problem.Detail, ".conflict-2") {
			t.Errorf("detail %q", problem.Detail)
		}
		if readFile(t, path) != "theirs" || readFile(t, path+".conflict") != "theirs, earlier" {
			t.Error("a file of somebody else was touched")
		}
		noError(t, start(filepath.Join(t.TempDir(), "new.json")).server.LoadState(path+".conflict-2"))
	})
	t.Run("came since it was missing", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "state.json")
		s := start(path)
		writeFile(t, path, "theirs")
		wantError(t, s.server.SaveState(path), path+`.conflict"`)
	})
	t.Run("never read", func(t *testing.T) {
		t.Parallel()
		path := saved(t)
		wantError(t, start(filepath.Join(t.TempDir(), "other.json")).server.SaveState(path), path+`.conflict"`)
	})
	t.Run("gone", func(t *testing.T) {
		t.Parallel()
		path := saved(t)
		s := start(path)
		noError(t, os.Remove(path))
		noError(t, s.server.SaveState(path))
		s.patch(call, `{"note":"again"}`).want(200)
		noError(t, s.server.SaveState(path))
		if !strings.Contains(readFile(t, path), "again") {
			t.Error("not saved")
		}
	})
	t.Run("the same state", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "state.json")
		one, two := start(path), start(path)
		noError(t, one.server.SaveState(path))
		noError(t, two.server.SaveState(path))
	})
}

func TestStateFileKeepsModeAndLink(t *testing.T) {
	t.Parallel()
	path := saved(t)
	noError(t, os.Chmod(path, 0o640))
	link := filepath.Join(t.TempDir(), "link.json")
	noError(t, os.Symlink(path, link))
	s := play(t, embedded(t))
	noError(t, s.server.LoadState(link))
	s.patch(call, `{"note":"through the link"}`).want(200)
	noError(t, s.server.SaveState(link))
	if info := ok[os.FileInfo](t)(os.Lstat(path)); info.Mode() != 0o640 {
		t.Errorf("mode %v, want 0640", info.Mode())
	}
	if !strings.Contains(readFile(t, path), "through the link") {
		t.Error("not saved through the link")
	}
	wantError(t, s.server.LoadState(t.TempDir()), "no regular file")
	wantError(t, s.server.SaveState(filepath.Join(t.TempDir(), "no", "such", "folder")), "no such file or directory")
}

// Saving while updates run must neither race nor tear an update apart.
func TestStateIsSavedWhileUpdatesRun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	s := play(t, embedded(t))
	noError(t, s.server.LoadState(path))
	c := s.control()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { s.patch(fmt.Sprintf("/~s%d%s", i%3, meeting), `{"salesRep":{"extra":1},"extra":1}`).want(200) })
		wg.Go(func() { ok[control.Saved](t)(c.Save(t.Context())) })
		wg.Go(func() { noError(t, c.ResetSession(t.Context(), fmt.Sprintf("s%d", i%3))) })
	}
	wg.Wait()
	ok[control.Saved](t)(c.Save(t.Context()))
	noError(t, play(t, embedded(t)).server.LoadState(path))
	want := int64(0)
	for _, one := range s.server.sessions.list() {
		want += one.changes.Load()
	}
	if n := s.server.sessions.budget.used().changes; n != want {
		t.Errorf("%d changes counted, want %d", n, want)
	}
}

func TestIdleSessionsAreNotSaved(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	path := saved(t)
	s := play(t, embedded(t), withClock(clock, sleep))
	noError(t, s.server.LoadState(path))
	mu.Lock()
	now = now.Add(2 * time.Hour)
	mu.Unlock()
	noError(t, s.server.SaveState(path))
	if text := readFile(t, path); strings.Contains(text, "two") || !strings.Contains(text, "default") {
		t.Errorf("saved %s", text)
	}
}

// What is loaded is saved again, value by value; anything else is refused, and never with a panic.
func FuzzStateFile(f *testing.F) {
	d := load(f, circular)
	for _, text := range []string{
		`{"understudy":"state","version":1,"document":{"title":"Circles","hash":"HASH"},"seed":1,"sessions":{}}`,
		`{"understudy":"state","version":1.0,"document":{"title":"","hash":"HASH"},"seed":1e0,"sessions":{"default":{"made":3,` +
			`"changes":{"people":{"a":{"id":"a","friend":"b","fans":["c"],"x":1.50},"b":null,"per_aaaa1":null}}}}}`,
		`{"understudy":"state","version":1,"document":{"title":"x","hash":"HASH"},"seed":1,"sessions":{"a":{"made":0,` +
			`"changes":{"people":{"":null,"\u0061":{"id":"a","friend":{}}}}},"b":{"made":1.0,"changes":{"people":{}}}}}`,
		`{"understudy":"state"}`, `[]`, ``, `{"understudy":"state","sessions":{"a":{"changes":{"people":{"a":7}}}}}`,
	} {
		f.Add(strings.ReplaceAll(text, "HASH", d.Hash))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := New(d)
		noError(t, err)
		loaded, err := s.readState([]byte(text))
		if err != nil {
			return
		}
		s.sessions.replace(loaded)
		out := control.StateFile{StateHeader: s.stateHeader(), Sessions: map[string]control.SessionState{}}
		out.Document.Title = ""
		for name, one := range loaded {
			out.Sessions[name], _ = exportSession(one)
		}
		got, want := normalState(t, lines(encode(out))), normalState(t, []byte(text))
		if !strictjson.Equal(got, want) {
			t.Errorf("loaded %s, saved %s", text, encode(out))
		}
	})
}

// normalState is a state without what says nothing: the title, sessions at the dataset, resources without changes.
func normalState(t *testing.T, text []byte) any {
	v, err := strictjson.Decode(text, wideOpen)
	noError(t, err)
	top := v.(map[string]any)
	top["document"].(map[string]any)["title"] = ""
	sessions := top["sessions"].(map[string]any)
	for name, one := range sessions {
		changes := one.(map[string]any)["changes"].(map[string]any)
		for resource, records := range changes {
			if len(records.(map[string]any)) == 0 {
				delete(changes, resource)
			}
		}
		if made := uintOf(one.(map[string]any)["made"].(json.Number)); len(changes) == 0 && made == 0 {
			delete(sessions, name)
		}
	}
	return v
}

// A file that could never be written is refused before anything is changed.
func TestStateFileInNoDirectory(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	path := filepath.Join(t.TempDir(), "nowhere", "state.json")
	if err := s.server.LoadState(path); err == nil || !strings.Contains(err.Error(), "make it first") {
		t.Errorf("%v", err)
	}
}
