package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Level says how binding the rule of a finding is.
type Level string

const (
	// Must is what the document, the HTTP standard it stands on, or the axiom of an update says.
	Must Level = "must"
	// Should is good practice or inference; such a finding warns.
	Should Level = "should"
)

// Location is a place in a document: file name, JSON pointer (RFC 6901) and line, counted from 1 (0: not known).
type Location struct {
	File    string `json:"file"`
	Pointer string `json:"pointer"`
	Line    int    `json:"line,omitempty"`
}

func (l Location) String() string {
	if l.Line == 0 {
		return l.File + "#" + l.Pointer
	}
	return fmt.Sprintf("%s:%d %s", l.File, l.Line, l.Pointer)
}

// Finding is one way in which a message or a document departs from the contract.
type Finding struct {
	// Rule is the JSON Schema keyword, or a name from Rules, that is broken.
	Rule  string `json:"rule"`
	Level Level  `json:"level"`
	// Operation is the operationId, or the method and the path where there is none.
	Operation string `json:"operation,omitempty"`
	// In is the part of the message: path, query, header, cookie, body, status; document for a finding of Lint.
	In string `json:"in"`
	// Pointer is the place in that part (RFC 6901): "/size" in a body, "/page" in a query.
	Pointer  string   `json:"pointer"`
	Document Location `json:"document,omitzero"`
	Expected string   `json:"expected"`
	Actual   string   `json:"actual"`
	Hint     string   `json:"hint,omitempty"`
}

func (f Finding) String() string {
	s := fmt.Sprintf("%s %s: %s %s, expected %s, got %s", f.In, f.Pointer, f.Level, f.Rule, f.Expected, f.Actual)
	if f.Document.File != "" {
		s += " (" + f.Document.String() + ")"
	}
	return s
}

// maxActual bounds how much of a message a finding repeats.
const maxActual = 120

// Clip shortens s to what a finding shows, on a character's edge.
func Clip(s string) string { return clip(s, maxActual) }

// maxReason bounds a reason that is about the document: its cause stands at the end.
const maxReason = 600

// ClipReason shortens why something of a document cannot be used.
func ClipReason(s string) string { return clip(s, maxReason) }

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", s[:cut], len(s))
}

// SortFindings puts findings into the order reports use: by part of the message, pointer, rule, place in the document.
func SortFindings(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(partOrder(a.In), partOrder(b.In)),
			strings.Compare(a.Pointer, b.Pointer),
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Document.Pointer, b.Document.Pointer),
			strings.Compare(a.Expected, b.Expected),
		)
	})
}

func partOrder(in string) int {
	return slices.Index([]string{"path", "query", "header", "cookie", "body", "status"}, in)
}
