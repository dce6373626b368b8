// Package control describes the control API of a mock server: its OpenAPI document, its messages and a client for it.
package control

import (
	_ "embed" // the document
	"encoding/json"
	"time"

	"github.com/understudy-dev/understudy/spec"
)

//go:embed control.yaml
var document []byte

// Source is the OpenAPI document of the control API.
func Source() spec.Source { return spec.Source{Name: "control.yaml", Data: document} }

// Prefix is the path the control API is served under.
const Prefix = "/__understudy"

// Info is what runs.
type Info struct {
	Version  string       `json:"version"`
	Document DocumentInfo `json:"document"`
	Seed     uint64       `json:"seed"`
	Now      time.Time    `json:"now"`
	Count    uint64       `json:"count"`
	BasePath string       `json:"basePath"`
	// BaseURL is where the API is, "" where the server does not know.
	BaseURL  string `json:"baseURL,omitempty"`
	Sessions int    `json:"sessions"`
	Changes  int64  `json:"changes"`
	Memory   int64  `json:"memory"`  // bytes that the changes take
	Journal  int    `json:"journal"` // requests remembered
	Heap     uint64 `json:"heap"`    // bytes that the whole server takes
	Bounds   Bounds `json:"bounds"`
}

// DocumentInfo is the document that is played.
type DocumentInfo struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	OpenAPI string `json:"openapi"`
	File    string `json:"file"`
	Hash    string `json:"hash"`
}

// Bounds are the limits of the server.
type Bounds struct {
	Body               int64   `json:"body"`
	Depth              int     `json:"depth"`
	Elements           int     `json:"elements"`
	URL                int     `json:"url"`
	Header             int     `json:"header"`
	Sessions           int     `json:"sessions"`
	SessionIdleSeconds float64 `json:"sessionIdleSeconds"`
	Changes            int64   `json:"changes"`
	Memory             int64   `json:"memory"`
	State              int64   `json:"state"`
	Journal            int     `json:"journal"`
	JournalBody        int     `json:"journalBody"`
	DelaySeconds       float64 `json:"delaySeconds"`
}

// Health says that the server runs.
type Health struct {
	Status string `json:"status"`
}

// Outgoing is a callback or a webhook of the document.
type Outgoing struct {
	Kind      string `json:"kind"` // callback or webhook
	Name      string `json:"name"`
	Method    string `json:"method"`
	URL       string `json:"url,omitempty"`
	Operation string `json:"operation,omitempty"`
}

// Delivery is what the receiver of a webhook answered.
type Delivery struct {
	Status int `json:"status"`
}

// Saved says what was written to the state file.
type Saved struct {
	File     string `json:"file"`
	Sessions int    `json:"sessions"`
	Changes  int    `json:"changes"`
}

// Resource is a resource of the document as a session sees it.
type Resource struct {
	Name       string   `json:"name"`
	IDProperty string   `json:"idProperty"`
	Count      uint64   `json:"count"`
	Changed    int      `json:"changed"`
	Operations []string `json:"operations"`
}

// Records is one page of a resource's records, each the JSON text of an object.
type Records struct {
	Records []json.RawMessage `json:"records"`
	Total   uint64            `json:"total"`
	Offset  uint64            `json:"offset"`
	Limit   uint64            `json:"limit"`
}

// Session is one isolated state.
type Session struct {
	Name    string `json:"name"`
	Changes int64  `json:"changes"`
	// LastUsed is the zero time where nobody has used it yet.
	LastUsed    time.Time `json:"lastUsed,omitzero"`
	IdleSeconds float64   `json:"idleSeconds"`
}

// Changes are changed records by resource and id: the JSON text of the whole record, or null for one that was deleted.
type Changes map[string]map[string]json.RawMessage

// SessionState is what a session differs from the dataset by.
type SessionState struct {
	// Made is how many ids the session has given to records it made.
	Made    uint64  `json:"made"`
	Changes Changes `json:"changes"`
	// Owners are the ids of the records that changed ones belong to, by resource and id, where they belong to any.
	Owners map[string]map[string]string `json:"owners,omitempty"`
	// Order has the ids of the records that were made, by resource, the first one first.
	Order map[string][]string `json:"order,omitempty"`
}

// StateHeader says what a state belongs to.
type StateHeader struct {
	Understudy string        `json:"understudy"` // always "state"
	Version    int           `json:"version"`    // always 1
	Document   StateDocument `json:"document"`
	Seed       uint64        `json:"seed"`
}

// StateDocument is the document that a state belongs to.
type StateDocument struct {
	Title string `json:"title"`
	Hash  string `json:"hash"`
}

// State is the state of one session, as it is exported and imported.
type State struct {
	StateHeader
	SessionState
}

// StateFile is what a state file holds: the sessions that are not at the dataset.
type StateFile struct {
	StateHeader
	Sessions map[string]SessionState `json:"sessions"`
}

// Requests are the newest requests that match, newest last.
type Requests struct {
	Requests  []Request `json:"requests"`
	Total     int       `json:"total"`
	Undecided int       `json:"undecided"`
	RolledOff RolledOff `json:"rolledOff"`
}

// RequestCount is how many requests match. Undecided ones match but for the body, which is not remembered whole.
type RequestCount struct {
	Count     int       `json:"count"`
	Undecided int       `json:"undecided"`
	RolledOff RolledOff `json:"rolledOff"`
}

// RolledOff counts the requests that are no longer remembered, whatever the filters are.
type RolledOff struct {
	Requests    uint64            `json:"requests"`
	ByOperation []OperationCount  `json:"byOperation"`
	ByRule      map[string]uint64 `json:"byRule"`
}

// OperationCount counts the answers of one operation with one status; the operation is "" where none was found.
type OperationCount struct {
	Operation string `json:"operation"`
	Status    int    `json:"status"`
	Count     uint64 `json:"count"`
}

// Request is a request to the API with its answer. Bodies are JSON values; a JSON string stands for a body that is no
// JSON or not whole.
type Request struct {
	Number        uint64              `json:"number"`
	Time          time.Time           `json:"time"`
	DurationMs    float64             `json:"durationMs"`
	Session       string              `json:"session,omitempty"`
	Operation     string              `json:"operation,omitempty"`
	Method        string              `json:"method"`
	Path          string              `json:"path"`
	Query         string              `json:"query,omitempty"`
	Headers       map[string][]string `json:"headers"`
	Body          json.RawMessage     `json:"body,omitempty"`
	BodyTruncated bool                `json:"bodyTruncated,omitempty"`
	Status        int                 `json:"status"`
	Reason        string              `json:"reason,omitempty"`
	Answer        Answer              `json:"answer"`
	Findings      []spec.Finding      `json:"findings"`
	Notices       []spec.Finding      `json:"notices"`
}

// Answer is what a request was answered with.
type Answer struct {
	Headers       map[string][]string `json:"headers"`
	Body          json.RawMessage     `json:"body,omitempty"`
	BodyTruncated bool                `json:"bodyTruncated,omitempty"`
}

// Problem is a refusal (RFC 9457).
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Errors []spec.Finding `json:"errors"`
}
