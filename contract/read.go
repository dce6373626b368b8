package contract

import (
	"net/http"
	"slices"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// recordIn is the record that an answer carries, as a plain value; nil when there is none to be found. A success with
// a status that the document does not have is read as the one that it has.
func recordIn(op *spec.Operation, a *Answer) map[string]any {
	v, err := a.value()
	res := op.Response(a.Status)
	if (res == nil || res.Envelope == nil) && isSuccess(a.Status) {
		_, res = op.SuccessResponse()
	}
	if err != nil || res == nil || res.Envelope == nil {
		return nil
	}
	return within(v, res.Envelope.Path)
}

var answerLimits = strictjson.Limits{Depth: 1000, Elements: 10_000_000}

// after is the record that an update's answer shows; where the document has it show none, or not all that an update can
// change, it is read.
func (p *probe) after(op *spec.Operation, id string, a *Answer) map[string]any {
	if !isSuccess(a.Status) || showsAll(op) || readerOf(op) == nil {
		return recordIn(op, a)
	}
	return p.read(op, id)
}

// showsAll reports whether the answer to an update has a place for all members of the record that its body can change: some
// show only how it goes on with the update.
func showsAll(op *spec.Operation) bool {
	_, res := op.SuccessResponse()
	if res == nil || res.Envelope == nil {
		return false
	}
	shown, s := res.Envelope.Record, bodySchema(op)
	if s == nil || shown == op.Resource.Schema || len(everyProperty(shown)) == 0 {
		return true
	}
	return !slices.ContainsFunc(everyProperty(s), func(p spec.Property) bool {
		own := op.Resource.Schema.KindProperty(p.Name)
		return own != nil && !own.WriteOnly && !isReadOnly(p.Schema) && shown.KindProperty(p.Name) == nil
	})
}

// read is the record as it is now: by GET where there is one, else by an update that changes nothing.
func (p *probe) read(op *spec.Operation, id string) map[string]any {
	return p.readQuery(op, id, "")
}

// readAnew reads over another connection: behind one address there may be servers that know nothing of each other.
func (p *probe) readAnew(op *spec.Operation, id string) map[string]any {
	p.r.client.http.CloseIdleConnections()
	return p.read(op, id)
}

func (p *probe) readQuery(op *spec.Operation, id, query string) map[string]any {
	reader, note := op, "read the record: an update that changes nothing"
	var body any = strictjson.Object{}
	if get := readerOf(op); get != nil {
		reader, note, body = get, "read the record", noBody{}
	} else if s := bodySchema(op); s != nil && !s.Valid(map[string]any{}, spec.In) {
		p.skip("nothing reads a record without changing it: no GET shows one, and %s requires members", op.ID)
	}
	a := p.sendBody(note, reader, id, query, body)
	if a.Status == http.StatusNotFound {
		p.stopForWeather("the target answered 404 for %s, which was there before", id)
	}
	if !isSuccess(a.Status) {
		p.stopForWeather("a request to read the record was answered with %d", a.Status)
	}
	rec := recordIn(reader, a)
	if res := reader.Response(a.Status); rec == nil && res != nil && res.Envelope == nil {
		p.skip("nothing reads a record: the document has no record in an answer of %s with %d", reader.ID, a.Status)
	}
	if rec == nil {
		p.stopForWeather("the answer to a request to read the record carries no record")
	}
	return rec
}
