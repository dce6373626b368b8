package spec

import (
	"net/http"
	"slices"
	"strings"
)

// A part is a record of which there is one: the settings of the API, or one below each record of another resource, as the
// profile of a user. Nobody makes it, and where it stands names it.

// OnlyID names the one record of a resource that no parameter names.
const OnlyID = "only"

// byPart makes a resource of a path that ends in a fixed segment, whose GET shows an object and whose PUT or PATCH takes what
// is shown. It is the last to be asked: what is a record or a list of them is known then.
func (in *inferrer) byPart(o *Operation) {
	path := o.Shape()
	at := strings.LastIndexByte(path, '/')
	if o.Method != http.MethodGet || in.collections[path] != nil || in.items[path] != nil || in.parts[path] != nil ||
		at < 0 || pathName(path) != path[at+1:] || pathName(path) == "" {
		return
	}
	env := in.partOf(o)
	if env == nil {
		return
	}
	r := &Resource{Schema: env.Record, Part: true, collection: path}
	if above := path[:at]; strings.Contains(above, "{") {
		owner := in.ownerOf(above + "/x")
		if owner == nil || owner.Param != lastParam(above) {
			return // whose it is cannot be told
		}
		if owner.Resource.Part || owner.Resource.IDParam == nil {
			return
		}
		r.Of, r.IDParam, r.ofPath = owner.Resource, owner.Resource.IDParam, above[:strings.LastIndex(above, "/{"+owner.Param+"}")]
		r.ID = parentProperty(r, owner)
	}
	in.parts[path] = r
	in.doc.Resources = append(in.doc.Resources, r)
}

func lastParam(path string) string {
	at := strings.LastIndexByte(path, '{')
	name, _, _ := strings.Cut(path[at+1:], "}")
	return name
}

// partOf is the record that a GET shows and a PUT or PATCH at its path takes; nil where there is none.
func (in *inferrer) partOf(get *Operation) *Envelope {
	_, res := get.SuccessResponse()
	if res == nil {
		return nil
	}
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		writer := in.doc.at(method, get.Shape())
		if writer == nil || writer.bodySchema() == nil || in.putCreates(writer) {
			continue // or it adds to what is there
		}
		if env := findPart(res, pathName(get.Shape()), writer.bodySchema()); env != nil {
			return env
		}
	}
	return nil
}

// findPart looks for the object of an answer that a body has mostly members of: the answer itself, or a member of it that is
// called as what an answer carries is.
func findPart(res *Response, name string, body *Schema) *Envelope {
	m := Media(res.Content)
	if m == nil || !IsJSON(m.Type) || m.Schema == nil || !isWhole(m.Schema) {
		return nil
	}
	members := m.Schema.plainProperties()
	var inner *Schema // of the body
	for _, p := range members {
		if wraps(p.Name, name) && len(members) <= fewMembers && isWhole(p.Schema) {
			if inner = body.Property(p.Name); inner == nil {
				inner = body
			}
			if mostly(inner, p.Schema) {
				return &Envelope{Path: []string{p.Name}, Record: p.Schema}
			}
		}
	}
	if mostly(body, m.Schema) {
		return &Envelope{Record: m.Schema}
	}
	return nil
}

// isWhole reports whether a schema is that of one kind of object.
func isWhole(s *Schema) bool {
	return len(s.AllProperties()) > 0 && s.Allows("object") && s.Kinds() == nil && s.Items == nil
}

// mostly reports whether more than half of what a body names are members of a record.
func mostly(body, record *Schema) bool {
	return body == record || isWhole(body) && 2*shared(body, record) > len(body.AllProperties())
}

// assignPart links an operation to the part that its path names.
func (in *inferrer) assignPart(o *Operation, r *Resource) {
	action := itemAction(o.Method, in.hinted[o])
	writes := action == ActionMerge || action == ActionReplace
	if action == ActionNone || o.Method == http.MethodPost || writes && (o.bodySchema() == nil || o.findPartIn(r) == nil) {
		return
	}
	for _, res := range o.Responses {
		if strings.HasPrefix(res.Status, "2") || res.Status == "default" {
			res.Envelope = shownPart(res, r)
		}
	}
	if _, res := o.SuccessResponse(); action == ActionGet && (res == nil || res.Envelope == nil) {
		return
	}
	if r.Of != nil {
		owners, ok := in.ownersOf(r.Of, r.ofPath)
		if !ok {
			return
		}
		o.ItemParam, o.Owners = lastParam(o.Shape()), owners
	}
	o.Resource, o.Action = r, action
	if writes {
		for _, m := range o.Body.Content {
			if !m.IsPatch() {
				m.Envelope = partIn(m.Schema, r)
			}
		}
	}
	r.Operations = append(r.Operations, o)
}

// shownPart is where an answer shows a part; nil where it does not.
func shownPart(res *Response, r *Resource) *Envelope {
	m := Media(res.Content)
	switch {
	case m == nil || m.Schema == nil:
		return nil
	case m.Schema == r.Schema:
		return &Envelope{Record: m.Schema}
	}
	return findPart(res, pathName(r.collection), r.Schema)
}

func (o *Operation) findPartIn(r *Resource) *Envelope {
	if s := o.bodySchema(); partIn(s, r) != nil {
		return partIn(s, r)
	} else if mostly(s, r.Schema) || len(s.AllProperties()) == 0 && s.Allows("object") {
		return &Envelope{Record: s}
	}
	return nil
}

// partIn is the member of a body that carries a part; nil where the body does itself.
func partIn(s *Schema, r *Resource) *Envelope {
	if s == nil || s == r.Schema || mostly(s, r.Schema) {
		return nil
	}
	members := s.plainProperties()
	i := slices.IndexFunc(members, func(p Property) bool { return wraps(p.Name, pathName(r.collection)) && mostly(p.Schema, r.Schema) })
	if i < 0 || len(members) > 1 {
		return nil
	}
	return &Envelope{Path: []string{members[i].Name}, Record: members[i].Schema}
}
