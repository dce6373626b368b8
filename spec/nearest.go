package spec

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest is the name most like what was typed, "" when none is near enough to be meant.
func Nearest(typed string, names []string) string {
	if len(typed) > 64 {
		return ""
	}
	// Two letters swapped are two edits; in a short name they would make any other of it.
	allowed := 2
	if len(typed) <= 3 {
		allowed = 1
	}
	best, bestDistance := "", 1+max(allowed, len(typed)/4)
	lower := strings.ToLower(typed)
	for _, n := range names {
		if d := levenshtein.ComputeDistance(lower, strings.ToLower(n)); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}
