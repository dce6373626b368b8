package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/spec"
)

// variablePrefix begins the name of every variable that sets a flag.
const variablePrefix = "UNDERSTUDY_"

// environment is the variables that begin with our prefix, by name.
type environment map[string]string

func readEnvironment(env []string) environment {
	out := environment{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, variablePrefix) {
			out[name] = value
		}
	}
	return out
}

// variable is the name of the variable that sets a flag: UNDERSTUDY_BASE_PATH for --base-path; "" for --help.
func variable(f *pflag.Flag) string {
	if f.Name == "help" {
		return ""
	}
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// nameVariables says in the help of each flag which variable sets it.
func nameVariables(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if v := variable(f); v != "" {
			f.Usage += " [$" + v + "]"
		}
	})
}

// apply sets the flags that were not given from the variables that are there, empty ones too. The error names the
// variable.
func (env environment) apply(flags *pflag.FlagSet) error {
	var bad error
	flags.VisitAll(func(f *pflag.Flag) {
		text, there := env[variable(f)]
		if f.Changed || !there || bad != nil {
			return
		}
		if err := setFromText(f, text); err != nil && secret(f) {
			bad = fmt.Errorf("%s: %w", variable(f), err)
		} else if err != nil {
			bad = fmt.Errorf("%s %q: %w", variable(f), spec.Clip(text), err)
		}
	})
	return bad
}

func setFromText(f *pflag.Flag, text string) error {
	values := []string{text}
	if _, repeatable := f.Value.(repeatable); repeatable {
		values = strings.Split(text, ",")
	}
	for _, v := range values {
		if err := f.Value.Set(v); err != nil {
			return err
		}
	}
	f.Changed = true
	return nil
}

// unknown warns of variables that were meant to be settings. It refuses none: others may set variables of our prefix
// (a cluster does so for every service it runs).
func (env environment) unknown(root *cobra.Command) []string {
	known := map[string]bool{}
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[variable(f)] = true })
	}
	names := slices.Sorted(maps.Keys(known))
	var warnings []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		near := spec.Nearest(strings.TrimPrefix(name, variablePrefix), trimAll(names, variablePrefix))
		if !known[name] && near != "" {
			warnings = append(warnings, fmt.Sprintf("%s sets nothing: did you mean %s%s?", name, variablePrefix, near))
		}
	}
	return warnings
}

func trimAll(names []string, prefix string) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, strings.TrimPrefix(n, prefix))
	}
	return out
}
