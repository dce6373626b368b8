package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// sequence is how a media type strings values together; the value of a whole body is the list of them.
type sequence int

const (
	noSequence   sequence = iota
	jsonLines             // one value a line
	jsonTexts             // each behind a record separator (RFC 7464)
	serverEvents          // text/event-stream
	bodyParts             // of multipart bodies, in their order
)

func sequenceOf(mediaType string) sequence {
	switch t := bareType(mediaType); {
	case t == "application/json-seq" || strings.HasSuffix(t, "+json-seq"):
		return jsonTexts
	case slices.Contains([]string{
		"application/jsonl", "application/x-ndjson", "application/ndjson", "application/x-jsonlines", "application/json-lines",
		"application/jsonlines", "application/x-jsonl", "text/jsonl", "text/x-ndjson",
	}, t):
		return jsonLines
	case t == "text/event-stream":
		return serverEvents
	case strings.HasPrefix(t, "multipart/") && t != "multipart/form-data":
		return bodyParts
	}
	return noSequence
}

// sequenceKey stands in a media type for the schema of a whole sequence, where the document has that of an item only.
const sequenceKey = "x-understudy-sequence"

// buildSequence makes the schema of a media type that strings values together that of the list of them. Since OpenAPI
// 3.2, itemSchema is that of one; before, a schema that takes no list and no text can only be that of one.
func (d *Document) buildSequence(mt *MediaType, at place) {
	kind := sequenceOf(mt.Type)
	item := at.raw("itemSchema")
	if kind == bodyParts {
		d.buildItemEncodings(mt, at)
	}
	if kind == noSequence || !item.exists() && (kind == bodyParts || mt.Schema == nil || wants(mt.Schema)&(arrayType|stringType) != 0) {
		inOrder := kind != bodyParts || mt.prefixEncoding != nil || mt.itemEncoding != nil
		if kind != noSequence && inOrder && mt.Schema != nil && wants(mt.Schema)&arrayType != 0 {
			mt.sequence = kind
		}
		return
	}
	mt.sequence = kind
	whole := &node{kind: objectKind, file: at.n.file, line: at.n.line}
	refer := func(key string) *node {
		ref := &node{kind: stringKind, file: at.n.file, line: at.n.line, text: "#" + escapeFragment(at.raw(key).ptr)}
		return &node{kind: objectKind, file: at.n.file, line: at.n.line, keys: []string{"$ref"}, kids: []*node{ref}}
	}
	whole.put("type", &node{kind: stringKind, file: at.n.file, line: at.n.line, text: "array"})
	switch {
	case !item.exists():
		whole.put("items", refer("schema"))
	case at.raw("schema").exists():
		whole.put("allOf", &node{kind: arrayKind, file: at.n.file, line: at.n.line, kids: []*node{refer("schema")}})
		whole.put("items", refer("itemSchema"))
	default:
		whole.put("items", refer("itemSchema"))
	}
	at.n.put(sequenceKey, whole)
	mt.Schema = d.schema(at.raw(sequenceKey))
}

// buildItemEncodings reads how the parts of a multipart body without names are written: the first ones, and the others.
func (d *Document) buildItemEncodings(mt *MediaType, at place) {
	read := func(e place) *Encoding {
		return &Encoding{ContentType: e.str("contentType"), Headers: d.buildHeaders(e.get("headers"))}
	}
	for e := range at.get("prefixEncoding").items() {
		mt.prefixEncoding = append(mt.prefixEncoding, read(e))
	}
	if e := at.get("itemEncoding"); e.exists() {
		mt.itemEncoding = read(e)
	}
}

// sequential is how a body of a type strings values together.
func (m *MediaType) sequential(contentType string) sequence {
	if m.sequence == noSequence || m.sequence == bodyParts {
		return noSequence
	}
	return sequenceOf(contentType)
}

// decodeSequence reads values that are strung together as a list.
func (m *MediaType) decodeSequence(data []byte, kind sequence, t typing) (any, error) {
	if !utf8.Valid(data) {
		return nil, &fault{rule: "encoding", expected: "UTF-8 text", actual: "other bytes", hint: "send UTF-8"}
	}
	out := []any{}
	add := func(read func() (any, error)) error {
		if len(out) >= t.elements() {
			return tooMany(t.elements())
		}
		v, err := read()
		if err != nil {
			return &fault{
				rule: "json", pointer: fmt.Sprintf("/%d", len(out)), expected: "acceptable JSON", actual: Clip(err.Error()),
			}
		}
		out = append(out, v)
		return nil
	}
	if kind == serverEvents {
		for _, e := range readEvents(string(data)) {
			if err := add(func() (any, error) { return m.eventValue(e, t) }); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	separator := "\n"
	if kind == jsonTexts {
		separator = "\x1e"
		if text := bytes.Trim(data, jsonBlank); len(text) > 0 && text[0] != 0x1e {
			return nil, &fault{rule: "json", expected: "a record separator (U+001E) in front of each value", actual: Clip(string(text))}
		}
	}
	for line := range strings.SplitSeq(string(data), separator) {
		if line = strings.Trim(line, jsonBlank); line == "" {
			continue
		}
		if err := add(func() (any, error) { return strictjson.Decode([]byte(line), t.lim) }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// jsonBlank is the white space of JSON (RFC 8259, 2).
const jsonBlank = " \t\r\n"

// encodeSequence writes a list of values one after the other.
func (m *MediaType) encodeSequence(value any, kind sequence) ([]byte, error) {
	list, isList := value.([]any)
	if !isList {
		return nil, fmt.Errorf("%s takes a list: %w", m.Type, ErrNotCarried)
	}
	var b bytes.Buffer
	for _, v := range list {
		switch kind {
		case serverEvents:
			if err := m.writeEvent(&b, v); err != nil {
				return nil, err
			}
			continue
		case jsonTexts:
			b.WriteByte(0x1e)
		}
		b.Write(strictjson.Append(nil, v))
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// event is one of a stream, by the names of its fields. The data is there wherever an event is.
type event struct {
	data            string
	name, id, retry *string
}

// readEvents reads a stream as browsers do (WHATWG HTML, 9.2.6), but that an event the stream ends within counts.
func readEvents(text string) []event {
	text = strings.TrimPrefix(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\uFEFF")
	var out []event
	for block := range strings.SplitSeq(text, "\n\n") {
		var e event
		var data []string
		for line := range strings.SplitSeq(block, "\n") {
			field, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			switch field {
			case "data":
				data = append(data, value)
			case "event":
				e.name = &value
			case "id":
				e.id = &value
			case "retry":
				e.retry = &value
			}
		}
		if e.data = strings.Join(data, "\n"); len(data) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// describesEvents reports whether the schema of an item is that of an event, with its fields as members; else it is that
// of the JSON in an event's data.
func (m *MediaType) describesEvents() bool {
	item := m.Schema.Items
	if item == nil {
		return false
	}
	branches := item.objectBranches()
	if len(branches) == 0 {
		branches = []*Schema{item}
	}
	return !slices.ContainsFunc(branches, func(s *Schema) bool {
		return s.Property("data") == nil || slices.ContainsFunc(s.AllProperties(), func(p Property) bool {
			return !slices.Contains([]string{"data", "event", "id", "retry", "comment"}, p.Name)
		})
	})
}

// eventValue is an event as the item of a list: its data as JSON, or an object of its fields. Its data is the text, or the
// JSON in it, whichever the schema takes.
func (m *MediaType) eventValue(e event, t typing) (any, error) {
	inner, err := strictjson.Decode([]byte(e.data), t.lim)
	if !m.describesEvents() {
		return inner, err
	}
	out := map[string]any{"data": e.data}
	for name, value := range map[string]*string{"event": e.name, "id": e.id} {
		if value != nil {
			out[name] = *value
		}
	}
	if e.retry != nil {
		out["retry"] = *e.retry
		if validNumber(*e.retry) {
			out["retry"] = json.Number(*e.retry)
		}
	}
	if err == nil && !m.Schema.Items.Valid(out, t.dir) {
		out["data"] = inner
	}
	return out, nil
}

// writeEvent writes an item of a list as an event. A field of an event is one line.
func (m *MediaType) writeEvent(b *bytes.Buffer, v any) error {
	data := v
	if m.describesEvents() {
		for _, member := range ordered(v) {
			if member.Name == "data" {
				data = member.Value
				continue
			}
			text, err := scalarText(member.Value)
			if err != nil || member.Name == "comment" {
				continue
			}
			if strings.ContainsAny(member.Name+text, "\r\n\x00") {
				return fmt.Errorf("%s of an event is one line, %q is not: %w", member.Name, Clip(text), ErrNotCarried)
			}
			fmt.Fprintf(b, "%s: %s\n", member.Name, text)
		}
	}
	text, isText := data.(string)
	if !isText || !m.describesEvents() {
		text = string(strictjson.Append(nil, data))
	}
	if strings.Contains(text, "\r") {
		return fmt.Errorf("the data of an event ends its lines with U+000A alone: %w", ErrNotCarried)
	}
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString("data: " + line + "\n")
	}
	b.WriteByte('\n')
	return nil
}

// exampleSequence is the value of an example of a sequence: its text read, or one item as a list of itself.
func (m *MediaType) exampleSequence(e Example, kind sequence) any {
	switch v := e.Value.(type) {
	case string:
		if list, err := m.decodeSequence([]byte(v), kind, typing{dir: Out}); err == nil {
			return list
		}
	case []any:
	default:
		return []any{v}
	}
	return e.Value
}
