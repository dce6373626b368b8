package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// flagValue is a flag whose text a function reads into a variable.
type flagValue[T any] struct {
	to   *T
	read func(string) (T, error)
	text string // as shown for the default
	kind string // the word that stands for it in the help
}

// newFlag is a value that shows text as its default; the variable holds it already.
func newFlag[T any](to *T, kind, text string, read func(string) (T, error)) *flagValue[T] {
	return &flagValue[T]{to: to, read: read, text: text, kind: kind}
}

func (v *flagValue[T]) Set(text string) error {
	value, err := v.read(text)
	if err == nil {
		*v.to, v.text = value, text
	}
	return err
}

func (v *flagValue[T]) String() string { return v.text }
func (v *flagValue[T]) Type() string   { return v.kind }

// repeatable is a flag that may be given more than once; from the environment, its values stand between commas.
type repeatable interface{ repeats() }

// listValue is a flag that collects what it is given.
type listValue struct {
	to    *[]string
	kind  string
	check func(string) error
}

func (v listValue) repeats()       {}
func (v listValue) String() string { return strings.Join(*v.to, ",") }
func (v listValue) Type() string   { return v.kind }

func (v listValue) Set(text string) error {
	if text == "" {
		return errEmpty
	}
	if v.check != nil {
		if err := v.check(text); err != nil {
			return err
		}
	}
	*v.to = append(*v.to, text)
	return nil
}

var (
	_ pflag.Value = (*flagValue[int])(nil)
	_ pflag.Value = listValue{}
	_ repeatable  = listValue{}
)

var (
	errEmpty    = errors.New("want something, not nothing")
	errWhole    = errors.New("want a whole number, such as 100, 1_000_000 or 1e9")
	errPositive = errors.New("want a whole number from 1 on")
	errSize     = errors.New("want a size such as 1MiB, 512KiB or 2048")
	errDuration = errors.New("want a duration above zero, such as 30s or 1h")
	errDate     = errors.New("want a date such as 2026-01-05 or 2026-01-05T09:00:00Z")
	errAddress  = errors.New("want host:port, such as 127.0.0.1:4010; port 0 picks a free one")
	errLatency  = errors.New("want a duration such as 50ms, or a range such as 50ms..200ms")
	errFail     = errors.New("want a share and a status from 400 to 599, such as 2%:503")
	errToken    = errors.New("want 8 to 256 visible ASCII characters")
	errOrigin   = errors.New("want an origin such as http://localhost:3000, with no path")
)

// readCount reads whole numbers as people write large ones: 1000000000, 1_000_000_000, 1e9.
func readCount(text string) (uint64, error) {
	digits, exponent, scaled := strings.Cut(strings.ToLower(text), "e")
	if digits == "" || strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return 0, errWhole
	}
	zeros := 0
	if scaled {
		z, err := strconv.ParseUint(exponent, 10, 8)
		if err != nil || z > 19 {
			return 0, errWhole
		}
		zeros = int(z)
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(digits, "_", "")+strings.Repeat("0", zeros), 10, 64)
	if err != nil {
		return 0, errWhole
	}
	return n, nil
}

func readPositive[T int | int64](text string) (T, error) {
	n, err := readCount(text)
	if err != nil || n == 0 || n > 1<<31-1 {
		return 0, errPositive
	}
	return T(n), nil
}

var sizeUnits = []struct {
	name  string
	bytes uint64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1},
}

// readSize reads a number of bytes with a unit or without.
func readSize[T int | int64](text string) (T, error) {
	number, scale := text, uint64(1)
	for _, u := range sizeUnits {
		if before, ok := strings.CutSuffix(text, u.name); ok {
			number, scale = strings.TrimSpace(before), u.bytes
			break
		}
	}
	n, err := readCount(number)
	if err != nil || n == 0 || n > (1<<31-1)/scale {
		return 0, errSize
	}
	return T(n * scale), nil
}

// showSize is the shortest text that readSize reads as n.
func showSize(n int64) string {
	for i := 2; i >= 0; i-- {
		if u := sizeUnits[i]; n >= int64(u.bytes) && n%int64(u.bytes) == 0 {
			return strconv.FormatInt(n/int64(u.bytes), 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func readDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errDuration
	}
	return d, nil
}

// showDuration leaves out the zero minutes and seconds that Duration.String keeps.
func showDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func readDate(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errDate
}

// hostPort is an address to listen on, as it was given.
type hostPort struct {
	host string
	port int
}

func readAddress(text string) (hostPort, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return hostPort{}, errAddress
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strings.ContainsAny(host, " /@") {
		return hostPort{}, errAddress
	}
	return hostPort{host, int(n)}, nil
}

func readLatency(text string) (mockserver.Latency, error) {
	l, err := mockserver.ParseLatency(text)
	if err != nil {
		return l, errLatency
	}
	return l, nil
}

func readFail(text string) (mockserver.Fail, error) {
	f, err := mockserver.ParseFail(text)
	if err != nil {
		return f, errFail
	}
	return f, nil
}

func readText(text string) (string, error) { return text, nil }

func readNonEmpty(text string) (string, error) {
	if text == "" {
		return "", errEmpty
	}
	return text, nil
}

// oneOf reads a word of a list and offers the nearest of it.
func oneOf(words ...string) func(string) (string, error) {
	return func(text string) (string, error) {
		if slices.Contains(words, text) {
			return text, nil
		}
		if near := spec.Nearest(text, words); near != "" {
			return "", fmt.Errorf("did you mean %s?", near)
		}
		return "", fmt.Errorf("want one of %s", strings.Join(words, ", "))
	}
}

// checkToken refuses tokens that no header can carry or that are too short to guard anything.
func checkToken(token string) error {
	visible := func(r rune) bool { return r > ' ' && r < 0x7F }
	if len(token) < 8 || len(token) > 256 || strings.ContainsFunc(token, func(r rune) bool { return !visible(r) }) {
		return errToken
	}
	return nil
}

func checkOrigin(origin string) error {
	scheme, host, ok := strings.Cut(origin, "://")
	if !ok || scheme == "" || host == "" || strings.ContainsAny(host, "/?# ") {
		return errOrigin
	}
	return nil
}
