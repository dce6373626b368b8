package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/spec"
)

// restoreSettings are the flags of restore.
type restoreSettings struct {
	targetSettings
	overwrite bool
}

func (a *app) restoreCommand() *cobra.Command {
	set := restoreSettings{}
	set.timeout, set.retries = 10*time.Second, 3
	cmd := &cobra.Command{
		Use:   "restore FILE [DOCUMENT]",
		Short: "Put back what an interrupted verify left changed",
		Long: "Put the records back that a verify took and could not put back: it crashed, was killed, or the target\n" +
			"refused. FILE is the undo file that verify wrote; it is removed when every record is as it was. DOCUMENT must\n" +
			"be that of the verify.\n\n" +
			documentHelp + "\n\nExit codes: 0 all is as it was, 2 usage or unreadable file, 5 something is not.",
		Example: "  understudy restore understudy-undo-20260105T090000.jsonl --header-command ./token.sh",
		Args:    undoAndDocument,
		RunE:    func(_ *cobra.Command, args []string) error { return a.restore(&set, args[0], args[1:]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	set.addTarget(flags)
	flags.Lookup("target").Usage = "where the records are; the target that FILE names where it is not given"
	flags.BoolVar(&set.overwrite, "overwrite", false, "also put back what somebody else seems to have changed since")
	return cmd
}

// undoAndDocument takes the command's words: an undo file and, where it is not the embedded one, a document.
func undoAndDocument(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("restore wants the undo file that verify wrote, understudy restore FILE")
	case len(args) > 2:
		return fmt.Errorf("restore takes an undo file and a document, not %d words", len(args))
	}
	return nil
}

// restore puts records back by an undo file. A first signal ends it between two requests, with the file kept.
func (a *app) restore(set *restoreSettings, file string, args []string) error {
	doc, _, err := a.learn(args, set.document)
	if err != nil {
		return err
	}
	target, err := a.reach(&set.targetSettings)
	if err != nil {
		return err
	}
	verify := verifySettings{targetSettings: set.targetSettings}
	settings := verify.settings()
	settings.Overwrite = set.overwrite
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals, stop := a.signals()
	defer stop()
	go func() {
		if _, ok := <-signals; ok {
			cancel()
		}
	}()
	done, err := contract.RestoreFile(ctx, doc, file, target, settings)
	if err != nil {
		return err
	}
	if err := tellRestored(a.stdout, done); err != nil {
		return failed(err)
	}
	if !done.Complete() {
		return exit(report.ExitNotRestored,
			fmt.Errorf("not everything is as it was; understudy restore %s tries again", done.UndoFile))
	}
	return nil
}

// tellRestored says what became of each record, a line each, and of each property that is not as it was.
func tellRestored(w io.Writer, r *contract.Restoration) error {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(oneLine(fmt.Sprintf(format, args...)) + "\n")
	}
	for _, rec := range r.Records {
		words := string(rec.Status)
		if len(rec.PutBack) > 0 {
			words += ", put back: " + strings.Join(rec.PutBack, ", ")
		}
		if rec.Reason != "" {
			words += ": " + rec.Reason
		}
		line("%s %s: %s", rec.Resource, spec.Clip(rec.ID), words)
		for _, p := range rec.Properties {
			line("%s %s: %s: %s%s", rec.Resource, spec.Clip(rec.ID), p.Property, p.Reason, wasAndIs(p))
		}
	}
	for _, note := range r.Notes {
		line("note: %s", note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func wasAndIs(p contract.RestoredProperty) string {
	if p.Was == "" && p.Now == "" {
		return ""
	}
	return fmt.Sprintf(" (it was %s and is %s)", p.Was, p.Now)
}
