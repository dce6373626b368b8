package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/contract/report"
	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// verify runs the suite and says how it went.
func (a *app) verify(_ *cobra.Command, set *verifySettings, args []string) error {
	boundGarbage()
	doc, text, err := a.learn(args, set.document)
	if err != nil {
		return err
	}
	settings := set.settings()
	if settings.Known, err = readKnown(set.known); err != nil {
		return err
	}
	target, stop, err := a.aim(set, &settings, doc)
	if err != nil {
		return err
	}
	defer stop()
	runner, err := contract.NewRunner(doc, target, settings)
	if err != nil {
		return err
	}
	if len(runner.Checks()) == 0 {
		return exit(report.ExitNothing, errors.New("no check is selected: --only and --skip leave none"))
	}
	if set.dryRun {
		return a.rehearse(set, settings, doc, target, runner)
	}
	return a.runSuite(set, runner, report.Run{
		Document: doc, Target: target.URL, Loopback: runner.Loopback(), Seed: set.seed, Strict: set.strict, Notes: target.Notes,
		Version: version(), Started: time.Now(), ShowValues: set.showValues, Secrets: secretsOf(target),
		HeaderVariables: a.variables(target), CurlFlags: curlFlags(set), Files: text.files,
	})
}

// aim is the target of the flags, or a mock in this process.
func (a *app) aim(set *verifySettings, settings *contract.Settings, doc *spec.Document) (contract.Target, func(), error) {
	if set.target == "" {
		if len(set.ids) > 0 {
			return contract.Target{}, nil, errors.New("--id goes with --target: a mock in this process has records of its own")
		}
		settings.NoRestore = true
		return mockTarget(doc, mockOptions(set)...)
	}
	if set.noAuth {
		return contract.Target{}, nil, errors.New("--no-auth is for the mock in this process, and --target names another server: leave one out")
	}
	settings.NoRestore = set.noRestore
	target, err := a.reach(&set.targetSettings)
	target.IDs = identified(set.ids)
	return target, func() {}, err
}

func mockOptions(set *verifySettings) []mockserver.Option {
	options := []mockserver.Option{mockserver.WithSeed(set.seed)}
	if set.noAuth {
		options = append(options, mockserver.WithoutAuth())
	}
	return options
}

func readKnown(name string) (*contract.KnownFailures, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // none is what the suite takes for no known failures
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--known: cannot read %q: %w", name, errors.Unwrap(err))
	}
	defer f.Close()
	return contract.ParseKnown(name, f)
}

// runSuite runs the checks, puts the records back and writes the reports.
func (a *app) runSuite(set *verifySettings, r *contract.Runner, run report.Run) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals, stop := a.signals()
	go func() {
		if _, ok := <-signals; ok {
			cancel()
		}
	}()
	defer stop()
	progress := report.NewProgress(a.stderr, len(r.Checks()))
	done := sync.OnceFunc(progress.Done)
	res, err := r.Restoring(ctx, set.undoPath(run.Started), func() *contract.Result {
		for _, w := range r.Warnings() {
			a.warn(w) // before the first change, not after it
		}
		res := r.RunGinkgo(ctx, progress.Step)
		done()
		if what := r.Remaining(); what != "" && (set.maxTotal > 0 || ctx.Err() != nil) {
			fmt.Fprintln(a.stderr, what) // somebody waits for the end
		}
		return res
	})
	done()
	run.Notes = append(run.Notes, r.Warnings()...)
	if contract.IsUsage(err) {
		return err
	}
	if err != nil && res == nil {
		return exit(report.ExitUnfinished, err)
	}
	run.Result, run.Latencies = res, r.Latencies()
	if err := a.say(set, run); err != nil {
		return failed(err)
	}
	if err != nil {
		return exit(report.ExitUnfinished, err)
	}
	if err := writeKnown(set.writeKnown, res, run.Started); err != nil {
		return failed(err)
	}
	return exit(report.ExitCode(res), nil)
}

// undoPath is where the undo file goes.
func (s *verifySettings) undoPath(now time.Time) string {
	if s.undo != "" {
		return s.undo
	}
	return "understudy-undo-" + now.UTC().Format("20060102T150405") + ".jsonl"
}

// say writes every report: files first, so that what the terminal says last is the summary.
func (a *app) say(set *verifySettings, run report.Run) error {
	github := false
	for _, text := range set.reports {
		for part := range strings.SplitSeq(text, ",") {
			kind, file, _ := strings.Cut(part, "=")
			if kind == "github" {
				github = true
				continue
			}
			if err := report.Write(kind, file, run); err != nil {
				return err
			}
		}
	}
	if github {
		if err := report.GitHub(a.stdout, run); err != nil {
			return err
		}
	}
	return report.Text(a.stdout, run, report.TextOptionsFor(a.stdout, os.Getenv))
}

func writeKnown(name string, res *contract.Result, now time.Time) error {
	if name == "" {
		return nil
	}
	var b bytes.Buffer
	if err := contract.WriteKnown(&b, res.Outcomes, now.AddDate(0, 3, 0)); err != nil {
		return err
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil { //nolint:gosec // meant to be committed and read by everybody
		return fmt.Errorf("--write-known: cannot write %q: %w", name, errors.Unwrap(err))
	}
	return nil
}

// secretsOf are the texts that no output may show: header values, and the credentials in one.
func secretsOf(t contract.Target) []string {
	var out []string
	for name, values := range t.Header {
		if slices.Contains([]string{"Accept", "Content-Type", "User-Agent"}, name) {
			continue
		}
		for _, v := range values {
			out = append(out, v)
			if _, rest, ok := strings.Cut(v, " "); ok {
				out = append(out, strings.TrimSpace(rest))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// variables name for each header the environment variable that curl lines show in its place.
func (a *app) variables(t contract.Target) map[string]string {
	out := map[string]string{}
	for name := range t.Header {
		out[name] = variablePrefix + "HEADER_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	}
	return out
}

func curlFlags(set *verifySettings) []string {
	var out []string
	if set.insecure {
		out = append(out, "--insecure")
	}
	return out
}
