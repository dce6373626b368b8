package mockserver

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// A mask (updateMask) names the members that an update changes: the others stay, whatever is sent of them, and one that is
// named and not sent is taken away. "*" names all that is sent.

// mask leaves of an update what a mask names; the answer is for one that names what no record has.
func (u *update) mask(req *spec.Request) *answer {
	p := u.op.Mask()
	if p == nil || u.kind != merging {
		return nil
	}
	v, sent := req.Param(p)
	names := words(v)
	if !sent || len(names) == 0 || slices.Contains(names, "*") {
		return nil
	}
	body := strictjson.Object{}
	var bad []spec.Finding
	for _, name := range names {
		path, ok := u.masked(strings.Split(name, "."))
		if !ok {
			bad = append(bad, u.strangeMask(p, name))
			continue
		}
		value, err := strictjson.DecodeOrdered(memberIn(u.body, path), wideOpen)
		if err != nil { // it was not sent
			value = nil
		}
		if value != nil || !u.sub.key.resource.ID.Holds(path[0]) {
			body = withAt(body, path, value)
		}
	}
	if len(bad) > 0 {
		return new(u.server.problem(u.op, spec.Invalid, bad))
	}
	u.body, u.keeps = strictjson.Append(nil, body), nil
	return nil
}

// withAt is an object with a value at a path of it.
func withAt(o strictjson.Object, path []string, v any) strictjson.Object {
	if len(path) == 1 {
		return o.With(path[0], v)
	}
	held, _ := o.Get(path[0])
	inner, _ := held.(strictjson.Object)
	return o.With(path[0], withAt(inner, path[1:], v))
}

// masked is the path of a record, or of its body, that a mask names; false for none.
func (u *update) masked(named []string) ([]string, bool) {
	if path, ok := maskedIn(u.sub.key.resource.Schema, named); ok || u.form == nil {
		return path, ok
	}
	return maskedIn(u.form, named)
}

// maskedIn is a path by the names of a schema: exactly, or but for case and separators, for a mask may say update_time where
// JSON has updateTime. Below what names no members any name will do.
func maskedIn(s *spec.Schema, named []string) (path []string, ok bool) {
	for i, name := range named {
		props := propertiesOf(s)
		if len(props) == 0 {
			return append(path, named[i:]...), s.Allows("object")
		}
		at := slices.IndexFunc(props, func(p spec.Property) bool { return p.Name == name })
		if at < 0 {
			at = slices.IndexFunc(props, func(p spec.Property) bool { return flatName(p.Name) == flatName(name) })
		}
		if at < 0 {
			return nil, false
		}
		path, s = append(path, props[at].Name), props[at].Schema
	}
	return path, true
}

// strangeMask is the finding for a name in a mask that no record has a member of.
func (u *update) strangeMask(p *spec.Parameter, name string) spec.Finding {
	r := u.sub.key.resource
	var known []string
	for _, prop := range propertiesOf(r.Schema) {
		known = append(known, prop.Name)
	}
	f := spec.Finding{
		Rule: "mask", Level: spec.Must, Operation: u.op.ID, In: p.In, Pointer: strictjson.Pointer(p.Name), Document: p.Location,
		Expected: "members of " + r.Name, Actual: spec.Clip(string(strictjson.Append(nil, name))),
	}
	if near := spec.Nearest(name, known); near != "" {
		f.Hint = "did you mean " + near + "?"
	}
	return f
}
