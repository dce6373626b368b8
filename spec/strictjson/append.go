package strictjson

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Append appends v as compact JSON text to dst: the members of a map sorted by name, those of an Object in
// their order, numbers as they are spelt, and in strings only what JSON requires escaped (bytes that are not
// UTF-8 become U+FFFD).
//
// Besides what Decode returns it takes int, int64 and uint64, and json.RawMessage and jsontext.Value, which
// are copied as they are, unchecked. Any other type is a mistake of the caller and panics.
func Append(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return AppendString(dst, v)
	case json.Number:
		return append(dst, v...)
	case []any:
		return appendArray(dst, v)
	case map[string]any:
		return appendMap(dst, v)
	case Object:
		return appendObject(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case uint64:
		return strconv.AppendUint(dst, v, 10)
	case json.RawMessage:
		return append(dst, v...)
	case jsontext.Value:
		return append(dst, v...)
	default:
		panic(fmt.Sprintf("strictjson: no JSON text for %T", v))
	}
}

func appendArray(dst []byte, items []any) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = Append(dst, item)
	}
	return append(dst, ']')
}

func appendMap(dst []byte, m map[string]any) []byte {
	var few [24]string // on the stack, enough for most objects
	names := few[:0]
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	dst = append(dst, '{')
	for i, name := range names {
		dst = appendMember(dst, i, name, m[name])
	}
	return append(dst, '}')
}

func appendObject(dst []byte, o Object) []byte {
	dst = append(dst, '{')
	for i := range o {
		dst = appendMember(dst, i, o[i].Name, o[i].Value)
	}
	return append(dst, '}')
}

func appendMember(dst []byte, i int, name string, value any) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(AppendString(dst, name), ':')
	return Append(dst, value)
}

// AppendString is Append of a string.
func AppendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			dst, _ = jsontext.AppendQuote(dst, s) // the error says that there was a byte to replace
			return dst
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// Compact returns valid JSON text without its insignificant white space; the spelling of numbers and strings
// and the order of members stay. It checks nothing: what it makes of other text is not defined, but it does
// not panic. Text without such white space is returned as it is.
func Compact(data []byte) []byte {
	tight := blankAt(data)
	if tight == len(data) {
		return data[:tight:tight]
	}
	out := append(make([]byte, 0, len(data)), data[:tight]...)
	data = data[tight:]
	for len(data) > 0 {
		switch data[0] {
		case ' ', '\t', '\r', '\n':
			data = data[1:]
		case '"':
			end := StringEnd(data, 0)
			out, data = append(out, data[:end]...), data[end:]
		default:
			out, data = append(out, data[0]), data[1:]
		}
	}
	return out
}

// blankAt is the offset of the first white space outside strings, the length of text when there is none.
func blankAt(text []byte) int {
	for i := 0; i < len(text); {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
			return i
		case '"':
			i = StringEnd(text, i)
		default:
			i++
		}
	}
	return len(text)
}

// skip is the length of the white space that text begins with.
func skip(text []byte) int {
	for i, c := range text {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return i
		}
	}
	return len(text)
}
