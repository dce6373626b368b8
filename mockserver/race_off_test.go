//go:build !race

package mockserver

const underRace = false
