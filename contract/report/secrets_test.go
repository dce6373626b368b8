package report_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/spec"
)

// canaries are secrets by where they come from. None may be in any output.
var canaries = map[string]string{
	"a given header":              "canary-header-5f0a'\"<&",
	"its token alone":             "canary-token-77aa",
	"a password in Basic":         "canary-password-1",
	"a short header":              "c4n4r",
	"a cookie that was sent":      "canary-cookie-90bc",
	"a cookie of the server":      "canary-session-31d8",
	"a header of the server":      "canary-answer-token-x",
	"a token in a URL":            "canary-url-token-44e2",
	"a password in a URL":         "canary-userinfo-8",
	"a token in a link":           "canary-link-token-b1",
	"a password in a link":        "canary-link-password",
	"a member of a body":          "canary-body-token-6",
	"a value of a record":         "canary-record-value",
	"a short value of a record":   "c4nv",
	"a number of a record":        "73190288",
	"a value sent back":           "canary-sent-back-1",
	"a value in a text":           "canary-plain-text",
	"a value of another header":   "canary-etag-value-2",
	"a value in a finding":        "canary-finding-val",
	"a secret that was cut short": "canary-header-5f0",
}

// leaky is a run that has every canary wherever it can turn up.
func leaky(t *testing.T) report.Run {
	t.Helper()
	run := everyStatus(t)
	c := canaries
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+c["a password in Basic"]))
	run.Secrets = []string{c["a given header"], "Bearer " + c["its token alone"], basic, c["a short header"]}
	run.HeaderVariables = map[string]string{"Authorization": "API_TOKEN", "Cookie": "API_COOKIE"}
	run.Target = "https://user:" + c["a password in a URL"] + "@staging.example.com/api"
	run.Notes = append(run.Notes, "the header is "+c["a given header"]+" and "+c["a short header"])
	run.Loopback = false

	s := step("read with "+c["its token alone"], "access_token="+c["a token in a URL"],
		`{"note":"`+c["a value sent back"]+`","rating":73190288}`,
		200, `{"data":{"note":"`+c["a value of a record"]+`","code":"`+c["a short value of a record"]+`","rating":73190288,`+
			`"token":"`+c["a member of a body"]+`","name":"`+c["a value in a finding"]+`"},`+
			`"next":"https://a.example/?key=`+c["a token in a link"]+`","echo":"`+c["a cookie of the server"]+`"}`)
	s.URL = strings.Replace(run.Target, "/api", "/api/calls/call_1?access_token="+c["a token in a URL"], 1)
	s.Request.Header.Set("Cookie", "sid="+c["a cookie that was sent"])
	s.Answer.Header.Add("Set-Cookie", "session="+c["a cookie of the server"]+"; Path=/; HttpOnly")
	s.Answer.Header.Set("X-Auth-Token", c["a header of the server"])
	s.Answer.Header.Set("Etag", c["a value of another header"])
	first := step("the first look", "", `{}`, 200, `{"data":{"note":"`+c["a value sent back"]+`","rating":73190288}}`)
	plain := step("an error in plain text", "", `{}`, 500, "oops: "+c["a value in a text"]+" "+c["a given header"]+" "+
		"https://x:"+c["a password in a link"]+"@a.example/ sid="+c["a cookie that was sent"])
	finding := spec.Finding{
		Rule: "lasts", Level: spec.Must, In: "body", Pointer: "/note", Document: ratingPlace(t, run.Document, ""),
		Expected: `still "` + c["a value in a finding"] + `"`, Hint: "see " + c["its token alone"],
		Actual: "got " + spec.Clip(strings.Repeat("x", 120-len(c["a secret that was cut short"]))+c["a given header"]),
	}
	for i := range run.Result.Outcomes {
		o := &run.Result.Outcomes[i]
		o.Steps = append([]contract.Step{first, s, plain}, o.Steps...)
		o.Reason += " because of " + c["its token alone"] + " at https://a.example/?token=" + c["a token in a URL"]
		if len(o.Findings) > 0 {
			o.Findings = append(o.Findings, finding)
		}
	}
	run.Result.Restored.Notes = []string{"wrote " + c["its token alone"]}
	run.Result.Restored.Records[1].Reason = "answered " + c["a cookie of the server"]
	return run
}

func TestNoSecretGetsOut(t *testing.T) {
	t.Parallel()
	run := leaky(t)
	for format, write := range everyFormat {
		got := string(output(t, write, run))
		for what, canary := range canaries {
			if strings.Contains(got, canary) {
				at := strings.Index(got, canary)
				t.Errorf("%s shows %s: %q", format, what, got[max(0, at-80):at+len(canary)])
			}
		}
	}
	for _, format := range []string{"text", "json", "html", "junit"} {
		got := string(output(t, everyFormat[format], run))
		for _, want := range []string{"$API_TOKEN", "$COOKIE", "$ACCESS_TOKEN", "$TARGET_USER", "access_token="} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no curl line names %s", format, want)
			}
		}
		if !strings.Contains(got, "(text of 19)") {
			t.Errorf("%s does not show the shape of an answer", format)
		}
	}
}

// On loopback, and with ShowValues, values are shown and secrets are not.
func TestValuesAreShownWhereTheyMay(t *testing.T) {
	t.Parallel()
	values := []string{
		"a value of a record", "a short value of a record", "a number of a record", "a value sent back", "a value in a text",
		"a value of another header", "a value in a finding",
	}
	for name, change := range map[string]func(*report.Run){
		"loopback":    func(r *report.Run) { r.Loopback = true },
		"show values": func(r *report.Run) { r.ShowValues = true },
	} {
		run := leaky(t)
		change(&run)
		got := string(output(t, report.JSON, run))
		for what, canary := range canaries {
			isValue := false
			for _, v := range values {
				isValue = isValue || v == what
			}
			if strings.Contains(got, canary) != isValue {
				t.Errorf("%s: %s: shown %t, want %t", name, what, !isValue, isValue)
			}
		}
	}
}

// A record's number that equals a case of ours must not blank out the case.
func TestOwnCasesAreShown(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Loopback = false
	run.Result.Outcomes[0].Steps[0] = step("read", "", `{}`, 200, `{"data":{"rating":0.3,"note":"somebody's"}}`)
	if got := string(output(t, text, run)); !strings.Contains(got, `--data-raw '{"rating":0.3}'`) {
		t.Errorf("the case is masked:\n%s", got)
	}
}

// Short secrets are hidden as words, and do not tear other words apart.
func TestShortSecrets(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Secrets = []string{"rate", "x"}
	run.Notes = []string{"the rate of a rated pirate, (rate)."}
	got := string(output(t, text, run))
	if want := "the (hidden) of a rated pirate, ((hidden))."; !strings.Contains(got, want) {
		t.Errorf("got %.80q", got)
	}
}

// What a server says in the headers of its answers is shown by name.
func TestHeadersOfAnswers(t *testing.T) {
	t.Parallel()
	run := everyStatus(t)
	run.Loopback = false
	run.Result.Outcomes[0].Steps[1].Answer.Header = http.Header{
		"Allow": {"PATCH"}, "X-Owner": {"somebody"}, "Date": {"today"},
	}
	got := string(output(t, report.JSON, run))
	for want, there := range map[string]bool{
		"Allow: PATCH": true, "X-Owner: (masked)": true, "somebody": false, "today": false,
	} {
		if strings.Contains(got, want) != there {
			t.Errorf("%q: want it shown %t", want, there)
		}
	}
}
