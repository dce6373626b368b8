package spec

import (
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Outgoing is a request that the server makes: a callback of an operation, or a webhook.
type Outgoing struct {
	// Name is the key under callbacks or webhooks. URL is the runtime expression of a callback; "" for a webhook, whose
	// receiver the document does not know.
	Name, URL string
	Method    string
	Summary   string
	Body      *Body // nil when the document declares none
	Location  Location
}

// Link says which operation can follow on an answer, and with what.
type Link struct {
	Name string
	// Operation is nil where the link leads to no operation of the document.
	Operation *Operation
	// Parameters are values, or texts that are runtime expressions, by "name" or "in.name".
	Parameters []LinkParameter
	// Body is what to send; nil for nothing said.
	Body *any
	// Server is the URL of another server that the operation is to be called at; "" for its own.
	Server   string
	Location Location

	target string // operationId, or a reference to an operation
	from   int    // the file that the reference stands in
	lost   bool   // it is no object, or a reference that leads nowhere; the walk has noted that
}

// LinkParameter is a parameter that a link gives.
type LinkParameter struct {
	Name  string
	Value any
}

func (d *Document) buildCallbacks(at place) []*Outgoing {
	var out []*Outgoing
	for name, callback := range at.members() {
		for expression, item := range callback.members() {
			if !strings.HasPrefix(expression, "x-") {
				out = append(out, d.buildOutgoing(name, expression, item)...)
			}
		}
	}
	return out
}

func (d *Document) buildOutgoing(name, expression string, item place) []*Outgoing {
	var out []*Outgoing
	for _, method := range methods {
		at := item.get(method)
		if !at.exists() {
			continue
		}
		out = append(out, &Outgoing{
			Name: name, URL: expression, Method: strings.ToUpper(method), Summary: at.str("summary"),
			Body: d.buildBody(at.get("requestBody")), Location: at.location(),
		})
	}
	return out
}

func (d *Document) buildWebhooks(at place) {
	for name, item := range at.members() {
		d.Webhooks = append(d.Webhooks, d.buildOutgoing(name, "", item)...)
	}
}

func (d *Document) buildLinks(at place) []*Link {
	var out []*Link
	for name, link := range at.members() {
		l := &Link{
			Name: name, Location: link.location(), target: link.str("operationId"), lost: !link.exists() || link.n.kind != objectKind,
		}
		if l.target == "" {
			l.target, l.from = link.str("operationRef"), link.file
		}
		for param, v := range link.get("parameters").n.members() {
			l.Parameters = append(l.Parameters, LinkParameter{param, v.value()})
		}
		if server := link.get("server"); server.exists() {
			l.Server = serverURL(server)
		}
		if body := link.raw("requestBody"); body.exists() {
			l.Body = new(body.n.value())
		}
		out = append(out, l)
	}
	return out
}

// resolveLinks finds the operations that links name, when all are known; a link to none is a flaw.
func (d *Document) resolveLinks() {
	for _, o := range d.Operations {
		for _, r := range o.Responses {
			for _, l := range r.Links {
				if l.Operation = d.linked(l); l.Operation != nil || l.lost {
					continue
				}
				given := Clip(l.target)
				if given == "" {
					given = "neither operationId nor operationRef"
				}
				d.Flaws = append(d.Flaws, Finding{
					Rule: "link", Level: Should, Operation: o.ID, In: "document", Pointer: l.Location.Pointer,
					Document: l.Location, Expected: "an operation of the document", Actual: given,
					Hint: "the link is left aside",
				})
			}
		}
	}
}

// linked is the operation that a link names by its operationId, or by a reference such as "#/paths/~1things/get", which
// may lead through path items that stand elsewhere, and into other files.
func (d *Document) linked(l *Link) *Operation {
	for _, o := range d.Operations {
		if o.ID == l.target || "#"+o.Location.Pointer == unescapeFragment(l.target) {
			return o
		}
	}
	name, fragment, isRef := strings.Cut(l.target, "#")
	if !isRef {
		return nil
	}
	at := place{d, l.from, "", d.files[l.from].tree}
	if name != "" {
		var why string
		if at, why = d.base(l.from, name); why != "" {
			return nil
		}
	}
	for _, segment := range strictjson.Segments(unescapeFragment(fragment)) {
		at = at.get(segment)
	}
	if !at.exists() {
		return nil
	}
	for _, o := range d.Operations {
		if o.Location == at.location() {
			return o
		}
	}
	return nil
}
