package mockserver

import (
	"encoding/json"
	"slices"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// cursor is the text of a cursor that was sent; an empty one, or what stands for the beginning, is none.
func (g *listing) cursor(p *spec.Parameter) (string, bool) {
	if p == nil {
		return "", false
	}
	v, sent := g.req.Param(p)
	if !sent {
		return "", false
	}
	token := idOf(strictjson.Append(nil, v))
	if p.Schema != nil && p.Schema.Default != nil && strictjson.Equal(v, strictjson.Plain(*p.Schema.Default)) && !g.isRecord(token) {
		return "", false
	}
	return token, token != ""
}

// isRecord reports whether an id is that of a record that is, or was, in the session.
func (g *listing) isRecord(id string) bool {
	k := key{g.sub.key.resource, id}
	_, changed := g.x.session.change(k)
	_, ofDataset := g.s.store.dataset.Index(k.resource, id)
	return changed || ofDataset
}

// strangeCursor is the answer to a cursor that no answer gave: neither the id of a record that is or was there, nor a number
// where cursors count, nor what the document shows as one. One that has to be sent always may be anything, and so may a key
// to begin after, whether there is one or not.
func (g *listing) strangeCursor(v view) *answer {
	for _, p := range []*spec.Parameter{g.l.Cursor, g.l.Before} {
		token, sent := g.cursor(p)
		if !sent || p.Required || g.isRecord(token) || takesAnyCursor(p, token) {
			continue
		}
		if _, counts := g.steps(token); counts {
			continue
		}
		f := spec.Finding{
			Rule: "cursor", Level: spec.Must, Operation: g.op.ID, In: p.In, Pointer: strictjson.Pointer(p.Name), Document: p.Location,
			Expected: "what an earlier page said", Actual: spec.Clip(string(strictjson.Append(nil, token))),
			Hint: "leave it out for the first page",
		}
		if ids := v.slice(0, 1); len(ids) > 0 && g.idCursor() {
			f.Expected = "what an earlier page said, or the id of a record, such as " + ids[0]
		}
		return new(g.s.problem(g.op, spec.Invalid, []spec.Finding{f}))
	}
	return nil
}

// steps reads a cursor that counts records, for lists whose cursors cannot be ids.
func (g *listing) steps(token string) (uint64, bool) {
	if g.idCursor() {
		return 0, false
	}
	n := uintOf(json.Number(token))
	return n, itoa(int(n)) == token
}

// idCursor reports whether ids can be cursors.
func (g *listing) idCursor() bool {
	p := g.l.Cursor
	id := g.s.knownID(g.sub.key.resource)
	if p == nil || p.Schema == nil || id == "" {
		return true
	}
	v, _ := strictjson.Decode(g.idText(id), wideOpen)
	return p.Schema.Valid(id, spec.In) || p.Schema.Valid(v, spec.In)
}

// takesAnyCursor reports whether a parameter asks for what comes after any text there is, or its schema shows this one.
func takesAnyCursor(p *spec.Parameter, token string) bool {
	if slices.Contains([]string{"marker", "startafter"}, flatName(p.Name)) {
		return true
	}
	return p.Schema != nil && (len(p.Schema.Enum) > 0 || slices.ContainsFunc(p.Schema.Examples, func(e spec.Example) bool {
		return idOf(strictjson.Append(nil, e.Value)) == token
	}))
}
