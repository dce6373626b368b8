package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// targetSettings are the flags that say where a target is and how to reach it: those of verify and of restore.
type targetSettings struct {
	target        string
	headers       []string
	headerFile    string
	headerCommand string
	cert, key, ca string
	insecure      bool
	allowProd     bool
	showValues    bool
	timeout       time.Duration
	retries       int
	rate          float64
	document      documentFlags
}

// verifySettings are the flags of verify, resolved.
type verifySettings struct {
	targetSettings
	ids         []string
	only, skip  []string
	seed        uint64
	strict      bool
	formats     string
	noAuth      bool
	destructive bool
	noRestore   bool
	undo        string
	dryRun      bool
	maxTime     time.Duration
	maxRequests int
	maxTotal    time.Duration
	known       string
	writeKnown  string
	reports     []string
}

func (a *app) verifyCommand() *cobra.Command {
	set := verifySettings{seed: 1, formats: string(spec.Should), maxTime: 2 * time.Second}
	set.timeout, set.retries = 10*time.Second, 3
	cmd := &cobra.Command{
		Use:   "verify [DOCUMENT]",
		Short: "Hold a mock or a deployment to the document",
		Long: "Run the contract suite that DOCUMENT gives against --target, or without one against a mock in this process.\n\n" +
			documentHelp + "\n\nWhere the document lets it, verify makes the records it works on and deletes them again, or finds\n" +
			"some in a list; for others pass --id. Records of a target are put back as they were found.\n" +
			"--max-requests and --max-time-total are spent evenly over the operations.\n\n" +
			"Exit codes: 0 conforms, 1 violations, 2 usage (a pattern that no check has, too) or unreadable document,\n" +
			"3 target unreachable or suite not finished (an operation that answers 501, too), 4 nothing selected (--skip\n" +
			"leaves none of what --only asks for), 5 records not put back.",
		Example: "  understudy verify\n" +
			"  understudy verify --target https://staging.example.com/api --id RESOURCE=ID,ID --header-command ./token.sh\n" +
			"  understudy verify --only accepts --report junit=report.xml,html=report.html",
		Args:              atMostOneDocument,
		ValidArgsFunction: completeDocument,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.verify(cmd, &set, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	set.addTarget(flags)
	set.addSelection(flags)
	set.addBudget(flags)
	set.addSafety(flags)
	set.addReports(flags)
	return cmd
}

func (s *targetSettings) addTarget(flags *pflag.FlagSet) {
	flags.Var(newFlag(&s.target, "URL", "", readNonEmpty), "target",
		"the server to hold to the document, base path included; a mock in this process where it is not given")
	flags.Var(headerValue{&s.headers}, "header", "send 'NAME: VALUE' with every request; may be repeated; no output shows it")
	flags.Var(newFlag(&s.headerFile, "FILE", "", readNonEmpty), "header-file", "read headers from a file, one NAME: VALUE a line")
	flags.Var(newFlag(&s.headerCommand, "COMMAND", "", readNonEmpty), "header-command",
		"run a shell command that prints headers, again after a 401")
	flags.Var(newFlag(&s.cert, "FILE", "", readNonEmpty), "cert", "client certificate (PEM), with its key unless --key names it")
	flags.Var(newFlag(&s.key, "FILE", "", readNonEmpty), "key", "key of the client certificate (PEM)")
	flags.Var(newFlag(&s.ca, "FILE", "", readNonEmpty), "cacert", "trust the certificates in this file (PEM)")
	flags.BoolVar(&s.insecure, "insecure", false, "do not verify certificates; every report says so")
	flags.Var(newFlag(&s.timeout, "TIME", showDuration(s.timeout), readDuration), "timeout", "longest wait for one answer")
	flags.Var(newFlag(&s.retries, "N", strconv.Itoa(s.retries), readRetries), "retries", "tries again after 429 and 503, as Retry-After says")
	flags.Var(newFlag(&s.rate, "N/s", "", readRate), "rate", "at most so many requests a second, such as 10/s")
	flags.BoolVar(&s.allowProd, "allow-production", false, "let the target be a server that the document names")
	flags.BoolVar(&s.showValues, "show-values", false, "show values that were read from a target off this machine")
	s.document.add(flags)
}

func (s *verifySettings) addSelection(flags *pflag.FlagSet) {
	flags.Var(idValue{&s.ids}, "id", "records that may be used, RESOURCE=ID,ID; may be repeated")
	flags.Var(listValue{to: &s.only, kind: "PATTERN"}, "only",
		"run only checks whose name or label matches (operation, rule, must or should, kind; * for any text); may be repeated")
	flags.Var(listValue{to: &s.skip, kind: "PATTERN"}, "skip", "leave out checks whose name or label matches; may be repeated")
	flags.Var(newFlag(&s.seed, "N", "1", readCount), "seed", "draw every value that is sent from this number")
	flags.BoolVar(&s.strict, "strict", false, "findings of level should fail too")
	flags.Var(newFlag(&s.formats, "LEVEL", s.formats, oneOf("should", "must")), "formats",
		"level of garbage accepted where a format is asked for")
	flags.BoolVar(&s.noAuth, "no-auth", false, "let the mock in this process ask for no credentials; not with --target")
	flags.BoolVar(&s.dryRun, "dry-run", false,
		"list the checks with what each would send, rehearsed with a mock in this process; nothing goes to the target")
}

func (s *verifySettings) addBudget(flags *pflag.FlagSet) {
	flags.Var(newFlag(&s.maxTime, "TIME", showDuration(s.maxTime), readDuration), "max-time", "an answer should not take longer")
	flags.Var(newFlag(&s.maxRequests, "N", "", readPositive[int]), "max-requests", "send at most so many requests")
	flags.Var(newFlag(&s.maxTotal, "TIME", "", readDuration), "max-time-total", "take at most so long, from the first request on")
}

func (s *verifySettings) addSafety(flags *pflag.FlagSet) {
	flags.BoolVar(&s.destructive, "destructive", false,
		"also run checks that may leave a record changed, on a target off this machine")
	flags.BoolVar(&s.noRestore, "no-restore", false, "do not put records back: for targets to throw away")
	flags.Var(newFlag(&s.undo, "FILE", "", readNonEmpty), "undo",
		"where the undo file is written before the first change (default understudy-undo-TIME.jsonl; removed when all is put back)")
	flags.Var(newFlag(&s.known, "FILE", "", readNonEmpty), "known", "checks that fail for a known reason, NAME | REASON | LAST DAY a line")
	flags.Var(newFlag(&s.writeKnown, "FILE", "", readNonEmpty), "write-known", "write the failures of this run as such a file")
}

func (s *verifySettings) addReports(flags *pflag.FlagSet) {
	flags.Var(listValue{to: &s.reports, kind: "KIND=FILE", check: checkReport}, "report",
		"also write junit=FILE, json=FILE, html=FILE or sarif=FILE, or print github annotations; may be repeated")
}

// reportKinds are the reports that go into a file.
var reportKinds = []string{"junit", "json", "html", "sarif"}

func checkReport(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		kind, file, hasFile := strings.Cut(part, "=")
		switch {
		case kind == "github" && !hasFile:
		case slices.Contains(reportKinds, kind) && file != "":
		case slices.Contains(reportKinds, kind):
			return fmt.Errorf("want a file, %s=FILE", kind)
		default:
			return errors.New("want junit=FILE, json=FILE, html=FILE, sarif=FILE or github")
		}
	}
	return nil
}

// headerValue collects headers. It is not split at commas: values have them.
type headerValue struct{ to *[]string }

func (v headerValue) String() string { return "" }
func (v headerValue) Type() string   { return "HEADER" }

func (v headerValue) Set(text string) error {
	if _, _, err := readHeader(text); err != nil {
		return err
	}
	*v.to = append(*v.to, text)
	return nil
}

var errHeader = errors.New("want NAME: VALUE")

// readHeader reads "NAME: VALUE". The error does not repeat the text: it may hold a secret.
func readHeader(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	token := func(r rune) bool { return r > ' ' && r < 0x7F && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !token(r) }) || strings.ContainsAny(value, "\r\n") {
		return "", "", errHeader
	}
	return http.CanonicalHeaderKey(name), value, nil
}

// idValue collects RESOURCE=ID,ID. From the environment several resources stand between commas too: a part without "="
// belongs to the resource before it.
type idValue struct{ to *[]string }

func (v idValue) String() string { return strings.Join(*v.to, " ") }
func (v idValue) Type() string   { return "RESOURCE=ID,ID" }

func (v idValue) Set(text string) error {
	if name, ids, ok := strings.Cut(text, "="); !ok || name == "" || strings.Trim(ids, ",") == "" {
		return errors.New("want a resource and ids, written RESOURCE=ID,ID")
	}
	*v.to = append(*v.to, text)
	return nil
}

// identified are the ids by resource.
func identified(texts []string) map[string][]string {
	out := map[string][]string{}
	for _, text := range texts {
		name := ""
		for part := range strings.SplitSeq(text, ",") {
			if before, after, ok := strings.Cut(part, "="); ok {
				name, part = before, after
			}
			if part != "" && !slices.Contains(out[name], part) {
				out[name] = append(out[name], part)
			}
		}
	}
	return out
}

func readRetries(text string) (int, error) {
	n, err := readCount(text)
	if err != nil || n > 100 {
		return 0, errors.New("want a number from 0 to 100")
	}
	return int(n), nil
}

func readRate(text string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "/s"), 64)
	if err != nil || !(n > 0 && n <= 1e6) {
		return 0, errors.New("want requests a second, such as 10/s")
	}
	return n, nil
}

// settings are the flags as the suite takes them.
func (s *verifySettings) settings() contract.Settings {
	retries := s.retries
	if retries == 0 {
		retries = -1 // the suite's zero value is its default
	}
	return contract.Settings{
		Seed: s.seed, Only: s.only, Skip: s.skip, Strict: s.strict, Formats: spec.Level(s.formats), Destructive: s.destructive,
		AllowProduction: s.allowProd, ShowValues: s.showValues, Timeout: s.timeout, MaxTime: s.maxTime, Retries: retries,
		Rate: s.rate, MaxRequests: s.maxRequests, MaxTotal: s.maxTotal,
	}
}
