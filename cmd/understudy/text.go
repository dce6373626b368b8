package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/understudy-dev/understudy/spec"
)

// render is what a script became as text in YAML or JSON.
func (s script) render(whole spec.Whole, format string) ([]byte, error) {
	data := whole.Text
	isJSON, asWritten := json.Valid(data), len(s.overlays)+len(whole.Files) == 0
	if isJSON == (format == "json") && asWritten {
		return append(bytes.TrimRight(data, "\n"), '\n'), nil
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", s.source.Name, err)
	}
	if format == "json" {
		return renderJSON(&root)
	}
	if isJSON {
		restyle(&root)
	}
	return renderYAML(&root, s.origin(whole))
}

// origin says what a text is made of; "" for what is as it was written.
func (s script) origin(whole spec.Whole) string {
	out := oneLine(s.source.Name)
	switch n := len(whole.Files); {
	case n == 1:
		out += " and the file it refers to, in one"
	case n > 1:
		out += fmt.Sprintf(" and the %d files it refers to, in one", n)
	case len(s.overlays) == 0:
		return ""
	}
	for i, ov := range s.overlays {
		out += []string{" with ", " and "}[min(i, 1)] + oneLine(ov.Name)
	}
	if len(s.overlays) > 0 {
		out += " applied"
	}
	return "# " + out + ".\n"
}

// renderYAML writes the document with a first comment that says what it is made of.
func renderYAML(root *yaml.Node, origin string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(origin)
	if origin != "" {
		dropHead(root)
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// dropHead removes the comment that the published text begins with: it tells of that text, not of the result.
func dropHead(root *yaml.Node) {
	for n := root; ; n = n.Content[0] {
		n.HeadComment = ""
		if len(n.Content) == 0 {
			return
		}
	}
}

// restyle makes what was read from JSON look like YAML that people write.
func restyle(n *yaml.Node) {
	n.Style &^= yaml.FlowStyle | yaml.DoubleQuotedStyle
	for _, c := range n.Content {
		restyle(c)
	}
}

// renderJSON writes the members in the order of the document, and numbers as they are written there.
func renderJSON(root *yaml.Node) ([]byte, error) {
	var compact bytes.Buffer
	if err := appendJSON(&compact, root); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func appendJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.DocumentNode:
		return appendJSON(b, n.Content[0])
	case yaml.AliasNode:
		return appendJSON(b, n.Alias)
	case yaml.SequenceNode:
		return appendItems(b, n)
	case yaml.MappingNode:
		return appendMembers(b, n)
	}
	return appendScalar(b, n)
}

func appendItems(b *bytes.Buffer, n *yaml.Node) error {
	b.WriteByte('[')
	for i, c := range n.Content {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := appendJSON(b, c); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func appendMembers(b *bytes.Buffer, n *yaml.Node) error {
	members := mergedMembers(n)
	b.WriteByte('{')
	for i := 0; i+1 < len(members); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		appendText(b, members[i].Value)
		b.WriteByte(':')
		if err := appendJSON(b, members[i+1]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// mergedMembers are the keys and values of a mapping with its YAML merge keys resolved: its own members win.
func mergedMembers(n *yaml.Node) []*yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	var out, merged []*yaml.Node
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch key, value := n.Content[i], n.Content[i+1]; {
		case key.Tag == "!!merge" && value.Kind == yaml.SequenceNode:
			for _, c := range value.Content {
				merged = append(merged, mergedMembers(c)...)
			}
		case key.Tag == "!!merge":
			merged = append(merged, mergedMembers(value)...)
		default:
			seen[key.Value] = true
			out = append(out, key, value)
		}
	}
	for i := 0; i+1 < len(merged); i += 2 {
		if !seen[merged[i].Value] {
			seen[merged[i].Value] = true
			out = append(out, merged[i], merged[i+1])
		}
	}
	return out
}

func appendScalar(b *bytes.Buffer, n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null":
		b.WriteString("null")
		return nil
	case "!!bool":
		b.WriteString(strings.ToLower(n.Value))
		return nil
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			b.WriteString(n.Value)
			return nil
		}
		var v any
		if err := n.Decode(&v); err != nil {
			return err
		}
		text, err := json.Marshal(v)
		b.Write(text)
		return err
	}
	appendText(b, n.Value)
	return nil
}

func appendText(b *bytes.Buffer, text string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // text always encodes
	b.Truncate(b.Len() - 1)
}
