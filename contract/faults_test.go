package contract_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

// fault is one way in which a server can be wrong.
type fault struct {
	// name says what the server does.
	name string
	// kinds are those of the checks that it touches; the one that reports it first is among them.
	kinds []contract.Kind
	// rule and level are those of the first finding, in the order of reports.
	rule  string
	level spec.Level
	build builder
	set   contract.Settings
	// field is the one that is touched, where it is one of one operation; checks of the other are left out.
	field string
	// notRun: nothing is found, as nothing was learned; the checks say that they did not run.
	notRun bool
	// missed is why no check can see it; such a fault stays in the list.
	missed string
}

var (
	answers  = []contract.Kind{contract.Answers}
	accepts  = []contract.Kind{contract.Accepts}
	updates  = []contract.Kind{contract.Updates}
	lasts    = []contract.Kind{contract.Lasts}
	refuses  = []contract.Kind{contract.Refuses}
	isolates = []contract.Kind{contract.Isolates}
	unknown  = []contract.Kind{contract.Unknown}
	relates  = []contract.Kind{contract.Relates}
	manners  = []contract.Kind{contract.Manners}
	creates  = []contract.Kind{contract.Creates}
	lists    = []contract.Kind{contract.Lists}
	deletes  = []contract.Kind{contract.Deletes}
	secures  = []contract.Kind{contract.Secures}
)

// and joins kinds.
func and(kinds ...[]contract.Kind) []contract.Kind { return slices.Concat(kinds...) }

// allFaults is the catalogue.
func allFaults() []fault {
	return slices.Concat(answerFaults(), acceptFaults(), refuseFaults(), effectFaults(), otherFaults(), shopFaults(), callFaults())
}

// everything says that each fault meets the whole suite, and not only the kinds of check that it touches.
var everything = os.Getenv("UNDERSTUDY_ALL_FAULTS") == "1"

var update = flag.Bool("update", false, "write docs/faults.md anew")

// verdict is what the suite said of a fault.
type verdict struct {
	check *contract.Check
	first *spec.Finding
	not   int // checks that did not run
}

// judge finds the first finding in the order of reports: kind by kind, then by name.
func judge(res *contract.Result) verdict {
	out := slices.Clone(res.Outcomes)
	slices.SortStableFunc(out, func(a, b contract.Outcome) int {
		return cmp.Or(slices.Index(contract.Kinds(), a.Check.Kind)-slices.Index(contract.Kinds(), b.Check.Kind),
			strings.Compare(a.Check.Name, b.Check.Name))
	})
	v := verdict{not: res.Count(contract.NotRun)}
	for _, o := range out {
		if o.Status == contract.Failed {
			v.check, v.first = o.Check, &o.Findings[0]
			return v
		}
	}
	return v
}

func TestFaults(t *testing.T) {
	t.Parallel()
	verdicts := map[string]verdict{}
	var mu sync.Mutex
	t.Run("each", func(t *testing.T) {
		for _, f := range allFaults() {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				v := f.try(t)
				mu.Lock()
				defer mu.Unlock()
				if _, twice := verdicts[f.name]; twice {
					t.Errorf("two faults are called %q", f.name)
				}
				verdicts[f.name] = v
			})
		}
	})
	if len(verdicts) != len(allFaults()) {
		return // some were left out by -run
	}
	t.Run("every rule and kind", func(t *testing.T) { covers(t, verdicts) })
	t.Run("docs", func(t *testing.T) { documented(t, verdicts) })
}

// try runs the suite against the fault, strictly.
func (f fault) try(t *testing.T) verdict {
	set := f.set
	set.Strict = true
	if !everything {
		for _, k := range f.kinds {
			set.Only = append(set.Only, string(k))
		}
		set.Skip = elsewhere(f.field)
	}
	v := judge(run(t, f.build(t), set))
	switch {
	case f.missed != "" && v.first != nil:
		t.Errorf("it is caught now, by %q: %s", v.check.Name, v.first)
	case f.missed != "":
	case f.notRun && (v.first != nil || v.not == 0):
		t.Errorf("want checks that do not run and no finding, got %d and %v", v.not, v.first)
	case f.notRun:
	case v.first == nil:
		t.Errorf("nothing is found; want %s", f.rule)
	case v.first.Rule != f.rule || v.first.Level != f.level:
		t.Errorf("the first finding is of rule %s (%s), by %q; want %s (%s)\n  %s", v.first.Rule, v.first.Level, v.check.Name,
			f.rule, f.level, v.first)
	}
	return v
}

// elsewhere are the operations that a field is not of.
func elsewhere(field string) []string {
	collection, name, qualified := strings.Cut(field, ".")
	if !qualified {
		name = field
	}
	call, meeting := fields["calls"][name] != nil, fields["meetings"][name] != nil
	switch {
	case collection == "call" || call && !meeting:
		return []string{"updateMeeting"}
	case collection == "meeting" || meeting && !call:
		return []string{"updateCall"}
	}
	return nil
}

// covers fails for a kind of check, for a rule that checks test and for a rule of findings that no fault is reported
// first by.
func covers(t *testing.T, verdicts map[string]verdict) {
	if everything {
		t.Skip("where every check runs, one of another kind can be the first to report a fault")
	}
	kinds, tested, found := map[contract.Kind]bool{}, map[string]bool{}, map[string]bool{}
	for _, v := range verdicts {
		if v.first != nil {
			kinds[v.check.Kind], tested[v.check.Rule], found[v.first.Rule] = true, true, true
		}
	}
	for _, k := range contract.Kinds() {
		if !kinds[k] {
			t.Errorf("no fault is reported first by a check of kind %s", k)
		}
	}
	rules := map[string]bool{}
	for _, d := range []*spec.Document{commerce(), shopDoc()} {
		for _, c := range contract.Derive(d, fixtures.NewGenerator(fixtures.DefaultNow, spec.In)) {
			rules[c.Rule] = true
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		if !tested[rule] {
			t.Errorf("no fault is reported first by a check of rule %s", rule)
		}
	}
	for _, r := range contract.Rules() {
		if !found[r.Name] {
			t.Errorf("no fault has a first finding of rule %s", r.Name)
		}
	}
}

// documented compares docs/faults.md with what the suite said.
func documented(t *testing.T, verdicts map[string]verdict) {
	if everything {
		t.Skip("the table is made of the runs with the kinds of check that a fault touches")
	}
	file := filepath.Join("..", "docs", "faults.md")
	text := faultTable(verdicts)
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil || string(have) != text {
		t.Errorf("docs/faults.md is not as the suite has it (%v): go test ./contract -run TestFaults -update", err)
	}
}

// faultTable writes the table of faults.
func faultTable(verdicts map[string]verdict) string {
	var caught, blind, missed strings.Builder
	numbers := map[string]int{}
	for _, f := range allFaults() {
		v := verdicts[f.name]
		switch {
		case v.first != nil:
			numbers["caught"]++
			fmt.Fprintf(&caught, "| %s | `%s` | %s | %s | `%s` |\n",
				f.name, v.first.Rule, v.first.Level, v.check.Kind, v.check.Name)
		case f.notRun:
			numbers["blind"]++
			fmt.Fprintf(&blind, "| %s | not run |\n", f.name)
		default:
			numbers["missed"]++
			fmt.Fprintf(&missed, "| %s | %s |\n", f.name, f.missed)
		}
	}
	return fmt.Sprintf(faultPage, len(allFaults()), numbers["caught"], numbers["blind"], numbers["missed"],
		caught.String(), blind.String(), missed.String())
}

const faultPage = `# The faults that the suite finds

Written by ` + "`go test ./contract -run TestFaults -update`" + `; do not edit.

A suite is only as good as the faults it finds. Each of these %d servers is a correct one (the mock, or a small
independent one written against the published pages alone) broken in one way. The suite runs strictly against each: it
reports %d, cannot judge %d, as the answers say nothing of the contract, and cannot see %d.

## Found

The rule, level and check are those of the first finding in the order of reports.

| the server | rule | level | kind | check that reports it first |
|---|---|---|---|---|
%s
## Not run

401, 403, 408, 429, 502 to 504, and 404 for a record that is there, refuse nothing. The checks say "not run", and the
run does not end as a conforming one.

| the server | checks |
|---|---|
%s
## Not found

| the server | why |
|---|---|
%s`

// reply is an answer that a fault may change before it leaves.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// replies changes every answer of the mock.
func replies(change func(r *http.Request, a *reply)) builder {
	return around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			a := &reply{rec.Code, rec.Header(), rec.Body.Bytes()}
			change(r, a)
			a.send(w)
		})
	})
}

func (a *reply) send(w http.ResponseWriter) {
	a.header.Del("Content-Length")
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// around puts a handler around the mock.
func around(wrap func(http.Handler) http.Handler) builder {
	return func(t testing.TB) subject {
		s := theMock(t)
		s.handler = wrap(s.handler)
		return s
	}
}

// successes changes the successes of the mock.
func successes(change func(a *reply)) builder {
	return replies(func(_ *http.Request, a *reply) {
		if a.status < 300 {
			change(a)
		}
	})
}

// bodies changes the bodies of successes, as values.
func bodies(change func(body object) any) builder {
	return successes(func(a *reply) {
		a.body = encode(change(plain(a.body)))
	})
}

// records changes the records in successes.
func records(change func(rec object)) builder {
	return bodies(func(body object) any {
		change(body["data"].(object))
		return body
	})
}

// shows puts a value into every answer that shows the property.
func shows(name string, v any) builder {
	return records(func(rec object) {
		if _, there := rec[name]; there {
			rec[name] = v
		}
	})
}

// requests lets a fault answer a request itself; the mock answers where it returns nil.
func requests(answer func(r *http.Request, body []byte) *reply) builder {
	return around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			r.ContentLength = int64(len(body))
			if a := answer(r, body); a != nil {
				a.send(w)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

// twisted is the independent server with a twist.
func twisted(tw twist) builder {
	return func(testing.TB) subject { return theIndependent(tw) }
}

// says is an answer with a JSON body.
func says(status int, body any) *reply {
	return &reply{status, http.Header{"Content-Type": {"application/json"}}, encode(body)}
}

func plain(text []byte) object {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var o object
	if d.Decode(&o) != nil {
		return nil
	}
	return o
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// builder makes the server of a fault.
type builder func(testing.TB) subject
