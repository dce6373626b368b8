package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The goal that is set for a hostile body, with the default bounds.
const (
	hostileTime   = 100 * time.Millisecond
	hostileMemory = 50 << 20
)

// hostile is a body made to be expensive.
type hostile struct {
	name, contentType, body string
}

// many repeats a text with commas between; the server takes 20,000 elements of a body.
func many(n int, text func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(text(i))
	}
	return b.String()
}

func same(text string) func(int) string { return func(int) string { return text } }

func quoted(n int) string { return `"` + strings.Repeat("x", n) + `"` }

func hostileBodies() []hostile {
	const json, form, most, megabyte = "application/json", "application/x-www-form-urlencoded", 19_900, 1_000_000
	deep := func(levels int, inside string) string {
		return `{"tree":` + strings.Repeat(`{"t":`, levels) + inside + strings.Repeat("}", levels) + "}"
	}
	list := func(name, items string) string { return `{"` + name + `":[` + items + "]}" }
	member := func(i int) string { return `"m` + strconv.Itoa(i) + `":"x"` }
	branch := `{"e":` + strings.Repeat(`{"t":`, 90) + "1" + strings.Repeat("}", 91)
	field := func(i int) string { return "m" + strconv.Itoa(i) + "=x" }
	fields := func(n int, text func(int) string) string { return strings.ReplaceAll(many(n, text), ",", "&") }
	nested := strings.Repeat("<t>", 100_000) + strings.Repeat("</t>", 100_000)
	alike := func(i int) string { return `"` + strings.Repeat("k", 40) + strconv.Itoa(i) + `":"x"` }
	return []hostile{
		{"a megabyte of wrong items", json, list("numbers", many(most, same(quoted(45))))},
		{"wrong items, as many as there may be", json, list("numbers", many(most, same(`""`)))},
		{"more items than there may be", json, list("numbers", many(megabyte/3, same(`""`)))},
		{"numbers that are wrong", json, list("exact", many(most, same("1000000.001")))},
		{"long numbers", json, list("exact", many(3000, same("1"+strings.Repeat("0", 300)+".001")))},
		{"numbers with large exponents", json, list("exact", many(most, same("1e308")))},
		{"items of none of eight branches", json, list("either", many(most, same(`"x"`)))},
		{"objects of none of eight branches", json, list("either", many(most, same(`{}`)))},
		{"deep objects of none of eight branches", json, list("either", many(200, same(branch)))},
		{"unique items, the last one twice", json, list("unique", many(most, func(i int) string { return strconv.Itoa(i % (most - 1)) }))},
		{"unique objects", json, list("unique", many(most/3, func(i int) string { return `{"a":{"b":` + strconv.Itoa(i) + "}}" })) + " "},
		{"a long text against a pattern", json, `{"word":` + quoted(megabyte) + "}"},
		{"many texts against a pattern that looks ahead", json, list("words", many(most, same(quoted(45))))},
		{"a long text that is none of an enum", json, `{"one":` + quoted(megabyte) + "}"},
		{"a long list that is none of an enum", json, `{"one":[` + many(most, same("1")) + "]}"},
		{"nested as deep as may be", json, deep(98, "1")},
		{"nested deeper than may be", json, deep(100_000, "1")},
		{"deep and wide", json, deep(90, list("kids", many(9_000, same(`{"x":1}`))))},
		{"a thousand wrong members", json, "{" + many(1000, member) + "}"},
		{"wrong members, as many as there may be", json, "{" + many(most, member) + "}"},
		{"long names that hardly differ", json, "{" + many(most, alike) + "}"},
		{"members twice", json, "{" + many(most-1, member) + `,"m0":1}`},
		{"one long wrong text", json, `{"numbers":` + quoted(megabyte) + "}"},
		{"a form of many parts", form, fields(most, field)},
		{"a form of one part many times", form, fields(megabyte/12, same("numbers=x"))},
		{"multipart of many parts", "multipart/form-data; boundary=b", parts(10_000)},
		{"XML of many elements", "application/xml", "<Thing>" + strings.Repeat("<numbers>x</numbers>", most) + "</Thing>"},
		{"XML nested deep", "application/xml", "<Thing><tree>" + nested + "</tree></Thing>"},
	}
}

func parts(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString("--b\r\nContent-Disposition: form-data; name=\"numbers\"\r\n\r\nx\r\n")
	}
	return b.String() + "--b--\r\n"
}

// hostileTable sends each body, some times, to a server that does nothing else.
func (b *bench) hostileTable(ctx context.Context) (string, error) {
	var t strings.Builder
	t.WriteString("\n## Hostile bodies\n\nEach alone, to a server that does nothing else, with the default bounds; the middle of " +
		strconv.Itoa(b.set.rounds) + " times. Memory is all that\nis allocated on the way, whether it is needed at the same time or not." +
		" The goals are 100 ms and 50 MB.\n\n" +
		"| body | bytes | status | answered after, ms | processor, ms | memory, MB |\n|---|---|---|---|---|---|\n")
	p, err := start(ctx, "hostile", b.set.understudy, "serve", filepath.Join(".ci", "bench", "hostile.yaml"), "--addr", "127.0.0.1:0",
		"--log", "off", "--pprof")
	if err != nil {
		return "", err
	}
	b.servers = append(b.servers, p) // to be ended
	for _, h := range hostileBodies() {
		cost, err := p.suffer(ctx, h, b.set.rounds)
		if err != nil {
			return "", fmt.Errorf("%s: %w", h.name, err)
		}
		fmt.Fprintf(&t, "| %s | %d | %d | %.1f%s | %.1f | %.1f%s |\n", h.name, len(h.body), cost.status,
			micro(cost.took)/1000, over(cost.took > hostileTime), micro(cost.cpu)/1000,
			float64(cost.memory)/1e6, over(cost.memory > hostileMemory))
	}
	return t.String(), nil
}

// over marks what misses its goal.
func over(missed bool) string {
	if missed {
		return " (missed)"
	}
	return ""
}

// suffering is what one body cost.
type suffering struct {
	status    int
	took, cpu time.Duration
	memory    int64
}

// suffer sends a body some times and tells the middle of each cost; once more before, which makes what is made once.
func (p *process) suffer(ctx context.Context, h hostile, rounds int) (suffering, error) {
	var status int
	var took, cpu, memory []float64
	for range rounds + 1 {
		idle, err1 := p.heap(ctx)
		before, err2 := p.cpu()
		begun := time.Now()
		code, err3 := p.post(ctx, h)
		took = append(took, float64(time.Since(begun)))
		after, err4 := p.cpu()
		full, err5 := p.heap(ctx)
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return suffering{}, err
		}
		status, cpu, memory = code, append(cpu, float64(after-before)), append(memory, float64(full.allocated-idle.allocated))
	}
	middle := func(all []float64) float64 { return spreadOf(all[1:]).mid }
	return suffering{status, time.Duration(middle(took)), time.Duration(middle(cpu)), int64(middle(memory))}, nil
}

func (p *process) post(ctx context.Context, h hostile) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/things", strings.NewReader(h.body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", h.contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
