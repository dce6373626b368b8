package report_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/spec"
)

// received is a request as a server saw it.
type received struct {
	method, uri, contentType, extra, auth string
	body                                  []byte
}

// TestCurlLines pastes every line into a shell and compares what arrives with what was meant.
func TestCurlLines(t *testing.T) {
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, so no line can be run", tool)
		}
	}
	var got received
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = received{r.Method, r.RequestURI, r.Header.Get("Content-Type"), r.Header.Get("X-Extra"), r.Header.Get("Authorization"), body}
	}))
	t.Cleanup(srv.Close)
	typed := http.Header{"Content-Type": {"application/json"}}
	for name, r := range map[string]contract.Request{
		"plain":              {Method: "PATCH", Path: "/calls/1", Body: []byte(`{"a":1}`), Header: typed},
		"quotes":             {Method: "PATCH", Path: "/calls/it's", Body: []byte(`{"a":"it's \"$HOME\" ` + "`id`" + ` \\ %s !"}`), Header: typed},
		"lines and controls": {Method: "PATCH", Path: "/calls/1", Body: []byte("{\"a\":\"x\ny\tz\x01\x7f %d \\n '\"}"), Header: typed},
		"bytes of no text":   {Method: "PUT", Path: "/calls/1", Body: []byte("-{\"\xff\xfe\x00\":1}7"), Header: typed},
		"invisible letters":  {Method: "PATCH", Path: "/calls/1", Body: []byte("{\"a\":\"x\u200b\u202e日本 😀 e\u0301\"}"), Header: typed},
		"very long":          {Method: "PATCH", Path: "/calls/1", Body: []byte(`{"a":"` + strings.Repeat("it's 100 %\\ ", 20000) + `"}`), Header: typed},
		"query":              {Method: "PATCH", Path: "/calls/1", Query: "depth=1&q=%22a%22&x=[1]{2}", Body: []byte(`{}`), Header: typed},
		"secret in a query":  {Method: "GET", Path: "/calls/1", Query: "a=1&token=abc&b=2"},
		"dots":               {Method: "GET", Path: "/calls/../x/./y"},
		"no body":            {Method: "PATCH", Path: "/calls/1"},
		"an empty body":      {Method: "POST", Path: "/calls/1", Body: []byte{}, Header: typed},
		"no content type":    {Method: "PATCH", Path: "/calls/1", Body: []byte(`{}`), Header: http.Header{"Content-Type": nil}},
		"head":               {Method: "HEAD", Path: "/calls/1"},
		"get with a body":    {Method: "GET", Path: "/calls/1", Body: []byte(`[]`), Header: typed},
		"an odd method":      {Method: "TRACE", Path: "/calls/1"},
		"other headers":      {Method: "GET", Path: "/calls/1", Header: http.Header{"X-Extra": {"it's; $HOME"}}},
		"a body like a file": {Method: "PATCH", Path: "/calls/1", Body: []byte(`@/etc/passwd`), Header: typed},
	} {
		t.Run(name, func(t *testing.T) {
			url := srv.URL + r.Path
			if r.Query != "" {
				url += "?" + r.Query
			}
			line := curlLine(t, contract.Step{Request: r, URL: url})
			cmd := exec.CommandContext(t.Context(), "sh")
			cmd.Stdin = strings.NewReader(line + "\n")
			cmd.Env = append(os.Environ(), "API_TOKEN=Bearer it's \"me\"", "TOKEN=abc", "http_proxy=")
			got = received{}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%.300s\n%v\n%s", line, err, out)
			}
			want := received{r.Method, strings.TrimPrefix(url, srv.URL), r.Header.Get("Content-Type"), r.Header.Get("X-Extra"),
				"Bearer it's \"me\"", r.Body}
			if got.method != want.method || got.uri != want.uri || got.contentType != want.contentType || got.extra != want.extra ||
				got.auth != want.auth || !bytes.Equal(got.body, want.body) {
				t.Errorf("%.300s\ngot  %.300q\nwant %.300q", line, got, want)
			}
			if strings.ContainsAny(line, "\n\r\t\x00") {
				t.Errorf("not one line: %.300q", line)
			}
		})
	}
}

// curlLine is the line that the JSON report has for a step.
func curlLine(t *testing.T, s contract.Step) string {
	t.Helper()
	run := report.Run{
		Loopback: true, HeaderVariables: map[string]string{"Authorization": "API_TOKEN"},
		Result: &contract.Result{Outcomes: []contract.Outcome{{
			Check: &contract.Check{}, Status: contract.Failed, Findings: []spec.Finding{{Level: spec.Must}}, Steps: []contract.Step{s},
		}}},
	}
	var got struct {
		Checks []struct{ Steps []struct{ Curl string } }
	}
	if err := json.Unmarshal(output(t, report.JSON, run), &got); err != nil {
		t.Fatal(err)
	}
	return got.Checks[0].Steps[0].Curl
}
