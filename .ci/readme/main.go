// Command readme runs the examples of a README, so that what it shows is what happens:
//
//	go run ./.ci/readme README.md
//
// Blocks tagged console are a session: lines that begin "$ " are commands, all run in one bash for the whole file and
// in the file's directory; a command that ends in a backslash goes on in lines that begin "> ". The lines up to the
// next command are what it must print, on standard output and standard error together. There, a line "..." stands for
// any number of lines and "[..]" within a line for any text. A command that ends in " &" runs in the background until
// the end; its output is waited for.
//
// Blocks tagged sh must end with exit code 0, whatever they print. Other blocks are not looked at.
//
// The command understudy is built first and can be called by that name. Exit codes: 0 all as shown, 1 not, 2 the file
// cannot be read as a README with examples.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// settings are the flags.
type settings struct {
	file     string
	build    string        // the package that is built first; "" for none
	patience time.Duration // for a command to end
	wait     time.Duration // for the output of one in the background
}

func run(args []string, stdout, stderr io.Writer) int {
	var set settings
	flags := flag.NewFlagSet("readme", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.build, "build", "./cmd/understudy", "build this package first; its name is then a command")
	flags.DurationVar(&set.patience, "timeout", 5*time.Minute, "how long a command may take")
	flags.DurationVar(&set.wait, "wait", time.Minute, "how long the output of a background command may take")
	if flags.Parse(args) != nil {
		return 2
	}
	if flags.NArg() != 1 {
		fmt.Fprintln(stderr, "readme: want one file: go run ./.ci/readme README.md")
		return 2
	}
	set.file = flags.Arg(0)
	return check(set, stdout, stderr)
}

// check runs the examples of a file and reports each that is not as shown.
func check(set settings, stdout, stderr io.Writer) int {
	text, err := os.ReadFile(set.file)
	if err != nil {
		fmt.Fprintln(stderr, "readme:", err)
		return 2
	}
	examples, err := parse(string(text))
	if err != nil {
		fmt.Fprintf(stderr, "readme: %s:%v\n", set.file, err)
		return 2
	}
	s, err := open(filepath.Dir(set.file), set)
	if err != nil {
		fmt.Fprintln(stderr, "readme:", err)
		return 2
	}
	defer s.close()
	failures := 0
	for _, e := range examples {
		complaint, err := s.try(e)
		if err != nil {
			complaint = err.Error() + "\n"
		}
		if complaint != "" {
			failures++
			fmt.Fprintf(stderr, "%s:%d: %s\n%s\n", set.file, e.line, firstLine(e.command), indent(complaint))
		}
		if err != nil {
			break // the session is gone
		}
	}
	if failures > 0 {
		fmt.Fprintf(stderr, "readme: %s: %d of %d examples are not as shown\n", set.file, failures, len(examples))
		return 1
	}
	fmt.Fprintf(stdout, "readme: %s: %d examples are as shown\n", set.file, len(examples))
	return 0
}

func firstLine(text string) string {
	line, rest, more := strings.Cut(text, "\n")
	if more && rest != "" {
		line += " ..."
	}
	return line
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ")
}
