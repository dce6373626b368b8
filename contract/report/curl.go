package report

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// maxInline is how long a body may be to stand as an argument; Linux ends one at 128 KiB.
const maxInline = 64 << 10

// userVariable holds the name and password that a target's URL carried.
const userVariable = "TARGET_USER"

// curl writes requests as lines for a POSIX shell.
type curl struct {
	variables map[string]string // by canonical header name
	flags     []string
}

func newCurl(run *Run) curl {
	c := curl{map[string]string{}, run.CurlFlags}
	for name, v := range run.HeaderVariables {
		c.variables[http.CanonicalHeaderKey(name)] = variableName(v)
	}
	return c
}

// line is a command that sends the request again, with body for what it carries.
func (c curl) line(s contract.Step, body []byte) curlLine {
	words := append([]string{"curl", "-i"}, c.flags...)
	switch method := s.Request.Method; method {
	case http.MethodGet:
		if body != nil {
			words = append(words, "-X", method)
		}
	case http.MethodHead:
		words = append(words, "--head")
	default:
		words = append(words, "-X", quote(method))
	}
	words = append(words, urlWords(s.URL)...)
	words = append(words, c.headers(s.Request.Header, body != nil)...)
	before := ""
	switch {
	case body == nil:
	case len(body) <= maxInline && isPlain(body):
		words = append(words, "--data-raw", quote(string(body)))
	default:
		before = "printf " + printfWord(body) + " | "
		words = append(words, "--data-binary", "@-")
	}
	return curlLine(before + strings.Join(words, " "))
}

// headers are the -H words: those of the request as they are, those of the target by the name of their variable.
func (c curl) headers(h http.Header, hasBody bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			switch {
			case spec.IsSecretName(name):
				out = append(out, "-H", variableHeader(name, variableName(name)))
			case v == "":
				out = append(out, "-H", quote(name+";"))
			default:
				out = append(out, "-H", quote(name+": "+v))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.variables)) {
		if _, own := h[name]; !own {
			out = append(out, "-H", variableHeader(name, c.variables[name]))
		}
	}
	if hasBody && len(h.Values("Content-Type")) == 0 && c.variables["Content-Type"] == "" {
		out = append(out, "-H", "Content-Type:") // else curl says that it is a form
	}
	return out
}

// variableHeader is a header whose value is in a variable.
func variableHeader(name, variable string) string {
	if plainWord.MatchString(name) {
		return `"` + name + ": $" + variable + `"`
	}
	return quote(name+": ") + `"$` + variable + `"`
}

// urlWords are the URL and the options it needs: no userinfo, and variables for the values that are secret by name.
func urlWords(raw string) []string {
	var out []string
	if i := strings.Index(raw, "://"); i >= 0 {
		end := i + 3 + strings.IndexAny(raw[i+3:]+"/", "/?#")
		if at := strings.LastIndexByte(raw[:end], '@'); at >= 0 {
			raw = raw[:i+3] + raw[at+1:]
			out = append(out, "-u", `"$`+userVariable+`"`)
		}
	}
	if strings.ContainsAny(raw, "[]{}") {
		out = append(out, "--globoff")
	}
	path, query, hasQuery := strings.Cut(raw, "?")
	if strings.Contains(path, "/.") {
		out = append(out, "--path-as-is")
	}
	if !hasQuery {
		return append(out, quote(path))
	}
	word, literal := "", path+"?"
	for i, member := range strings.Split(query, "&") {
		if i > 0 {
			literal += "&"
		}
		name, value, _ := strings.Cut(member, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil || value == "" || !spec.IsSecretName(plain) {
			literal += member
			continue
		}
		word += quote(literal+name+"=") + `"$` + variableName(plain) + `"`
		literal = ""
	}
	if literal != "" {
		word += quote(literal)
	}
	return append(out, word)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote is s as one word of a POSIX shell.
func quote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// isPlain reports whether a text survives being copied from a screen: no control or invisible characters, no bytes
// that are no UTF-8.
func isPlain(body []byte) bool {
	for b := body; len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		if hides(r, n) {
			return false
		}
		b = b[n:]
	}
	return true
}

func hides(r rune, n int) bool {
	return r == utf8.RuneError && n == 1 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

// printfWord is the format that makes printf write these bytes, what cannot be copied from a screen as octal numbers.
func printfWord(body []byte) string {
	var b strings.Builder
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case hides(r, n) || i == 0 && r == '-':
			for _, c := range body[i : i+n] {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		case r == '%':
			b.WriteString("%%")
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\'':
			b.WriteString(`'\''`)
		default:
			b.Write(body[i : i+n])
		}
		i += n
	}
	return "'" + b.String() + "'"
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variableName is s as the name of an environment variable, s itself where it is one.
func variableName(s string) string {
	if variable.MatchString(s) && !spec.IsSecretName(s) || strings.ToUpper(s) == s && variable.MatchString(s) {
		return s
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, s)
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "_" + name
	}
	return name
}

// explained says what the variables in curl lines hold; nothing where there are no lines.
func (c curl) explained(v *view) []string {
	var out []string
	usesUser := false
	for _, check := range v.Checks {
		for _, s := range check.Steps {
			usesUser = usesUser || strings.Contains(string(s.Curl), `-u "$`+userVariable+`"`)
		}
	}
	if len(v.Failures) == 0 && len(v.Warnings) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.variables)) {
		out = append(out, "$"+c.variables[name]+" is the value of the header "+name)
	}
	if usesUser {
		out = append(out, "$"+userVariable+" is user:password of the target's URL")
	}
	return out
}
