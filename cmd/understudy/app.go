package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/spec"
)

// The exit codes of every subcommand.
const (
	exitOK     = 0
	exitFailed = 1 // it ran, and something could not be done: the state not saved, the output not written
	exitUsage  = 2 // it never began: a bad flag or setting, an unreadable document, a taken port
)

// app is one run of the command.
type app struct {
	env            environment
	stdin          io.Reader
	stdout, stderr io.Writer
	// signals starts to deliver the signals that end a server, until stop is called.
	signals func() (c <-chan os.Signal, stop func())
	// ticks are when watched files are looked at; nil for the clock's.
	ticks <-chan time.Time
}

// processSignals are the real ones.
func processSignals() (<-chan os.Signal, func()) {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c, func() { signal.Stop(c) }
}

func (a *app) run(args []string) int {
	root := a.root()
	root.SetArgs(args)
	for _, warning := range a.env.unknown(root) {
		a.warn(warning)
	}
	cmd, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	code := exitUsage
	if f := new(failure); errors.As(err, &f) {
		code = exitFailed
	}
	if st := new(status); errors.As(err, &st) {
		if st.err == nil {
			return st.code
		}
		code = st.code
	}
	_, _ = fmt.Fprintln(a.stderr, "understudy: "+oneLine(explain(cmd, err).Error()))
	return code
}

// warn says something that stops nothing.
func (a *app) warn(text string) { _, _ = fmt.Fprintln(a.stderr, "understudy: warning: "+oneLine(text)) }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "understudy",
		Short: "Play an API from its OpenAPI document, offline and with state",
		Long: "Understudy learns an API from its OpenAPI document and plays it on this machine, offline and with state.\n\n" +
			"Flags beat the environment, which beats defaults. Exit codes: 0 done, 1 failed, 2 usage or unreadable document;\n" +
			"verify has more, see understudy help verify.",
		Args:          a.noSubcommand,
		RunE:          a.showUsage,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.env.apply(cmd.Flags())
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.AddCommand(a.serveCommand(), a.verifyCommand(), a.restoreCommand(), a.lintCommand(), a.specCommand(), a.versionCommand())
	root.SetHelpCommand(a.helpCommand())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		nameVariables(c.Flags())
		if c.Name() == "completion" {
			c.Args, c.RunE = nil, wantShell
		}
	}
	return root
}

// noSubcommand refuses a first word that names no subcommand.
func (a *app) noSubcommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknown(root, "command", args[0], commandNames(root))
}

// showUsage is what the bare command does: nothing, and it says so by its exit code.
func (a *app) showUsage(root *cobra.Command, _ []string) error {
	root.SetOut(a.stderr)
	_ = root.Help()
	return fmt.Errorf("want a command: %s", strings.Join(commandNames(root), ", "))
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			names = append(names, c.Name())
		}
	}
	return names
}

// failure is an error of a command that had begun.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// failed marks an error as one of running, not of usage.
func failed(err error) error {
	if err == nil {
		return nil
	}
	return &failure{err}
}

// status is an exit code with a meaning of its own; err is nil where everything has been said.
type status struct {
	code int
	err  error
}

func (s *status) Error() string {
	if s.err == nil {
		return ""
	}
	return s.err.Error()
}

func (s *status) Unwrap() error { return s.err }

// exit ends a command with a code of its own.
func exit(code int, err error) error {
	if code == exitOK && err == nil {
		return nil
	}
	return &status{code, err}
}

// explain words the errors that the flag library made as ours are worded.
func explain(cmd *cobra.Command, err error) error {
	if missing := new(pflag.NotExistError); errors.As(err, &missing) {
		if short := missing.GetSpecifiedShortnames(); short != "" {
			return fmt.Errorf("unknown flag %q: flags are written --name, see understudy help %s", "-"+short, cmd.Name())
		}
		return unknown(cmd, "flag", "--"+missing.GetSpecifiedName(), flagNames(cmd.Flags()))
	}
	if bad := new(pflag.InvalidValueError); errors.As(err, &bad) && secret(bad.GetFlag()) {
		return fmt.Errorf("--%s: %w", bad.GetFlag().Name, bad.Unwrap())
	} else if bad != nil && bad.GetFlag() != nil {
		return fmt.Errorf("--%s %q: %w", bad.GetFlag().Name, spec.Clip(bad.GetValue()), bad.Unwrap())
	}
	return err
}

// secret reports whether a flag's text may be a secret, which no message repeats.
func secret(f *pflag.Flag) bool { return f.Value.Type() == "HEADER" || f.Value.Type() == "TOKEN" }

// unknown refuses a name that a command was given and offers the nearest there is, else the command's help.
func unknown(cmd *cobra.Command, what, name string, names []string) error {
	if near := spec.Nearest(name, names); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %s?", what, spec.Clip(name), near)
	}
	help := "understudy help"
	if cmd.HasParent() {
		help += strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name())
	}
	return fmt.Errorf("unknown %s %q: see %s", what, spec.Clip(name), help)
}

func flagNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// oneLine keeps a message to one line and control characters off the terminal.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
