package spec

// jsonPatch is the media type of RFC 6902.
const jsonPatch = "application/json-patch+json"

// IsJSONPatch reports whether bodies of a media type are JSON Patch documents.
func IsJSONPatch(mediaType string) bool { return bareType(mediaType) == jsonPatch }

// IsPatch reports whether bodies of the media type are JSON Patch documents: by its name, or as JSON that the document
// describes as a list of operations, each with an op and a path.
func (m *MediaType) IsPatch() bool {
	if IsJSONPatch(m.Type) {
		return true
	}
	if m.Schema == nil || !IsJSON(m.Type) || m.Schema.Allows("object") || m.Schema.Items == nil {
		return false
	}
	op, path := m.Schema.Items.Property("op"), m.Schema.Items.Property("path")
	return op != nil && path != nil && path.Allows("string") && (op.Valid("replace", In) || op.Valid("add", In))
}

// mistakesPatch reports whether the document describes a JSON Patch by a schema that no JSON Patch keeps: many describe
// the record, or any object. Bodies are then held against RFC 6902 instead.
func (m *MediaType) mistakesPatch() bool {
	return IsJSONPatch(m.Type) && m.Schema != nil && !m.Schema.Allows("array")
}

// notePatches notes where a JSON Patch is described as something else.
func (d *Document) notePatches(o *Operation) {
	if o.Body == nil {
		return
	}
	for _, m := range o.Body.Content {
		if !m.mistakesPatch() {
			continue
		}
		d.Flaws = append(d.Flaws, Finding{
			Rule: "json-patch", Level: Should, Operation: o.ID, In: "document", Pointer: m.Schema.Location.Pointer,
			Document: m.Schema.KeywordLocation("type"), Expected: "a schema of a JSON Patch, which is an array of operations (RFC 6902)",
			Actual: "a schema that takes no array", Hint: "bodies of " + jsonPatch + " are taken as JSON Patch documents all the same",
		})
	}
}
