package contract_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// TestWhoseValueItIs: by what an undo file says was sent, a restore tells our values from somebody else's.
func TestWhoseValueItIs(t *testing.T) {
	t.Parallel()
	const (
		send   = `{"send":{"resource":"books","id":"book_1","values":{`
		answer = `{"answer":{"resource":"books","id":"book_1",`
		leave  = `{"leave":{"resource":"books","id":"book_1","reason":"r"`
	)
	type lines = []string
	for name, c := range map[string]struct {
		lines lines
		now   string // what is there instead of what was taken
		ours  bool
	}{
		"nothing was sent":          {nil, `"title":"x"`, false},
		"the last one sent":         {lines{send + `"title":"x"}}}`}, `"title":"x"`, true},
		"one that was not answered": {lines{send + `"title":"x"}}}`, answer + `"took":["title"]}}`, send + `"title":"y"}}}`}, `"title":"y"`, true},
		"the one before that":       {lines{send + `"title":"x"}}}`, answer + `"took":["title"]}}`, send + `"title":"y"}}}`}, `"title":"x"`, true},
		"one that was replaced": {lines{
			send + `"title":"x"}}}`, answer + `"took":["title"]}}`, send + `"title":"y"}}}`,
			answer + `"took":["title"]}}`,
		}, `"title":"x"`, false},
		"one that was replaced, and nobody else would set": {lines{
			send + `"title":"a longer title"}}}`, answer + `"took":["title"]}}`,
			send + `"title":"y"}}}`, answer + `"took":["title"]}}`,
		}, `"title":"a longer title"`, true},
		"another property's":     {lines{send + `"title":"7"}}}`}, `"lent":"7"`, false},
		"what was made of it":    {lines{send + `"pages":7}}}`, answer + `"made":{"pages":14}}}`}, `"pages":14`, true},
		"what else it may be":    {lines{send + `"pages":7}}}`}, `"pages":14`, false},
		"merged in":              {lines{send + `"meta":{"b":2}}}}`}, `"meta":{"a":1,"b":2}`, true},
		"put in its place":       {lines{send + `"meta":{"b":2}}}}`}, `"meta":{"b":2}`, true},
		"beside what was sent":   {lines{send + `"meta":{"b":2}}}}`}, `"meta":{"c":3}`, false},
		"removed by nobody":      {lines{send + `"pages":7}}}`}, `"title":null`, false},
		"removed by who knows":   {lines{`{"send":{"resource":"books","id":"book_1","unclear":true}}`}, `"title":null`, true},
		"left alone":             {lines{leave + `}}`}, `"title":"x"`, true},
		"left alone, yet spoilt": {lines{send + `"title":"x"}}}`, leave + `,"changed":true}}`}, `"title":"x"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const was = `"lent":"me","meta":{"a":1},"pages":320,"title":"Emma"`
			b := newBooks(map[string]string{"book_1": "{" + was + "}"})
			s := b.stand(t, shelfDocument(t, "patch"))
			if err := json.Unmarshal([]byte("{"+c.now+"}"), new(b.records["book_1"])); err != nil {
				t.Fatal(err)
			}
			there := b.record("book_1")
			text := `{"understudy":"undo","version":1,"target":"` + s.front.URL + `","document":{"name":"shelf.yaml","hash":"` + s.doc.Hash +
				`"},"time":"2026-01-05T09:00:00Z","records":[{"resource":"books","id":"book_1","values":{` + was + `}}]}` + "\n" +
				strings.Join(append(c.lines, ""), "\n")
			if err := os.WriteFile(s.undo, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			got := s.restore(contract.Settings{})
			if !c.ours {
				property := strings.Split(c.now, `"`)[1]
				if rec := s.wantOpen(got, "book_1", contract.NotBack, property); !rec.Properties[0].Conflict || b.record("book_1") != there {
					t.Errorf("%+v: %s", rec, b.record("book_1"))
				}
				return
			}
			s.wantDone(got)
			want := "{" + was + "}"
			if strings.HasPrefix(name, "left alone") && !strings.HasSuffix(name, "spoilt") {
				want = there
			}
			if now := b.record("book_1"); now != want {
				t.Errorf("%s, want %s", now, want)
			}
			if len(got.Notes) > 0 {
				t.Errorf("%q", got.Notes)
			}
		})
	}
}
