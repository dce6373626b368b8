package mockserver

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// readBody prepares a request's body: it tells whether there is one, and reads it whole when asked, decompressed and
// bounded. Until then nothing is read, so a client that waits for 100 Continue gets its refusal first.
func (s *Server) readBody(x *exchange) (has bool, read func() ([]byte, error)) {
	r := x.r
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return false, func() ([]byte, error) { return nil, nil }
	}
	body := io.Reader(r.Body)
	if r.ContentLength < 0 { // chunked: only the first byte tells
		peeked := bufio.NewReader(r.Body)
		if _, err := peeked.Peek(1); errors.Is(err, io.EOF) {
			return false, func() ([]byte, error) { return nil, nil }
		}
		body = peeked
	}
	return true, func() ([]byte, error) {
		limit := s.bounds.Body
		if x.limit > 0 {
			limit = x.limit
		}
		b, err := s.readBounded(r, body, limit)
		x.body = b
		return b, err
	}
}

func (s *Server) readBounded(r *http.Request, body io.Reader, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, s.tooLarge(limit, fmt.Sprintf("%d bytes", r.ContentLength))
	}
	length := r.ContentLength
	switch coding := strings.ToLower(strings.TrimSpace(field(r.Header, "Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(io.LimitReader(body, limit+1))
		if err != nil {
			return nil, undecodable("a gzip stream, as Content-Encoding says", err)
		}
		body, length = unzipped, -1
	default:
		return nil, &spec.Refusal{Reason: spec.UnsupportedMediaType, Findings: []spec.Finding{{
			Rule: "contentEncoding", Level: spec.Must, In: "header", Pointer: "/Content-Encoding", Expected: "gzip or none",
			Actual: spec.Clip(coding), Hint: "send the body as it is, or compressed with gzip",
		}}}
	}
	b, err := readUpTo(body, limit+1, length)
	switch {
	case err != nil && field(r.Header, "Content-Encoding") != "":
		return nil, undecodable("a whole gzip stream", err)
	case err != nil:
		return nil, undecodable("a whole body", err)
	case int64(len(b)) > limit:
		return nil, s.tooLarge(limit, "more")
	}
	return b, nil
}

// field is the first value of a header's field, whose name is spelt as net/http spells it: Get would spell it anew.
func field(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// readUpTo reads all there is, so many bytes at most; in one piece where the length is known (-1: it is not) and not
// large: what a client claims is not believed before it comes.
func readUpTo(body io.Reader, limit, length int64) ([]byte, error) {
	const believed = 16 << 10
	if length < 0 || length >= min(believed, limit) {
		return io.ReadAll(io.LimitReader(body, limit))
	}
	b := make([]byte, length)
	n, err := io.ReadFull(body, b)
	return b[:n], err
}

// nameLimits says how the limits on a body's shape are raised.
func nameLimits(fs []spec.Finding) {
	flags := map[string]string{"json-too-deep": "--max-depth", "json-too-many": "--max-elements"}
	for i, f := range fs {
		if flag := flags[f.Rule]; flag != "" {
			fs[i].Hint += "; raise the limit with " + flag
		}
	}
}

func (s *Server) tooLarge(limit int64, actual string) error {
	flag := "--max-body"
	if limit != s.bounds.Body {
		flag = "--max-state"
	}
	return &spec.Refusal{Reason: spec.ContentTooLarge, Findings: []spec.Finding{{
		Rule: "size", Level: spec.Must, In: "body", Expected: fmt.Sprintf("at most %d bytes", limit), Actual: actual,
		Hint: "raise the limit with " + flag,
	}}}
}

func undecodable(expected string, err error) error {
	return &spec.Refusal{Reason: spec.NotDecodable, Findings: []spec.Finding{{
		Rule: "body", Level: spec.Must, In: "body", Expected: expected, Actual: spec.Clip(err.Error()),
	}}}
}
