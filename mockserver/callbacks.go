package mockserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// WithCallbacks lets the server send what the document lists under callbacks, after a success of their operation, and
// webhooks, when the control API asks for one: to loopback, and to these hosts. Without it nothing is ever sent.
func WithCallbacks(hosts ...string) Option {
	return func(s *settings) { s.callbacks = &callbackSettings{hosts} }
}

type callbackSettings struct{ hosts []string }

const (
	maxCallbacks    = 64 // on their way at once; more are left out, and said
	callbackTimeout = 5 * time.Second
)

// caller sends callbacks and webhooks.
type caller struct {
	hosts   []string
	client  *http.Client
	running atomic.Int64
}

func newCaller(set *callbackSettings) *caller {
	if set == nil {
		return nil
	}
	c := &caller{hosts: set.hosts}
	dialer := &net.Dialer{}
	c.client = &http.Client{
		Timeout:       callbackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				host, _, err := net.SplitHostPort(addr)
				if err != nil {
					return nil, err
				}
				d := *dialer
				if !c.named(host) { // a name may lead anywhere: what counts is the address
					d.Control = loopbackOnly
				}
				return d.DialContext(ctx, network, addr)
			},
		},
	}
	return c
}

var errNotLoopback = errors.New("not an address of this machine")

func loopbackOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return errNotLoopback
	}
	return nil
}

func (c *caller) named(host string) bool {
	return slices.ContainsFunc(c.hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// allows refuses a URL that nothing may be sent to; the connection itself is checked again.
func (c *caller) allows(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("want an http or https URL")
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if c.named(host) || ip != nil && ip.IsLoopback() || ip == nil && isLocalName(host) {
		return nil
	}
	return fmt.Errorf("%s is not this machine; allow it with --callback-host %s", host, host)
}

func isLocalName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// send makes one request; the status is that of the answer.
func (c *caller) send(ctx context.Context, o *spec.Outgoing, target, mediaType string, body []byte) (int, error) {
	if err := c.allows(target); err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, o.Method, target, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", mediaType)
	}
	req.Header.Set("User-Agent", "understudy")
	res, err := c.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the URL may hold secrets
		}
		return 0, err
	}
	res.Body.Close()
	return res.StatusCode, nil
}

// callBack sends the callbacks of an operation that succeeded. It does not hold the answer up.
func (s *Server) callBack(x *exchange, a answer) {
	if s.caller == nil || x.op == nil || len(x.op.Callbacks) == 0 || a.status < 200 || a.status > 299 || a.reason != "" {
		return
	}
	seen := s.seen(x, a)
	for _, o := range x.op.Callbacks {
		target, err := seen.Expand(o.URL)
		if err != nil {
			s.logOutgoing("callback", o, "", 0, err)
			continue
		}
		mediaType, body, err := s.outgoingBody(o, x, a)
		if err != nil {
			s.logOutgoing("callback", o, target, 0, err)
			continue
		}
		if s.caller.running.Add(1) > maxCallbacks {
			s.caller.running.Add(-1)
			s.logOutgoing("callback", o, target, 0, fmt.Errorf("%d are on their way already", maxCallbacks))
			continue
		}
		go func() {
			defer s.caller.running.Add(-1)
			ctx, cancel := context.WithTimeout(context.Background(), callbackTimeout)
			defer cancel()
			status, err := s.caller.send(ctx, o, target, mediaType, body)
			s.logOutgoing("callback", o, target, status, err)
		}()
	}
}

// seen is the exchange as runtime expressions see it.
func (s *Server) seen(x *exchange, a answer) *spec.Exchange {
	out := &spec.Exchange{
		URL: s.originOf(x.r) + x.r.URL.RequestURI(), Method: x.r.Method, Status: a.status, Path: x.params,
		Query: x.r.URL.Query(), Header: x.r.Header, AnswerHeader: a.header,
	}
	if v, err := strictjson.Decode(x.body, wideOpen); err == nil {
		out.Body, out.HasBody = v, true
	}
	if v, err := strictjson.Decode(a.body, wideOpen); err == nil {
		out.AnswerBody, out.HasAnswerBody = v, true
	}
	return out
}

// outgoingBody is what a callback or webhook carries: the record of the answer where that is what the document sends, an
// example that keeps the schema, or made-up values.
func (s *Server) outgoingBody(o *spec.Outgoing, x *exchange, a answer) (mediaType string, body []byte, err error) {
	if o.Body == nil {
		return "", nil, nil
	}
	m := spec.Media(o.Body.Content)
	if m == nil || m.Schema == nil || !spec.IsJSON(m.Type) {
		return "", nil, nil
	}
	if x != nil {
		if res := x.op.Response(a.status); res != nil && res.Envelope != nil && res.Envelope.Record == m.Schema {
			if rec := memberIn(a.body, res.Envelope.Path); rec != nil {
				return m.Type, rec, nil
			}
		}
	}
	for _, e := range m.Examples {
		if m.Schema.Valid(strictjson.Plain(e.Value), spec.In) {
			return m.Type, strictjson.Append(nil, e.Value), nil
		}
	}
	v, err := fixtures.NewGenerator(s.set.now, spec.In).Value(m.Schema, s.source("outgoing", o.Name, o.Location.Pointer))
	if err != nil {
		return "", nil, err
	}
	return m.Type, strictjson.Append(nil, v), nil
}

// memberIn is the text at a path of a JSON text, where "0" is the only item of a list; nil where there is none.
func memberIn(text []byte, path []string) []byte {
	for _, name := range path {
		items, isList := elementsOf(text)
		switch {
		case !isList:
			text = memberAt(text, name)
		case name == "0" && len(items) == 1:
			text = items[0]
		default:
			return nil
		}
	}
	return text
}

func (s *Server) logOutgoing(kind string, o *spec.Outgoing, target string, status int, err error) {
	attrs := []slog.Attr{slog.String("name", o.Name), slog.String("method", o.Method)}
	if u, parseErr := url.Parse(target); parseErr == nil && target != "" {
		u.RawQuery = s.hideQuery(u.RawQuery)
		attrs = append(attrs, slog.String("to", u.Redacted()))
	}
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("not sent", err.Error()))
	} else {
		attrs = append(attrs, slog.Int("status", status))
	}
	s.log.LogAttrs(context.Background(), level, kind, attrs...)
}

// listOutgoing lists the callbacks and webhooks of the document, sent or not.
func (k *controlCall) listOutgoing() answer {
	out := []control.Outgoing{}
	for _, o := range k.server.doc.Operations {
		for _, c := range o.Callbacks {
			out = append(out, control.Outgoing{Kind: "callback", Name: c.Name, Method: c.Method, URL: c.URL, Operation: o.ID})
		}
	}
	for _, w := range k.server.doc.Webhooks {
		out = append(out, control.Outgoing{Kind: "webhook", Name: w.Name, Method: w.Method})
	}
	return success(http.StatusOK, out)
}

// sendWebhook sends a webhook of the document to a URL.
func (k *controlCall) sendWebhook() answer {
	s, name := k.server, k.params["webhook"]
	i := slices.IndexFunc(s.doc.Webhooks, func(o *spec.Outgoing) bool { return o.Name == name })
	if i < 0 {
		return k.refuse(reasonNoWebhook, spec.Finding{
			Rule: "webhook", In: "path", Pointer: "/webhook", Expected: "a webhook of the document",
			Actual: spec.Clip(fmt.Sprintf("%q", name)), Hint: "GET " + controlPrefix + "/webhooks lists them",
		})
	}
	if s.caller == nil {
		return s.problem(nil, reasonNotSending, nil)
	}
	o, sent := s.doc.Webhooks[i], strictjson.Compact(k.req.Raw)
	target := idOf(memberAt(sent, "url"))
	if err := s.caller.allows(target); err != nil {
		return k.refuse(spec.Invalid, spec.Finding{
			Rule: "url", In: "body", Pointer: "/url", Expected: "a URL that may be sent to", Actual: spec.Clip(target), Hint: err.Error(),
		})
	}
	mediaType, body, err := s.outgoingBody(o, nil, answer{})
	if err != nil {
		return s.unservable(nil, err)
	}
	if own := memberAt(sent, "body"); own != nil {
		mediaType, body = "application/json", own
	}
	status, err := s.caller.send(k.r.Context(), o, target, mediaType, body)
	s.logOutgoing("webhook", o, target, status, err)
	if err != nil {
		return k.refuse(reasonNotDelivered, spec.Finding{
			Rule: "delivery", In: "body", Pointer: "/url", Expected: "an answer", Actual: spec.Clip(err.Error()),
		})
	}
	return success(http.StatusOK, control.Delivery{Status: status})
}
