package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client talks to the control API of one server. It is safe for concurrent use.
type Client struct {
	base    string
	token   string
	session string
	http    *http.Client
}

// Option sets one thing about a Client.
type Option func(*Client)

// WithToken sends the token that the server printed at start.
func WithToken(token string) Option { return func(c *Client) { c.token = token } }

// WithSession sets the session whose resources and records the client reads and writes; "default" without it.
func WithSession(name string) Option { return func(c *Client) { c.session = name } }

// WithHTTPClient sets what requests are sent with; http.DefaultClient without it.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// New makes a client for the server at a URL: scheme and host, "http://127.0.0.1:4010".
func New(baseURL string, options ...Option) *Client {
	c := &Client{base: strings.TrimSuffix(baseURL, "/") + Prefix, http: http.DefaultClient}
	for _, o := range options {
		o(c)
	}
	return c
}

// Error is the detail of the problem; errors.As gives the rest.
func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail)
}

// maxAnswer bounds what the client reads of an answer, in bytes.
const maxAnswer = 1 << 30

// call is one request to the control API.
type call struct {
	method, path string
	query        url.Values
	body         []byte // JSON
	inSession    bool   // acts on the client's session
}

// send makes the call and decodes the answer into out: a pointer, *[]byte for the bytes as they are, or nil. An error
// answer is a *Problem.
func (c *Client) send(ctx context.Context, k call, out any) error {
	target := c.base + k.path
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(k.body))
	if err != nil {
		return err
	}
	if k.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.session != "" && k.inSession {
		req.Header.Set("Understudy-Session", c.session)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	return decode(res, b, out)
}

func decode(res *http.Response, body []byte, out any) error {
	if res.StatusCode >= 300 {
		p := &Problem{}
		if err := json.Unmarshal(body, p); err != nil || p.Status == 0 {
			return fmt.Errorf("%s: %s is not the control API of understudy", res.Status, res.Request.URL)
		}
		return p
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = body
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s: %w", res.Request.URL, err)
	}
	return nil
}

// receive makes the call and returns the answer.
func receive[T any](ctx context.Context, c *Client, k call) (T, error) {
	var out T
	err := c.send(ctx, k, &out)
	return out, err
}

// IsNotFound reports whether an error says that a record, or its resource, is not there.
func IsNotFound(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}

// Info is what runs.
func (c *Client) Info(ctx context.Context) (Info, error) {
	return receive[Info](ctx, c, call{method: http.MethodGet, path: "/"})
}

// Health is nil when the server runs.
func (c *Client) Health(ctx context.Context) error {
	var out Health
	if err := c.send(ctx, call{method: http.MethodGet, path: "/health"}, &out); err != nil {
		return err
	}
	if out.Status != "ok" {
		return fmt.Errorf("status %q", out.Status)
	}
	return nil
}

// Document is the OpenAPI document of the control API, as the server has it.
func (c *Client) Document(ctx context.Context) ([]byte, error) {
	return receive[[]byte](ctx, c, call{method: http.MethodGet, path: "/openapi.yaml"})
}

// Save writes the state file now.
func (c *Client) Save(ctx context.Context) (Saved, error) {
	return receive[Saved](ctx, c, call{method: http.MethodPost, path: "/save"})
}

// Outgoing are the callbacks and webhooks of the document.
func (c *Client) Outgoing(ctx context.Context) ([]Outgoing, error) {
	return receive[[]Outgoing](ctx, c, call{method: http.MethodGet, path: "/webhooks"})
}

// SendWebhook sends a webhook of the document to a URL now; a nil body is made up.
func (c *Client) SendWebhook(ctx context.Context, name, to string, body json.RawMessage) (Delivery, error) {
	message, err := json.Marshal(struct {
		URL  string          `json:"url"`
		Body json.RawMessage `json:"body,omitempty"`
	}{to, body})
	if err != nil {
		return Delivery{}, err
	}
	return receive[Delivery](ctx, c, call{method: http.MethodPost, path: "/webhooks/" + url.PathEscape(name), body: message})
}

// Resources are the resources of the document.
func (c *Client) Resources(ctx context.Context) ([]Resource, error) {
	return receive[[]Resource](ctx, c, call{method: http.MethodGet, path: "/resources", inSession: true})
}

// RecordsQuery says which records; the zero value is the first page of all.
type RecordsQuery struct {
	Offset  uint64
	Limit   int    // 0: as the server likes
	Changed bool   // only those changed or made in the session
	Owner   string // only those that belong to the record with this id; "" for all
}

// Records is a page of a resource's records.
func (c *Client) Records(ctx context.Context, resource string, q RecordsQuery) (Records, error) {
	v := url.Values{}
	setNumber(v, "offset", q.Offset)
	setNumber(v, "limit", uint64(max(q.Limit, 0)))
	if q.Changed {
		v.Set("changed", "true")
	}
	if q.Owner != "" {
		v.Set("owner", q.Owner)
	}
	return receive[Records](ctx, c, call{
		method: http.MethodGet, path: "/resources/" + url.PathEscape(resource) + "/records", query: v, inSession: true,
	})
}

func setNumber(v url.Values, name string, n uint64) {
	if n > 0 {
		v.Set(name, strconv.FormatUint(n, 10))
	}
}

func recordPath(resource, id string) string {
	return "/resources/" + url.PathEscape(resource) + "/records/" + url.PathEscape(id)
}

// Record is the JSON text of a record, numbers as they are spelt.
func (c *Client) Record(ctx context.Context, resource, id string) (json.RawMessage, error) {
	return receive[[]byte](ctx, c, call{method: http.MethodGet, path: recordPath(resource, id), inSession: true})
}

// PutRecord makes or replaces a record: the JSON text of all of it. It returns the record as it is now.
func (c *Client) PutRecord(ctx context.Context, resource, id string, record json.RawMessage) (json.RawMessage, error) {
	return receive[[]byte](ctx, c, call{
		method: http.MethodPut, path: recordPath(resource, id), body: record, inSession: true,
	})
}

// PutRecordOf is PutRecord for a record that belongs to the one with the id owner.
func (c *Client) PutRecordOf(
	ctx context.Context, resource, owner, id string, record json.RawMessage,
) (json.RawMessage, error) {
	return receive[[]byte](ctx, c, call{
		method: http.MethodPut, path: recordPath(resource, id), query: url.Values{"owner": {owner}}, body: record, inSession: true,
	})
}

// DeleteRecord deletes a record.
func (c *Client) DeleteRecord(ctx context.Context, resource, id string) error {
	return c.send(ctx, call{method: http.MethodDelete, path: recordPath(resource, id), inSession: true}, nil)
}

// Sessions are the sessions there are.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	return receive[[]Session](ctx, c, call{method: http.MethodGet, path: "/sessions"})
}

func sessionPath(name string) string { return "/sessions/" + url.PathEscape(name) }

// State exports a session.
func (c *Client) State(ctx context.Context, session string) (State, error) {
	return receive[State](ctx, c, call{method: http.MethodGet, path: sessionPath(session) + "/state"})
}

// PutState imports a session: the state replaces all that was changed in it.
func (c *Client) PutState(ctx context.Context, session string, state State) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // records stay as they are spelt
	if err := e.Encode(state); err != nil {
		return err
	}
	return c.send(ctx, call{method: http.MethodPut, path: sessionPath(session) + "/state", body: b.Bytes()}, nil)
}

// ResetSession makes a session begin at the dataset again; a named one ends.
func (c *Client) ResetSession(ctx context.Context, session string) error {
	return c.send(ctx, call{method: http.MethodDelete, path: sessionPath(session)}, nil)
}

// RequestsQuery says which requests; the zero value matches all.
type RequestsQuery struct {
	Method string
	// Path as it was sent or without the session's prefix; "*" stands for any text without a slash.
	Path      string
	Status    int
	Session   string
	Operation string
	// Since and From are the earliest instant and the lowest number; only one of them may be set.
	Since time.Time
	From  uint64
	// Body is the JSON text of the whole body.
	Body  json.RawMessage
	Limit int // 0: as the server likes
}

func (q RequestsQuery) values() (url.Values, error) {
	v := url.Values{}
	for name, text := range map[string]string{
		"method": q.Method, "path": q.Path, "session": q.Session, "operation": q.Operation, "body": string(q.Body),
	} {
		if text != "" {
			v.Set(name, text)
		}
	}
	setNumber(v, "status", uint64(max(q.Status, 0)))
	setNumber(v, "limit", uint64(max(q.Limit, 0)))
	setNumber(v, "since", q.From)
	if !q.Since.IsZero() {
		if q.From > 0 {
			return nil, errors.New("both Since and From are set")
		}
		v.Set("since", q.Since.Format(time.RFC3339Nano))
	}
	return v, nil
}

// Requests are the newest requests that match, newest last.
func (c *Client) Requests(ctx context.Context, q RequestsQuery) (Requests, error) {
	v, err := q.values()
	if err != nil {
		return Requests{}, err
	}
	return receive[Requests](ctx, c, call{method: http.MethodGet, path: "/requests", query: v})
}

// CountRequests is how many requests match; Limit means nothing here.
func (c *Client) CountRequests(ctx context.Context, q RequestsQuery) (RequestCount, error) {
	v, err := q.values()
	if err != nil {
		return RequestCount{}, err
	}
	v.Del("limit")
	return receive[RequestCount](ctx, c, call{method: http.MethodGet, path: "/requests/count", query: v})
}

// ClearRequests forgets every request.
func (c *Client) ClearRequests(ctx context.Context) error {
	return c.send(ctx, call{method: http.MethodDelete, path: "/requests"}, nil)
}
