package main

import (
	"testing"
	"time"
)

func TestReadCount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]uint64{
		"0": 0, "100": 100, "1_000_000_000": 1e9, "1e9": 1e9, "1E9": 1e9, "25e2": 2500, "1_0e1": 100,
		"010": 10, "18446744073709551615": 1<<64 - 1,
	} {
		if got, err := readCount(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "_", "1_", "_1", "1__0", "-1", "+1", "1.5", "0x10", "1e", "e9", "1e-1", "1e20", "18446744073709551616", "1e9e1",
		"ten", " 1", "１",
	} {
		if got, err := readCount(text); err == nil {
			t.Errorf("%q: read as %d", text, got)
		}
	}
}

func TestReadSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1MiB": 1 << 20, "512KiB": 512 << 10, "2048": 2048, "10kB": 10_000, "1 MiB": 1 << 20, "7B": 7, "1e3": 1000,
		"1GiB": 1 << 30,
	} {
		if got, err := readSize[int64](text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
		if got, err := readSize[int64](showSize(want)); err != nil || got != want {
			t.Errorf("%d shown as %q reads as %d, %v", want, showSize(want), got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "1TiB", "MiB", "1.5MiB", "2GiB", "1mib"} {
		if got, err := readSize[int64](text); err == nil {
			t.Errorf("%q: read as %d", text, got)
		}
	}
}

func TestReadDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-01-05":                time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
		"2026-01-05T09:00:00Z":      time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		"2026-01-05T09:00:00+02:00": time.Date(2026, 1, 5, 7, 0, 0, 0, time.UTC),
	} {
		if got, err := readDate(text); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "today", "2026-02-30", "05.01.2026", "2026-01-05 09:00:00"} {
		if got, err := readDate(text); err == nil {
			t.Errorf("%q: read as %s", text, got)
		}
	}
}

func TestShowDuration(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"1h": time.Hour, "30s": 30 * time.Second, "1m": time.Minute, "1h30m": 90 * time.Minute, "10s": 10 * time.Second,
		"20m10s": 20*time.Minute + 10*time.Second, "10h": 10 * time.Hour,
	} {
		if got := showDuration(d); got != want {
			t.Errorf("%s: shown as %q", d, got)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	tests := []struct {
		addr, host string
		open, both bool
	}{
		{"localhost:80", "127.0.0.1", false, true},
		{"LocalHost.:80", "127.0.0.1", false, true},
		{"127.0.0.1:80", "127.0.0.1", false, false},
		{"127.9.9.9:80", "127.9.9.9", false, false},
		{"[::1]:80", "::1", false, false},
		{"[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", false, false},
		{":80", "127.0.0.1", true, false},
		{"0.0.0.0:80", "127.0.0.1", true, false},
		{"[::]:80", "::1", true, false},
		{"192.0.2.1:80", "192.0.2.1", true, false},
	}
	for _, test := range tests {
		asked, err := readAddress(test.addr)
		if err != nil {
			t.Fatal(err)
		}
		p, err := resolve(asked)
		if err != nil || p.host() != test.host || p.open() != test.open || p.both != test.both {
			t.Errorf("%s: host %s, open %t, both %t, %v", test.addr, p.host(), p.open(), p.both, err)
		}
	}
}
