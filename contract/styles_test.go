package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// style is a published manner of HTTP APIs: testdata/styles has a small document in it.
type style struct {
	name string
	// inferred has a line for each resource and one for each operation, as inferredFrom writes them.
	inferred []string
	// walk are requests to one mock, one after another.
	walk []step
}

// step is a request, and what its answer is. "$name" in path, body and has is what an earlier step kept under that name.
type step struct {
	request string // "POST /things"
	body    string // JSON, unless media says otherwise
	media   string
	status  int
	has     []string // texts that the answer's header and body have
	lacks   []string
	keep    map[string]string // name to JSON pointer in the answer
}

// TestStyles: for each manner, what is inferred, what a client sees who walks through it, and that the mock keeps its document.
func TestStyles(t *testing.T) {
	t.Parallel()
	for _, s := range styles {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", "styles", s.name+".yaml")
			d := loadStyle(t, s.name)
			if diff := cmp.Diff(s.inferred, inferredFrom(d)); diff != "" {
				t.Error(diff)
			}
			s.take(t, d)
			for _, o := range verifyOwnMock(t, file).result.Outcomes {
				if o.Status != contract.Passed && o.Status != contract.Skipped {
					t.Errorf("%s: %s %s %v", o.Check.Name, o.Status, o.Reason, o.Findings)
				}
			}
		})
	}
}

// take walks through a style.
func (s style) take(t *testing.T, d *spec.Document) {
	t.Helper()
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mock)
	defer srv.Close()
	kept := []string{}
	for _, w := range s.walk {
		fill := strings.NewReplacer(kept...)
		method, path, _ := strings.Cut(fill.Replace(w.request), " ")
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+mock.BasePath()+path, strings.NewReader(fill.Replace(w.body)))
		if err != nil {
			t.Fatal(err)
		}
		if w.body != "" {
			req.Header.Set("Content-Type", w.media)
			if w.media == "" {
				req.Header.Set("Content-Type", "application/json")
			}
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(res.Header) + strings.ReplaceAll(string(body), srv.URL, "")
		if res.StatusCode != w.status {
			t.Errorf("%s: %d, want %d: %s", fill.Replace(w.request), res.StatusCode, w.status, body)
		}
		for _, want := range w.has {
			if !strings.Contains(text, fill.Replace(want)) {
				t.Errorf("%s: no %s in %s", fill.Replace(w.request), fill.Replace(want), text)
			}
		}
		for _, not := range w.lacks {
			if strings.Contains(text, fill.Replace(not)) {
				t.Errorf("%s: %s in %s", fill.Replace(w.request), fill.Replace(not), text)
			}
		}
		v, _ := strictjson.Decode(body, strictjson.Limits{Depth: 100, Elements: 100_000})
		for name, pointer := range w.keep {
			one, there := strictjson.Resolve(v, pointer)
			if !there {
				t.Fatalf("%s: no %s in %s", w.request, pointer, body)
			}
			kept = append(kept, "$"+name, strings.ReplaceAll(fmt.Sprint(one), srv.URL, ""))
		}
	}
}

// inferredFrom says what is inferred from a document: "things by id of shelves", and "list GET /things" with where the records
// sit, what pages are asked for by, what is told of them, and what is not followed.
func inferredFrom(d *spec.Document) []string {
	var out []string
	for _, r := range d.Resources {
		line := strings.TrimSuffix(r.Name+" by "+r.ID.String(), " by ")
		if r.Part {
			line += ", a part"
		}
		if r.Of != nil {
			line += " of " + r.Of.Name
		}
		if r.Parent != nil {
			line += " of " + r.Parent.Resource.Name
		}
		out = append(out, line)
	}
	for _, o := range d.Operations {
		out = append(out, "  "+inferredOf(o))
	}
	return out
}

func inferredOf(o *spec.Operation) string {
	line := fmt.Sprintf("%s %s %s", o.Action, o.Method, o.Path)
	if _, res := o.SuccessResponse(); res != nil && res.Envelope != nil && len(res.Envelope.Path) > 0 {
		line += ", shows " + strings.Join(res.Envelope.Path, "/")
	}
	if o.Body != nil && len(o.Body.Content[0].RecordPath()) > 0 {
		line += ", takes " + strings.Join(o.Body.Content[0].RecordPath(), "/")
	}
	l := o.List
	if l == nil {
		return line
	}
	if len(l.Path) > 0 {
		line += ", lists " + strings.Join(l.Path, "/")
	}
	var by, tells []string
	for _, p := range []*spec.Parameter{l.Limit, l.Offset, l.Page, l.Cursor, l.Before, l.Sort, l.Direction} {
		if p != nil {
			by = append(by, p.Name)
		}
	}
	for _, f := range l.Filters {
		by = append(by, f.Param.Name)
	}
	for _, f := range l.Facts {
		tells = append(tells, fmt.Sprintf("%s (%s)", strings.Join(f.Path, "/"), f.Role))
	}
	for _, p := range l.Ignored() {
		tells = append(tells, "not "+p.Name)
	}
	if len(by) > 0 {
		line += ", by " + strings.Join(by, " ")
	}
	return strings.Join(slices.Concat([]string{line}, tells), ", ")
}
