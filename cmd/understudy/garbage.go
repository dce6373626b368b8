package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A server whose heap is small has it searched for garbage again and again: at a few megabytes every few hundred requests,
// which is a tenth of what they cost. So garbage may always reach garbageRoom before it is looked for. Of a heap beyond
// that as much may be garbage as is none, as everywhere in Go.
const garbageRoom = 24 << 20

// usualPercent is what Go does by itself.
const usualPercent = 100

// gatherGarbage keeps to that from now on. Who sets GOGC knows better.
func gatherGarbage() {
	if os.Getenv("GOGC") != "" {
		return
	}
	percent := usualPercent
	var watch func()
	watch = func() {
		if want := garbagePercent(liveHeap()); want > percent*9/8 || want < percent*7/8 {
			percent = want
			debug.SetGCPercent(percent)
		}
		runtime.AddCleanup(new([64]byte), func(struct{}) { watch() }, struct{}{}) // after the next collection
	}
	watch()
}

// A run of verify ends, and of a large document it makes gigabytes that last for a moment: the cases of one body after the
// other. So garbage is gathered earlier when what is there reaches heapRoom, though never so early that it is gathered
// without end.
const heapRoom = 384 << 20

// boundGarbage keeps to that from now on. Who sets GOGC or GOMEMLIMIT knows better.
func boundGarbage() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	var watch func()
	watch = func() {
		debug.SetMemoryLimit(memoryLimit(liveHeap()))
		runtime.AddCleanup(new([64]byte), func(struct{}) { watch() }, struct{}{}) // after the next collection
	}
	watch()
}

// memoryLimit is where garbage is gathered at the latest, in bytes, for a live heap: at half as much again where that is more.
func memoryLimit(live uint64) int64 {
	return int64(min(max(heapRoom, live+live/2), math.MaxInt64))
}

// garbagePercent is the share of a live heap, in bytes, that garbage may reach, in percent.
func garbagePercent(live uint64) int {
	return max(usualPercent, int(garbageRoom*100/max(live, 1<<20)))
}

// liveHeap is what the last collection left, in bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return garbageRoom
	}
	return sample[0].Value.Uint64()
}
