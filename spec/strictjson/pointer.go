package strictjson

import (
	"strconv"
	"strings"
)

var (
	escapes   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapes = strings.NewReplacer("~1", "/", "~0", "~")
)

// Pointer is the JSON pointer (RFC 6901) made of unescaped segments; without any it is "", the root.
func Pointer(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		if strings.ContainsAny(s, "~/") {
			s = escapes.Replace(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

// Segments are the unescaped segments of a JSON pointer; none for the root.
func Segments(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, p := range parts {
		if strings.Contains(p, "~") {
			parts[i] = Unescape(p)
		}
	}
	return parts
}

// Resolve returns the value inside v that a JSON pointer (RFC 6901) names, and whether there is one. A
// pointer that is not well-formed names nothing, and so does "-", the item after the last.
func Resolve(v any, pointer string) (any, bool) {
	for pointer != "" {
		rest, ok := strings.CutPrefix(pointer, "/")
		if !ok {
			return nil, false
		}
		end := strings.IndexByte(rest, '/')
		if end < 0 {
			end = len(rest)
		}
		segment, ok := unescape(rest[:end])
		if !ok {
			return nil, false
		}
		if v, ok = child(v, segment); !ok {
			return nil, false
		}
		pointer = rest[end:]
	}
	return v, true
}

// unescape reports false when a ~ is not followed by 0 or 1.
func unescape(segment string) (string, bool) {
	if !strings.Contains(segment, "~") {
		return segment, true
	}
	for i, c := range segment {
		if c == '~' && (i+1 == len(segment) || segment[i+1] != '0' && segment[i+1] != '1') {
			return "", false
		}
	}
	return unescapes.Replace(segment), true
}

// Unescape is the name that a segment of a JSON pointer stands for.
func Unescape(segment string) string { return unescapes.Replace(segment) }

func child(v any, segment string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		value, ok := v[segment]
		return value, ok
	case Object:
		return v.Get(segment)
	case []any:
		i, err := strconv.Atoi(segment)
		// Itoa refuses what Atoi takes but RFC 6901 does not: leading zeros and signs.
		if err != nil || i < 0 || i >= len(v) || strconv.Itoa(i) != segment {
			return nil, false
		}
		return v[i], true
	default:
		return nil, false
	}
}
