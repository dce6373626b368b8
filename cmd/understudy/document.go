package main

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/spec"
)

// documentFlags say how a command's document is read.
type documentFlags struct {
	overlays []string
	remote   []string // hosts that references may be fetched from
}

func (d *documentFlags) add(flags *pflag.FlagSet) {
	flags.Var(listValue{to: &d.overlays, kind: "FILE"}, "overlay", "apply an OpenAPI Overlay to the document; may be repeated")
	flags.Var(listValue{&d.remote, "HOST", checkRemote}, "allow-remote",
		"fetch what the document's references name from this host, and from no other; may be repeated")
}

// checkRemote takes the name of a host, with a port or without.
func checkRemote(host string) error {
	u, err := url.Parse("http://" + host)
	if err != nil || u.Host != host || u.Hostname() == "" {
		return errors.New("want a host such as example.com or example.com:8443")
	}
	return nil
}

// script is the document a command works on: its text and the overlays that go on it, in order.
type script struct {
	source   spec.Source
	overlays []spec.Source
	// files are the paths of the user's own files by the names that findings give them.
	files map[string]string
	// opened are the paths of all of them.
	opened []string
}

// learn reads and loads the document of a command.
func (a *app) learn(args []string, set documentFlags) (*spec.Document, script, error) {
	text, err := a.readScript(args, set)
	if err != nil {
		return nil, script{}, err
	}
	doc, err := spec.Load(text.source, text.overlays...)
	if err != nil {
		return nil, script{}, err
	}
	for _, name := range doc.Files()[1:] {
		if !strings.Contains(name, "://") {
			path := filepath.Join(text.source.Dir, filepath.FromSlash(name))
			text.files[name] = filepath.ToSlash(path)
			text.opened = append(text.opened, path)
		}
	}
	return doc, text, nil
}

var errTwiceStdin = errors.New(`only one of the document and its overlays can be "-", standard input`)

// documentHelp is what each command that takes a document says about it.
const documentHelp = "DOCUMENT is a file, or - for standard input; without one, it is the Commerce API that comes\n" +
	"with Understudy."

// readScript reads the document named by args, else the embedded one with the overlay that goes with it, and the
// overlays of the flags.
func (a *app) readScript(args []string, set documentFlags) (script, error) {
	names := append(append([]string(nil), args...), set.overlays...)
	if n := strings.Count("\n"+strings.Join(names, "\n\n")+"\n", "\n-\n"); n > 1 {
		return script{}, errTwiceStdin
	}
	s := script{files: map[string]string{}}
	for _, name := range names {
		if name != "-" {
			s.files[filepath.Base(name)] = filepath.ToSlash(name)
			s.opened = append(s.opened, name)
		}
	}
	if len(args) == 0 {
		published, overlay := spec.Embedded()
		s.source, s.overlays = published, []spec.Source{overlay}
	} else {
		src, err := spec.ReadSource(args[0], a.stdin)
		if err != nil {
			return script{}, err
		}
		s.source = src
	}
	s.source.Remote = set.remote
	for _, name := range set.overlays {
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
			a.warn(fmt.Sprintf("%d more flaws of this document; understudy lint shows them all", len(flaws)-i))
			return
		}
		a.warn(report.LintLine(flaw, nil))
	}
}

// atMostOneDocument takes a command's words: a document or nothing.
func atMostOneDocument(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one document, not %d: %q and %q", cmd.Name(), len(args), args[0], args[1])
	}
	return nil
}

// completeDocument offers document files to a shell.
func completeDocument(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}
