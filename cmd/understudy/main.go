// Command understudy plays an API from its OpenAPI document, offline and with state.
package main

import (
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)) }

// run is the command: its arguments without the name, its environment as NAME=value, its streams, and its exit code.
func run(args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: readEnvironment(env), stdin: stdin, stdout: stdout, stderr: stderr, signals: processSignals}
	return a.run(args)
}
