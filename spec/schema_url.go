package spec

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Schemas are known to the compiler by URLs that say where in the document they stand.

const (
	urlPrefix = "understudy://document/"
	nowhere   = "understudy://nowhere/" // with the reference that leads there
)

// schemaURL names a place for the compiler: direction, file, pointer, and whether null is left out of the reading.
func schemaURL(at place, dir Direction, nonNull bool) string {
	u := fmt.Sprintf("%s%d/%d/%s", urlPrefix, dir, at.file, base64.RawURLEncoding.EncodeToString([]byte(at.ptr)))
	if nonNull {
		u += "?nonnull"
	}
	return u
}

// parseSchemaURL is the inverse of schemaURL; a fragment is appended to the pointer.
func parseSchemaURL(u string) (file int, ptr string, dir Direction, ok bool) {
	rest, ok := strings.CutPrefix(u, urlPrefix)
	if !ok {
		return 0, "", 0, false
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	parts := strings.SplitN(rest, "/", 3)
	if len(parts) != 3 {
		return 0, "", 0, false
	}
	d, err1 := strconv.Atoi(parts[0])
	file, err2 := strconv.Atoi(parts[1])
	raw, err3 := base64.RawURLEncoding.DecodeString(parts[2])
	if err1 != nil || err2 != nil || err3 != nil {
		return 0, "", 0, false
	}
	return file, string(raw) + unescapeFragment(fragment), Direction(d), true
}

func unescapeFragment(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
