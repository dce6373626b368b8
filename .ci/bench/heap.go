package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
)

// heap is what a server, started with --pprof, says of its memory.
type heap struct {
	inUse     int64 // after its garbage was collected
	allocated int64 // since it began
}

func (p *process) heap(ctx context.Context) (heap, error) {
	text, err := get(ctx, p.base+"/__understudy/pprof/heap?gc=1&debug=1")
	if err != nil {
		return heap{}, err
	}
	var h heap
	found := 0
	for line := range bytes.Lines(text) {
		for name, to := range map[string]*int64{"# HeapAlloc = ": &h.inUse, "# TotalAlloc = ": &h.allocated} {
			if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
				if *to, err = strconv.ParseInt(string(bytes.TrimSpace(rest)), 10, 64); err != nil {
					return heap{}, err
				}
				found++
			}
		}
	}
	if found != 2 {
		return heap{}, fmt.Errorf("%s: its heap profile does not say HeapAlloc and TotalAlloc", p.name)
	}
	return h, nil
}
