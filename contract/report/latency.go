package report

import (
	"slices"
	"time"
)

// latency is how long answers took, in milliseconds.
type latency struct {
	Answers int      `json:"answers"`
	Median  float64  `json:"median"`
	P90     float64  `json:"p90"`
	P99     float64  `json:"p99"`
	Max     float64  `json:"max"`
	Buckets []bucket `json:"buckets"`
}

// bucket counts the answers that took at most so long, and more than the bucket before; 0 is no limit.
type bucket struct {
	AtMost float64 `json:"atMost"`
	Count  int     `json:"count"`
}

var bucketLimits = []float64{0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}

func newLatency(run *Run) latency {
	all := slices.Clone(run.Latencies)
	if len(all) == 0 {
		for _, o := range run.Result.Outcomes {
			for _, s := range o.Steps {
				if s.Answer != nil {
					all = append(all, s.Answer.Took)
				}
			}
		}
	}
	if len(all) == 0 {
		return latency{}
	}
	slices.Sort(all)
	at := func(part float64) float64 { return milliseconds(all[int(part*float64(len(all)-1))]) }
	return latency{Answers: len(all), Median: at(0.5), P90: at(0.9), P99: at(0.99), Max: at(1), Buckets: buckets(all)}
}

// buckets counts sorted durations, without the empty buckets at both ends.
func buckets(all []time.Duration) []bucket {
	var out []bucket
	i := 0
	for _, limit := range bucketLimits {
		b := bucket{AtMost: limit}
		for ; i < len(all) && milliseconds(all[i]) <= limit; i++ {
			b.Count++
		}
		if b.Count > 0 || len(out) > 0 && i < len(all) {
			out = append(out, b)
		}
	}
	if rest := len(all) - i; rest > 0 {
		out = append(out, bucket{Count: rest})
	}
	return out
}
