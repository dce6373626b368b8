package spec

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pb33f/go-yaml"
)

// openSource opens a document's file. The error says what to do about a name that is none of a file.
func openSource(name string) (*os.File, error) {
	if s := scheme(name); s == "http" || s == "https" {
		return nil, fmt.Errorf("cannot read %q: a document is a file; download it first, or pass it in: curl -s URL | understudy serve -", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", name, errors.Unwrap(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, fmt.Errorf("cannot read %q: it is a directory; pass the document in it%s", name, usualNames(name))
	}
	return f, nil
}

// usualNames offers the documents of a directory that have a usual name.
func usualNames(dir string) string {
	for _, base := range []string{"openapi", "api", "index", "spec", "swagger"} {
		for _, ext := range []string{".yaml", ".yml", ".json"} {
			if info, err := os.Stat(filepath.Join(dir, base+ext)); err == nil && info.Mode().IsRegular() {
				return fmt.Sprintf(", such as %q", filepath.Join(dir, base+ext))
			}
		}
	}
	return ""
}

// noText says why a file is no text that could be YAML or JSON, "" where it may be.
func noText(data []byte) string {
	start := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	switch {
	case len(start) == 0:
		return "it is empty"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "" // UTF-16, which YAML allows
	case start[0] == '<':
		return "it is HTML or XML; OpenAPI is YAML or JSON"
	case bytes.IndexByte(data, 0) >= 0:
		return "it is no text"
	case utf8.Valid(data):
		return ""
	}
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return fmt.Sprintf("line %d is not UTF-8; save it as UTF-8", line)
}

// yamlPlace is where go-yaml says that something is, and what that is.
var (
	yamlPlace   = regexp.MustCompile(`at L(\d+)\.C(\d+)(?:-(?:L(\d+)\.)?C(\d+))?: (.*)$`)
	yamlWithin  = regexp.MustCompile(`\(while (?:parsing|scanning) (.*?)\) at L(\d+)\.C\d+-L(\d+)\.C`)
	jsonComment = regexp.MustCompile(`(?m)^[^"]*?(//|/\*)`)
)

// unreadable is the error for a text that is no YAML: with the place, in the form that editors follow.
func unreadable(src Source, what string, err error) error {
	text := plain(err)
	at := yamlPlace.FindStringSubmatch(text)
	if at == nil {
		return fmt.Errorf("%s: not a readable %s: %s", src.Name, what, text)
	}
	line, column := at[1], at[2]
	if at[4] != "" {
		column = at[4]
	}
	if at[3] != "" {
		line = at[3]
	}
	why := at[5]
	if in := yamlWithin.FindStringSubmatch(text); len(in) > 0 && in[2] != line {
		why += fmt.Sprintf(", in %s that begins in line %s", in[1], in[2])
	}
	if bytes.HasPrefix(bytes.TrimSpace(src.Data), []byte("{")) {
		if c := jsonComment.FindIndex(src.Data); c != nil {
			why += fmt.Sprintf("; JSON has no comments, as there is in line %d", 1+bytes.Count(src.Data[:c[1]], []byte("\n")))
		}
	}
	return fmt.Errorf("%s:%s:%s: not a readable %s: %s", src.Name, line, column, what, why)
}

// others are formats that are taken for OpenAPI, by a member that gives them away, and what to do with each.
var others = []struct{ member, is string }{
	{"asyncapi", "it is an AsyncAPI document, of messages; only HTTP APIs are played"},
	{"arazzo", "it is an Arazzo document, of workflows; pass the OpenAPI document that it is about"},
	{"overlay", "it is an overlay; pass it with --overlay, and the document that it is for"},
	{"info/_postman_id", "it is a Postman collection; convert it to OpenAPI 3 first, with postman-to-openapi for instance"},
	{"item", "it is a Postman collection; convert it to OpenAPI 3 first, with postman-to-openapi for instance"},
	{"_type", "it is an Insomnia export; export it as OpenAPI"},
	{"log", "it is a HAR file, of recorded requests; an OpenAPI document is needed"},
	{"$schema", "it is a JSON Schema; pass the document that refers to it"},
	{"properties", "it is a schema; pass the document that refers to it"},
	{"type", "it is a schema; pass the document that refers to it"},
	{"get", "it is a path item; pass the document that refers to it"},
	{"post", "it is a path item; pass the document that refers to it"},
	{"paths", `it has paths and does not say which version of OpenAPI; add a first line such as "openapi: 3.1.0"`},
}

// somethingElse says what a text is that is no OpenAPI document.
func somethingElse(root *yaml.Node) string {
	const no = "it is no object with a member openapi"
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return no
	}
	for _, other := range others {
		if has(root.Content[0], strings.Split(other.member, "/")) {
			return other.is
		}
	}
	for i := 0; i+1 < len(root.Content[0].Content); i += 2 {
		if key := root.Content[0].Content[i].Value; misspelt(key, []string{"openapi"}) != "" {
			return no + "; did you mean " + strconv.Quote(key) + " to be openapi?"
		}
	}
	return no
}

// has reports whether an object has a member, and that one the next.
func has(n *yaml.Node, names []string) bool {
	for _, name := range names {
		if n.Kind != yaml.MappingNode {
			return false
		}
		k := keyIndex(n, name)
		if k < 0 {
			return false
		}
		n = n.Content[k+1]
	}
	return true
}

// secondDocument is the line in which another YAML document begins, 0 where there is none.
func secondDocument(data []byte) int {
	begun := false
	for i, line := range bytes.Split(data, []byte("\n")) {
		line = bytes.TrimRight(line, " \t\r")
		isMark := bytes.Equal(line, []byte("---")) || bytes.HasPrefix(line, []byte("--- "))
		switch {
		case isMark && begun:
			return i + 1
		case !isMark && len(line) > 0 && line[0] != '#' && line[0] != '%':
			begun = true
		}
	}
	return 0
}
