// Command bench measures servers over loopback: real processes, one after the other and again, so that what else the
// machine does falls on all of them alike. What counts are the ratios of one run, by the processor time that /proc says
// the server used: the client's is no part of it. It needs Linux.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

type settings struct {
	understudy, prism, out string
	rounds, requests       int
	records, sessions      int
	documents              []string
	floor, profile         string
}

func main() {
	var set settings
	flag.StringVar(&set.understudy, "understudy", "./understudy", "the binary to measure")
	flag.StringVar(&set.prism, "prism", "", "the command of Prism; left out where it is not there")
	flag.StringVar(&set.out, "out", "", "write the table to this file instead of standard output")
	flag.IntVar(&set.rounds, "rounds", 5, "how often each server has its turn")
	flag.IntVar(&set.requests, "requests", 12800, "requests a turn, 64 at least")
	flag.IntVar(&set.records, "records", 1_000_000, "how many records are changed to see what they cost, 100 at least")
	flag.IntVar(&set.sessions, "sessions", 10_000, "how many sessions are begun to see what they cost, 10 at least")
	flag.StringVar(&set.floor, "floor", "", "be one of the servers: bare or naive")
	flag.StringVar(&set.profile, "profile", "", "measure nothing; write profiles of a loaded server to this directory")
	flag.Parse()
	set.documents = flag.Args()
	if set.floor != "" { // a signal simply ends it
		if err := floor(set.floor); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
	if err := untilSignal(set); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func untilSignal(set settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, set)
}

func run(ctx context.Context, set settings) error {
	if set.rounds < 1 || set.requests < 64 || set.records < 100 || set.sessions < 10 {
		return errors.New("want one round, 64 requests, 100 records and 10 sessions at least")
	}
	if set.profile != "" {
		return profile(ctx, set)
	}
	b := &bench{set: set, results: map[turn][]result{}}
	defer b.end()
	table := ""
	for _, section := range []func(context.Context) (string, error){
		b.speed, b.scaleTables, b.memoryTables, b.verifyTable, b.hostileTable,
	} {
		text, err := section(ctx)
		if err != nil {
			return err
		}
		table += text
	}
	if set.out == "" {
		_, err := os.Stdout.WriteString(table)
		return err
	}
	return os.WriteFile(set.out, []byte(table), 0o644)
}

// speed measures the servers against each other.
func (b *bench) speed(ctx context.Context) (string, error) {
	if err := b.start(ctx); err != nil {
		return "", err
	}
	if err := b.measure(ctx); err != nil {
		return "", err
	}
	return b.table(), nil
}

// bench is one run over all servers.
type bench struct {
	set     settings
	dir     string
	servers []*process
	results map[turn][]result
	memory  map[string]int64 // after start
	sizes   map[string]int64
}

// turn is one kind of measurement of one server.
type turn struct{ server, what string }

// kind is one kind of measurement, and which servers take part.
type kind struct {
	name    string
	load    load
	servers []string
	share   int // of the requests: one in so many
}

func kinds() []kind {
	all := []string{"bare", "naive", "understudy", "prism"}
	update := load{method: "PATCH", path: updatePath, body: accepted, status: 200, connections: 1}
	many := update
	many.connections = 64
	refusal := load{method: "PATCH", path: updatePath, body: refused, status: 422, connections: 1}
	record := load{method: "PATCH", path: recordPath, body: accepted, status: 200, connections: 1}
	get := load{method: "GET", path: recordPath, status: 200, connections: 1}
	return []kind{
		{"update", update, all, 1},
		{"update, 64 connections", many, all, 1},
		{"refused", refusal, []string{"understudy", "prism"}, 1},
		{"update, other document", record, []string{"records"}, 1},
		{"get, other document", get, []string{"records"}, 1},
	}
}

// slow is by how much fewer requests Prism gets, so that a run ends.
const slow = 16

func (b *bench) start(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	serve := []string{"serve", "--addr", "127.0.0.1:0", "--count", "1000000000", "--log", "off"}
	records := filepath.Join(".ci", "bench", "records.yaml")
	commands := [][]string{
		{"bare", self, "-floor", "bare"},
		{"naive", self, "-floor", "naive"},
		append([]string{"understudy", b.set.understudy}, serve...),
		append([]string{"records", b.set.understudy, serve[0], records}, serve[1:]...),
	}
	if b.set.prism != "" {
		doc := filepath.Join(b.dir, "commerce.yaml")
		if err := writeDocument(ctx, b.set.understudy, doc); err != nil {
			return err
		}
		commands = append(commands, []string{"prism", b.set.prism, "mock", doc, "--port", "0"})
	}
	b.memory, b.sizes = map[string]int64{}, map[string]int64{}
	for _, c := range commands {
		p, err := start(ctx, c[0], c[1], c[2:]...)
		if err != nil {
			return err
		}
		b.servers = append(b.servers, p)
		if info, err := os.Stat(c[1]); err == nil {
			b.sizes[p.name] = info.Size()
		}
	}
	time.Sleep(atRest)
	for _, p := range b.servers {
		if b.memory[p.name], err = p.resident(); err != nil {
			return err
		}
	}
	return nil
}

// atRest is how long servers are left alone after their first answer, before their memory is looked at.
const atRest = time.Second

func (b *bench) end() {
	for _, p := range b.servers {
		if err := p.end(); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", p.name, err)
		}
	}
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}

// measure gives every server its turn, round by round; the round before the first counts for nothing.
func (b *bench) measure(ctx context.Context) error {
	for round := -1; round < b.set.rounds; round++ {
		for _, k := range kinds() {
			for _, p := range b.servers {
				requests := b.requests(k, p, round)
				if requests == 0 {
					continue
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err := b.turn(k, p, requests, round >= 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// turn is one server's turn; it counts or is to warm up. A peer that fails is left out, and said.
func (b *bench) turn(k kind, p *process, requests int, counts bool) error {
	sent := k.load
	if p.name == "prism" { // serves paths without the server's
		sent.path = strings.TrimPrefix(sent.path, "/api")
	}
	r, err := sent.measure(p, requests)
	switch {
	case err != nil && p.name == "prism":
		fmt.Fprintln(os.Stderr, "bench: left out:", err)
	case err != nil:
		return err
	case counts:
		at := turn{p.name, k.name}
		b.results[at] = append(b.results[at], r)
	}
	return nil
}

func (b *bench) requests(k kind, p *process, round int) int {
	takesPart := false
	for _, s := range k.servers {
		takesPart = takesPart || s == p.name
	}
	n := b.set.requests
	if p.name == "prism" {
		n /= slow
	}
	if round < 0 {
		n /= 4
	}
	if !takesPart {
		return 0
	}
	return max(n, k.load.connections)
}
