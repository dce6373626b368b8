package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// writeDocument writes the embedded document as one, for other servers to read.
func writeDocument(ctx context.Context, understudy, to string) error {
	text, err := exec.CommandContext(ctx, understudy, "spec").Output()
	if err != nil {
		return fmt.Errorf("understudy spec: %w", err)
	}
	return os.WriteFile(to, text, 0o600)
}

// spread is the middle of some figures with the lowest and the highest.
type spread struct{ low, mid, high float64 }

func spreadOf(all []float64) spread {
	if len(all) == 0 {
		return spread{}
	}
	slices.Sort(all)
	return spread{all[0], all[len(all)/2], all[len(all)-1]}
}

func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f to %.2f)", s.mid, s.low, s.high) }

// against is the ratio of two servers' processor time, round by round.
func (b *bench) against(of, base turn) (spread, bool) {
	xs, ys := b.results[of], b.results[base]
	var ratios []float64
	for i := range min(len(xs), len(ys)) {
		if ys[i].cpu > 0 {
			ratios = append(ratios, float64(xs[i].cpu)/float64(ys[i].cpu))
		}
	}
	return spreadOf(ratios), len(ratios) > 0
}

func middle(rs []result, of func(result) float64) float64 {
	all := make([]float64, 0, len(rs))
	for _, r := range rs {
		all = append(all, of(r))
	}
	return spreadOf(all).mid
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func (b *bench) table() string {
	var t strings.Builder
	fmt.Fprintf(&t, "# Measured\n\nBy `make bench` on %s, with %s on %d processors: %d rounds of %d requests, each server in turn.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), b.set.rounds, b.set.requests)
	t.WriteString("Processor time is the server's, a request; figures are the middle of the rounds. Only the ratios of one run mean\n" +
		"something on another day, or on another machine. bare answers a constant; naive keeps one record behind one lock\n" +
		"and checks nothing (see `.ci/bench/floor.go`).\n\n")
	t.WriteString("| what | server | processor, µs | requests/s | p50, µs | p99, µs | processor against naive |\n" +
		"|---|---|---|---|---|---|---|\n")
	for _, k := range kinds() {
		for _, p := range b.servers {
			rs := b.results[turn{p.name, k.name}]
			if len(rs) == 0 {
				continue
			}
			base := turn{"naive", "update"}
			if k.load.connections > 1 {
				base.what = k.name
			}
			ratio := ""
			if s, ok := b.against(turn{p.name, k.name}, base); ok {
				ratio = s.String()
			}
			fmt.Fprintf(&t, "| %s | %s | %.1f | %.0f | %.0f | %.0f | %s |\n", k.name, p.name,
				middle(rs, func(r result) float64 { return micro(r.cpu) }),
				middle(rs, func(r result) float64 { return r.throughput }),
				middle(rs, func(r result) float64 { return micro(r.p50) }),
				middle(rs, func(r result) float64 { return micro(r.p99) }), ratio)
		}
	}
	b.ratios(&t)
	t.WriteString("\n| server | first answer after start, ms | memory after start, MB | binary, MB |\n|---|---|---|---|\n")
	for _, p := range b.servers {
		fmt.Fprintf(&t, "| %s | %.0f | %.1f | %.1f |\n", p.name, micro(p.ready)/1000, float64(b.memory[p.name])/1e6,
			float64(b.sizes[p.name])/1e6)
	}
	t.WriteString("\nUnderstudy is started with `--count 1000000000`. The goals are 50 ms, 30 MB and 30 MB.\n")
	return t.String()
}

// ratios are those that the project has set itself a goal for.
func (b *bench) ratios(t *strings.Builder) {
	t.WriteString("\n| ratio of processor time | goal | measured |\n|---|---|---|\n")
	for _, r := range []struct {
		name, goal string
		of, base   turn
	}{
		{"update, understudy against naive", "at most 1.0", turn{"understudy", "update"}, turn{"naive", "update"}},
		{"refused against accepted", "at most 2.0", turn{"understudy", "refused"}, turn{"understudy", "update"}},
		{"get against update", "at most 1.0", turn{"records", "get, other document"}, turn{"records", "update, other document"}},
		{"Prism against understudy, update", "at least 20", turn{"prism", "update"}, turn{"understudy", "update"}},
	} {
		if s, ok := b.against(r.of, r.base); ok {
			fmt.Fprintf(t, "| %s | %s | %s |\n", r.name, r.goal, s)
		}
	}
}
