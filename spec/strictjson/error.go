package strictjson

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Kind says in which way a text is not acceptable JSON.
type Kind uint8

const (
	// Malformed text breaks the grammar of JSON, or ends too early.
	Malformed Kind = iota + 1
	// Trailing is text after a complete value.
	Trailing
	// Duplicate is a member name that its object already has, however it is escaped.
	Duplicate
	// Encoding is text that is not UTF-8, or an escape that is half a surrogate pair.
	Encoding
	// BOM is a byte order mark before the value.
	BOM
	// TooDeep is an array or object nested deeper than Limits.Depth.
	TooDeep
	// TooMany is an array item or object member beyond Limits.Elements.
	TooMany
	// Number is a number whose exponent is beyond ±400, or with more than 1000 digits.
	Number
	// Empty text holds nothing but white space.
	Empty
)

var kindNames = [...]string{
	Malformed: "malformed",
	Trailing:  "trailing",
	Duplicate: "duplicate",
	Encoding:  "encoding",
	BOM:       "bom",
	TooDeep:   "too deep",
	TooMany:   "too many",
	Number:    "number",
	Empty:     "empty",
}

// String is the name of the kind in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// Error is the first fault of a text.
type Error struct {
	Kind Kind
	// Pointer (RFC 6901) names the value with the fault, or the one that holds it; "" is the root. It is made of
	// member names as they came, so it can be as long as the text.
	Pointer string
	// Offset counts the bytes before the fault.
	Offset int
	// Line and Column are Offset once more, both counted from 1; a column is a byte.
	Line, Column int
	// Reason is a sentence in plain words, with at most 40 bytes of the text.
	Reason string
}

const (
	maxQuoted  = 40
	maxPointer = 100
)

// Error gives place and reason; a long pointer is cut.
func (e *Error) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
	}
	return fmt.Sprintf("line %d, column %d, at %s: %s", e.Line, e.Column, quote(e.Pointer, maxPointer), e.Reason)
}

func newError(data []byte, kind Kind, pointer string, offset int, reason string) *Error {
	before := data[:offset]
	return &Error{
		Kind:    kind,
		Pointer: pointer,
		Offset:  offset,
		Line:    1 + bytes.Count(before, []byte{'\n'}),
		Column:  offset - bytes.LastIndexByte(before, '\n'),
		Reason:  reason,
	}
}

// quote is s between double quotes, cut after limit bytes at the latest, never inside a character.
func quote(s string, limit int) string {
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strconv.Quote(s[:limit]) + "..."
}
