package report

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// Lengths of secrets in bytes. Short ones are looked for as whole words only, and what merely looks like a secret by
// its place must be long, or an answer's "theme=dark" would hide every "dark".
const (
	minSecret = 4
	minWhole  = 8
)

// curlLine is text for a shell. Its URL is made safe where it is written, and a body in it is one that we made, so
// only the known secrets are taken out of it.
type curlLine string

// scrubber takes secrets out of texts.
type scrubber struct {
	long  *strings.Replacer
	short []string
	cut   []string // the long ones, for texts that end in the middle of one
}

func newScrubber(run *Run) *scrubber {
	var all []string
	for _, secret := range run.Secrets {
		all = append(all, parts(secret, minSecret)...)
	}
	for _, o := range run.Result.Outcomes {
		for _, step := range o.Steps {
			all = append(all, secretsOf(step)...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	s := &scrubber{}
	var pairs []string
	for _, text := range variants(all) {
		if len(text) < minWhole {
			s.short = append(s.short, text)
			continue
		}
		s.cut = append(s.cut, text)
		pairs = append(pairs, text, spec.Hidden)
	}
	s.long = strings.NewReplacer(pairs...)
	return s
}

// parts are the texts in the value of a header that give it away: the whole, what follows a scheme, the values of
// cookies, and what Basic encodes.
func parts(value string, least int) []string {
	value = strings.TrimSpace(value)
	out := []string{value}
	if scheme, token, ok := strings.Cut(value, " "); ok && !strings.Contains(scheme, "=") {
		out = append(out, strings.TrimSpace(token))
		if plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token)); err == nil {
			user, password, _ := strings.Cut(string(plain), ":")
			out = append(out, string(plain), password, user)
		}
	}
	for pair := range strings.SplitSeq(value, ";") {
		if _, v, ok := strings.Cut(pair, "="); ok {
			out = append(out, strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return len(s) < least })
}

// secretsOf are the secrets that a step shows by where they stand.
func secretsOf(step contract.Step) []string {
	out := secretHeaders(step.Request.Header)
	if step.Answer != nil {
		out = append(out, secretHeaders(step.Answer.Header)...)
	}
	if u, err := url.Parse(step.URL); err == nil {
		if password, ok := u.User.Password(); ok && len(password) >= minSecret {
			out = append(out, password)
		}
		for name, values := range u.Query() {
			for _, v := range values {
				if spec.IsSecretName(name) && len(v) >= minWhole {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

func secretHeaders(h http.Header) []string {
	var out []string
	for name, values := range h {
		if !spec.IsSecretName(name) {
			continue
		}
		for _, v := range values {
			if strings.EqualFold(name, "Set-Cookie") {
				v, _, _ = strings.Cut(v, ";") // what follows are attributes
			}
			out = append(out, parts(v, minWhole)...)
		}
	}
	return out
}

// variants are texts in every spelling that an output may give them, the longest first.
func variants(texts []string) []string {
	var out []string
	for _, t := range texts {
		quoted, _ := json.Marshal(t)
		out = append(out, t, strings.Trim(string(quoted), `"`), url.QueryEscape(t), url.PathEscape(t), html.EscapeString(t),
			strings.ReplaceAll(t, `'`, `'\''`))
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(out)
}

var (
	queryMember = regexp.MustCompile(`([?&;])([^\s=&;?#"'<>]{1,80})=([^\s&;#"'<>\\]+)`)
	userinfo    = regexp.MustCompile(`://[^\s/?#@"'<>]+@`)
)

// text is s without secrets: those that are known, tokens in URLs and the userinfo of URLs.
func (s *scrubber) text(t string) string {
	t = s.known(t)
	if strings.Contains(t, "=") {
		t = queryMember.ReplaceAllStringFunc(t, func(m string) string {
			p := queryMember.FindStringSubmatch(m)
			if name, err := url.QueryUnescape(p[2]); err != nil || !spec.IsSecretName(name) {
				return m
			}
			return p[1] + p[2] + "=" + spec.Hidden
		})
	}
	if !strings.Contains(t, "://") { // the expression would make a copy
		return t
	}
	return userinfo.ReplaceAllString(t, "://"+spec.Hidden+"@")
}

// known is t without the secrets that are known.
func (s *scrubber) known(t string) string {
	t = s.long.Replace(t)
	for _, word := range s.short {
		t = replaceWord(t, word)
	}
	// A text that was clipped may end in the first half of a secret.
	for from := 0; ; {
		i := strings.Index(t[from:], "…")
		if i < 0 {
			return t
		}
		head := t[:from+i]
		short := s.withoutStart(head)
		t = short + t[len(head):]
		from = len(short) + len("…")
	}
}

// withoutStart is a text without the beginning of a secret that it ends in.
func (s *scrubber) withoutStart(head string) string {
	for _, secret := range s.cut {
		for n := min(len(secret)-1, len(head)); n >= minSecret; n-- {
			if strings.HasSuffix(head, secret[:n]) {
				return head[:len(head)-n] + spec.Hidden
			}
		}
	}
	return head
}

// replaceWord hides a word where it does not stand inside of another.
func replaceWord(t, word string) string {
	var b strings.Builder
	for {
		i := strings.Index(t, word)
		if i < 0 {
			return b.String() + t
		}
		end := i + len(word)
		inside := i > 0 && isWordByte(t[i-1]) || end < len(t) && isWordByte(t[end])
		b.WriteString(t[:i])
		if inside {
			b.WriteString(word)
		} else {
			b.WriteString(spec.Hidden)
		}
		t = t[end:]
	}
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// all scrubs every string that a value holds, so that none can be forgotten. Strings of a named type are words of ours.
func (s *scrubber) all(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			s.all(v.Elem())
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			s.all(f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.all(v.Index(i))
		}
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[string]():
			v.SetString(s.text(v.String()))
		case reflect.TypeFor[curlLine]():
			v.SetString(s.known(v.String()))
		}
	}
}
