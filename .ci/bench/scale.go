package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// manyConnections is how many clients ask at once where a server's queues are looked at.
const manyConnections = 64

// scaleTables say what more processors, more records and more clients do to a server.
func (b *bench) scaleTables(ctx context.Context) (string, error) {
	var t strings.Builder
	for _, part := range []func(context.Context, *strings.Builder) error{b.processors, b.queues, b.counts} {
		if err := part(ctx, &t); err != nil {
			return "", err
		}
	}
	return t.String(), nil
}

// ownRecord is an update on many connections, each of its own record.
func (b *bench) ownRecord() load {
	each := max(b.set.requests, manyConnections) / manyConnections
	return load{
		method: "PATCH", body: accepted, status: 200, connections: manyConnections,
		each: func(l load, i int) load { l.path = recordAt(i / each); return l },
	}
}

// runs measures a load on some servers in turn, each round.
func (b *bench) runs(servers []*process, l func(*process) load) (map[string][]result, error) {
	out := map[string][]result{}
	for round := -1; round < b.set.rounds; round++ {
		for _, p := range servers {
			r, err := l(p).measure(p, max(b.set.requests, manyConnections))
			if err != nil {
				return nil, err
			}
			if round >= 0 {
				out[p.name] = append(out[p.name], r)
			}
		}
	}
	return out, nil
}

// processors compares servers that may use one processor with the same ones that may use two.
func (b *bench) processors(ctx context.Context, t *strings.Builder) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var servers []*process
	for _, n := range []string{"1", "2"} {
		for _, command := range [][]string{
			{"naive", self, "-floor", "naive"},
			{"understudy", b.set.understudy, "serve", recordsDocument, "--addr", "127.0.0.1:0", "--log", "off"},
		} {
			p, err := start(ctx, command[0]+", "+n, "env", append([]string{"GOMAXPROCS=" + n}, command[1:]...)...)
			if err != nil {
				return err
			}
			b.servers = append(b.servers, p)
			servers = append(servers, p)
		}
	}
	found, err := b.runs(servers, func(*process) load { return b.ownRecord() })
	if err != nil {
		return err
	}
	t.WriteString("\n## Scale\n\n" +
		"Updates on 64 connections, each of its own record, by servers that may use one processor (GOMAXPROCS) or two.\n" +
		"The client takes its share of the same processors, so two cannot do twice as much: naive, which does next to nothing,\n" +
		"says how much they can.\n\n" +
		"| server, processors | requests/s | processor, µs | p50, µs | p99, µs | p99/p50 |\n|---|---|---|---|---|---|\n")
	for _, p := range servers {
		tellQueue(t, p.name, found[p.name])
	}
	return nil
}

// queues looks at how evenly servers answer many connections when they share no processor with the client: on a shared one
// the longest waits are those for the processor.
func (b *bench) queues(ctx context.Context, t *strings.Builder) error {
	first, last, err := ownProcessors()
	_, missing := exec.LookPath("taskset")
	if err != nil || missing != nil || first == last {
		t.WriteString("\nHere are no two processors to keep the client and the server apart, so nothing is said of how evenly they answer.\n")
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var servers []*process
	for _, command := range [][]string{
		{"bare", self, "-floor", "bare"},
		{"naive", self, "-floor", "naive"},
		{"understudy", b.set.understudy, "serve", recordsDocument, "--addr", "127.0.0.1:0", "--log", "off"},
	} {
		apart := append([]string{"-c", strconv.Itoa(first), "env", "GOMAXPROCS=1"}, command[1:]...)
		p, err := start(ctx, command[0], "taskset", apart...)
		if err != nil {
			return err
		}
		b.servers = append(b.servers, p)
		servers = append(servers, p)
	}
	if err := moveTo(ctx, strconv.Itoa(last)); err != nil {
		return err
	}
	procs := runtime.GOMAXPROCS(1)
	found, err := b.runs(servers, func(*process) load { return b.ownRecord() })
	runtime.GOMAXPROCS(procs)
	if err := errors.Join(err, moveTo(ctx, fmt.Sprintf("%d,%d", first, last))); err != nil {
		return err
	}
	t.WriteString("\nThe same on one processor, with the client on another. The goal is a p99 of at most five times the p50.\n\n" +
		"| server | requests/s | processor, µs | p50, µs | p99, µs | p99/p50 |\n|---|---|---|---|---|---|\n")
	for _, p := range servers {
		tellQueue(t, p.name, found[p.name])
	}
	return nil
}

// ownProcessors are the first and the last processor that this program may use.
func ownProcessors() (first, last int, err error) {
	self := process{name: "bench", cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	list, err := self.statusLine("Cpus_allowed_list:")
	if err != nil {
		return 0, 0, err
	}
	numbers := strings.FieldsFunc(list, func(r rune) bool { return r == '-' || r == ',' })
	if len(numbers) == 0 {
		return 0, 0, nil
	}
	first, err1 := strconv.Atoi(numbers[0])
	last, err2 := strconv.Atoi(numbers[len(numbers)-1])
	return first, last, errors.Join(err1, err2)
}

// moveTo moves this program, all its threads, to some processors.
func moveTo(ctx context.Context, processors string) error {
	out, err := exec.CommandContext(ctx, "taskset", "-a", "-c", "-p", processors, strconv.Itoa(os.Getpid())).CombinedOutput()
	if err != nil {
		return fmt.Errorf("taskset: %w: %s", err, out)
	}
	return nil
}

func tellQueue(t *strings.Builder, name string, rs []result) {
	fmt.Fprintf(t, "| %s | %.0f | %.1f | %.0f | %.0f | %.1f |\n", name,
		middle(rs, func(r result) float64 { return r.throughput }), middle(rs, func(r result) float64 { return micro(r.cpu) }),
		middle(rs, func(r result) float64 { return micro(r.p50) }), middle(rs, func(r result) float64 { return micro(r.p99) }),
		middle(rs, func(r result) float64 { return micro(r.p99) / micro(r.p50) }))
}

// counts compares servers that begin with few records with one that begins with very many.
func (b *bench) counts(ctx context.Context, t *strings.Builder) error {
	var servers []*process
	for _, n := range []int{10, 1000, seeded} {
		p, err := start(ctx, strconv.Itoa(n), b.set.understudy, "serve", recordsDocument, "--addr", "127.0.0.1:0", "--log", "off",
			"--count", strconv.Itoa(n))
		if err != nil {
			return err
		}
		b.servers = append(b.servers, p)
		servers = append(servers, p)
	}
	t.WriteString("\nOne connection, ten records, of so many that the server begins with (`--count`).\n\n" +
		"| records | what | processor, µs | p50, µs | p99, µs |\n|---|---|---|---|---|\n")
	of := func(l load, i int) load { l.path = recordAt(i % 10); return l }
	for _, one := range []struct {
		name string
		load load
	}{
		{"get", load{method: "GET", status: 200, connections: 1, each: of}},
		{"update", load{method: "PATCH", body: accepted, status: 200, connections: 1, each: of}},
	} {
		found, err := b.runs(servers, func(*process) load { return one.load })
		if err != nil {
			return err
		}
		for _, p := range servers {
			rs := found[p.name]
			fmt.Fprintf(t, "| %s | %s | %.1f | %.0f | %.0f |\n", p.name, one.name,
				middle(rs, func(r result) float64 { return micro(r.cpu) }), middle(rs, func(r result) float64 { return micro(r.p50) }),
				middle(rs, func(r result) float64 { return micro(r.p99) }))
		}
	}
	return nil
}
