package contract

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"golang.org/x/net/http/httpguts"

	"github.com/understudy-dev/understudy/spec"
)

// Request is what a check sends.
type Request struct {
	Method string
	// Path is escaped and begins below the target's URL.
	Path   string
	Query  string
	Header http.Header
	// Body is nil for none.
	Body []byte
	// Operation is what it is meant for; nil for requests that the document does not have.
	Operation *spec.Operation

	record  recordKey         // that it may change; zero for none
	below   recordKey         // the owner of what a list shows or a creation makes; zero for none
	without []*spec.Parameter // required ones that are left out
	bare    bool              // without the target's headers and credentials
	as      *spec.Operation   // whose credentials it carries
	upserts bool              // it may make the record that it names, though Operation is nil
	value   any               // what Body says, where it was made of a value
	unfit   string            // why its path cannot name the record; "" when it can
}

// operation is the one that a request is for, or whose it is where its answer is none that the document has.
func (r Request) operation() *spec.Operation {
	if r.Operation != nil {
		return r.Operation
	}
	return r.as
}

// ownHeaders are those that say where a request goes and where it ends: a client writes them as it sends it.
var ownHeaders = []string{"Content-Length", "Host", "Trailer", "Transfer-Encoding"}

// unsendable says what of a request HTTP has no way to write, "" for nothing: documents may name such headers and media types.
func unsendable(r Request) string {
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			return fmt.Sprintf("no request can have a header called %q", spec.Clip(name))
		case slices.Contains(ownHeaders, name):
			return "HTTP itself says the header " + name + " of a request"
		}
		for _, v := range r.Header[name] {
			if !httpguts.ValidHeaderFieldValue(v) {
				return "no request can have such a value of the header " + name
			}
		}
	}
	return ""
}
