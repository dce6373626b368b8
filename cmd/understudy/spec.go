package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/spec"
)

// specSettings are the flags of spec.
type specSettings struct {
	document  documentFlags
	published bool
	format    string
}

var (
	errPublishedOverlay = errors.New("--published is without any overlay, --overlay adds one; give one of them")
	specFormats         = []string{"yaml", "json"}
)

func (a *app) specCommand() *cobra.Command {
	set := specSettings{format: specFormats[0]}
	cmd := &cobra.Command{
		Use:   "spec [DOCUMENT]",
		Short: "Print the document with its overlays",
		Long: "Print DOCUMENT as it is played: with its overlays applied, inferences and hints included, and the files it refers\n" +
			"to in one document with it.\n\n" + documentHelp +
			"\nA document that nothing is applied to and that has the format already is printed as it stands.",
		Args:              atMostOneDocument,
		ValidArgsFunction: completeDocument,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.spec(set, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	set.document.add(flags)
	flags.BoolVar(&set.published, "published", false, "without any overlay or file beside it: what was published and nothing else")
	flags.Var(newFlag(&set.format, "FORMAT", set.format, oneOf(specFormats...)), "format", "yaml or json")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(specFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// spec prints a document, once it is known to be one.
func (a *app) spec(set specSettings, args []string) error {
	if set.published && len(set.document.overlays) > 0 {
		return errPublishedOverlay
	}
	text, err := a.readScript(args, set.document)
	if err != nil {
		return err
	}
	if set.published {
		text.overlays = nil
	}
	if _, err := spec.Load(text.source, text.overlays...); err != nil {
		return err
	}
	whole := spec.Whole{Text: text.source.Data}
	if !set.published {
		if whole, err = spec.WithOverlays(text.source, text.overlays...); err != nil {
			return err
		}
	}
	a.tellFlaws(whole.Lost)
	out, err := text.render(whole, set.format)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(out)
	return failed(err)
}
