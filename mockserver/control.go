package mockserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

type controlSettings struct {
	elsewhere bool
	hosts     []string
	token     string
	profiles  bool
}

// WithControlHosts lets the control API be called by these host names too, beside localhost and the loopback addresses.
func WithControlHosts(names ...string) Option { return func(s *settings) { s.control.hosts = names } }

// WithControlToken makes the control API demand a token ("Authorization: Bearer TOKEN"). It then answers under the
// machine's name and under addresses too.
func WithControlToken(token string) Option { return func(s *settings) { s.control.token = token } }

// WithControlElsewhere keeps the control API off the API's address: Server.Control is for one of its own.
func WithControlElsewhere() Option { return func(s *settings) { s.control.elsewhere = true } }

// SetOrigin tells the control API where the API listens, scheme and host, when the two have addresses of their own.
func (s *Server) SetOrigin(origin string) { s.origin.Store(&origin) }

// controlDocument is the document of the control API, loaded once for all servers, when somebody asks: most servers are
// never asked.
var controlDocument = sync.OnceValues(func() (*spec.Document, error) { return spec.Load(control.Source()) })

// controlAPI serves the control API from its document, as the API is served from its own.
type controlAPI struct {
	server *Server
	doc    *spec.Document // nil until a request has passed the guard
	guard  guard
}

// controlCall is one request to the control API that its document allows.
type controlCall struct {
	*controlAPI
	r      *http.Request
	req    *spec.Request
	params map[string]string
}

// controlActions do what the operations say, by operationId.
var controlActions = map[string]func(*controlCall) answer{
	"getInfo":            (*controlCall).info,
	"getHealth":          (*controlCall).health,
	"getControlDocument": (*controlCall).document,
	"saveState":          (*controlCall).save,
	"listOutgoing":       (*controlCall).listOutgoing,
	"sendWebhook":        (*controlCall).sendWebhook,
	"listResources":      (*controlCall).listResources,
	"listRecords":        (*controlCall).listRecords,
	"getRecord":          (*controlCall).getRecord,
	"putRecord":          (*controlCall).putRecord,
	"deleteRecord":       (*controlCall).deleteRecord,
	"listSessions":       (*controlCall).listSessions,
	"resetSession":       (*controlCall).resetSession,
	"getState":           (*controlCall).getState,
	"putState":           (*controlCall).putState,
	"deleteState":        (*controlCall).resetSession,
	"listRequests":       (*controlCall).listRequests,
	"countRequests":      (*controlCall).countRequests,
	"clearRequests":      (*controlCall).clearRequests,
}

func newControl(s *Server) http.Handler {
	return &controlAPI{server: s, guard: newGuard(s.set.control)}
}

// ServeHTTP answers one request; the guard comes before anything else.
func (c *controlAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.profile(w, r) {
		return
	}
	a := c.protect(r)
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("X-Content-Type-Options", "nosniff")
	a.header.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.server.writeAnswer(w, r, a)
}

func (c *controlAPI) protect(r *http.Request) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			c.server.log.Error("panic", "method", r.Method, "path", r.URL.Path, "panic", p)
			a = c.server.unservable(nil, errPanic)
		}
	}()
	if refusal := c.guard.check(c.server, r); refusal != nil {
		return *refusal
	}
	if refusal := c.server.boundRequest(r); refusal != nil {
		return *refusal
	}
	doc, err := controlDocument()
	if err != nil {
		return c.server.unservable(nil, err)
	}
	return (&controlAPI{server: c.server, doc: doc, guard: c.guard}).answer(r)
}

// answer routes a request, holds it against the document and does what it asks.
func (c *controlAPI) answer(r *http.Request) answer {
	m, ok := c.route(r.URL.EscapedPath())
	if !ok {
		return c.noPath(r)
	}
	op := m.Operation(r.Method)
	switch {
	case op == nil && r.Method == http.MethodOptions:
		return answer{status: http.StatusNoContent, header: http.Header{"Allow": {m.Allow()}}}
	case op == nil:
		a := c.server.problem(nil, spec.MethodNotAllowed, []spec.Finding{{
			Rule: "method", Level: spec.Must, In: "method", Expected: m.Allow(), Actual: spec.Clip(r.Method),
			Document: m.Operations[0].Location,
		}})
		a.header.Set("Allow", m.Allow())
		return a
	}
	req, refusal := c.check(op, m, r)
	if refusal != nil {
		return c.server.problem(nil, refusal.Reason, refusal.Findings)
	}
	return controlActions[op.ID](&controlCall{controlAPI: c, r: r, req: req, params: m.Params})
}

func (c *controlAPI) route(escaped string) (spec.Match, bool) {
	rest, ok := strings.CutPrefix(escaped, controlPrefix)
	if !ok {
		return spec.Match{}, false
	}
	if rest == "" || rest == "/" { // no template but "/" ends in a slash
		var m spec.Match
		for _, o := range c.doc.Operations {
			if o.Path == "/" {
				m.Operations = append(m.Operations, o)
			}
		}
		return m, true
	}
	return c.doc.Route(rest)
}

func (c *controlAPI) noPath(r *http.Request) answer {
	f := spec.Finding{
		Rule: "path", Level: spec.Must, In: "path", Expected: "a path of the control API",
		Actual: spec.Clip(toUTF8(r.URL.EscapedPath())), Hint: "they are in " + controlPrefix + "/openapi.yaml",
	}
	if near := c.doc.NearestPath(toUTF8(strings.TrimPrefix(r.URL.Path, controlPrefix))); near != "" {
		f.Hint = "did you mean " + controlPrefix + near + "?"
	}
	return c.server.problem(nil, spec.NoSuchPath, []spec.Finding{f})
}

// check holds a request against the document, and refuses parameters that it does not name: a filter that is spelt
// wrong must not match everything.
func (c *controlAPI) check(op *spec.Operation, m spec.Match, r *http.Request) (*spec.Request, *spec.Refusal) {
	x := &exchange{r: r}
	limits := strictjson.Limits{Depth: c.server.bounds.Depth, Elements: c.server.bounds.Elements}
	if op.ID == "putState" {
		x.limit, limits = c.server.bounds.State, wideOpen
	}
	has, read := c.server.readBody(x)
	req, refusal := op.CheckRequest(&spec.RequestMessage{
		PathParams: m.Params, EscapedPathParams: m.Escaped, RawQuery: r.URL.RawQuery, Header: r.Header, HasBody: has, Body: read, Limits: limits,
	})
	if refusal != nil {
		return nil, refusal
	}
	var unknown []spec.Finding
	for _, n := range req.Notices {
		if n.In == "query" {
			n.Level = spec.Must
			unknown = append(unknown, n)
		}
	}
	if len(unknown) > 0 {
		return nil, &spec.Refusal{Reason: spec.Invalid, Findings: unknown}
	}
	return req, nil
}

// param is the value of a parameter, else its default in the document, else nil.
func (k *controlCall) param(in, name string) any {
	for _, p := range k.req.Operation.Parameters {
		if p.In != in || p.Name != name {
			continue
		}
		if v, ok := k.req.Param(p); ok {
			return v
		}
		if p.Schema.Default != nil {
			return *p.Schema.Default
		}
	}
	return nil
}

func (k *controlCall) text(in, name string) string {
	v, _ := k.param(in, name).(string)
	return v
}

func (k *controlCall) number(name string) uint64 {
	v, _ := k.param("query", name).(json.Number)
	return uintOf(v)
}

// uintOf is the whole number that a JSON number stands for, however it is spelt: 20, 2e1, 20.0; 0 for any other.
func uintOf(n json.Number) uint64 {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok || !r.IsInt() || !r.Num().IsUint64() {
		return 0
	}
	return r.Num().Uint64()
}

// refuse is the answer with one finding about the request.
func (k *controlCall) refuse(reason spec.Reason, f spec.Finding) answer {
	f.Level, f.Operation = spec.Must, k.req.Operation.ID
	if f.Document.File == "" {
		f.Document = k.req.Operation.Location
	}
	return k.server.problem(nil, reason, []spec.Finding{f})
}

// success is an answer with a message of package control.
func success(status int, message any) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: encode(message)}
}

func successText(status int, text []byte) answer { return success(status, json.RawMessage(text)) }

func done() answer { return answer{status: http.StatusNoContent, header: http.Header{}} }

// encode is a message as JSON text, the texts in it as they are spelt.
func encode(message any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(message); err != nil {
		panic(fmt.Sprintf("control: %v", err)) // a text that is no JSON got into the state
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
