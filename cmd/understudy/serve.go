package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/mockserver"
)

// serveSettings are the flags of serve, resolved.
type serveSettings struct {
	addr         hostPort
	seed, count  uint64
	now          time.Time
	basePath     *string // nil: the document's
	document     documentFlags
	watch        bool
	state        string
	origins      []string
	latency      mockserver.Latency
	fail         mockserver.Fail
	log          string
	bounds       mockserver.Bounds
	controlAddr  *hostPort // nil: on addr
	controlToken *string   // nil: none, or one made up where it takes one
	controlHosts []string

	noAuth        bool
	callbacks     bool
	pprof         bool
	callbackHosts []string
}

func (a *app) serveCommand() *cobra.Command {
	set := serveSettings{seed: 1, count: 100, now: fixtures.DefaultNow, bounds: mockserver.DefaultBounds}
	cmd := &cobra.Command{
		Use:   "serve [DOCUMENT]",
		Short: "Play the API on this machine until it is stopped",
		Long: "Play the API of DOCUMENT on this machine, with state, until SIGINT or SIGTERM.\n\n" + documentHelp + "\n\n" +
			"The variable in brackets sets a flag that is not given; a flag that may be repeated takes several values\n" +
			"from it, with commas between.",
		Example: "  understudy serve\n  understudy serve openapi.yaml --addr 127.0.0.1:0 --seed 7\n" +
			"  understudy serve --state changes.json --latency 50ms..200ms --fail 2%:503",
		Args:              atMostOneDocument,
		ValidArgsFunction: completeDocument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := set.check(cmd.Flags()); err != nil {
				return err
			}
			return a.serve(set, args)
		},
	}
	cmd.Flags().SortFlags = false
	set.addFlags(cmd.Flags())
	set.addBounds(cmd.Flags())
	set.addControl(cmd.Flags())
	_ = cmd.RegisterFlagCompletionFunc("log", cobra.FixedCompletions(logFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (s *serveSettings) addFlags(flags *pflag.FlagSet) {
	s.addr, _ = readAddress(defaultAddr)
	flags.Var(newFlag(&s.addr, "HOST:PORT", defaultAddr, readAddress), "addr",
		"listen here; port 0 picks a free one, localhost is 127.0.0.1 and ::1")
	flags.Var(newFlag(&s.seed, "N", strconv.FormatUint(s.seed, 10), readCount), "seed",
		"draw every made-up value from this number")
	flags.Var(newFlag(&s.count, "N", strconv.FormatUint(s.count, 10), readCount), "count",
		"records each resource has at least, and each owner some; 1e9 costs nothing at start")
	flags.Var(newFlag(&s.now, "DATE", s.now.Format(time.RFC3339), readDate), "now", "what past and future mean")
	s.basePath = new(string)
	flags.Var(newFlag(s.basePath, "PATH", "", readText), "base-path",
		"serve the API under this path instead of the document's")
	s.document.add(flags)
	flags.BoolVar(&s.watch, "watch", false, "let a changed document take over while it is played, with the changes kept")
	flags.Var(newFlag(&s.state, "FILE", "", readNonEmpty), "state",
		"load changes from this file at start and save them there at the end")
	flags.Var(listValue{&s.origins, "ORIGIN", checkOrigin}, "cors-origin",
		"let only this browser origin call the API, with credentials; may be repeated")
	flags.Var(newFlag(&s.latency, "TIME[..TIME]", "", readLatency), "latency",
		"hold each answer back, such as 50ms or 50ms..200ms")
	flags.Var(newFlag(&s.fail, "SHARE:STATUS", "", readFail), "fail",
		"let a share of the requests fail, such as 2%:503")
	flags.BoolVar(&s.noAuth, "no-auth", false,
		"ask for no credentials, whatever the document says; otherwise any of the right form will do")
	flags.BoolVar(&s.callbacks, "callbacks", false,
		"send the document's callbacks, and webhooks when the control API asks: to this machine alone")
	flags.Var(listValue{&s.callbackHosts, "NAME", checkHost}, "callback-host",
		"let callbacks and webhooks go to this host too; may be repeated")
	s.log = logFormats[0]
	flags.Var(newFlag(&s.log, "FORMAT", s.log, oneOf(logFormats...)), "log",
		"a line a request: text to stderr, json to stdout (after a ready event), or off")
}

func (s *serveSettings) addBounds(flags *pflag.FlagSet) {
	b := &s.bounds
	flags.Var(newFlag(&b.Body, "SIZE", showSize(b.Body), readSize[int64]), "max-body",
		"largest request body, also after decompression")
	number := func(to *int, name, usage string) {
		flags.Var(newFlag(to, "N", strconv.Itoa(*to), readPositive[int]), name, usage)
	}
	size := func(to *int, name, usage string) {
		flags.Var(newFlag(to, "SIZE", showSize(int64(*to)), readSize[int]), name, usage)
	}
	duration := func(to *time.Duration, name, usage string) {
		flags.Var(newFlag(to, "TIME", showDuration(*to), readDuration), name, usage)
	}
	number(&b.Depth, "max-depth", "deepest nesting of a body")
	number(&b.Elements, "max-elements", "most array items and object members in a body")
	size(&b.URL, "max-url", "longest path and query")
	size(&b.Header, "max-header", "largest request header, all fields together")
	number(&b.Sessions, "max-sessions", "most sessions beside each other")
	duration(&b.SessionIdle, "session-idle", "forget a session that nobody used for so long")
	flags.Var(newFlag(&b.Changes, "N", strconv.FormatInt(b.Changes, 10), readPositive[int64]), "max-changes",
		"most changed records, in all sessions together")
	flags.Var(newFlag(&b.Memory, "SIZE", showSize(b.Memory), readSize[int64]), "max-memory",
		"what changed records may take, in all sessions together")
	flags.Var(newFlag(&b.State, "SIZE", showSize(b.State), readSize[int64]), "max-state",
		"largest state file or imported state")
	number(&b.Scan, "max-scan", "most records that a filter or a sorted list looks through")
	number(&b.Journal, "journal", "requests the journal remembers")
	size(&b.JournalBody, "journal-body", "how much of a body the journal remembers")
	duration(&b.Delay, "max-delay", "longest delay a request may ask for")
}

func (s *serveSettings) addControl(flags *pflag.FlagSet) {
	s.controlAddr, s.controlToken = new(hostPort), new(string)
	flags.Var(newFlag(s.controlAddr, "HOST:PORT", "", readAddress), "control-addr",
		"move the control API to an address of its own")
	flags.Var(newFlag(s.controlToken, "TOKEN", "", readText), "control-token",
		"what the control API demands; made up and shown where its address is not loopback")
	flags.Var(listValue{&s.controlHosts, "NAME", checkHost}, "control-host",
		"let the control API be called by this host name too; may be repeated")
	flags.BoolVar(&s.pprof, "pprof", false, "add profiles of the server to the control API, under /__understudy/pprof/")
}

var (
	errNothingToWatch = errors.New("--watch wants a document or an overlay that is a file")
	errNoCallbacks    = errors.New("--callback-host says where callbacks may go, and without --callbacks none is sent: add it")
	errSameAddress    = errors.New("--addr and --control-addr are the same; leave out --control-addr to have both there")
	logFormats        = []string{"text", "json", "off"}
)

// check forgets what was not set and refuses what contradicts itself.
func (s *serveSettings) check(flags *pflag.FlagSet) error {
	if !flags.Changed("base-path") {
		s.basePath = nil
	}
	if !flags.Changed("control-addr") {
		s.controlAddr = nil
	} else if *s.controlAddr == s.addr && s.addr.port != 0 {
		return errSameAddress
	}
	if !flags.Changed("control-token") {
		s.controlToken = nil
	} else if err := checkToken(*s.controlToken); err != nil {
		return fmt.Errorf("--control-token: %w", err)
	}
	if len(s.callbackHosts) > 0 && !s.callbacks {
		return errNoCallbacks
	}
	return nil
}

// options are the settings as the server takes them.
func (s *serveSettings) options() []mockserver.Option {
	options := []mockserver.Option{
		mockserver.WithSeed(s.seed), mockserver.WithCount(s.count), mockserver.WithNow(s.now),
		mockserver.WithBounds(s.bounds), mockserver.WithCORSOrigins(s.origins...),
		mockserver.WithLatency(s.latency), mockserver.WithFail(s.fail),
		mockserver.WithVersion(version()), mockserver.WithControlHosts(s.controlHosts...),
	}
	if s.basePath != nil {
		options = append(options, mockserver.WithBasePath(*s.basePath))
	}
	if s.noAuth {
		options = append(options, mockserver.WithoutAuth())
	}
	if s.controlAddr != nil {
		options = append(options, mockserver.WithControlElsewhere())
	}
	if s.pprof {
		options = append(options, mockserver.WithProfiles())
	}
	if s.callbacks {
		options = append(options, mockserver.WithCallbacks(s.callbackHosts...))
	}
	if s.controlToken != nil {
		options = append(options, mockserver.WithControlToken(*s.controlToken))
	}
	return options
}

// serve plays a document until a signal ends it. Nothing listens before everything else is in order, and nothing is
// said before it listens.
func (a *app) serve(set serveSettings, args []string) error {
	doc, text, err := a.learn(args, set.document)
	if err != nil {
		return err
	}
	if set.watch && (len(text.opened) == 0 || slices.Contains(args, "-")) {
		return errNothingToWatch
	}
	places, err := set.resolve()
	if err != nil {
		return err
	}
	if host := places.control().asked.host; host != "" {
		set.controlHosts = append(set.controlHosts, host)
	}
	say := announcement{seed: set.seed}
	if places.control().open() && set.controlToken == nil {
		say.token = makeToken()
		set.controlToken = &say.token
	}
	play := &play{app: a, set: &set, logger: a.logger(set.log)}
	server, err := play.newServer(doc)
	if err != nil {
		return err
	}
	if set.state != "" {
		if err := server.LoadState(set.state); err != nil {
			return err
		}
	}
	play.stage = newStage(server)
	if err := play.listen(places); err != nil {
		return err
	}
	if set.watch {
		defer play.watching(args, text.opened)()
	}
	return play.run(say)
}
