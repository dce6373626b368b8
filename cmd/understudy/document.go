package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/spec"
)

// script is the document a command works on: its text and the overlays that go on it, in order.
type script struct {
	source   spec.Source
	overlays []spec.Source
}

var errTwiceStdin = errors.New(`only one of the document and its overlays can be "-", standard input`)

// documentHelp is what each command that takes a document says about it.
const documentHelp = "DOCUMENT is a file, or - for standard input; without one, it is the Commerce API that comes\n" +
	"with Understudy."

// readScript reads the document named by args, else the embedded one with the overlay that goes with it, and the
// overlays of the flags.
func (a *app) readScript(args, overlays []string) (script, error) {
	names := append(append([]string(nil), args...), overlays...)
	if n := strings.Count("\n"+strings.Join(names, "\n\n")+"\n", "\n-\n"); n > 1 {
		return script{}, errTwiceStdin
	}
	var s script
	if len(args) == 0 {
		published, overlay := spec.Embedded()
		s = script{published, []spec.Source{overlay}}
	} else {
		src, err := spec.ReadSource(args[0], a.stdin)
		if err != nil {
			return script{}, err
		}
		s.source = src
	}
	for _, name := range overlays {
		ov, err := spec.ReadSource(name, a.stdin)
		if err != nil {
			return script{}, err
		}
		s.overlays = append(s.overlays, ov)
	}
	return s, nil
}

// maxFlaws is how many flaws of a document are told one by one.
const maxFlaws = 5

// tellFlaws says shortly what of the document cannot be played as it is written.
func (a *app) tellFlaws(flaws []spec.Finding) {
	for i, flaw := range flaws {
		if i == maxFlaws {
			a.warn(fmt.Sprintf("%d more flaws of this document are not shown", len(flaws)-i))
			return
		}
		a.warn(flaw.String())
	}
}

// atMostOneDocument takes a command's words: a document or nothing.
func atMostOneDocument(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one document, not %d: %q and %q", cmd.Name(), len(args), args[0], args[1])
	}
	return nil
}

func overlayFlag(flags *pflag.FlagSet, to *[]string) {
	flags.Var(listValue{to: to, kind: "FILE"}, "overlay", "apply an OpenAPI Overlay to the document; may be repeated")
}

// completeDocument offers document files to a shell.
func completeDocument(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}
