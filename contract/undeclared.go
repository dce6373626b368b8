package contract

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// undeclared are the places of members that the document does not name: in objects of which it names some, and says nothing
// of others.
func (r *Runner) undeclared(s *spec.Schema, v any) []string {
	var out []string
	unnamed([]*spec.Schema{s}, v, "", func(by []*spec.Schema, name, at string) {
		if !r.wasSent(name) && !r.exampled.has(r.doc, by, at) {
			out = append(out, at)
		}
	})
	return out
}

// unnamed finds the members that no schema at their place names: those schemas, the name, and where the member stands.
func unnamed(by []*spec.Schema, v any, at string, found func(by []*spec.Schema, name, at string)) {
	switch v := v.(type) {
	case []any:
		items := itemsOf(by)
		for i, item := range v {
			unnamed(items, item, at+"/"+strconv.Itoa(i), found)
		}
	case map[string]any:
		if slices.ContainsFunc(by, saysOfOthers) || !slices.ContainsFunc(by, func(s *spec.Schema) bool { return len(everyProperty(s)) > 0 }) {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner := at + strictjson.Pointer(name)
			if named := propertiesCalled(by, name); len(named) > 0 {
				unnamed(named, v[name], inner, found)
			} else if !slices.ContainsFunc(by, func(s *spec.Schema) bool { return slices.Contains(requiredOf(s), name) }) {
				found(by, name, inner)
			}
		}
	}
}

// saysOfOthers reports whether a schema says something of members that it does not name.
func saysOfOthers(s *spec.Schema) bool {
	return s.AdditionalProperties != nil || len(s.PatternProperties) > 0 || len(s.AnyOf)+len(s.OneOf) > 0
}

// propertiesCalled are all that some schemas, the schemas that these are composed of and their kinds say of a member.
func propertiesCalled(all []*spec.Schema, name string) []*spec.Schema {
	var out []*spec.Schema
	add := func(s *spec.Schema) {
		if s != nil && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, s := range all {
		add(s.Property(name))
		for _, p := range propertiesOfParts(s, name) {
			add(p)
		}
		for _, k := range s.Kinds() {
			add(k.Property(name))
		}
	}
	return out
}

// propertiesOfParts are all that a schema and those that it is composed of say of a member.
func propertiesOfParts(s *spec.Schema, name string) []*spec.Schema {
	var out []*spec.Schema
	for _, part := range partsOf(s) {
		for _, p := range part.Properties {
			if p.Name == name {
				out = append(out, p.Schema)
			}
		}
	}
	return out
}

// itemsOf are all that some schemas and the schemas that these are composed of say of an item.
func itemsOf(all []*spec.Schema) []*spec.Schema {
	var out []*spec.Schema
	for _, s := range all {
		for _, part := range partsOf(s) {
			if part.Items != nil {
				out = append(out, part.Items)
			}
		}
	}
	return out
}

// partsOf are a schema and those that it is composed of, each once.
func partsOf(s *spec.Schema) []*spec.Schema {
	out := []*spec.Schema{s}
	for i := 0; i < len(out); i++ {
		for _, part := range out[i].AllOf {
			if !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}

// rememberSent keeps the names that the suite itself sent: they may come back.
func (r *Runner) rememberSent(req Request) {
	v, err := strictjson.Decode(req.Body, answerLimits)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.rememberNames(v)
		return
	}
	r.rememberNames(strictjson.Plain(req.value))
	if !strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return
	}
	form, _ := url.ParseQuery(string(req.Body)) // what can be read of it
	for field := range form {
		for name := range strings.FieldsFuncSeq(field, func(c rune) bool { return strings.ContainsRune("[].", c) }) {
			r.sent[name] = true
		}
	}
}

// rememberNames keeps the names of members, at any depth.
func (r *Runner) rememberNames(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			r.sent[name] = true
			r.rememberNames(inner)
		}
	case []any:
		for _, item := range v {
			r.rememberNames(item)
		}
	}
}

func (r *Runner) wasSent(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent[name]
}
