package spec

import (
	"strconv"
	"testing"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 64, 1000} {
		from := map[string]int{}
		for i := range n {
			from["member"+strconv.Itoa(i*i)] = i
		}
		if n > 2 {
			from[""] = n
		}
		l := newLookup(from)
		for name, want := range from {
			if got, ok := l.find(name); !ok || *got != want {
				t.Errorf("%d names: %q has %v %v, want %d", n, name, got, ok, want)
			}
		}
		for _, name := range []string{"member", "member1x", "Member0", "x"} {
			if _, ok := l.find(name); ok {
				t.Errorf("%d names: %q is found", n, name)
			}
		}
	}
}
