package spec

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/jsonschema/v6/kind"
)

// The validator finds every error of a value, and a body may have twenty thousand. few holds large values against a
// compiled schema part by part, each part by the validator, until there are as many errors as anybody will be told of.
// What is valid stays so: a value is divided only where its schema says "this and that" (or, of branches, "one of
// these") and nothing in it depends on what other parts have looked at.
type few struct {
	left  int // errors that are still wanted
	large int // elements from which on a value is worth dividing
}

// firstErrors are errors of a value, so many of them and a few more; none of a valid one. The error is of the validator.
func (s *Schema) firstErrors(js *jsonschema.Schema, v any, most int) ([]*jsonschema.ValidationError, error) {
	f := few{left: most, large: MaxFindings}
	// What a dynamic reference leads to depends on the way to it.
	if isLarge(v, f.large) && !s.at.doc.compiler.dynamic.Load() {
		return f.of(js, v, nil, nil), nil
	}
	err := js.Validate(v)
	var verr *jsonschema.ValidationError
	if err != nil && !errors.As(err, &verr) || verr == nil {
		return nil, err
	}
	return []*jsonschema.ValidationError{verr}, nil
}

// isLarge reports whether a value has more elements, its own and those within, than so many.
func isLarge(v any, most int) bool { return count(v, most+1) > most }

// count is how many elements a value has, as far as enough.
func count(v any, enough int) int {
	n := 0
	switch v := v.(type) {
	case []any:
		n = len(v)
		for _, item := range v {
			if n >= enough {
				break
			}
			n += count(item, enough-n)
		}
	case map[string]any:
		n = len(v)
		for _, item := range v {
			if n >= enough {
				break
			}
			n += count(item, enough-n)
		}
	}
	return n
}

// of are errors of a value that stands at a place. active are the schemas that are being looked at for this very value.
func (f *few) of(js *jsonschema.Schema, v any, at []string, active []*jsonschema.Schema) []*jsonschema.ValidationError {
	if !divisible(js) || slices.Contains(active, js) || !isLarge(v, f.large) {
		return f.whole(js, v, at)
	}
	active = append(active[:len(active):len(active)], js)
	rest := *js
	rest.Ref, rest.AllOf, rest.AnyOf, rest.OneOf = nil, nil, nil, nil
	array, isArray := v.([]any)
	if isArray {
		rest.PrefixItems, rest.Items2020 = nil, nil
	}
	object, isObject := v.(map[string]any)
	if isObject = isObject && len(js.PatternProperties) == 0; isObject {
		rest.Properties, rest.AdditionalProperties = nil, nil
	}
	out := f.whole(&rest, v, at)
	if endsAll(out, len(at)) {
		return out
	}
	for _, part := range append(slices.Clone(js.AllOf), js.Ref) {
		if part != nil && f.left > 0 {
			out = append(out, f.of(part, v, at, active)...)
		}
	}
	if len(js.AnyOf) > 0 && f.left > 0 {
		out = append(out, f.anyOf(js, v, at, active)...)
	}
	if len(js.OneOf) > 0 && f.left > 0 {
		out = append(out, f.oneOf(js, v, at, active)...)
	}
	switch {
	case isArray:
		out = append(out, f.items(js, array, at)...)
	case isObject:
		out = append(out, f.members(js, object, at)...)
	}
	return out
}

// divisible reports whether parts of a value can be held against parts of a schema. Of what was not evaluated only the
// whole can tell.
func divisible(js *jsonschema.Schema) bool {
	const draft = 2020
	return js.Bool == nil && js.DraftVersion >= draft && js.UnevaluatedItems == nil && js.UnevaluatedProperties == nil &&
		js.DynamicRef == nil && js.RecursiveRef == nil && len(js.Extensions) == 0
}

// whole are the errors that the validator finds.
func (f *few) whole(js *jsonschema.Schema, v any, at []string) []*jsonschema.ValidationError {
	var verr *jsonschema.ValidationError
	if !errors.As(js.Validate(v), &verr) {
		return nil
	}
	f.left -= len(verr.Causes)
	if len(at) > 0 {
		moved(verr.Causes, at)
	}
	return verr.Causes
}

// moved moves errors of a value to where the value stands.
func moved(errs []*jsonschema.ValidationError, at []string) {
	for _, e := range errs {
		e.InstanceLocation = slices.Concat(at, e.InstanceLocation)
		moved(e.Causes, at)
	}
}

// endsAll reports whether a value is of the wrong kind altogether, so that nothing else of it is looked at.
func endsAll(errs []*jsonschema.ValidationError, depth int) bool {
	if len(errs) != 1 || len(errs[0].InstanceLocation) != depth {
		return false
	}
	switch errs[0].ErrorKind.(type) {
	case *kind.Type, *kind.Const, *kind.Enum, *kind.Format, *kind.FalseSchema, *kind.RefCycle, *kind.InvalidJsonValue:
		return true
	}
	return false
}

// branch are errors of a value that one of several schemas may refuse. They are told as one.
func (f *few) branch(js *jsonschema.Schema, v any, at []string, active []*jsonschema.Schema) *jsonschema.ValidationError {
	own := few{left: max(f.left, 1), large: f.large}
	errs := own.of(js, v, at, active)
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return &jsonschema.ValidationError{SchemaURL: js.Location, InstanceLocation: at, ErrorKind: &kind.Group{}, Causes: errs}
}

func (f *few) anyOf(js *jsonschema.Schema, v any, at []string, active []*jsonschema.Schema) []*jsonschema.ValidationError {
	var causes []*jsonschema.ValidationError
	for _, sub := range js.AnyOf {
		e := f.branch(sub, v, at, active)
		if e == nil {
			return nil
		}
		causes = append(causes, e)
	}
	return f.one(js, at, &kind.AnyOf{}, causes)
}

func (f *few) oneOf(js *jsonschema.Schema, v any, at []string, active []*jsonschema.Schema) []*jsonschema.ValidationError {
	var causes []*jsonschema.ValidationError
	matched := -1
	for i, sub := range js.OneOf {
		e := f.branch(sub, v, at, active)
		switch {
		case e != nil:
			causes = append(causes, e)
		case matched >= 0:
			return f.one(js, at, &kind.OneOf{Subschemas: []int{matched, i}}, nil)
		default:
			matched = i
		}
	}
	if matched >= 0 {
		return nil
	}
	return f.one(js, at, &kind.OneOf{}, causes)
}

func (f *few) one(
	js *jsonschema.Schema, at []string, k jsonschema.ErrorKind, causes []*jsonschema.ValidationError,
) []*jsonschema.ValidationError {
	f.left--
	return []*jsonschema.ValidationError{{SchemaURL: js.Location, InstanceLocation: at, ErrorKind: k, Causes: causes}}
}

func (f *few) items(js *jsonschema.Schema, array []any, at []string) []*jsonschema.ValidationError {
	var out []*jsonschema.ValidationError
	for i, item := range array {
		sub := js.Items2020
		if i < len(js.PrefixItems) {
			sub = js.PrefixItems[i]
		}
		if sub == nil || f.left <= 0 {
			break
		}
		out = append(out, f.of(sub, item, append(at[:len(at):len(at)], strconv.Itoa(i)), nil)...)
	}
	return out
}

func (f *few) members(js *jsonschema.Schema, object map[string]any, at []string) []*jsonschema.ValidationError {
	var out []*jsonschema.ValidationError
	var more []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		sub := js.Properties[name]
		if sub == nil {
			switch additional := js.AdditionalProperties.(type) {
			case bool:
				if !additional {
					more = append(more, name)
					f.left--
				}
			case *jsonschema.Schema:
				sub = additional
			}
		}
		if f.left <= 0 {
			break
		}
		if sub != nil {
			out = append(out, f.of(sub, object[name], append(at[:len(at):len(at)], name), nil)...)
		}
	}
	if len(more) > 0 {
		out = append(out, f.one(js, at, &kind.AdditionalProperties{Properties: more}, nil)...)
	}
	return out
}
