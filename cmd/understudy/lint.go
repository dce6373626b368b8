package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
)

// lintSettings are the flags of lint.
type lintSettings struct {
	document documentFlags
	format   string
	failOn   string
}

func (a *app) lintCommand() *cobra.Command {
	formats, levels := report.LintFormats(), []string{string(spec.Must), string(spec.Should)}
	set := lintSettings{format: formats[0], failOn: levels[0]}
	cmd := &cobra.Command{
		Use:   "lint [DOCUMENT]",
		Short: "Say what is wrong with a document",
		Long: "Say what is wrong with DOCUMENT: what of it cannot be served, what contradicts itself, and which of its examples\n" +
			"and defaults break their own schema, each with its line and what it means.\n\n" + documentHelp + "\n\n" +
			"Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage or unreadable document.",
		Example:           "  understudy lint openapi.yaml\n  understudy lint openapi.yaml --format sarif --fail-on should > lint.sarif",
		Args:              atMostOneDocument,
		ValidArgsFunction: completeDocument,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.lint(set, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	set.document.add(flags)
	flags.Var(newFlag(&set.format, "FORMAT", set.format, oneOf(formats...)), "format", "text, json, sarif or github")
	flags.Var(newFlag(&set.failOn, "LEVEL", set.failOn, oneOf(levels...)), "fail-on",
		"exit with 1 for findings of this level or above: must or should")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(levels, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) lint(set lintSettings, args []string) error {
	doc, text, err := a.learn(args, set.document)
	if err != nil {
		return err
	}
	found := append(spec.Lint(doc), fixtures.HintFlaws(doc)...)
	out := report.Lint{Document: doc, Findings: found, Files: text.files, Version: version()}
	if err := out.Write(a.stdout, set.format); err != nil {
		return failed(err)
	}
	if slices.ContainsFunc(found, func(f spec.Finding) bool { return f.Level == spec.Must || set.failOn == string(spec.Should) }) {
		return exit(exitFailed, nil)
	}
	return nil
}
