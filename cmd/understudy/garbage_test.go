package main

import (
	"runtime"
	"testing"
)

func TestGarbagePercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 2400}, {1 << 20, 2400}, {6 << 20, 400}, {12 << 20, 200}, {24 << 20, 100}, {1 << 30, 100},
	} {
		if got := garbagePercent(c.live); got != c.want {
			t.Errorf("%d bytes live: %d %%, want %d", c.live, got, c.want)
		}
	}
	runtime.GC()
	if live := liveHeap(); live == 0 || live == garbageRoom {
		t.Errorf("the live heap is not known: %d bytes", live)
	}
}

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		live uint64
		want int64
	}{
		{0, heapRoom}, {200 << 20, heapRoom}, {256 << 20, heapRoom}, {400 << 20, 600 << 20},
	} {
		if got := memoryLimit(c.live); got != c.want {
			t.Errorf("%d bytes live: %d, want %d", c.live, got, c.want)
		}
	}
}
