package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// exception is a failure that is known, for a reason.
type exception struct {
	document, code, operation, status, reason string

	file string
	line int
	met  int
}

// readExceptions reads the table of exceptions. The error names the line.
func readExceptions(path string) ([]*exception, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []*exception
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := lines.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		columns := strings.Split(text, "\t")
		if len(columns) != 5 || columns[4] == "" {
			return nil, fmt.Errorf("%s:%d: want document, code, operation, status and reason, separated by tabs", path, n)
		}
		out = append(out, &exception{columns[0], columns[1], columns[2], columns[3], columns[4], path, n, 0})
	}
	return out, lines.Err()
}

func (e *exception) covers(document string, f failure) bool {
	return e.document == document && e.code == f.code && (e.operation == "*" || e.operation == f.operation) &&
		(e.status == "*" || e.status == strconv.Itoa(f.status) ||
			strings.HasSuffix(e.status, "XX") && e.status[0] == byte('0'+f.status/100))
}

// report is what a run of the tester found.
type report struct {
	operations map[string]bool // tested, by "PATCH /things/{id}"
	successes  map[string]int
	cases      int
	failures   []failure
}

type failure struct {
	operation, code, title, message string
	status                          int
	request, answer                 string
}

// event is one line of the tester's report, as far as it matters here.
type event struct {
	ScenarioFinished *struct {
		Recorder struct {
			Label  string
			Checks map[string][]struct {
				Status      string
				FailureInfo struct {
					Failure struct{ Code, Operation, Title, Message string }
				} `json:"failure_info"`
			}
			Interactions map[string]interaction
		}
	}
	NonFatalError *struct{ Value json.RawMessage }
}

type interaction struct {
	Request struct {
		Method, URI string
		Body        struct {
			Base64 []byte `json:"$base64"`
		}
	}
	Response *struct {
		StatusCode int `json:"status_code"`
		Content    struct {
			Base64 []byte `json:"$base64"`
		}
	}
}

func newReport() *report { return &report{operations: map[string]bool{}, successes: map[string]int{}} }

func (r *report) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("no report was written: %w", err)
	}
	defer f.Close()
	return r.read(f)
}

// read adds what a report says.
func (r *report) read(in io.Reader) error {
	d := json.NewDecoder(in)
	events := 0
	for ; ; events++ {
		var e event
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("the report cannot be read: %w", err)
		}
		if e.NonFatalError != nil {
			r.failures = append(r.failures, failure{code: "error", message: string(e.NonFatalError.Value)})
		}
		if e.ScenarioFinished != nil {
			r.scenario(e)
		}
	}
	if events == 0 {
		return errors.New("the report is empty")
	}
	return nil
}

func (r *report) scenario(e event) {
	rec := e.ScenarioFinished.Recorder
	if len(rec.Interactions) > 0 {
		r.operations[rec.Label] = true
	}
	r.cases += len(rec.Interactions)
	for id, i := range rec.Interactions {
		if i.Response != nil && i.Response.StatusCode >= 200 && i.Response.StatusCode < 300 {
			r.successes[rec.Label]++
		}
		for _, c := range rec.Checks[id] {
			if c.Status != "failure" {
				continue
			}
			f := c.FailureInfo.Failure
			found := failure{
				operation: f.Operation, code: f.Code, title: f.Title, message: f.Message,
				request: fmt.Sprintf("%s %s %.300s", i.Request.Method, i.Request.URI, i.Request.Body.Base64),
			}
			if i.Response != nil {
				found.status = i.Response.StatusCode
				found.answer = fmt.Sprintf("%.1000s", i.Response.Content.Base64)
			}
			r.failures = append(r.failures, found)
		}
	}
}

// judge counts the failures that no exception covers, and shows the first few of each kind.
func judge(document string, r *report, known []*exception, stdout io.Writer) int {
	unlisted := 0
	shown := map[string]int{}
	for _, f := range r.failures {
		listed := false
		for _, e := range known {
			if e.covers(document, f) {
				e.met++
				listed = true
			}
		}
		if listed {
			continue
		}
		unlisted++
		kind := f.operation + f.code + strconv.Itoa(f.status)
		if shown[kind]++; shown[kind] <= 2 {
			fmt.Fprintf(stdout, "%s: %s %s, status %d: %s\n  %s\n  sent %q\n  got  %q\n", document, f.operation, f.code, f.status,
				f.title, strings.ReplaceAll(strings.TrimSpace(f.message), "\n", "\n  "), f.request, f.answer)
		}
	}
	return unlisted
}
