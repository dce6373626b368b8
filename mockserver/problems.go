package mockserver

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// The reasons the mock has beside those of package spec.
const (
	reasonURITooLong    spec.Reason = "uri-too-long"
	reasonHeadersTooBig spec.Reason = "headers-too-large"
	reasonSessionName   spec.Reason = "session-name"
	reasonSessionsFull  spec.Reason = "sessions-full"
	reasonPreference    spec.Reason = "preference"
	reasonNoRecord      spec.Reason = "no-such-record"
	reasonExists        spec.Reason = "already-exists"
	reasonUnconditional spec.Reason = "condition-missing"
	reasonCondition     spec.Reason = "condition-failed"
	reasonConflict      spec.Reason = "patch-conflict"
	reasonScan          spec.Reason = "scan-too-large"
	reasonMerged        spec.Reason = "merged-record-invalid"
	reasonStateFull     spec.Reason = "state-full"
	reasonBusy          spec.Reason = "busy"
	reasonOwnAnswer     spec.Reason = "own-answer-invalid"
	reasonForced        spec.Reason = "forced"
	reasonUnreliable    spec.Reason = "unreliable"
	reasonForbidden     spec.Reason = "forbidden"
	reasonUnauthorized  spec.Reason = "unauthorized"
)

// Problem is one row of the table of refusals: which status, and what it means to the one who sent the request.
type Problem struct {
	Reason spec.Reason
	Status int
	Title  string
	// Meaning is what happened and what to do, in a sentence or two. The documentation is made of it.
	Meaning string
}

// Problems is the one table of refusals, in the order in which a request meets them; those that only the control API
// has come last.
func Problems() []Problem { return slices.Concat(problemTable, controlProblems) }

var problemTable = []Problem{
	{
		reasonURITooLong, http.StatusRequestURITooLong, "URL too long",
		"The URL is longer than --max-url. Send less in the query.",
	},
	{
		reasonHeadersTooBig, http.StatusRequestHeaderFieldsTooLarge, "Header fields too large",
		"The header fields together are larger than --max-header. Cookies are the usual reason.",
	},
	{
		spec.NoSuchPath, http.StatusNotFound, "No such path",
		"The document has no path for this URL. The answer names the nearest; a base path that was left out is the usual " +
			"reason.",
	},
	{
		spec.MethodNotAllowed, http.StatusMethodNotAllowed, "Method not allowed",
		"The path is in the document, but not with this method. The header Allow lists those it has.",
	},
	{
		reasonSessionName, http.StatusBadRequest, "Not a session's name",
		"A session's name is 1 to 64 letters, digits, dots, hyphens and underscores.",
	},
	{
		reasonSessionsFull, http.StatusServiceUnavailable, "Too many sessions",
		"There are as many sessions as --max-sessions allows and none has been idle for --session-idle. End one " +
			"(DELETE /__understudy/sessions/NAME) or raise the limit.",
	},
	{
		reasonPreference, http.StatusBadRequest, "Preference cannot be honoured",
		"The Prefer header (or __code, __example, __dynamic in the query) asks for something that is not there.",
	},
	{
		spec.Unauthenticated, http.StatusUnauthorized, "Credentials missing",
		"The document asks for credentials here, and they are not there or do not have their form. WWW-Authenticate names " +
			"the schemes. Any credentials of that form will do; --no-auth asks for none.",
	},
	{
		spec.MissingScopes, http.StatusForbidden, "Scopes missing",
		"The token says which scopes it grants (understudy:SCOPE,SCOPE), and those asked for here are not among them. Any " +
			"other token grants all.",
	},
	{
		spec.NotAcceptable, http.StatusNotAcceptable, "Not acceptable",
		"The Accept header takes none of the media types that the success has and the mock can make. The entry lists them. " +
			"Errors are not negotiated.",
	},
	{
		spec.UnsupportedMediaType, http.StatusUnsupportedMediaType, "Unsupported media type",
		"The Content-Type, or the Content-Encoding, is not one that the document declares for this body and the mock can " +
			"read.",
	},
	{
		spec.ContentTooLarge, http.StatusRequestEntityTooLarge, "Content too large",
		"The body is larger than --max-body, before or after decompression.",
	},
	{
		spec.NotDecodable, http.StatusBadRequest, "Not decodable",
		"The body or the query cannot be decoded: malformed JSON, a member named twice, bytes that are no UTF-8, a bad " +
			"percent escape, nesting or element counts beyond --max-depth and --max-elements.",
	},
	{
		spec.Invalid, http.StatusUnprocessableEntity, "Invalid request",
		"The request can be read but the document does not allow it. Each entry of errors names one place.",
	},
	{
		reasonNoRecord, http.StatusNotFound, "No such record",
		"There is no record with this id in this session. The answer names one that is there.",
	},
	{
		reasonUnconditional, http.StatusPreconditionRequired, "Condition missing",
		"A change of this record has to say which state of it is meant, and does not. Send If-Match with the entity tag that " +
			"a GET shows, or *. Asked for where the document declares 428; a required header that is missing is 422 elsewhere.",
	},
	{
		reasonCondition, http.StatusPreconditionFailed, "Condition failed",
		"If-Match names another state of the record than the one it has, or If-None-Match the one it has. Nothing was " +
			"changed. Looked at where the document declares ETag, one of these parameters, 412 or 428.",
	},
	{
		reasonExists, http.StatusConflict, "Already there",
		"A record is to be made under an id that another one has. Send another id, or none where the document allows.",
	},
	{
		reasonConflict, http.StatusConflict, "Patch in conflict",
		"The JSON Patch does not fit the record as it is: a test failed, or a path leads nowhere. Nothing was changed.",
	},
	{
		reasonScan, http.StatusNotImplemented, "Too many records to look through",
		"Filters and sorting look at every record, and there are more than --max-scan. Nothing is wrong with the request: " +
			"serve fewer records (--count), or raise the limit.",
	},
	{
		reasonMerged, http.StatusUnprocessableEntity, "Invalid record",
		"The request alone is valid, but the record it would make is not. Nothing was changed.",
	},
	{
		reasonStateFull, http.StatusInsufficientStorage, "Too many changed records",
		"As many records are changed as --max-changes allows, or they take as much as --max-memory allows. Reset a session, " +
			"or raise the limit.",
	},
	{
		reasonBusy, http.StatusServiceUnavailable, "Too much at once",
		"Links of the record kept changing while the update waited for them. Try again.",
	},
	{
		spec.NotServed, http.StatusNotImplemented, "Cannot be served",
		"The document says something here that cannot be used, such as a schema that does not compile. The entry names " +
			"the place.",
	},
	{
		reasonOwnAnswer, http.StatusNotImplemented, "Cannot be answered",
		"The mock's own answer would break the document, so it was not sent and nothing was changed. The entries say in " +
			"which way: most often an example, or a hint, does not fit its schema.",
	},
	{
		reasonForced, 0, "Forced by the request",
		"The Prefer header (or __code in the query) asked for this status, which the document does not declare.",
	},
	{
		reasonUnreliable, 0, "An unreliable day",
		"Drawn by --fail. Nothing was changed.",
	},
}

func problemOf(reason spec.Reason) Problem {
	for _, table := range [...][]Problem{problemTable, controlProblems} {
		for _, p := range table {
			if p.Reason == reason {
				return p
			}
		}
	}
	return Problem{Reason: reason, Status: http.StatusNotImplemented, Title: string(reason)}
}

// problemBase is what a problem's type is relative to: the page that explains them all.
const problemBase = "https://github.com/understudy-dev/understudy/blob/main/docs/problems.md#"

const problemType = "application/problem+json"

// problem is the answer to a request that is refused: the document's own error answer where it declares one, else a
// problem document (RFC 9457) with the findings under errors.
func (s *Server) problem(op *spec.Operation, reason spec.Reason, fs []spec.Finding) answer {
	row := problemOf(reason)
	a := answer{status: row.Status, header: http.Header{}, findings: fs, reason: reason}
	if op != nil {
		if status, declared, ok := s.declaredError(op, row, fs); ok {
			a.status = status
			a.header.Set("Content-Type", declared.mediaType)
			a.body = declared.body
			s.addHeaders(op, op.Response(status), &a)
			return a
		}
	}
	a.header.Set("Content-Type", problemType)
	a.body = problemBody(row, row.Status, detailOf(row, fs), fs)
	return a
}

// problemBody is a problem document (RFC 9457), with the findings under errors. It is written down at once: a client that
// sends nonsense should not cost more than others.
func problemBody(row Problem, status int, detail string, fs []spec.Finding) []byte {
	w := jsonWriter{make([]byte, 0, 256+512*len(fs))}
	w.text("{", "type", problemBase+string(row.Reason))
	w.text(",", "title", row.Title)
	w.number(",", "status", status)
	w.text(",", "detail", detail)
	w.name(",", "errors")
	w.out = append(w.out, '[')
	for i, f := range fs {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.finding(f)
	}
	return append(w.out, "]}"...)
}

// problemObject is the same as a value.
func problemObject(row Problem, status int, detail string, fs []spec.Finding) strictjson.Object {
	v, _ := strictjson.DecodeOrdered(problemBody(row, status, detail, fs), wideOpen)
	o, _ := v.(strictjson.Object)
	return o
}

// jsonWriter writes members of objects, each after the text that stands before it.
type jsonWriter struct{ out []byte }

func (w *jsonWriter) name(before, name string) {
	w.out = append(strictjson.AppendString(append(w.out, before...), name), ':')
}

func (w *jsonWriter) text(before, name, value string) {
	w.name(before, name)
	w.out = strictjson.AppendString(w.out, value)
}

func (w *jsonWriter) number(before, name string, value int) {
	w.name(before, name)
	w.out = strconv.AppendInt(w.out, int64(value), 10)
}

// finding writes a finding in the form that every report gives it.
func (w *jsonWriter) finding(f spec.Finding) {
	w.text("{", "rule", f.Rule)
	w.text(",", "level", string(f.Level))
	if f.Operation != "" {
		w.text(",", "operation", f.Operation)
	}
	w.text(",", "in", f.In)
	w.text(",", "pointer", f.Pointer)
	if f.Document != (spec.Location{}) {
		w.name(",", "document")
		w.text("{", "file", f.Document.File)
		w.text(",", "pointer", f.Document.Pointer)
		w.number(",", "line", f.Document.Line)
		w.out = append(w.out, '}')
	}
	w.text(",", "expected", f.Expected)
	w.text(",", "actual", f.Actual)
	if f.Hint != "" {
		w.text(",", "hint", f.Hint)
	}
	w.out = append(w.out, '}')
}

// detailOf is the one sentence for somebody who reads no further.
func detailOf(row Problem, fs []spec.Finding) string {
	switch len(fs) {
	case 0:
		return row.Meaning
	case 1:
		return sentence(fs[0])
	}
	if len(fs) == 2 {
		return sentence(fs[0]) + " There is one more error."
	}
	return sentence(fs[0]) + " There are " + itoa(len(fs)-1) + " more errors."
}

func sentence(f spec.Finding) string {
	place := f.In
	if f.Pointer != "" {
		place += " " + f.Pointer
	}
	s := place + ": want " + f.Expected + ", got " + f.Actual
	if f.Hint != "" {
		s += "; " + f.Hint
	}
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// unservable is the answer where a schema of the document cannot be used or met.
func (s *Server) unservable(op *spec.Operation, err error) answer {
	f := spec.Finding{
		Rule: "schema", Level: spec.Must, In: "document", Expected: "a schema that values can be made for",
		Actual: spec.ClipReason(err.Error()),
	}
	if op != nil {
		f.Operation, f.Document = op.ID, op.Location
	}
	return s.problem(op, spec.NotServed, []spec.Finding{f})
}
