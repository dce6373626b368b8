package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// newError is a fault of the value or name that was read last.
func (r *reader) newError(kind Kind, offset int, reason string) *Error {
	return newError(r.data, kind, string(r.dec.StackPointer()), offset, reason)
}

// fault turns an error of jsontext into ours. It goes by the bytes at the place of the error, since jsontext
// exports few of its causes and promises nothing about its words.
func (r *reader) fault(err error) *Error {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return r.newError(Malformed, len(r.data), err.Error())
	}
	at := min(int(syntax.ByteOffset), len(r.data))
	kind, reason := r.explain(at, syntax)
	return newError(r.data, kind, string(syntax.JSONPointer), at, reason)
}

func (r *reader) explain(at int, err *jsontext.SyntacticError) (Kind, string) {
	rest := r.data[at:]
	char, size := utf8.DecodeRune(rest)
	switch {
	case err.Err == jsontext.ErrDuplicateName:
		return Duplicate, "the object already has a member " + quote(err.JSONPointer.LastToken(), maxQuoted)
	case err.Err == io.ErrUnexpectedEOF || len(rest) == 0:
		return Malformed, "the text ends before the JSON value is complete"
	case at == 0 && marked(rest):
		return BOM, "the text begins with a byte order mark; JSON is UTF-8 without one"
	case surrogate(rest):
		return Encoding, fmt.Sprintf("the escape %s is one half of a surrogate pair, without the other", rest[:6])
	case char == utf8.RuneError && size == 1:
		return Encoding, fmt.Sprintf("the byte 0x%02x is not valid UTF-8 here", rest[0])
	case err.Err == jsontext.ErrNonStringName:
		return Malformed, "a member name must be a string in double quotes"
	}
	for _, m := range mistakes {
		if m.seen(r, at) {
			return Malformed, m.reason
		}
	}
	return Malformed, err.Err.Error()
}

// marked reports whether a text begins with the byte order mark of UTF-8 or UTF-16.
func marked(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) ||
		bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
}

// surrogate reports whether text begins with an escape from \ud800 to \udfff.
func surrogate(text []byte) bool {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' || text[2]|0x20 != 'd' {
		return false
	}
	for _, c := range text[3:6] {
		if !bytes.ContainsRune([]byte("0123456789abcdefABCDEF"), rune(c)) {
			return false
		}
	}
	return text[3] >= '8'
}

// mistake is a frequent reason for malformed text, known by what stands at the place of the error.
type mistake struct {
	reason string
	seen   func(r *reader, at int) bool
}

// mistakes are tried in this order.
var mistakes = []mistake{
	{"a comma must not stand before a closing bracket", func(r *reader, at int) bool {
		after := r.data[at+1:]
		after = after[skip(after):]
		return r.data[at] == ',' && len(after) > 0 && (after[0] == ']' || after[0] == '}')
	}},
	{"a value must stand before this comma", at(",")},
	{"strings and names stand in double quotes, not in single ones", at("'")},
	{"JSON has no comments", at("/")},
	{"a control character in a string must be an escape, such as \\n or \\u0000", func(r *reader, at int) bool {
		return r.data[at] < ' '
	}},
	{`this escape is unknown; JSON has \" \\ \/ \b \f \n \r \t and \u with four hexadecimal digits`, at(`\`)},
	{"a number must not begin with a zero that other digits follow", func(r *reader, at int) bool {
		return at > 0 && r.data[at-1] == '0' && '0' <= r.data[at] && r.data[at] <= '9'
	}},
	{"JSON has no such number; it can only be sent as a string or as null", at("NaN", "nan", "Inf", "inf")},
	{"the number is not complete, a digit must follow", func(r *reader, at int) bool {
		return at > 0 && bytes.IndexByte([]byte("-+.eE"), r.data[at-1]) >= 0
	}},
	{"a number begins with a digit or a minus sign", at("+", ".")},
	{
		"JSON knows true, false and null, in lower case",
		at("True", "TRUE", "False", "FALSE", "None", "Null", "NULL", "undefined"),
	},
	{"a member name in double quotes must stand here", func(r *reader, at int) bool {
		holder, length := r.dec.StackIndex(r.dec.StackDepth())
		return holder == jsontext.KindBeginObject && length%2 == 0 && (r.before(at) == '{' || r.before(at) == ',')
	}},
	{"the value of this member is missing", func(r *reader, at int) bool {
		return r.before(at) == ':' && bytes.IndexByte([]byte("}]"), r.data[at]) >= 0
	}},
}

// at is true where one of the given words stands.
func at(words ...string) func(*reader, int) bool {
	return func(r *reader, at int) bool {
		for _, word := range words {
			if bytes.HasPrefix(r.data[at:], []byte(word)) {
				return true
			}
		}
		return false
	}
}

// before is the last byte before the offset that is not white space, 0 when there is none.
func (r *reader) before(at int) byte {
	if text := bytes.TrimRight(r.data[:at], " \t\r\n"); len(text) > 0 {
		return text[len(text)-1]
	}
	return 0
}
