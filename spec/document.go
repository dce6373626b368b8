package spec

import (
	"fmt"
	"strings"
	"sync"
)

// Document is a loaded OpenAPI document, resolved once into values. It is read-only and safe for concurrent use.
type Document struct {
	// Version is the OpenAPI version, as written: "3.1.0".
	Version string
	// Title and Release are info.title and info.version.
	Title, Release string
	// Hash tells documents apart: 16 hexadecimal digits of the sources with their overlays.
	Hash string
	// Servers are the URLs of the document's servers with variables at their defaults.
	Servers []string
	// BasePath is the path of the first server: "/api", or "" when the API stands at the root. BasePaths are those of all
	// servers, each once.
	BasePath  string
	BasePaths []string
	// Operations in document order.
	Operations []*Operation
	// Webhooks are requests the API makes to receivers the document does not know.
	Webhooks []*Outgoing
	// Resources in the order of their operations, those that are only referred to last.
	Resources []*Resource
	// Flaws are findings that loading made: what of the document cannot be served as it says.
	Flaws []Finding
	// counted are the places of flaws that others tell of by their number.
	counted []Location
	// SecuritySchemes of the document, and what an operation asks for that says nothing itself.
	SecuritySchemes []*SecurityScheme

	security    [][]SecurityRequirement
	secretNames []string // lower case, of what carries API keys

	brokenPaths []brokenPath

	files       []file   // the document itself and the files it refers to
	gathered    []string // files that were made part of the first one
	fileIndex   map[string]int
	sources     []string           // names of the source, its overlays and its files, by node.file
	ids         map[string]place   // what schemas call themselves by $id
	reader      *reader            // while the document is loaded
	tangled     map[schemaKey]bool // schemas that would take too long to check
	schemas     schemaCache
	sentWhole   map[*Schema]bool // schemas of request bodies; for inference
	compiler    *compiler
	rules       sync.Map // what findings say of the document, by ruleKey
	router      router
	inheritance inheritance
	// directional: some property is readOnly or writeOnly, so requests and responses are validated differently.
	directional bool
}

// file is one file of a document. Its name is its path from the document's directory, or its URL.
type file struct {
	name    string
	tree    *node
	anchors map[string]string // pointers by $anchor
}

// Files are the names of the document's files that its references led to, itself first: paths from its directory, or
// URLs.
func (d *Document) Files() []string {
	var out []string
	for _, f := range d.files {
		out = append(out, f.name)
	}
	return append(out, d.gathered...)
}

// Name is the file name of the document.
func (d *Document) Name() string { return d.files[0].name }

// Operation is one method of one path.
type Operation struct {
	// ID is the operationId, or "PATCH /things/{id}" where the document has none.
	ID     string
	Method string
	Path   string // template, without the base path
	// Query is what the query of each request holds, from the key of the path: "beta=true" of "/things?beta=true".
	Query   string
	Summary string
	Tags    []string

	// Security are alternatives, each of schemes that hold together; none where the operation asks for nothing, and an
	// empty alternative where credentials are optional.
	Security [][]SecurityRequirement

	Parameters []*Parameter
	Body       *Body // nil when the document declares none
	Responses  []*Response
	Location   Location
	// BasePaths are those of the servers that have the operation: its own, its path's or the document's.
	BasePaths []string
	// Callbacks are requests that the API makes because of this one.
	Callbacks []*Outgoing

	// Resource is what the operation acts on and Action how; nil and ActionNone where neither was found.
	Resource *Resource
	Action   Action
	// ItemParam is the path parameter that names the record, for actions on one record; "" where its id is in the body.
	ItemParam string
	// Owners are the path parameters that name the records which own what the operation acts on, the nearest first. An
	// operation of no resource has them where it does something to the first of these records and answers with it.
	Owners []Owner
	// List says how an ActionList shows its records; nil for other actions.
	List *Listing
	// Batch says how it makes, or changes, records of a list; nil where it takes none. One that takes nothing else has no Resource.
	Batch *Batch
	// Unfold is the parameter that says how many levels of related records to include; nil when there is none.
	Unfold *Parameter
	// Success is what else a success says (x-understudy-success), in document order.
	Success map[string]any

	doc    *Document
	shape  string    // Shape
	broken []Finding // references of the request that lead nowhere
	shared bool      // others have its path and method too
}

// Document is the document the operation belongs to.
func (o *Operation) Document() *Document { return o.doc }

// Parameter is a parameter of an operation or of its path.
type Parameter struct {
	Name, In, Description string
	Required              bool
	Style                 string
	Explode               bool
	// AllowReserved: the reserved characters of a URL stand as they are. AllowEmptyValue: a query may name it without
	// giving a value.
	AllowReserved, AllowEmptyValue bool
	// Schema is nil when it has none. Media is the media type that describes the value instead of a style; its schema
	// is Schema too.
	Schema   *Schema
	Media    *MediaType
	Location Location
	// UnfoldDefault is the number of levels when the parameter is absent (x-understudy-unfold).
	UnfoldDefault int

	implied bool // by the path's template alone
	unfolds bool
	wants   kinds      // that the schema leaves room for
	single  bool       // one scalar, whose type the schema itself names
	of      *Parameter // of whose value this is a member, see Listing
	member  string
}

// Body is a request body.
type Body struct {
	Required bool
	Content  []*MediaType
	Location Location
}

// MediaType is one entry of a content map.
type MediaType struct {
	// Type is the key: "application/json", "application/*+json", "text/plain; charset=utf-8".
	Type     string
	Schema   *Schema // nil when it has none
	Examples []Example
	Location Location
	// Encoding is how the properties of a form or a multipart body are written, by their names.
	Encoding map[string]*Encoding
	// Envelope is where the record sits in a request's body, and its schema by the record's names; nil where the body is the
	// record as it is, or carries none.
	Envelope *Envelope

	sequence       sequence // of values in the body, where it strings some together
	prefixEncoding []*Encoding
	itemEncoding   *Encoding
}

// Example is a named example; one that is not named in the document is called "example".
type Example struct {
	Name     string
	Value    any // objects are strictjson.Object
	Location Location
}

// Response is one declared answer.
type Response struct {
	// Status is the key: "200", "4XX", "default".
	Status      string
	Description string
	Content     []*MediaType
	Headers     []*Header
	Links       []*Link
	Location    Location
	// Envelope is where the record sits in the body; nil when the operation has no resource or the answer no record.
	Envelope *Envelope

	broken []Finding // its reference leads nowhere
}

// Header is a declared response header. Its value is written like that of a header parameter.
type Header struct {
	Name     string
	Required bool
	Schema   *Schema
	Location Location

	param Parameter
}

// Encode is the value as the header carries it; see Parameter.Encode.
func (h *Header) Encode(value any) (string, error) { return h.param.Encode(value) }

// Response is the declared answer for a status: the exact one, else its range, else default, else nil.
func (o *Operation) Response(status int) *Response {
	for _, w := range [...]string{statusText(status), statusRange(status), "default"} {
		for _, r := range o.Responses {
			if strings.EqualFold(r.Status, w) {
				return r
			}
		}
	}
	return nil
}

// SuccessResponse is the first declared success and its status; 0 and nil when the document declares none.
func (o *Operation) SuccessResponse() (int, *Response) {
	for _, r := range o.Responses {
		if len(r.Status) == 3 && r.Status[0] == '2' {
			if status, ok := statusNumber(r.Status); ok {
				return status, r
			}
		}
	}
	for _, r := range o.Responses {
		if strings.EqualFold(r.Status, "2XX") || r.Status == "default" {
			return 200, r
		}
	}
	return 0, nil
}

// Media is the JSON media type of a content list, else the first, else nil.
func Media(content []*MediaType) *MediaType {
	for _, m := range content {
		if IsJSON(m.Type) {
			return m
		}
	}
	if len(content) > 0 {
		return content[0]
	}
	return nil
}

// Operation is the operation of that ID, nil when there is none.
func (d *Document) Operation(id string) *Operation {
	for _, o := range d.Operations {
		if o.ID == id {
			return o
		}
	}
	return nil
}

// Resource is the resource of that name, nil when there is none.
func (d *Document) Resource(name string) *Resource {
	for _, r := range d.Resources {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// EscapedPath is Path as a request can carry it: what no URL has in it is percent-encoded, for some documents have spaces
// and letters of other scripts there.
func (o *Operation) EscapedPath() string {
	var out strings.Builder
	for _, b := range []byte(o.Path) {
		if b <= ' ' || b >= 0x7f || strings.IndexByte("\"<>\\^`|", b) >= 0 {
			fmt.Fprintf(&out, "%%%02X", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String()
}
