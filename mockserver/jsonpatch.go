package mockserver

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// patchDocument is a JSON Patch (RFC 6902), held to be one.
type patchDocument jsonpatch.Patch

// patchOperations are the operations of RFC 6902 with the member that each needs beside path.
var patchOperations = map[string]string{
	"add": "value", "remove": "", "replace": "value", "move": "from", "copy": "from", "test": "value",
}

// readPatch reads a body as a JSON Patch; the findings say what of it is none.
func (s *Server) readPatch(op *spec.Operation, body any) (patchDocument, []spec.Finding) {
	var fs []spec.Finding
	find := func(pointer, expected string, actual any) {
		fs = append(fs, spec.Finding{
			Rule: "json-patch", Level: spec.Must, Operation: op.ID, In: "body", Pointer: pointer, Document: op.Body.Location,
			Expected: expected, Actual: spec.Clip(string(strictjson.Append(nil, actual))), Hint: "see RFC 6902, section 4",
		})
	}
	list, ok := body.([]any)
	if !ok {
		find("", "an array of operations", body)
		return nil, fs
	}
	for i, v := range list {
		at := "/" + itoa(i)
		o, ok := v.(map[string]any)
		if !ok {
			find(at, "an operation, which is an object", v)
			continue
		}
		name, _ := o["op"].(string)
		needs, known := patchOperations[name]
		if !known {
			find(at+"/op", "add, remove, replace, move, copy or test", o["op"])
			continue
		}
		if !isPointer(o["path"]) {
			find(at+"/path", "a JSON pointer", o["path"])
		}
		if _, has := o[needs]; needs == "value" && !has {
			find(at, "a member value", v)
		}
		if needs == "from" && !isPointer(o["from"]) {
			find(at+"/from", "a JSON pointer", o["from"])
		}
	}
	if len(fs) > 0 {
		return nil, fs[:min(len(fs), spec.MaxFindings)]
	}
	p, err := jsonpatch.DecodePatch(strictjson.Append(nil, body))
	if err != nil {
		find("", "a JSON Patch", err.Error())
	}
	return patchDocument(p), fs
}

// isPointer reports whether a value is a JSON pointer (RFC 6901).
func isPointer(v any) bool {
	p, ok := v.(string)
	if !ok || p != "" && p[0] != '/' {
		return false
	}
	rest := p
	for {
		i := strings.IndexByte(rest, '~')
		if i < 0 {
			return true
		}
		if i+1 >= len(rest) || rest[i+1] != '0' && rest[i+1] != '1' {
			return false
		}
		rest = rest[i+2:]
	}
}

// applyPatch applies the JSON Patch to the record. A patch that does not fit what is there is in conflict with it (RFC
// 5789, section 2.2); what copies beyond the bound of a body is refused before it is made.
func (u *update) applyPatch(record []byte) ([]byte, *answer) {
	o := jsonpatch.NewApplyOptions()
	o.AccumulatedCopySizeLimit = u.server.bounds.Body
	o.SupportNegativeIndices = false // RFC 6901 knows none
	// Every operation by itself, so that the one in the way can be named.
	text := slices.Clone(record)
	budget := u.server.bounds.Body
	for i, one := range u.patch {
		o.AccumulatedCopySizeLimit = budget
		out, err := jsonpatch.Patch{one}.ApplyWithOptions(text, o)
		if err == nil && int64(len(out)) > u.server.bounds.Body+int64(len(record)) {
			err = errors.New("the record grows beyond --max-body")
		}
		if err != nil {
			return nil, new(u.patchConflict(i, err))
		}
		if one.Kind() == "copy" {
			budget -= max(int64(len(out)-len(text)), 0)
			if budget <= 0 {
				return nil, new(u.patchConflict(i, errors.New("the copies together are larger than --max-body")))
			}
		}
		text = out
	}
	return strictjson.Compact(text), nil
}

func (u *update) patchConflict(i int, err error) answer {
	one := u.patch[i]
	path, _ := one.Path()
	f := spec.Finding{
		Rule: "json-patch", Level: spec.Must, Operation: u.op.ID, In: "body", Pointer: "/" + itoa(i),
		Document: u.op.Body.Location, Expected: fmt.Sprintf("a record that %q at %q can be done to", one.Kind(), path),
		Actual: spec.Clip(err.Error()), Hint: "nothing was changed; look at the record as it is now",
	}
	if errors.Is(err, jsonpatch.ErrTestFailed) {
		f.Expected = fmt.Sprintf("the value tested for at %q", path)
	}
	return u.server.problem(u.op, reasonConflict, []spec.Finding{f})
}

// patchOf is a JSON Patch that changes one member of a record to its value in another.
func patchOf(op *spec.Operation, record any) []any {
	o, _ := record.(strictjson.Object)
	patch := []any{}
	for _, m := range shortestChange(op, op.Resource.Schema, o) {
		patch = append(patch, strictjson.Object{
			{Name: "op", Value: "add"}, {Name: "path", Value: strictjson.Pointer(m.Name)}, {Name: "value", Value: m.Value},
		})
	}
	return patch
}
