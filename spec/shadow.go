package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Shadowed are, for each branch of a oneOf, the index of another one that covers it, -1 where there is none known. What a
// shadowed branch takes two take, so the oneOf does not; where all are shadowed, it takes nothing.
func (s *Schema) Shadowed(dir Direction) []int { return newCovering(maxCovering).shadowed(s, dir) }

func (c *covering) shadowed(s *Schema, dir Direction) []int {
	out := make([]int, len(s.OneOf))
	for i, b := range s.OneOf {
		out[i] = slices.IndexFunc(s.OneOf, func(other *Schema) bool { return other != b && c.schemas(other, b, dir) })
		if j := slices.Index(s.OneOf, b); j != i {
			out[i] = j
		} else if again := slices.Index(s.OneOf[i+1:], b); again >= 0 {
			out[i] = i + 1 + again
		}
	}
	return out
}

// maxShadows is how many branches of a union are told of.
const maxShadows = 4

// TakesNone tells why a oneOf takes no value at all in a direction: as each branch is shadowed. It is "" where it may take
// one, and for a schema without oneOf.
func (s *Schema) TakesNone(dir Direction) string { return takesNone(s.Shadowed(dir)) }

// takesNone is TakesNone from what Shadowed tells.
func takesNone(by []int) string {
	if len(by) == 0 || slices.Contains(by, -1) {
		return ""
	}
	var said []string
	for i, j := range by {
		switch {
		case by[j] == i && j < i: // told with the other one
		case by[j] == i:
			said = append(said, fmt.Sprintf("oneOf/%d and oneOf/%d take the same values", i, j))
		default:
			said = append(said, fmt.Sprintf("oneOf/%d takes all that oneOf/%d takes", j, i))
		}
	}
	if more := len(said) - maxShadows; more > 0 {
		said = append(said[:maxShadows], fmt.Sprintf("%d more are taken in by others", more))
	}
	return strings.Join(said, ", ")
}
