package report_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/understudy-dev/understudy/contract/report"
)

// inPage are texts that the page must show.
var inPage = []string{
	"Commerce API", "records were not put back", "Failures, by cause (2)", "Operations and kinds of check", "✗ 2 of 3",
	"Latency", "Coverage of the document", "query.depth", "Known, skipped and not run", "ticket 12",
	"it takes two records", "503 Service Unavailable", "certificates are not verified",
	`-H "Authorization: $API_TOKEN"`, "3 more left out after the first", "it had no value before",
	"3 findings in 2 checks", "18446744073709551615", "the whole target",
}

// loaders are elements that make a browser ask for something or run something.
var loaders = []string{"script", "link", "img", "iframe", "object", "base", "form"}

// TestPageLoadsNothing reads the page back and looks at everything that could make a browser ask for something.
func TestPageLoadsNothing(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Result.Outcomes[0].Steps[1].Answer.Body = []byte(
		`</pre><script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)>`)
	doc, err := html.Parse(bytes.NewReader(output(t, report.HTML, run)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	ids, links := map[string]bool{}, []string{}
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
			if n.Parent.Data == "style" && strings.Contains(n.Data, "url(") {
				t.Error("the style loads something")
			}
		}
		if n.Type == html.ElementNode && slices.Contains(loaders, n.Data) {
			t.Errorf("there is a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "href":
				links = append(links, a.Val)
			case strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "srcset":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, l := range links {
		if !strings.HasPrefix(l, "#") || !ids[l[1:]] {
			t.Errorf("a link leads to %q", l)
		}
	}
	plain := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range inPage {
		if !strings.Contains(plain, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestPageInBrowser opens the page as people do.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	var browser string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("there is no chromium here, so the page was not opened in a browser")
	}
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(srv.Close)
	run := everyStatus(t)
	run.Target = srv.URL
	run.Result.Outcomes[0].Steps[1].Answer.Body = []byte(`<script src="` + srv.URL + `"></script><img src="` +
		srv.URL + `">`)
	page := filepath.Join(t.TempDir(), "report.html")
	if err := report.Write("html", page, run); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--disable-background-networking", "--dump-dom", "file://"+page)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	dom, err := html.Parse(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	bars := 0
	for n := range dom.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && n.Data == "rect" {
			bars++
		}
	}
	plain := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range inPage {
		if !strings.Contains(plain, want) {
			t.Errorf("the browser does not show %q", want)
		}
	}
	if bars == 0 {
		t.Error("the histogram has no bars")
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the page made %d requests", n)
	}
}
