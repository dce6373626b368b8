package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// helpCommand is cobra's, but a topic that does not exist is an error.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command and its flags",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknown(cmd.Root(), "command", args[len(args)-max(1, len(rest))], commandNames(cmd.Root()))
			}
			topic.InitDefaultHelpFlag()
			return failed(topic.Help())
		},
	}
}

// wantShell is what completion does without the name of a shell, or with the name of none.
func wantShell(cmd *cobra.Command, args []string) error {
	shells := commandNames(cmd)
	if len(args) > 0 {
		return unknown(cmd, "shell", args[0], shells)
	}
	return fmt.Errorf("completion: want a shell: %s", strings.Join(shells, ", "))
}
