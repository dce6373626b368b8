package mockserver

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Records are kept as JSON text, so a number keeps its text and a member its place. The functions here and in merge.go
// work on the text of valid JSON without white space between its tokens, and copy none of it: what they give out are
// pieces of the text, with no room behind them to append to. Other text gives them less to find, and does no harm.

// memberScan walks the members of an object.
type memberScan struct {
	text []byte
	at   int // of the next member's name
	// The member found last: its name in quotes, and where its value stands.
	name     []byte
	from, to int
}

// scanMembers begins a walk; false when the text is no object.
func scanMembers(text []byte) (memberScan, bool) {
	return memberScan{text: text, at: 1}, len(text) > 0 && text[0] == '{'
}

func (s *memberScan) next() bool {
	if s.at < len(s.text) && s.text[s.at] == ',' {
		s.at++
	}
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return false
	}
	end := strictjson.StringEnd(s.text, s.at)
	if end >= len(s.text) || s.text[end] != ':' {
		return false
	}
	s.name, s.from = s.text[s.at:end:end], end+1
	s.to = strictjson.ValueEnd(s.text, s.from)
	s.at = s.to
	return s.to > s.from
}

func (s *memberScan) value() []byte { return s.text[s.from:s.to:s.to] }

// is reports whether the member has a name.
func (s *memberScan) is(name string) bool {
	if bytes.IndexByte(s.name, '\\') >= 0 {
		return unquote(s.name) == name
	}
	return len(s.name) == len(name)+2 && string(s.name[1:len(s.name)-1]) == name
}

// unquote is what a string in quotes says.
func unquote(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 && len(quoted) >= 2 {
		return string(quoted[1 : len(quoted)-1])
	}
	said, _ := jsontext.AppendUnquote(nil, quoted)
	return string(said)
}

// plainName is what a name in quotes says, copied only where it has escapes.
func plainName(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 && len(quoted) >= 2 {
		return quoted[1 : len(quoted)-1]
	}
	return []byte(unquote(quoted))
}

// find walks to the member of a name.
func (s *memberScan) find(name string) bool {
	for s.next() {
		if s.is(name) {
			return true
		}
	}
	return false
}

// memberAt is the text of a member of an object; nil when there is none.
func memberAt(text []byte, name string) []byte {
	if s, ok := scanMembers(text); ok && s.find(name) {
		return s.value()
	}
	return nil
}

// member is a name and the text of its value.
type member struct {
	name  string
	value []byte
}

// membersOf splits an object's text; false when it is no object.
func membersOf(text []byte) ([]member, bool) {
	s, ok := scanMembers(text)
	if !ok {
		return nil, false
	}
	var out []member
	for s.next() {
		out = append(out, member{unquote(s.name), s.value()})
	}
	return out, true
}

// elementsOf splits an array's text.
func elementsOf(text []byte) ([][]byte, bool) {
	if len(text) == 0 || text[0] != '[' {
		return nil, false
	}
	var out [][]byte
	for at := 1; at < len(text) && text[at] != ']'; {
		end := strictjson.ValueEnd(text, at)
		if end == at {
			return nil, false
		}
		out = append(out, text[at:end:end])
		if at = end; at < len(text) && text[at] == ',' {
			at++
		}
	}
	return out, true
}

// same reports whether two texts are one and the same memory.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func itoa(i int) string { return strconv.Itoa(i) }
