package contract

import (
	"github.com/understudy-dev/understudy/fixtures"
	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// recordID is the id that a record shows, as text; "" for none.
func recordID(res *spec.Resource, rec any) string {
	id, _ := res.ID.Of(rec)
	return idText(id)
}

// withOwnID is a body that names the record of an id where it names one, and no other; so with the owner in whose place it is.
func withOwnID(op *spec.Operation, body strictjson.Object, id string) strictjson.Object {
	res := op.Resource
	if _, named := res.ID.Of(body); named {
		body = res.ID.With(body, ownIDValue(op, id))
	}
	if res.Parent == nil {
		return body
	}
	owners, _ := recordKey{res, id}.parts()
	if _, named := res.Parent.ID.Of(body); !named || len(owners) == 0 {
		return body
	}
	if owner, fits := fixtures.OwnerValue(res, owners[0]); fits {
		body = res.Parent.ID.With(body, owner)
	}
	return body
}

// idBody is a body that has an id alone.
func idBody(res *spec.Resource, id any) strictjson.Object {
	return res.ID.With(strictjson.Object{}, id)
}

// withoutID is a body without the id of its record.
func withoutID(res *spec.Resource, body strictjson.Object) strictjson.Object {
	name := res.ID.Member()
	if res.ID.Own() {
		return withoutMember(body, name)
	}
	held, _ := body.Get(name)
	if o, isObject := held.(strictjson.Object); isObject {
		return body.With(name, withoutMember(o, res.ID.Name()))
	}
	return body
}

// shownID is the id that a record shows, for a finding, or that there is none.
func (p *probe) shownID(res *spec.Resource, rec map[string]any) string {
	if id, there := res.ID.Of(rec); there {
		return p.show(id)
	}
	return "nothing"
}
