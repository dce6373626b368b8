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
	best, bestDistance := "", 1+max(1, len(typed)/3)
	lower := strings.ToLower(typed)
	for _, n := range names {
		if d := levenshtein.ComputeDistance(lower, strings.ToLower(n)); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}
