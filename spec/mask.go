package spec

import "net/http"

// Mask is the parameter that names the members which an update changes, as Google's AIP-134 has it (updateMask, update_mask):
// of a PATCH of a record's path, known by its name. Nil for any other operation.
func (o *Operation) Mask() *Parameter {
	if o.Method != http.MethodPatch || o.ItemParam == "" || o.Action != ActionMerge {
		return nil
	}
	for _, p := range o.Parameters {
		texts := p.Schema == nil || p.Schema.Allows("string") || p.Schema.Allows("array")
		if p.In == "query" && flat(p.Name) == "updatemask" && texts {
			return p
		}
	}
	return nil
}
