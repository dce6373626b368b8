// Package mockserver plays an API from its document: an http.Handler with real state, no code per endpoint.
package mockserver

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/cors"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Server plays the API of one document. It is an http.Handler, safe for concurrent use.
type Server struct {
	doc       *spec.Document
	set       settings
	bounds    Bounds
	basePath  string
	basePaths []string // every one that the API is served under, basePath first
	store     *store
	sessions  *sessions
	journal   *journal
	generator *fixtures.Generator
	views     views
	log       *slog.Logger
	api       http.Handler
	control   http.Handler
	stateFile stateFile
	caller    *caller // nil where nothing is sent
	// headerTexts are the headers made up for answers, by *spec.Header.
	headerTexts sync.Map
	// wrappers are what stands around records in answers, by wrapping.
	wrappers sync.Map
	// advices are the hints for those who broke a schema, by its place.
	advices sync.Map
	// madeErrors are the bodies made up for declared errors, by *spec.Schema.
	madeErrors sync.Map
	// situations are what refusals are about, by situated.
	situations sync.Map
	// stamps are those of resources, by *spec.Resource.
	stamps  sync.Map
	made    madeValues
	origin  atomic.Pointer[string] // of the API, where the control API cannot tell
	noStore []string               // the header that answers have where nothing else is said
}

// New makes a Server. The error is of an option, or says that the document has nothing to play. What of the document cannot
// be served answers 501 and says why.
func New(doc *spec.Document, options ...Option) (*Server, error) {
	set := defaultSettings()
	for _, o := range options {
		o(&set)
	}
	if err := doc.Playable(); err != nil {
		return nil, err
	}
	dataset := fixtures.NewDataset(doc, set.seed, set.count, set.now)
	s := &Server{
		doc: doc, set: set, bounds: set.bounds.withDefaults(), basePath: doc.BasePath, basePaths: doc.AllBasePaths(),
		store: &store{dataset: dataset}, generator: fixtures.NewGenerator(set.now, spec.Out), log: set.logger,
		noStore: []string{"no-store"},
	}
	if set.basePath != nil {
		s.basePath, s.basePaths = *set.basePath, []string{*set.basePath}
	}
	if err := checkBasePath(s.basePath); err != nil {
		return nil, err
	}
	s.sessions = newSessions(s.bounds, set.clock)
	s.journal = newJournal(s.bounds.Journal)
	s.caller = newCaller(set.callbacks)
	s.api = s.withCORS(http.HandlerFunc(s.serveAPI))
	s.control = newControl(s)
	return s, nil
}

// Document is the document the server plays.
func (s *Server) Document() *spec.Document { return s.doc }

// Flaws are findings about the document: what of it is not served as it says, and hints that cannot be followed.
func (s *Server) Flaws() []spec.Finding {
	return append(slices.Clone(s.doc.Flaws), fixtures.HintFlaws(s.doc)...)
}

// BasePath is the path that the API is served under.
func (s *Server) BasePath() string { return s.basePath }

// controlPrefix is where the control API lives, unless it has an address of its own.
const controlPrefix = "/__understudy"

// ServeHTTP answers a request to the API, to the control API or for the help page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if under(r.URL.Path, controlPrefix) {
		if s.set.control.elsewhere {
			s.writeAnswer(w, r, s.plainRefusal(reasonForbidden, http.StatusNotFound, "The control API has an address of its own."))
			return
		}
		s.control.ServeHTTP(w, r)
		return
	}
	s.api.ServeHTTP(w, r)
}

func under(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// Control is the handler of the control API, for an address of its own.
func (s *Server) Control() http.Handler { return s.control }

// withCORS lets browsers in: any origin without credentials, or the named ones with.
func (s *Server) withCORS(next http.Handler) http.Handler {
	o := cors.Options{
		AllowedOrigins:      []string{"*"},
		AllowedMethods:      []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"},
		AllowedHeaders:      []string{"*"},
		ExposedHeaders:      []string{"Preference-Applied", "Understudy-Session", "Location", "Allow", "Retry-After", "Link"},
		AllowPrivateNetwork: true,
		MaxAge:              600,
	}
	o.ExposedHeaders = append(o.ExposedHeaders, declaredHeaders(s.doc)...)
	if len(s.set.origins) > 0 {
		o.AllowedOrigins, o.AllowCredentials = s.set.origins, true
	}
	return cors.New(o).Handler(next)
}

// exchange is one request on its way.
type exchange struct {
	r       *http.Request
	start   time.Time
	whole   string // the path as it came, escaped
	path    string // the same without the session's prefix
	session *session
	op      *spec.Operation
	params  map[string]string
	escaped map[string]string // of params, see spec.Match
	limit   int64             // bytes of the body; 0 for --max-body
	body    []byte            // as far as it was read, decompressed
	notices []spec.Finding
	prefer  preference
	agreed  agreement
	known   [1]spec.Known // room for what is known of an answer with one record
}

// answer is what goes back.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	findings []spec.Finding
	reason   spec.Reason // of a refusal
}

// serveAPI takes one request its way; every step that refuses it ends it.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	x := &exchange{r: r, start: s.set.clock()}
	a := s.protect(x)
	if applied := x.prefer.applied(); applied != "" && a.reason != reasonPreference {
		a.header.Set("Preference-Applied", applied)
	}
	if x.session != nil && x.session.name != defaultSession {
		a.header.Set("Understudy-Session", x.session.name)
	}
	s.writeAnswer(w, r, a)
	s.record(x, a)
	s.callBack(x, a)
}

// protect turns a panic, which would be a fault of ours, into an answer that says so.
func (s *Server) protect(x *exchange) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic", "method", x.r.Method, "path", x.path, "panic", p)
			a = s.unservable(x.op, errPanic)
		}
	}()
	return s.answer(x)
}

func (s *Server) answer(x *exchange) answer {
	if a := s.boundRequest(x.r); a != nil {
		return *a
	}
	if a := s.findSession(x); a != nil {
		return *a
	}
	if x.path == "/" && !s.servesRoot() {
		return s.helpPage(x.r)
	}
	if a := s.route(x); a != nil {
		return *a
	}
	if a := s.authenticate(x); a != nil {
		return *a
	}
	req, refusal := s.check(x)
	if refusal != nil {
		return *refusal
	}
	x.notices = req.Notices
	if x.prefer.delay > 0 {
		s.set.sleep(x.prefer.delay, x.r.Context().Done())
	}
	if a := s.hold(x); a != nil {
		return *a
	}
	if x.prefer.forces() {
		return s.forced(x, x.prefer)
	}
	return s.act(x, req)
}

func (s *Server) boundRequest(r *http.Request) *answer {
	if n := len(r.URL.RequestURI()); n > s.bounds.URL {
		return new(s.problem(nil, reasonURITooLong, []spec.Finding{{
			Rule: "size", Level: spec.Must, In: "path", Expected: "at most " + itoa(s.bounds.URL) + " bytes", Actual: itoa(n),
			Hint: "raise the limit with --max-url",
		}}))
	}
	total := 0
	for name, values := range r.Header {
		for _, v := range values {
			total += len(name) + len(v) + 4
		}
	}
	if total > s.bounds.Header {
		return new(s.problem(nil, reasonHeadersTooBig, []spec.Finding{{
			Rule: "size", Level: spec.Must, In: "header", Expected: "at most " + itoa(s.bounds.Header) + " bytes",
			Actual: itoa(total), Hint: "raise the limit with --max-header",
		}}))
	}
	return nil
}

// findSession takes the session's name from /~NAME in front of the path, else from the header.
func (s *Server) findSession(x *exchange) *answer {
	x.whole = x.r.URL.EscapedPath()
	x.path = x.whole
	name := field(x.r.Header, "Understudy-Session")
	if rest, ok := strings.CutPrefix(x.path, "/~"); ok {
		name, rest, _ = strings.Cut(rest, "/")
		x.path = "/" + rest
	} else if name == "" {
		name = defaultSession
	}
	if !validSessionName(name) {
		return new(s.problem(nil, reasonSessionName, []spec.Finding{{
			Rule: "session", Level: spec.Must, In: "header", Pointer: "/Understudy-Session",
			Expected: "1 to 64 letters, digits, dots, hyphens or underscores", Actual: spec.Clip(string(strictjson.Append(nil, toUTF8(name)))),
		}}))
	}
	if x.session = s.sessions.useAt(x.start, name); x.session == nil {
		return new(s.problem(nil, reasonSessionsFull, nil))
	}
	return nil
}

func validSessionName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-", c) >= 0) {
			return false
		}
	}
	return true
}

func toUTF8(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// message is a request as it came, without its body.
func (s *Server) message(x *exchange) *spec.RequestMessage {
	return &spec.RequestMessage{
		PathParams: x.params, EscapedPathParams: x.escaped, RawQuery: x.r.URL.RawQuery, Header: x.r.Header,
		Limits: strictjson.Limits{Depth: s.bounds.Depth, Elements: s.bounds.Elements},
	}
}

// check reads the preference and holds the request against the document.
func (s *Server) check(x *exchange) (*spec.Request, *answer) {
	p, bad := s.readPreference(x.op, x.r)
	if len(bad) > 0 {
		return nil, new(s.problem(nil, reasonPreference, bad))
	}
	x.prefer = p
	if a := s.negotiate(x); a != nil {
		return nil, a
	}
	m := s.message(x)
	m.HasBody, m.Body = s.readBody(x)
	req, refusal := x.op.CheckRequest(m)
	if refusal != nil {
		nameLimits(refusal.Findings)
		s.adviseOn(refusal.Findings)
		if x.op.LacksPrecondition(refusal) {
			refusal.Reason = reasonUnconditional
		}
		a := s.problem(x.op, refusal.Reason, refusal.Findings)
		if refusal.Reason == spec.UnsupportedMediaType && x.op.Body != nil {
			a.header.Set("Accept-"+titleCase(x.r.Method), acceptList(x.op.Body))
		}
		return nil, &a
	}
	return req, nil
}
