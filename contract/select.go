package contract

import (
	"path"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// selectChecks keeps the checks that Only asks for and Skip leaves. A pattern is a name, a label, or either with "*" for
// any text; one that matches nothing is an error with the nearest name.
func selectChecks(all []*Check, s Settings) ([]*Check, error) {
	for _, p := range slices.Concat(s.Only, s.Skip) {
		if !slices.ContainsFunc(all, func(c *Check) bool { return c.matches(p) }) {
			return nil, usage("pattern %q matches no check%s; --dry-run lists them", spec.Clip(p), nearestCheck(p, all))
		}
	}
	var out []*Check
	for _, c := range all {
		anyOf := func(patterns []string) bool { return slices.ContainsFunc(patterns, c.matches) }
		if (len(s.Only) == 0 || anyOf(s.Only)) && !anyOf(s.Skip) {
			out = append(out, c)
		}
	}
	return out, nil
}

// matches reports whether a pattern means the check. Without a "*" it may be any part of the name that stands between
// spaces.
func (c *Check) matches(pattern string) bool {
	if slices.Contains(c.Labels(), pattern) || c.Name == pattern {
		return true
	}
	if strings.Contains(pattern, "*") {
		glob := func(s string) bool {
			// path.Match stops at slashes, which names of checks may have.
			ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(s, "/", "\x00"))
			return err == nil && ok
		}
		return glob(c.Name) || slices.ContainsFunc(c.Labels(), glob)
	}
	return strings.Contains(" "+c.Name+" ", " "+pattern+" ")
}

func nearestCheck(pattern string, all []*Check) string {
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
		names = append(names, c.Labels()...)
	}
	if n := spec.Nearest(pattern, names); n != "" {
		return "; did you mean \"" + n + "\"?"
	}
	return ""
}

func joinNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
