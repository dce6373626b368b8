//go:build race

package mockserver

// underRace says that the race detector looks on: what a process holds is several times as much then.
const underRace = true
