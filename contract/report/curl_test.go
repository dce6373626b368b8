package report_test

import (
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

var typed = http.Header{"Content-Type": {"application/json"}}

// patch is an update with a body.
func patch(body string) contract.Request {
	return contract.Request{Method: "PATCH", Path: "/calls/1", Body: []byte(body), Header: typed}
}

func get(path, query string) contract.Request {
	return contract.Request{Method: "GET", Path: path, Query: query}
}

// requests are those that a shell, a terminal or curl could spoil.
var requests = map[string]contract.Request{
	"plain":              patch(`{"a":1}`),
	"quotes":             patch(`{"a":"it's \"$HOME\" ` + "`id`" + ` \\ %s !"}`),
	"lines and controls": patch("{\"a\":\"x\ny\tz\x01\x7f %d \\n '\"}"),
	"bytes of no text":   patch("-{\"\xff\xfe\x00\":1}7"),
	"invisible letters":  patch("{\"a\":\"x\u200b\u202e日本 😀 e\u0301\"}"),
	"very long":          patch(`{"a":"` + strings.Repeat(`it's 100 %\ `, 20000) + `"}`),
	"like a file":        patch("@/etc/passwd"),
	"empty":              patch(""),
	"no content type": {
		Method: "PATCH", Path: "/calls/1", Body: []byte("{}"), Header: http.Header{"Content-Type": nil},
	},
	"no body":           {Method: "PATCH", Path: "/calls/1"},
	"get with a body":   {Method: "GET", Path: "/calls/1", Body: []byte("[]"), Header: typed},
	"head":              {Method: "HEAD", Path: "/calls/1"},
	"an odd method":     {Method: "TRACE", Path: "/calls/1"},
	"other headers":     {Method: "GET", Path: "/calls/1", Header: http.Header{"X-Extra": {"it's; $HOME"}}},
	"query":             get("/calls/1", "depth=1&q=%22a%22&x=[1]{2}"),
	"secret in a query": get("/calls/1", "a=1&token=abc&b=2"),
	"dots":              get("/calls/../x/./y", ""),
	"a quote":           get("/calls/it's", ""),
}

// TestCurlLines pastes every line into a shell and compares what arrives with what was meant.
func TestCurlLines(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, so no line can be run", tool)
		}
	}
	for name, r := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got received
			srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = receive(r)
			}))
			t.Cleanup(srv.Close)
			want := received{
				method: r.Method, uri: r.Path, contentType: r.Header.Get("Content-Type"), extra: r.Header.Get("X-Extra"),
				auth: "Bearer it's \"me\"", body: string(r.Body),
			}
			if r.Query != "" {
				want.uri += "?" + r.Query
			}
			line := curlLine(t, contract.Step{Request: r, URL: srv.URL + want.uri})
			cmd := exec.CommandContext(t.Context(), "sh")
			cmd.Stdin = strings.NewReader(line + "\n")
			cmd.Env = append(os.Environ(), "API_TOKEN="+want.auth, "TOKEN=abc", "http_proxy=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%.300s\n%v\n%s", line, err, out)
			}
			if got != want {
				t.Errorf("%.300s\ngot  %.300q\nwant %.300q", line, got, want)
			}
			if strings.ContainsAny(line, "\n\r\t\x00") {
				t.Errorf("not one line: %.300q", line)
			}
		})
	}
}

// received is a request as a server saw it.
type received struct{ method, uri, contentType, extra, auth, body string }

func receive(r *http.Request) received {
	body, _ := io.ReadAll(r.Body)
	h := r.Header
	return received{r.Method, r.RequestURI, h.Get("Content-Type"), h.Get("X-Extra"), h.Get("Authorization"), string(body)}
}

// curlLine is the line that the JSON report has for a step.
func curlLine(t *testing.T, s contract.Step) string {
	t.Helper()
	run := report.Run{
		Loopback: true, HeaderVariables: map[string]string{"Authorization": "API_TOKEN"},
		Result: &contract.Result{Outcomes: []contract.Outcome{{
			Check: &contract.Check{}, Status: contract.Failed, Findings: []spec.Finding{{Level: spec.Must}},
			Steps: []contract.Step{s},
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
