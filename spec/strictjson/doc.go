// Package strictjson reads JSON the way a contract test must: it refuses what parsers disagree about, names
// the place of every fault, and keeps what other readers lose.
//
// Duplicate member names, invalid UTF-8, lone surrogates, byte order marks and text after the value are
// errors with a JSON pointer (RFC 6901), a byte offset, a line and a column. Nesting, the number of elements
// and the size of numbers are bounded, so the cost of a value is bounded by the length of its text. Numbers
// stay text (json.Number) from Decode to Append, and Equal compares them as decimals.
//
// A value is a map[string]any or an Object, a []any, a string, a json.Number, a bool or nil.
package strictjson
